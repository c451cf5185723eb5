//! Holds the figure to Stripe's published example and to the rules that fill its gaps.

use proptest::prelude::*;
use rstest::rstest;
use rust_decimal::Decimal;

use super::*;

fn usd() -> Currency {
    Currency::parse("usd").expect("a currency")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn every(unit: IntervalUnit, count: u32) -> Option<Interval> {
    Some(Interval { unit, count })
}

fn seats(unit_amount: &str, quantity: i64) -> Item {
    Item {
        price: Price {
            metered: false,
            scheme: Scheme::PerUnit(decimal(unit_amount)),
            interval: every(IntervalUnit::Month, 1),
            transform: None,
        },
        quantity: Some(quantity),
        product: Some("prod_1".into()),
        on_trial: false,
        discounts: Vec::new(),
    }
}

fn billed(mut item: Item, unit: IntervalUnit, count: u32) -> Item {
    item.price.interval = every(unit, count);
    item
}

fn tiered(scheme: fn(Vec<Tier>) -> Scheme, quantity: i64) -> Item {
    let mut item = seats("0", quantity);
    let tier = |up_to, unit, flat| Tier {
        up_to,
        unit: decimal(unit),
        flat: decimal(flat),
    };
    item.price.scheme = scheme(vec![
        tier(Some(10), "500", "1000"),
        tier(Some(20), "400", "0"),
        tier(None, "300.5", "7"),
    ]);
    item
}

fn off(cut: Cut, duration: Duration) -> Discount {
    Discount {
        cut,
        duration,
        products: Vec::new(),
    }
}

fn percent(text: &str) -> Discount {
    off(Cut::Percent(decimal(text)), Duration::Forever)
}

fn amount(minor: i64) -> Discount {
    off(Cut::Amount(Money::new(minor, usd())), Duration::Forever)
}

fn active(items: Vec<Item>, discounts: Vec<Discount>) -> Subscription {
    Subscription {
        status: "active".into(),
        currency: usd(),
        items,
        discounts,
    }
}

fn value(subscription: &Subscription) -> i64 {
    monthly_recurring(subscription, Toggles::default())
        .expect("all is known")
        .minor
}

/// 100 subscribers at 100 a month and 50 at 600 a year, in major units.
#[test]
fn the_published_example_gives_12_500() {
    let monthly = value(&active(vec![seats("10000", 1)], vec![]));
    let yearly = value(&active(
        vec![billed(seats("60000", 1), IntervalUnit::Year, 1)],
        vec![],
    ));
    assert_eq!(100 * monthly + 50 * yearly, 1_250_000);
}

#[rstest]
#[case(seats("2000", 5), 10_000, "per unit")]
#[case(
    seats("0.5", 3),
    2,
    "a fraction of a cent a unit: 1.5, rounded away from zero, once"
)]
#[case(
    billed(seats("24000", 2), IntervalUnit::Year, 1),
    4_000,
    "a year is twelve months"
)]
#[case(
    billed(seats("3000", 1), IntervalUnit::Month, 3),
    1_000,
    "a quarter is three"
)]
#[case(
    billed(seats("1200", 1), IntervalUnit::Week, 1),
    5_200,
    "52 weeks a year"
)]
#[case(
    billed(seats("1200", 1), IntervalUnit::Week, 2),
    2_600,
    "26 fortnights a year"
)]
#[case(
    billed(seats("120", 1), IntervalUnit::Day, 1),
    3_650,
    "365 days a year"
)]
#[case(
    tiered(Scheme::Graduated, 0),
    1_000,
    "the first tier's flat amount is owed at zero"
)]
#[case(
    tiered(Scheme::Graduated, 10),
    6_000,
    "the last unit of a tier is in it"
)]
#[case(tiered(Scheme::Graduated, 11), 6_400, "the first unit of the next")]
#[case(
    tiered(Scheme::Graduated, 22),
    10_608,
    "flat amounts of every tier reached"
)]
#[case(tiered(Scheme::Volume, 10), 6_000, "all at the first tier")]
#[case(tiered(Scheme::Volume, 11), 4_400, "all at the second")]
#[case(
    tiered(Scheme::Volume, 22),
    6_618,
    "all at the third, and its flat amount"
)]
fn an_item_is_made_monthly(#[case] item: Item, #[case] expected: i64, #[case] why: &str) {
    assert_eq!(value(&active(vec![item], vec![])), expected, "{why}");
}

#[rstest]
#[case(false, 25, 2_000)]
#[case(true, 25, 3_000)]
#[case(true, 20, 2_000)]
fn packages_are_counted_begun_or_whole(
    #[case] round_up: bool,
    #[case] quantity: i64,
    #[case] expected: i64,
) {
    let mut item = seats("1000", quantity);
    item.price.transform = Some(Transform {
        divide_by: 10,
        round_up,
    });
    assert_eq!(value(&active(vec![item], vec![])), expected);
}

#[rstest]
#[case("active", 10_000)]
#[case("past_due", 10_000)]
#[case("trialing", 0)]
#[case("paused", 0)]
#[case("unpaid", 0)]
#[case("canceled", 0)]
#[case("incomplete", 0)]
#[case("incomplete_expired", 0)]
#[case("a_status_of_tomorrow", 0)]
fn only_active_and_past_due_count(#[case] status: &str, #[case] expected: i64) {
    let subscription = Subscription {
        status: status.into(),
        ..active(vec![seats("2000", 5)], vec![])
    };
    assert_eq!(value(&subscription), expected);
}

#[test]
fn what_counts_nothing_needs_no_price() {
    let mut metered = seats("10", 1);
    metered.price = Price {
        metered: true,
        scheme: Scheme::Unknown,
        ..metered.price
    };
    metered.quantity = None;
    let mut trial = seats("2000", 5);
    trial.on_trial = true;
    let mut once = seats("2000", 5);
    once.price.interval = None;
    assert_eq!(
        value(&active(vec![metered, trial, once, seats("100", 1)], vec![])),
        100
    );
}

#[test]
fn what_is_not_known_is_not_zero() {
    let unknown = |change: fn(&mut Item)| {
        let mut item = seats("100", 1);
        change(&mut item);
        monthly_recurring(&active(vec![item], vec![]), Toggles::default())
    };
    assert_eq!(
        unknown(|item| item.quantity = None),
        Err(MrrError::Incomplete)
    );
    assert_eq!(
        unknown(|item| item.price.scheme = Scheme::Unknown),
        Err(MrrError::Incomplete)
    );
}

#[rstest]
#[case(vec![], vec![percent("25.5")], 7_450, "a percentage, exactly")]
#[case(vec![], vec![amount(1_000)], 9_000, "an amount a bill")]
#[case(vec![], vec![amount(99_999)], 0, "never below zero")]
#[case(vec![], vec![percent("100")], 0, "free")]
#[case(vec![], vec![percent("10"), amount(1_000)], 8_000, "stacked, in order")]
#[case(vec![], vec![amount(1_000), percent("10")], 8_100, "stacked, in the other order")]
#[case(vec![percent("50")], vec![percent("50")], 2_500, "the item's own first")]
#[case(vec![amount(500)], vec![percent("10")], 8_550, "the item's own first")]
fn discounts_come_off(
    #[case] own: Vec<Discount>,
    #[case] whole: Vec<Discount>,
    #[case] expected: i64,
    #[case] why: &str,
) {
    let item = Item {
        discounts: own,
        ..seats("2000", 5)
    };
    assert_eq!(value(&active(vec![item], whole)), expected, "{why}");
}

#[test]
fn an_amount_off_a_yearly_bill_is_a_twelfth_a_month() {
    let yearly = billed(seats("120000", 1), IntervalUnit::Year, 1);
    assert_eq!(value(&active(vec![yearly], vec![amount(12_000)])), 9_000);
}

#[test]
fn a_discount_may_be_limited_to_products() {
    let other = Item {
        product: Some("prod_2".into()),
        ..seats("1000", 1)
    };
    let limited = Discount {
        products: vec!["prod_2".into()],
        ..percent("50")
    };
    assert_eq!(
        value(&active(vec![seats("2000", 5), other], vec![limited])),
        10_500
    );
}

#[rstest]
#[case(Duration::Forever, false, false, 5_000)]
#[case(Duration::Repeating, false, true, 10_000)]
#[case(Duration::Repeating, true, false, 5_000)]
#[case(Duration::Once, true, false, 10_000)]
#[case(Duration::Once, false, true, 5_000)]
fn the_switches_decide_which_discounts_count(
    #[case] duration: Duration,
    #[case] recurring: bool,
    #[case] once: bool,
    #[case] expected: i64,
) {
    let half = off(Cut::Percent(decimal("50")), duration);
    let subscription = active(vec![seats("2000", 5)], vec![half]);
    let value = monthly_recurring(&subscription, Toggles { recurring, once }).expect("known");
    assert_eq!(value.minor, expected);
}

#[test]
fn a_discount_in_another_currency_is_refused() {
    let eur = Currency::parse("eur").expect("a currency");
    let foreign = off(Cut::Amount(Money::new(1, eur)), Duration::Forever);
    let refused = monthly_recurring(
        &active(vec![seats("1", 1)], vec![foreign]),
        Toggles::default(),
    );
    let expected = MrrError::DiscountCurrency {
        discount: eur,
        subscription: usd(),
    };
    assert_eq!(refused, Err(expected));
}

proptest! {
    #[test]
    fn twelve_months_are_a_year(unit in 0_i64..10_000_000, quantity in 0_i64..100_000) {
        let monthly = seats(&unit.to_string(), quantity);
        let yearly = billed(seats(&(unit * 12).to_string(), quantity), IntervalUnit::Year, 1);
        let [monthly, yearly] = [monthly, yearly].map(|item| value(&active(vec![item], vec![])));
        prop_assert_eq!(monthly, yearly);
    }

    #[test]
    fn a_discount_never_adds_and_never_leads_below_zero(
        unit in 0_i64..10_000_000,
        quantity in 0_i64..10_000,
        cuts in prop::collection::vec((any::<bool>(), 0_i64..2_000_000), 0..4),
    ) {
        let discounts: Vec<Discount> = cuts
            .into_iter()
            .map(|(is_percent, cut)| {
                if is_percent { percent(&format!("{}.5", cut % 100)) } else { amount(cut) }
            })
            .collect();
        let full = value(&active(vec![seats(&unit.to_string(), quantity)], vec![]));
        let less = value(&active(vec![seats(&unit.to_string(), quantity)], discounts));
        prop_assert!((0..=full).contains(&less), "{less} of {full}");
    }

    #[test]
    fn tiers_of_one_price_are_that_price(unit in 0_i64..100_000, quantity in 0_i64..100_000) {
        let flat = seats(&unit.to_string(), quantity);
        let tier = |up_to| Tier { up_to, unit: Decimal::from(unit), flat: Decimal::ZERO };
        let tiers = vec![tier(Some(10)), tier(Some(1_000)), tier(None)];
        let expected = value(&active(vec![flat], vec![]));
        for scheme in [Scheme::Volume(tiers.clone()), Scheme::Graduated(tiers)] {
            let mut item = seats("0", quantity);
            item.price.scheme = scheme;
            prop_assert_eq!(value(&active(vec![item], vec![])), expected);
        }
    }

    #[test]
    fn no_number_panics(unit: i64, quantity: i64, cut: i64, divide_by: i64, count: u32) {
        let mut item = billed(seats(&unit.to_string(), quantity), IntervalUnit::Day, count);
        item.price.transform = Some(Transform { divide_by, round_up: true });
        let mut graduated = tiered(Scheme::Graduated, quantity);
        graduated.discounts = vec![amount(cut)];
        let subscription = active(vec![item, graduated], vec![amount(cut), percent("10")]);
        let _ = monthly_recurring(&subscription, Toggles { recurring: true, once: true });
    }
}
