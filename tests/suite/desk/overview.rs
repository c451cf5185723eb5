//! The first screen against the tables that its lines lead to.

use std::collections::BTreeMap;

use desk::Desk;
use desk::answers::{Amount, AttentionLink, Count, Direction, InvoiceSort, TenantSort};
use serde_json::Value;
use simulator::{Running, TruthKind};

use super::{Machine, NOW, account, connected};

/// How many rows the table shows that a line of the overview leads to.
async fn rows(desk: &Desk, link: &AttentionLink) -> u64 {
    let (first, few) = (Count(0), Count(1));
    match link.clone() {
        AttentionLink::Tenants { filter } => {
            let by = (TenantSort::default(), Direction::default());
            let page = desk.tenants(filter, by.0, by.1, first, few).await;
            page.expect("tenants").total.0
        }
        AttentionLink::Invoices { filter } => {
            let by = (InvoiceSort::default(), Direction::default());
            let page = desk.invoices(filter, by.0, by.1, first, few).await;
            page.expect("invoices").total.0
        }
        AttentionLink::Settings => panic!("a line that counts rows leads to rows"),
    }
}

fn sorted(amounts: impl IntoIterator<Item = Amount>) -> Vec<(String, i64)> {
    let pairs = amounts.into_iter().map(|sum| (sum.currency, sum.minor.0));
    let mut sums: Vec<_> = pairs.filter(|(_, minor)| *minor != 0).collect();
    sums.sort();
    sums
}

#[tokio::test]
async fn each_line_counts_what_its_table_shows() {
    let machine = Machine::with_keyring();
    let account = account(|options| options.customers = 500).await;
    let desk = machine.desk();
    connected(&desk, &account).await;

    let attention = desk.overview().await.expect("the overview").attention;
    for line in &attention {
        assert_eq!(line.count.0, rows(&desk, &line.link).await, "{}", line.code);
        if let AttentionLink::Invoices { filter } = &line.link
            && line.code != "draft_old"
        {
            let totals = desk.invoice_totals(filter.clone()).await.expect("totals");
            let remaining = totals.into_iter().map(|sum| sum.remaining);
            assert_eq!(
                sorted(line.amounts.clone()),
                sorted(remaining),
                "{}",
                line.code
            );
        }
    }
    let codes: Vec<&str> = attention.iter().map(|line| line.code.as_str()).collect();
    for code in ["past_due", "payment_failed", "trial_ending", "cancelling"] {
        assert!(codes.contains(&code), "no {code} among {codes:?}");
    }
}

/// The first second of November 2026, in UTC.
const THIS_MONTH: i64 = 1_793_491_200;

/// What the account's own objects of this month add up to, by currency.
fn of_this_month(
    account: &Running,
    kind: TruthKind,
    counts: impl Fn(&Value) -> Option<i64>,
) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for object in account.truth().objects(kind) {
        let object: Value = serde_json::from_slice(&object).expect("an object");
        let created = object["created"].as_i64().expect("a time");
        if let Some(amount) = counts(&object).filter(|_| (THIS_MONTH..=NOW).contains(&created)) {
            let currency = object["currency"].as_str().expect("a currency");
            *sums.entry(currency.to_ascii_uppercase()).or_default() += amount;
        }
    }
    sums
}

#[tokio::test]
async fn what_was_collected_is_what_was_paid_less_what_was_given_back() {
    let machine = Machine::with_keyring();
    let account = account(|options| options.customers = 300).await;
    account.mutate(150, 21);
    let desk = machine.desk();
    connected(&desk, &account).await;

    let paid = of_this_month(&account, TruthKind::Charge, |charge| {
        let whole = charge["status"] == "succeeded" && charge["captured"] == true;
        whole.then(|| charge["amount_captured"].as_i64().expect("an amount"))
    });
    let outside = of_this_month(&account, TruthKind::InvoicePayment, |payment| {
        let is_outside = payment["payment"]["type"] == "payment_record";
        (is_outside && payment["status"] == "paid")
            .then(|| payment["amount_paid"].as_i64().expect("an amount"))
    });
    let back = of_this_month(&account, TruthKind::Refund, |refund| {
        let stands = refund["status"] != "failed" && refund["status"] != "canceled";
        stands.then(|| -refund["amount"].as_i64().expect("an amount"))
    });
    assert!(!back.is_empty(), "something was given back");
    let mut expected = BTreeMap::new();
    for (currency, amount) in [paid, outside, back].into_iter().flatten() {
        *expected.entry(currency).or_default() += amount;
    }
    expected.retain(|_, amount: &mut i64| *amount != 0);

    let overview = desk.overview().await.expect("the overview");
    let collected = overview.figures.into_iter();
    let mut figure = collected.filter(|figure| figure.label == "Collected this month");
    let figure = figure.next_back().expect("the figure");
    assert!(
        !figure.explanation.contains("paid: none"),
        "{}",
        figure.explanation
    );
    assert_eq!(
        sorted(figure.amounts),
        expected.into_iter().collect::<Vec<_>>()
    );
}
