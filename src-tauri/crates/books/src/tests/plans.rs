//! What SQLite does for the reads that must stay quick with a million invoices.

use billing::period::{Zone, month_of};
use objects::Kind;
use serde_json::json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::fixture::{Book, NOW, account, invoice, with};
use crate::export::walk_query;
use crate::overview::month_query;
use crate::record::Cell;
use crate::tables::filter::Search;
use crate::tables::invoices::Invoices;
use crate::tables::listing::{Listing as _, anchor_query, anchors_query, count_query, end_query};
use crate::tables::tenants::Tenants;
use crate::tables::totals_query;
use crate::{InvoiceFilter, InvoiceSort, TenantFilter, TenantSort};

async fn book() -> Book {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    let invoices: Vec<_> = (10..60_i64)
        .map(|n| {
            let currency = ["usd", "eur", "jpy"][n as usize % 3];
            let status = ["paid", "open", "void", "draft"][n as usize % 4];
            let base = invoice(&format!("in_{n}"), "cus_1", n, n * 100);
            let changes = json!({"currency": currency, "status": status});
            (Kind::Invoice, with(base, changes))
        })
        .collect();
    book.apply(&invoices, 100).await;
    book.settle().await;
    book
}

async fn run(connection: &mut SqliteConnection, sql: &str) {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .persistent(false)
        .execute(connection)
        .await
        .expect(sql);
}

async fn plan(connection: &mut SqliteConnection, query: &QueryBuilder<Sqlite>) -> String {
    let sql = format!("EXPLAIN QUERY PLAN {}", query.sql().as_str());
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .fetch_all(connection)
        .await
        .expect("a plan");
    let steps: Vec<String> = steps.into_iter().map(|step| step.3).collect();
    steps.join("; ")
}

/// What the planner may know: nothing, what a small book says, the same as of a million rows.
#[derive(Debug, Clone, Copy)]
enum Known {
    Nothing,
    Small,
    Million,
}

async fn connection(book: &Book, known: Known) -> SqliteConnection {
    let mut connection = book.books.own_connection().await.expect("a connection");
    let rows: Vec<(String, Option<String>, String)> =
        sqlx::query_as("SELECT tbl, idx, stat FROM sqlite_stat1")
            .fetch_all(&mut connection)
            .await
            .expect("statistics are there once a book is settled");
    assert!(rows.len() > 20, "of every index with rows: {}", rows.len());
    match known {
        Known::Nothing => run(&mut connection, "DELETE FROM sqlite_stat1").await,
        Known::Small => {}
        Known::Million => {
            for (table, index, stat) in rows {
                let factor = 20_000;
                let stat: Vec<String> = stat
                    .split(' ')
                    .map(|number| match number.parse::<i64>() {
                        Ok(1) | Err(_) => number.to_owned(),
                        Ok(number) => (number * factor).to_string(),
                    })
                    .collect();
                sqlx::query("UPDATE sqlite_stat1 SET stat = ?1 WHERE tbl = ?2 AND idx IS ?3")
                    .bind(stat.join(" "))
                    .bind(table)
                    .bind(index)
                    .execute(&mut connection)
                    .await
                    .expect("written");
            }
        }
    }
    run(&mut connection, "ANALYZE sqlite_schema").await;
    connection
}

fn filters() -> Vec<InvoiceFilter> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let none = InvoiceFilter::default;
    let filters = vec![
        none(),
        InvoiceFilter {
            statuses: words(&["open"]),
            ..none()
        },
        InvoiceFilter {
            statuses: words(&["past_due"]),
            ..none()
        },
        InvoiceFilter {
            statuses: words(&["paid", "past_due"]),
            ..none()
        },
        InvoiceFilter {
            finalized_from: Some(1),
            finalized_before: Some(NOW),
            ..none()
        },
        InvoiceFilter {
            currencies: words(&["USD"]),
            ..none()
        },
        InvoiceFilter {
            currencies: words(&["usd", "eur"]),
            ..none()
        },
        InvoiceFilter {
            currencies: words(&["usd"]),
            total_min: Some(100),
            total_max: Some(5_000),
            ..none()
        },
        InvoiceFilter {
            plans: words(&["Professional"]),
            ..none()
        },
        InvoiceFilter {
            text: "acme".into(),
            ..none()
        },
        InvoiceFilter {
            text: "in_1".into(),
            ..none()
        },
        InvoiceFilter {
            customer: Some("cus_1".into()),
            ..none()
        },
        InvoiceFilter {
            text: "acme".into(),
            statuses: words(&["open", "past_due"]),
            finalized_from: Some(1),
            plans: words(&["Professional"]),
            currencies: words(&["usd"]),
            total_min: Some(1),
            ..none()
        },
    ];
    filters
}

const SORTS: [InvoiceSort; 7] = [
    InvoiceSort::Finalized,
    InvoiceSort::Created,
    InvoiceSort::Number,
    InvoiceSort::Total,
    InvoiceSort::Remaining,
    InvoiceSort::Due,
    InvoiceSort::Status,
];

fn table(filter: &InvoiceFilter, sort: InvoiceSort) -> Invoices {
    Invoices {
        filter: filter.clone(),
        sort,
        now: NOW,
        search: Search::Built,
    }
}

#[tokio::test]
async fn a_window_of_a_large_table_is_read_along_the_index_of_its_sort() {
    for known in [Known::Nothing, Known::Small, Known::Million] {
        let book = book().await;
        let mut connection = connection(&book, known).await;
        for filter in &filters() {
            for sort in SORTS {
                let table = table(filter, sort);
                let anchor: Vec<Cell> = table
                    .keys()
                    .iter()
                    .map(|_| Cell::Int(1))
                    .chain([Cell::Int(1)])
                    .collect();
                for (what, query) in [
                    ("from the first", end_query(&table, false, 100, 100)),
                    ("from the last", end_query(&table, true, 100, 100)),
                    ("noting keys", anchors_query(&table)),
                    ("from a noted key", anchor_query(&table, &anchor, 10, 100)),
                ] {
                    let plan = plan(&mut connection, &query).await;
                    assert!(
                        !plan.contains("TEMP B-TREE"),
                        "{known:?}, {sort:?}, {what}, {filter:?}: {plan}"
                    );
                }
            }
        }
    }
}

/// A first load empties a reader's page cache with every batch: what finds a place among the
/// tenants may not look at their rows.
#[tokio::test]
async fn tenants_by_name_are_counted_and_found_in_the_index_alone() {
    for known in [Known::Nothing, Known::Small, Known::Million] {
        let book = book().await;
        let mut connection = connection(&book, known).await;
        let table = Tenants {
            filter: TenantFilter::default(),
            sort: TenantSort::Name,
            now: NOW,
            search: Search::NotYet,
        };
        let anchor = [Cell::Text("m".to_owned()), Cell::Int(1)];
        for query in [
            count_query(&table),
            end_query(&table, false, 100, 100),
            end_query(&table, true, 100, 100),
            anchors_query(&table),
            anchor_query(&table, &anchor, 10, 100),
        ] {
            let plan = plan(&mut connection, &query).await;
            assert!(
                plan.contains("COVERING INDEX tenant_by_name") && !plan.contains("TEMP B-TREE"),
                "{known:?}: {plan}"
            );
        }
    }
}

#[tokio::test]
async fn an_export_walks_along_the_accounting_date() {
    for known in [Known::Nothing, Known::Small, Known::Million] {
        let book = book().await;
        let mut connection = connection(&book, known).await;
        for filter in &filters() {
            let plan = plan(&mut connection, &walk_query(filter, NOW)).await;
            assert!(
                !plan.contains("TEMP B-TREE"),
                "{known:?}, {filter:?}: {plan}"
            );
        }
    }
}

#[tokio::test]
async fn totals_and_months_read_an_index_that_holds_what_they_add_up() {
    for known in [Known::Nothing, Known::Small, Known::Million] {
        let book = book().await;
        let mut connection = connection(&book, known).await;
        {
            let none = InvoiceFilter::default();
            let table = table(&none, InvoiceSort::Finalized);
            let plan = plan(&mut connection, &totals_query(&table)).await;
            assert_eq!(
                plan, "SCAN i USING COVERING INDEX invoice_totals",
                "{known:?}"
            );
        }
        let past_due = InvoiceFilter {
            statuses: vec!["past_due".to_owned()],
            ..InvoiceFilter::default()
        };
        let query = totals_query(&table(&past_due, InvoiceSort::Finalized));
        let found = plan(&mut connection, &query).await;
        assert!(!found.contains("SCAN i;"), "{known:?}: {found}");
        let month = month_of(NOW, Zone::UTC);
        let query = month_query(month, Zone::UTC, "usd", &["paid".to_owned()]);
        let found = plan(&mut connection, &query).await;
        assert!(
            found.contains("USING COVERING INDEX invoice_totals (currency=? AND status=?"),
            "{known:?}: {found}"
        );
    }
}
