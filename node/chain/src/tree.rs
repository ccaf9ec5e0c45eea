//! Executed blocks above the final tip. Forks live here side by side: two blocks of one height may both be notarized
//! before either is final.

use alloy::primitives::{Address, B256, U256};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_state::Layer;
use edgeloom_types::{Height, SealedBlock};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What the tree knows of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It was executed, or is the final tip.
    Known,
    /// It is above the final tip and was not executed.
    Unknown,
    /// It is at or below the final tip, and not that tip.
    Buried,
}

/// A block that was executed and may become final.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) block: Arc<SealedBlock>,
    pub(crate) senders: Vec<Address>,
    pub(crate) receipts: Arc<Vec<ReceiptEnvelope>>,
    pub(crate) layer: Arc<Layer>,
    /// Burned by this block alone, wei.
    pub(crate) burned: U256,
    /// Blocks that its certificates finalize.
    pub(crate) certified: Vec<B256>,
}

/// Nodes by hash, all of them descendants of the tip.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: BTreeMap<B256, Node>,
}

impl Tree {
    pub(crate) fn get(&self, hash: &B256) -> Option<&Node> {
        self.nodes.get(hash)
    }

    pub(crate) fn insert(&mut self, node: Node) {
        self.nodes.insert(node.block.hash(), node);
    }

    /// From `hash` down to the child of the tip, newest first; `None` when `hash` does not descend from `tip`.
    pub(crate) fn branch(&self, hash: B256, tip: B256) -> Option<Vec<&Node>> {
        let (mut branch, mut at) = (Vec::new(), hash);
        while at != tip {
            let node = self.nodes.get(&at)?;
            branch.push(node);
            at = node.block.header().parent_hash;
        }
        Some(branch)
    }

    /// Takes the node that became final out and drops whatever does not descend from it.
    pub(crate) fn advance(&mut self, hash: &B256) -> Option<Node> {
        let taken = self.nodes.remove(hash);
        let mut heights: Vec<(Height, B256, B256)> =
            self.nodes.iter().map(|(hash, node)| (node.block.height(), *hash, node.block.header().parent_hash)).collect();
        heights.sort_unstable();
        let mut kept = BTreeSet::from([*hash]);
        for (_, node, parent) in heights {
            if kept.contains(&parent) {
                kept.insert(node);
            }
        }
        self.nodes.retain(|node, _| kept.contains(node));
        taken
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
}
