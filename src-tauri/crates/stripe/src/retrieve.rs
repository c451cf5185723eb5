//! Reads one object by its id, in the same expansion in which its list brings it.

use bytes::Bytes;
use serde::Deserialize;
use stripe_client_core::{RequestBuilder, StripeRequest};

use crate::error::Error;
use crate::gateway::Gateway;
use crate::list::List;
use crate::request::Request;

/// The code with which Stripe says that there is no such object.
const MISSING: &str = "resource_missing";

/// An object that can be read by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Object {
    /// A product.
    Product,
    /// A price.
    Price,
    /// A coupon.
    Coupon,
    /// A tax rate.
    TaxRate,
    /// A customer.
    Customer,
    /// A subscription.
    Subscription,
    /// An invoice.
    Invoice,
    /// An invoice payment.
    InvoicePayment,
    /// A payment intent.
    PaymentIntent,
    /// A charge.
    Charge,
    /// A credit note.
    CreditNote,
    /// A refund.
    Refund,
    /// A dispute.
    Dispute,
    /// A grant of credits.
    CreditGrant,
    /// A movement of credits.
    CreditBalanceTransaction,
    /// A meter.
    Meter,
    /// A promotion code.
    PromotionCode,
    /// A schedule.
    SubscriptionSchedule,
    /// An invoice item.
    InvoiceItem,
    /// An entry in Stripe's balance of the account.
    BalanceTransaction,
    /// A payout.
    Payout,
    /// A test clock.
    TestClock,
    /// A payment method; no list of the account brings it.
    PaymentMethod,
    /// An event.
    Event,
}

impl Object {
    /// The object that a list lists.
    pub const fn of(list: List) -> Self {
        match list {
            List::Products => Self::Product,
            List::Prices => Self::Price,
            List::Coupons => Self::Coupon,
            List::TaxRates => Self::TaxRate,
            List::Customers => Self::Customer,
            List::Subscriptions => Self::Subscription,
            List::Invoices | List::OpenInvoices => Self::Invoice,
            List::InvoicePayments => Self::InvoicePayment,
            List::PaymentIntents => Self::PaymentIntent,
            List::Charges => Self::Charge,
            List::CreditNotes => Self::CreditNote,
            List::Refunds => Self::Refund,
            List::Disputes => Self::Dispute,
            List::CreditGrants => Self::CreditGrant,
            List::CreditBalanceTransactions => Self::CreditBalanceTransaction,
            List::Meters => Self::Meter,
            List::PromotionCodes => Self::PromotionCode,
            List::SubscriptionSchedules => Self::SubscriptionSchedule,
            List::InvoiceItems => Self::InvoiceItem,
            List::BalanceTransactions => Self::BalanceTransaction,
            List::Payouts => Self::Payout,
            List::TestClocks => Self::TestClock,
            List::Events => Self::Event,
        }
    }
}

fn built(object: Object, id: &str) -> RequestBuilder {
    use stripe_billing::{credit_note, invoice, invoice_payment, subscription};
    use stripe_core::{charge, customer, event, payment_intent};
    use stripe_product::{coupon, price, product, tax_rate};

    let expanded = |list: List| -> Vec<String> {
        let fields = list.expansions().iter();
        fields.map(|field| (*field).to_owned()).collect()
    };
    match object {
        Object::Product => product::RetrieveProduct::new(id).build(),
        Object::Price => price::RetrievePrice::new(id)
            .expand(expanded(List::Prices))
            .build(),
        Object::Coupon => coupon::RetrieveCoupon::new(id)
            .expand(expanded(List::Coupons))
            .build(),
        Object::TaxRate => tax_rate::RetrieveTaxRate::new(id).build(),
        Object::Customer => customer::RetrieveCustomer::new(id).build(),
        Object::Subscription => subscription::RetrieveSubscription::new(id)
            .expand(expanded(List::Subscriptions))
            .build(),
        Object::Invoice => invoice::RetrieveInvoice::new(id)
            .expand(expanded(List::Invoices))
            .build(),
        Object::InvoicePayment => invoice_payment::RetrieveInvoicePayment::new(id).build(),
        Object::PaymentIntent => payment_intent::RetrievePaymentIntent::new(id).build(),
        Object::Charge => charge::RetrieveCharge::new(id).build(),
        Object::CreditNote => credit_note::RetrieveCreditNote::new(id).build(),
        Object::Event => event::RetrieveEvent::new(id).build(),
        Object::Refund
        | Object::Dispute
        | Object::CreditGrant
        | Object::CreditBalanceTransaction
        | Object::Meter
        | Object::PromotionCode
        | Object::SubscriptionSchedule
        | Object::InvoiceItem
        | Object::BalanceTransaction
        | Object::Payout
        | Object::TestClock
        | Object::PaymentMethod => built_other(object, id),
    }
}

/// The objects beside invoices and their payments.
fn built_other(object: Object, id: &str) -> RequestBuilder {
    use stripe_billing::billing_credit_balance_transaction::RetrieveBillingCreditBalanceTransaction;
    use stripe_billing::billing_credit_grant::RetrieveBillingCreditGrant;
    use stripe_billing::billing_meter::RetrieveBillingMeter;
    use stripe_billing::test_helpers_test_clock::RetrieveTestHelpersTestClock;
    use stripe_billing::{invoice_item, subscription_schedule};
    use stripe_core::{balance_transaction, dispute, payout, refund};
    use stripe_payment::payment_method;
    use stripe_product::promotion_code;

    match object {
        Object::Refund => refund::RetrieveRefund::new(id).build(),
        Object::Dispute => dispute::RetrieveDispute::new(id).build(),
        Object::CreditGrant => RetrieveBillingCreditGrant::new(id).build(),
        Object::CreditBalanceTransaction => {
            RetrieveBillingCreditBalanceTransaction::new(id).build()
        }
        Object::Meter => RetrieveBillingMeter::new(id).build(),
        Object::PromotionCode => promotion_code::RetrievePromotionCode::new(id).build(),
        Object::SubscriptionSchedule => {
            subscription_schedule::RetrieveSubscriptionSchedule::new(id).build()
        }
        Object::InvoiceItem => invoice_item::RetrieveInvoiceItem::new(id).build(),
        Object::Payout => payout::RetrievePayout::new(id).build(),
        Object::TestClock => RetrieveTestHelpersTestClock::new(id).build(),
        Object::PaymentMethod => payment_method::RetrievePaymentMethod::new(id).build(),
        _ => balance_transaction::RetrieveBalanceTransaction::new(id).build(),
    }
}

/// What a read of one object brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retrieved {
    /// The object as it is.
    Found(Reading),
    /// Stripe has deleted it and says only that: `{id, object, deleted: true}`.
    Deleted(Reading),
    /// Stripe knows no object with this id, any more or at all.
    Missing {
        /// The `Date` header in UTC seconds: what that is as of.
        date: Option<i64>,
        /// The `Request-Id` header.
        request_id: Option<String>,
    },
}

/// One object as Stripe wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Its JSON.
    pub json: Bytes,
    /// The `Date` header in UTC seconds: what it is as of.
    pub date: Option<i64>,
    /// The `Request-Id` header.
    pub request_id: Option<String>,
}

/// A customer's own objects that have no address of their own.
impl Gateway {
    /// Reads what a customer has left of its credits for metered prices, as Stripe computes it.
    ///
    /// # Errors
    /// [`Error`] of the last attempt.
    pub async fn credit_balance_summary(&self, customer: &str) -> Result<Reading, Error> {
        use stripe_billing::billing_credit_balance_summary as summary;
        use summary::{
            RetrieveForMyAccountBillingCreditBalanceSummary as Retrieve,
            RetrieveForMyAccountBillingCreditBalanceSummaryFilter as Filter,
            RetrieveForMyAccountBillingCreditBalanceSummaryFilterApplicabilityScope as Scope,
            RetrieveForMyAccountBillingCreditBalanceSummaryFilterApplicabilityScopePriceType as Price,
            RetrieveForMyAccountBillingCreditBalanceSummaryFilterType as By,
        };
        let mut scope = Scope::new();
        scope.price_type = Some(Price::Metered);
        let mut filter = Filter::new(By::ApplicabilityScope);
        filter.applicability_scope = Some(scope);
        let built = Retrieve::new(filter).customer(customer).build();
        self.reading(&Request::from_builder(built, None)?).await
    }

    /// Reads an older way to pay that a customer keeps: a card, an account or a source.
    ///
    /// # Errors
    /// [`Error`] of the last attempt.
    pub async fn payment_source(&self, customer: &str, id: &str) -> Result<Reading, Error> {
        use stripe_core::payment_source::RetrievePaymentSource;
        let built = RetrievePaymentSource::new(customer, id).build();
        self.reading(&Request::from_builder(built, None)?).await
    }

    async fn reading(&self, request: &Request) -> Result<Reading, Error> {
        let answer = self.send(request).await?;
        Ok(Reading {
            json: answer.body,
            date: answer.date,
            request_id: answer.request_id,
        })
    }
}

/// What has to be known of an answer; everything else is the decoders' matter.
#[derive(Deserialize)]
struct Stub {
    id: String,
    #[serde(default)]
    deleted: bool,
}

/// Whether the answer is an object, and one that is gone.
fn read(body: &Bytes) -> Result<bool, String> {
    let stub: Stub = serde_json::from_slice(body).map_err(|_| "it is no object".to_owned())?;
    match stub.id.is_empty() {
        true => Err("it has no id".to_owned()),
        false => Ok(stub.deleted),
    }
}

impl Gateway {
    /// Reads one object as it is now, expanded as its list expands it.
    ///
    /// # Errors
    /// [`Error`] of the last attempt. An object that does not exist is [`Retrieved::Missing`].
    pub async fn retrieve(&self, object: Object, id: &str) -> Result<Retrieved, Error> {
        let request = Request::from_builder(built(object, id), None)?;
        match self.send_and_read(&request, read).await {
            Ok((deleted, answer)) => {
                let reading = Reading {
                    json: answer.body,
                    date: answer.date,
                    request_id: answer.request_id,
                };
                Ok(match deleted {
                    true => Retrieved::Deleted(reading),
                    false => Retrieved::Found(reading),
                })
            }
            // Stripe names the object: an address that does not exist says nothing of an object.
            Err(Error::Api(error)) if error.code.as_deref() == Some(MISSING) => {
                Ok(Retrieved::Missing {
                    date: error.date,
                    request_id: error.request_id,
                })
            }
            Err(error) => Err(error),
        }
    }
}
