//! Updating the books, and following the account for as long as the terminal is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use desk::answers::{EventRow, Followed};
use desk::{Desk, Result};

use super::{books, current, interrupted};
use crate::arguments::Sync;
use crate::output::{Output, time};
use crate::progress::Shown;

/// Events that are named on one line, at most.
const NAMED_EVENTS: usize = 5;

pub async fn sync(desk: &Desk, options: &Sync, output: &Output) -> Result<()> {
    let account = current(desk).await?;
    let stop = interrupted();
    let shown = Shown::new(output.is_json());
    desk.sync_start(options.full).await?;
    books::wait(desk, shown, output, &stop).await?;
    if !options.watch {
        return Ok(());
    }
    output.note(&format!(
        "\n{account} is followed; Stripe is asked every half a minute or so. Ctrl-C ends it."
    ));
    let printed = Printed::new(Output::new(output.is_json()));
    desk.watch(Arc::new(move |it| printed.tell(&it)), stop)
        .await
}

/// What was printed of an account that is followed.
struct Printed {
    output: Output,
    /// The first look was told of.
    begun: AtomicBool,
    /// The last thing told was that Stripe cannot be asked.
    gone: AtomicBool,
}

impl Printed {
    fn new(output: Output) -> Self {
        Self {
            output,
            begun: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        }
    }

    fn tell(&self, it: &Followed) {
        if self.output.is_json() {
            return self.output.answer(it, |_| String::new());
        }
        if !self.begun.swap(true, Ordering::Relaxed) {
            match (&it.webhooks, &it.webhooks_problem) {
                (Some(address), _) => self.note(it, &format!("Webhooks arrive at {address}")),
                (None, Some(why)) => self.note(it, &format!("Webhooks are not received: {why}")),
                (None, None) => {}
            }
        }
        let was_gone = self.gone.swap(it.problem.is_some(), Ordering::Relaxed);
        match &it.problem {
            Some(problem) => self.note(it, problem),
            None if was_gone => self.note(it, "Stripe answers again"),
            None => {}
        }
        if let Some(words) = words(it) {
            self.output.line(&format!("{}  {words}", time(it.at)));
        }
    }

    fn note(&self, it: &Followed, words: &str) {
        self.output.note(&format!("{}  {words}", time(it.at)));
    }
}

/// "3 events, 2 changes: Subscription updated (Acme: seats 5 → 8); …"; none where nothing arrived
/// and nothing changed.
fn words(it: &Followed) -> Option<String> {
    if let Some(proven) = &it.proven {
        return Some(format!("{}; {} reads", proven.words, proven.reads.0));
    }
    if it.events.0 == 0 && it.changed.0 == 0 {
        return None;
    }
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let (events, changed) = (it.events.0, it.changed.0);
    let mut words = format!(
        "{events} event{}, {changed} change{}",
        plural(events),
        plural(changed)
    );
    let named: Vec<String> = it.arrived.iter().take(NAMED_EVENTS).map(event).collect();
    if !named.is_empty() {
        words.push_str(&format!(": {}", named.join("; ")));
    }
    let more = events.saturating_sub(named.len() as u64);
    if more > 0 && !named.is_empty() {
        words.push_str(&format!("; and {more} more"));
    }
    Some(words)
}

/// "Subscription updated (Acme: seats 5 → 8)".
fn event(row: &EventRow) -> String {
    let who = row.tenant_name.as_ref().or(row.customer.as_ref());
    let told = [who.cloned(), Some(row.changes.join(", "))];
    let told: Vec<String> = told
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect();
    match told.is_empty() {
        true => row.words.clone(),
        false => format!("{} ({})", row.words, told.join(": ")),
    }
}
