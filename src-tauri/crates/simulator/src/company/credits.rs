//! Credit notes and goodwill.

use crate::account::Account;
use crate::company::billing::{judge, move_balance, share};
use crate::events::EventKind;
use crate::model::*;

/// Credits a part of the largest line of the invoice, before or after payment.
pub(crate) fn credit(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial).clone();
    let is_paid = invoice.status == InvoiceStatus::Paid;
    let available = match invoice.status {
        InvoiceStatus::Paid => invoice.amount_paid - invoice.post_payment_credit,
        InvoiceStatus::Open => invoice.remaining(),
        _ => 0,
    };
    let lines = account.lines_of(&invoice);
    let largest = (0_u32..).zip(lines).max_by_key(|(_, line)| line.amount);
    let Some((place, line)) = largest.map(|(place, line)| (place, *line)) else {
        return;
    };
    let random = &mut account.lives[invoice.customer as usize].random;
    let parts = [1, 2, 4][random.below(3) as usize];
    let (reason, is_void, way) = (random.below(4) as u8, random.chance(250), random.below(3));
    let currency = invoice.currency;
    let mut row = CreditNoteLine {
        line: invoice.lines + place,
        quantity: line.quantity,
        amount: share(currency, line.amount, 1, parts),
        discount: share(currency, line.discount, 1, parts),
        tax: share(currency, line.tax, 1, parts),
        taxable: 0,
    };
    let inclusive = invoice
        .tax_rate
        .is_some_and(|it| account.catalogue.tax_rates[usize::from(it)].inclusive);
    let net = row.amount - row.discount;
    row.taxable = if inclusive { net - row.tax } else { net };
    let total = if inclusive { net } else { net + row.tax };
    if total <= 0 || total > available {
        return;
    }
    let intent = some(invoice.intent).map(|intent| &account.intents[intent as usize]);
    let charge = intent
        .filter(|it| it.status == IntentStatus::Succeeded)
        .map(|it| it.last_charge);
    let to_card = is_paid && !is_void && way != 0 && charge.is_some();
    let to_balance = is_paid && !to_card && !invoice.off_stripe;
    let count = account.chain(invoice.credit_notes, |account, note| {
        account.credit_notes[note as usize].prev_of_invoice
    });
    let note = account.add_credit_note(
        CreditNote {
            created: at,
            customer: invoice.customer,
            invoice: serial,
            number: count.len() as u32 + 1,
            currency,
            reason,
            voided_at: When::NEVER,
            subtotal: row.amount,
            discount: row.discount,
            tax: row.tax,
            total,
            pre_payment: if is_paid { 0 } else { total },
            refunded: if to_card { total } else { 0 },
            credited: if to_balance { total } else { 0 },
            out_of_band: if is_paid && !to_card && !to_balance {
                total
            } else {
                0
            },
            charge: charge.unwrap_or(NONE),
            balance_transaction: NONE,
            lines: 0,
            line_count: 0,
            prev_of_customer: NONE,
            prev_of_invoice: NONE,
        },
        &[row],
    );
    if is_void && !is_paid {
        account.happened(at, EventKind::CreditNoteCreated, note);
        account.credit_notes[note as usize].voided_at = When::at(at);
        account.happened(at, EventKind::CreditNoteVoided, note);
        return;
    }
    settle(account, note, at);
}

/// Moves the money of a credit note.
fn settle(account: &mut Account, serial: u32, at: u32) {
    let note = account.credit_notes[serial as usize].clone();
    if note.refunded > 0 {
        account.charges[note.charge as usize].refunded += note.refunded;
        account.happened(at, EventKind::ChargeRefunded, note.charge);
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
    let invoice = &mut account.invoices[note.invoice as usize];
    if note.pre_payment > 0 {
        invoice.pre_payment_credit += note.pre_payment;
        invoice.amount_due -= note.pre_payment;
        let covered = invoice.remaining() == 0;
        let due = invoice.amount_due;
        let (intent, payment) = (invoice.intent, invoice.payment);
        if covered {
            super::payments::cancel(account, note.invoice, at);
            super::billing::paid(account, note.invoice, at, 0, false);
        } else {
            if let Some(intent) = some(intent) {
                account.intents[intent as usize].amount = due;
            }
            if let Some(payment) = some(payment) {
                account.invoice_payments[payment as usize].requested = due;
            }
        }
    } else {
        invoice.post_payment_credit += note.total;
    }
    account.happened(at, EventKind::CreditNoteCreated, serial);
    let previous = Some(r#"{"post_payment_credit_notes_amount":0}"#.to_owned());
    account.happened_with(at, EventKind::InvoiceUpdated, note.invoice, previous);
    judge(account, note.customer, at);
}

/// A credit to the customer's balance.
pub(crate) fn goodwill(account: &mut Account, customer: u32, at: u32) {
    let currency = account.customer(customer).currency;
    let unit = [1_000, 900, 800, 1_500, 3_000][currency as usize];
    let times = account.lives[customer as usize].random.between(1, 6);
    let amount = -unit * times;
    move_balance(
        account,
        customer,
        amount,
        BalanceReason::Adjustment,
        at,
        NONE,
        NONE,
    );
}
