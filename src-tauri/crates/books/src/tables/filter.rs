//! Conditions that tenants and invoices share: lists of values, words, what is past due.

use sqlx::{QueryBuilder, Sqlite};

/// Words of a search that count; more are ignored.
const MAX_WORDS: usize = 8;
/// Letters of a word that count.
const MAX_WORD_LETTERS: usize = 80;

/// Invoices whose money is on its way: the payment that Stripe collects them by is with a bank.
/// It names no row outside, so SQLite reads it once a statement; both tables have an index of
/// such rows alone.
const ON_ITS_WAY: &str = "SELECT q.invoice_num FROM payment_intent y \
     CROSS JOIN invoice_payment q ON q.payment_intent_num = y.num WHERE y.status = 'processing' \
     AND q.status = 'open' AND q.is_default = 1 AND q.invoice_num IS NOT NULL";

/// The rule of [`billing::is_past_due`] in SQL, before and behind the moment.
fn past_due_around(alias: &str) -> (String, String) {
    let before = format!(
        "({alias}.status = 'open' AND coalesce({alias}.amount_remaining, 1) > 0 \
         AND (({alias}.attempted = 1 AND {alias}.attempt_count > 0) OR {alias}.due_date < "
    );
    (before, format!(") AND {alias}.num NOT IN ({ON_ITS_WAY}))"))
}

/// An open invoice that is past its due date or whose payment failed, at the moment that the
/// expression `moment` gives.
pub(crate) fn past_due(alias: &str, moment: &str) -> String {
    let (before, behind) = past_due_around(alias);
    format!("{before}{moment}{behind}")
}

/// The same with the moment bound.
pub(crate) fn push_past_due(query: &mut QueryBuilder<Sqlite>, alias: &str, now: i64) {
    let (before, behind) = past_due_around(alias);
    query.push(before).push_bind(now).push(behind);
}

/// An open invoice whose payment failed: the rule of [`billing::payment_failed`].
pub(crate) fn payment_failed(alias: &str) -> String {
    format!(
        "({alias}.status = 'open' AND coalesce({alias}.amount_remaining, 1) > 0 \
         AND {alias}.attempted = 1 AND {alias}.attempt_count > 0 \
         AND {alias}.num NOT IN ({ON_ITS_WAY}))"
    )
}

/// `expression IN (…)`, values bound.
pub(crate) fn push_in<'a>(
    query: &mut QueryBuilder<Sqlite>,
    expression: &str,
    values: impl IntoIterator<Item = &'a str>,
) {
    query.push(expression).push(" IN (");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.to_owned());
    }
    query.push(")");
}

/// The words of a search: what stands between spaces and holds a letter or a digit.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| word.chars().take(MAX_WORD_LETTERS).collect())
        .collect()
}

/// A word for FTS5: taken as it is, and as the beginning of a word.
pub(crate) fn fts_word(word: &str) -> String {
    format!("\"{}\"*", word.replace('"', "\"\""))
}

/// What a condition on text may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// The text search is built.
    Built,
    /// A first load is under way: names and numbers are compared as they are.
    NotYet,
}

/// Rows of a tenant that a word is about: its own words, or the beginning of its id.
/// `num` is the expression of the customer's number, `alias` of the tenant's row if there is one.
pub(crate) fn push_tenant_word(
    query: &mut QueryBuilder<Sqlite>,
    num: &str,
    word: &str,
    search: Search,
) {
    query.push(num);
    match search {
        Search::Built => {
            query.push(" IN (SELECT rowid FROM tenant_search WHERE tenant_search MATCH ");
            query.push_bind(fts_word(word)).push(")");
        }
        Search::NotYet => {
            query.push(" IN (SELECT num FROM tenant WHERE instr(name_key, ");
            query.push_bind(word.to_lowercase()).push(") > 0)");
        }
    }
    push_id_word(query, num, 1, word);
}

/// ` OR num IN (…)`: objects of a kind whose id begins with the word, where it may be one.
pub(crate) fn push_id_word(query: &mut QueryBuilder<Sqlite>, num: &str, kind: i64, word: &str) {
    if word.len() < 3 || !word.is_ascii() {
        return;
    }
    query.push(" OR ").push(num).push(format!(
        " IN (SELECT num FROM object WHERE kind = {kind} AND id >= "
    ));
    query.push_bind(word.to_owned()).push(" AND id < ");
    query.push_bind(format!("{word}\u{7f}")).push(")");
}
