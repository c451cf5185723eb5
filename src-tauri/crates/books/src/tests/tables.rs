//! The tables: filters, sorts, ranks, totals, text.

use objects::Kind;
use serde_json::json;

use super::fixture::{Book, DAY, NOW, account, customer, invoice, with};
use crate::{Direction, InvoiceFilter, InvoiceSort, TenantFilter, TenantSort};

async fn settled() -> Book {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book
}

#[tokio::test]
async fn a_tenant_shows_plan_seats_money_and_what_is_past_due() {
    let book = settled().await;
    let page = book
        .books
        .tenants(
            &TenantFilter::default(),
            TenantSort::Name,
            Direction::Ascending,
            0,
            10,
            NOW,
        )
        .await
        .expect("tenants");
    assert_eq!(page.total, 2);
    let row = &page.rows[1];
    assert_eq!(
        (row.name.as_str(), row.tenant_id.as_deref()),
        ("Émile Bäckerei", Some("t-cus_2"))
    );
    assert_eq!(
        (row.plan.as_deref(), row.seats),
        (Some("Professional"), Some(3))
    );
    assert_eq!(
        (row.status.as_deref(), row.mrr),
        (Some("past_due"), Some(6_000))
    );
    assert_eq!((row.open, row.past_due, row.balance), (9_000, 9_000, 0));
}

#[tokio::test]
async fn tenants_are_filtered() {
    let book = settled().await;
    let cases: [(&str, TenantFilter, u64); 9] = [
        (
            "a word of the name",
            TenantFilter {
                text: "acme".into(),
                ..Default::default()
            },
            1,
        ),
        (
            "without its accents",
            TenantFilter {
                text: "backerei".into(),
                ..Default::default()
            },
            1,
        ),
        (
            "the beginning of an id",
            TenantFilter {
                text: "cus_".into(),
                ..Default::default()
            },
            2,
        ),
        (
            "the product's id",
            TenantFilter {
                text: "t-cus_2".into(),
                ..Default::default()
            },
            1,
        ),
        (
            "an address",
            TenantFilter {
                text: "acme.ltd@exam".into(),
                ..Default::default()
            },
            1,
        ),
        (
            "two words",
            TenantFilter {
                text: "acme nothing".into(),
                ..Default::default()
            },
            0,
        ),
        (
            "a plan",
            TenantFilter {
                plans: vec!["Professional".into()],
                ..Default::default()
            },
            2,
        ),
        (
            "a status",
            TenantFilter {
                statuses: vec!["past_due".into()],
                ..Default::default()
            },
            1,
        ),
        (
            "past due",
            TenantFilter {
                past_due: true,
                ..Default::default()
            },
            1,
        ),
    ];
    for (why, filter, expected) in cases {
        let count = book.tenants(&filter, NOW).await;
        assert_eq!(count, expected, "{why}");
        for sort in [
            TenantSort::Name,
            TenantSort::Plan,
            TenantSort::Seats,
            TenantSort::Mrr,
            TenantSort::Balance,
            TenantSort::PastDue,
            TenantSort::Created,
        ] {
            let page = book
                .books
                .tenants(&filter, sort, Direction::Descending, 0, 10, NOW);
            assert_eq!(
                page.await.expect("page").rows.len() as u64,
                expected,
                "{why} {sort:?}"
            );
        }
    }
}

#[tokio::test]
async fn invoices_are_filtered() {
    let book = settled().await;
    let f = InvoiceFilter::default;
    let cases: [(&str, InvoiceFilter, u64); 13] = [
        ("all", f(), 3),
        (
            "a number",
            InvoiceFilter {
                text: "ACME-0002".into(),
                ..f()
            },
            1,
        ),
        (
            "an id",
            InvoiceFilter {
                text: "in_3".into(),
                ..f()
            },
            1,
        ),
        (
            "the tenant's name",
            InvoiceFilter {
                text: "backerei".into(),
                ..f()
            },
            1,
        ),
        (
            "tenant and number",
            InvoiceFilter {
                text: "ltd 0001".into(),
                ..f()
            },
            1,
        ),
        (
            "a status",
            InvoiceFilter {
                statuses: vec!["paid".into()],
                ..f()
            },
            2,
        ),
        (
            "past due",
            InvoiceFilter {
                statuses: vec!["past_due".into()],
                ..f()
            },
            1,
        ),
        (
            "a plan",
            InvoiceFilter {
                plans: vec!["Professional".into()],
                ..f()
            },
            3,
        ),
        (
            "another plan",
            InvoiceFilter {
                plans: vec!["Starter".into()],
                ..f()
            },
            0,
        ),
        (
            "a currency",
            InvoiceFilter {
                currencies: vec!["USD".into()],
                ..f()
            },
            3,
        ),
        (
            "an amount",
            InvoiceFilter {
                total_min: Some(9_500),
                total_max: Some(11_000),
                ..f()
            },
            1,
        ),
        (
            "a customer",
            InvoiceFilter {
                customer: Some("cus_1".into()),
                ..f()
            },
            2,
        ),
        (
            "a time",
            InvoiceFilter {
                finalized_from: Some(NOW - 30 * DAY + 120 + 3_600),
                finalized_before: Some(NOW - 30 * DAY + 180 + 3_600),
                ..f()
            },
            1,
        ),
    ];
    for (why, filter, expected) in cases {
        let count = book.invoices(&filter, NOW).await;
        assert_eq!(count, expected, "{why}");
        for sort in [
            InvoiceSort::Finalized,
            InvoiceSort::Created,
            InvoiceSort::Number,
            InvoiceSort::Tenant,
            InvoiceSort::Total,
            InvoiceSort::Remaining,
            InvoiceSort::Due,
            InvoiceSort::Status,
        ] {
            let page = book
                .books
                .invoices(&filter, sort, Direction::Ascending, 0, 10, NOW);
            assert_eq!(
                page.await.expect("page").rows.len() as u64,
                expected,
                "{why} {sort:?}"
            );
        }
    }
}

#[tokio::test]
async fn text_is_found_before_the_search_is_built() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    let filter = InvoiceFilter {
        text: "acme".into(),
        ..InvoiceFilter::default()
    };
    assert_eq!(book.invoices(&filter, NOW).await, 3, "numbers");
    let filter = TenantFilter {
        text: "acme".into(),
        ..TenantFilter::default()
    };
    assert_eq!(book.tenants(&filter, NOW).await, 1, "names");
}

/// While a first load runs, nobody waits for a table to be counted anew: the last count is shown
/// until the next one is there, and the rows are those of the books as they are.
#[tokio::test]
async fn a_first_load_is_read_by_the_last_count() {
    let book = Book::new().await;
    let open = |n: i64| {
        let base = invoice(&format!("in_{n:03}"), "cus_1", n, n);
        (Kind::Invoice, with(base, json!({"status": "open"})))
    };
    let page = async |filter: &InvoiceFilter, sort| {
        let page = book
            .books
            .invoices(filter, sort, Direction::Ascending, 0, 500, NOW);
        let page = page.await.expect("a page");
        let ids: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
        (page.total, ids)
    };
    let filter = InvoiceFilter {
        statuses: vec!["open".into()],
        ..InvoiceFilter::default()
    };
    // Few rows, whose order is kept; many, along an index; many, for which there is none yet.
    for (first, sort) in [
        (1, InvoiceSort::Finalized),
        (100, InvoiceSort::Finalized),
        (200, InvoiceSort::Total),
    ] {
        let batch: Vec<_> = (first..first + 10).map(open).collect();
        book.apply(&batch, 100).await;
        page(&filter, sort).await;
        book.books.ranks().renewed().await;
        let (before, ids) = page(&filter, sort).await;
        assert_eq!(ids.len() as u64, before);
        // One is paid, ten more arrive.
        let id = &ids[0];
        let paid = with(
            invoice(id, "cus_1", 0, 1),
            json!({"status": "paid", "amount_remaining": 0}),
        );
        book.apply(&[(Kind::Invoice, paid)], 200).await;
        let more: Vec<_> = (first + 10..first + 20).map(open).collect();
        book.apply(&more, 200).await;
        let (stale, shown) = page(&filter, sort).await;
        assert_eq!(stale, before, "{sort:?}: as counted last");
        assert!(
            !shown.contains(id),
            "{sort:?}: what no longer passes is not shown"
        );
        book.books.ranks().renewed().await;
        let (total, _) = page(&filter, sort).await;
        assert_eq!(total, before + 9, "{sort:?}: counted anew");
    }
    book.settle().await;
    book.apply(&[open(300)], 300).await;
    let settled = page(&filter, InvoiceSort::Finalized).await;
    book.apply(&[open(301)], 300).await;
    let (total, _) = page(&filter, InvoiceSort::Finalized).await;
    assert_eq!(
        total,
        settled.0 + 1,
        "settled books are counted before they answer"
    );
}

#[tokio::test]
async fn totals_leave_drafts_out_and_void_apart() {
    let book = settled().await;
    let open = json!({"status": "draft", "number": null});
    book.apply(
        &[
            (Kind::Invoice, with(invoice("in_4", "cus_1", 4, 700), open)),
            (
                Kind::Invoice,
                with(invoice("in_5", "cus_1", 5, 800), json!({"status": "void"})),
            ),
            (
                Kind::Invoice,
                with(invoice("in_6", "cus_1", 6, 900), json!({"currency": "eur"})),
            ),
        ],
        200,
    )
    .await;
    let totals = book
        .books
        .invoice_totals(&InvoiceFilter::default(), NOW)
        .await
        .expect("totals");
    let words: Vec<String> = totals
        .iter()
        .map(|t| {
            format!(
                "{} {}: {} paid {} left {}; void {} {}; drafts {}",
                t.currency,
                t.invoices,
                t.total,
                t.paid,
                t.remaining,
                t.void_invoices,
                t.void_total,
                t.drafts
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            "usd 3: 31000 paid 22000 left 9000; void 1 800; drafts 1",
            "eur 1: 900 paid 900 left 0; void 0 0; drafts 0",
        ]
    );
    assert_eq!(
        book.books.currencies().await.expect("currencies"),
        ["usd", "eur"]
    );
    assert_eq!(
        book.books.plan_names().await.expect("plans"),
        ["Professional"]
    );
}

/// Six thousand invoices, so that the middle is read from noted keys.
#[tokio::test]
async fn any_rank_is_the_row_that_a_full_sort_puts_there() {
    let book = Book::new().await;
    let count: usize = 6_000;
    let mut objects: Vec<_> = (0..40)
        .map(|n| {
            (
                Kind::Customer,
                customer(&format!("cus_{n}"), &format!("Tenant {}", n % 13)),
            )
        })
        .collect();
    objects.extend((0..count).map(|n| {
        let total = (n * 7919 % 500) as i64;
        let currency = ["usd", "eur", "jpy"][n % 3];
        let id = format!("in_{n:05}");
        let base = invoice(
            &id,
            &format!("cus_{}", n % 40),
            (n * 31 % count) as i64,
            total,
        );
        (
            Kind::Invoice,
            with(
                base,
                json!({"currency": currency, "lines": {"object": "list",
            "data": [], "has_more": false, "url": "/"}}),
            ),
        )
    }));
    book.apply(&objects, 100).await;
    book.settle().await;
    let filter = InvoiceFilter::default();
    for sort in [
        InvoiceSort::Finalized,
        InvoiceSort::Number,
        InvoiceSort::Tenant,
        InvoiceSort::Total,
        InvoiceSort::Due,
    ] {
        let mut all = Vec::new();
        while all.len() < count {
            let page = book
                .books
                .invoices(
                    &filter,
                    sort,
                    Direction::Ascending,
                    all.len() as u64,
                    500,
                    NOW,
                )
                .await
                .expect("page");
            assert_eq!(page.total, count as u64);
            all.extend(page.rows.into_iter().map(|row| row.id));
        }
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), count, "{sort:?} shows every row once");
        for first in [0_u64, 5, 511, 513, 2_049, 3_000, 3_999, 5_990, 6_000] {
            let page = book
                .books
                .invoices(&filter, sort, Direction::Descending, first, 20, NOW)
                .await
                .expect("page");
            let ids: Vec<&str> = page.rows.iter().map(|row| row.id.as_str()).collect();
            let mirrored: Vec<&str> = all.iter().rev().map(String::as_str).collect();
            let expected = &mirrored[first as usize..(first as usize + 20).min(count)];
            assert_eq!(ids, expected, "{sort:?} from {first} is the mirror");
        }
    }
}

/// Every filter and sort over windows of a table that is large for a test: the same rows as in one
/// large window of the whole, in the same order, none twice.
#[tokio::test]
async fn windows_along_an_index_hold_what_the_filter_says() {
    let book = Book::new().await;
    let mut objects = account();
    objects.extend((0..600_i64).map(|n| {
        let base = invoice(
            &format!("in_{n:04}"),
            ["cus_1", "cus_2"][n as usize % 2],
            n,
            n % 90,
        );
        let currency = ["usd", "eur", "jpy"][n as usize % 3];
        let status = ["paid", "open", "void"][n as usize / 3 % 3];
        let changes = json!({"currency": currency, "status": status});
        (Kind::Invoice, with(base, changes))
    }));
    book.apply(&objects, 100).await;
    book.settle().await;
    let none = InvoiceFilter::default;
    let filters = [
        InvoiceFilter {
            currencies: vec!["USD".into()],
            total_min: Some(30),
            ..none()
        },
        InvoiceFilter {
            currencies: vec!["usd".into(), "jpy".into()],
            ..none()
        },
        InvoiceFilter {
            statuses: vec!["void".into(), "past_due".into()],
            ..none()
        },
        InvoiceFilter {
            plans: vec!["Professional".into()],
            ..none()
        },
        InvoiceFilter {
            text: "acme".into(),
            total_max: Some(50),
            ..none()
        },
        InvoiceFilter {
            customer: Some("cus_2".into()),
            ..none()
        },
    ];
    for filter in &filters {
        for sort in [
            InvoiceSort::Finalized,
            InvoiceSort::Created,
            InvoiceSort::Total,
            InvoiceSort::Remaining,
            InvoiceSort::Status,
            InvoiceSort::Tenant,
        ] {
            let read = async |direction, first, count| {
                let books = &book.books;
                let page = books
                    .invoices(filter, sort, direction, first, count, NOW)
                    .await;
                let page = page.expect("a page");
                let ids: Vec<String> = page.rows.into_iter().map(|row| row.id).collect();
                (page.total, ids)
            };
            let (total, mut all) = read(Direction::Ascending, 0, 500).await;
            assert!(total > 100, "{filter:?} passes many");
            let mut windows = Vec::new();
            for first in (0..total.min(500)).step_by(37) {
                windows.extend(read(Direction::Ascending, first, 37).await.1);
            }
            windows.truncate(all.len());
            assert_eq!(windows, all, "{sort:?} {filter:?}");
            if total <= 500 {
                all.reverse();
                let (_, down) = read(Direction::Descending, 0, 500).await;
                assert_eq!(down, all, "{sort:?} {filter:?} downwards");
            }
        }
    }
}
