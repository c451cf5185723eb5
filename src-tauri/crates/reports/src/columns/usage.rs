//! `meterdesk.usage-records` and `meterdesk.usage-days`: usage, one row a record or a tenant's day.

use books::{UsageDayExport, UsageRecordExport};

use super::{Field, Layout};
use crate::cell::Cell;
use crate::rows::Record;
use crate::sums::Bucket;

/// Decimals of a quantity.
const DECIMALS: u8 = 6;

const BUCKETS: [&str; 3] = ["rows that are summed", "levels, not summed", "left out"];
const DATES: &str = "Usage counts by the day of its time in the company's zone. A flow is summed; \
    of a level the last value of a day counts, and no sum of it means anything.";

/// One row a record.
pub static USAGE_RECORDS: Layout<UsageRecordExport> = Layout {
    name: "meterdesk.usage-records.v1",
    sheet: "Usage records",
    buckets: BUCKETS,
    date_basis: DATES,
    sums: &[
        ("billable", |row| {
            Some(if row.unbillable.is_none() {
                row.quantity
            } else {
                0
            })
        }),
        ("not_billable", |row| {
            Some(if row.unbillable.is_some() {
                row.quantity
            } else {
                0
            })
        }),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("record", |row, _| Cell::Integer(row.num)),
        Field::One("customer_id", |row, _| Cell::str(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("usage_type", |row, _| Cell::str(&row.usage_type)),
        Field::One("measure", |row, _| Cell::str(measure(row.level))),
        Field::One("usage_date", |row, _| Cell::Day(row.at)),
        Field::One("quantity", |row, _| quantity(row.quantity)),
        Field::One("billable", |row, _| Cell::Bool(row.unbillable.is_none())),
        Field::One("reason", |row, _| Cell::text(&row.unbillable)),
        Field::One("is_correction", |row, _| Cell::Bool(row.corrects)),
        Field::One("batch", |row, _| Cell::Integer(row.batch)),
        Field::One("source", |row, _| Cell::str(&row.source)),
        Field::Time("used_at", |row| Some(row.at)),
    ],
};

/// One row a tenant's day.
pub static USAGE_DAYS: Layout<UsageDayExport> = Layout {
    name: "meterdesk.usage-days.v1",
    sheet: "Usage days",
    buckets: BUCKETS,
    date_basis: DATES,
    sums: &[
        ("billable", |row| Some(row.quantity)),
        ("not_billable", |row| Some(row.unbillable)),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("customer_id", |row, _| Cell::str(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("usage_type", |row, _| Cell::str(&row.usage_type)),
        Field::One("measure", |row, _| Cell::str(measure(row.level))),
        Field::One("usage_date", |row, _| Cell::Day(row.last_at)),
        Field::One("billable", |row, _| quantity(row.quantity)),
        Field::One("not_billable", |row, _| quantity(row.unbillable)),
        Field::One("records", |row, _| Cell::Integer(row.records)),
        Field::Time("last_used_at", |row| Some(row.last_at)),
    ],
};

impl Record for UsageRecordExport {
    fn currency(&self) -> Option<&str> {
        Some(&self.usage_type)
    }

    fn decimals() -> Option<u8> {
        Some(DECIMALS)
    }

    fn bucket(&self) -> Bucket {
        summed(self.level)
    }
}

impl Record for UsageDayExport {
    fn currency(&self) -> Option<&str> {
        Some(&self.usage_type)
    }

    fn decimals() -> Option<u8> {
        Some(DECIMALS)
    }

    fn bucket(&self) -> Bucket {
        summed(self.level)
    }
}

fn summed(level: bool) -> Bucket {
    if level {
        Bucket::Apart
    } else {
        Bucket::Counted
    }
}

fn measure(level: bool) -> &'static str {
    if level { "level" } else { "flow" }
}

fn quantity<'a>(millionths: i64) -> Cell<'a> {
    Cell::Decimal {
        minor: millionths,
        exponent: DECIMALS,
    }
}
