//! The first screen: what wants a decision, the figures, the months, the plans.

use std::sync::Arc;

use billing::words::counted;
use books::{CurrencySum, OverviewFigures, PlanSum};

use super::amount;
use super::tables::count;
use super::words::money;
use crate::Result;
use crate::answers::{
    Amount, Attention, AttentionLink, Count, Figure, InvoiceFilter, MonthRow, Overview, PlanRow,
    TenantFilter, UnixSeconds,
};
use crate::context::Inner;

/// Plans that are shown.
const MOST_PLANS: usize = 50;

impl Inner {
    pub async fn overview(self: &Arc<Self>) -> Result<Overview> {
        let open = self.open().await?;
        let figures = open.books.overview(self.now(), open.zone()).await?;
        let lists = open.books.lists().await?;
        let as_of = crate::jobs::complete_as_of(&lists);
        let mut attention = invoices_attention(&figures);
        attention.extend(subscriptions_attention(&figures));
        attention.extend(lists_attention(&lists, as_of));
        let unreadable = open.books.setting(sync::SETTING_UNDECODABLE).await?;
        attention.extend(unreadable.as_deref().and_then(unreadable_attention));
        Ok(Overview {
            attention,
            figures: headline(&figures),
            months: figures.months.iter().map(month).collect(),
            plans: plans(&figures.plans),
            as_of: as_of.map(UnixSeconds),
        })
    }
}

fn amounts(sums: &[CurrencySum]) -> Vec<Amount> {
    sums.iter()
        .map(|sum| amount(sum.amount, &sum.currency))
        .collect()
}

/// "$1,204.00 and €30.00", or "none"; currencies are listed, never added.
fn added(sums: &[CurrencySum]) -> String {
    let words: Vec<_> = sums
        .iter()
        .map(|sum| money(sum.amount, &sum.currency))
        .collect();
    match words.split_last() {
        None => "none".to_owned(),
        Some((one, [])) => one.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

fn total(sums: &[CurrencySum]) -> i64 {
    sums.iter()
        .map(|sum| sum.count)
        .fold(0, i64::saturating_add)
}

fn headline(figures: &OverviewFigures) -> Vec<Figure> {
    let unknown = match figures.mrr_unknown {
        0 => String::new(),
        some => format!(
            " {} not counted: a price of theirs is not known.",
            counted(some, "tenant")
        ),
    };
    let rows = [
        (
            "MRR",
            format!(
                "Active and past due subscriptions as a month's value, discounts that last for \
                 ever taken off; trials, usage and tax left out.{unknown}"
            ),
            &figures.mrr,
        ),
        (
            "Open",
            "What open invoices still ask for.".to_owned(),
            &figures.open,
        ),
        (
            "Past due",
            "Of it, past the due date or after a failed payment.".to_owned(),
            &figures.past_due,
        ),
        (
            "Collected this month",
            format!(
                "Payments of this month in the company's zone, those outside Stripe too, less the \
                 refunds of this month, whenever they were paid: {}. Disputes are not taken off.",
                added(&figures.refunded_this_month)
            ),
            &figures.collected_this_month,
        ),
    ];
    rows.into_iter()
        .map(|(label, explanation, sums)| Figure {
            label: label.into(),
            explanation,
            amounts: amounts(sums),
        })
        .collect()
}

fn invoices_attention(figures: &OverviewFigures) -> Vec<Attention> {
    let statuses = |statuses: &[&str]| AttentionLink::Invoices {
        filter: InvoiceFilter {
            statuses: statuses.iter().map(|&status| status.to_owned()).collect(),
            ..InvoiceFilter::default()
        },
    };
    let past_due = AttentionLink::Tenants {
        filter: TenantFilter {
            past_due: true,
            ..TenantFilter::default()
        },
    };
    let tenants = figures.past_due_tenants;
    let (failed, written_off, drafts) = (
        total(&figures.payment_failed),
        total(&figures.uncollectible),
        total(&figures.drafts_old),
    );
    let rows = [
        (
            "past_due",
            tenants,
            format!("{} past due", are(tenants, "tenant")),
            format!("{} open past their due date or after a failed payment", {
                counted(total(&figures.past_due), "invoice")
            }),
            &figures.past_due,
            past_due,
        ),
        (
            "payment_failed",
            failed,
            format!("The payment of {} failed", counted(failed, "invoice")),
            "Stripe may try again by itself; each invoice says when".to_owned(),
            &figures.payment_failed,
            statuses(&["payment_failed"]),
        ),
        (
            "draft_old",
            drafts,
            format!("{} older than three days", are(drafts, "draft")),
            "Not finalised, so not owed yet".to_owned(),
            &figures.drafts_old,
            statuses(&["draft_old"]),
        ),
        (
            "uncollectible",
            written_off,
            format!("{} written off", are(written_off, "invoice")),
            "Marked uncollectible; they can still be paid".to_owned(),
            &figures.uncollectible,
            statuses(&["uncollectible"]),
        ),
    ];
    rows.into_iter()
        .filter(|(_, number, ..)| *number > 0)
        .map(|(code, number, title, detail, sums, link)| Attention {
            code: code.into(),
            title,
            detail,
            count: count(number),
            amounts: amounts(sums),
            link,
        })
        .collect()
}

fn subscriptions_attention(figures: &OverviewFigures) -> Vec<Attention> {
    let by_status = |status: &str| AttentionLink::Tenants {
        filter: TenantFilter {
            statuses: vec![status.to_owned()],
            ..TenantFilter::default()
        },
    };
    let mut rows = Vec::new();
    let (trials, leaving) = (figures.trial_ending, figures.cancelling);
    if trials > 0 {
        rows.push(Attention {
            code: "trial_ending".into(),
            title: format!(
                "The trial of {} ends within seven days",
                counted(trials, "tenant")
            ),
            detail: "After it the first payment is tried".into(),
            count: count(trials),
            amounts: Vec::new(),
            link: by_status("trial_ending"),
        });
    }
    if leaving > 0 {
        rows.push(Attention {
            code: "cancelling".into(),
            title: format!("{} leaving", are(leaving, "tenant")),
            detail: "A subscription is canceled for a later day; it counts until then".into(),
            count: count(leaving),
            amounts: Vec::new(),
            link: by_status("cancelling"),
        });
    }
    rows
}

/// What the key may not read, and books that were never whole.
fn lists_attention(lists: &[books::ListState], as_of: Option<i64>) -> Vec<Attention> {
    let refused: Vec<&str> = lists
        .iter()
        .filter_map(|list| list.refused.as_deref())
        .collect();
    let mut rows = Vec::new();
    if !refused.is_empty() {
        let number = i64::try_from(refused.len()).unwrap_or_default();
        rows.push(Attention {
            code: "list_refused".into(),
            title: format!("{} cannot be read", counted(number, "list")),
            detail: format!("The key lacks {}", refused.join(", ")),
            count: count(number),
            amounts: Vec::new(),
            link: AttentionLink::Settings,
        });
    }
    if as_of.is_none() {
        rows.push(Attention {
            code: "never_synced".into(),
            title: "The first load is not finished".into(),
            detail: "Figures are of what has arrived so far".into(),
            count: Count(1),
            amounts: Vec::new(),
            link: AttentionLink::Settings,
        });
    }
    rows
}

/// Objects that arrived and could not be read: they are in no total.
fn unreadable_attention(stored: &str) -> Option<Attention> {
    let number: i64 = stored.parse().ok().filter(|number| *number > 0)?;
    Some(Attention {
        code: "unreadable".into(),
        title: format!(
            "{} of the last update could not be read",
            counted(number, "object")
        ),
        detail: "They are missing from lists and totals; the log says which".into(),
        count: count(number),
        amounts: Vec::new(),
        link: AttentionLink::Settings,
    })
}

/// "1 tenant is", "12 tenants are".
fn are(number: i64, what: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(number, what))
}

fn month(month: &books::MonthSum) -> MonthRow {
    MonthRow {
        month: month.month.to_string(),
        invoiced: amount(month.invoiced, &month.currency),
        paid: amount(month.paid, &month.currency),
        remaining: amount(month.remaining, &month.currency),
        invoices: count(month.invoices),
    }
}

/// Plans in the order in which the books give them, their currencies together.
fn plans(sums: &[PlanSum]) -> Vec<PlanRow> {
    let mut rows: Vec<PlanRow> = Vec::new();
    for sum in sums {
        let mrr = amount(sum.mrr, &sum.currency);
        match rows.iter_mut().find(|row| row.plan == sum.plan) {
            Some(row) => {
                row.tenants.0 = row.tenants.0.saturating_add(count(sum.tenants).0);
                row.seats.0 = row.seats.0.saturating_add(count(sum.seats).0);
                row.mrr.push(mrr);
            }
            None => rows.push(PlanRow {
                plan: sum.plan.clone(),
                tenants: count(sum.tenants),
                seats: count(sum.seats),
                mrr: vec![mrr],
            }),
        }
    }
    rows.truncate(MOST_PLANS);
    rows
}
