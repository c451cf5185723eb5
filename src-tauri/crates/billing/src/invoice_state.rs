//! What an invoice's fields say about it: its state, whether it is past due, and its date.

/// The fields that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InvoiceFacts<'a> {
    /// Stripe's status word.
    pub status: Option<&'a str>,
    /// Due at, UTC seconds; only for sent invoices.
    pub due_date: Option<i64>,
    /// Whether a payment was tried.
    pub attempted: bool,
    /// Payment attempts that count.
    pub attempt_count: Option<i64>,
    /// What is still owed, minor units; none where it never arrived.
    pub amount_remaining: Option<i64>,
    /// The payment that Stripe collects it by is with a bank: a direct debit takes days, and
    /// counts as an attempt from its first minute.
    pub processing: bool,
}

/// The states that finance tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoiceState {
    /// Not a document yet.
    Draft,
    /// Owed, not yet due.
    Open,
    /// Owed, and due or tried in vain.
    PastDue,
    /// Paid.
    Paid,
    /// Given up: Stripe's `uncollectible`.
    WrittenOff,
    /// Taken back.
    Void,
    /// A status that this version does not know.
    Unknown,
}

impl InvoiceState {
    /// The state of an invoice at `now`, UTC seconds.
    #[must_use]
    pub fn of(facts: &InvoiceFacts<'_>, now: i64) -> Self {
        match facts.status {
            Some("draft") => Self::Draft,
            Some("open") if is_past_due(facts, now) => Self::PastDue,
            Some("open") => Self::Open,
            Some("paid") => Self::Paid,
            Some("uncollectible") => Self::WrittenOff,
            Some("void") => Self::Void,
            _ => Self::Unknown,
        }
    }

    /// The word on the screen.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Open => "Open",
            Self::PastDue => "Past due",
            Self::Paid => "Paid",
            Self::WrittenOff => "Written off",
            Self::Void => "Void",
            Self::Unknown => "Unknown",
        }
    }

    /// Whether it counts among documents: drafts do not exist yet, void ones are shown apart.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Draft | Self::Void)
    }
}

/// Whether an open invoice is past due at `now`, UTC seconds: its due date is over, or its
/// payment failed. One whose money is on its way is not. What is owed but never arrived counts as
/// owed.
#[must_use]
pub fn is_past_due(facts: &InvoiceFacts<'_>, now: i64) -> bool {
    let overdue = facts.due_date.is_some_and(|due| due < now);
    is_waited_for(facts) && (overdue || was_tried(facts))
}

/// Whether a payment of an open invoice was tried in vain: it counts as an attempt, something is
/// still owed, and no bank works on it.
#[must_use]
pub fn payment_failed(facts: &InvoiceFacts<'_>) -> bool {
    is_waited_for(facts) && was_tried(facts)
}

fn is_waited_for(facts: &InvoiceFacts<'_>) -> bool {
    let owed = facts.amount_remaining.is_none_or(|remaining| remaining > 0);
    facts.status == Some("open") && owed && !facts.processing
}

fn was_tried(facts: &InvoiceFacts<'_>) -> bool {
    facts.attempted && facts.attempt_count.is_some_and(|count| count > 0)
}

/// The date by which an invoice counts: when it was finalised. A draft has none.
#[must_use]
pub const fn accounting_date(finalized_at: Option<i64>) -> Option<i64> {
    finalized_at
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOW: i64 = 1_000;

    #[rstest]
    #[case(Some("open"), None, false, 0, 5, InvoiceState::Open, "collected later")]
    #[case(
        Some("open"),
        Some(NOW),
        false,
        0,
        5,
        InvoiceState::Open,
        "due this second"
    )]
    #[case(Some("open"), Some(NOW - 1), false, 0, 5, InvoiceState::PastDue, "due before")]
    #[case(
        Some("open"),
        None,
        true,
        1,
        5,
        InvoiceState::PastDue,
        "the card failed"
    )]
    #[case(
        Some("open"),
        None,
        true,
        0,
        5,
        InvoiceState::Open,
        "nothing counted as a try"
    )]
    #[case(
        Some("open"),
        Some(1),
        true,
        1,
        0,
        InvoiceState::Open,
        "nothing is owed"
    )]
    #[case(Some("draft"), Some(1), true, 1, 5, InvoiceState::Draft, "no document")]
    #[case(
        Some("uncollectible"),
        Some(1),
        true,
        4,
        5,
        InvoiceState::WrittenOff,
        "given up"
    )]
    #[case(Some("void"), Some(1), true, 1, 5, InvoiceState::Void, "taken back")]
    #[case(Some("paid"), Some(1), true, 1, 0, InvoiceState::Paid, "settled")]
    #[case(
        Some("held"),
        Some(1),
        true,
        1,
        5,
        InvoiceState::Unknown,
        "a word of tomorrow"
    )]
    #[case(None, None, false, 0, 0, InvoiceState::Unknown, "no status arrived")]
    fn the_state_follows_from_the_fields(
        #[case] status: Option<&str>,
        #[case] due_date: Option<i64>,
        #[case] attempted: bool,
        #[case] attempts: i64,
        #[case] remaining: i64,
        #[case] expected: InvoiceState,
        #[case] why: &str,
    ) {
        let facts = InvoiceFacts {
            status,
            due_date,
            attempted,
            attempt_count: Some(attempts),
            amount_remaining: Some(remaining),
            processing: false,
        };
        assert_eq!(InvoiceState::of(&facts, NOW), expected, "{why}");
    }

    #[test]
    fn a_direct_debit_on_its_way_is_neither_past_due_nor_failed() {
        let tried = InvoiceFacts {
            status: Some("open"),
            due_date: Some(NOW - 1),
            attempted: true,
            attempt_count: Some(1),
            amount_remaining: Some(5),
            processing: false,
        };
        assert!(is_past_due(&tried, NOW) && payment_failed(&tried));
        let debited = InvoiceFacts {
            processing: true,
            ..tried
        };
        assert!(!is_past_due(&debited, NOW) && !payment_failed(&debited));
        assert_eq!(InvoiceState::of(&debited, NOW), InvoiceState::Open);
    }
}
