//! Sums per currency, as the control sheet carries them. Amounts of different currencies are
//! never added.

use std::collections::BTreeMap;

use crate::cell::exponent;
use crate::columns::Layout;
use crate::error::ExportError;
use crate::rows::Record;

/// Whether a row's amounts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// It counts.
    Counted,
    /// It is shown apart: void invoices, failed payments.
    Apart,
    /// It is no document (yet): drafts, pending payments.
    LeftOut,
}

/// Rows and sums of one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows.
    pub rows: u64,
    /// Sums in minor units, in the order of [`Layout::sums`].
    pub minor: Vec<i64>,
}

/// Everything that is summed of one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencySums {
    /// ISO code in upper case; empty for rows without a currency.
    pub currency: String,
    /// Stripe's decimals.
    pub exponent: u8,
    /// The names of the sums: `total`, `amount_paid` …
    pub names: Vec<&'static str>,
    /// Rows that count.
    pub counted: Totals,
    /// Rows shown apart.
    pub apart: Totals,
    /// Rows left out.
    pub left_out: Totals,
}

impl CurrencySums {
    /// One bucket.
    #[must_use]
    pub fn bucket(&self, bucket: Bucket) -> &Totals {
        match bucket {
            Bucket::Counted => &self.counted,
            Bucket::Apart => &self.apart,
            Bucket::LeftOut => &self.left_out,
        }
    }

    /// A sum of one bucket by its name, in minor units; none where nothing bears that name.
    #[must_use]
    pub fn sum(&self, bucket: Bucket, name: &str) -> Option<i64> {
        let place = self.names.iter().position(|own| *own == name)?;
        Some(self.bucket(bucket).minor.get(place).copied().unwrap_or(0))
    }
}

/// Adds up rows as they are written.
#[derive(Debug)]
pub(crate) struct Adder<R: 'static> {
    layout: &'static Layout<R>,
    currencies: BTreeMap<String, CurrencySums>,
}

impl<R: Record> Adder<R> {
    pub(crate) fn new(layout: &'static Layout<R>) -> Self {
        Self {
            layout,
            currencies: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, row: &R) -> Result<(), ExportError> {
        let currency = row.currency().unwrap_or_default();
        if !self.currencies.contains_key(currency) {
            self.currencies
                .insert(currency.to_owned(), self.empty(currency));
        }
        let Some(sums) = self.currencies.get_mut(currency) else {
            return Ok(());
        };
        let totals = match row.bucket() {
            Bucket::Counted => &mut sums.counted,
            Bucket::Apart => &mut sums.apart,
            Bucket::LeftOut => &mut sums.left_out,
        };
        totals.rows += 1;
        for (sum, (name, value)) in totals.minor.iter_mut().zip(self.layout.sums) {
            *sum =
                sum.checked_add(value(row).unwrap_or(0))
                    .ok_or_else(|| ExportError::TooLarge {
                        name,
                        currency: currency.to_uppercase(),
                    })?;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Vec<CurrencySums> {
        self.currencies.into_values().collect()
    }

    fn empty(&self, currency: &str) -> CurrencySums {
        let names: Vec<_> = self.layout.sums.iter().map(|(name, _)| *name).collect();
        let totals = Totals {
            rows: 0,
            minor: vec![0; names.len()],
        };
        let decimals = R::decimals();
        CurrencySums {
            currency: match decimals {
                Some(_) => currency.to_owned(),
                None => currency.to_uppercase(),
            },
            exponent: decimals.unwrap_or_else(|| exponent(currency)),
            names,
            counted: totals.clone(),
            apart: totals.clone(),
            left_out: totals,
        }
    }
}
