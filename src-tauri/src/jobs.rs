//! What runs for the page and can be stopped: one cancellation token a job.
//!
//! A command is not cancelled when the page goes away, so each long one has a name that the page
//! chooses, and `cancel_job` stops it by that name.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use desk::{Code, Error, Result};
use tokio_util::sync::CancellationToken;

/// Jobs at once. A page has one export and a watcher or two; more is a page gone wrong.
const MOST: usize = 16;

/// The running jobs, by name.
#[derive(Debug, Default, Clone)]
pub struct Jobs(Arc<Mutex<Running>>);

#[derive(Debug, Default)]
struct Running {
    started: u64,
    by_name: HashMap<String, (u64, CancellationToken)>,
}

/// A running job; it is forgotten when this is dropped.
#[derive(Debug)]
pub struct Job {
    jobs: Jobs,
    name: String,
    number: u64,
    token: CancellationToken,
}

impl Jobs {
    /// Starts a job. An earlier one of the same name is stopped.
    ///
    /// # Errors
    /// `Busy` when too much runs already.
    pub fn start(&self, name: &str) -> Result<Job> {
        let token = CancellationToken::new();
        let mut running = self.running();
        if running.by_name.len() >= MOST && !running.by_name.contains_key(name) {
            return Err(Error::new(
                Code::Busy,
                "This was not started",
                format!("{MOST} other things are running"),
                "Wait for one of them, or stop it",
            ));
        }
        running.started += 1;
        let number = running.started;
        let earlier = running
            .by_name
            .insert(name.to_owned(), (number, token.clone()));
        if let Some((_, earlier)) = earlier {
            earlier.cancel();
        }
        Ok(Job {
            jobs: self.clone(),
            name: name.to_owned(),
            number,
            token,
        })
    }

    /// Stops a job; one that is over already stays over.
    pub fn cancel(&self, name: &str) {
        if let Some((_, token)) = self.running().by_name.get(name) {
            token.cancel();
        }
    }

    /// Stops all of them.
    pub fn cancel_all(&self) {
        for (_, token) in self.running().by_name.values() {
            token.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// The token that the job's work listens to.
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let mut running = self.jobs.running();
        // A later job of the same name is not this one's to forget.
        if running
            .by_name
            .get(&self.name)
            .is_some_and(|(number, _)| *number == self.number)
        {
            running.by_name.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_of_the_same_name_takes_the_place_of_the_earlier_one() {
        let jobs = Jobs::default();
        let first = jobs.start("export").expect("nothing else runs");
        let second = jobs.start("export").expect("the name is free again");
        assert!(first.token().is_cancelled(), "the earlier one was stopped");
        drop(first);
        jobs.cancel("export");
        assert!(
            second.token().is_cancelled(),
            "the later one is still known by its name"
        );
        drop(second);
        assert!(
            jobs.running().by_name.is_empty(),
            "nothing is kept of jobs that are over"
        );
    }

    #[test]
    fn too_many_jobs_are_refused() {
        let jobs = Jobs::default();
        let running: Vec<Job> = (0..MOST)
            .map(|n| jobs.start(&n.to_string()).expect("within the limit"))
            .collect();
        let refused = jobs.start("one more").expect_err("over the limit");
        assert_eq!(refused.code, Code::Busy);
        drop(running);
        jobs.start("one more").expect("there is room again");
    }
}
