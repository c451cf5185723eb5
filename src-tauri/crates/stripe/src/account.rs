//! The account that a key belongs to.

use serde_json::Value;

use crate::error::Error;
use crate::gateway::Gateway;
use crate::request::Request;

/// What is shown of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `acct_…`
    pub id: String,
    /// The name on the dashboard, else the business's, else none.
    pub name: Option<String>,
    /// ISO code of the country, upper case.
    pub country: Option<String>,
    /// ISO code, lower case.
    pub default_currency: Option<String>,
    /// The zone of the dashboard (IANA name).
    pub timezone: Option<String>,
}

fn read(body: &[u8]) -> Option<Account> {
    let account: Value = serde_json::from_slice(body).ok()?;
    let text = |pointer: &str| {
        let text = account.pointer(pointer)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    Some(Account {
        id: text("/id")?,
        name: text("/settings/dashboard/display_name")
            .or_else(|| text("/business_profile/name"))
            .or_else(|| text("/company/name")),
        country: text("/country"),
        default_currency: text("/default_currency"),
        timezone: text("/settings/dashboard/timezone"),
    })
}

impl Gateway {
    /// Reads the account of the key.
    ///
    /// # Errors
    /// [`Error`]; a restricted key may lack the permission (`missing_permissions()`).
    pub async fn account(&self) -> Result<Account, Error> {
        let read = |body: &bytes::Bytes| read(body).ok_or_else(|| "it is no account".to_owned());
        Ok(self.send_and_read(&Request::get("/account"), read).await?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_dashboards_else_the_business() {
        let whole = br#"{"id":"acct_1","country":"DE","default_currency":"eur",
            "business_profile":{"name":"Acme GmbH"},
            "settings":{"dashboard":{"display_name":"Acme","timezone":"Europe/Berlin"}}}"#;
        let account = read(whole).expect("an account");
        assert_eq!(account.name.as_deref(), Some("Acme"));
        assert_eq!(account.timezone.as_deref(), Some("Europe/Berlin"));
        let bare = read(br#"{"id":"acct_1","business_profile":{"name":"B"}}"#).expect("one");
        assert_eq!(bare.name.as_deref(), Some("B"));
        assert_eq!(read(b"{}"), None);
    }
}
