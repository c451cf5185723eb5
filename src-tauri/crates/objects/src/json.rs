//! JSON as a tree that borrows from its text: sorted keys, exact numbers, limits, no panics.
//!
//! Read and written here rather than by a general library because a number must keep its text
//! (`percent_off` is a float in Stripe's JSON and no float may touch money), because keys must
//! come out sorted, and because all of a backfill goes through it: one pass, strings and numbers
//! borrowed, one allocation a container.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Deepest nesting accepted; Stripe's own objects stay under twelve.
pub(crate) const MAX_DEPTH: usize = 64;

/// Largest object accepted, in bytes; Stripe's own stay under one megabyte.
pub(crate) const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes of a canonical form: a whole child list is one. What is written can be read again.
pub(crate) const MAX_CANONICAL_BYTES: usize = 64 * 1024 * 1024;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node<'a> {
    Null,
    // No byte inside: nodes are moved about a lot, and move faster in whole words.
    True,
    False,
    /// The number's own text, which keeps its decimals exact.
    Number(&'a str),
    /// Borrowed where the text held no escape, and only there.
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    /// Sorted by key, each key once, no null members.
    Object(Vec<Member<'a>>),
}

/// One key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member<'a> {
    key: Cow<'a, str>,
    /// See [`Name::prefix`].
    prefix: u64,
    pub(crate) value: Node<'a>,
}

impl<'a> Member<'a> {
    pub(crate) fn new(key: Cow<'a, str>, value: Node<'a>) -> Self {
        let prefix = prefix_of(key.as_bytes());
        Self { key, prefix, value }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn is(&self, name: Name<'_>) -> bool {
        self.prefix == name.prefix && self.key == name.text
    }

    fn order(&self, other: &Self) -> Ordering {
        self.prefix
            .cmp(&other.prefix)
            .then_with(|| self.key.cmp(&other.key))
    }
}

/// A key to look for.
#[derive(Clone, Copy)]
pub(crate) struct Name<'t> {
    text: &'t str,
    /// The first eight bytes as a big-endian number, filled up with zeros: compares as the text
    /// does, but in one step.
    prefix: u64,
}

impl<'t> Name<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            text,
            prefix: prefix_of(text.as_bytes()),
        }
    }
}

const fn prefix_of(bytes: &[u8]) -> u64 {
    if let Some((eight, _)) = bytes.split_first_chunk::<8>() {
        return u64::from_be_bytes(*eight);
    }
    let mut prefix = 0;
    let mut index = 0;
    while index < bytes.len() {
        prefix |= (bytes[index] as u64) << (56 - 8 * index);
        index += 1;
    }
    prefix
}

/// The place of a key among members in canonical order.
pub(crate) fn find(members: &[Member<'_>], name: Name<'_>) -> Option<usize> {
    // On the prefix alone the search compares one number a step, without a branch.
    let first = members.partition_point(|member| member.prefix < name.prefix);
    let same_prefix = members
        .get(first..)?
        .iter()
        .take_while(|m| m.prefix == name.prefix);
    same_prefix
        .enumerate()
        .find_map(|(index, m)| (m.key == name.text).then_some(first + index))
}

impl<'a> Node<'a> {
    /// The member of this name, where this is an object that has it.
    #[inline]
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.get_name(Name::new(key))
    }

    /// The same for a name made beforehand.
    pub(crate) fn get_name(&self, name: Name<'_>) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        members
            .get(find(members, name)?)
            .map(|member| &member.value)
    }

    /// Takes the member of this name out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let index = find(members, Name::new(key))?;
        Some(members.remove(index).value)
    }

    /// The text, where this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Appends the minified form.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::True => out.extend_from_slice(b"true"),
            Self::False => out.extend_from_slice(b"false"),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_text(&member.key, out);
                    out.push(b':');
                    member.value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// The members of an object, the items of an array; none of anything else.
    pub(crate) fn members(&self) -> &[Member<'a>] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The minified form as text.
    pub(crate) fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "whether it is borrowed says whether it needs escapes"
)]
fn write_text(text: &Cow<'_, str>, out: &mut Vec<u8>) {
    out.push(b'"');
    match text {
        // Without an escape in the source there is nothing to escape.
        Cow::Borrowed(plain) => out.extend_from_slice(plain.as_bytes()),
        Cow::Owned(unescaped) => write_escaped(unescaped, out),
    }
    out.push(b'"');
}

fn write_escaped(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 0xf)]);
            }
            _ => out.push(byte),
        }
    }
}

/// Why a text is not one JSON value within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Syntax,
    Utf8,
    Trailing,
    Depth,
    Size,
}

/// Reads one value of at most 8 MiB; on failure says where and why.
pub(crate) fn parse(raw: &[u8]) -> Result<Node<'_>, (usize, Fault)> {
    parse_within(raw, MAX_BYTES)
}

/// Reads one value of at most `most` bytes; on failure says where and why.
pub(crate) fn parse_within(raw: &[u8], most: usize) -> Result<Node<'_>, (usize, Fault)> {
    parse_with(raw, most, false)
}

/// Parses one JSON value; null members stay where `keep_nulls` says so.
pub(crate) fn parse_with(
    raw: &[u8],
    most: usize,
    keep_nulls: bool,
) -> Result<Node<'_>, (usize, Fault)> {
    if raw.len() > most {
        return Err((most, Fault::Size));
    }
    let text = std::str::from_utf8(raw).map_err(|error| (error.valid_up_to(), Fault::Utf8))?;
    let mut parser = Parser {
        text,
        bytes: raw,
        at: 0,
        fault: Fault::Syntax,
        keep_nulls,
        members: Vec::with_capacity(96),
        items: Vec::new(),
    };
    let node = parser.value(0).ok_or((parser.at, parser.fault))?;
    parser.skip_space();
    if parser.at < parser.bytes.len() {
        return Err((parser.at, Fault::Trailing));
    }
    Ok(node)
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Why nothing more could be read, where it was not the syntax.
    fault: Fault,
    /// Whether null members stay.
    keep_nulls: bool,
    /// Members of the objects that are open, innermost last.
    members: Vec<Member<'a>>,
    /// Items of the arrays that are open, innermost last.
    items: Vec<Node<'a>>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth >= MAX_DEPTH {
            self.fault = Fault::Depth;
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Node::Text),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true", Node::True),
            b'f' => self.word("false", Node::False),
            b'n' => self.word("null", Node::Null),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Option<Node<'a>> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        Some(node)
    }

    fn object(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let first = self.members.len();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Some(Node::Object(Vec::new()));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return None;
            }
            let key = self.string()?;
            self.expect(b':')?;
            let value = self.value(depth + 1)?;
            self.members.push(Member::new(key, value));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return None,
            }
        }
        self.at += 1;
        Some(Node::Object(self.close_object(first)))
    }

    /// Sorts the members from `first` on, keeps the last of equal keys, leaves out null ones.
    fn close_object(&mut self, first: usize) -> Vec<Member<'a>> {
        let keep_nulls = self.keep_nulls;
        let open = self.members.get_mut(first..).unwrap_or_default();
        sort(open);
        let kept = open
            .iter()
            .filter(|member| !matches!(member.value, Node::Null) || keep_nulls)
            .count();
        let mut closed: Vec<Member<'a>> = Vec::with_capacity(kept);
        let mut sorted = self.members.drain(first..).peekable();
        while let Some(member) = sorted.next() {
            let repeated = sorted
                .peek()
                .is_some_and(|next| next.order(&member).is_eq());
            if !repeated && (!matches!(member.value, Node::Null) || keep_nulls) {
                closed.push(member);
            }
        }
        closed
    }

    fn array(&mut self, depth: usize) -> Option<Node<'a>> {
        self.at += 1;
        let first = self.items.len();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Some(Node::Array(Vec::new()));
        }
        loop {
            let item = self.value(depth + 1)?;
            self.items.push(item);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return None,
            }
        }
        self.at += 1;
        Some(Node::Array(self.items.drain(first..).collect()))
    }

    fn number(&mut self) -> Option<Node<'a>> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.slice(start, self.at).map(Node::Number)
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { None } else { Some(()) }
    }

    fn slice(&self, start: usize, end: usize) -> Option<&'a str> {
        self.text.get(start..end)
    }

    /// A string, from its opening quote to after its closing one.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.at += 1;
        let start = self.at;
        self.skip_plain();
        match self.peek() {
            Some(b'"') => {
                let plain = self.slice(start, self.at)?;
                self.at += 1;
                Some(Cow::Borrowed(plain))
            }
            Some(b'\\') => self.escaped(start).map(Cow::Owned),
            _ => None,
        }
    }

    /// Goes on to the next quote, backslash or control character, eight bytes at a time.
    fn skip_plain(&mut self) {
        while let Some((eight, _)) = self
            .bytes
            .get(self.at..)
            .and_then(|rest| rest.split_first_chunk::<8>())
        {
            let found = special_bytes(u64::from_le_bytes(*eight));
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while self
            .peek()
            .is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
        {
            self.at += 1;
        }
    }

    /// The rest of a string that holds an escape, unescaped.
    fn escaped(&mut self, start: usize) -> Option<String> {
        let mut out = String::from(self.slice(start, self.at)?);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Some(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(0x20..) => {
                    let from = self.at;
                    self.skip_plain();
                    out.push_str(self.slice(from, self.at)?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return None,
        })
    }

    /// Four hex digits, or a pair of them for a surrogate pair; half a pair is replaced.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let before = self.at;
        if self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Some(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            value = value * 16 + digit?;
            self.at += 1;
        }
        Some(value)
    }
}

/// Sorts members by key, equal ones in their order of appearance.
///
/// Stripe writes `id` and `object` first and the rest sorted, so a few first ones that stand before
/// a sorted rest are put in their places one by one.
fn sort(members: &mut [Member<'_>]) {
    const FIRST_ONES: usize = 4;
    let in_order = |pair: &[Member<'_>]| matches!(pair, [a, b] if a.order(b).is_le());
    let Some(last_before) = members.windows(2).rposition(|pair| !in_order(pair)) else {
        return;
    };
    if last_before >= FIRST_ONES {
        members.sort_by(Member::order);
        return;
    }
    for place in (0..=last_before).rev() {
        let Some((member, rest)) = members.get_mut(place..).and_then(|tail| tail.split_first())
        else {
            return;
        };
        let before = rest.partition_point(|other| other.order(member).is_lt());
        if let Some(moved) = members.get_mut(place..=place + before) {
            moved.rotate_left(1);
        }
    }
}

/// The high bit of every byte that is a quote, a backslash or below 0x20. Bits above the first
/// one found may be wrong, as a borrow carries upwards.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let zero_quote = quote.wrapping_sub(ONES) & !quote;
    let zero_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero_quote | zero_backslash | control) & HIGH
}

#[cfg(test)]
mod tests;
