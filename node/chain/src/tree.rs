//! Executed blocks above the final tip. Forks live here side by side, since two blocks of one height may both be
//! notarized before either is final.

use crate::certificates::LOOK_BACK;
use alloy::primitives::{
    Address, B256, Log, U256,
    map::{B256Map, B256Set},
};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_state::{Layer, Store, View};
use edgeloom_types::{Epoch, Height, SealedBlock, Term};
use std::{collections::VecDeque, sync::Arc};

/// An executed block.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) block: Arc<SealedBlock>,
    pub(crate) senders: Vec<Address>,
    pub(crate) receipts: Arc<Vec<ReceiptEnvelope>>,
    /// Of the block's own calls.
    pub(crate) system_logs: Vec<Log>,
    pub(crate) layer: Arc<Layer>,
    /// From genesis to this block.
    pub(crate) burned: U256,
    /// Blocks that the body's certificates certify.
    pub(crate) certified: Vec<B256>,
    /// What it decides, if it is the first of its epoch.
    pub(crate) term: Option<(Epoch, Arc<Term>)>,
}

/// What K1 needs to know of a block below.
#[derive(Clone, Debug)]
pub(crate) struct Ancestor {
    pub(crate) height: Height,
    pub(crate) hash: B256,
    pub(crate) certified: Vec<B256>,
}

pub(crate) struct Tree {
    tip: Arc<SealedBlock>,
    /// From genesis to the tip.
    burned: U256,
    /// The newest final blocks, the tip last, at most [`LOOK_BACK`].
    recent: VecDeque<Ancestor>,
    nodes: B256Map<Node>,
}

impl Tree {
    /// `recent` ends with the tip.
    pub(crate) fn new(tip: Arc<SealedBlock>, burned: U256, recent: VecDeque<Ancestor>) -> Self {
        Self { tip, burned, recent, nodes: B256Map::default() }
    }

    pub(crate) const fn tip(&self) -> &Arc<SealedBlock> {
        &self.tip
    }

    pub(crate) fn node(&self, hash: &B256) -> Option<&Node> {
        self.nodes.get(hash)
    }

    /// The tip or a block above it.
    pub(crate) fn block(&self, hash: &B256) -> Option<&Arc<SealedBlock>> {
        if self.tip.hash() == *hash { Some(&self.tip) } else { self.nodes.get(hash).map(|node| &node.block) }
    }

    /// Wei burned from genesis to the tip or a block above it.
    pub(crate) fn burned(&self, hash: &B256) -> U256 {
        self.nodes.get(hash).map_or(self.burned, |node| node.burned)
    }

    pub(crate) fn insert(&mut self, node: Node) {
        self.nodes.insert(node.block.hash(), node);
    }

    pub(crate) fn remove(&mut self, hash: &B256) {
        self.nodes.remove(hash);
    }

    /// Forgets what is above the tip.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
    }

    /// `hash` and its ancestors above the tip, newest first.
    pub(crate) fn branch(&self, mut hash: B256) -> impl Iterator<Item = &Node> {
        std::iter::from_fn(move || {
            let node = self.nodes.get(&hash)?;
            hash = node.block.header().parent_hash;
            Some(node)
        })
    }

    /// The state after `hash`, which is the tip or above it.
    pub(crate) fn view(&self, store: &Store, hash: B256) -> View {
        let mut layers: Vec<_> = self.branch(hash).map(|node| node.layer.clone()).collect();
        layers.reverse();
        layers.into_iter().fold(store.view(), |view, layer| view.with(layer))
    }

    /// `hash` and what lies below it, newest first, at most [`LOOK_BACK`].
    pub(crate) fn ancestors(&self, hash: B256) -> Vec<Ancestor> {
        let pending = self.branch(hash).map(|node| Ancestor {
            height: node.block.height(),
            hash: node.block.hash(),
            certified: node.certified.clone(),
        });
        pending.chain(self.recent.iter().rev().cloned()).take(LOOK_BACK).collect()
    }

    /// F1: makes an executed child of the tip the tip.
    pub(crate) fn advance(&mut self, hash: B256) -> Option<Node> {
        let node = self.nodes.remove(&hash)?;
        self.tip = node.block.clone();
        self.burned = node.burned;
        let ancestor = Ancestor { height: node.block.height(), hash, certified: node.certified.clone() };
        self.recent.push_back(ancestor);
        while self.recent.len() > LOOK_BACK {
            self.recent.pop_front();
        }
        self.prune();
        Some(node)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Keeps descendants of the tip. Whatever order the nodes come in, a parent is lower than its child.
    fn prune(&mut self) {
        let mut by_height: Vec<_> = self.nodes.values().map(|node| (node.block.height(), node.block.hash())).collect();
        by_height.sort_unstable();
        let mut kept = B256Set::from_iter([self.tip.hash()]);
        for (_, hash) in by_height {
            if kept.contains(&self.nodes[&hash].block.header().parent_hash) {
                kept.insert(hash);
            } else {
                self.nodes.remove(&hash);
            }
        }
    }
}
