//! The sample company's plans: what is only proposed in a real account is confirmed here, so that
//! its screens are filled. Nothing of this is done for an account of anyone's.

use std::collections::BTreeMap;

use billing::usage::{AI_CREDIT, AtLimit, Limit, Quantity};
use books::{ChangeKind, Decision, NewChange, UsageFilter, UsageSort};
use chrono::NaiveDate;

use crate::Result;
use crate::answers::PriceStanding;
use crate::context::{Inner, Open};
use crate::plans::price_view;

/// Who decides in the sample company.
const AUTHOR: &str = "sample";
/// What the sample company sells beside plans, and nothing says so.
const NO_PLAN: &str = "Extra mailboxes";
/// The plan that bills overage, and at what a unit, in the sample company's currencies.
const BILLED: &str = "professional";
const PRICES: [(&str, &str); 5] = [
    ("usd", "0.0125"),
    ("eur", "0.0115"),
    ("gbp", "0.01"),
    ("jpy", "1.8"),
    ("kwd", "0.01"),
];
/// The plan by contract, and what the company's usual contract says of AI credits.
const BY_CONTRACT: &str = "enterprise";
const USUAL: i64 = 10_000;
/// How many of its tenants have a contract of their own, and what that says.
const OWN_CONTRACTS: u32 = 3;
const OWN: i64 = 25_000;

impl Inner {
    /// Confirms the sample company's plans once, after a load. A failure is logged, and the next
    /// update tries again.
    pub async fn sample_plans(&self, open: &Open) {
        if let Err(error) = self.confirm_sample_plans(open).await {
            tracing::warn!(%error, "the sample company's plans are not confirmed yet");
        }
    }

    async fn confirm_sample_plans(&self, open: &Open) -> Result<()> {
        if open.file().sample.is_none() || open.read_only {
            return Ok(());
        }
        let prices = open.books.plan_prices().await?;
        if prices.is_empty() || prices.iter().any(|price| price.confirmed) {
            return Ok(());
        }
        let at = self.now();
        let by = Decision { author: AUTHOR, at };
        let catalogue = open.books.plan_catalogue().await?;
        let views = prices
            .into_iter()
            .map(|price| price_view(price, &catalogue));
        let known: BTreeMap<String, Option<String>> = views
            .filter(|it| it.standing == PriceStanding::Proposed || it.product == NO_PLAN)
            .map(|it| (it.id, it.plan))
            .collect();
        open.books.map_prices(&known, &[], by).await?;
        let prices = PRICES.map(|(code, price)| (code.to_owned(), price.to_owned()));
        let bills = AtLimit::Bill(BTreeMap::from(prices));
        let usual = Quantity::whole(USUAL).map(Limit::Quantity).ok();
        for (key, limit, at_limit) in [
            (BILLED, None, bills),
            (BY_CONTRACT, usual, AtLimit::LetPass),
        ] {
            let Some((_, plan)) = catalogue.at(key, first_day()) else {
                continue;
            };
            let mut plan = plan.clone();
            if let Some(rule) = plan.limits.get_mut(AI_CREDIT) {
                rule.at_limit = at_limit;
                rule.limit = limit.unwrap_or(rule.limit);
            }
            open.books.set_plan(key, first_day(), &plan, by).await?;
        }
        self.sample_contracts(open, by).await?;
        open.usage_ready(at).await?;
        Ok(())
    }

    async fn sample_contracts(&self, open: &Open, by: Decision<'_>) -> Result<()> {
        open.usage_ready(by.at).await?;
        let filter = UsageFilter {
            usage_type: 1,
            plans: vec![BY_CONTRACT.to_owned()],
            ..UsageFilter::default()
        };
        let up = books::Direction::Ascending;
        let page = open
            .books
            .usage_table(&filter, UsageSort::Name, up, 0, OWN_CONTRACTS)
            .await?;
        for row in page.rows {
            let change = NewChange {
                kind: ChangeKind::Override,
                customer: row.id,
                usage_type: AI_CREDIT.to_owned(),
                from: first_day(),
                to: None,
                quantity: Quantity::whole(OWN).ok(),
                reason: "As the contract says".to_owned(),
                requester: "Sales".to_owned(),
            };
            open.books.change_allowance(&change, by).await?;
        }
        Ok(())
    }
}

/// Before the sample company's first customer came.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default()
}
