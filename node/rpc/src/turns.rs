//! Long work: it runs on threads of its own, on as many at a time as the machine has cores, and the rest queues.

use crate::error::Fault;
use std::{num::NonZero, sync::Arc, thread::available_parallelism, time::Duration};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// How long a call waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    wait_max: Duration,
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

    fn new(count: usize, wait_max: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), wait_max }
    }

    /// # Errors
    /// [`Fault::Limit`] when no turn came in time, [`Fault::Internal`] when `work` panicked.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let turn = timeout(self.wait_max, self.free.clone().acquire_owned()).await;
        let busy = |_| Fault::Limit(format!("the node is busy: no turn came within {:?}", self.wait_max));
        let turn = turn.map_err(busy)?.map_err(|error| Fault::Internal(error.to_string()))?;
        // The turn is the thread's, not the caller's: who hangs up does not make room for another.
        let worked = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(|error| Fault::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
