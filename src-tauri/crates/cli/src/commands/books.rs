//! Loading, freshness, the ledger, looking after the books.

use desk::answers::{Count, DoctorReport, RebuildProgress, StatusReport, SyncPhase, SyncProgress};
use desk::{Desk, Error, Result};
use tokio_util::sync::CancellationToken;

use super::proofs::completeness_words;
use super::{current, interrupted};
use crate::arguments::{Ledger, Window};
use crate::output::{Output, Table, time};
use crate::progress::{Shown, follow};

pub async fn sample(desk: &Desk, output: &Output) -> Result<()> {
    let shown = Shown::new(output.is_json());
    desk.open_sample().await?;
    wait(desk, shown, output, &interrupted()).await
}

/// Waits for a sync; `stop` ends it where its books are whole.
pub(super) async fn wait(
    desk: &Desk,
    shown: Shown,
    output: &Output,
    stop: &CancellationToken,
) -> Result<()> {
    let following = tokio::spawn(follow(desk.subscribe_progress(), shown));
    let ended = tokio::select! {
        ended = desk.sync_wait() => ended,
        () = stop.cancelled() => {
            desk.sync_cancel().await?;
            desk.sync_wait().await
        }
    };
    following.abort();
    // Its drop clears the moving line before the answer is printed.
    let _ = following.await;
    let progress = ended?;
    match progress.phase {
        SyncPhase::Failed => {
            let unknown = || Error::new(desk::Code::Failed, "The update failed", "", "Try again");
            return Err(progress.error.unwrap_or_else(unknown));
        }
        SyncPhase::Cancelled => return Err(Error::cancelled("The update was not finished")),
        _ => {}
    }
    output.answer(&progress, sync_words);
    Ok(())
}

fn sync_words(progress: &SyncProgress) -> String {
    let mut table = Table::new(&["List", ">Objects", ""]);
    for list in &progress.lists {
        let state = match (&list.refused, list.complete_at) {
            (Some(slug), _) => format!("not permitted ({slug})"),
            (None, Some(at)) => format!("complete as of {}", time(at)),
            (None, None) => "not complete".into(),
        };
        table.row(vec![list.list.clone(), list.objects.0.to_string(), state]);
    }
    format!(
        "{}\n{} objects in {} requests, {} of which Stripe asked to repeat later.",
        table.text(),
        progress.objects.0,
        progress.requests.0,
        progress.throttled.0
    )
}

pub async fn status(desk: &Desk, output: &Output) -> Result<()> {
    current(desk).await?;
    let report = desk.status_report().await?;
    output.answer(&report, status_words);
    Ok(())
}

fn status_words(report: &StatusReport) -> String {
    let StatusReport {
        status,
        completeness,
        read_budget,
    } = report;
    let complete = match status.complete_as_of {
        Some(at) => format!("complete as of {}", time(at)),
        None => "never loaded completely".into(),
    };
    let mut text = format!(
        "{}: {complete}\n{}\n{} reads this month, {} in 30 days of {} that Stripe allows\n\
         {:.1} MB on disk\n\n",
        status.account,
        completeness_words(completeness),
        read_budget.used.0,
        read_budget.used_30_days.0,
        read_budget.allocation.0,
        megabytes(status.file_bytes.0)
    );
    let mut table = Table::new(&["List", "As of"]);
    for list in &status.progress.lists {
        let as_of = match (&list.refused, list.complete_at) {
            (Some(slug), _) => format!("not permitted ({slug})"),
            (None, Some(at)) => time(at),
            (None, None) => "never".into(),
        };
        table.row(vec![list.list.clone(), as_of]);
    }
    text.push_str(&table.text());
    text
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a file's size for people, one decimal"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

pub async fn ledger(desk: &Desk, command: Ledger, output: &Output) -> Result<()> {
    current(desk).await?;
    match command {
        Ledger::Verify => verify(desk, output).await,
        Ledger::List(Window { first, count }) => {
            let rows = desk.ledger_rows(Count(first), Count(count)).await?;
            output.answer(&rows, |rows| {
                let mut table = Table::new(&[">Entry", "When", "Who", "What"]);
                for row in rows {
                    table.row(vec![
                        row.sequence.0.to_string(),
                        time(row.at),
                        row.author.clone(),
                        row.words.clone(),
                    ]);
                }
                table.text()
            });
            Ok(())
        }
    }
}

async fn verify(desk: &Desk, output: &Output) -> Result<()> {
    let check = desk.ledger_verify().await?;
    output.answer(&check, |check| match &check.broken {
        None => format!("All {} entries hold. Head: {}", check.entries.0, check.head),
        Some(broken) => format!("The ledger does not hold. {broken}"),
    });
    match check.broken {
        None => Ok(()),
        Some(broken) => Err(ledger_broken(broken)),
    }
}

fn ledger_broken(broken: String) -> Error {
    Error::new(
        desk::Code::Failed,
        "The ledger does not hold",
        broken,
        "Restore a backup that was made before, and keep this file as evidence",
    )
}

pub async fn doctor(desk: &Desk, rebuild: bool, output: &Output) -> Result<()> {
    current(desk).await?;
    let report = if rebuild {
        let shown = std::sync::Mutex::new(Shown::new(output.is_json()));
        let progress = std::sync::Arc::new(move |at: RebuildProgress| {
            if let Ok(mut shown) = shown.lock() {
                shown.say(&format!(
                    "Rebuilding: {} of {} objects",
                    at.done.0, at.total.0
                ));
            }
        });
        desk.doctor_rebuild(progress).await?
    } else {
        desk.doctor().await?
    };
    output.answer(&report, doctor_words);
    match report.ledger_broken {
        Some(broken) => Err(ledger_broken(broken)),
        None if !report.file_whole => Err(Error::new(
            desk::Code::Failed,
            "The books' file is damaged",
            report.file_words.join("; "),
            "Restore a backup",
        )),
        None => Ok(()),
    }
}

fn doctor_words(report: &DoctorReport) -> String {
    let file = if report.file_whole {
        "whole"
    } else {
        "damaged"
    };
    let mut text = format!(
        "File: {file}\nHistory: {} objects, {} versions\nLedger: {} entries",
        report.objects.0, report.versions.0, report.ledger_entries.0
    );
    if let Some(rebuilt) = report.rebuilt {
        text.push_str(&format!("\nTables: rebuilt from {} objects", rebuilt.0));
    }
    text
}

pub async fn erase(desk: &Desk, customer: String, reason: String, output: &Output) -> Result<()> {
    current(desk).await?;
    let erased = desk.erase_customer(customer, reason).await?;
    output.answer(&erased, |erased| {
        format!(
            "The personal data of {} is removed from {} versions and {} rows; ledger entry {} \
             says so.",
            erased.customer, erased.versions.0, erased.rows.0, erased.ledger_sequence.0
        )
    });
    Ok(())
}
