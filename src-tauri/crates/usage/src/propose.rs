//! A mapping proposed from a table's headings and first rows; a person confirms or changes it.

use books::{UsageTenants, UsageType, WhichTenant};

use crate::mapping::{Mapping, TimeFormat};

/// Names that headings have, most telling first, without case, spaces and signs.
const TENANT: &[&str] = &[
    "stripecustomerid",
    "stripecustomer",
    "customerid",
    "customer",
    "cus",
    "tenantid",
    "tenant",
    "metadatatenantid",
    "workspaceid",
    "workspace",
    "organizationid",
    "organisationid",
    "orgid",
    "accountid",
    "account",
];
const KIND: &[&str] = &[
    "usagetype",
    "type",
    "metric",
    "metername",
    "meter",
    "eventname",
    "kind",
];
const QUANTITY: &[&str] = &[
    "quantity",
    "credits",
    "aicredits",
    "creditsused",
    "units",
    "amount",
    "usage",
    "used",
    "value",
    "count",
];
const TIME: &[&str] = &[
    "timestamp",
    "occurredat",
    "usedat",
    "eventtime",
    "time",
    "at",
    "createdat",
    "recordedat",
    "datetime",
    "date",
    "day",
    "created",
];
const KEY: &[&str] = &[
    "idempotencykey",
    "key",
    "eventid",
    "recordid",
    "usageid",
    "uuid",
    "identifier",
    "id",
];
const BILLABLE: &[&str] = &["billable", "isbillable", "billed"];
const REASON: &[&str] = &[
    "unbillablereason",
    "nonbillablereason",
    "unbillable",
    "nonbillable",
    "reason",
];
const CORRECTS: &[&str] = &[
    "corrects",
    "correctionof",
    "correctionfor",
    "adjusts",
    "reverses",
];

/// Proposes which column is what. `rows` are the first rows' cells. What cannot be told stays empty.
#[must_use]
pub fn propose(
    columns: &[String],
    rows: &[Vec<String>],
    tenants: &UsageTenants,
    types: &[UsageType],
) -> Mapping {
    let plain: Vec<String> = columns.iter().map(|column| letters(column)).collect();
    let by_name = |names: &[&str]| {
        let place = names
            .iter()
            .find_map(|name| plain.iter().position(|it| it == name));
        place.and_then(|place| columns.get(place).cloned())
    };
    let tenant = by_content(columns, rows, tenants).or_else(|| by_name(TENANT));
    let kind = by_name(KIND);
    let time = by_name(TIME).or_else(|| by_time(columns, rows));
    let time = time.filter(|time| Some(time) != tenant.as_ref());
    let sample = |column: &Option<String>| {
        let place = columns.iter().position(|it| Some(it) == column.as_ref())?;
        rows.iter()
            .find_map(|row| row.get(place).filter(|cell| !cell.is_empty()))
    };
    let time_format = sample(&time).and_then(|cell| format_of(cell));
    let key = by_name(KEY).filter(|key| Some(key) != tenant.as_ref());
    let fixed_kind = match kind {
        None => types.first().map(|first| first.name.clone()),
        Some(_) => None,
    };
    let corrects = by_name(CORRECTS).filter(|_| key.is_some());
    Mapping {
        tenant,
        kind,
        fixed_kind,
        quantity: by_name(QUANTITY),
        time,
        time_format,
        zone: None,
        key: key.into_iter().collect(),
        billable: by_name(BILLABLE),
        reason: by_name(REASON),
        corrects,
    }
}

/// The column in which most cells are the names of tenants, and more than half.
fn by_content(columns: &[String], rows: &[Vec<String>], tenants: &UsageTenants) -> Option<String> {
    let hits = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        cells
            .filter(|cell| tenants.find(cell.trim().as_bytes()) != WhichTenant::Nobody)
            .count()
    };
    let (count, place) = (0..columns.len())
        .map(|place| (hits(place), place))
        .rev()
        .max_by_key(|(count, _)| *count)?;
    (count > 0 && count * 2 > rows.len()).then(|| columns[place].clone())
}

/// The first column whose cells are dates beyond doubt.
fn by_time(columns: &[String], rows: &[Vec<String>]) -> Option<String> {
    let date = |cell: &String| {
        let written = format_of(cell);
        matches!(written, Some(TimeFormat::Iso | TimeFormat::Pattern(_)))
    };
    let mut places = 0..columns.len();
    let place = places.find(|place| {
        !rows.is_empty() && rows.iter().all(|row| row.get(*place).is_some_and(date))
    })?;
    columns.get(place).cloned()
}

fn letters(heading: &str) -> String {
    let letters = heading.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The format in which a time is written, where there is no doubt.
fn format_of(cell: &str) -> Option<TimeFormat> {
    let cell = cell.trim();
    let digits = cell
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let whole = cell.split('.').next().unwrap_or(cell).len();
    let pattern = |text: &str| Some(TimeFormat::Pattern(text.to_owned()));
    match (digits, whole) {
        (true, 9 | 10) => Some(TimeFormat::UnixSeconds),
        (true, 12 | 13) => Some(TimeFormat::UnixMilliseconds),
        _ if cell.as_bytes().get(4) == Some(&b'-') => Some(TimeFormat::Iso),
        _ if cell.as_bytes().get(2) == Some(&b'.') => match cell.split_whitespace().nth(1) {
            None => pattern("%d.%m.%Y"),
            Some(time) if time.len() == 5 => pattern("%d.%m.%Y %H:%M"),
            Some(_) => pattern("%d.%m.%Y %H:%M:%S"),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use billing::usage::Measure;

    use super::*;

    fn proposed(headings: &str, row: &str) -> Vec<(&'static str, String)> {
        let split = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let types = [UsageType {
            num: 1,
            name: "ai_credit".into(),
            measure: Measure::Flow,
        }];
        let tenants = UsageTenants::default();
        propose(&split(headings), &[split(row)], &tenants, &types).filled()
    }

    #[test]
    fn headings_and_values_tell_what_a_column_is() {
        insta::assert_debug_snapshot!(
            [
                proposed(
                    "Event ID,Customer,Credits,Timestamp,Billable,Corrects",
                    "e1,cus_1,2,2026-11-01T00:00:00Z,true,",
                ),
                proposed("tenant_id,metric,value,created_at", "acme,ai_credit,1,1793536200"),
                proposed("Konto,Menge,Datum", "acme,1,01.11.2026 12:30"),
            ]
            .map(|filled| {
                let filled = filled.iter().map(|(name, column)| format!("{name}={column}"));
                filled.collect::<Vec<_>>().join(" ")
            }),
            @r#"
        [
            "tenant=Customer fixed-type=ai_credit quantity=Credits time=Timestamp time-format=iso key=Event ID billable=Billable corrects=Corrects",
            "tenant=tenant_id type=metric quantity=value time=created_at time-format=unix",
            "fixed-type=ai_credit time=Datum time-format=%d.%m.%Y %H:%M",
        ]
        "#
        );
    }
}
