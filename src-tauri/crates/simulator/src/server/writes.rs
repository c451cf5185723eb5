//! The requests that change something.

use std::sync::Arc;

use crate::account::Account;
use crate::company::changes::{Proration, put_item};
use crate::company::life::{self, Life};
use crate::events::{Cause, EventKind};
use crate::ids::Kind;
use crate::json::Pen;
use crate::model::*;
use crate::random::Random;
use crate::render::Expand;
use crate::server::answer::Refusal;
use crate::server::params::Params;
use crate::server::retrieve::{expand, found, object};
use crate::server::routes::{Operation, Route};

/// The most seats of one item.
const MAX_QUANTITY: i64 = 1_000_000;

/// Carries out a write and answers with the object as it is then. A refusal changes nothing.
pub(crate) fn write(
    account: &mut Account,
    route: &Route,
    mut params: Params,
    cause: Cause,
) -> Result<Vec<u8>, Refusal> {
    let expand = expand(&mut params, "")?;
    account.acting = Some(Arc::new(cause));
    let done = carry_out(account, route, params);
    account.stripe_acts();
    let (kind, serial) = done?;
    let customer = match kind {
        Kind::Subscription => account.subscription(serial).customer,
        _ => serial,
    };
    life::run(account, customer, account.now);
    account.settle();
    Ok(written(account, kind, serial, &expand))
}

fn carry_out(account: &mut Account, route: &Route, params: Params) -> Result<(Kind, u32), Refusal> {
    Ok(match route.operation {
        Operation::CreateCustomer => (Kind::Customer, create_customer(account, params)?),
        Operation::UpdateCustomer => (Kind::Customer, update_customer(account, route, params)?),
        Operation::UpdateSubscription => (
            Kind::Subscription,
            update_subscription(account, route, params)?,
        ),
        _ => (
            Kind::Subscription,
            cancel_subscription(account, route, params)?,
        ),
    })
}

fn written(account: &Account, kind: Kind, serial: u32, expand: &Expand) -> Vec<u8> {
    let mut pen = Pen::new(&account.ids, 8_192);
    object(&mut pen, account, kind, serial, expand);
    pen.out
}

/// What a request may say about a customer.
struct CustomerFields {
    name: Option<String>,
    email: Option<String>,
    description: Option<String>,
    metadata: Vec<(String, String)>,
}

impl CustomerFields {
    fn take(mut params: Params) -> Result<Self, Refusal> {
        let fields = Self {
            name: params.take("name"),
            email: params.take("email"),
            description: params.take("description"),
            metadata: params.take_map("metadata"),
        };
        params.finish()?;
        Ok(fields)
    }

    /// Puts the fields on `customer`.
    fn apply(self, customer: &mut Customer) {
        let name = self.name.map_or_else(|| customer.name.clone(), Into::into);
        let email = self
            .email
            .map_or_else(|| customer.email.clone(), Into::into);
        if (&name, &email) != (&customer.name, &customer.email) {
            customer.rename(name, email);
        }
        if let Some(description) = self.description {
            customer.description = (!description.is_empty()).then(|| description.into());
        }
        merge(&mut customer.metadata, self.metadata);
    }
}

/// Sets the given keys; an empty value takes its key away.
fn merge(metadata: &mut Vec<(Box<str>, Box<str>)>, entries: Vec<(String, String)>) {
    for (key, value) in entries {
        metadata.retain(|(known, _)| **known != *key);
        if !value.is_empty() {
            metadata.push((key.into(), value.into()));
        }
    }
}

fn create_customer(account: &mut Account, params: Params) -> Result<u32, Refusal> {
    let fields = CustomerFields::take(params)?;
    let created = account.now;
    let stream = account.customers.len() as u64 + 1;
    let mut customer = Customer::new(created, 0, Currency::Usd);
    fields.apply(&mut customer);
    let serial = account.add_customer(customer);
    account
        .lives
        .push(Life::asleep(Random::new(account.seed, stream)));
    account.happened(created, EventKind::CustomerCreated, serial);
    Ok(serial)
}

fn update_customer(account: &mut Account, route: &Route, params: Params) -> Result<u32, Refusal> {
    let serial = found(account, Kind::Customer, &route.id)?;
    if account.customer(serial).deleted {
        return Err(Refusal::missing("customer", &route.id));
    }
    let fields = CustomerFields::take(params)?;
    let held = account.held(account.now, Kind::Customer, serial);
    fields.apply(&mut account.customers[serial as usize]);
    account.changed(EventKind::CustomerUpdated, held);
    Ok(serial)
}

/// What a request may say about a subscription.
struct SubscriptionFields {
    /// Which item becomes what.
    items: Vec<(usize, Item)>,
    proration: Proration,
    at: u32,
    leave: Option<bool>,
    metadata: Vec<(String, String)>,
}

impl SubscriptionFields {
    fn take(account: &Account, serial: u32, mut params: Params) -> Result<Self, Refusal> {
        let subscription = account.subscription(serial);
        let mut items = Vec::new();
        for index in 0..20 {
            let id = params.take(&format!("items[{index}][id]"));
            let quantity = params.take_integer(&format!("items[{index}][quantity]"))?;
            let price = params.take(&format!("items[{index}][price]"));
            if id.is_none() && quantity.is_none() && price.is_none() {
                break;
            }
            let name = format!("items[{index}][id]");
            let id = id.ok_or_else(|| Refusal::required_param(&name))?;
            let found = account.find(Kind::SubscriptionItem, &id);
            let place = subscription
                .items
                .iter()
                .position(|it| Some(it.serial) == found);
            let missing = || Refusal::missing_param("subscription_item", &id, &name);
            let place = place.ok_or_else(missing)?;
            let mut item = subscription.items[place];
            if let Some(price) = price {
                let name = format!("items[{index}][price]");
                let known = account.find(Kind::Price, &price);
                let missing = || Refusal::missing_param("price", &price, &name);
                item.price = known.ok_or_else(missing)? as u16;
                // Another price resets the quantity unless one is given.
                item.quantity = 1;
            }
            if let Some(quantity) = quantity {
                if !(0..=MAX_QUANTITY).contains(&quantity) {
                    let name = format!("items[{index}][quantity]");
                    return Err(Refusal::invalid_integer(&name, &quantity.to_string()));
                }
                item.quantity = quantity as u32;
            }
            items.push((place, item));
        }
        let proration = match params.take("proration_behavior").as_deref() {
            None | Some("create_prorations") => Proration::Pending,
            Some("always_invoice") => Proration::AtOnce,
            Some("none") => Proration::None,
            Some(other) => {
                let allowed = "create_prorations, always_invoice, or none";
                return Err(Refusal::invalid_value("proration_behavior", other, allowed));
            }
        };
        let (from, to) = (subscription.period_start, subscription.period_end);
        let at = params
            .take_integer("proration_date")?
            .unwrap_or(i64::from(account.now));
        let at = u32::try_from(at).unwrap_or(from).clamp(from, to);
        let leave = params.take_bool("cancel_at_period_end")?;
        let metadata = params.take_map("metadata");
        params.take("payment_behavior");
        params.take("off_session");
        params.finish()?;
        Ok(Self {
            items,
            proration,
            at,
            leave,
            metadata,
        })
    }
}

fn update_subscription(
    account: &mut Account,
    route: &Route,
    params: Params,
) -> Result<u32, Refusal> {
    let serial = found(account, Kind::Subscription, &route.id)?;
    let fields = SubscriptionFields::take(account, serial, params)?;
    let is_canceled = account.subscription(serial).status == SubscriptionStatus::Canceled;
    if is_canceled && (!fields.items.is_empty() || fields.leave.is_some()) {
        return Err(Refusal::canceled_subscription());
    }
    let now = account.now;
    for (place, item) in fields.items {
        put_item(account, serial, fields.at, place, item, fields.proration);
    }
    match fields.leave {
        Some(true) => crate::company::changes::leave(account, serial, now),
        Some(false) => crate::company::changes::stay(account, serial, now),
        None => {}
    }
    if !fields.metadata.is_empty() {
        let held = account.held(now, Kind::Subscription, serial);
        merge(
            &mut account.subscriptions[serial as usize].metadata,
            fields.metadata,
        );
        account.changed(EventKind::SubscriptionUpdated, held);
    }
    Ok(serial)
}

fn cancel_subscription(
    account: &mut Account,
    route: &Route,
    mut params: Params,
) -> Result<u32, Refusal> {
    let serial = found(account, Kind::Subscription, &route.id)?;
    if account.subscription(serial).status == SubscriptionStatus::Canceled {
        return Err(Refusal::missing("subscription", &route.id));
    }
    params.take_bool("prorate")?;
    params.take_bool("invoice_now")?;
    params.take_map("cancellation_details");
    params.finish()?;
    let now = account.now;
    life::end(account, serial, now, CancelReason::Requested(4));
    Ok(serial)
}
