//! What is read of a node at the moment somebody asks.

use edgeloom_consensus::{Feed, network::Shared};
use edgeloom_rpc::Gauges;
use edgeloom_state::Store;
use edgeloom_txpool::Pool;
use edgeloom_types::{Height, SealedBlock};
use metrics::gauge;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Blocks are heard of before they are here: fewer than this many are no backlog.
const BEHIND_MIN: u64 = 8;
/// A chain whose newest block is older does not go on, whoever's fault that is.
const STALE: Duration = Duration::from_secs(30);

/// The parts of a node that can be asked.
pub(crate) struct Observed {
    store: Store,
    pool: Arc<Pool>,
    heard: Feed,
    peers: Arc<AtomicUsize>,
    gauges: Gauges,
    process: metrics_process::Collector,
}

impl Observed {
    pub(crate) fn new(shared: &Shared, gauges: Gauges) -> Self {
        let store = shared.chain.lock().store().clone();
        let (pool, heard, peers) = (shared.pool.clone(), shared.heard.clone(), shared.peers.clone());
        Self { store, pool, heard, peers, gauges, process: metrics_process::Collector::default() }
    }

    /// Sets every gauge that nobody sets when something happens.
    pub(super) fn read(&self) {
        self.process.collect();
        self.gauges.read();
        let (height, heard) = (self.height(), self.heard.borrow().get());
        // A node that has made no block since it began has one all the same.
        gauge!("edgeloom_chain_height").set(height as f64);
        gauge!("edgeloom_sync_heard_height").set(heard.max(height) as f64);
        gauge!("edgeloom_sync_lag_blocks").set(heard.saturating_sub(height) as f64);
        let (ready, gapped) = self.pool.counts();
        gauge!("edgeloom_txpool_transactions", "state" => "ready").set(ready as f64);
        gauge!("edgeloom_txpool_transactions", "state" => "gapped").set(gapped as f64);
        gauge!("edgeloom_txpool_bytes").set(self.pool.bytes() as f64);
        if let Err(error) = self.read_database() {
            tracing::error!(%error, "the database does not tell its state");
        }
    }

    fn read_database(&self) -> Result<(), edgeloom_state::StoreError> {
        for (table, bytes) in self.store.table_bytes()? {
            gauge!("edgeloom_state_table_bytes", "table" => table).set(bytes as f64);
        }
        gauge!("edgeloom_state_oldest_height").set(self.store.oldest().get() as f64);
        let load = self.store.load()?;
        gauge!("edgeloom_state_cache_bytes").set(load.cache as f64);
        gauge!("edgeloom_state_cache_max_bytes").set(load.cache_max as f64);
        gauge!("edgeloom_state_memtable_bytes").set(load.memtables as f64);
        gauge!("edgeloom_state_compactions_running").set(load.compactions as f64);
        gauge!("edgeloom_state_flushes_running").set(load.flushes as f64);
        gauge!("edgeloom_state_compaction_debt_bytes").set(load.compaction_debt as f64);
        gauge!("edgeloom_state_delayed_write_bytes_per_second").set(load.delayed_write_rate as f64);
        gauge!("edgeloom_state_writes_stopped").set(f64::from(u8::from(load.writes_stopped)));
        gauge!("edgeloom_state_background_errors").set(load.background_errors as f64);
        Ok(())
    }

    fn height(&self) -> u64 {
        self.store.tip().map_or(0, |tip| tip.height.get())
    }

    /// Why the node is not ready; nothing when it is.
    pub(super) fn faults(&self, started: bool) -> Vec<String> {
        let mut faults = Vec::new();
        if !started {
            faults.push("consensus has not started yet".into());
        }
        let (height, heard) = (self.height(), self.heard.borrow().get());
        let behind = heard.saturating_sub(height);
        if behind >= BEHIND_MIN {
            faults.push(format!("{behind} blocks behind the network, which is at {heard}"));
        }
        match self.age() {
            Some(age) if age > STALE => {
                let peers = self.peers.load(Ordering::Relaxed);
                faults.push(format!("the newest block, {height}, is {} s old; linked to {peers} nodes", age.as_secs()));
            }
            Some(_) => {}
            None => faults.push("the newest block cannot be read".into()),
        }
        faults
    }

    /// Since the newest block was made; none since genesis, which has no time of its own.
    fn age(&self) -> Option<Duration> {
        let newest = self.store.block(Height::new(self.height())).ok().flatten();
        let made = Duration::from_millis(newest.as_ref().map(SealedBlock::timestamp_ms)?);
        Some(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(made))
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("height", &self.height()).finish_non_exhaustive()
    }
}
