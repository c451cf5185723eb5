//! Threads for long computations that give way: whoever looks at a table while a load runs waits
//! for a core behind the load otherwise.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::error::SyncError;

type Job = Box<dyn FnOnce() + Send>;

/// Some threads; they end when this is dropped and their work is done.
pub(crate) struct Workers {
    jobs: Sender<Job>,
}

impl Workers {
    /// Starts so many threads.
    pub(crate) fn start(threads: usize) -> Result<Self, SyncError> {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("load".into())
                .spawn(move || work(&waiting))
                .map_err(broken)?;
        }
        Ok(Self { jobs })
    }

    /// Lets a thread compute something; jobs begin in the order in which they are given.
    pub(crate) fn run<T, J>(&self, job: J) -> BoxFuture<'static, Result<T, SyncError>>
    where
        T: Send + 'static,
        J: FnOnce() -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        // Nobody waits for an answer any more where a load was stopped.
        let job: Job = Box::new(move || drop(answer.send(job())));
        // A thread that is gone drops the job, and the answer says so.
        let _sent = self.jobs.send(job);
        async move { answered.await.map_err(broken) }.boxed()
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    books::give_way();
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        match job {
            Ok(job) => job(),
            Err(_ended) => return,
        }
    }
}

fn broken(error: impl std::fmt::Display) -> SyncError {
    SyncError::Broken {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_come_and_a_job_that_fails_is_told() {
        let workers = Workers::start(2).expect("threads");
        let answers = (0..10).map(|n| workers.run(move || n * n));
        let answers = futures::future::join_all(answers).await;
        let answers: Vec<i32> = answers.into_iter().map(|n| n.expect("an answer")).collect();
        assert_eq!(answers, (0..10).map(|n| n * n).collect::<Vec<_>>());
        let failed = workers.run(|| -> () { panic!("a fault") }).await;
        assert!(matches!(failed, Err(SyncError::Broken { .. })));
        let next = workers.run(|| 1).await;
        assert_eq!(next.ok(), Some(1), "the other thread goes on");
    }
}
