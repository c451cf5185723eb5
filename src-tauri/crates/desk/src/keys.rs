//! Keys: what one is, what it may read, and Stripe's page that makes the right one.

use secrecy::{ExposeSecret as _, SecretString};
use stripe::{ApiBase, ApiKey, Grant, KeyReport, List, PERMISSION_ACCOUNT};

use crate::answers::{KeyCheck, KeyKind, Mode, PermissionRow};
use crate::context::Inner;
use crate::{Error, Result};

/// The lists that a key is asked for: their name and what is missing without them.
const LISTS: [(List, &str, &str); 23] = [
    (
        List::Customers,
        "Customers",
        "No tenant has a name, an e-mail address or a balance",
    ),
    (
        List::Subscriptions,
        "Subscriptions",
        "No plan, no seats, no MRR and no renewal dates",
    ),
    (
        List::Invoices,
        "Invoices",
        "No invoices, no amounts due and no invoice export",
    ),
    (
        List::InvoicePayments,
        "Payments of invoices",
        "A payment cannot be tied to its invoice",
    ),
    (
        List::Products,
        "Products",
        "Plans are shown by their ids in place of their names",
    ),
    (
        List::Prices,
        "Prices",
        "No MRR, and prices are shown by their ids",
    ),
    (
        List::Charges,
        "Charges",
        "No payment attempts and no reason why a card was declined",
    ),
    (
        List::PaymentIntents,
        "Payment intents",
        "No payments that are under way or await the payer",
    ),
    (
        List::CreditNotes,
        "Credit notes",
        "Credit notes are missing, and so is their export",
    ),
    (
        List::Coupons,
        "Coupons",
        "Discounts are shown by their ids, and MRR leaves them out",
    ),
    (List::TaxRates, "Tax rates", "Tax on lines has no name"),
    (
        List::Refunds,
        "Refunds",
        "What was given back is known only as a sum on its payment",
    ),
    (
        List::Disputes,
        "Disputes",
        "A disputed payment is marked, without its reason and date",
    ),
    (
        List::CreditGrants,
        "Billing credits",
        "Credits that were granted are not shown",
    ),
    (
        List::CreditBalanceTransactions,
        "Uses of billing credits",
        "It is not shown what credits were used for",
    ),
    (List::Meters, "Meters", "What is metered is shown by its id"),
    (
        List::PromotionCodes,
        "Promotion codes",
        "Promotion codes are not shown",
    ),
    (
        List::SubscriptionSchedules,
        "Subscription schedules",
        "Changes that are planned are not shown",
    ),
    (
        List::InvoiceItems,
        "Invoice items",
        "What waits for the next invoice is not shown",
    ),
    (
        List::BalanceTransactions,
        "Balance transactions",
        "Stripe's fees are not shown",
    ),
    (
        List::Payouts,
        "Payouts",
        "A payment cannot be followed to the bank",
    ),
    (
        List::TestClocks,
        "Test clocks",
        "Test data that lives by a test clock is missing",
    ),
    (
        List::Events,
        "Events",
        "Later updates list everything again, which takes longer",
    ),
];

/// The account's own row of the matrix.
const ACCOUNT_ROW: (&str, &str) = (
    "Account",
    "The account's name is not shown, and a replaced key cannot be checked to be of the same \
     account",
);

/// A key and where to use it, taken from what a person gave.
pub(crate) struct Given {
    pub key: ApiKey,
    pub base: ApiBase,
}

/// Takes a key and an address; what is wrong with them is marked at its field.
pub(crate) fn take(key: &SecretString, api_base: Option<&str>) -> Result<Given> {
    let base = take_base(api_base)?;
    let key = ApiKey::parse(key).map_err(|error| {
        Error::invalid(
            "key",
            "This key cannot be used",
            sentence(&error.to_string()),
        )
        .then("Make a restricted key in Stripe's dashboard and paste it here")
    })?;
    Ok(Given { key, base })
}

pub(crate) fn take_base(api_base: Option<&str>) -> Result<ApiBase> {
    match api_base.map(str::trim).filter(|base| !base.is_empty()) {
        None => Ok(ApiBase::stripe()),
        Some(base) => ApiBase::parse(base).map_err(|error| {
            Error::invalid(
                "api_base",
                "This address cannot be used",
                sentence(&error.to_string()),
            )
            .then("Leave it empty to connect to Stripe")
        }),
    }
}

/// Without the full stop at its end.
fn sentence(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

/// The key's prefix and its last four letters; nothing else of it is ever shown.
pub(crate) fn hint(key: &ApiKey) -> String {
    let text = key.expose().expose_secret();
    let prefix: String = text.chars().take(8).collect();
    let last: String = text
        .chars()
        .skip(text.chars().count().saturating_sub(4))
        .collect();
    format!("{prefix}…{last}")
}

pub(crate) fn kind(key: &ApiKey) -> KeyKind {
    match key.kind() {
        stripe::KeyKind::Restricted => KeyKind::Restricted,
        stripe::KeyKind::Secret => KeyKind::Secret,
    }
}

pub(crate) fn mode(mode: stripe::Mode) -> Mode {
    if mode.is_live() {
        Mode::Live
    } else {
        Mode::Test
    }
}

impl Inner {
    /// Asks Stripe what a key is and may do.
    pub async fn check_key(&self, key: &SecretString, api_base: Option<&str>) -> Result<KeyCheck> {
        let base = take_base(api_base)?;
        let key = match ApiKey::parse(key) {
            Ok(key) => key,
            Err(error) => return Ok(refused(error)),
        };
        let report = self.gateway(base, key, 100)?.key_check().await?;
        Ok(answer(&report))
    }
}

/// A text that is no key that Meterdesk takes: Stripe is not asked.
fn refused(error: stripe::KeyError) -> KeyCheck {
    use stripe::KeyError;
    let kind = match error {
        KeyError::Publishable => KeyKind::Publishable,
        KeyError::Organisation => KeyKind::Organisation,
        KeyError::WebhookSecret => KeyKind::WebhookSecret,
        KeyError::Empty | KeyError::Unknown => KeyKind::Unknown,
    };
    KeyCheck {
        kind,
        mode: None,
        account_name: None,
        stripe_account: None,
        usable: false,
        notes: vec![format!("{}.", sentence(&error.to_string()))],
        permissions: Vec::new(),
    }
}

pub(crate) fn answer(report: &KeyReport) -> KeyCheck {
    let mut permissions = Vec::with_capacity(LISTS.len() + 1);
    for (list, what, without_it) in LISTS {
        let grant = report
            .lists
            .iter()
            .find(|row| row.list == list)
            .map(|row| &row.grant);
        let slug = match grant {
            Some(Grant::Missing { slugs }) => slugs.join(", "),
            _ => list.permission().to_owned(),
        };
        permissions.push(PermissionRow {
            what: what.into(),
            slug,
            granted: matches!(grant, Some(Grant::Granted)),
            without_it: without_it.into(),
        });
    }
    permissions.push(PermissionRow {
        what: ACCOUNT_ROW.0.into(),
        slug: PERMISSION_ACCOUNT.into(),
        granted: report.account.is_some(),
        without_it: ACCOUNT_ROW.1.into(),
    });
    let readable = permissions.iter().filter(|row| row.granted).count();
    let account = report.account.as_ref();
    KeyCheck {
        kind: match report.kind {
            stripe::KeyKind::Restricted => KeyKind::Restricted,
            stripe::KeyKind::Secret => KeyKind::Secret,
        },
        mode: Some(mode(report.mode)),
        account_name: account.and_then(|account| account.name.clone()),
        stripe_account: account.map(|account| account.id.clone()),
        usable: readable > 0,
        notes: notes(report, readable, permissions.len()),
        permissions,
    }
}

/// Sentences about a key that Stripe accepts.
fn notes(report: &KeyReport, readable: usize, asked: usize) -> Vec<String> {
    let mut notes = Vec::new();
    match (report.kind, report.may_write) {
        (stripe::KeyKind::Secret, _) => notes.push(
            "This is a secret key: whoever holds it can charge, refund and delete. Meterdesk only \
             reads; a restricted key with read permissions is enough and safer."
                .into(),
        ),
        (stripe::KeyKind::Restricted, Some(true)) => notes.push(
            "This key may also change customers. Meterdesk only reads; a key with read \
             permissions alone is safer."
                .into(),
        ),
        (stripe::KeyKind::Restricted, _) => {}
    }
    if report.mode.is_live() {
        notes.push(
            "This is a live key: names, e-mail addresses and amounts of real customers are stored \
             on this machine, encrypted. At most 40 % of the account's request limits are used."
                .into(),
        );
    }
    if readable == 0 {
        notes.push("This key may read nothing that Meterdesk needs.".into());
    } else if readable < asked {
        notes.push(
            "The key can be used; what it may not read stays empty and is said to be missing."
                .into(),
        );
    }
    if !report.mode_confirmed && readable > 0 {
        notes.push("The account holds no objects yet that would confirm the key's mode.".into());
    }
    notes
}

/// Stripe's page that makes a restricted key with every permission that Meterdesk reads by.
pub(crate) fn restricted_key_url() -> String {
    let mut slugs: Vec<&str> = LISTS
        .iter()
        .filter(|(list, ..)| list.is_permission_known())
        .map(|(list, ..)| list.permission())
        .collect();
    slugs.push(PERMISSION_ACCOUNT);
    slugs.sort_unstable();
    slugs.dedup();
    let mut url = String::from("https://dashboard.stripe.com/apikeys/create?name=Meterdesk");
    for (at, slug) in slugs.iter().enumerate() {
        url.push_str(&format!("&permissions%5B{at}%5D={slug}"));
    }
    url
}
