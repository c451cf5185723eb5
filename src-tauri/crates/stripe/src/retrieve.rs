//! Reads one object by its id, in the same expansion in which its list brings it.

use stripe_client_core::{RequestBuilder, StripeRequest};

use crate::error::Error;
use crate::gateway::Gateway;
use crate::request::{Answer, Request};

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
    /// An event.
    Event,
}

fn built(object: Object, id: &str) -> RequestBuilder {
    use stripe_billing::{credit_note, invoice, invoice_payment, subscription};
    use stripe_core::{charge, customer, event, payment_intent};
    use stripe_product::{coupon, price, product, tax_rate};

    let on_subscription = vec![
        "discounts.source.coupon".to_owned(),
        "items.data.discounts".to_owned(),
    ];
    let on_invoice = vec!["discounts.source.coupon".to_owned()];
    match object {
        Object::Product => product::RetrieveProduct::new(id).build(),
        Object::Price => price::RetrievePrice::new(id)
            .expand(vec!["tiers".to_owned(), "currency_options".to_owned()])
            .build(),
        Object::Coupon => coupon::RetrieveCoupon::new(id).build(),
        Object::TaxRate => tax_rate::RetrieveTaxRate::new(id).build(),
        Object::Customer => customer::RetrieveCustomer::new(id).build(),
        Object::Subscription => subscription::RetrieveSubscription::new(id)
            .expand(on_subscription)
            .build(),
        Object::Invoice => invoice::RetrieveInvoice::new(id).expand(on_invoice).build(),
        Object::InvoicePayment => invoice_payment::RetrieveInvoicePayment::new(id).build(),
        Object::PaymentIntent => payment_intent::RetrievePaymentIntent::new(id).build(),
        Object::Charge => charge::RetrieveCharge::new(id).build(),
        Object::CreditNote => credit_note::RetrieveCreditNote::new(id).build(),
        Object::Event => event::RetrieveEvent::new(id).build(),
    }
}

impl Gateway {
    /// Reads one object; a deleted customer comes as `{id, object, deleted: true}`.
    ///
    /// # Errors
    /// [`Error`] of the last attempt; `is_missing_resource()` when there is no such object.
    pub async fn retrieve(&self, object: Object, id: &str) -> Result<Answer, Error> {
        self.send(&Request::from_builder(built(object, id), None)?)
            .await
    }
}
