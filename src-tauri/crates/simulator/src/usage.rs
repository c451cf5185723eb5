//! What the company's customers used: a file of records as the company's own software would write
//! it, made of nothing but the account's seed and its subscriptions.

use std::io::{self, Write};

use chrono::DateTime;

use crate::account::Account;
use crate::catalogue::product;
use crate::ids::Kind;
use crate::model::*;
use crate::random::Random;

const DAY: u32 = 86_400;

/// How a customer uses credits over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Much the same each working day.
    Steady,
    /// A little more each month.
    Growing,
    /// Little, and much on some days.
    Bursty,
    /// Once a week.
    Weekly,
    /// Less and less, and then nothing.
    Dying,
}

const HABITS: [(Habit, u64); 5] = [
    (Habit::Steady, 35),
    (Habit::Growing, 25),
    (Habit::Bursty, 18),
    (Habit::Weekly, 12),
    (Habit::Dying, 10),
];

/// Of a thousand customers so many are about as far from their limit: percent of what a plan
/// includes that a usual month takes.
const SHARES: [(i64, u64); 7] = [
    (8, 120),
    (25, 200),
    (45, 220),
    (65, 180),
    (85, 130),
    (105, 90),
    (150, 60),
];

/// A customer's use.
struct Use {
    random: Random,
    habit: Habit,
    /// Thousandths of a credit on a usual working day.
    daily: i64,
    first_day: u32,
    /// The day after the last.
    end_day: u32,
    trial_end_day: u32,
}

/// Writes the file; says how many records it holds.
pub(crate) fn write(account: &Account, out: &mut dyn Write) -> io::Result<u64> {
    writeln!(
        out,
        "event_id,customer,type,quantity,timestamp,billable,reason"
    )?;
    let mut records = 0;
    for serial in 0..account.customers.len() as u32 {
        if account.customer(serial).deleted {
            continue;
        }
        if let Some(subscription) = some(account.customer(serial).last_subscription) {
            records += credits(account, serial, account.subscription(subscription), out)?;
            records += levels(account, serial, account.subscription(subscription), out)?;
        }
    }
    Ok(records)
}

/// Credits that the plan includes each month; none: no plan with credits.
fn included(account: &Account, subscription: &Subscription) -> Option<i64> {
    let products = subscription
        .items
        .iter()
        .map(|item| price(account, item).product);
    products
        .filter_map(|product| match product {
            product::FREE => Some(50),
            product::STARTER => Some(500),
            product::PROFESSIONAL => Some(2_000),
            product::ENTERPRISE => Some(10_000),
            _ => None,
        })
        .max()
}

fn price<'a>(account: &'a Account, item: &Item) -> &'a Price {
    &account.catalogue.prices[usize::from(item.price)]
}

fn use_of(account: &Account, serial: u32, subscription: &Subscription) -> Option<Use> {
    let included = included(account, subscription)?;
    let mut random = Random::new(account.seed, 0x05E_0000_0000 | u64::from(serial));
    let weights = HABITS.map(|(_, weight)| weight);
    let (habit, _) = HABITS[random.weighted(&weights)];
    let weights = SHARES.map(|(_, weight)| weight);
    let (share, _) = SHARES[random.weighted(&weights)];
    // Some go on for days after they have left.
    let late = if random.chance(60) {
        random.below(20) as u32
    } else {
        0
    };
    let end = subscription
        .ended_at
        .get()
        .map_or(account.now, |ended| ended + late * DAY);
    Some(Use {
        random,
        habit,
        // A month has about 22 working days.
        daily: included * 10 * share / 22,
        first_day: subscription.created / DAY,
        end_day: end.min(account.now) / DAY + 1,
        trial_end_day: subscription.trial_end.get().map_or(0, |end| end / DAY),
    })
}

fn credits(
    account: &Account,
    serial: u32,
    subscription: &Subscription,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let Some(mut used) = use_of(account, serial, subscription) else {
        return Ok(0);
    };
    let id = account.name_of(Kind::Customer, serial);
    let mut records = 0;
    for day in used.first_day..used.end_day {
        let thousandths = used.on(day);
        let seconds = 6 * 3_600 + used.random.below(12 * 3_600) as u32;
        let at = day * DAY + seconds;
        // Tenths of a credit.
        let tenths = thousandths / 100;
        if tenths == 0 || at >= account.now {
            continue;
        }
        let words = match (day < used.trial_end_day, used.random.chance(12)) {
            (true, _) => "false,trial",
            (false, true) => "false,support",
            (false, false) => "true,",
        };
        let quantity = decimal(tenths);
        let key = format!("use_{serial}_{day}");
        writeln!(out, "{key},{id},ai_credit,{quantity},{},{words}", time(at))?;
        records += 1;
    }
    Ok(records)
}

impl Use {
    /// Thousandths of a credit on a day; chance is asked the same number of times for every day.
    fn on(&mut self, day: u32) -> i64 {
        // 1970-01-01 was a Thursday.
        let weekday = (day + 3) % 7;
        let noise = self.random.between(600, 1_400);
        let burst = self.random.chance(80);
        let length = i64::from((self.end_day - self.first_day).max(1));
        let gone = i64::from(day - self.first_day) * 1_000 / length;
        let working = if weekday < 5 { 1_000 } else { 150 };
        let thousandths = match self.habit {
            Habit::Steady => working,
            Habit::Growing => working * (400 + 800 * gone / 1_000) / 1_000,
            Habit::Bursty if burst => 7_000,
            Habit::Bursty => working * 400 / 1_000,
            Habit::Weekly if weekday == 0 => 5_000,
            Habit::Weekly => 0,
            Habit::Dying if gone > 800 => 0,
            Habit::Dying => working * (1_200 - 1_200 * gone / 1_000) / 1_000,
        };
        self.daily * thousandths / 1_000 * noise / 1_000
    }
}

/// Seats in use and mailboxes, once a month and on the last day; one customer in ten tells nothing.
fn levels(
    account: &Account,
    serial: u32,
    subscription: &Subscription,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let Some(used) = use_of(account, serial, subscription) else {
        return Ok(0);
    };
    let mut random = Random::new(account.seed, 0x1E7_0000_0000 | u64::from(serial));
    let quantity = |mailboxes: bool| {
        let items = subscription.items.iter();
        let of = items.filter(|item| {
            let product = price(account, item).product;
            (product == product::MAILBOX) == mailboxes && product <= product::MAILBOX
        });
        of.map(|item| i64::from(item.quantity)).sum::<i64>()
    };
    if random.chance(100) || used.end_day <= used.first_day {
        return Ok(0);
    }
    let id = account.name_of(Kind::Customer, serial);
    let last_day = used.end_day - 1;
    let days = (used.first_day..last_day).step_by(30).chain([last_day]);
    let mut records = 0;
    for day in days {
        let at = (day * DAY + 3 * 3_600).min(account.now.saturating_sub(1));
        let seats = quantity(false).max(1);
        let in_use = (seats - random.between(0, (seats / 4).max(1))).max(1);
        let mailboxes = quantity(true) + random.between(1, 3);
        for (name, level) in [("seats_in_use", in_use), ("mailboxes", mailboxes)] {
            let key = format!("{name}_{serial}_{day}");
            writeln!(out, "{key},{id},{name},{level},{},true,", time(at))?;
            records += 1;
        }
    }
    Ok(records)
}

/// `12.5` of tenths.
fn decimal(tenths: i64) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

fn time(seconds: u32) -> String {
    DateTime::from_timestamp(i64::from(seconds), 0)
        .map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::Options;

    fn written(seed: u64) -> String {
        let options = Options {
            seed,
            customers: 60,
            now: Some(1_795_000_000),
            ..Options::default()
        };
        let mut out = Vec::new();
        let records = crate::write_usage(&options, &mut out).expect("written");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text.lines().count() as u64, records + 1);
        text
    }

    #[test]
    fn the_same_account_used_the_same() {
        let text = written(7);
        assert_eq!(text, written(7), "nothing but the seed decides");
        assert_ne!(text, written(8));
        for name in ["ai_credit", "seats_in_use", "mailboxes", "trial"] {
            assert!(text.contains(name), "{name}");
        }
        let cells = text.lines().all(|line| line.split(',').count() == 7);
        assert!(cells, "every row has its seven cells");
    }
}
