//! The first screen against the tables that its lines lead to.

use desk::Desk;
use desk::answers::{Amount, AttentionLink, Count, Direction, InvoiceSort, TenantSort};

use super::{Machine, account, connected};

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
