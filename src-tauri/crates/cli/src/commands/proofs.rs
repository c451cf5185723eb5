//! Proving the books against Stripe, and how often what is proven.

use std::sync::{Arc, Mutex};

use desk::answers::{Completeness, Count, ProofAge, ProofProgress, ProofState, ProveRequest};
use desk::{Desk, OnProgress, Result};

use super::current;
use crate::arguments::{ProofAges, Prove};
use crate::output::{Output, Table, time};
use crate::progress::Shown;

pub async fn prove(desk: &Desk, options: Prove, output: &Output) -> Result<()> {
    current(desk).await?;
    let request = ProveRequest {
        list: options.list,
        month: options.month,
        due: options.due,
    };
    let cost = desk.prove_cost(request.clone()).await?;
    if options.price {
        output.answer(&cost, |cost| format!("About {} reads.", cost.0));
        return Ok(());
    }
    output.note(&format!("This takes about {} reads.", cost.0));
    let shown = Mutex::new(Shown::new(output.is_json()));
    let progress: OnProgress<ProofProgress> = Arc::new(move |at: ProofProgress| {
        if let Ok(mut shown) = shown.lock() {
            let month = at
                .month
                .map(|month| format!(", {month}"))
                .unwrap_or_default();
            let (done, of) = (at.done.0, at.of.0);
            shown.say(&format!(
                "Proving: {done} of {of} objects ({}{month})",
                at.list
            ));
        }
    });
    let proving = desk.prove(request, progress);
    let stopping = async {
        let _ = tokio::signal::ctrl_c().await;
        desk.prove_stop();
        std::future::pending::<()>().await;
    };
    let proven = tokio::select! {
        proven = proving => proven?,
        () = stopping => return Ok(()),
    };
    output.answer(&proven, |proven| {
        let mut text = format!("{}. {} reads.", proven.words, proven.reads.0);
        if !proven.refused.is_empty() {
            text.push_str(&format!(
                "\nNot proven, not permitted: {}",
                proven.refused.join(", ")
            ));
        }
        text
    });
    Ok(())
}

pub async fn ages(desk: &Desk, options: ProofAges, output: &Output) -> Result<()> {
    current(desk).await?;
    let schedule = match (options.list, options.hours) {
        (Some(list), hours) => {
            let age = hours.map(|hours| Count(hours.saturating_mul(3_600)));
            desk.set_proof_age(list, age).await?
        }
        (None, _) => desk.proof_schedule().await?,
    };
    output.answer(&schedule, |schedule| ages_words(schedule));
    Ok(())
}

fn ages_words(schedule: &[ProofAge]) -> String {
    let mut table = Table::new(&["List", "Proven", ">Hours at most", ">Usually"]);
    for row in schedule {
        let how = if row.by_month {
            "by month"
        } else {
            "as a whole"
        };
        table.row(vec![
            row.list.clone(),
            how.into(),
            (row.max_age_seconds.0 / 3_600).to_string(),
            (row.usual_seconds.0 / 3_600).to_string(),
        ]);
    }
    table.text()
}

/// How whole the books are, in a few lines.
pub fn completeness_words(known: &Completeness) -> String {
    let colour = match known.state {
        ProofState::Green => "green",
        ProofState::Amber => "amber",
        ProofState::Red => "red",
    };
    let mut text = format!("Completeness: {colour}. {}", known.words);
    for reason in known.reasons.iter().skip(1) {
        text.push_str(&format!("\n  {reason}"));
    }
    if let Some(next) = &known.what_to_do {
        text.push_str(&format!("\n  → {next}"));
    }
    if let Some(at) = known.proven_at {
        text.push_str(&format!(
            "\n  everything proven as of {} or later",
            time(at)
        ));
    }
    text
}
