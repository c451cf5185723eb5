//! An invoice's lines. They stand in the history alone: a table of them would hold once more what
//! the version of the list holds, three to ten rows an invoice, and was a third of a first load.

use std::collections::HashMap;

use objects::rows::InvoiceLineRow;
use objects::{Kind, Row};
use sqlx::{FromRow, SqliteConnection};

use crate::books::Books;
use crate::bulk::json_list;
use crate::error::{BooksError, Result};

/// A list of lines as the history holds it.
#[derive(FromRow)]
struct Stored {
    num: i64,
    id: String,
    length: i64,
    dictionary: Option<i64>,
    body: Vec<u8>,
}

/// What a product is called.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) name: Option<String>,
    pub(crate) unit_label: Option<String>,
}

/// The lines of invoices by the invoices' numbers, in Stripe's order.
pub(crate) async fn of_invoices(
    books: &Books,
    connection: &mut SqliteConnection,
    invoices: &[i64],
) -> Result<HashMap<i64, Vec<InvoiceLineRow>>> {
    let stored: Vec<Stored> = sqlx::query_as(
        "SELECT o.num, o.id, v.length, v.dictionary, v.body FROM json_each(?1) j \
         CROSS JOIN object o ON o.num = j.value JOIN version v ON v.num = o.part_version",
    )
    .bind(json_list(invoices))
    .fetch_all(&mut *connection)
    .await?;
    let mut lines = HashMap::with_capacity(stored.len());
    for list in stored {
        let num = list.num;
        lines.insert(num, opened(books, connection, list).await?);
    }
    Ok(lines)
}

async fn opened(
    books: &Books,
    connection: &mut SqliteConnection,
    list: Stored,
) -> Result<Vec<InvoiceLineRow>> {
    let form = books
        .dictionaries()
        .open(connection, &list.body, list.length, list.dictionary)
        .await?;
    let damaged = |detail: String| BooksError::Damaged { detail };
    let row = objects::from_canonical(Kind::InvoiceLines, &list.id, &form)
        .map_err(|error| damaged(error.to_string()))?;
    let Row::InvoiceLines(children) = row else {
        return Err(damaged("lines of an invoice".to_owned()));
    };
    let mut lines = children.rows;
    for line in &mut lines {
        line.invoice = Some(list.id.clone());
        for json in [
            &mut line.discount_amounts,
            &mut line.pretax_credit_amounts,
            &mut line.taxes,
            &mut line.metadata,
        ] {
            // An empty list or object says what its absence says, here as in every table.
            *json = json.take().filter(|json| json != "[]" && json != "{}");
        }
    }
    Ok(lines)
}

/// The products that lines name, by Stripe's id.
pub(crate) async fn products(
    connection: &mut SqliteConnection,
    lines: impl Iterator<Item = &InvoiceLineRow>,
) -> Result<HashMap<String, Product>> {
    let mut ids: Vec<&str> = lines.filter_map(|line| line.product.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT o.id, p.name, p.unit_label FROM json_each(?1) j \
         CROSS JOIN object o ON o.kind = 2 AND o.id = j.value JOIN product p ON p.num = o.num",
    )
    .bind(json_list(&ids))
    .fetch_all(connection)
    .await?;
    let named = |(id, name, unit_label)| (id, Product { name, unit_label });
    Ok(rows.into_iter().map(named).collect())
}
