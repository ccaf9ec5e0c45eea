//! What a worker asks about between jobs: new jobs, its money, and jobs it may have forgotten.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use alloy::primitives::U256;
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_sdk::Error;
use tokio::{task::JoinError, time::timeout};

use super::{Floor, SOON, Worker, WorkerError};
use crate::{
    bond::{self, BondError, Stake},
    discovery,
    journal::{JournalError, Stage},
    life::claimed::is_claimed,
};

/// Between two questions to the index while nothing happens.
const IDLE: Duration = Duration::from_millis(500);
/// Between two questions to the index after a block.
const EAGER: Duration = Duration::from_millis(40);
/// Between two looks at peers, own jobs and money.
const REFRESH: Duration = Duration::from_secs(5);
/// Before bonding is tried again.
const BOND_AGAIN: Duration = Duration::from_secs(30);
/// One question to index or node from the loop.
const PATIENCE: Duration = Duration::from_secs(2);

impl Worker {
    /// Asks index and node what is due. Nothing is lost when it is dropped half-way.
    pub(super) async fn look_around(&self, floor: &mut Floor) {
        if floor.ask_at <= Instant::now() {
            self.ask(floor).await;
        }
        if floor.refresh_at <= Instant::now() {
            floor.refresh_at = Instant::now() + REFRESH;
            self.refresh(floor).await;
        }
    }

    /// Asks the index for jobs that it has not yet named.
    async fn ask(&self, floor: &mut Floor) {
        let eager = floor.eager > 0;
        floor.eager = floor.eager.saturating_sub(1);
        floor.ask_at = Instant::now() + if eager { EAGER } else { IDLE };
        let (Some(query), Ok(index)) = (floor.discovery.query(), self.bench.client.index()) else { return };
        let answer = timeout(PATIENCE, index.jobs(&query)).await;
        let index_ok = matches!(answer, Ok(Ok(_)));
        self.bench.tally.set(|state| state.index_ok = index_ok);
        match answer {
            Ok(Ok(page)) => {
                if floor.discovery.add(page.items, page.page_info.end_cursor, Instant::now()) {
                    floor.ask_at = Instant::now();
                }
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the index does not answer");
                floor.ask_at = Instant::now() + SOON;
            }
            Err(_) => tracing::debug!("the index is slow"),
        }
    }

    /// Looks at money, peers, and jobs on chain that this worker may have forgotten.
    async fn refresh(&self, floor: &mut Floor) {
        let (client, worker) = (&self.bench.client, self.bench.worker);
        let Ok(index) = client.index() else { return };
        let chain = async { futures::try_join!(client.balance(worker), Stake::of(client, worker)) };
        let money = timeout(PATIENCE, chain).await.ok().and_then(Result::ok);
        self.bench.tally.set(|state| {
            state.node_ok = money.is_some();
            if let Some((balance, stake)) = &money {
                state.balance = *balance;
                state.free = stake.free;
                state.locked = stake.locked;
            }
        });
        if let Some((_, stake)) = &money {
            self.bond_if_short(floor, stake);
        }
        let known =
            async { futures::try_join!(discovery::peers(index, self.stake.minimum), discovery::own(index, worker)) };
        let Ok(Ok((peers, own))) = timeout(PATIENCE, known).await else { return };
        floor.discovery.meet(&peers);
        floor.given_up.retain(|job| own.contains(job));
        let known =
            |job: &U256| floor.running.contains(job) || floor.watched.contains(job) || floor.given_up.contains(job);
        for job in own.into_iter().filter(|job| !known(job)).collect::<Vec<_>>() {
            self.remember(floor, job).await;
        }
    }

    /// Goes on with a job that the index says is this worker's, if the chain says so and there is time.
    async fn remember(&self, floor: &mut Floor, job: U256) {
        // The index may lag behind: the chain decides.
        let read = async {
            let (order, state) = self.bench.client.jobs().get(job).await?;
            let own = state.phase == Phase::Taken && state.worker == self.bench.worker;
            // What was claimed goes on after the deadline.
            let missed = !is_claimed(order.terms.kind) && self.bench.passed(state.deadline).await;
            Ok::<_, Error>((own, own && missed))
        };
        match timeout(PATIENCE, read).await {
            Ok(Ok((true, false))) => {}
            // Missed before a restart: nothing is left to be done.
            Ok(Ok((true, true))) => {
                floor.given_up.insert(job);
                return;
            }
            _ => return,
        }
        tracing::warn!(%job, "a job of this worker's that the journal does not know");
        self.resume(floor, job, Stage::Taken);
    }

    /// Begins to top up a stake that has not been bonded yet, or was slashed.
    fn bond_if_short(&self, floor: &mut Floor, stake: &Stake) {
        let short = !floor.bonded || !self.stake.missing(stake).is_zero();
        if short && floor.bonding.is_empty() && floor.bond_at <= Instant::now() {
            let (bench, goal) = (Arc::clone(&self.bench), self.stake);
            floor.bonding.spawn(async move { bond::top_up(&bench.client, bench.worker, goal, &bench.promised).await });
        }
    }
}

/// A worker without a bond and without a job has nothing to do; any other goes on, and tries again.
pub(super) fn bonded(floor: &mut Floor, done: Result<Result<(), BondError>, JoinError>) -> Result<(), WorkerError> {
    match done {
        Ok(Ok(())) => floor.bonded = true,
        Ok(Err(error)) if !floor.bonded && floor.running.is_empty() => return Err(error.into()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the stake cannot be topped up now");
            floor.bond_at = Instant::now() + BOND_AGAIN;
        }
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
    Ok(())
}

/// Rounds go on until the disk fails.
pub(super) fn untended(ended: Result<JournalError, JoinError>) -> WorkerError {
    match ended {
        Ok(error) => error.into(),
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
