//! Made-up use: a tenant in every state that a chart must be able to show.

use billing::usage::Quantity;
use chrono::{Days, NaiveDate};

use crate::chart::*;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(super) fn quantity(text: &str) -> Quantity {
    text.parse().expect("a quantity")
}

/// What November's days used, weekends little.
const NOVEMBER: [i64; 22] = [
    36, 132, 164, 82, 80, 119, 20, 36, 120, 80, 118, 132, 83, 19, 43, 166, 81, 130, 80, 117, 44, 20,
];

fn days_from(start: NaiveDate, use_of_days: &[i64], factor: i64) -> Vec<DayOfUse> {
    let days = use_of_days.iter().enumerate();
    days.map(|(index, used)| DayOfUse {
        day: start + Days::new(index as u64),
        billable: Quantity::whole(used * factor).expect("fits"),
        unbillable: Quantity::whole(used * factor / 12).expect("fits"),
    })
    .collect()
}

/// From the last day on, so much a day, and a band that widens.
fn expecting(from: NaiveDate, end: NaiveDate, sum: i64, a_day: i64) -> Expectation {
    let days = from.iter_days().skip(1).take_while(|day| *day < end);
    let days = days.enumerate().map(|(index, day)| {
        let gone = index as i64 + 1;
        let whole = |count| Quantity::whole(count).expect("fits");
        ExpectedDay {
            day,
            low: whole(sum + gone * a_day * 7 / 10),
            expected: whole(sum + gone * a_day),
            high: whole(sum + gone * a_day * 13 / 10),
        }
    });
    Expectation {
        days: days.collect(),
        few_data: false,
    }
}

fn limit(from: &str, allowance: &str) -> LimitStep {
    LimitStep {
        day: day(from),
        allowance: quantity(allowance),
    }
}

fn usual() -> TenantUsageChart {
    let (start, as_of, end) = (day("2026-11-01"), day("2026-11-22"), day("2026-12-01"));
    let october: Vec<i64> = (0..31).map(|index| 14 + 61 * (index * 7 % 5) / 3).collect();
    TenantUsageChart {
        tenant: "Bluepine Insurance Brokers".to_owned(),
        id: "cus_R8sBluepine2Qd".to_owned(),
        unit: "AI credits".to_owned(),
        start,
        end,
        as_of,
        days: days_from(start, &NOVEMBER, 1),
        limits: vec![limit("2026-11-01", "2000")],
        marks: Vec::new(),
        expected: Some(expecting(as_of, end, 1902, 73)),
        earlier: vec![EarlierPeriod {
            start: day("2026-10-01"),
            end: start,
            days: days_from(day("2026-10-01"), &october, 1),
        }],
        alone: false,
    }
}

/// The case of this name.
pub(super) fn tenant(name: &str) -> TenantUsageChart {
    let chart = usual();
    let quiet = TenantUsageChart {
        days: Vec::new(),
        earlier: Vec::new(),
        expected: None,
        ..usual()
    };
    match name {
        "usual" => chart,
        "alone" => TenantUsageChart {
            alone: true,
            ..chart
        },
        "empty" => quiet,
        "not_begun" => TenantUsageChart {
            as_of: day("2026-10-20"),
            ..quiet
        },
        "one_point" => TenantUsageChart {
            as_of: day("2026-11-01"),
            days: days_from(day("2026-11-01"), &[36], 1),
            ..quiet
        },
        "unknown_limit" => TenantUsageChart {
            limits: Vec::new(),
            ..chart
        },
        "long_name" => TenantUsageChart {
            tenant: "Verwaltungsgenossenschaft für Donaudampfschifffahrt und Elektrizität \
                     Niederösterreich-Süd mit beschränkter Haftung"
                .to_owned(),
            alone: true,
            ..chart
        },
        "huge" => TenantUsageChart {
            days: days_from(chart.start, &NOVEMBER, 1_000_000_000),
            limits: vec![limit("2026-11-01", "2000000000000")],
            expected: Some(expecting(
                chart.as_of,
                chart.end,
                1_902_000_000_000,
                73_000_000_000,
            )),
            ..chart
        },
        "zero_use" => TenantUsageChart {
            as_of: day("2026-12-15"),
            ..quiet
        },
        "over" => TenantUsageChart {
            tenant: "Alder & Finch Logistics".to_owned(),
            limits: vec![limit("2026-11-01", "1200")],
            ..chart
        },
        "changed" => TenantUsageChart {
            limits: vec![
                limit("2026-11-01", "500"),
                limit("2026-11-06", "1000"),
                limit("2026-11-12", "2500"),
            ],
            marks: vec![
                LimitMark {
                    day: day("2026-11-06"),
                    words: "500 extra AI credits".to_owned(),
                },
                LimitMark {
                    day: day("2026-11-12"),
                    words: "Starter to Professional".to_owned(),
                },
            ],
            ..chart
        },
        "lowered" => TenantUsageChart {
            limits: vec![limit("2026-11-01", "2000"), limit("2026-11-10", "500")],
            marks: vec![LimitMark {
                day: day("2026-11-10"),
                words: "Override ended".to_owned(),
            }],
            ..chart
        },
        "corrected" => corrected(chart),
        "few_data" => TenantUsageChart {
            as_of: day("2026-11-03"),
            days: days_from(day("2026-11-01"), &NOVEMBER[..3], 1),
            expected: Some(Expectation {
                few_data: true,
                ..expecting(day("2026-11-03"), chart.end, 332, 20)
            }),
            earlier: Vec::new(),
            ..chart
        },
        "no_allowance" => TenantUsageChart {
            limits: vec![limit("2026-11-01", "0")],
            ..chart
        },
        other => panic!("no case {other}"),
    }
}

/// An odd period over the end of a year with fractions, a day that takes back, and three before it.
fn corrected(chart: TenantUsageChart) -> TenantUsageChart {
    let start = day("2026-12-14");
    let mut days = days_from(start, &NOVEMBER, 1);
    days[5].billable = quantity("-60.25");
    days[6].billable = quantity("12.75");
    let months = ["2026-11-14", "2026-10-14", "2026-09-14"];
    let ends = ["2026-12-14", "2026-11-14", "2026-10-14"];
    let earlier = months.into_iter().zip(ends).zip([30, 22, 41]);
    TenantUsageChart {
        start,
        end: day("2027-01-14"),
        as_of: day("2027-01-04"),
        days,
        limits: vec![limit("2026-12-14", "2000")],
        expected: None,
        earlier: earlier
            .map(|((start, end), used)| EarlierPeriod {
                start: day(start),
                end: day(end),
                days: days_from(day(start), &[used; 31], 1),
            })
            .collect(),
        ..chart
    }
}

fn near(name: &str, used: &str, allowance: &str) -> NearTenant {
    NearTenant {
        name: name.to_owned(),
        id: "cus_R8s000001Qd".to_owned(),
        used: quantity(used),
        allowance: quantity(allowance),
    }
}

fn plan(name: &str, tenants: u64, allowance: &str, unused: &str) -> PlanUse {
    PlanUse {
        plan: name.to_owned(),
        tenants,
        allowance: quantity(allowance),
        unused: quantity(unused),
    }
}

fn months(used: &[i64], factor: i64) -> Vec<MonthOfUse> {
    let first = day("2026-01-01");
    let months = used.iter().enumerate();
    months
        .map(|(index, used)| MonthOfUse {
            month: first + chrono::Months::new(index as u32),
            used: Quantity::whole(used * factor).expect("fits"),
            overage: (index > 1).then(|| Quantity::whole(used * factor / 18).expect("fits")),
        })
        .collect()
}

fn buckets(tenants: [u64; 11]) -> Vec<Bucket> {
    let tenants = tenants.into_iter().zip((0..=100).step_by(10));
    tenants
        .map(|(tenants, from_percent)| Bucket {
            from_percent,
            tenants,
        })
        .collect()
}

/// All tenants in the case of this name.
pub(super) fn all_tenants(name: &str) -> OverviewChart {
    let chart = OverviewChart {
        unit: "AI credits".to_owned(),
        as_of: day("2026-11-22"),
        buckets: buckets([1840, 1322, 1190, 980, 811, 640, 502, 433, 214, 96, 41]),
        unknown: 145,
        near_percent: 80,
        nearest: vec![
            near("Alder & Finch Logistics", "2140", "2000"),
            near("Caldera Field Services", "486", "500"),
            near("Bluepine Insurance Brokers", "1911", "2000"),
            near("Orchard Dental", "44", "50"),
            near("Dovetail Clinics", "41280", "60000"),
        ],
        months: months(
            &[610, 655, 702, 690, 764, 801, 798, 842, 910, 955, 724],
            1000,
        ),
        plans: vec![
            plan("Free", 3100, "155000", "120400"),
            plan("Starter", 3480, "1740000", "910200"),
            plan("Professional", 1402, "2804000", "1001000"),
            plan("Enterprise", 87, "5220000", "2480000"),
        ],
    };
    match name {
        "usual" => chart,
        "empty" => OverviewChart {
            buckets: buckets([0; 11]),
            unknown: 0,
            nearest: Vec::new(),
            months: Vec::new(),
            plans: Vec::new(),
            ..chart
        },
        "one" => OverviewChart {
            buckets: buckets([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
            unknown: 1,
            nearest: vec![near("Orchard Dental", "12.5", "50")],
            months: months(&[12], 1),
            plans: vec![plan("Free", 1, "50", "37.5")],
            ..chart
        },
        "long_names" => OverviewChart {
            nearest: (0..14)
                .map(|index| {
                    let name =
                        format!("{index} Verwaltungsgenossenschaft für Donaudampfschifffahrt Süd");
                    near(&name, "1999.5", "2000")
                })
                .collect(),
            plans: (0..12)
                .map(|index| {
                    plan(
                        &format!("Professional with everything, {index}"),
                        2,
                        "4000",
                        "3999",
                    )
                })
                .collect(),
            ..chart
        },
        "huge" => OverviewChart {
            buckets: buckets([8_214_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_204_000]),
            nearest: vec![near("Alder & Finch Logistics", "9000000000000", "50")],
            months: months(&[8_000, 8_500], 1_000_000_000),
            plans: vec![plan("Enterprise", 1, "9000000000000", "1")],
            ..chart
        },
        other => panic!("no case {other}"),
    }
}
