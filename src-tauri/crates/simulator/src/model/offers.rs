//! Credit grants, meters, promotion codes, schedules, invoice items and test clocks.

use std::collections::{HashMap, HashSet};

use super::{Currency, Line, When};

/// What a customer may use up instead of paying for metered usage.
#[derive(Clone, Debug)]
pub(crate) struct CreditGrant {
    pub(crate) created: u32,
    pub(crate) updated: u32,
    pub(crate) customer: u32,
    pub(crate) amount: i64,
    /// What is neither expired nor voided.
    pub(crate) left: i64,
    pub(crate) currency: Currency,
    /// Paid for, or given.
    pub(crate) is_paid: bool,
    pub(crate) expires_at: When,
    pub(crate) voided_at: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CreditReason {
    Granted,
    /// It paid for a line of an invoice.
    Applied,
    /// That invoice was voided.
    Returned,
    Expired,
    Voided,
}

/// A movement of a credit grant: Stripe's credit balance transaction.
#[derive(Clone, Debug)]
pub(crate) struct CreditEntry {
    pub(crate) created: u32,
    pub(crate) grant: u32,
    pub(crate) amount: i64,
    pub(crate) reason: CreditReason,
    /// The invoice and the line that it is about, or nothing twice.
    pub(crate) line: (u32, u32),
}

#[derive(Clone, Debug)]
pub(crate) struct Meter {
    pub(crate) created: u32,
    pub(crate) updated: u32,
    pub(crate) name: &'static str,
    pub(crate) event_name: &'static str,
    pub(crate) formula: &'static str,
    pub(crate) deactivated_at: When,
}

#[derive(Clone, Debug)]
pub(crate) struct Promotion {
    pub(crate) created: u32,
    pub(crate) code: &'static str,
    pub(crate) coupon: u8,
    pub(crate) active: bool,
    pub(crate) expires_at: When,
    pub(crate) redeemed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduleStatus {
    Active,
    Released,
    Canceled,
}

impl ScheduleStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Released => "released",
            Self::Canceled => "canceled",
        }
    }
}

/// What a subscription will become, in two phases: as it is, then with more seats.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) status: ScheduleStatus,
    /// When it ceased to be active.
    pub(crate) ended_at: When,
    pub(crate) price: u16,
    pub(crate) seats: [u32; 2],
    /// When the first phase begins, and when each ends.
    pub(crate) turns: [u32; 3],
}

/// A line that waits for an invoice, or was put on one.
#[derive(Clone, Debug)]
pub(crate) struct InvoiceItem {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) line: Line,
    pub(crate) invoice: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    pub(crate) created: u32,
    pub(crate) frozen: u32,
    pub(crate) name: &'static str,
}

/// All of these, and what hangs on them.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    pub(crate) grants: Vec<CreditGrant>,
    pub(crate) credit_entries: Vec<CreditEntry>,
    /// What credits paid for: of an invoice, the numbers of its lines with their movements.
    pub(crate) credited: HashMap<u32, Vec<(u32, u32)>>,
    pub(crate) meters: Vec<Meter>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) invoice_items: Vec<InvoiceItem>,
    /// The invoice items of lines that came from one.
    pub(crate) items_of_lines: HashMap<u32, u32>,
    pub(crate) clocks: Vec<TestClock>,
    /// Customers that live by a test clock: lists leave them out.
    pub(crate) on_clock: HashSet<u32>,
}
