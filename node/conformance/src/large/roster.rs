//! Who the accounts are: the first bytes of the hashes of their indices, so addresses look like anybody's.

use alloy::primitives::{Address, keccak256};
use rayon::{
    iter::{IntoParallelIterator as _, ParallelIterator as _},
    slice::ParallelSliceMut as _,
};
use std::ops::Range;

/// Accounts in the order of the hashes of their addresses, 16 bytes each.
pub(super) struct Roster(Vec<(u64, u64)>);

impl Roster {
    pub(super) fn new(accounts: u64) -> Self {
        let hashed = |index| {
            let hash = keccak256(address(index));
            (u64::from_be_bytes(*hash.first_chunk().expect("32 bytes")), index)
        };
        let mut order: Vec<_> = (0..accounts).into_par_iter().map(hashed).collect();
        order.par_sort_unstable();
        Self(order)
    }

    pub(super) const fn len(&self) -> u64 {
        self.0.len() as u64
    }

    pub(super) fn range(&self, range: Range<u64>) -> impl Iterator<Item = Address> {
        self.0[range.start as usize..range.end as usize].iter().map(|(_, index)| address(*index))
    }
}

pub(super) fn address(index: u64) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}
