//! Reading the books for the screen: tables, pages, search. SQL does the work; here rows become
//! answers.

mod differences;
mod invoice;
mod movements;
mod overview;
mod searching;
pub(crate) mod tables;
mod tenant;
mod words;

use std::sync::Arc;

use billing::Currency;
use billing::period::{Zone, day_end, day_start};
use chrono::NaiveDate;

use crate::answers::{Amount, Direction, InvoiceFilter, Minor, TenantFilter};
use crate::context::{Inner, Open};
use crate::{Code, Error, Result};

/// Most rows of one answer.
pub(crate) const MOST_ROWS: u32 = 500;
/// Most versions on a page.
const MOST_VERSIONS: u32 = 200;
/// Longest text of a filter, in letters.
pub(crate) const TEXT_LENGTH: usize = 200;
/// Most choices in one filter.
const MOST_CHOICES: usize = 200;
/// The largest integer that a page holds exactly.
const PAGE_INTEGER: i64 = (1 << 53) - 1;

/// An amount as the page shows it. One that a page cannot hold exactly is cut to the largest that
/// it can, which no invoice reaches: Stripe's amounts have at most twelve digits.
pub(crate) fn amount(minor: i64, currency: &str) -> Amount {
    if minor.abs() > PAGE_INTEGER {
        tracing::error!(currency, "an amount is larger than a page can hold exactly");
    }
    let exponent = Currency::parse(currency).map_or(2, |currency| currency.exponent());
    Amount {
        minor: Minor(minor.clamp(-PAGE_INTEGER, PAGE_INTEGER)),
        currency: currency.to_ascii_uppercase(),
        exponent: u8::try_from(exponent).unwrap_or(2),
    }
}

/// An id that is not in the books.
fn not_found(id: &str) -> Error {
    Error::new(
        Code::NotFound,
        format!("{id} is not in the books"),
        "It was never loaded, or the id is mistyped",
        "Update, then search for it",
    )
}

impl Inner {
    /// Waits until the tables are no longer as at `version`, or the account is closed.
    pub async fn data_changed(self: &Arc<Self>, version: u64) -> Result<()> {
        let open = self.open().await?;
        let (closed, mut versions) = (open.cancel.clone(), open.books.subscribe());
        // Whoever waits keeps no account open.
        drop(open);
        tokio::select! {
            () = closed.cancelled() => {}
            _ = versions.wait_for(|now| *now != version) => {}
        }
        Ok(())
    }

    /// The moment as of which every list is complete; none: never.
    pub async fn as_of(&self, open: &Open) -> Result<Option<i64>> {
        Ok(crate::jobs::complete_as_of(&open.books.lists().await?))
    }
}

/// The invoices' filter as the books take it: days become seconds in the company's zone.
pub(crate) fn invoice_filter(filter: &InvoiceFilter, zone: Zone) -> Result<books::InvoiceFilter> {
    limits(
        &filter.text,
        [&filter.statuses, &filter.plans, &filter.currencies],
    )?;
    let one_currency = filter.currencies.len() == 1;
    if (filter.total_min.is_some() || filter.total_max.is_some()) && !one_currency {
        return Err(Error::invalid(
            "currencies",
            "The amounts cannot be compared",
            "Amounts in different currencies are never compared",
        )
        .then("Choose one currency beside the amount"));
    }
    Ok(books::InvoiceFilter {
        text: filter.text.trim().to_owned(),
        statuses: filter.statuses.clone(),
        finalized_from: day("finalized_from", filter.finalized_from.as_deref())?
            .map(|day| day_start(day, zone)),
        finalized_before: day("finalized_to", filter.finalized_to.as_deref())?
            .map(|day| day_end(day, zone)),
        plans: filter.plans.clone(),
        currencies: filter
            .currencies
            .iter()
            .map(|code| code.to_ascii_lowercase())
            .collect(),
        total_min: filter.total_min.map(|minor| minor.0),
        total_max: filter.total_max.map(|minor| minor.0),
        customer: filter.customer.clone(),
    })
}

/// The tenants' filter as the books take it.
pub(crate) fn tenant_filter(filter: &TenantFilter) -> Result<books::TenantFilter> {
    limits(
        &filter.text,
        [&filter.statuses, &filter.plans, &filter.currencies],
    )?;
    Ok(books::TenantFilter {
        text: filter.text.trim().to_owned(),
        plans: filter.plans.clone(),
        statuses: filter.statuses.clone(),
        currencies: filter
            .currencies
            .iter()
            .map(|code| code.to_ascii_lowercase())
            .collect(),
        past_due: filter.past_due,
        include_deleted: filter.include_deleted,
    })
}

pub(crate) fn direction(direction: Direction) -> books::Direction {
    match direction {
        Direction::Ascending => books::Direction::Ascending,
        Direction::Descending => books::Direction::Descending,
    }
}

fn limits(text: &str, lists: [&Vec<String>; 3]) -> Result<()> {
    let what = "The filter is too long";
    if text.chars().count() > TEXT_LENGTH {
        let why = format!("Its text has more than {TEXT_LENGTH} letters");
        return Err(Error::invalid("text", what, why));
    }
    if lists.iter().any(|list| list.len() > MOST_CHOICES) {
        let why = format!("More than {MOST_CHOICES} choices are made");
        return Err(Error::invalid("filter", what, why));
    }
    Ok(())
}

pub(crate) fn day(place: &str, given: Option<&str>) -> Result<Option<NaiveDate>> {
    let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    NaiveDate::parse_from_str(given, "%Y-%m-%d")
        .map(Some)
        .map_err(|_| {
            Error::invalid(
                place,
                "The day cannot be read",
                format!("“{given}” is no day"),
            )
            .then("Write it as 2026-11-22")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_companys_days() {
        let filter = InvoiceFilter {
            finalized_from: Some("2026-03-29".into()),
            finalized_to: Some("2026-03-29".into()),
            ..InvoiceFilter::default()
        };
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let asked = invoice_filter(&filter, zone).expect("a filter");
        let (from, before) = (asked.finalized_from, asked.finalized_before);
        let hours = before
            .zip(from)
            .map(|(before, from)| (before - from) / 3600);
        assert_eq!(hours, Some(23), "the day on which summer time begins");
    }

    #[test]
    fn amounts_are_compared_in_one_currency_only() {
        let mut filter = InvoiceFilter {
            total_min: Some(Minor(5)),
            ..InvoiceFilter::default()
        };
        let refused = invoice_filter(&filter, Zone::UTC).expect_err("no currency is chosen");
        assert_eq!(refused.place.as_deref(), Some("currencies"));
        filter.currencies = vec!["JPY".into()];
        assert_eq!(
            invoice_filter(&filter, Zone::UTC).expect("one").currencies,
            ["jpy"]
        );
    }

    #[test]
    fn an_amount_has_stripes_exponent() {
        for (currency, exponent) in [("usd", 2), ("jpy", 0), ("kwd", 3), ("isk", 2), ("mga", 0)] {
            assert_eq!(amount(1, currency).exponent, exponent, "{currency}");
        }
    }
}
