//! The catalogue: its first plans, versions, proposals, and what it refuses.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn the_first_catalogue_is_the_products_own() {
    let catalogue = Catalogue::first();
    let shown: Vec<String> = ["free", "starter", "professional", "enterprise"]
        .into_iter()
        .map(|key| {
            let (_, plan) = catalogue.at(key, day("2026-11-01")).expect("a plan");
            plan.check().expect("it holds");
            let limit = |kind: &str| plan.limits[kind].limit.to_string();
            format!(
                "{}: {} {} {} {:?}",
                plan.name,
                limit(MAILBOXES),
                limit(SEATS_IN_USE),
                limit(AI_CREDIT),
                plan.features
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    Free: 1 1 50 []
    Starter: 3 5 500 ["ai"]
    Professional: 10 20 2000 ["ai", "automation"]
    Enterprise: contract contract contract []
    "#);
}

#[test]
fn an_old_month_is_judged_by_the_limits_of_its_time() {
    let mut catalogue = Catalogue::first();
    let (_, old) = catalogue.at("starter", day("2026-01-01")).expect("a plan");
    let mut new = old.clone();
    new.limits.insert(
        AI_CREDIT.to_owned(),
        LimitRule {
            limit: Limit::parse("600").expect("a limit"),
            at_limit: AtLimit::Stop,
        },
    );
    catalogue
        .set("starter", day("2026-10-01"), new)
        .expect("set");
    let limit = |at: &str| {
        let (_, plan) = catalogue.at("starter", day(at)).expect("a plan");
        plan.limits[AI_CREDIT].limit.to_string()
    };
    assert_eq!(limit("2026-09-30"), "500");
    assert_eq!(limit("2026-10-01"), "600");
}

#[rstest]
#[case(
    "Professional",
    None,
    None,
    false,
    "professional: its product has the plan's name"
)]
#[case(
    "Pro",
    Some("professional"),
    None,
    false,
    "professional: its metadata names the plan"
)]
#[case(
    "Pro",
    None,
    Some("professional_yearly_eur"),
    false,
    "professional: its lookup key begins with the plan's key"
)]
#[case("Pro", None, Some("professionals"), false, "nothing")]
#[case("Extra mailboxes", None, None, false, "nothing")]
#[case(
    "AI credits",
    None,
    Some("starter_metered"),
    true,
    "no plan: it is charged by use"
)]
fn mappings_are_proposed_by_what_names_a_plan(
    #[case] product_name: &str,
    #[case] metadata_plan: Option<&str>,
    #[case] lookup_key: Option<&str>,
    #[case] metered: bool,
    #[case] expected: &str,
) {
    let facts = PriceFacts {
        product_name,
        metadata_plan,
        lookup_key,
        metered,
        one_time: false,
    };
    let proposed = match Catalogue::first().propose(facts) {
        Some(Proposal::Plan { key, because }) => format!("{key}: {because}"),
        Some(Proposal::NoPlan { because }) => format!("no plan: {because}"),
        None => "nothing".to_owned(),
    };
    assert_eq!(proposed, expected);
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let catalogue = Catalogue::first();
    let (_, good) = catalogue.at("free", day("2026-01-01")).expect("a plan");
    let refused = |change: fn(&mut Plan)| {
        let mut plan = good.clone();
        change(&mut plan);
        plan.check().expect_err("refused").to_string()
    };
    let bill = |price: &str| AtLimit::Bill(BTreeMap::from([("usd".to_owned(), price.to_owned())]));
    assert_eq!(
        refused(|plan| plan.name.clear()),
        "a plan's name has 1 to 80 letters"
    );
    assert_eq!(
        refused(|plan| plan.near_percent = 0),
        "“near” is between 1 and 100 percent"
    );
    assert_eq!(
        refused(|plan| plan.pause_percent = 101),
        "a pause's share is between 0 and 100 percent"
    );
    assert!(refused(|plan| plan.features.push("A B".into())).starts_with("features"));
    for wrong in ["0", "-1", "1e400", "free"] {
        let mut plan = good.clone();
        plan.limits.get_mut(AI_CREDIT).expect("a limit").at_limit = bill(wrong);
        assert!(
            matches!(plan.check(), Err(PlanError::Price { .. })),
            "{wrong}"
        );
    }
    let mut catalogue = catalogue.clone();
    let error = catalogue.set("A plan", day("2026-01-01"), good.clone());
    assert!(matches!(error, Err(PlanError::NotAKey { .. })));
}

proptest! {
    #[test]
    fn a_plan_survives_its_text(
        millionths in 0_i64..i64::MAX,
        near in 1_u8..=100,
        trial in 0_u8..=100,
    ) {
        let catalogue = Catalogue::first();
        let (_, plan) = catalogue.at("free", day("2026-01-01")).expect("a plan");
        let mut plan = Plan { near_percent: near, trial_percent: trial, ..plan.clone() };
        let quantity = Quantity::from_millionths(millionths);
        plan.limits.get_mut(AI_CREDIT).expect("a limit").limit = Limit::Quantity(quantity);
        let text = serde_json::to_string(&plan).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).ok(), Some(plan));
    }
}
