//! The tables of columns: one heading and one rule a field, for every export and profile.
//!
//! A profile's version is in its name. A field is never renamed, moved or given another meaning
//! under the same name; new fields come at the end of a new version.

mod credit_notes;
mod customers;
mod disputes;
mod invoice_lines;
mod invoices;
mod payments;
mod payouts;
mod refunds;
mod stripe_invoices;
mod subscriptions;
mod usage;

pub use credit_notes::CREDIT_NOTES;
pub use customers::CUSTOMERS;
pub use disputes::DISPUTES;
pub use invoice_lines::INVOICE_LINES;
pub use invoices::INVOICES;
pub use payments::PAYMENTS;
pub use payouts::PAYOUTS;
pub use refunds::REFUNDS;
pub use stripe_invoices::STRIPE_INVOICES;
pub use subscriptions::SUBSCRIPTIONS;
pub use usage::{USAGE_DAYS, USAGE_RECORDS};

use crate::cell::{Cell, exponent};
use crate::context::Context;
use crate::rows::Record;

/// A rule from a row to a cell.
pub type Rule<R> = for<'a> fn(&'a R, &'a Context) -> Cell<'a>;

/// A sum: its name, and a row's part of it in minor units.
pub type Sum<R> = (&'static str, fn(&R) -> Option<i64>);

/// A field of a table: one or two columns.
#[derive(Debug)]
pub enum Field<R: 'static> {
    /// One column.
    One(&'static str, Rule<R>),
    /// `NAME_minor` in minor units and `NAME` as a decimal of the major unit.
    Money(&'static str, fn(&R) -> Option<i64>),
    /// An amount in major units alone.
    Major(&'static str, fn(&R) -> Option<i64>),
    /// `NAME_utc` and `NAME_local`.
    Time(&'static str, fn(&R) -> Option<i64>),
}

/// The columns of one export in one profile, and what is summed.
#[derive(Debug)]
pub struct Layout<R: 'static> {
    /// Name and version: `meterdesk.invoices.v1`.
    pub name: &'static str,
    /// The name of the sheet in an Excel file.
    pub sheet: &'static str,
    /// The fields, in order.
    pub fields: &'static [Field<R>],
    /// The sums of the control sheet: name and value in minor units.
    pub sums: &'static [Sum<R>],
    /// What the three buckets are called: counted, apart, left out.
    pub buckets: [&'static str; 3],
    /// By which date a row belongs to a period, in a sentence.
    pub date_basis: &'static str,
}

impl<R: Record> Layout<R> {
    /// The headings, in order.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        let mut headings = Vec::new();
        for field in self.fields {
            match field {
                Field::One(name, _) | Field::Major(name, _) => headings.push((*name).to_owned()),
                Field::Money(name, _) => {
                    headings.push(format!("{name}_minor"));
                    headings.push((*name).to_owned());
                }
                Field::Time(name, _) => {
                    headings.push(format!("{name}_utc"));
                    headings.push(format!("{name}_local"));
                }
            }
        }
        headings
    }

    /// Hands every cell of a row to `put`, in order.
    pub(crate) fn cells<'a, E>(
        &self,
        row: &'a R,
        context: &'a Context,
        mut put: impl FnMut(Cell<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let exponent = row.currency().map_or(2, exponent);
        for field in self.fields {
            match field {
                Field::One(_, rule) => put(rule(row, context))?,
                Field::Major(_, value) => put(decimal(value(row), exponent))?,
                Field::Money(_, value) => {
                    let minor = value(row);
                    put(minor.map_or(Cell::Empty, Cell::Integer))?;
                    put(decimal(minor, exponent))?;
                }
                Field::Time(_, value) => {
                    let at = value(row);
                    put(Cell::time(at, Cell::Utc))?;
                    put(Cell::time(at, Cell::Local))?;
                }
            }
        }
        Ok(())
    }
}

fn decimal<'a>(minor: Option<i64>, exponent: u8) -> Cell<'a> {
    minor.map_or(Cell::Empty, |minor| Cell::Decimal { minor, exponent })
}

/// Stripe's decimal of minor units in major units of the row's currency.
fn price<'a>(text: &'a Option<String>, currency: &str) -> Cell<'a> {
    match text {
        Some(text) => Cell::Price {
            text,
            exponent: exponent(currency),
        },
        None => Cell::Empty,
    }
}

fn integer<'a>(value: Option<i64>) -> Cell<'a> {
    value.map_or(Cell::Empty, Cell::Integer)
}

fn yes_no<'a>(value: Option<bool>) -> Cell<'a> {
    value.map_or(Cell::Empty, Cell::Bool)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn check<R: Record>(layout: &Layout<R>) {
        let headings = layout.headings();
        let distinct: BTreeSet<_> = headings.iter().collect();
        assert_eq!(
            distinct.len(),
            headings.len(),
            "{}: a heading stands twice",
            layout.name
        );
        assert!(
            headings.len() < 16_384,
            "{}: more columns than a sheet holds",
            layout.name
        );
        assert!(
            layout.sheet.len() <= 24,
            "{}: no room for a sheet's number",
            layout.name
        );
    }

    #[test]
    fn headings_are_distinct_and_fit_a_sheet() {
        check(&INVOICES);
        check(&STRIPE_INVOICES);
        check(&INVOICE_LINES);
        check(&CUSTOMERS);
        check(&SUBSCRIPTIONS);
        check(&PAYMENTS);
        check(&CREDIT_NOTES);
        check(&REFUNDS);
        check(&DISPUTES);
        check(&PAYOUTS);
        check(&USAGE_RECORDS);
        check(&USAGE_DAYS);
    }
}
