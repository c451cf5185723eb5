//! A full proof against the first load of the same account: how fast, and how much memory.

use anyhow::Result;
use serde_json::Value;

use crate::account::{Account, Programs};
use crate::figures::{Report, per_second, say};
use crate::load::{count, peak, processor};
use crate::process::run;

/// Loads an account, and proves the books whole.
///
/// # Errors
/// When either fails, or the proof finds a difference.
pub fn of_everything(programs: &Programs, customers: u32, report: &mut Report) -> Result<()> {
    say("\n==> Proof: the first load, then a proof of everything");
    let account = Account::serve(customers, None)?;
    programs.connect("proof", &account)?;
    let (loaded, said) = programs.sync("proof", "unlimited")?;
    let objects = count(&said, "objects")?;
    let (load_rate, words) = per_second(objects, loaded.seconds);
    report.note("first load, objects a second", words);

    let mut command = programs.cli_on("proof");
    let proof = run(command.args(["prove", "--all", "--pace", "unlimited"]))?;
    let said: Value = serde_json::from_str(proof.stdout.trim())?;
    let (checked, differences) = (count(&said, "checked")?, count(&said, "differences")?);
    anyhow::ensure!(
        checked == objects && differences == 0,
        "a proof of {objects} objects compared {checked} and found {differences} differences"
    );
    let (rate, words) = per_second(checked, proof.seconds);
    report.note("proof, objects a second", words);
    report.note("proof, reads", count(&said, "reads")?.to_string());
    report.note("proof, processor seconds", processor(&proof));
    let ratio = rate / load_rate;
    report.add(
        "proof, times the first load's speed",
        format!("{ratio:.2}"),
        "at least 1.00",
        Some(ratio >= 1.0),
    );
    let share = proof.peak_bytes.zip(loaded.peak_bytes).map(ratio_of);
    report.add(
        "proof, times the first load's memory",
        share.map_or_else(
            || peak(&proof),
            |share| format!("{share:.2} ({})", peak(&proof)),
        ),
        "at most 1.20",
        share.map(|share| share <= 1.2),
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio_of((part, whole): (u64, u64)) -> f64 {
    part as f64 / whole.max(1) as f64
}
