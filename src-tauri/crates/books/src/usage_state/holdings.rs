//! What tenants held on which days, from the versions of their subscriptions.
//!
//! A subscription is taken to have been as it was first seen since it began; a change counts from
//! the day on which the books saw it. A trial ends on its own day, whether or not Stripe told of
//! it yet. A paused subscription is one of Stripe's status `paused`, or one whose collection is
//! paused because the service is not given (`mark_uncollectible`; with `void` and `keep_as_draft`
//! it is given, as Stripe's documentation on pausing says).

use std::collections::{BTreeMap, BTreeSet};

use billing::Currency;
use billing::period::{Zone, day_of};
use billing::usage::{AfterEnd, AnchorDay, Anchored, Catalogue, Holding, Span, Standing};
use chrono::{Days, NaiveDate};
use objects::Row;
use objects::rows::{SubscriptionItemRow, SubscriptionRow};
use sqlx::{FromRow, SqliteConnection};

use super::facts::Setting;
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::history::Place;

/// What a customer held: spans of plans, and the subscriptions that its periods follow.
#[derive(Debug, Clone, Default)]
pub(super) struct Holdings {
    pub(super) spans: Vec<Span>,
    pub(super) anchored: Vec<Anchored>,
    /// The currency of the subscription that began last.
    pub(super) currency: Option<Currency>,
}

#[derive(FromRow)]
struct Sight {
    version: i64,
    object: i64,
    customer: i64,
    part: i64,
    seen_at: i64,
}

#[derive(FromRow)]
struct Body {
    num: i64,
    kind: i64,
    part: i64,
    id: String,
    length: i64,
    dictionary: Option<i64>,
    body: Vec<u8>,
}

/// What customers held from `since` on: each of `customers` with its number.
pub(super) async fn of(
    books: &Books,
    connection: &mut SqliteConnection,
    setting: &Setting,
    customers: &[i64],
    since: NaiveDate,
) -> Result<BTreeMap<i64, Holdings>> {
    let sights = sights(connection, customers).await?;
    let since_at = billing::period::day_start(since, setting.zone);
    let mut by_part: BTreeMap<(i64, i64, i64), Vec<Sight>> = BTreeMap::new();
    for sight in sights {
        let key = (sight.customer, sight.object, sight.part);
        by_part.entry(key).or_default().push(sight);
    }
    let mut wanted = BTreeSet::new();
    for sights in by_part.values_mut() {
        // The last one before the days that are asked for says how they begin.
        let before = sights.partition_point(|sight| sight.seen_at < since_at);
        sights.drain(..before.saturating_sub(1));
        wanted.extend(sights.iter().map(|sight| sight.version));
    }
    let rows = rows(books, connection, &wanted).await?;
    let mut subscriptions: BTreeMap<(i64, i64), Seen<'_>> = BTreeMap::new();
    for ((customer, object, _), sights) in &by_part {
        let seen = subscriptions.entry((*customer, *object)).or_default();
        for sight in sights {
            match rows.get(&sight.version) {
                Some(Row::Subscription(row)) => seen.heads.push((sight.seen_at, row)),
                Some(Row::SubscriptionItems(items)) => {
                    seen.items.push((sight.seen_at, &items.rows));
                }
                _ => {}
            }
        }
    }
    let mut held: BTreeMap<i64, Vec<Lived>> = BTreeMap::new();
    for ((customer, _), seen) in subscriptions {
        if let Some(lived) = seen.lived(setting) {
            held.entry(customer).or_default().push(lived);
        }
    }
    Ok(held
        .into_iter()
        .map(|(customer, lived)| (customer, together(lived, &setting.catalogue)))
        .collect())
}

/// When each version of the customers' subscriptions and of their items was seen, oldest first.
async fn sights(connection: &mut SqliteConnection, customers: &[i64]) -> Result<Vec<Sight>> {
    let mut sights: Vec<Sight> = sqlx::query_as(
        "WITH held AS MATERIALIZED (SELECT s.num, s.customer_num FROM subscription s \
             WHERE s.customer_num IN (SELECT value FROM json_each(?1))) \
         SELECT v.num AS version, v.object, h.customer_num AS customer, v.part, v.seen_at \
         FROM held h CROSS JOIN version v ON v.object = h.num WHERE NOT v.deleted \
         UNION ALL \
         SELECT v.num, v.object, h.customer_num, v.part, r.seen_at \
         FROM held h CROSS JOIN version v ON v.object = h.num \
         CROSS JOIN reappearance r ON r.version = v.num WHERE NOT v.deleted",
    )
    .bind(serde_json::json!(customers).to_string())
    .fetch_all(connection)
    .await?;
    sights.sort_by_key(|sight| (sight.seen_at, sight.version));
    Ok(sights)
}

/// The rows of versions, by their numbers.
async fn rows(
    books: &Books,
    connection: &mut SqliteConnection,
    versions: &BTreeSet<i64>,
) -> Result<BTreeMap<i64, Row>> {
    let bodies: Vec<Body> = sqlx::query_as(
        "SELECT v.num, o.kind, v.part, o.id, v.length, v.dictionary, v.body \
         FROM json_each(?1) j CROSS JOIN version v ON v.num = j.value \
         JOIN object o ON o.num = v.object",
    )
    .bind(serde_json::json!(versions).to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut rows = BTreeMap::new();
    for body in bodies {
        let damaged = || BooksError::Damaged {
            detail: format!("version {}", body.num),
        };
        let place = Place {
            kind: body.kind,
            part: usize::from(body.part != 0),
        };
        let kind = place.kind().ok_or_else(damaged)?;
        let form = books
            .dictionaries()
            .open(connection, &body.body, body.length, body.dictionary)
            .await?;
        let row = objects::from_canonical(kind, &body.id, &form).map_err(|_| damaged())?;
        rows.insert(body.num, row);
    }
    Ok(rows)
}

/// A subscription as it was seen over time.
#[derive(Default)]
struct Seen<'a> {
    heads: Vec<(i64, &'a SubscriptionRow)>,
    items: Vec<(i64, &'a Vec<SubscriptionItemRow>)>,
}

/// The days of a subscription's life.
struct Lived {
    id: String,
    from: NaiveDate,
    /// The first day after it ended.
    to: Option<NaiveDate>,
    anchor: AnchorDay,
    currency: Option<Currency>,
    spans: Vec<Span>,
}

impl Seen<'_> {
    /// None where it never came to life.
    fn lived(&self, setting: &Setting) -> Option<Lived> {
        let (_, last) = self.heads.last()?;
        let zone = setting.zone;
        let from = day_of(last.start_date.unwrap_or(last.created), zone);
        let to = last
            .ended_at
            .map(|at| day_of(at, zone) + Days::new(1))
            .map(|to| to.max(from + Days::new(1)));
        let mut spans = Vec::new();
        let turns = self.turns(zone, from);
        for (n, turn) in turns.iter().enumerate() {
            let next = turns.get(n + 1).copied();
            let end = match (next, to) {
                (Some(next), Some(to)) => Some(next.min(to)),
                (next, to) => next.or(to),
            };
            if end.is_some_and(|end| end <= *turn) {
                continue;
            }
            if let Some((holding, standing)) = self.on(*turn, setting) {
                spans.push(Span {
                    from: *turn,
                    to: end,
                    holding,
                    standing,
                });
            }
        }
        let began = |(_, row): &(i64, &SubscriptionRow)| {
            !matches!(row.status.as_str(), "incomplete" | "incomplete_expired")
        };
        self.heads.iter().any(began).then(|| Lived {
            id: last.id.clone(),
            from,
            to,
            anchor: AnchorDay::of(day_of(
                last.billing_cycle_anchor.unwrap_or(last.created),
                zone,
            )),
            currency: Currency::parse(&last.currency).ok(),
            spans,
        })
    }

    /// Days on which something about it changed, its first day first.
    fn turns(&self, zone: Zone, from: NaiveDate) -> Vec<NaiveDate> {
        let seen = self.heads.iter().map(|(at, _)| *at);
        let seen = seen.chain(self.items.iter().map(|(at, _)| *at));
        let trials = self.heads.iter().filter_map(|(_, row)| row.trial_end);
        let mut turns: BTreeSet<NaiveDate> = seen
            .chain(trials)
            .map(|at| day_of(at, zone))
            .filter(|day| *day > from)
            .collect();
        turns.insert(from);
        turns.into_iter().collect()
    }

    /// What it was at the end of a day; before it was first seen, as it was first seen.
    fn on(&self, day: NaiveDate, setting: &Setting) -> Option<(Holding, Standing)> {
        let head = at(&self.heads, day, setting.zone)?;
        if matches!(head.status.as_str(), "incomplete" | "incomplete_expired") {
            return None;
        }
        let items = at(&self.items, day, setting.zone)?;
        let holding = holding(items, setting)?;
        let on_trial = head
            .trial_start
            .is_some_and(|start| day_of(start, setting.zone) <= day)
            && head
                .trial_end
                .is_some_and(|end| day < day_of(end, setting.zone));
        let unserved = head.pause_collection_behavior.as_deref() == Some("mark_uncollectible");
        let standing = if on_trial {
            Standing::Trial
        } else if head.status == "paused" || unserved {
            Standing::Paused
        } else {
            Standing::Running
        };
        Some((holding, standing))
    }
}

fn at<T: Copy>(seen: &[(i64, T)], day: NaiveDate, zone: Zone) -> Option<T> {
    let after = seen.partition_point(|(at, _)| day_of(*at, zone) <= day);
    seen.get(after.saturating_sub(1)).map(|(_, it)| *it)
}

/// What a subscription's prices stand for; none where all of them stand for no plan.
fn holding(items: &[SubscriptionItemRow], setting: &Setting) -> Option<Holding> {
    let prices: BTreeSet<&String> = items
        .iter()
        .filter_map(|item| item.price.as_ref())
        .collect();
    let unmapped: Vec<String> = prices
        .iter()
        .filter(|price| !setting.prices.contains_key(**price))
        .map(|price| (*price).clone())
        .collect();
    if !unmapped.is_empty() {
        return Some(Holding::Unmapped(unmapped));
    }
    let plans = items.iter().filter_map(|item| item.price.as_ref());
    let mut plans = plans.filter_map(|price| setting.prices.get(price).cloned().flatten());
    plans.next().map(Holding::Plan)
}

/// All subscriptions of a customer: where two overlap, the one that began first holds until it
/// ends; what an ended one leaves holds until the next begins.
fn together(mut lived: Vec<Lived>, catalogue: &Catalogue) -> Holdings {
    lived.sort_by(|one, two| (one.from, &one.id).cmp(&(two.from, &two.id)));
    let mut held = Holdings::default();
    let mut free_from = NaiveDate::MIN;
    for n in 0..lived.len() {
        let it = &lived[n];
        if it.to.is_some_and(|to| to <= free_from) {
            continue;
        }
        let from = it.from.max(free_from);
        let next = lived[n + 1..]
            .iter()
            .map(|other| other.from.max(from))
            .next();
        let until = left_until(it, next, catalogue);
        for span in &it.spans {
            let start = span.from.max(from);
            let last = span.to == it.to;
            let end = if last { until } else { span.to };
            if end.is_none_or(|end| start < end) {
                held.spans.push(Span {
                    from: start,
                    to: end,
                    ..span.clone()
                });
            }
        }
        held.anchored.push(Anchored {
            from,
            to: until,
            anchor: it.anchor,
        });
        held.currency = it.currency.or(held.currency);
        match until {
            Some(until) => free_from = until,
            None => break,
        }
    }
    held
}

/// The first day on which nothing of an ended subscription is left.
fn left_until(it: &Lived, next: Option<NaiveDate>, catalogue: &Catalogue) -> Option<NaiveDate> {
    let to = it.to?;
    let last = it.spans.last()?;
    let Holding::Plan(key) = &last.holding else {
        return Some(to);
    };
    let last_day = to - Days::new(1);
    let rule = catalogue.at(key, last_day).map(|(_, plan)| plan.after_end);
    let end = match rule {
        Some(AfterEnd::PeriodEnd) => it.anchor.period_of(last_day).end,
        Some(AfterEnd::AtOnce) | None => to,
    };
    Some(match next {
        Some(next) => end.min(next.max(to)),
        None => end,
    })
}
