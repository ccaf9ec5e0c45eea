//! The actor that judges submissions, two at a time, oldest first. Its mailbox is the database: what stands there unfinished is
//! its work, so that a crash loses none (F2).

use super::{input::Submission, judge::Court};
use crate::{
    clock::now_ms,
    store::{
        Store, StoreError,
        contracts::{ATTEMPTS_MAX, Admission, Failure, Verification},
    },
};
use alloy::primitives::B128;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::{Id, JoinSet},
    time::{Instant, timeout_at},
};

/// Compilations at the same time: each may take a core and gigabytes.
const AT_ONCE: usize = 2;

/// How long [`Desk::end`] waits: less than the deadline of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Questions that wait at the same time; more are answered at once.
const WAITS_MAX: usize = 64;

/// Takes submissions. Clones share the queue.
#[derive(Clone, Debug)]
pub struct Desk {
    store: Store,
    wake: mpsc::Sender<()>,
    /// How many ended since the start.
    ends: watch::Receiver<u64>,
    waits: Arc<Semaphore>,
}

/// The other end; does nothing until it runs.
#[derive(Debug)]
pub struct Bench {
    store: Store,
    court: Court,
    woken: mpsc::Receiver<()>,
    ends: watch::Sender<u64>,
}

/// A queue of submissions that are rows of `store`.
pub fn queue(store: Store, court: Court) -> (Desk, Bench) {
    // One wake-up stands for any number of submissions.
    let (wake, woken) = mpsc::channel(1);
    let (ended, ends) = watch::channel(0);
    (
        Desk { store: store.clone(), wake, ends, waits: Arc::new(Semaphore::new(WAITS_MAX)) },
        Bench { store, court, woken, ends: ended },
    )
}

impl Desk {
    /// Keeps a submission and tells under which number its state can be asked for; `None` when too many wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(&self, submission: &Submission) -> Result<Option<B128>, StoreError> {
        let id = B128::random();
        if self.store.submit(id, submission, now_ms()).await? == Admission::Full {
            return Ok(None);
        }
        // Full: it is awake.
        let _awake = self.wake.try_send(());
        Ok(Some(id))
    }

    /// How far a verification is: at once if it ended, else when it ends or after [`PATIENCE`]. forge and hardhat ask right
    /// after they submitted, and again much later than a compilation takes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(&self, id: B128) -> Result<Option<Verification>, StoreError> {
        let Ok(_wait) = self.waits.try_acquire() else { return self.store.verification(id).await };
        let (mut ends, deadline) = (self.ends.clone(), Instant::now() + PATIENCE);
        loop {
            ends.mark_unchanged();
            let found = self.store.verification(id).await?;
            let is_open = found.as_ref().is_some_and(|found| found.end.is_none());
            // Nobody judges any more: the sender is gone.
            if !is_open || !matches!(timeout_at(deadline, ends.changed()).await, Ok(Ok(()))) {
                return Ok(found);
            }
        }
    }
}

impl Bench {
    /// Judges until `ended`, beginning with what an earlier process left. Whatever is not finished then is started again by
    /// the next.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be used any more.
    pub async fn run(mut self, mut ended: watch::Receiver<bool>) -> Result<(), StoreError> {
        let mut tasks: JoinSet<Result<(), StoreError>> = JoinSet::new();
        let mut busy: HashMap<Id, B128> = HashMap::new();
        loop {
            while tasks.len() < AT_ONCE {
                let taken: Vec<_> = busy.values().copied().collect();
                let Some((id, attempt, submission)) = self.store.next_submission(&taken).await? else { break };
                let (store, court) = (self.store.clone(), self.court.clone());
                let task = tasks.spawn(async move { judge(&store, &court, id, attempt, &submission).await });
                busy.insert(task.id(), id);
            }
            tokio::select! {
                _ = ended.wait_for(|ended| *ended) => return Ok(()),
                woken = self.woken.recv() => if woken.is_none() { return Ok(()) },
                Some(done) = tasks.join_next_with_id(), if !tasks.is_empty() => match done {
                    Ok((task, outcome)) => {
                        busy.remove(&task);
                        outcome?;
                        self.ends.send_modify(|ends| *ends += 1);
                    }
                    // Our own bug: the submission is tried again until its attempts are used up.
                    Err(error) => {
                        tracing::error!(%error, "a verification broke off");
                        busy.remove(&error.id());
                    }
                },
            }
        }
    }
}

async fn judge(
    store: &Store,
    court: &Court,
    id: B128,
    attempt: u32,
    submission: &Submission,
) -> Result<(), StoreError> {
    let begun = store.rewinds();
    let outcome = if attempt > ATTEMPTS_MAX {
        let message = format!("given up: {ATTEMPTS_MAX} attempts did not come to an end");
        Err(Failure { code: "internal_error".into(), message })
    } else {
        court.judge(submission).await.map_err(Failure::from)
    };
    let result = if outcome.is_ok() { "verified" } else { "refused" };
    metrics::counter!("edgeloom_index_verifications_total", "result" => result).increment(1);
    store.finish(id, begun, outcome, now_ms()).await
}

#[cfg(test)]
mod tests;
