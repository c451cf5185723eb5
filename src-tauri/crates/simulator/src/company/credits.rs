//! Credit notes and goodwill.

use crate::account::Account;
use crate::company::billing::{Payment, judge, move_balance, share};
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;

/// Invoices of more lines than this are credited line by line.
const MANY_LINES: u32 = 10;

/// One part in `parts` of the invoice's largest line, or of each positive one where there are
/// many, and what that comes to with tax.
fn part_of_lines(account: &Account, invoice: &Invoice, parts: i64) -> (Vec<CreditNoteLine>, i64) {
    // What credits may have paid for is left alone.
    let lines = (invoice.lines..)
        .zip(account.lines_of(invoice))
        .filter(|(_, line)| line.kind != LineKind::Metered);
    let lines: Vec<_> = if invoice.line_count > MANY_LINES {
        lines.filter(|(_, line)| line.amount > 0).collect()
    } else {
        lines
            .max_by_key(|(_, line)| line.amount)
            .into_iter()
            .collect()
    };
    let inclusive = invoice
        .tax_rate
        .is_some_and(|it| account.catalogue.tax_rates[usize::from(it)].inclusive);
    let mut whole = 0;
    let part = |(place, line): (u32, &Line)| {
        let share = |amount| share(invoice.currency, amount, 1, parts);
        let (amount, discount, tax) = (share(line.amount), share(line.discount), share(line.tax));
        let net = amount - discount;
        let (taxable, total) = if inclusive {
            (net - tax, net)
        } else {
            (net, net + tax)
        };
        whole += total;
        CreditNoteLine {
            line: place,
            quantity: line.quantity,
            amount,
            discount,
            tax,
            taxable,
        }
    };
    let rows = lines.into_iter().map(part).collect();
    (rows, whole)
}

/// Credits a part of the invoice, before or after payment.
/// False where there is nothing to credit.
pub(crate) fn credit(account: &mut Account, serial: u32, at: u32) -> bool {
    let invoice = account.invoice(serial).clone();
    let is_paid = invoice.status == InvoiceStatus::Paid;
    if account.is_processing(serial) {
        return false;
    }
    let available = match invoice.status {
        InvoiceStatus::Paid => invoice.amount_paid - invoice.post_payment_credit,
        InvoiceStatus::Open => invoice.remaining(),
        _ => 0,
    };
    let random = &mut account.lives[invoice.customer as usize].random;
    let parts = [1, 2, 4][random.below(3) as usize];
    let (reason, is_void, way) = (random.below(4) as u8, random.chance(250), random.below(3));
    let (rows, total) = part_of_lines(account, &invoice, parts);
    let sum = |of: fn(&CreditNoteLine) -> i64| rows.iter().map(of).sum();
    if total <= 0 || total > available {
        return false;
    }
    let intent = some(invoice.intent).map(|intent| &account.intents[intent as usize]);
    let charge = intent
        .filter(|it| it.status == IntentStatus::Succeeded)
        .map(|it| it.last_charge);
    let left = charge.map(|it| &account.charges[it as usize]);
    let left = left
        .filter(|it| !it.disputed)
        .map_or(0, |it| it.amount - it.refunded);
    let to_card = is_paid && !is_void && way != 0 && left >= total;
    let to_balance = is_paid && !to_card && !invoice.off_stripe;
    let outside = is_paid && !to_card && !to_balance;
    let earlier = account.chain(invoice.credit_notes, |account, note| {
        account.credit_notes[note as usize].prev_of_invoice
    });
    let when = |condition| if condition { total } else { 0 };
    let note = CreditNote {
        created: at,
        customer: invoice.customer,
        invoice: serial,
        number: earlier.len() as u32 + 1,
        currency: invoice.currency,
        reason,
        voided_at: When::NEVER,
        subtotal: sum(|row| row.amount),
        discount: sum(|row| row.discount),
        tax: sum(|row| row.tax),
        total,
        pre_payment: when(!is_paid),
        refunded: when(to_card),
        credited: when(to_balance),
        out_of_band: when(outside),
        charge: charge.unwrap_or(NONE),
        refund: NONE,
        balance_transaction: NONE,
        lines: 0,
        line_count: 0,
        prev_of_customer: NONE,
        prev_of_invoice: NONE,
    };
    let note = account.add_credit_note(note, &rows);
    if is_void && !is_paid {
        account.happened(at, EventKind::CreditNoteCreated, note);
        let held = account.held(at, Kind::CreditNote, note);
        account.credit_notes[note as usize].voided_at = When::at(at);
        account.changed(EventKind::CreditNoteUpdated, held);
        account.happened(at, EventKind::CreditNoteVoided, note);
    } else {
        settle(account, note, at);
    }
    true
}

/// Moves the money of a credit note.
fn settle(account: &mut Account, serial: u32, at: u32) {
    let note = account.credit_notes[serial as usize].clone();
    if note.refunded > 0 {
        let refund = super::refunds::refund(account, note.charge, note.refunded, at);
        account.credit_notes[serial as usize].refund = refund;
    }
    if note.credited > 0 {
        let reason = BalanceReason::CreditNote;
        let entry = move_balance(
            account,
            note.customer,
            -note.credited,
            reason,
            at,
            note.invoice,
            serial,
        );
        account.credit_notes[serial as usize].balance_transaction = entry;
    }
    let held = account.held(at, Kind::Invoice, note.invoice);
    let invoice = &mut account.invoices[note.invoice as usize];
    invoice.pre_payment_credit += note.pre_payment;
    invoice.post_payment_credit += note.total - note.pre_payment;
    invoice.amount_due -= note.pre_payment;
    let covered = note.pre_payment > 0 && invoice.remaining() == 0;
    let (due, payment) = (invoice.amount_due, invoice.payment);
    account.changed(EventKind::InvoiceUpdated, held);
    if note.pre_payment > 0 {
        if covered {
            super::payments::cancel(account, note.invoice, at);
            super::billing::paid(account, note.invoice, at, Payment::Nothing);
        } else if let Some(payment) = some(payment) {
            account.invoice_payments[payment as usize].requested = due;
        }
    }
    account.happened(at, EventKind::CreditNoteCreated, serial);
    judge(account, note.customer, at);
}

/// A credit to the customer's balance.
pub(crate) fn goodwill(account: &mut Account, customer: u32, at: u32) {
    let currency = account.customer(customer).currency;
    let unit = [1_000, 900, 800, 1_500, 3_000][currency as usize];
    let times = account.lives[customer as usize].random.between(1, 6);
    adjust(account, customer, -unit * times, at);
}

/// Changes the customer's balance by hand.
pub(crate) fn adjust(account: &mut Account, customer: u32, amount: i64, at: u32) {
    let reason = BalanceReason::Adjustment;
    move_balance(account, customer, amount, reason, at, NONE, NONE);
}
