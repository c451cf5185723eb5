//! Projections: what the newest state of every object says, one file a table. Everything here can
//! be built again from the history.

mod catalogue;
mod children;
mod customer;
mod invoice;
mod payments;
mod plain;
mod replay;
pub(crate) mod storage;
mod subscription;

use std::collections::BTreeSet;

use crate::record::Record;
use objects::Row;
use sqlx::SqliteConnection;

use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::prepare::{Facts, Item};
use crate::settle;

pub(crate) use replay::{rebuild_all, reproject};
use storage::{Layout, Words};
pub(crate) use storage::{selected, selected_some};

/// One row to be shown: which item of the batch, and the numbers it stands under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projection {
    /// Position in the batch.
    pub(crate) item: usize,
    /// The object's number.
    pub(crate) num: i64,
    /// Numbers of the objects that it refers to, in the order of its kind.
    pub(crate) refers: [Option<i64>; 2],
    /// A row, or children, stood there before.
    pub(crate) replaces: bool,
}

/// What a write touched, so that what is derived from it can follow.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Customers whose own row, subscriptions or items changed.
    pub(crate) customers: BTreeSet<i64>,
    /// Subscriptions whose items changed.
    pub(crate) subscriptions: BTreeSet<i64>,
    /// Invoices whose text may have changed.
    pub(crate) invoices: BTreeSet<i64>,
    /// Ids of products, prices and coupons that changed.
    pub(crate) catalogue: BTreeSet<String>,
}

/// The statement of a table whose rows stand under an object's number, every field as it is.
fn table_statement<R: Record>(after: &[&'static str]) -> Statement {
    Layout::new::<R>(&["num"], after).statement
}

/// Adds the fields of such a row.
fn record<R: Record>(rows: &mut Rows<'_>, record: R) {
    record.into_cells(&mut |cell| rows.cell(cell));
}

/// The rows of a batch on their way into every table.
struct Writers {
    words: Words,
    customer: customer::Writer,
    catalogue: catalogue::Writer,
    subscription: subscription::Writer,
    invoice: invoice::Writer,
    payments: payments::Writer,
    children: children::Writer,
    plain: plain::Writer,
}

impl Writers {
    fn new(words: Words) -> Self {
        Self {
            words,
            customer: customer::Writer::new(),
            catalogue: catalogue::Writer::new(),
            subscription: subscription::Writer::new(),
            invoice: invoice::Writer::new(),
            payments: payments::Writer::new(),
            children: children::Writer::new(),
            plain: plain::Writer::default(),
        }
    }

    async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: Row,
        facts: Facts,
        touched: &mut Touched,
    ) -> Result<()> {
        touched.note(&row, at);
        match row {
            Row::Customer(row) => self.customer.put(connection, at, row, facts).await,
            Row::Product(row) => self.catalogue.product(connection, at, row).await,
            Row::Price(row) => self.catalogue.price(connection, at, row).await,
            Row::PriceTiers(row) => self.catalogue.price_tiers(connection, at, row).await,
            Row::Coupon(row) => self.catalogue.coupon(connection, at, row).await,
            Row::CouponTerms(row) => self.catalogue.coupon_terms(connection, at, row).await,
            Row::Discount(row) => self.catalogue.discount(connection, at, row).await,
            Row::TaxRate(row) => self.catalogue.tax_rate(connection, at, row).await,
            Row::Subscription(row) => {
                self.subscription
                    .put(connection, at, row, &self.words)
                    .await
            }
            Row::Invoice(row) => {
                self.invoice
                    .put(connection, at, *row, facts, &self.words)
                    .await
            }
            Row::InvoicePayment(row) => self.payments.invoice_payment(connection, at, row).await,
            Row::PaymentIntent(row) => self.payments.payment_intent(connection, at, row).await,
            Row::Charge(row) => self.payments.charge(connection, at, *row).await,
            Row::CreditNote(row) => self.payments.credit_note(connection, at, row).await,
            Row::SubscriptionItems(list) => {
                self.children
                    .items(connection, at, list.rows, &self.words)
                    .await
            }
            Row::CreditNoteLines(list) => {
                self.children
                    .credit_note_lines(connection, at, list.rows)
                    .await
            }
            Row::InvoiceLines(_) => self.invoice.digest(connection, at, facts).await,
            Row::PayoutTransactions(list) => {
                self.children
                    .payout_transactions(connection, at, list.rows)
                    .await
            }
            row => self.plain.put(connection, at, row).await,
        }
    }

    async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.customer.finish(connection).await?;
        self.catalogue.finish(connection).await?;
        self.subscription.finish(connection).await?;
        self.invoice.finish(connection).await?;
        self.payments.finish(connection).await?;
        self.children.finish(connection).await?;
        self.plain.finish(connection).await
    }
}

impl Touched {
    fn note(&mut self, row: &Row, at: Projection) {
        match row {
            Row::Customer(_) => {
                self.customers.insert(at.num);
            }
            Row::Subscription(_) => {
                self.customers.extend(at.refers[0]);
                self.subscriptions.insert(at.num);
            }
            Row::SubscriptionItems(_) => {
                self.subscriptions.insert(at.num);
            }
            Row::Discount(_) => self.customers.extend(at.refers[0]),
            Row::Product(row) => {
                self.catalogue.insert(row.id.clone());
            }
            Row::Price(row) => {
                self.catalogue.insert(row.id.clone());
            }
            Row::PriceTiers(row) => {
                self.catalogue.insert(row.price.clone());
            }
            Row::Coupon(row) => {
                self.catalogue.insert(row.id.clone());
            }
            Row::CouponTerms(row) => {
                self.catalogue.insert(row.coupon.clone());
            }
            Row::Invoice(_) => {
                self.invoices.insert(at.num);
            }
            _ => {}
        }
    }
}

/// Writes the rows of a batch that are to be shown.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    items: Vec<Item>,
    projections: Vec<Projection>,
    touched: &mut Touched,
) -> Result<()> {
    children::clear(connection, &items, &projections).await?;
    let shown = projections
        .iter()
        .filter_map(|at| items.get(at.item))
        .map(|item| &item.row);
    let words = Words::of(connection, shown).await?;
    let mut items: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    let mut writers = Writers::new(words);
    for at in projections {
        if let Some(item) = items.get_mut(at.item).and_then(Option::take) {
            writers
                .put(connection, at, item.row, item.facts, touched)
                .await?;
        }
    }
    writers.finish(connection).await
}

/// Lets the tenants' figures and the text search follow what was touched.
pub(crate) async fn keep_settled(
    connection: &mut SqliteConnection,
    touched: &Touched,
) -> Result<()> {
    settle::follow(connection, touched).await
}

/// Names of the columns of every table that is projected from a record, for tests.
#[cfg(test)]
pub(crate) fn tables() -> std::collections::HashMap<&'static str, &'static [&'static str]> {
    use objects::rows::*;
    std::collections::HashMap::from([
        ("customer", CustomerRow::COLUMNS),
        ("product", ProductRow::COLUMNS),
        ("price", PriceRow::COLUMNS),
        ("price_tiers", PriceTiersRow::COLUMNS),
        ("coupon", CouponRow::COLUMNS),
        ("coupon_terms", CouponTermsRow::COLUMNS),
        ("discount", DiscountRow::COLUMNS),
        ("tax_rate", TaxRateRow::COLUMNS),
        ("subscription", SubscriptionRow::COLUMNS),
        ("subscription_item", SubscriptionItemRow::COLUMNS),
        ("invoice", InvoiceRow::COLUMNS),
        ("invoice_payment", InvoicePaymentRow::COLUMNS),
        ("payment_intent", PaymentIntentRow::COLUMNS),
        ("charge", ChargeRow::COLUMNS),
        ("credit_note", CreditNoteRow::COLUMNS),
        ("credit_note_line", CreditNoteLineRow::COLUMNS),
        ("payout_transaction", PayoutTransactionRow::COLUMNS),
        ("refund", RefundRow::COLUMNS),
        ("dispute", DisputeRow::COLUMNS),
        (
            "customer_balance_transaction",
            CustomerBalanceTransactionRow::COLUMNS,
        ),
        ("credit_grant", CreditGrantRow::COLUMNS),
        (
            "credit_balance_transaction",
            CreditBalanceTransactionRow::COLUMNS,
        ),
        ("credit_balance_summary", CreditBalanceSummaryRow::COLUMNS),
        ("meter", MeterRow::COLUMNS),
        ("promotion_code", PromotionCodeRow::COLUMNS),
        ("subscription_schedule", SubscriptionScheduleRow::COLUMNS),
        ("invoice_item", InvoiceItemRow::COLUMNS),
        ("payment_method", PaymentMethodRow::COLUMNS),
        ("payment_source", PaymentSourceRow::COLUMNS),
        ("balance_transaction", BalanceTransactionRow::COLUMNS),
        ("payout", PayoutRow::COLUMNS),
        ("test_clock", TestClockRow::COLUMNS),
    ])
}
