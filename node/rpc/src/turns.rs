//! Long work: it runs on threads of its own, on as many at a time as the machine has cores, and the rest queues. Callers
//! take turns: one that asks for much at once waits for itself, not others for it.

use crate::error::Fault;
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};
use tokio::{sync::oneshot, task::spawn_blocking, time::timeout};

/// How long a call waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The queue, as one caller sees it.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    queue: Arc<Queue>,
    caller: u64,
    wait_max: Duration,
}

#[derive(Debug)]
struct Queue {
    waiting: Mutex<Waiting>,
    callers: AtomicU64,
}

/// Nobody waits while a turn is free.
#[derive(Debug)]
struct Waiting {
    free: usize,
    /// Callers with calls that wait, each once; the first is next.
    ring: VecDeque<u64>,
    calls: HashMap<u64, VecDeque<oneshot::Sender<Turn>>>,
}

/// The right to a thread; the next caller's when it is dropped.
#[derive(Debug)]
struct Turn(Option<Arc<Queue>>);

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(queue) = self.0.take() else { return };
        // Not under the lock: a call that no longer waits drops what it is sent.
        while let Some(call) = { queue.waiting.lock().leave() } {
            match call.send(Self(Some(queue.clone()))) {
                Ok(()) => return,
                Err(mut unwanted) => unwanted.0 = None,
            }
        }
    }
}

impl Waiting {
    /// `None`: the turn is there. Else it comes, unless whoever has one never ends.
    fn enter(&mut self, caller: u64) -> Option<oneshot::Receiver<Turn>> {
        if self.free > 0 {
            self.free -= 1;
            return None;
        }
        let (call, turn) = oneshot::channel();
        let calls = self.calls.entry(caller).or_default();
        if calls.is_empty() {
            self.ring.push_back(caller);
        }
        calls.push_back(call);
        Some(turn)
    }

    /// The call whose turn it is; the turn is free when there is none.
    fn leave(&mut self) -> Option<oneshot::Sender<Turn>> {
        let Some(caller) = self.ring.pop_front() else {
            self.free += 1;
            return None;
        };
        let calls = self.calls.get_mut(&caller).expect("a caller in the ring has calls");
        let call = calls.pop_front();
        if calls.is_empty() {
            self.calls.remove(&caller);
        } else {
            self.ring.push_back(caller);
        }
        call
    }
}

impl Default for Turns {
    fn default() -> Self {
        // One alone would let one caller hold up all others.
        let cores = available_parallelism().map_or(2, |cores| cores.get().max(2));
        Self::new(cores, WAIT_MAX)
    }
}

impl Turns {
    /// For work that takes long and a few hundred mebibytes each: half of the cores, and four at most.
    pub(crate) fn few() -> Self {
        let cores = available_parallelism().map_or(2, NonZero::get);
        Self::new((cores / 2).clamp(1, 4), WAIT_MAX)
    }

    /// For work of which one at a time is enough.
    pub(crate) fn single() -> Self {
        Self::new(1, WAIT_MAX)
    }

    pub(crate) fn new(count: usize, wait_max: Duration) -> Self {
        let waiting = Waiting { free: count, ring: VecDeque::new(), calls: HashMap::new() };
        let queue = Queue { waiting: Mutex::new(waiting), callers: AtomicU64::new(0) };
        Self { queue: Arc::new(queue), caller: 0, wait_max }
    }

    /// For another caller, with a share of its own.
    pub(crate) fn for_connection(&self) -> Self {
        let caller = self.queue.callers.fetch_add(1, Ordering::Relaxed) + 1;
        Self { caller, ..self.clone() }
    }

    /// The share that the caller of `other`, another queue, has in this one.
    pub(crate) fn for_caller_of(&self, other: &Self) -> Self {
        Self { caller: other.caller, ..self.clone() }
    }

    /// How many calls wait.
    pub(crate) fn queued(&self) -> usize {
        self.queue.waiting.lock().calls.values().map(VecDeque::len).sum()
    }

    /// # Errors
    /// [`Fault::Limit`] when no turn came in time, [`Fault::Internal`] when `work` panicked.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let turn = self.turn().await?;
        // The turn is the thread's, not the caller's: who hangs up does not make room for another.
        let worked = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(|error| Fault::Internal(error.to_string()))
    }

    async fn turn(&self) -> Result<Turn, Fault> {
        let entered = self.queue.waiting.lock().enter(self.caller);
        let Some(coming) = entered else { return Ok(Turn(Some(self.queue.clone()))) };
        let busy = |_| Fault::Limit(format!("the node is busy: no turn came within {:?}", self.wait_max));
        let turn = timeout(self.wait_max, coming).await.map_err(busy)?;
        turn.map_err(|_| Fault::Internal("a turn was lost".into()))
    }

    /// As [`Self::run`], for what goes on with an answer that has begun: it waits for its turn however long that takes.
    pub(crate) async fn run_patiently<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        Self { wait_max: Duration::MAX, ..self.clone() }.run(work).await
    }

    #[cfg(test)]
    pub(crate) fn waiting(self, wait_max: Duration) -> Self {
        Self { wait_max, ..self }
    }
}

#[cfg(test)]
mod tests;
