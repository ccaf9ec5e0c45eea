//! The tree over the inputs of an order of many jobs, as the market folds it: leaves keccak256(keccak256(place ‖ hash)), each pair hashed in
//! ascending order, a last one without a partner going up as it is.

use alloy::primitives::{B256, U256, keccak256};
use alloy::sol_types::SolValue;
use edgeloom_edge_proof::Blob;

use super::INFERENCE;

/// What an input is committed to by: Keccak where the chain computes with it, BLAKE3 where a dispute opens it.
pub(super) fn hash(kind: u16, input: &[u8]) -> B256 {
    if kind == INFERENCE { keccak256(input) } else { Blob::of(input).root.into() }
}

/// The root over the hashes of an order's inputs, in the order of its jobs. Of one job, its hash itself.
#[must_use]
pub fn root(hashes: &[B256]) -> B256 {
    Tree::over(hashes.to_vec()).root()
}

/// Every level, from the leaves to the root.
#[derive(Debug)]
pub(super) struct Tree {
    hashes: Vec<B256>,
    levels: Vec<Vec<B256>>,
}

impl Tree {
    pub(super) fn over(hashes: Vec<B256>) -> Self {
        let mut levels = vec![leaves(&hashes)];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            levels.push(above(level));
        }
        Self { hashes, levels }
    }

    pub(super) fn root(&self) -> B256 {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// The hash of the input at `place`, and what shows that it is the order's; `None` where there is none.
    pub(super) fn path(&self, place: usize) -> Option<(B256, Vec<B256>)> {
        let hash = *self.hashes.get(place)?;
        let partners = self.levels.iter().enumerate().filter_map(|(height, level)| level.get(place >> height ^ 1));
        Some((hash, partners.copied().collect()))
    }
}

fn leaves(hashes: &[B256]) -> Vec<B256> {
    if let [hash] = hashes {
        return vec![*hash];
    }
    let leaf = |(place, hash): (usize, &B256)| keccak256(keccak256((U256::from(place), *hash).abi_encode()));
    hashes.iter().enumerate().map(leaf).collect()
}

fn above(level: &[B256]) -> Vec<B256> {
    let parent = |pair: &[B256]| match pair {
        [one, other] => keccak256([*one.min(other), *one.max(other)].concat()),
        rest => rest[0],
    };
    level.chunks(2).map(parent).collect()
}

#[cfg(test)]
mod tests;
