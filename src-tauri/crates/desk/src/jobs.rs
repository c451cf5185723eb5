//! The sync as a job: at most one, cancelled within a second, its progress for whoever looks.

use std::sync::Arc;

use stripe::{Gateway, List};
use sync::{LoadProgress, Phase, SyncError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::answers::{Count, ListProgress, Status, SyncPhase, SyncProgress, UnixSeconds};
use crate::context::{Inner, Open};
use crate::keys::{Given, take_base};
use crate::{Code, Error, Result};

/// Reads that Stripe guarantees every account in a month (stripe-facts §2.4).
const READ_ALLOCATION: u64 = 10_000;

/// A running sync.
pub(crate) struct Job {
    cancel: CancellationToken,
    ended: watch::Receiver<bool>,
}

impl Job {
    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) {
        self.cancel.cancel();
        // The sender going away means the same.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }

    fn runs(&self) -> bool {
        !*self.ended.borrow() && self.ended.has_changed().is_ok()
    }
}

impl Inner {
    /// Starts a sync; one that runs already goes on.
    pub async fn sync_start(self: &Arc<Self>, full: bool) -> Result<()> {
        let open = self.open().await?;
        open.writable("The update was not started")?;
        let given = self.access(&open).await?;
        let share = open.file().live_share_percent;
        let gateway = self.gateway(given.base, given.key, share)?;
        let mut state = self.state.lock().await;
        if state.job.as_ref().is_some_and(Job::runs) {
            return Ok(());
        }
        let cancel = CancellationToken::new();
        let (ended, watched) = watch::channel(false);
        state.job = Some(Job {
            cancel: cancel.clone(),
            ended: watched,
        });
        let inner = Arc::clone(self);
        self.progress.send_modify(|progress| {
            *progress = SyncProgress {
                phase: SyncPhase::Loading,
                ..crate::context::idle_progress()
            };
        });
        tokio::spawn(async move {
            inner.run(open, gateway, full, cancel).await;
            ended.send_replace(true);
        });
        Ok(())
    }

    /// Where to ask with which key.
    pub async fn access(&self, open: &Open) -> Result<Given> {
        let file = open.file();
        if let Some(sample) = file.sample {
            return self.sample_access(open, sample).await;
        }
        let key = open.key().ok_or_else(|| {
            Error::new(
                Code::KeyRefused,
                "Stripe cannot be asked",
                "No key is held for this account",
                "Give its key again in the settings (replace-key on the command line)",
            )
        })?;
        Ok(Given {
            key,
            base: take_base(file.api_base.as_deref())?,
        })
    }

    async fn run(
        self: &Arc<Self>,
        open: Arc<Open>,
        gateway: Gateway,
        full: bool,
        cancel: CancellationToken,
    ) {
        let _working = self.working();
        let (sender, receiver) = watch::channel(LoadProgress::default());
        let forwarding = tokio::spawn(forward(Arc::clone(self), receiver));
        let clock = self.config.clock.clone();
        let clock: Arc<dyn Fn() -> i64 + Send + Sync> = Arc::new(move || clock.now());
        let stop = cancel.clone();
        let loaded = async {
            // What was loaded once is listed again by proving it: that also finds what is gone.
            if self.loaded(&open).await.unwrap_or(false) {
                return match full {
                    true => {
                        let all = sync::ProofRequest::All;
                        let proven = self.prove_beside(&open, &gateway, clock, all, cancel);
                        proven.await.map(drop)
                    }
                    false => self.catch_up(&open, &gateway, sender, cancel).await,
                };
            }
            let token = cancel.clone();
            let outcome = sync::backfill(&gateway, &open.books, clock, sender, token).await?;
            let (objects, requests) = (outcome.objects, outcome.requests);
            tracing::info!(objects, requests, "loaded");
            match self.poll(&open, &gateway, &cancel).await {
                // The books are loaded; what a key may not read is said where it is missing.
                Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => Ok(()),
                polled => polled.map(drop),
            }
        };
        let ended = loaded.await;
        if ended.is_ok() {
            self.sample_plans(&open).await;
            self.usage_after_update(&open, &stop).await;
        }
        // The sender is gone: the forwarding has seen the last of it.
        let _ = forwarding.await;
        let (phase, error) = match ended {
            Ok(()) => (SyncPhase::Done, None),
            Err(SyncError::Cancelled) => (SyncPhase::Cancelled, None),
            Err(error) => {
                let error = Error::from(error);
                tracing::error!(what = %error.what, why = %error.why, "the update failed");
                (SyncPhase::Failed, Some(error))
            }
        };
        match error.as_ref().map(|error| error.code) {
            None => open.set_online(true),
            Some(Code::Offline) => open.set_online(false),
            Some(_) => {}
        }
        self.progress.send_modify(|progress| {
            progress.phase = phase;
            progress.seconds_left = None;
            progress.error = error;
        });
    }

    pub async fn sync_cancel(&self) {
        if let Some(job) = &self.state.lock().await.job {
            job.cancel.cancel();
        }
    }

    pub async fn sync_wait(self: &Arc<Self>) -> SyncProgress {
        let ended = self
            .state
            .lock()
            .await
            .job
            .as_ref()
            .map(|job| job.ended.clone());
        if let Some(mut ended) = ended {
            let _ = ended.wait_for(|ended| *ended).await;
        }
        let mut progress = self.progress.borrow().clone();
        if progress.lists.is_empty()
            && let Ok(open) = self.open().await
            && let Ok(lists) = open.books.lists().await
        {
            progress.lists = standing(&lists);
        }
        progress
    }

    /// Whether every list has been read to its end once (or may not be read), and the load that
    /// read them came to its own end.
    pub async fn loaded(&self, open: &Open) -> Result<bool> {
        let complete = complete_as_of(&open.books.lists().await?).is_some();
        Ok(complete && open.books.cursors().await?.is_empty())
    }

    pub async fn status(self: &Arc<Self>) -> Result<Status> {
        let open = self.open().await?;
        let lists = open.books.lists().await?;
        let mut progress = self.progress.borrow().clone();
        if progress.lists.is_empty() {
            progress.lists = standing(&lists);
        }
        let month = month(self.now());
        let reads = open.books.reads(&month).await?;
        let unreadable = open.books.setting(sync::SETTING_UNDECODABLE).await?;
        let as_of = complete_as_of(&lists);
        let file = open.file();
        Ok(Status {
            account: file.name,
            complete_as_of: as_of.map(UnixSeconds),
            progress,
            unreadable: Count(unreadable.and_then(|text| text.parse().ok()).unwrap_or(0)),
            reads_this_month: Count(reads),
            read_allocation: Count(READ_ALLOCATION),
            online: open.online(),
            file_bytes: Count(open.books.file_bytes()),
            data_version: Count(open.books.data_version()),
        })
    }
}

async fn forward(inner: Arc<Inner>, mut receiver: watch::Receiver<LoadProgress>) {
    while receiver.changed().await.is_ok() {
        let answer = answer(&receiver.borrow_and_update());
        inner.progress.send_replace(answer);
    }
    // What was sent last and not yet seen.
    let last = answer(&receiver.borrow());
    if !last.lists.is_empty() {
        inner.progress.send_replace(last);
    }
}

fn answer(progress: &LoadProgress) -> SyncProgress {
    SyncProgress {
        phase: match progress.phase {
            Phase::Starting | Phase::Loading => SyncPhase::Loading,
            Phase::Finishing | Phase::Done => SyncPhase::Finishing,
        },
        lists: progress
            .lists
            .iter()
            .map(|list| ListProgress {
                list: list_words(list.list.as_str()),
                objects: Count(list.objects),
                done: list.done,
                complete_at: list.complete_as_of.map(UnixSeconds),
                refused: list.refused.clone(),
            })
            .collect(),
        objects: Count(progress.objects),
        objects_per_second: Count(progress.objects_per_second),
        seconds_left: progress.seconds_left.map(Count),
        requests: Count(progress.requests),
        throttled: Count(progress.throttled),
        error: None,
    }
}

/// The lists as the books know them, while nothing runs.
fn standing(lists: &[books::ListState]) -> Vec<ListProgress> {
    List::LOADED
        .into_iter()
        .map(|list| {
            let state = lists.iter().find(|state| state.list == list.as_str());
            let complete_at = state.and_then(|state| state.complete_as_of);
            ListProgress {
                list: list_words(list.as_str()),
                objects: Count(0),
                done: complete_at.is_some(),
                complete_at: complete_at.map(UnixSeconds),
                refused: state.and_then(|state| state.refused.clone()),
            }
        })
        .collect()
}

/// The oldest of the lists' last complete loads; none while one was never complete. A list that
/// the key may not read does not count: it is shown as refused.
pub(crate) fn complete_as_of(lists: &[books::ListState]) -> Option<i64> {
    let mut oldest = None;
    for list in List::LOADED {
        let state = lists.iter().find(|state| state.list == list.as_str())?;
        // Refused from the start: said as such. Refused later: what it holds has its own date.
        if state.refused.is_some() && state.complete_as_of.is_none() {
            continue;
        }
        let as_of = state.complete_as_of?;
        oldest = Some(oldest.map_or(as_of, |before: i64| before.min(as_of)));
    }
    oldest
}

/// `invoice_payments` → "Invoice payments". Names that say too little, or are no words, get those
/// that a person uses.
pub(crate) fn list_words(name: &str) -> String {
    let words = match name {
        "invoiceitems" => "invoice items".to_owned(),
        "balance_transactions" => "entries of Stripe's balance".to_owned(),
        "credit_balance_transactions" => "uses of credits".to_owned(),
        "customer_balance_transactions" => "entries of customers' balances".to_owned(),
        _ => name.replace('_', " "),
    };
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// `2026-11`, in UTC: Stripe counts reads by its own months.
fn month(now: i64) -> String {
    chrono::DateTime::from_timestamp(now, 0)
        .map(|at| at.format("%Y-%m").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(list: List, complete_as_of: Option<i64>, refused: Option<&str>) -> books::ListState {
        books::ListState {
            list: list.as_str().to_owned(),
            complete_as_of,
            refused: refused.map(str::to_owned),
        }
    }

    #[test]
    fn as_of_is_the_oldest_of_all_lists_that_may_be_read() {
        let mut lists: Vec<_> = List::LOADED
            .into_iter()
            .zip(100..)
            .map(|(l, at)| state(l, Some(at), None))
            .collect();
        assert_eq!(complete_as_of(&lists), Some(100));
        lists[0] = state(List::LOADED[0], None, Some("rak_product_read"));
        assert_eq!(
            complete_as_of(&lists),
            Some(101),
            "a refused list is said, not waited for"
        );
        lists[2] = state(List::LOADED[2], Some(7), Some("rak_coupon_read"));
        assert_eq!(
            complete_as_of(&lists),
            Some(7),
            "what it held before has its own date"
        );
        lists[1] = state(List::LOADED[1], None, None);
        assert_eq!(complete_as_of(&lists), None, "one list was never complete");
    }

    #[test]
    fn lists_are_named_in_words() {
        for (name, words) in [
            ("invoice_payments", "Invoice payments"),
            ("invoiceitems", "Invoice items"),
            ("credit_balance_transactions", "Uses of credits"),
        ] {
            assert_eq!(list_words(name), words);
        }
    }
}
