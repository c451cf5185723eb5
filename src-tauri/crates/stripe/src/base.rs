//! The addresses to which a key may be sent: Stripe, or this machine.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The only host on the internet that is ever given a key.
const STRIPE_HOST: &str = "api.stripe.com";

/// An address to which a key may be sent. Any other cannot be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiBase {
    /// Scheme, host and port, without a trailing slash.
    address: String,
    loopback: bool,
}

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// Not an address at all.
    #[error(
        "“{given}” is not an address. Leave it empty for Stripe, or give one of this machine, \
         such as http://127.0.0.1:12345"
    )]
    Unreadable {
        /// What was given.
        given: String,
    },
    /// An address that is neither Stripe's nor this machine's.
    #[error(
        "A key is sent only to https://api.stripe.com or to this machine (http://127.0.0.1 with \
         a port). “{given}” is neither"
    )]
    Elsewhere {
        /// What was given, without user name, password, path and query.
        given: String,
    },
}

impl ApiBase {
    /// Stripe itself.
    pub fn stripe() -> Self {
        Self {
            address: format!("https://{STRIPE_HOST}"),
            loopback: false,
        }
    }

    /// Accepts `https://api.stripe.com` and `http://` addresses of loopback, with nothing behind
    /// the port.
    ///
    /// # Errors
    /// [`BaseError`] for every other address.
    pub fn parse(given: &str) -> Result<Self, BaseError> {
        let url = Url::parse(given.trim()).map_err(|_| BaseError::Unreadable {
            given: given.trim().into(),
        })?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let elsewhere = || BaseError::Elsewhere {
            given: format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
        };
        if !plain {
            return Err(elsewhere());
        }
        match (url.scheme(), url.host()) {
            ("https", Some(Host::Domain(STRIPE_HOST))) if url.port().is_none() => {
                Ok(Self::stripe())
            }
            ("http", Some(host)) => {
                let ip = loopback(&host).ok_or_else(elsewhere)?;
                let port = url.port().unwrap_or(80);
                let address = match ip {
                    IpAddr::V4(ip) => format!("http://{ip}:{port}"),
                    IpAddr::V6(ip) => format!("http://[{ip}]:{port}"),
                };
                Ok(Self {
                    address,
                    loopback: true,
                })
            }
            _ => Err(elsewhere()),
        }
    }

    /// Is this address on this machine (the simulated account)?
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Scheme, host and port, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.address
    }
}

/// `localhost` becomes 127.0.0.1, so that no name lookup decides where a key goes.
fn loopback(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain("localhost") => Some(IpAddr::from([127, 0, 0, 1])),
        Host::Domain(_) => None,
        Host::Ipv4(ip) => ip.is_loopback().then_some(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => ip.is_loopback().then_some(IpAddr::V6(*ip)),
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stripe_and_loopback_are_addresses() {
        for (given, becomes) in [
            ("https://api.stripe.com", "https://api.stripe.com"),
            ("https://api.stripe.com/", "https://api.stripe.com"),
            (" https://API.stripe.com:443 ", "https://api.stripe.com"),
            ("http://127.0.0.1:4242", "http://127.0.0.1:4242"),
            ("http://127.9.9.9:1/", "http://127.9.9.9:1"),
            ("http://localhost:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:99", "http://[::1]:99"),
        ] {
            let base = ApiBase::parse(given).unwrap_or_else(|error| panic!("{given}: {error}"));
            assert_eq!(base.as_str(), becomes, "{given}");
            assert_eq!(base.is_loopback(), given.contains("http:"), "{given}");
        }
    }

    #[test]
    fn every_other_address_is_refused() {
        for given in [
            "",
            "api.stripe.com",
            "http://api.stripe.com",
            "https://api.stripe.com:8443",
            "https://api.stripe.com/v1",
            "https://api.stripe.com.evil.example",
            "https://api.stripe.com@evil.example",
            "https://user:pw@api.stripe.com",
            "https://evil.example/?https://api.stripe.com",
            "https://127.0.0.1:4242",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1:4242",
            "http://192.168.0.2",
            "http://0.0.0.0:1",
            "http://localhost.evil.example",
            "http://[::2]:99",
            "file:///etc/passwd",
            "ftp://127.0.0.1",
        ] {
            let refused = ApiBase::parse(given).expect_err(given);
            assert!(
                !refused.to_string().contains("pw"),
                "a refusal repeats no password: {refused}"
            );
        }
    }
}
