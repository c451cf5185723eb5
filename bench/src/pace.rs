//! The first load at Stripe's own pace: 200 ms an answer, 25 requests a second to an endpoint and
//! 100 in all, both enforced by the account.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::account::{Account, Programs};
use crate::figures::{Report, say};
use crate::load::count;

/// What the account does to every request.
const FAULTS: &str = "latency=200ms,limit=25/endpoint,limit=100/all";

/// Objects on a page.
const PAGE: u64 = 100;

/// Loads at that pace and compares with what the limits allow.
///
/// # Errors
/// When the load fails.
pub fn at_stripes_pace(programs: &Programs, customers: u32, report: &mut Report) -> Result<()> {
    say("\n==> Pace: Stripe's latency and limits");
    let account = Account::serve(customers, Some(FAULTS))?;
    programs.connect("pace", &account)?;
    let (finished, said) = programs.sync("pace", "25,100")?;
    let possible = possible_seconds(&said)?;
    let share = possible / finished.seconds;
    let words = format!(
        "{:.0} % ({possible:.1} s of {:.1} s)",
        share * 100.0,
        finished.seconds
    );
    report.add(
        "at Stripe's pace, share of the possible",
        words,
        "at least 90 %",
        Some(share >= 0.9),
    );
    let requests = count(&said, "requests")?;
    let throttled = count(&said, "throttled")?;
    let refused = share_of(throttled, requests);
    let words = format!("{:.2} % ({throttled} of {requests})", refused * 100.0);
    report.add(
        "requests answered 429",
        words,
        "at most 2 %",
        Some(refused <= 0.02),
    );
    std::fs::remove_dir_all(programs.books("pace"))?;
    Ok(())
}

/// The seconds that the limits allow at best for what was read.
#[expect(clippy::cast_precision_loss, reason = "pages stay far below 2^53")]
fn possible_seconds(said: &Value) -> Result<f64> {
    let lists = said["lists"].as_array().context("sync said no lists")?;
    let mut longest = 0;
    let mut all = 0;
    for list in lists {
        let pages = count(list, "objects")?.div_ceil(PAGE).max(1);
        longest = longest.max(pages);
        all += pages;
    }
    Ok((longest as f64 / 25.0).max(all as f64 / 100.0) + 0.2)
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share_of(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
