//! Plans: the catalogue, what prices stand for, the tenants' own allowances. Every decision can be
//! looked at before it is written; a ledger entry says what was decided.

mod catalogue;

use std::collections::BTreeMap;
use std::sync::Arc;

use billing::usage::{AI_CREDIT, Catalogue, PriceFacts, Proposal, Quantity};
use books::{ChangeKind, Decision, NewChange};
use chrono::{Days, NaiveDate};

use crate::answers::{
    AllowanceChangeView, AllowanceRequest, Count, Decided, PlanChange, PlanPriceView, Plans,
    PriceMapping, PriceStanding, UnixSeconds,
};
use crate::context::{Inner, Open};
use crate::reading::{day, tables::count};
use crate::{Error, Result};

use catalogue::{changed, plan_differences, plan_views};

/// Prices that a preview names one by one.
const NAMED_PRICES: usize = 12;

impl Open {
    /// Brings states of use up to date where these books can be written, and gives the company's
    /// day.
    pub(crate) async fn usage_ready(&self, now: i64) -> Result<NaiveDate> {
        let zone = self.zone();
        let today = billing::period::day_of(now, zone);
        if !self.read_only {
            self.books.set_zone(zone).await?;
            self.books.bring_usage_up_to_date(today).await?;
        }
        Ok(today)
    }
}

impl Inner {
    pub async fn plans(self: &Arc<Self>) -> Result<Plans> {
        let open = self.open().await?;
        let today = open.usage_ready(self.now()).await?;
        let catalogue = open.books.plan_catalogue().await?;
        let prices = open.books.plan_prices().await?;
        let prices: Vec<PlanPriceView> = prices
            .into_iter()
            .map(|it| price_view(it, &catalogue))
            .collect();
        let open_ones = prices
            .iter()
            .filter(|it| it.standing != PriceStanding::Confirmed && it.subscriptions.0 > 0);
        let changes = open.books.allowance_changes(None).await?;
        Ok(Plans {
            unconfirmed: Count(open_ones.count() as u64),
            plans: plan_views(&catalogue, today),
            prices,
            changes: changes.into_iter().map(change_view).collect(),
        })
    }

    pub async fn set_plan(self: &Arc<Self>, change: PlanChange, apply: bool) -> Result<Decided> {
        const WHAT: &str = "The plan was not changed";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let today = open.usage_ready(self.now()).await?;
        let from = day("from", change.from.as_deref())?.unwrap_or(today);
        let mut catalogue = open.books.plan_catalogue().await?;
        let before = catalogue
            .at(&change.key, from)
            .map(|(_, plan)| plan.clone());
        let after = changed(before.as_ref(), &change)?;
        catalogue
            .set(&change.key, from, after.clone())
            .map_err(|error| Error::invalid("plan", WHAT, error.to_string()))?;
        let mut words = plan_differences(before.as_ref(), &after);
        if words.is_empty() {
            return Err(Error::invalid("plan", WHAT, "It would be as it is"));
        }
        let holders = open.books.plan_holders(&change.key).await?;
        let whom = match holders {
            0 => "No tenant has this plan now".to_owned(),
            1 => "One tenant has this plan now".to_owned(),
            more => format!("{more} tenants have this plan now"),
        };
        words.insert(0, format!("Plan {}, from {from} on:", change.key));
        words.push(format!(
            "{whom}; periods before {from} keep the limits of their time."
        ));
        if !apply {
            return Ok(preview(words));
        }
        let by = self.decision();
        let entry = open.books.set_plan(&change.key, from, &after, by).await?;
        Ok(written(words, entry))
    }

    pub async fn map_prices(self: &Arc<Self>, given: PriceMapping, apply: bool) -> Result<Decided> {
        const WHAT: &str = "The mapping was not changed";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let catalogue = open.books.plan_catalogue().await?;
        let known = open.books.plan_prices().await?;
        let views: BTreeMap<String, PlanPriceView> = known
            .into_iter()
            .map(|it| (it.id.clone(), price_view(it, &catalogue)))
            .collect();
        let mut prices = BTreeMap::new();
        if given.proposed {
            let proposed = views
                .values()
                .filter(|it| it.standing == PriceStanding::Proposed);
            prices.extend(proposed.map(|it| (it.id.clone(), it.plan.clone())));
        }
        for (id, plan) in given.prices {
            if let Some(key) = plan.as_deref().filter(|key| !catalogue.has(key)) {
                let why = format!("There is no plan “{key}”");
                let keys: Vec<&str> = catalogue.keys().collect();
                return Err(Error::invalid("plan", WHAT, why)
                    .then(format!("Choose {} or none", keys.join(", "))));
            }
            prices.insert(id, plan);
        }
        for id in prices.keys().chain(&given.removed) {
            if !views.contains_key(id) {
                let why = format!("{id} is no recurring price of these books");
                return Err(Error::invalid("price", WHAT, why).then("See them with plan list"));
            }
        }
        if prices.is_empty() && given.removed.is_empty() {
            let why = "Nothing was chosen, and nothing is proposed";
            return Err(Error::invalid("price", WHAT, why));
        }
        let words = mapping_words(&prices, &given.removed, &views);
        if !apply {
            return Ok(preview(words));
        }
        let entry = open
            .books
            .map_prices(&prices, &given.removed, self.decision())
            .await?;
        open.usage_ready(self.now()).await?;
        Ok(written(words, entry))
    }

    pub async fn change_allowance(
        self: &Arc<Self>,
        request: AllowanceRequest,
        apply: bool,
    ) -> Result<Decided> {
        const WHAT: &str = "The allowance was not changed";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let today = open.usage_ready(self.now()).await?;
        let change = new_change(request, today)?;
        let story = open
            .books
            .usage_story(&change.customer, &change.usage_type, today, 0)
            .await?;
        let state = &story.state;
        let words = vec![
            format!(
                "Now, from {} to {}: allowance {}, used {}.",
                state.period.start,
                state.period.last_day(),
                crate::usage_reading::allowed_words(state.allowed),
                crate::usage_reading::quantity_words(state.used),
            ),
            change_words(&change),
        ];
        if !apply {
            return Ok(preview(words));
        }
        let entry = open
            .books
            .change_allowance(&change, self.decision())
            .await?;
        open.usage_ready(self.now()).await?;
        Ok(written(words, entry))
    }

    pub async fn end_allowance(
        self: &Arc<Self>,
        number: u64,
        last: Option<String>,
        apply: bool,
    ) -> Result<Decided> {
        const WHAT: &str = "The allowance was not ended";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let today = open.usage_ready(self.now()).await?;
        let last = day("on", last.as_deref())?.unwrap_or(today);
        let num = i64::try_from(number).unwrap_or(i64::MAX);
        let changes = open.books.allowance_changes(None).await?;
        let found = changes
            .into_iter()
            .find(|it| it.num == num)
            .ok_or_else(|| {
                let why = format!("There is none of the number {number}");
                Error::invalid("number", WHAT, why).then("See them with plan list")
            })?;
        let to = next_day(last);
        if found.to.is_some_and(|held| held <= to) || to <= found.from {
            let why = format!(
                "It holds from {} and would have to end before its own end",
                found.from
            );
            return Err(Error::invalid("on", WHAT, why));
        }
        let view = change_view(found);
        let words = vec![format!(
            "The {} of {} for {} ({} {}) ends: {last} is its last day. What was drawn of it stays.",
            kind_words(&view.kind),
            view.quantity,
            view.tenant,
            view.usage_type,
            view.customer,
        )];
        if !apply {
            return Ok(preview(words));
        }
        let entry = open.books.end_allowance(num, to, self.decision()).await?;
        open.usage_ready(self.now()).await?;
        Ok(written(words, entry))
    }

    fn decision(&self) -> Decision<'_> {
        Decision {
            author: &self.config.author,
            at: self.now(),
        }
    }
}

/// A decision about plans in the words of the ledger's list; none for any other entry.
pub(crate) fn ledger_words(kind: &str, payload: &serde_json::Value) -> Option<String> {
    let text = |name: &str| payload.get(name).and_then(|it| it.as_str()).unwrap_or("?");
    let length = |name: &str| {
        let found = payload.get(name);
        let items = found.and_then(|it| it.as_array()).map(Vec::len);
        items.or_else(|| {
            found
                .and_then(|it| it.as_object())
                .map(serde_json::Map::len)
        })
    };
    Some(match kind {
        "plan.set" => format!(
            "Wrote the plan {} as it holds from {}",
            text("plan"),
            text("from")
        ),
        "plan.mapped" => format!(
            "Confirmed the plans of {} prices, took back {}",
            length("prices").unwrap_or(0),
            length("removed").unwrap_or(0)
        ),
        "allowance.changed" => format!(
            "Gave {} an allowance of its own: {} of {} {} from {}",
            text("customer"),
            kind_words(text("kind")),
            text("quantity"),
            text("type"),
            text("from")
        ),
        "allowance.ended" => format!(
            "Ended the allowance of entry {} of {} by {}",
            payload
                .get("change")
                .and_then(serde_json::Value::as_i64)
                .unwrap_or_default(),
            text("customer"),
            text("to")
        ),
        _ => return None,
    })
}

fn preview(words: Vec<String>) -> Decided {
    Decided {
        written: false,
        words,
        entry: None,
    }
}

fn written(words: Vec<String>, entry: i64) -> Decided {
    Decided {
        written: true,
        words,
        entry: Some(count(entry)),
    }
}

pub(crate) fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

fn new_change(request: AllowanceRequest, today: NaiveDate) -> Result<NewChange> {
    const WHAT: &str = "The allowance was not changed";
    let kind = ChangeKind::named(&request.kind).ok_or_else(|| {
        Error::invalid(
            "kind",
            WHAT,
            format!("“{}” is no kind of allowance", request.kind),
        )
        .then("Choose override, top_up or rollover")
    })?;
    let quantity = match request.quantity.as_str() {
        "unlimited" if kind == ChangeKind::Override => None,
        text => Some(
            Quantity::parse(text)
                .ok()
                .filter(|quantity| !quantity.is_negative())
                .ok_or_else(|| {
                    Error::invalid("quantity", WHAT, format!("“{text}” is no quantity")).then(
                        "Give a number such as 2000, with at most six decimals; an override may \
                         be unlimited",
                    )
                })?,
        ),
    };
    let needed = |place: &str, text: String| {
        let text = text.trim().to_owned();
        if text.is_empty() {
            let why = format!("A {place} is needed");
            return Err(Error::invalid(place, WHAT, why).then("The ledger keeps it"));
        }
        Ok(text)
    };
    let usage_type = match request.usage_type.trim() {
        "" => AI_CREDIT.to_owned(),
        name => name.to_owned(),
    };
    let from = day("from", request.from.as_deref())?.unwrap_or(today);
    let to = day("to", request.to.as_deref())?.map(next_day);
    if to.is_some_and(|to| to <= from) {
        return Err(Error::invalid(
            "to",
            WHAT,
            "Its last day is before its first",
        ));
    }
    Ok(NewChange {
        kind,
        customer: request.customer.trim().to_owned(),
        usage_type,
        from,
        to,
        quantity,
        reason: needed("reason", request.reason)?,
        requester: needed("requester", request.requester)?,
    })
}

fn change_words(change: &NewChange) -> String {
    let until = match change.to {
        Some(to) => format!("to {}", day_before(to)),
        None => "without an end".to_owned(),
    };
    let quantity = change
        .quantity
        .map_or("unlimited".to_owned(), Quantity::grouped_string);
    match change.kind {
        ChangeKind::Override => format!(
            "An override sets the allowance to {quantity} from {} {until}: a higher one counts at \
             once, a lower one from the next period.",
            change.from
        ),
        ChangeKind::TopUp | ChangeKind::Rollover => format!(
            "{quantity} extra units from {} {until}: they are used after the plan's own, and what \
             is left at the end expires.",
            change.from
        ),
    }
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "top_up" => "top-up",
        other => other,
    }
}

pub(crate) fn change_view(change: books::AllowanceChange) -> AllowanceChangeView {
    AllowanceChangeView {
        number: count(change.num),
        kind: change.kind.name().to_owned(),
        customer: change.customer,
        tenant: change.tenant,
        usage_type: change.usage_type,
        from: change.from.to_string(),
        to: change.to.map(|to| day_before(to).to_string()),
        quantity: change
            .quantity
            .map_or("unlimited".to_owned(), |quantity| quantity.to_string()),
        reason: change.reason,
        requester: change.requester,
        author: change.author,
        at: UnixSeconds(change.at),
        ended: change.ended.is_some(),
    }
}

pub(crate) fn price_view(price: books::PlanPrice, catalogue: &Catalogue) -> PlanPriceView {
    let facts = PriceFacts {
        product_name: &price.product_name,
        metadata_plan: price.metadata_plan.as_deref(),
        lookup_key: price.lookup_key.as_deref(),
        metered: price.metered,
        one_time: price.interval.is_none(),
    };
    let (standing, plan, because) = if price.confirmed {
        (PriceStanding::Confirmed, price.plan, None)
    } else {
        match catalogue.propose(facts) {
            Some(Proposal::Plan { key, because }) => {
                (PriceStanding::Proposed, Some(key), Some(because.to_owned()))
            }
            Some(Proposal::NoPlan { because }) => {
                (PriceStanding::Proposed, None, Some(because.to_owned()))
            }
            None => (PriceStanding::Unmapped, None, None),
        }
    };
    PlanPriceView {
        id: price.id,
        product: price.product_name,
        label: price.nickname.or(price.lookup_key),
        currency: price.currency.to_ascii_uppercase(),
        interval: price.interval,
        subscriptions: count(price.subscriptions),
        standing,
        plan,
        because,
    }
}

fn mapping_words(
    prices: &BTreeMap<String, Option<String>>,
    removed: &[String],
    views: &BTreeMap<String, PlanPriceView>,
) -> Vec<String> {
    let named = |id: &String| {
        let view = views.get(id);
        let label = view.map(|it| {
            let interval = it.interval.as_deref().unwrap_or("once");
            format!(
                "{} ({}, {interval}, {} subscriptions)",
                it.product, it.currency, it.subscriptions.0
            )
        });
        label.map_or_else(|| id.clone(), |label| format!("{id}, {label}"))
    };
    let mut words: Vec<String> = prices
        .iter()
        .map(|(id, plan)| match plan {
            Some(key) => format!("{} stands for the plan {key}", named(id)),
            None => format!("{} stands for no plan", named(id)),
        })
        .chain(
            removed
                .iter()
                .map(|id| format!("{} is no longer mapped", named(id))),
        )
        .collect();
    if words.len() > NAMED_PRICES {
        let more = words.len() - NAMED_PRICES;
        words.truncate(NAMED_PRICES);
        words.push(format!("and {more} more"));
    }
    words
}
