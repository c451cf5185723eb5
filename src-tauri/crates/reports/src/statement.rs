//! A tenant's statement of account: what it owed, what was invoiced, paid and credited, what it
//! owes, per currency and in the order of the documents' dates.
//!
//! Amounts are what the tenant owes: an invoice adds, a payment takes away. The closing balance
//! is the sum of what remains on open invoices, as Stripe has it. Pure: rows in, rows out.

use std::collections::{BTreeMap, HashMap};

use crate::cell::Cell;
use crate::columns::{Field, Layout};
use crate::rows::{CreditNote, Invoice, Payment, Record};
use crate::sums::Bucket;

/// What a row of a statement is, in the order in which rows of one second stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// What was owed before the first row.
    Opening,
    /// A finalised invoice.
    Invoice,
    /// Account credit that an invoice used up (takes away), or an amount that was carried over.
    AccountCredit,
    /// A payment that succeeded.
    Payment,
    /// A credit note.
    CreditNote,
    /// What a credit note gave back: refunded, put on the account, or paid outside of Stripe.
    GivenBack,
    /// Paid according to the invoice, without a payment of its own in the books.
    OtherPayment,
    /// A void invoice is taken back.
    Void,
    /// What remained was written off (marked uncollectible).
    WriteOff,
    /// What is owed after the last row.
    Closing,
}

impl EntryKind {
    /// Its stable name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening_balance",
            Self::Invoice => "invoice",
            Self::AccountCredit => "account_credit",
            Self::Payment => "payment",
            Self::CreditNote => "credit_note",
            Self::GivenBack => "given_back",
            Self::OtherPayment => "other_payment",
            Self::Void => "void",
            Self::WriteOff => "write_off",
            Self::Closing => "closing_balance",
        }
    }

    /// Its words on a page.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Opening => "Opening balance",
            Self::Invoice => "Invoice",
            Self::AccountCredit => "Account credit applied",
            Self::Payment => "Payment",
            Self::CreditNote => "Credit note",
            Self::GivenBack => "Refunded or put on the account",
            Self::OtherPayment => "Other payment",
            Self::Void => "Invoice voided",
            Self::WriteOff => "Written off",
            Self::Closing => "Closing balance",
        }
    }
}

/// One row of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, UTC seconds.
    pub at: i64,
    /// What.
    pub kind: EntryKind,
    /// The document's number, else its id.
    pub document: String,
    /// Stripe's id of the document.
    pub id: String,
    /// Lower case.
    pub currency: String,
    /// Minor units; positive adds to what the tenant owes. None for balances.
    pub amount: Option<i64>,
    /// What is owed after this row, minor units.
    pub balance: i64,
    /// The tenant, on every row.
    pub tenant: Tenant,
}

/// Whose statement it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenant {
    /// Stripe's customer id.
    pub customer: String,
    /// The product's own id.
    pub tenant_id: Option<String>,
    /// The name.
    pub name: Option<String>,
}

impl Record for Entry {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        match self.kind {
            EntryKind::Opening | EntryKind::Closing => Bucket::Apart,
            _ => Bucket::Counted,
        }
    }
}

/// One row a document, with the balance after it.
pub static STATEMENT: Layout<Entry> = Layout {
    name: "meterdesk.statement.v1",
    sheet: "Statement",
    buckets: ["documents", "opening and closing balances", "left out"],
    date_basis: "Invoices by the day they were finalised, payments by their own, credit notes by \
        their effective day, write-offs by the day they were marked uncollectible, all in the \
        company's zone.",
    sums: &[("amount", |row| row.amount)],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("customer_id", |row, _| Cell::str(&row.tenant.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.tenant.name)),
        Field::One("date", |row, _| Cell::Day(row.at)),
        Field::One("kind", |row, _| Cell::str(row.kind.as_str())),
        Field::One("document", |row, _| Cell::str(&row.document)),
        Field::One("document_id", |row, _| Cell::str(&row.id)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("amount", |row| row.amount),
        Field::Money("balance", |row| Some(row.balance)),
        Field::Time("at", |row| Some(row.at)),
    ],
};

/// The documents of one tenant as a statement from `from` (all of them without it) to `to`.
///
/// Per currency: an opening balance, the rows, a closing balance. None where a balance leaves
/// the range of 64 bits.
#[must_use]
pub fn statement(
    tenant: &Tenant,
    invoices: &[Invoice],
    payments: &[Payment],
    credit_notes: &[CreditNote],
    from: Option<i64>,
    to: i64,
) -> Option<Vec<Entry>> {
    let payments = by_invoice(payments, |payment| payment.invoice.as_deref());
    let credit_notes = by_invoice(credit_notes, |note| note.invoice.as_deref());
    let mut movements = Vec::new();
    for invoice in invoices {
        let id = invoice.id.as_str();
        let payments = payments.get(id).map_or(&[][..], Vec::as_slice);
        let credit_notes = credit_notes.get(id).map_or(&[][..], Vec::as_slice);
        movements.extend(of_invoice(invoice, payments, credit_notes)?);
    }
    let mut currencies = BTreeMap::<String, Vec<Movement>>::new();
    for movement in movements.into_iter().filter(|movement| movement.at < to) {
        currencies
            .entry(movement.currency.clone())
            .or_default()
            .push(movement);
    }
    let mut entries = Vec::new();
    for (currency, mut movements) in currencies {
        movements.sort_by(|a, b| (a.at, a.kind, &a.id).cmp(&(b.at, b.kind, &b.id)));
        entries.extend(with_balances(tenant, &currency, movements, from, to)?);
    }
    Some(entries)
}

/// What counts, by its invoice's id.
fn by_invoice<R: Record>(rows: &[R], invoice: fn(&R) -> Option<&str>) -> HashMap<&str, Vec<&R>> {
    let mut found = HashMap::<&str, Vec<&R>>::new();
    for row in rows.iter().filter(|row| row.bucket() == Bucket::Counted) {
        if let Some(id) = invoice(row) {
            found.entry(id).or_default().push(row);
        }
    }
    found
}

/// An amount that changes what is owed.
struct Movement {
    at: i64,
    kind: EntryKind,
    document: String,
    id: String,
    currency: String,
    amount: i64,
}

/// The movements of one invoice as they are found.
struct Movements<'a> {
    invoice: &'a Invoice,
    found: Vec<Movement>,
}

impl Movements<'_> {
    /// A movement of the invoice itself.
    fn push(&mut self, at: i64, kind: EntryKind, amount: i64) {
        let document = self
            .invoice
            .number
            .as_ref()
            .unwrap_or(&self.invoice.id)
            .clone();
        let id = self.invoice.id.clone();
        self.push_document(at, kind, document, id, amount);
    }

    fn push_document(
        &mut self,
        at: i64,
        kind: EntryKind,
        document: String,
        id: String,
        amount: i64,
    ) {
        let currency = self.invoice.currency.clone();
        if amount != 0 || kind == EntryKind::Invoice {
            self.found.push(Movement {
                at,
                kind,
                document,
                id,
                currency,
                amount,
            });
        }
    }

    fn open(&self) -> Option<i64> {
        self.found
            .iter()
            .try_fold(0_i64, |sum, movement| sum.checked_add(movement.amount))
    }
}

/// Everything that one invoice did to what the tenant owes. Drafts did nothing.
fn of_invoice(
    invoice: &Invoice,
    payments: &[&Payment],
    credit_notes: &[&CreditNote],
) -> Option<Vec<Movement>> {
    let Some(finalized_at) = invoice.finalized_at.filter(|_| invoice.status != "draft") else {
        return Some(Vec::new());
    };
    let mut movements = Movements {
        invoice,
        found: Vec::new(),
    };
    movements.push(finalized_at, EntryKind::Invoice, invoice.total.unwrap_or(0));
    // What the account's credit paid, or what was too small and moved to the account.
    let applied = match invoice.ending_balance {
        Some(ending) => invoice.starting_balance.unwrap_or(0).checked_sub(ending)?,
        None => 0,
    };
    movements.push(finalized_at, EntryKind::AccountCredit, applied);
    push_payments(&mut movements, finalized_at, payments)?;
    push_credit_notes(&mut movements, credit_notes)?;
    let taken_back = movements.open()?.checked_neg()?;
    match invoice.status.as_str() {
        "void" => {
            let at = invoice.voided_at.unwrap_or(finalized_at);
            movements.push(at, EntryKind::Void, taken_back);
        }
        "uncollectible" => {
            let at = invoice.marked_uncollectible_at.unwrap_or(finalized_at);
            movements.push(at, EntryKind::WriteOff, taken_back);
        }
        _ => {}
    }
    Some(movements.found)
}

fn push_payments(
    movements: &mut Movements<'_>,
    finalized_at: i64,
    payments: &[&Payment],
) -> Option<()> {
    let invoice = movements.invoice;
    let mut paid = 0_i64;
    for payment in payments {
        let amount = payment.amount.unwrap_or(0);
        paid = paid.checked_add(amount)?;
        let document = invoice.number.as_ref().unwrap_or(&invoice.id).clone();
        let id = payment.id.clone();
        let credit = amount.checked_neg()?;
        movements.push_document(payment.created, EntryKind::Payment, document, id, credit);
    }
    // Stripe's word on what was paid decides; the books may hold other payments, or fewer.
    let other = paid.checked_sub(invoice.amount_paid.unwrap_or(0))?;
    movements.push(
        invoice.paid_at.unwrap_or(finalized_at),
        EntryKind::OtherPayment,
        other,
    );
    Some(())
}

fn push_credit_notes(movements: &mut Movements<'_>, notes: &[&CreditNote]) -> Option<()> {
    for note in notes {
        let at = note.effective_at.unwrap_or(note.created);
        let document = note.number.as_ref().unwrap_or(&note.id);
        let back = note.post_payment_amount.unwrap_or(0);
        let credited = note
            .pre_payment_amount
            .unwrap_or(0)
            .checked_add(back)?
            .checked_neg()?;
        for (kind, amount) in [
            (EntryKind::CreditNote, credited),
            (EntryKind::GivenBack, back),
        ] {
            movements.push_document(at, kind, document.clone(), note.id.clone(), amount);
        }
    }
    Some(())
}

fn with_balances(
    tenant: &Tenant,
    currency: &str,
    movements: Vec<Movement>,
    from: Option<i64>,
    to: i64,
) -> Option<Vec<Entry>> {
    let balance_row = |at, kind, balance| Entry {
        at,
        kind,
        document: String::new(),
        id: String::new(),
        currency: currency.to_owned(),
        amount: None,
        balance,
        tenant: tenant.clone(),
    };
    let start = from
        .or_else(|| movements.first().map(|first| first.at))
        .unwrap_or(to);
    let mut balance = 0_i64;
    let mut rows = Vec::with_capacity(movements.len());
    for movement in movements {
        balance = balance.checked_add(movement.amount)?;
        if movement.at < start {
            continue;
        }
        rows.push(Entry {
            at: movement.at,
            kind: movement.kind,
            document: movement.document,
            id: movement.id,
            currency: movement.currency,
            amount: Some(movement.amount),
            balance,
            tenant: tenant.clone(),
        });
    }
    let opening = match rows.first() {
        Some(first) => first.balance.checked_sub(first.amount.unwrap_or(0))?,
        None => balance,
    };
    let mut entries = vec![balance_row(start, EntryKind::Opening, opening)];
    entries.append(&mut rows);
    entries.push(balance_row(to, EntryKind::Closing, balance));
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn shown(from: Option<i64>) -> String {
        let tenant = Tenant {
            customer: "cus_1".to_owned(),
            ..Tenant::default()
        };
        let entries = statement(
            &tenant,
            &fixtures::invoices(),
            &fixtures::payments(),
            &fixtures::credit_notes(),
            from,
            fixtures::NOW,
        );
        let mut out = String::new();
        for entry in entries.unwrap() {
            out.push_str(&format!(
                "{} {} {:<16} {:<13} {:>9} {:>9}\n",
                crate::cell::utc_string(entry.at),
                entry.currency,
                entry.kind.as_str(),
                entry.document,
                entry
                    .amount
                    .map_or_else(String::new, |amount| amount.to_string()),
                entry.balance,
            ));
        }
        out
    }

    #[test]
    fn every_document_moves_the_balance() {
        insta::assert_snapshot!(shown(None));
    }

    #[test]
    fn what_came_before_is_the_opening_balance() {
        insta::assert_snapshot!(shown(Some(1_793_500_000)));
    }

    #[test]
    fn open_invoices_remain_and_nothing_else() {
        let tenant = Tenant::default();
        let invoices = fixtures::invoices();
        let entries = statement(&tenant, &invoices, &[], &[], None, fixtures::NOW).unwrap();
        for currency in ["usd", "jpy", "kwd", "eur"] {
            let closing = entries
                .iter()
                .rfind(|entry| entry.currency == currency && entry.kind == EntryKind::Closing)
                .map(|entry| entry.balance);
            let remaining: i64 = invoices
                .iter()
                .filter(|invoice| invoice.currency == currency && invoice.status == "open")
                .filter_map(|invoice| invoice.amount_remaining)
                .sum();
            assert_eq!(closing, Some(remaining), "{currency}");
        }
    }
}
