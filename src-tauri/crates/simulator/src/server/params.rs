//! A request's parameters, each taken once; what is left over is unknown to Stripe.

use crate::server::answer::Refusal;

/// The most parameters of one request.
const MAX_PARAMS: usize = 500;

/// Names and values as they came, percent-decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

/// Bounds in UTC seconds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: u32,
    pub(crate) to: u32,
}

impl Range {
    pub(crate) const ALL: Self = Self {
        from: 0,
        to: u32::MAX,
    };

    pub(crate) const fn contains(self, at: u32) -> bool {
        self.from <= at && at <= self.to
    }
}

impl Params {
    /// The parameters of a query or of a form body.
    pub(crate) fn parse(form: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(form).take(MAX_PARAMS);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    pub(crate) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(place).1)
    }

    /// `name=…` as a whole number.
    pub(crate) fn take_integer(&mut self, name: &str) -> Result<Option<i64>, Refusal> {
        self.take(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| Refusal::invalid_integer(name, &value))
            })
            .transpose()
    }

    pub(crate) fn take_bool(&mut self, name: &str) -> Result<Option<bool>, Refusal> {
        self.take(name)
            .map(|value| match value.as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(Refusal::invalid_value(name, &value, "true or false")),
            })
            .transpose()
    }

    /// `name[]=…`, `name[0]=…` and so on, in order.
    pub(crate) fn take_list(&mut self, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        self.0.retain(|(key, value)| {
            let inside = key
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('['))
                .and_then(|rest| rest.strip_suffix(']'));
            match inside {
                Some(index) if index.chars().all(|digit| digit.is_ascii_digit()) => {
                    let place: usize = index.parse().unwrap_or(values.len());
                    values.push((place, value.clone()));
                    false
                }
                _ => true,
            }
        });
        values.sort_by_key(|(place, _)| *place);
        values.into_iter().map(|(_, value)| value).collect()
    }

    /// `name[key]=…` pairs.
    pub(crate) fn take_map(&mut self, name: &str) -> Vec<(String, String)> {
        let mut values = Vec::new();
        self.0.retain(|(key, value)| {
            let inside = key
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('['))
                .and_then(|rest| rest.strip_suffix(']'));
            let Some(inner) = inside else {
                return true;
            };
            values.push((inner.to_owned(), value.clone()));
            false
        });
        values
    }

    /// `name[gte]` and its like, or `name` for one exact second.
    pub(crate) fn take_range(&mut self, name: &str) -> Result<Range, Refusal> {
        let mut range = Range::ALL;
        if let Some(exact) = self.take_integer(name)? {
            let at = clamp(exact);
            return Ok(Range { from: at, to: at });
        }
        for (bound, is_from, step) in [
            ("gte", true, 0),
            ("gt", true, 1),
            ("lte", false, 0),
            ("lt", false, -1),
        ] {
            let name = format!("{name}[{bound}]");
            let Some(value) = self.take_integer(&name)? else {
                continue;
            };
            let at = clamp(value.saturating_add(step));
            if is_from {
                range.from = range.from.max(at);
            } else if value.saturating_add(step) < 0 {
                return Ok(Range { from: 1, to: 0 });
            } else {
                range.to = range.to.min(at);
            }
        }
        Ok(range)
    }

    /// Every name and value that is left, sorted: what an idempotency key stands for.
    pub(crate) fn fingerprint(&self) -> String {
        let mut pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.sort();
        pairs.join("&")
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.0.first() {
            Some((name, _)) => Err(Refusal::unknown_param(name)),
            None => Ok(()),
        }
    }
}

fn clamp(seconds: i64) -> u32 {
    seconds.clamp(0, i64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_take_every_bound() {
        let mut params = Params::parse(b"created%5Bgte%5D=10&created[lt]=20&created[gt]=11");
        assert_eq!(
            params.take_range("created").unwrap(),
            Range { from: 12, to: 19 }
        );
        params.finish().unwrap();
        let mut exact = Params::parse(b"created=15");
        assert_eq!(
            exact.take_range("created").unwrap(),
            Range { from: 15, to: 15 }
        );
        let mut wrong = Params::parse(b"created[gte]=soon");
        assert!(wrong.take_range("created").is_err());
    }

    #[test]
    fn lists_come_in_order_and_the_rest_is_unknown() {
        let mut params = Params::parse(b"expand[1]=b&expand[0]=a&foo=1");
        assert_eq!(params.take_list("expand"), ["a", "b"]);
        let mut plain = Params::parse(b"types[]=x&types[]=y");
        assert_eq!(plain.take_list("types"), ["x", "y"]);
        assert_eq!(params.finish().unwrap_err(), Refusal::unknown_param("foo"));
    }
}
