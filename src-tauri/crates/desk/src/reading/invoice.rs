//! An invoice's page: lines in words, sums, dates, what differs from the previous invoice.

use std::sync::Arc;

use billing::period::Zone;
use billing::{Currency, LineFacts, line_words, unit_price_decimal_string};
use books::{InvoiceDetail, LineDetail};
use objects::Kind;
use objects::rows::InvoiceRow as Stripe;

use super::differences::differences;
use super::tables::invoice_row;
use super::words::{credit_note, payment, sentence_case, version};
use super::{MOST_VERSIONS, amount, not_found};
use crate::Result;
use crate::answers::{Amount, Invoice, LineView, UnixSeconds};
use crate::context::{Inner, dashboard_url};

impl Inner {
    pub async fn invoice(self: &Arc<Self>, id: &str) -> Result<Invoice> {
        let open = self.open().await?;
        let now = self.now();
        let detail = open
            .books
            .invoice(id, now)
            .await?
            .ok_or_else(|| not_found(id))?;
        let previous = match &detail.previous {
            Some(previous) => open.books.invoice(previous, now).await?,
            None => None,
        };
        let objects = [(Kind::Invoice, id), (Kind::InvoiceLines, id)];
        let versions = open.books.versions(&objects, MOST_VERSIONS).await?;
        let (zone, file) = (open.zone(), open.file());
        let as_of = self.as_of(&open).await?.or(detail.seen_at);
        Ok(Invoice {
            lines: detail
                .lines
                .iter()
                .map(|line| line_view(line, zone))
                .collect(),
            sums: sums(&detail),
            differences: previous
                .map(|previous| differences(&previous, &detail, zone))
                .unwrap_or_default(),
            dates: dates(&detail.invoice),
            details: details(&detail.invoice),
            previous: detail.previous,
            payments: detail.payments.into_iter().map(payment).collect(),
            credit_notes: detail.credit_notes.into_iter().map(credit_note).collect(),
            versions: versions.iter().map(version).collect(),
            dashboard_url: dashboard_url(&file, &format!("invoices/{id}")),
            as_of: as_of.map(UnixSeconds),
            row: invoice_row(detail.row),
        })
    }
}

fn line_view(line: &LineDetail, zone: Zone) -> LineView {
    let row = &line.row;
    let facts = LineFacts {
        quantity: row.quantity,
        unit_label: line.unit_label.as_deref(),
        seats: line.seats,
        amount_minor: row.amount,
        period_start: row.period_start,
        period_end: row.period_end,
        proration: row.proration,
        description: row.description.as_deref(),
    };
    let words = line_words(&facts, zone);
    let words = match &line.product_name {
        Some(product) if !product.is_empty() && !words.contains(product.as_str()) => {
            format!("{product}: {words}")
        }
        _ => words,
    };
    let unit_price = row.unit_amount_decimal.as_deref().and_then(|decimal| {
        let currency = Currency::parse(&row.currency).ok()?;
        unit_price_decimal_string(decimal, currency).ok()
    });
    LineView {
        id: row.id.clone(),
        words,
        description: row.description.clone(),
        quantity: row
            .quantity_decimal
            .clone()
            .or(row.quantity.map(|q| q.to_string())),
        unit_price,
        amount: amount(row.amount.unwrap_or_default(), &row.currency),
        proration: row.proration,
        period_start: row.period_start.map(UnixSeconds),
        period_end: row.period_end.map(UnixSeconds),
    }
}

/// From the subtotal to what remains, in the order in which Stripe computes them (stripe-facts
/// §5). What is nothing is left out, but for total, paid and remaining.
fn sums(detail: &InvoiceDetail) -> Vec<(String, Amount)> {
    let invoice = &detail.invoice;
    let held = |minor: Option<i64>| minor.unwrap_or_default();
    let applied = held(invoice.amount_due) - held(invoice.total);
    let rows = [
        ("Subtotal", held(invoice.subtotal), true),
        ("Discounts", -detail.discount_total, false),
        ("Tax", detail.tax_exclusive, false),
        ("Tax, included in prices", detail.tax_inclusive, false),
        ("Total", held(invoice.total), true),
        ("Balance applied", applied, false),
        ("Due", held(invoice.amount_due), applied != 0),
        ("Paid", held(invoice.amount_paid), true),
        (
            "Of it outside Stripe",
            held(invoice.amount_paid_off_stripe),
            false,
        ),
        (
            "Credited before payment",
            -held(invoice.pre_payment_credit_notes_amount),
            false,
        ),
        (
            "Credited after payment",
            -held(invoice.post_payment_credit_notes_amount),
            false,
        ),
        ("Overpaid", held(invoice.amount_overpaid), false),
        ("Remaining", held(invoice.amount_remaining), true),
    ];
    rows.into_iter()
        .filter(|(_, minor, always)| *always || *minor != 0)
        .map(|(label, minor, _)| (label.to_owned(), amount(minor, &invoice.currency)))
        .collect()
}

fn dates(invoice: &Stripe) -> Vec<(String, UnixSeconds)> {
    let dates = [
        ("Created", Some(invoice.created)),
        ("Becomes final", invoice.automatically_finalizes_at),
        ("Finalised", invoice.status_transitions_finalized_at),
        ("Date on the document", invoice.effective_at),
        ("Due", invoice.due_date),
        ("Paid", invoice.status_transitions_paid_at),
        ("Voided", invoice.status_transitions_voided_at),
        (
            "Written off",
            invoice.status_transitions_marked_uncollectible_at,
        ),
        ("Next payment attempt", invoice.next_payment_attempt),
    ];
    dates
        .into_iter()
        .filter_map(|(label, at)| Some((label.to_owned(), UnixSeconds(at?))))
        .collect()
}

fn details(invoice: &Stripe) -> Vec<(String, String)> {
    let collection = match invoice.collection_method.as_str() {
        "charge_automatically" => Some("Charged automatically".to_owned()),
        "send_invoice" => Some("Sent to be paid".to_owned()),
        "" => None,
        other => Some(sentence_case(other)),
    };
    let attempts = invoice.attempt_count.filter(|attempts| *attempts > 0);
    [
        ("Billed to", invoice.customer_name.clone()),
        ("E-mail", invoice.customer_email.clone()),
        ("Memo", invoice.description.clone()),
        (
            "Reason",
            invoice.billing_reason.as_deref().map(sentence_case),
        ),
        ("Collection", collection),
        (
            "Payment attempts",
            attempts.map(|attempts| attempts.to_string()),
        ),
        (
            "Subscription",
            invoice.parent_subscription_details_subscription.clone(),
        ),
        ("Replaced by", invoice.latest_revision.clone()),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect()
}
