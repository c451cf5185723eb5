//! States that Stripe has no status for, each defined once: the tables filter by them and the
//! overview counts them.

use sqlx::{QueryBuilder, Sqlite};

use super::filter::{payment_failed, push_past_due};

/// A draft that is older is forgotten rather than in the making.
const OLD_DRAFT_SECONDS: i64 = 3 * 86_400;
/// A trial that ends within this time wants a look.
const TRIAL_SECONDS: i64 = 7 * 86_400;

/// A state of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceState {
    /// Open, and past its due date or with a failed payment.
    PastDue,
    /// Open, with a failed payment.
    PaymentFailed,
    /// A draft for more than three days.
    OldDraft,
}

impl InvoiceState {
    /// The state of that name; none: it is one of Stripe's statuses.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "past_due" => Some(Self::PastDue),
            "payment_failed" => Some(Self::PaymentFailed),
            "draft_old" => Some(Self::OldDraft),
            _ => None,
        }
    }

    /// Its name in a filter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PastDue => "past_due",
            Self::PaymentFailed => "payment_failed",
            Self::OldDraft => "draft_old",
        }
    }

    /// Stripe's status behind a name in a filter: that of all invoices in a state of ours.
    pub(crate) fn status(name: &str) -> &str {
        match Self::named(name) {
            Some(Self::PastDue | Self::PaymentFailed) => "open",
            Some(Self::OldDraft) => "draft",
            None => name,
        }
    }

    /// Whether time alone brings invoices into it.
    pub(crate) fn depends_on_now(self) -> bool {
        self != Self::PaymentFailed
    }

    /// The condition on an invoice, at `now` in UTC seconds.
    pub(crate) fn push(self, query: &mut QueryBuilder<Sqlite>, alias: &str, now: i64) {
        match self {
            Self::PastDue => push_past_due(query, alias, now),
            Self::PaymentFailed => {
                query.push(payment_failed(alias));
            }
            Self::OldDraft => {
                query.push(format!(
                    "({alias}.status = 'draft' AND {alias}.accounted_at < "
                ));
                query.push_bind(now - OLD_DRAFT_SECONDS).push(")");
            }
        }
    }
}

/// A state of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TenantState {
    /// A trial of its ends within seven days.
    TrialEnding,
    /// A living subscription of its is canceled for a later day.
    Cancelling,
}

impl TenantState {
    /// The state of that name; none: it is one of Stripe's statuses of a subscription.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "trial_ending" => Some(Self::TrialEnding),
            "cancelling" => Some(Self::Cancelling),
            _ => None,
        }
    }

    /// Its name in a filter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TrialEnding => "trial_ending",
            Self::Cancelling => "cancelling",
        }
    }

    /// Whether time alone brings tenants into it.
    pub(crate) fn depends_on_now(self) -> bool {
        self == Self::TrialEnding
    }

    /// The condition on a tenant's number, at `now` in UTC seconds.
    pub(crate) fn push(self, query: &mut QueryBuilder<Sqlite>, num: &str, now: i64) {
        query
            .push(num)
            .push(" IN (SELECT s.customer_num FROM subscription s WHERE ");
        match self {
            Self::TrialEnding => {
                query
                    .push("s.status = 'trialing' AND s.trial_end >= ")
                    .push_bind(now);
                query.push(" AND s.trial_end < ");
                query.push_bind(now + TRIAL_SECONDS);
            }
            Self::Cancelling => {
                query.push(
                    "s.status IN ('active', 'trialing', 'past_due') \
                     AND (s.cancel_at_period_end = 1 OR s.cancel_at IS NOT NULL)",
                );
            }
        }
        query.push(")");
    }
}
