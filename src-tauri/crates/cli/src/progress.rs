//! Progress on standard error: a moving line on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use desk::answers::{SyncPhase, SyncProgress};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

/// Off a terminal a line is printed this often.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows what is under way until it is dropped.
pub struct Shown {
    bar: ProgressBar,
    quiet: bool,
    printed_at: Instant,
}

impl Shown {
    /// Nothing is shown where `quiet`.
    pub fn new(quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if quiet || !terminal {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            quiet: quiet || terminal,
            printed_at: Instant::now(),
        }
    }

    /// Shows a sentence in place of the one before.
    pub fn say(&mut self, words: &str) {
        self.bar.set_message(words.to_owned());
        self.bar.tick();
        if !self.quiet && self.printed_at.elapsed() >= LINE_EVERY {
            self.printed_at = Instant::now();
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr().lock(), "{words}");
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Shows a sync's progress until the sender goes away or this future is dropped.
pub async fn follow(mut progress: watch::Receiver<SyncProgress>, mut shown: Shown) {
    loop {
        let words = sync_words(&progress.borrow_and_update());
        if let Some(words) = words {
            shown.say(&words);
        }
        if progress.changed().await.is_err() {
            return;
        }
    }
}

/// "Loading: 12,000 objects, 3,400 a second, invoices and charges left, about 40 s".
fn sync_words(progress: &SyncProgress) -> Option<String> {
    let doing = match progress.phase {
        SyncPhase::Loading => "Loading",
        SyncPhase::Finishing => "Building the tables",
        SyncPhase::Idle | SyncPhase::Done | SyncPhase::Cancelled | SyncPhase::Failed => {
            return None;
        }
    };
    let mut words = format!(
        "{doing}: {} objects, {} a second",
        progress.objects.0, progress.objects_per_second.0
    );
    let left: Vec<&str> = progress
        .lists
        .iter()
        .filter(|list| !list.done)
        .map(|list| list.list.as_str())
        .collect();
    if !left.is_empty() && progress.phase == SyncPhase::Loading {
        words.push_str(&format!("; to come: {}", left.join(", ")));
    }
    if let Some(seconds) = progress.seconds_left {
        words.push_str(&format!("; about {} s left", seconds.0));
    }
    if progress.throttled.0 > 0 {
        words.push_str(&format!(
            "; Stripe asked {} times to slow down",
            progress.throttled.0
        ));
    }
    Some(words)
}
