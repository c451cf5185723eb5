//! How a field is stored: most as they are, what repeats in a million rows as a number.

use std::collections::HashMap;

use objects::Row;
use sqlx::SqliteConnection;

use crate::bulk::{Rows, Statement, json_list};
use crate::error::Result;
use crate::record::{Cell, Record};

/// How a column holds its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// As it is.
    Plain,
    /// As the number of a word: the table `word` has its text.
    Word,
    /// Not at all: this column holds the number of the object whose id it is.
    ObjectIn(&'static str),
    /// Not at all: it is the parent's id.
    Parent,
}

/// How a table holds a field.
pub(crate) fn stored(table: &str, field: &str) -> Stored {
    match (table, field) {
        ("invoice", "parent_type" | "billing_reason" | "collection_method")
        | ("subscription", "collection_method" | "billing_mode_type")
        | ("subscription_item", "price") => Stored::Word,
        ("invoice" | "subscription", "customer") => Stored::ObjectIn("customer_num"),
        ("invoice", "parent_subscription_details_subscription") => {
            Stored::ObjectIn("subscription_num")
        }
        ("subscription_item", "subscription")
        | ("credit_note_line", "credit_note")
        | ("payout_transaction", "payout") => Stored::Parent,
        _ => Stored::Plain,
    }
}

/// The columns of a record's table that hold its fields.
pub(super) fn columns<R: Record>() -> Vec<&'static str> {
    R::COLUMNS
        .iter()
        .copied()
        .filter(|field| matches!(stored(R::TABLE, field), Stored::Plain | Stored::Word))
        .collect()
}

/// The fields of a record for a SELECT, in their order, from the table under `alias`.
pub(crate) fn selected<R: Record>(alias: &str) -> String {
    selected_some::<R>(alias, R::COLUMNS)
}

/// The same for some of the fields.
pub(crate) fn selected_some<R: Record>(alias: &str, some: &[&str]) -> String {
    let fields = R::COLUMNS
        .iter()
        .filter(|field| some.contains(field))
        .map(|field| match stored(R::TABLE, field) {
            Stored::Plain => format!("{alias}.\"{field}\""),
            Stored::Word => format!("(SELECT text FROM word WHERE num = {alias}.\"{field}\")"),
            Stored::ObjectIn(num) => format!("(SELECT id FROM object WHERE num = {alias}.{num})"),
            Stored::Parent => "NULL".to_owned(),
        });
    fields.collect::<Vec<_>>().join(", ")
}

/// An insert into a record's table together with how each field goes in.
pub(super) struct Layout {
    pub(super) statement: Statement,
    fields: Vec<Stored>,
}

impl Layout {
    /// The rows stand under `before`, and hold `after` behind the record's fields.
    pub(super) fn new<R: Record>(before: &[&'static str], after: &[&'static str]) -> Self {
        let columns = [before, &columns::<R>(), after].concat();
        Self {
            statement: Statement::replacing(R::TABLE, &columns),
            fields: R::COLUMNS
                .iter()
                .map(|field| stored(R::TABLE, field))
                .collect(),
        }
    }

    /// Adds a record's fields to a row.
    pub(super) fn record<R: Record>(&self, rows: &mut Rows<'_>, words: &Words, record: R) {
        let mut fields = self.fields.iter();
        record.into_cells(&mut |cell| match (fields.next(), cell) {
            (Some(Stored::Word), Cell::Text(text)) => {
                rows.maybe_int(words.number(&text));
            }
            (Some(Stored::ObjectIn(_) | Stored::Parent), _) => {}
            (_, cell) => rows.cell(cell),
        });
    }
}

/// The numbers of the words of a batch.
#[derive(Default)]
pub(super) struct Words {
    numbers: HashMap<String, i64>,
}

impl Words {
    fn number(&self, text: &str) -> Option<i64> {
        self.numbers.get(text).copied()
    }

    /// Numbers the words of these rows, new ones too.
    pub(super) async fn of<'a>(
        connection: &mut SqliteConnection,
        rows: impl Iterator<Item = &'a Row>,
    ) -> Result<Self> {
        let mut texts: HashMap<&str, i64> = HashMap::new();
        for row in rows {
            each_word(row, &mut |text| {
                texts.insert(text, 0);
            });
        }
        if texts.is_empty() {
            return Ok(Self::default());
        }
        let mut asked: Vec<&str> = texts.keys().copied().collect();
        // In the order of the index.
        asked.sort_unstable();
        let asked_json = json_list(&asked);
        let known: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT j.key, w.num FROM json_each(?1) j CROSS JOIN word w ON w.text = j.value",
        )
        .bind(asked_json)
        .fetch_all(&mut *connection)
        .await?;
        for (position, num) in known {
            if let Some(text) = usize::try_from(position).ok().and_then(|n| asked.get(n)) {
                texts.insert(*text, num);
            }
        }
        let mut next: i64 = sqlx::query_scalar("SELECT coalesce(max(num), 0) + 1 FROM word")
            .fetch_one(&mut *connection)
            .await?;
        let mut rows = Rows::new(&NEW_WORDS);
        for text in asked {
            if let Some(num) = texts.get_mut(text).filter(|num| **num == 0) {
                *num = next;
                next += 1;
                rows.int(*num);
                rows.verbatim(text);
                rows.end_row(connection).await?;
            }
        }
        rows.finish(connection).await?;
        let numbers = texts
            .into_iter()
            .map(|(text, num)| (text.to_owned(), num))
            .collect();
        Ok(Self { numbers })
    }
}

static NEW_WORDS: std::sync::LazyLock<Statement> =
    std::sync::LazyLock::new(|| Statement::replacing("word", &["num", "text"]));

/// The fields that are stored as words; a test compares them with [`stored`].
fn each_word<'a>(row: &'a Row, word: &mut impl FnMut(&'a str)) {
    let mut maybe = |text: Option<&'a String>| {
        if let Some(text) = text {
            word(text);
        }
    };
    match row {
        Row::Invoice(row) => {
            maybe(row.parent_type.as_ref());
            maybe(row.billing_reason.as_ref());
            maybe(Some(&row.collection_method));
        }
        Row::Subscription(row) => {
            maybe(row.billing_mode_type.as_ref());
            maybe(Some(&row.collection_method));
        }
        Row::SubscriptionItems(list) => {
            for row in &list.rows {
                maybe(row.price.as_ref());
            }
        }
        _ => {}
    }
}
