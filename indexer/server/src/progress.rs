//! How far the index has come: one value that the follower changes and that `/ready`, `_meta`, metrics and the progress bar read.

use crate::{record::BlockFacts, store::Identity};
use alloy::primitives::B256;
use edgeloom_index_api::{Meta, Readiness};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// Once ready, an index stays ready until it is further behind its node than this many blocks.
const READY_BLOCKS_BEHIND: u64 = 256;

#[derive(Clone, Debug, Default)]
pub struct State {
    pub identity: Option<Identity>,
    /// Newest indexed block.
    pub block: Option<BlockFacts>,
    /// What each node that answers says of itself, by its position in `--rpc`. One may be behind another.
    nodes: BTreeMap<usize, Heights>,
    pub ready: bool,
    pub node_reachable: bool,
    /// What the node last failed with, or why indexing stopped.
    pub error: Option<String>,
    /// Indexing stopped for good.
    pub failed: bool,
    in_sync_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Heights {
    head: u64,
    finalized: u64,
    /// It failed since: what it said holds until another node answers.
    failing: bool,
}

/// What a node said about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// Its position in `--rpc`.
    pub node: usize,
    pub identity: Identity,
    pub head: u64,
    /// Of the block at `head`.
    pub hash: B256,
    pub finalized: u64,
}

/// Clones share the value.
#[derive(Clone, Debug)]
pub struct Progress(watch::Sender<State>);

impl Progress {
    /// `block` is where an earlier run stopped.
    pub fn new(identity: Option<Identity>, block: Option<BlockFacts>) -> Self {
        Self(watch::Sender::new(State { identity, block, ..State::default() }))
    }

    pub fn state(&self) -> State {
        self.0.borrow().clone()
    }

    /// Sees every later change.
    pub fn subscribe(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }

    pub fn reached(&self, node: NodeStatus) {
        self.change(|state| {
            state.identity = Some(node.identity);
            state.nodes.insert(node.node, Heights { head: node.head, finalized: node.finalized, failing: false });
            state.nodes.retain(|_, heights| !heights.failing);
            (state.node_reachable, state.error) = (true, None);
        });
    }

    pub fn unreachable(&self, node: usize, error: String) {
        metrics::counter!("edgeloom_index_source_errors_total").increment(1);
        self.change(|state| {
            if let Some(heights) = state.nodes.get_mut(&node) {
                heights.failing = true;
            }
            (state.node_reachable, state.error) = (false, Some(error));
        });
    }

    /// What the node says counts no more: it is not of the chain, or it has not the blocks that it claims.
    pub fn forget(&self, node: usize) {
        self.change(|state| {
            state.nodes.remove(&node);
        });
    }

    pub fn indexed(&self, block: BlockFacts) {
        self.change(|state| state.block = Some(block));
    }

    /// A development chain went back, and the index with it; what nodes said before counts no more.
    pub fn rewound(&self, block: Option<BlockFacts>) {
        metrics::counter!("edgeloom_index_rewinds_total").increment(1);
        self.change(|state| {
            state.block = block;
            state.nodes.clear();
        });
    }

    pub fn failed(&self, error: String) {
        self.change(|state| (state.failed, state.error) = (true, Some(error)));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.0.send_modify(|state| {
            change(state);
            state.settle();
            state.publish();
        });
    }
}

impl State {
    /// Height of the newest block that a node tells of.
    pub fn head(&self) -> Option<u64> {
        self.nodes.values().map(|heights| heights.head).max()
    }

    /// Height of the newest checkpointed block that a node tells of.
    fn finalized(&self) -> Option<u64> {
        self.nodes.values().map(|heights| heights.finalized).max()
    }

    /// Blocks of the nodes that are not indexed yet; `None` until both are known.
    pub fn blocks_behind(&self) -> Option<u64> {
        let head = self.head()?;
        Some(self.block.map_or(head.saturating_add(1), |block| head.saturating_sub(block.height)))
    }

    fn settle(&mut self) {
        match self.blocks_behind() {
            Some(0) if self.node_reachable => {
                self.ready = true;
                self.in_sync_at = Some(Instant::now());
            }
            Some(behind) if behind > READY_BLOCKS_BEHIND => self.ready = false,
            _ => {}
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "gauges are floating point; heights stay far below 2^52")]
    fn publish(&self) {
        let flag = |set: bool| f64::from(u8::from(set));
        metrics::gauge!("edgeloom_index_block").set(self.block.map_or(-1.0, |block| block.height as f64));
        metrics::gauge!("edgeloom_index_head_block").set(self.head().map_or(-1.0, |head| head as f64));
        metrics::gauge!("edgeloom_index_blocks_behind").set(self.blocks_behind().unwrap_or(0) as f64);
        metrics::gauge!("edgeloom_index_ready").set(flag(self.ready));
        metrics::gauge!("edgeloom_index_source_up").set(flag(self.node_reachable));
        metrics::gauge!("edgeloom_index_failed").set(flag(self.failed));
    }

    /// Time since the index last held every block of its node; zero while it does.
    pub fn lag(&self) -> Duration {
        if self.node_reachable && self.blocks_behind() == Some(0) {
            return Duration::ZERO;
        }
        match (self.in_sync_at, self.block) {
            (Some(at), _) => at.elapsed(),
            (None, Some(block)) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                now.saturating_sub(Duration::from_millis(block.timestamp_ms))
            }
            (None, None) => Duration::ZERO,
        }
    }

    pub fn readiness(&self) -> Readiness {
        let done = self.block.map_or(0, |block| block.height.saturating_add(1));
        let progress = self.head().map_or(0.0, |head| ratio(done, head.saturating_add(1)));
        Readiness {
            ready: self.ready,
            block: self.block.map(|block| block.height),
            head: self.head(),
            blocks_behind: self.blocks_behind(),
            progress,
            node_reachable: self.node_reachable,
            error: self.error.clone(),
        }
    }

    pub fn meta(&self) -> Meta {
        let height = self.block.map(|block| block.height);
        Meta {
            block: self.block.map(|block| block.meta()),
            finalized: height.zip(self.finalized()).map(|(height, finalized)| height.min(finalized)),
            has_indexing_errors: self.failed,
            lag_ms: u64::try_from(self.lag().as_millis()).unwrap_or(u64::MAX),
            genesis: self.identity.map(|identity| crate::record::hash_text(&identity.genesis)),
            chain_id: self.identity.map(|identity| identity.chain_id),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people; heights stay far below 2^52")]
fn ratio(part: u64, whole: u64) -> f64 {
    (part.min(whole) as f64) / (whole.max(1) as f64)
}
