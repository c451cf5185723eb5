//! "Explore a sample company": no key, no keyring, no passphrase; figures held to the simulator's
//! own sums.

use std::collections::BTreeMap;

use desk::answers::{
    Count, Direction, ExportFormat, ExportKind, ExportProfile, ExportRequest, InvoiceFilter,
    InvoiceSort, InvoiceTotals, Mode, StatementFormat, SyncPhase, TenantFilter, TenantSort,
};
use desk::{Code, Desk};
use tokio_util::sync::CancellationToken;

use super::{Machine, account, unseen};

async fn opened(machine: &Machine) -> Desk {
    let desk = machine.desk();
    let account = desk.open_sample().await.expect("the sample company opens");
    assert_eq!(account.mode, Mode::Sample);
    let progress = desk.sync_wait().await.expect("its first load ends");
    assert_eq!(progress.phase, SyncPhase::Done, "{:?}", progress.error);
    desk
}

fn exporting(kind: ExportKind, invoices: InvoiceFilter) -> ExportRequest {
    ExportRequest {
        kind,
        format: ExportFormat::Csv,
        profile: ExportProfile::Meterdesk,
        invoices,
        tenants: TenantFilter::default(),
    }
}

/// Currency → (total, paid, remaining) of what counts: drafts left out, void apart.
type Sums = BTreeMap<String, (i64, i64, i64)>;

fn on_screen(totals: &[InvoiceTotals]) -> Sums {
    let sums = |t: &InvoiceTotals| (t.total.minor.0, t.paid.minor.0, t.remaining.minor.0);
    totals
        .iter()
        .map(|t| (t.currency.clone(), sums(t)))
        .collect()
}

fn in_file(path: &std::path::Path) -> Sums {
    let mut reader = csv::Reader::from_path(path).expect("the file is there");
    let headings = reader.headers().expect("it has headings").clone();
    let at = |name: &str| headings.iter().position(|h| h == name).expect(name);
    let columns = [
        "currency",
        "status",
        "total_minor",
        "amount_paid_minor",
        "amount_remaining_minor",
    ]
    .map(at);
    let mut sums = Sums::new();
    for record in reader.records() {
        let record = record.expect("a row");
        if matches!(&record[columns[1]], "draft" | "void") {
            continue;
        }
        let sum = sums.entry(record[columns[0]].to_owned()).or_default();
        let number = |column: usize| record[column].parse::<i64>().expect("minor units");
        sum.0 += number(columns[2]);
        sum.1 += number(columns[3]);
        sum.2 += number(columns[4]);
    }
    sums
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_company_shows_and_exports_what_the_simulator_says() {
    let machine = Machine::bare();
    let desk = opened(&machine).await;
    let twin = account(|_| ()).await;
    let mut truth = Sums::new();
    for ((currency, status), sums) in twin.truth().invoice_sums() {
        if status != "draft" && status != "void" {
            let sum = truth.entry(currency.to_uppercase()).or_default();
            sum.0 += sums.total;
            sum.1 += sums.amount_paid;
            sum.2 += sums.amount_remaining;
        }
    }
    let screen = desk
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    let mut screen = on_screen(&screen);
    screen.retain(|_, sum| *sum != (0, 0, 0));
    assert_eq!(screen, truth, "the screen's totals are the simulator's own");

    let path = machine.path().join("invoices.csv");
    let request = exporting(ExportKind::Invoices, InvoiceFilter::default());
    let written = desk
        .export(request, path.clone(), unseen(), CancellationToken::new())
        .await;
    let written = written.expect("the export");
    assert_eq!(
        in_file(&path),
        truth,
        "the file's sums are the simulator's own"
    );
    let page = desk.invoices(
        InvoiceFilter::default(),
        InvoiceSort::Finalized,
        Direction::Descending,
        Count(0),
        Count(1),
    );
    assert_eq!(
        page.await.expect("a page").total,
        written.rows,
        "no row is lost"
    );
    assert!(
        std::path::Path::new(&written.control_sheet).exists(),
        "a control sheet is beside it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filtered_on_the_screen_is_what_is_exported() {
    let machine = Machine::bare();
    let desk = opened(&machine).await;
    let choices = desk.filter_choices().await.expect("choices");
    let filters = [
        InvoiceFilter {
            statuses: vec!["paid".into()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            statuses: vec!["past_due".into()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            currencies: vec!["EUR".into()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            plans: vec![choices.invoice_plans[0].clone()],
            ..Default::default()
        },
        InvoiceFilter {
            finalized_from: Some("2026-03-01".into()),
            finalized_to: Some("2026-03-31".into()),
            ..InvoiceFilter::default()
        },
    ];
    for (number, filter) in filters.into_iter().enumerate() {
        let path = machine.path().join(format!("{number}.csv"));
        let request = exporting(ExportKind::Invoices, filter.clone());
        let written = desk
            .export(request, path.clone(), unseen(), CancellationToken::new())
            .await;
        let written = written.expect("the export");
        let totals = desk.invoice_totals(filter.clone()).await.expect("totals");
        let mut screen = on_screen(&totals);
        screen.retain(|_, sum| *sum != (0, 0, 0));
        let mut file = in_file(&path);
        file.retain(|_, sum| *sum != (0, 0, 0));
        assert_eq!(file, screen, "{filter:?}");
        let mut told = on_screen(&written.sums);
        told.retain(|_, sum| *sum != (0, 0, 0));
        assert_eq!(told, screen, "the answer says the same: {filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_and_invoice_has_a_page() {
    let machine = Machine::bare();
    let desk = opened(&machine).await;
    let (all, up) = (TenantFilter::default(), Direction::Ascending);
    let tenants = desk
        .tenants(all, TenantSort::Name, up, Count(0), Count(500))
        .await;
    let tenants = tenants.expect("tenants");
    assert!(
        tenants.total.0 > 30,
        "a company of sixty, less those that were deleted"
    );
    for row in &tenants.rows {
        let tenant = desk.tenant(row.id.clone()).await.expect("a tenant's page");
        assert_eq!(tenant.row.name, row.name);
        assert!(!tenant.versions.is_empty(), "{} has a history", row.id);
        assert!(
            tenant.dashboard_url.contains("/test/customers/"),
            "{}",
            tenant.dashboard_url
        );
        assert!(tenant.as_of.is_some());
    }
    let all = InvoiceFilter::default();
    let invoices = desk
        .invoices(all, InvoiceSort::Total, up, Count(0), Count(200))
        .await;
    let invoices = invoices.expect("invoices");
    let mut differing = 0;
    for row in &invoices.rows {
        let invoice = desk
            .invoice(row.id.clone())
            .await
            .expect("an invoice's page");
        assert!(
            !invoice.lines.is_empty() || row.total.minor.0 == 0,
            "{} has lines",
            row.id
        );
        let lines: i64 = invoice.lines.iter().map(|line| line.amount.minor.0).sum();
        let subtotal = invoice.sums.iter().find(|(label, _)| label == "Subtotal");
        assert_eq!(
            subtotal.map(|(_, sum)| sum.minor.0),
            Some(lines),
            "{}",
            row.id
        );
        differing += usize::from(!invoice.differences.is_empty());
    }
    assert!(differing > 0, "some invoice differs from the one before");
    let hits = desk
        .search(tenants.rows[0].name.clone())
        .await
        .expect("hits");
    assert!(
        hits.iter().any(|hit| hit.id == tenants.rows[0].id),
        "a name is found"
    );
    let missing = desk
        .invoice("in_none".into())
        .await
        .expect_err("no such invoice");
    assert_eq!(missing.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_adds_up_and_leads_somewhere() {
    let machine = Machine::bare();
    let desk = opened(&machine).await;
    let overview = desk.overview().await.expect("the overview");
    assert_eq!(overview.figures.len(), 4);
    assert!(!overview.months.is_empty() && !overview.plans.is_empty());
    let mrr = |currency: &str| {
        let of = |amounts: &[desk::answers::Amount]| -> i64 {
            amounts
                .iter()
                .filter(|a| a.currency == currency)
                .map(|a| a.minor.0)
                .sum()
        };
        (
            of(&overview.figures[0].amounts),
            overview.plans.iter().map(|p| of(&p.mrr)).sum::<i64>(),
        )
    };
    let (figure, by_plan) = mrr("USD");
    assert_eq!(figure, by_plan, "MRR is the sum over the plans");
    assert!(overview.as_of.is_some(), "figures say as of when they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_written_as_table_and_as_page() {
    let machine = Machine::bare();
    let desk = opened(&machine).await;
    let (all, up) = (TenantFilter::default(), Direction::Ascending);
    let page = desk
        .tenants(all, TenantSort::Name, up, Count(0), Count(1))
        .await
        .expect("one");
    let tenant = &page.rows[0];
    for (format, name) in [
        (StatementFormat::Csv, "s.csv"),
        (StatementFormat::Page, "s.html"),
    ] {
        let path = machine.path().join(name);
        desk.statement(tenant.id.clone(), format, path.clone())
            .await
            .expect("a statement");
        assert!(path.exists(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_company_opens_again_and_is_the_same() {
    let machine = Machine::bare();
    let first = opened(&machine).await;
    let before = first
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    first.close().await.expect("closed");
    let second = machine.desk();
    let state = second.app_state().await.expect("the state");
    assert_eq!(
        state.current.as_deref(),
        Some("sample"),
        "the last account opens by itself"
    );
    let again = second
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    assert_eq!(on_screen(&again), on_screen(&before), "without a load");
    let progress = super::loaded(&second).await;
    assert_eq!(progress.phase, SyncPhase::Done, "{:?}", progress.error);
    let report = second.doctor().await.expect("a report");
    assert_eq!(
        report.objects, report.versions,
        "a second load adds no version"
    );
}
