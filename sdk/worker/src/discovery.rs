//! Which jobs to look at, and when. The index is asked for open jobs in the order of their numbers; each is then looked at
//! on chain when it is this worker's turn.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use alloy::primitives::{Address, U256};
use edgeloom_index_api::{JobQuery, JobRow, WorkerQuery, WorkerRow};
use edgeloom_sdk::{Error, Index};

use crate::{life::Candidate, plan};

/// Jobs asked for at once.
const PAGE: u32 = 50;
/// Jobs waiting for their turn; beyond that the index keeps them.
const QUEUE_MAX: usize = 5_000;
/// Workers whose turns are respected.
const PEERS_MAX: u32 = 200;
/// Turns in a row that a peer may let pass before it counts as away.
const STRIKES: u32 = 2;

#[derive(Debug)]
pub(crate) struct Discovery {
    worker: Address,
    cursor: Option<String>,
    queue: BTreeMap<U256, Waiting>,
    peers: HashMap<Address, Peer>,
}

#[derive(Debug)]
struct Waiting {
    candidate: Candidate,
    due: Instant,
}

#[derive(Debug, Default)]
struct Peer {
    last_block: u64,
    strikes: u32,
}

impl Discovery {
    pub(crate) fn new(worker: Address) -> Self {
        Self { worker, cursor: None, queue: BTreeMap::new(), peers: HashMap::new() }
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// The query for the next page; `None` while the queue is full.
    pub(crate) fn query(&self) -> Option<JobQuery> {
        (self.queue.len() < QUEUE_MAX).then(|| JobQuery {
            phase: Some("open".to_owned()),
            limit: Some(PAGE),
            after: self.cursor.clone(),
            ..JobQuery::default()
        })
    }

    /// Adds a page; true if there may be more at once.
    pub(crate) fn add(&mut self, rows: Vec<JobRow>, end: Option<String>, now: Instant) -> bool {
        let full = rows.len() >= PAGE as usize;
        if end.is_some() {
            self.cursor = end;
        }
        for row in rows {
            let id = U256::from(row.id);
            let wait = plan::wait_ms(id, self.worker, self.present());
            let order = U256::from(row.order);
            let candidate = Candidate { id, order, posted_block: row.posted_block, refused: None, denials: 0 };
            self.queue.entry(id).or_insert(Waiting { candidate, due: now + Duration::from_millis(wait) });
        }
        full
    }

    /// Takes out the first job whose turn has come.
    pub(crate) fn next(&mut self, now: Instant) -> Option<Candidate> {
        let id = self.queue.iter().find(|(_, waiting)| waiting.due <= now).map(|(&id, _)| id)?;
        self.queue.remove(&id).map(|waiting| waiting.candidate)
    }

    /// When the next turn comes.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.queue.values().map(|waiting| waiting.due).min()
    }

    /// Puts a job back, to be looked at again.
    pub(crate) fn again(&mut self, candidate: Candidate, due: Instant) {
        self.queue.insert(candidate.id, Waiting { candidate, due });
    }

    /// This worker took a job: those whose turns came before let it pass.
    pub(crate) fn took(&mut self, job: U256) {
        for (&address, peer) in &mut self.peers {
            if plan::wait_ms(job, self.worker, [address]) > 0 {
                peer.strikes += 1;
            }
        }
    }

    /// The bonded workers. One that did something since is present again.
    pub(crate) fn meet(&mut self, rows: &[WorkerRow]) {
        let known = std::mem::take(&mut self.peers);
        for row in rows {
            let Ok(address) = row.address.parse::<Address>() else { continue };
            let strikes = match known.get(&address) {
                Some(peer) if peer.last_block == row.last_block => peer.strikes,
                _ => 0,
            };
            if address != self.worker {
                self.peers.insert(address, Peer { last_block: row.last_block, strikes });
            }
        }
    }

    fn present(&self) -> impl Iterator<Item = Address> {
        self.peers.iter().filter(|(_, peer)| peer.strikes < STRIKES).map(|(&address, _)| address)
    }
}

/// The bonded workers that the index knows.
pub(crate) async fn peers(index: &Index, stake_min: U256) -> Result<Vec<WorkerRow>, Error> {
    let query =
        WorkerQuery { stake_wei_gte: Some(stake_min.to_string()), limit: Some(PEERS_MAX), ..WorkerQuery::default() };
    Ok(index.workers(&query).await?.items)
}

/// Jobs that the chain says this worker has, though it may not know: its journal could have been lost.
pub(crate) async fn own(index: &Index, worker: Address) -> Result<Vec<U256>, Error> {
    let query = JobQuery {
        phase: Some("taken".to_owned()),
        worker: Some(format!("{worker:#x}")),
        limit: Some(1000),
        ..JobQuery::default()
    };
    Ok(index.jobs(&query).await?.items.into_iter().map(|row| U256::from(row.id)).collect())
}

#[cfg(test)]
mod tests;
