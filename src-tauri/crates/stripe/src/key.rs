//! A Stripe key: its kind and mode by its prefix, and nowhere printed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The longest key that is looked at.
const LENGTH_MAX: usize = 255;

/// Live or test, as a key or an object says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Real customers, real money.
    Live,
    /// Test mode and sandboxes.
    Test,
}

impl Mode {
    /// The mode of an object that says `livemode`.
    pub fn of(livemode: bool) -> Self {
        if livemode { Self::Live } else { Self::Test }
    }

    /// Is it live?
    pub fn is_live(self) -> bool {
        self == Self::Live
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_live() { "live" } else { "test" })
    }
}

/// The kinds of key that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `rk_…`: may do what it was given.
    Restricted,
    /// `sk_…`: may do everything.
    Secret,
}

/// Why a text is not taken for a key. No variant repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing was given.
    #[error("No key was given. Paste a restricted key, which begins with rk_live_ or rk_test_")]
    Empty,
    /// `pk_…`.
    #[error(
        "This is a publishable key. It is meant for web pages and cannot read an account. Make \
         a restricted key, which begins with rk_"
    )]
    Publishable,
    /// `sk_org_…`.
    #[error(
        "This is an organisation key, which reaches into several accounts. Make a restricted key \
         in the one account whose books you want"
    )]
    Organisation,
    /// `whsec_…`.
    #[error(
        "This is the signing secret of a webhook. It proves who sent a message and cannot read an \
         account. Make a restricted key, which begins with rk_"
    )]
    WebhookSecret,
    /// Anything else.
    #[error(
        "This is not a Stripe key. A restricted key begins with rk_live_ or rk_test_, followed \
         by letters and digits"
    )]
    Unknown,
}

/// A Stripe key. It can be neither printed nor serialised.
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    kind: KeyKind,
    mode: Mode,
}

impl ApiKey {
    /// Takes a key as a person pastes it: surrounding white space is dropped.
    ///
    /// # Errors
    /// [`KeyError`] when it is none, or one that Meterdesk does not take.
    pub fn parse(given: &SecretString) -> Result<Self, KeyError> {
        let text = given.expose_secret().trim();
        let (kind, mode) = kind_and_mode(text)?;
        Ok(Self {
            secret: SecretString::from(text.to_owned()),
            kind,
            mode,
        })
    }

    /// Restricted or secret.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The mode that its prefix names.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The key itself, for the transport and for whoever stores it in a keyring.
    pub fn expose(&self) -> &SecretString {
        &self.secret
    }
}

fn kind_and_mode(text: &str) -> Result<(KeyKind, Mode), KeyError> {
    const PREFIXES: [(&str, KeyKind, Mode); 4] = [
        ("rk_live_", KeyKind::Restricted, Mode::Live),
        ("rk_test_", KeyKind::Restricted, Mode::Test),
        ("sk_live_", KeyKind::Secret, Mode::Live),
        ("sk_test_", KeyKind::Secret, Mode::Test),
    ];
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if text.starts_with("pk_") {
        return Err(KeyError::Publishable);
    }
    if text.starts_with("sk_org_") {
        return Err(KeyError::Organisation);
    }
    if text.starts_with("whsec_") {
        return Err(KeyError::WebhookSecret);
    }
    let (rest, kind, mode) = PREFIXES
        .iter()
        .find_map(|(prefix, kind, mode)| Some((text.strip_prefix(prefix)?, *kind, *mode)))
        .ok_or(KeyError::Unknown)?;
    let sound = !rest.is_empty()
        && text.len() <= LENGTH_MAX
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if sound {
        Ok((kind, mode))
    } else {
        Err(KeyError::Unknown)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({:?}, {})", self.kind, self.mode)
    }
}

/// Blanks out everything in a text that has the form of a key, whoever wrote it there.
pub(crate) fn redact(text: &str) -> String {
    const STARTS: [&str; 7] = [
        "sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "whsec_",
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, start)) = STARTS
        .iter()
        .filter_map(|start| rest.find(start).map(|at| (at, *start)))
        .min_by_key(|(at, _)| *at)
    {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        out.push_str(start);
        out.push('…');
        let tail = &found[start.len()..];
        let end = tail
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '*'))
            .unwrap_or(tail.len());
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ApiKey, KeyError> {
        ApiKey::parse(&SecretString::from(text.to_owned()))
    }

    #[test]
    fn the_prefix_says_kind_and_mode() {
        for (text, kind, mode) in [
            ("rk_live_51Abc", KeyKind::Restricted, Mode::Live),
            ("  rk_test_51Abc\n", KeyKind::Restricted, Mode::Test),
            ("sk_live_51Abc_1", KeyKind::Secret, Mode::Live),
            ("sk_test_51Abc", KeyKind::Secret, Mode::Test),
        ] {
            let key = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((key.kind(), key.mode()), (kind, mode), "{text}");
        }
    }

    #[test]
    fn other_secrets_are_refused_each_in_its_own_words() {
        for (text, error) in [
            ("", KeyError::Empty),
            ("  \n", KeyError::Empty),
            ("pk_live_51Abc", KeyError::Publishable),
            ("pk_test_51Abc", KeyError::Publishable),
            ("sk_org_live_51Abc", KeyError::Organisation),
            ("whsec_51Abc", KeyError::WebhookSecret),
            ("rk_live_", KeyError::Unknown),
            ("rk_live_a b", KeyError::Unknown),
            ("rk_live_a\r\nHost: x", KeyError::Unknown),
            ("acct_1", KeyError::Unknown),
        ] {
            assert_eq!(parse(text).expect_err(text), error, "{text:?}");
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = parse("rk_live_51SECRETsecret").expect("a key");
        assert_eq!(format!("{key:?}"), "ApiKey(Restricted, live)");
    }

    #[test]
    fn keys_in_other_peoples_texts_are_blanked_out() {
        for (text, becomes) in [
            (
                "Invalid API Key provided: sk_test_***abc",
                "Invalid API Key provided: sk_test_…",
            ),
            (
                "'rk_live_51AbC_d' and pk_test_9.",
                "'rk_live_…' and pk_test_….",
            ),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(redact(text), becomes);
        }
    }
}
