//! One signature for many orders: a tree of 2^n of them, by their numbers. Pure.

use alloy::primitives::{B256, keccak256};

use crate::Error;

/// Levels above the leaves, at most.
pub(super) const HEIGHT_MAX: usize = 16;

/// Padded with the last order again: so wallets that show what they sign show orders alone.
#[derive(Clone, Debug)]
pub(super) struct Bulk {
    /// The leaves first, the root last.
    levels: Vec<Vec<B256>>,
}

impl Bulk {
    /// Of two orders at least.
    pub(super) fn new(hashes: &[B256]) -> Result<Self, Error> {
        let Some(last) = hashes.last().filter(|_| (2..=1 << HEIGHT_MAX).contains(&hashes.len())) else {
            return Err(Error::Settings(format!("{} orders cannot be signed together", hashes.len())));
        };
        let mut leaves = hashes.to_vec();
        leaves.resize(hashes.len().next_power_of_two(), *last);
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks_exact(2).map(|two| keccak256(two.concat())).collect();
            levels.push(above);
        }
        Ok(Self { levels })
    }

    pub(super) fn height(&self) -> usize {
        self.levels.len() - 1
    }

    pub(super) fn root(&self) -> B256 {
        self.levels[self.height()][0]
    }

    /// Of a number of an order that was given.
    pub(super) fn proof(&self, index: usize) -> Vec<B256> {
        let below = self.levels.iter().take(self.height()).enumerate();
        below.map(|(level, nodes)| nodes[(index >> level) ^ 1]).collect()
    }
}

/// The root of the tree in which a leaf is number `index`; `None` where it has no such number.
pub(super) fn root_of(leaf: B256, index: u64, proof: &[B256]) -> Option<B256> {
    let fits = proof.len() <= HEIGHT_MAX && index >> proof.len() == 0;
    let joined = |node: B256, (level, sibling): (usize, &B256)| match (index >> level) & 1 {
        1 => keccak256([*sibling, node].concat()),
        _ => keccak256([node, *sibling].concat()),
    };
    fits.then(|| proof.iter().enumerate().fold(leaf, joined))
}
