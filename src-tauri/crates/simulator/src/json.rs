//! Writes JSON straight into bytes: literals as they stand, values through one small trait.

use crate::ids::{Ids, Kind};
use crate::model::When;

/// Where an answer is written.
pub(crate) struct Pen<'a> {
    pub(crate) out: Vec<u8>,
    pub(crate) ids: &'a Ids,
    /// How many child objects are embedded in their parent.
    pub(crate) embedded: usize,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(ids: &'a Ids, capacity: usize) -> Self {
        Self {
            out: Vec::with_capacity(capacity),
            ids,
            embedded: crate::render::EMBEDDED,
        }
    }

    /// Literal JSON, or text that is known to need no escaping.
    pub(crate) fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// A quoted string, escaped.
    pub(crate) fn text(&mut self, text: &str) {
        self.out.push(b'"');
        self.escaped(text);
        self.out.push(b'"');
    }

    /// The inside of a string, escaped.
    pub(crate) fn escaped(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut written = 0;
        for (place, byte) in bytes.iter().enumerate() {
            if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
                continue;
            }
            self.out.extend_from_slice(&bytes[written..place]);
            written = place + 1;
            match byte {
                b'"' => self.raw("\\\""),
                b'\\' => self.raw("\\\\"),
                b'\n' => self.raw("\\n"),
                b'\r' => self.raw("\\r"),
                b'\t' => self.raw("\\t"),
                other => {
                    const HEX: &[u8; 16] = b"0123456789abcdef";
                    self.raw("\\u00");
                    self.out.push(HEX[usize::from(other >> 4)]);
                    self.out.push(HEX[usize::from(other & 15)]);
                }
            }
        }
        self.out.extend_from_slice(&bytes[written..]);
    }

    pub(crate) fn number(&mut self, number: i64) {
        let mut buffer = itoa::Buffer::new();
        self.raw(buffer.format(number));
    }

    /// `items` as the inside of an array, separated by commas.
    pub(crate) fn each<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let mut first = true;
        for item in items {
            if !first {
                self.out.push(b',');
            }
            first = false;
            write(self, item);
        }
    }
}

/// A value that knows how to be written.
pub(crate) trait Put {
    fn put(&self, pen: &mut Pen<'_>);
}

/// Literal JSON.
impl Put for &str {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.raw(self);
    }
}

impl Put for i64 {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.number(*self);
    }
}

impl Put for u32 {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.number(i64::from(*self));
    }
}

impl Put for bool {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.raw(if *self { "true" } else { "false" });
    }
}

impl Put for When {
    fn put(&self, pen: &mut Pen<'_>) {
        match self.get() {
            Some(seconds) => seconds.put(pen),
            None => pen.raw("null"),
        }
    }
}

impl<T: Put> Put for Option<T> {
    fn put(&self, pen: &mut Pen<'_>) {
        match self {
            Some(value) => value.put(pen),
            None => pen.raw("null"),
        }
    }
}

/// JSON that was written before.
pub(crate) struct Written<'a>(pub(crate) &'a [u8]);

impl Put for Written<'_> {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.out.extend_from_slice(self.0);
    }
}

/// A string, quoted and escaped.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Put for Text<'_> {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.text(self.0);
    }
}

/// An identifier, quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) Kind, pub(crate) u32, pub(crate) u32);

impl Put for Id {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.out.push(b'"');
        pen.ids.write(&mut pen.out, self.0, self.1, self.2);
        pen.out.push(b'"');
    }
}

/// An identifier without quotes, for addresses.
pub(crate) struct Bare(pub(crate) Id);

impl Put for Bare {
    fn put(&self, pen: &mut Pen<'_>) {
        pen.ids.write(&mut pen.out, self.0.0, self.0.1, self.0.2);
    }
}

/// Writes each part in turn: string literals as JSON, everything else as its value.
macro_rules! put {
    ($pen:expr; $($part:expr),+ $(,)?) => {{
        $( $crate::json::Put::put(&$part, $pen); )+
    }};
}
pub(crate) use put;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let ids = Ids::new(1);
        let mut pen = Pen::new(&ids, 64);
        pen.text("a \"b\" \\ c\n\u{1} – Łódź");
        let written = String::from_utf8(pen.out).unwrap();
        assert_eq!(written, r#""a \"b\" \\ c\n\u0001 – Łódź""#);
        let read: String = serde_json::from_str(&written).unwrap();
        assert_eq!(read, "a \"b\" \\ c\n\u{1} – Łódź");
    }
}
