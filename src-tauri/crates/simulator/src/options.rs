//! What a simulated account is asked to be.

use crate::faults::Faults;

/// The seed that is taken where none is given.
pub const DEFAULT_SEED: u64 = 20_261_122;

/// The largest account that can be asked for, in customers.
pub const MAX_CUSTOMERS: u32 = 1_000_000;

/// The longest history that can be asked for, in months.
pub const MAX_HISTORY_MONTHS: u32 = 60;

/// The most lines on an invoice of [`Shape::Uniform`].
pub const MAX_UNIFORM_LINES: u32 = 250;

/// What the account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// "Northwind Mail", a made-up software company with a history that looks real.
    Company,
    /// The same for every customer, for measurements: one active subscription, this many paid
    /// invoices with this many lines each, and nothing else besides products and prices.
    Uniform {
        /// Invoices for each customer.
        invoices_per_customer: u32,
        /// Lines on each invoice; the first ten are embedded, as Stripe does.
        lines: u32,
    },
}

/// How a simulated account is set up. The same options give the same account, byte for byte.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The seed of everything that is left to chance.
    pub seed: u64,
    /// How many customers there are, 1 to [`MAX_CUSTOMERS`].
    pub customers: u32,
    /// The account's present, UTC seconds. `None` takes the wall clock at the start.
    pub now: Option<i64>,
    /// What goes wrong on request.
    pub faults: Faults,
    /// How far back the company's history reaches, in months.
    pub history_months: u32,
    /// What the account holds.
    pub shape: Shape,
    /// Live mode: `livemode` is true everywhere and keys say `live`.
    pub livemode: bool,
    /// The API version that events are rendered in, as `2022-11-15`: an account that was opened
    /// years ago has events in shapes of that time, whatever version requests ask for.
    pub event_api_version: String,
    /// Permissions that the restricted keys lack, such as `rak_credit_note_read`.
    pub restricted_without: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: DEFAULT_SEED,
            customers: 400,
            now: None,
            faults: Faults::none(),
            history_months: 18,
            shape: Shape::Company,
            livemode: false,
            event_api_version: crate::render::API_VERSION.to_owned(),
            restricted_without: Vec::new(),
        }
    }
}

impl Options {
    /// The options as far as they are within their limits, or a sentence on the first that is not.
    pub(crate) fn checked(&self) -> Result<(), crate::Error> {
        let limit = |what: &'static str, value: u32, most: u32| {
            if (1..=most).contains(&value) {
                Ok(())
            } else {
                Err(crate::Error::OutOfRange { what, value, most })
            }
        };
        limit("customers", self.customers, MAX_CUSTOMERS)?;
        limit("history months", self.history_months, MAX_HISTORY_MONTHS)?;
        if let Shape::Uniform {
            lines,
            invoices_per_customer,
        } = self.shape
        {
            limit("lines", lines, MAX_UNIFORM_LINES)?;
            limit("invoices per customer", invoices_per_customer.max(1), 1000)?;
        }
        Ok(())
    }
}
