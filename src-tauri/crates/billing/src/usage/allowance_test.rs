//! The rules of an allowance, each by example and as a property.

use chrono::Days;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::usage::{AI_CREDIT, AnchorDay};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn units(count: i64) -> Quantity {
    Quantity::whole(count).expect("a quantity")
}

fn span(from: &str, to: Option<&str>, plan: &str, standing: Standing) -> Span {
    Span {
        from: day(from),
        to: to.map(day),
        holding: Holding::Plan(plan.to_owned()),
        standing,
    }
}

fn running(from: &str, to: Option<&str>, plan: &str) -> Span {
    span(from, to, plan, Standing::Running)
}

/// The catalogue with this rule for changes to every plan.
fn catalogue(on_change: ChangeRule) -> Catalogue {
    let mut catalogue = Catalogue::first();
    let keys: Vec<String> = catalogue.keys().map(str::to_owned).collect();
    for key in keys {
        let (_, plan) = catalogue.at(&key, NaiveDate::MIN).expect("a plan");
        let plan = Plan {
            on_change,
            trial_percent: 50,
            ..plan.clone()
        };
        catalogue.set(&key, day("2020-01-01"), plan).expect("set");
    }
    catalogue
}

/// The steps of November 2026 as of its last day: "1: 500 starter, 10: 2000 professional".
fn november(catalogue: &Catalogue, spans: &[Span], overrides: &[Override]) -> String {
    let terms = Terms {
        catalogue,
        spans,
        overrides,
        usage_type: AI_CREDIT,
    };
    let period = AnchorDay::FIRST.period_of(day("2026-11-01"));
    let steps = terms.steps(period, period.last_day());
    let words = steps.iter().map(|step| {
        let allowed = match step.allowed {
            Allowed::Quantity(quantity) => quantity.to_string(),
            Allowed::Unlimited => "unlimited".to_owned(),
            Allowed::Unknown => "unknown".to_owned(),
        };
        let origin = match &step.origin {
            Origin::Plan { key, .. } => key.clone(),
            Origin::Override(num) => format!("override {num}"),
            Origin::ContractMissing { .. } => "no contract".to_owned(),
            Origin::Unmapped(prices) => format!("unmapped {}", prices.join(" ")),
            Origin::UnknownPlan(key) => format!("unknown {key}"),
            Origin::NoPlan => "no plan".to_owned(),
        };
        format!("{}: {allowed} {origin}", step.day.format("%-d"))
    });
    words.collect::<Vec<_>>().join(", ")
}

#[rstest]
#[case(
    "starter",
    "professional",
    ChangeRule::HigherAtOnce,
    "1: 500 starter, 10: 2000 professional"
)]
#[case(
    "professional",
    "starter",
    ChangeRule::HigherAtOnce,
    "1: 2000 professional"
)]
#[case(
    "professional",
    "starter",
    ChangeRule::AtOnce,
    "1: 2000 professional, 10: 500 starter"
)]
#[case("starter", "professional", ChangeRule::NextPeriod, "1: 500 starter")]
#[case(
    "starter",
    "enterprise",
    ChangeRule::HigherAtOnce,
    "1: 500 starter, 10: unknown no contract"
)]
fn a_change_of_plan_follows_the_rule(
    #[case] before: &str,
    #[case] after: &str,
    #[case] rule: ChangeRule,
    #[case] expected: &str,
) {
    let spans = [
        running("2026-01-01", Some("2026-11-10"), before),
        running("2026-11-10", None, after),
    ];
    assert_eq!(november(&catalogue(rule), &spans, &[]), expected);
}

#[test]
fn the_lower_allowance_counts_from_the_next_period() {
    let spans = [
        running("2026-01-01", Some("2026-10-20"), "professional"),
        running("2026-10-20", None, "starter"),
    ];
    let shown = november(&Catalogue::first(), &spans, &[]);
    assert_eq!(shown, "1: 500 starter");
}

#[test]
fn trials_and_pauses_have_their_share() {
    let catalogue = catalogue(ChangeRule::HigherAtOnce);
    let trial = [
        span("2026-10-20", Some("2026-11-03"), "starter", Standing::Trial),
        running("2026-11-03", None, "starter"),
    ];
    assert_eq!(
        november(&catalogue, &trial, &[]),
        "1: 250 starter, 3: 500 starter"
    );
    let paused = [span("2026-10-01", None, "starter", Standing::Paused)];
    assert_eq!(november(&catalogue, &paused, &[]), "1: 0 starter");
}

#[test]
fn without_a_plan_nothing_is_allowed_and_without_a_mapping_nothing_is_known() {
    let catalogue = Catalogue::first();
    assert_eq!(november(&catalogue, &[], &[]), "1: 0 no plan");
    let unmapped = [Span {
        holding: Holding::Unmapped(vec!["price_1".to_owned()]),
        ..running("2026-01-01", None, "")
    }];
    assert_eq!(
        november(&catalogue, &unmapped, &[]),
        "1: unknown unmapped price_1"
    );
    let gone = [running("2026-01-01", None, "platinum")];
    assert_eq!(
        november(&catalogue, &gone, &[]),
        "1: unknown unknown platinum"
    );
}

#[test]
fn an_override_stands_above_the_plan_and_the_later_one_above_the_earlier() {
    let catalogue = Catalogue::first();
    let spans = [running("2026-01-01", None, "enterprise")];
    let own = |num, from: &str, quantity: Option<i64>| Override {
        num,
        from: day(from),
        to: None,
        quantity: quantity.map(units),
    };
    let shown = |overrides: &[Override]| november(&catalogue, &spans, overrides);
    assert_eq!(shown(&[]), "1: unknown no contract");
    assert_eq!(
        shown(&[own(1, "2026-11-05", Some(9_000))]),
        "1: unknown no contract, 5: 9000 override 1"
    );
    assert_eq!(
        shown(&[
            own(2, "2026-03-01", Some(100)),
            own(1, "2026-02-01", Some(9_000))
        ]),
        "1: 100 override 2"
    );
    assert_eq!(
        shown(&[own(1, "2026-02-01", None)]),
        "1: unlimited override 1"
    );
}

#[test]
fn a_version_of_the_plan_counts_from_its_day() {
    let mut catalogue = Catalogue::first();
    let (_, plan) = catalogue.at("starter", day("2026-01-01")).expect("a plan");
    let mut plan = plan.clone();
    let rule = plan.limits.get_mut(AI_CREDIT).expect("a limit");
    rule.limit = Limit::Quantity(units(600));
    catalogue
        .set("starter", day("2026-11-20"), plan)
        .expect("set");
    let spans = [running("2026-01-01", None, "starter")];
    assert_eq!(
        november(&catalogue, &spans, &[]),
        "1: 500 starter, 20: 600 starter"
    );
}

#[test]
fn what_is_to_come_does_not_count_yet() {
    let spans = [
        running("2026-01-01", Some("2026-11-10"), "starter"),
        running("2026-11-10", None, "professional"),
    ];
    let catalogue = Catalogue::first();
    let terms = Terms {
        catalogue: &catalogue,
        spans: &spans,
        overrides: &[],
        usage_type: AI_CREDIT,
    };
    let period = AnchorDay::FIRST.period_of(day("2026-11-01"));
    let steps = terms.steps(period, day("2026-11-09"));
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].allowed, Allowed::Quantity(units(500)));
}

prop_compose! {
    fn any_spans()(
        cuts in prop::collection::btree_set(0_u64..90, 1..6),
        plans in prop::collection::vec(0_usize..5, 6),
        standings in prop::collection::vec(0_usize..3, 6),
    ) -> Vec<Span> {
        let cuts: Vec<u64> = cuts.into_iter().collect();
        let first = day("2026-10-01");
        cuts.iter().enumerate().map(|(n, from)| Span {
            from: first + Days::new(*from),
            to: cuts.get(n + 1).map(|to| first + Days::new(*to)),
            holding: match ["free", "starter", "professional", "enterprise"].get(plans[n]) {
                Some(key) => Holding::Plan((*key).to_owned()),
                None => Holding::Unmapped(vec!["price_1".to_owned()]),
            },
            standing: [Standing::Running, Standing::Trial, Standing::Paused][standings[n]],
        }).collect()
    }
}

fn any_overrides() -> impl Strategy<Value = Vec<Override>> {
    let one = (
        0_u64..90,
        prop::option::of(1_u64..60),
        prop::option::of(0_i64..5_000),
    );
    prop::collection::vec(one, 0..4).prop_map(|all| {
        let first = day("2026-10-01");
        let made = all
            .into_iter()
            .enumerate()
            .map(|(num, (from, length, count))| Override {
                num: num as i64,
                from: first + Days::new(from),
                to: length.map(|days| first + Days::new(from + days)),
                quantity: count.map(units),
            });
        made.collect()
    })
}

proptest! {
    #[test]
    fn an_allowance_does_not_depend_on_the_order_of_what_it_is_made_from(
        mut spans in any_spans(),
        mut overrides in any_overrides(),
    ) {
        let catalogue = catalogue(ChangeRule::HigherAtOnce);
        let before = november(&catalogue, &spans, &overrides);
        spans.reverse();
        overrides.reverse();
        prop_assert_eq!(november(&catalogue, &spans, &overrides), before);
    }

    #[test]
    fn within_a_period_a_known_allowance_only_rises(
        spans in any_spans(),
        overrides in any_overrides(),
    ) {
        let catalogue = catalogue(ChangeRule::HigherAtOnce);
        let terms = Terms {
            catalogue: &catalogue,
            spans: &spans,
            overrides: &overrides,
            usage_type: AI_CREDIT,
        };
        let period = AnchorDay::FIRST.period_of(day("2026-11-01"));
        let steps = terms.steps(period, period.last_day());
        prop_assert_eq!(steps[0].day, period.start);
        for pair in steps.windows(2) {
            prop_assert!(pair[0].day < pair[1].day);
            if let (Allowed::Quantity(one), Allowed::Quantity(two)) =
                (pair[0].allowed, pair[1].allowed)
            {
                prop_assert!(one <= two, "the lower one counts from the next period");
            }
            prop_assert!(
                pair[0].allowed != Allowed::Unlimited
                    || pair[1].allowed != Allowed::Quantity(Quantity::ZERO)
            );
        }
    }

    #[test]
    fn a_day_later_changes_nothing_before_it(
        spans in any_spans(),
        overrides in any_overrides(),
        as_of in 0_u64..30,
    ) {
        let catalogue = catalogue(ChangeRule::AtOnce);
        let terms = Terms {
            catalogue: &catalogue,
            spans: &spans,
            overrides: &overrides,
            usage_type: AI_CREDIT,
        };
        let period = AnchorDay::FIRST.period_of(day("2026-11-01"));
        let as_of = period.start + Days::new(as_of);
        let early = terms.steps(period, as_of);
        let late: Vec<Step> = terms
            .steps(period, period.last_day())
            .into_iter()
            .filter(|step| step.day <= as_of)
            .collect();
        prop_assert_eq!(early, late);
    }
}
