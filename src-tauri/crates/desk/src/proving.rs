//! The completeness check as a person asks for it: how whole the books are, in words; what a proof
//! takes; proving; the schedule; the read budget.

use std::sync::{Arc, Mutex, PoisonError};

use books::{ListProof, Reason};
use serde_json::json;
use stripe::Gateway;
use sync::{Attention, ProofOutcome, ProofRequest, SyncError, daily_share, interval_for};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::answers::{
    Completeness, Count, ListCompleteness, MonthProof, ProofAge, ProofProgress, ProofState,
    ProveRequest, Proven, ReadBudget, UnixSeconds,
};
use crate::context::{Inner, Open};
use crate::jobs::list_words;
use crate::{Code, Error, OnProgress, Result, ledger};

/// A running proof, for whoever looks; one at a time.
#[derive(Default)]
pub(crate) struct Proving {
    /// Held by the proof that a person asked for: a second one is told of it.
    asked: tokio::sync::Mutex<()>,
    /// Held by the proof that runs. One that a person asks for waits for one in the background,
    /// which is short.
    turn: tokio::sync::Mutex<()>,
    shown: Mutex<Option<ProofProgress>>,
    cancel: Mutex<CancellationToken>,
}

impl Proving {
    fn show(&self, progress: Option<ProofProgress>) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    fn shown(&self) -> Option<ProofProgress> {
        self.shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Stops what runs; what was compared stays compared.
    pub(crate) fn stop(&self) {
        self.cancel
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .cancel();
    }
}

impl Inner {
    pub async fn completeness(self: &Arc<Self>) -> Result<Completeness> {
        let open = self.open().await?;
        let now = self.now();
        let known = open.books.completeness(now).await?;
        let reasons: Vec<String> = known.reasons.iter().map(|it| words(it, now)).collect();
        let out_of_scope = known
            .lists
            .iter()
            .filter(|list| list.refused.is_some())
            .count();
        Ok(Completeness {
            state: state(known.state),
            words: match (reasons.first(), out_of_scope) {
                (Some(worst), _) => worst.clone(),
                (None, 0) => "Every month of every list is proven within its stated age".into(),
                (None, lists) => format!(
                    "Every month of every list is proven within its stated age, but {} that the \
                     key may not read",
                    counted(lists as u64, "list", "lists")
                ),
            },
            reasons,
            what_to_do: known.reasons.first().map(what_to_do),
            as_of: UnixSeconds(now),
            proven_at: known.proven_at.map(UnixSeconds),
            polled_at: known.polled_at.map(UnixSeconds),
            lists: known.lists.iter().map(list).collect(),
            reads_for_all: Count(known.reads_for_all),
            running: self.proving.shown(),
        })
    }

    /// How whole the books are, for a control sheet: colour, reasons, and what is proven as of.
    pub(crate) async fn completeness_note(&self, open: &Open) -> Result<String> {
        let now = self.now();
        let known = open.books.completeness(now).await?;
        let colour = match known.state {
            books::ProofState::Green => "green",
            books::ProofState::Amber => "amber",
            books::ProofState::Red => "red",
        };
        let mut note = format!("Completeness when this was made: {colour}.");
        for reason in &known.reasons {
            note.push_str(&format!(" {}.", words(reason, now)));
        }
        if let Some(at) = known
            .proven_at
            .and_then(|at| chrono::DateTime::from_timestamp(at, 0))
        {
            let at = at.format("%Y-%m-%dT%H:%M:%SZ");
            note.push_str(&format!(" Everything was proven as of {at} or later."));
        }
        let refused = known.lists.iter().filter(|list| list.refused.is_some());
        let refused: Vec<_> = refused.map(|list| list_words(list.list.name)).collect();
        if !refused.is_empty() {
            note.push_str(&format!(" Out of scope: {}.", refused.join(", ")));
        }
        Ok(note)
    }

    pub async fn prove_cost(self: &Arc<Self>, request: &ProveRequest) -> Result<Count> {
        let open = self.open().await?;
        let request = self.request(request).await?;
        Ok(Count(
            sync::proof_cost(&open.books, &request, self.now()).await?,
        ))
    }

    pub async fn prove(
        self: &Arc<Self>,
        request: &ProveRequest,
        progress: OnProgress<ProofProgress>,
    ) -> Result<Proven> {
        const WHAT: &str = "The books were not proven";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let Ok(_asked) = self.proving.asked.try_lock() else {
            let why = "Another check of these books is running";
            return Err(Error::new(Code::Busy, WHAT, why, "Wait until it has ended"));
        };
        if !self.loaded(&open).await? {
            let why = "They were never loaded to their end";
            return Err(Error::new(
                Code::Failed,
                WHAT,
                why,
                "Update the books first",
            ));
        }
        let request = self.request(request).await?;
        let given = self.access(&open).await?;
        let gateway = self.gateway(given.base, given.key, open.file().live_share_percent)?;
        let _working = self.working();
        let cancel = open.cancel.child_token();
        *self
            .proving
            .cancel
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = cancel.clone();
        let stopped = || Error::cancelled("The proof was not finished");
        let _turn = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(stopped()),
            turn = self.proving.turn.lock() => turn,
        };
        let (sender, mut receiver) = watch::channel(sync::ProofProgress::default());
        let inner = Arc::clone(self);
        let forwarding = tokio::spawn(async move {
            while receiver.changed().await.is_ok() {
                let shown = shown(&receiver.borrow_and_update());
                inner.proving.show(Some(shown.clone()));
                progress(shown);
                tokio::time::sleep(FORWARD_EVERY).await;
            }
        });
        let clock = self.config.clock.clone();
        let clock: sync::Clock = Arc::new(move || clock.now());
        let ended = sync::prove(&gateway, &open.books, clock, request, sender, cancel).await;
        // The sender is gone: the forwarding ends by itself.
        let _ = forwarding.await;
        self.proving.show(None);
        match ended {
            Ok(outcome) => Ok(proven(&outcome)),
            Err(SyncError::Cancelled) => Err(stopped()),
            Err(error) => {
                let mut error = Error::from(error);
                error.what = WHAT.into();
                Err(error)
            }
        }
    }

    /// A full update: everything is proven, with the update's own progress.
    pub async fn prove_beside(
        self: &Arc<Self>,
        open: &Open,
        gateway: &Gateway,
        clock: sync::Clock,
        request: ProofRequest,
        cancel: CancellationToken,
    ) -> std::result::Result<Proven, SyncError> {
        let _turn = self.proving.turn.lock().await;
        let (sender, mut receiver) = watch::channel(sync::ProofProgress::default());
        let inner = Arc::clone(self);
        let forwarding = tokio::spawn(async move {
            while receiver.changed().await.is_ok() {
                let at = shown(&receiver.borrow_and_update());
                inner
                    .progress
                    .send_modify(|progress| progress.objects = at.done);
                inner.proving.show(Some(at));
                tokio::time::sleep(FORWARD_EVERY).await;
            }
        });
        let ended = sync::prove(gateway, &open.books, clock, request, sender, cancel).await;
        let _ = forwarding.await;
        self.proving.show(None);
        let outcome = ended?;
        self.progress
            .send_modify(|progress| progress.objects = Count(outcome.checked));
        Ok(proven(&outcome))
    }

    async fn request(self: &Arc<Self>, request: &ProveRequest) -> Result<ProofRequest> {
        const WHAT: &str = "That cannot be proven";
        if request.due {
            let open = self.open().await?;
            let budget = open.books.read_budget(self.now()).await?;
            let reads = daily_share(&budget);
            return Ok(ProofRequest::Due { reads });
        }
        if let Some(name) = &request.list
            && books::proven_list(name).is_none()
        {
            let why = format!("“{name}” is not a list that is proven");
            let known: Vec<_> = books::PROVEN_LISTS.iter().map(|list| list.name).collect();
            let next = format!("Choose one of: {}", known.join(", "));
            return Err(Error::invalid("list", WHAT, why).then(&next));
        }
        let month = request.month.as_deref().map(|text| {
            books::Month::parse(text).ok_or_else(|| {
                let why = format!("“{text}” is not a month");
                Error::invalid("month", WHAT, why).then("Write it as 2026-11")
            })
        });
        Ok(match (request.list.clone(), month.transpose()?) {
            (None, None) => ProofRequest::All,
            (Some(list), None) => ProofRequest::List(list),
            (list, Some(month)) => ProofRequest::Month { list, month },
        })
    }

    pub async fn proof_schedule(self: &Arc<Self>) -> Result<Vec<ProofAge>> {
        let open = self.open().await?;
        let schedule = open.books.proof_schedule().await?;
        Ok(schedule
            .into_iter()
            .map(|row| ProofAge {
                list: row.list.name.to_owned(),
                words: list_words(row.list.name),
                by_month: row.list.by_month,
                max_age_seconds: seconds(row.max_age_seconds),
                usual_seconds: seconds(row.list.max_age_seconds),
            })
            .collect())
    }

    pub async fn set_proof_age(
        self: &Arc<Self>,
        list: &str,
        max_age_seconds: Option<u64>,
    ) -> Result<Vec<ProofAge>> {
        let open = self.open().await?;
        open.writable("The schedule was not changed")?;
        let age = max_age_seconds.map(|age| i64::try_from(age).unwrap_or(i64::MAX));
        open.books.set_proof_age(list, age).await?;
        let days = age.map_or("as usual".to_owned(), |age| {
            format!("{} hours", age / 3_600)
        });
        let payload = json!({ "changes": format!("proofs of {list}: {days}") });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "settings.changed",
            payload,
        )
        .await?;
        self.proof_schedule().await
    }

    pub async fn read_budget(self: &Arc<Self>) -> Result<ReadBudget> {
        let open = self.open().await?;
        let budget = open.books.read_budget(self.now()).await?;
        let proofs_today = daily_share(&budget);
        let poll = interval_for(&budget, Attention::default());
        Ok(ReadBudget {
            month: budget.month,
            used: Count(budget.used_month),
            used_30_days: Count(budget.used_30d),
            floor: Count(budget.floor),
            allocation: Count(budget.allocation),
            left: Count(budget.left),
            transactions: Count(budget.transactions),
            proofs_today: Count(proofs_today),
            poll_seconds: Count(poll.as_secs()),
        })
    }
}

/// Progress is told at most twenty times a second.
const FORWARD_EVERY: std::time::Duration = std::time::Duration::from_millis(50);

fn state(state: books::ProofState) -> ProofState {
    match state {
        books::ProofState::Green => ProofState::Green,
        books::ProofState::Amber => ProofState::Amber,
        books::ProofState::Red => ProofState::Red,
    }
}

fn list(known: &ListProof) -> ListCompleteness {
    let month = |month: &books::MonthProof| MonthProof {
        month: month.month.to_string(),
        state: state(month.state),
        objects: Count(month.objects),
        proven_at: UnixSeconds(month.proven_at),
        max_age_seconds: seconds(known.max_age_seconds),
        differences: Count(month.differences),
        mended: Count(month.mended),
        open: Count(month.open),
        reads: Count(month.reads),
    };
    ListCompleteness {
        list: known.list.name.to_owned(),
        words: list_words(known.list.name),
        state: state(known.state),
        refused: known.refused.clone(),
        reads: Count(known.reads()),
        months: known.months.iter().map(month).collect(),
    }
}

fn seconds(seconds: i64) -> Count {
    Count(u64::try_from(seconds).unwrap_or(0))
}

/// `1 list`, `2 lists`.
fn counted(count: u64, one: &str, more: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    }
}

/// How long ago, in the largest unit that says it.
fn ago(then: i64, now: i64) -> String {
    let seconds = u64::try_from(now - then).unwrap_or(0);
    match seconds {
        0..3_600 => counted(seconds / 60, "minute", "minutes"),
        3_600..172_800 => counted(seconds / 3_600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    }
}

/// A reason in words.
pub(crate) fn words(reason: &Reason, now: i64) -> String {
    match reason {
        Reason::NeverLoaded => "The books were never loaded".into(),
        Reason::Unfinished { lists } => {
            let lists: Vec<_> = lists.iter().map(|name| list_words(name)).collect();
            format!("The first load is not finished: {}", lists.join(", "))
        }
        Reason::FullNeeded { why, .. } => {
            format!("Stripe's events cannot bring the books up to date: {why}")
        }
        Reason::CursorLost { polled_at } => format!(
            "Stripe was last asked {} ago, longer than it keeps its events",
            ago(*polled_at, now)
        ),
        Reason::Known { differences: 1 } => {
            "1 difference from Stripe is known and not mended yet".into()
        }
        Reason::Known { differences } => {
            format!("{differences} differences from Stripe are known and not mended yet")
        }
        Reason::Unreadable { objects } => format!(
            "{} at Stripe could not be read",
            counted(*objects, "object", "objects")
        ),
        Reason::FailedEvents { events } => format!(
            "{} could not be applied",
            counted(*events, "event", "events")
        ),
        Reason::LateCursor { polled_at } => {
            format!("Stripe was last asked {} ago", ago(*polled_at, now))
        }
        Reason::Stale { months, oldest } => format!(
            "{} older than stated, the oldest {} old",
            counted(*months, "proof is", "proofs are"),
            ago(*oldest, now)
        ),
    }
}

fn what_to_do(reason: &Reason) -> String {
    match reason {
        Reason::NeverLoaded | Reason::Unfinished { .. } => {
            "Update the books; an update that was \
            interrupted goes on where it was"
        }
        Reason::FullNeeded { .. } | Reason::CursorLost { .. } => {
            "Prove everything: each list is read again and what differs is mended"
        }
        Reason::Known { .. } => "Prove again: the check goes on with what it knows",
        Reason::Unreadable { .. } => {
            "Install the newest version of Meterdesk and prove again; \
            the log names the objects"
        }
        Reason::FailedEvents { .. } => "Prove everything; the log of events says what failed",
        Reason::LateCursor { .. } => "Update the books",
        Reason::Stale { .. } => "Prove what is due, or allow these lists an older proof",
    }
    .into()
}

fn shown(progress: &sync::ProofProgress) -> ProofProgress {
    ProofProgress {
        list: list_words(&progress.list),
        month: progress.month.map(|month| month.to_string()),
        done: Count(progress.done),
        of: Count(progress.of),
    }
}

fn proven(outcome: &ProofOutcome) -> Proven {
    let checked = counted(outcome.checked, "object", "objects");
    let mut words = match outcome.differences {
        0 => format!("{checked} compared; all as at Stripe"),
        count => format!(
            "{checked} compared; {}, {} mended",
            counted(count, "difference", "differences"),
            outcome.mended
        ),
    };
    if outcome.buried > 0 {
        words.push_str(&format!(" ({} gone at Stripe)", outcome.buried));
    }
    if outcome.open > 0 {
        words.push_str(&format!("; {} not mended", outcome.open));
    }
    Proven {
        words,
        checked: Count(outcome.checked),
        differences: Count(outcome.differences),
        mended: Count(outcome.mended),
        buried: Count(outcome.buried),
        explained: Count(outcome.explained),
        open: Count(outcome.open),
        reads: Count(outcome.reads),
        refused: outcome
            .refused
            .iter()
            .map(|(_, slug)| slug.clone())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_said_in_words() {
        let now = 1_795_348_800;
        for (reason, said) in [
            (
                Reason::Known { differences: 1 },
                "1 difference from Stripe is known and not mended yet",
            ),
            (
                Reason::Known { differences: 3 },
                "3 differences from Stripe are known and not mended yet",
            ),
            (
                Reason::LateCursor {
                    polled_at: now - 7_300,
                },
                "Stripe was last asked 2 hours ago",
            ),
            (
                Reason::Stale {
                    months: 1,
                    oldest: now - 3 * 86_400,
                },
                "1 proof is older than stated, the oldest 3 days old",
            ),
            (
                Reason::Unfinished {
                    lists: vec!["tax_rates".into()],
                },
                "The first load is not finished: Tax rates",
            ),
        ] {
            assert_eq!(words(&reason, now), said);
            assert!(!what_to_do(&reason).is_empty());
        }
    }
}
