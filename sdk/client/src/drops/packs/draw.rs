//! What chance gives, by a pack's seed alone (`IPacks`, P4 and P5). Pure.

use alloy::primitives::{B256, U256, keccak256};
use alloy::sol_types::SolValue as _;

/// Tokens of a sale that no pack has yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::drops) struct Draw {
    first: U256,
    editions: bool,
    size: u8,
    counts: Vec<u32>,
    left: Vec<u32>,
}

impl Draw {
    /// All tokens of a sale: of a collection from `first` upward, or of editions.
    pub(in crate::drops) fn new((first, editions): (U256, bool), size: u8, tiers: &[u32]) -> Self {
        Self { first, editions, size, counts: tiers.to_vec(), left: tiers.to_vec() }
    }

    /// What the next pack has, by its seed: tiers in their order. `None` where there are too few left.
    pub(in crate::drops) fn next(&mut self, seed: B256) -> Option<Vec<U256>> {
        let before = self.left.clone();
        for place in 0..self.size {
            let left = self.left.iter().copied().map(U256::from).sum::<U256>();
            let number = U256::from_be_bytes(keccak256((seed, U256::from(place)).abi_encode()).0).checked_rem(left)?;
            self.take(number)?;
        }
        Some(self.ids(&before))
    }

    /// Takes token number `number` of those that are left, the first tier's first.
    fn take(&mut self, mut number: U256) -> Option<()> {
        for left in &mut self.left {
            match number.checked_sub(U256::from(*left)) {
                Some(rest) => number = rest,
                None => {
                    *left -= 1;
                    return Some(());
                }
            }
        }
        None
    }

    /// Of what was taken since: of a collection the lowest ids of each tier that were left, of editions a copy each.
    fn ids(&self, before: &[u32]) -> Vec<U256> {
        let mut start = self.first;
        let mut ids = Vec::new();
        for (tier, count) in self.counts.iter().enumerate() {
            for drawn in count - before[tier]..count - self.left[tier] {
                ids.push(if self.editions { start } else { start + U256::from(drawn) });
            }
            start += if self.editions { U256::ONE } else { U256::from(*count) };
        }
        ids
    }
}
