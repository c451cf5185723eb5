//! What is printed: one JSON document or text to standard output, errors to standard error.

use std::io::{self, Write as _};

use desk::Error;
use desk::answers::{Amount, UnixSeconds};
use serde::Serialize;

/// Where answers go.
#[derive(Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// Text, or JSON.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Is it JSON?
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints an answer: its JSON document, or the text that is made of it.
    pub fn answer<T: Serialize>(&self, answer: &T, text: impl FnOnce(&T) -> String) {
        let printed = if self.json {
            serde_json::to_string(answer).unwrap_or_else(|error| {
                format!(
                    "{{\"error\":{}}}",
                    serde_json::Value::from(error.to_string())
                )
            })
        } else {
            text(answer)
        };
        self.line(&printed);
    }

    /// Prints a line to standard output. A reader that went away (`| head`) is no error.
    pub fn line(&self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = writeln!(out, "{}", text.trim_end());
        let _ = out.flush();
    }

    /// Prints a note to standard error; with JSON nothing is noted.
    pub fn note(&self, text: &str) {
        if !self.json {
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints an error to standard error.
    pub fn error(&self, error: &Error) {
        let mut out = io::stderr().lock();
        if self.json {
            let document = serde_json::json!({ "error": error });
            let _ = writeln!(out, "{document}");
            return;
        }
        let mut words = format!("{}.", error.what.trim_end_matches('.'));
        for sentence in [&error.why, &error.next] {
            if !sentence.is_empty() {
                words.push_str(&format!(" {}.", sentence.trim_end_matches('.')));
            }
        }
        if let Some(request_id) = &error.request_id {
            words.push_str(&format!(" (Stripe request {request_id})"));
        }
        let _ = writeln!(out, "{words}");
    }
}

/// Columns of text, each as wide as its widest cell; the last one is not padded.
pub struct Table {
    rows: Vec<Vec<String>>,
    /// Columns of figures, which are set to the right.
    right: Vec<bool>,
}

impl Table {
    /// A table with these headings; a heading that begins with `>` sets its column to the right.
    pub fn new(headings: &[&str]) -> Self {
        let right = headings
            .iter()
            .map(|heading| heading.starts_with('>'))
            .collect();
        let first = headings
            .iter()
            .map(|heading| heading.trim_start_matches('>').to_owned());
        Self {
            rows: vec![first.collect()],
            right,
        }
    }

    /// Adds a row of as many cells as there are headings.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The lines.
    pub fn text(&self) -> String {
        let columns = self.right.len();
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate().take(columns) {
                let space = " ".repeat(widths[at] - cell.chars().count());
                let last = at + 1 == columns;
                match (self.right[at], last) {
                    (true, _) => text.push_str(&format!("{space}{cell}")),
                    (false, true) => text.push_str(cell),
                    (false, false) => text.push_str(&format!("{cell}{space}")),
                }
                text.push_str(if last { "\n" } else { "  " });
            }
        }
        text
    }
}

/// `1240.00 EUR`, with the currency's decimals.
pub fn amount(amount: &Amount) -> String {
    let digits = amount.minor.0.unsigned_abs().to_string();
    let exponent = usize::from(amount.exponent);
    let padded = format!("{digits:0>width$}", width = exponent + 1);
    let (major, minor) = padded.split_at(padded.len() - exponent);
    let sign = if amount.minor.0 < 0 { "-" } else { "" };
    let point = if exponent == 0 { "" } else { "." };
    format!("{sign}{major}{point}{minor} {}", amount.currency)
}

/// `2026-11-22 14:05 UTC`.
pub fn time(at: UnixSeconds) -> String {
    chrono::DateTime::from_timestamp(at.0, 0).map_or_else(
        || at.0.to_string(),
        |at| at.format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// `2026-11-22`, or nothing.
pub fn day(at: Option<UnixSeconds>) -> String {
    at.and_then(|at| chrono::DateTime::from_timestamp(at.0, 0))
        .map(|at| at.format("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::answers::Minor;

    #[test]
    fn amounts_have_their_currencys_decimals() {
        for (minor, currency, exponent, text) in [
            (124_000, "EUR", 2, "1240.00 EUR"),
            (-5, "USD", 2, "-0.05 USD"),
            (500, "JPY", 0, "500 JPY"),
            (12_340, "KWD", 3, "12.340 KWD"),
            (0, "USD", 2, "0.00 USD"),
        ] {
            let given = Amount {
                minor: Minor(minor),
                currency: currency.into(),
                exponent,
            };
            assert_eq!(amount(&given), text);
        }
    }

    #[test]
    fn a_table_sets_figures_to_the_right() {
        let mut table = Table::new(&["Tenant", ">MRR", "Status"]);
        table.row(vec!["Ä".into(), "1.00".into(), "active".into()]);
        table.row(vec!["Longer".into(), "100.00".into(), String::new()]);
        assert_eq!(
            table.text(),
            "Tenant     MRR  Status\nÄ         1.00  active\nLonger  100.00  \n"
        );
    }
}
