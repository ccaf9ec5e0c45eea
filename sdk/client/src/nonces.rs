//! Which nonces of one account are used up, under way or missing. Pure: the caller talks to the chain.
//!
//! N1 A nonce is handed out once, the lowest free one first. N2 A nonce whose transaction was refused is free again.
//! N3 What the chain has passed is forgotten. N4 Every nonce that a waiting transaction waits for is shown as a gap, also
//! one of which nothing is known: it was handed out before a crash, or to a transaction that a node's pool has lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use alloy::primitives::Bytes;

#[derive(Debug, Default)]
pub(crate) struct Nonces {
    /// The lowest nonce never handed out; `None` before the chain was asked.
    next: Option<u64>,
    free: BTreeSet<u64>,
    /// Handed out and not known to be in a block, with the raw transaction once it was broadcast.
    out: BTreeMap<u64, Option<Bytes>>,
}

/// What a nonce below a waiting transaction needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The node may have lost it (a restart drops its pool): broadcast it again.
    Lost(Bytes),
    /// Refused, and nobody reused it: fill it with a transfer of nothing.
    Free(u64),
    /// Nobody broadcast it, as far as is known: its owner may have given up, or ended with an earlier process.
    Silent(u64),
}

impl Nonces {
    pub(crate) fn reserve(&mut self) -> Option<u64> {
        let nonce = match self.free.pop_first() {
            Some(nonce) => nonce,
            None => {
                let next = self.next.as_mut()?;
                *next += 1;
                *next - 1
            }
        };
        self.out.insert(nonce, None);
        Some(nonce)
    }

    /// Hands out the nonce of a gap, to fill it; `None` if it has found an owner meanwhile.
    pub(crate) fn claim(&mut self, gap: &Gap) -> Option<u64> {
        let nonce = match *gap {
            Gap::Free(nonce) if self.free.remove(&nonce) => nonce,
            Gap::Silent(nonce) if !self.free.contains(&nonce) && !matches!(self.out.get(&nonce), Some(Some(_))) => {
                nonce
            }
            _ => return None,
        };
        self.out.insert(nonce, None);
        Some(nonce)
    }

    /// Notes what is sent under a nonce; what was sent under it before comes back.
    pub(crate) fn broadcast(&mut self, nonce: u64, raw: Bytes) -> Option<Bytes> {
        self.free.remove(&nonce);
        self.next = self.next.map(|next| next.max(nonce + 1));
        self.out.insert(nonce, Some(raw)).flatten()
    }

    /// What was sent under a nonce and is not known to be in a block.
    pub(crate) fn sent(&self, nonce: u64) -> Option<Bytes> {
        self.out.get(&nonce).cloned().flatten()
    }

    /// The node refused the transaction: the nonce is free (N2).
    pub(crate) fn refused(&mut self, nonce: u64) {
        self.out.remove(&nonce);
        self.free.insert(nonce);
        while let Some(next) = self.next
            && next > 0
            && self.free.remove(&(next - 1))
        {
            self.next = Some(next - 1);
        }
    }

    /// Somebody else's transaction has the nonce: it is neither ours nor free.
    pub(crate) fn lost(&mut self, nonce: u64) {
        self.out.remove(&nonce);
        self.free.remove(&nonce);
    }

    /// A transaction with this nonce is in a block.
    pub(crate) fn settled(&mut self, nonce: u64) {
        self.passed(nonce + 1);
    }

    /// The chain's next nonce is `chain` (N3). `pending` counts what the node's pool holds besides.
    pub(crate) fn sync(&mut self, chain: u64, pending: u64) {
        self.passed(chain);
        let out = self.out.last_key_value().map_or(0, |(&nonce, _)| nonce + 1);
        self.next = Some(self.next.unwrap_or_default().max(chain).max(pending).max(out));
    }

    fn passed(&mut self, chain: u64) {
        self.out = self.out.split_off(&chain);
        self.free = self.free.split_off(&chain);
        self.next = self.next.map(|next| next.max(chain));
    }

    /// The nonces that are missing on a node that has everything below `range`, for a transaction that waits at its end,
    /// lowest first (N4).
    pub(crate) fn gaps(&self, range: Range<u64>) -> impl Iterator<Item = Gap> {
        range.map(|nonce| match self.out.get(&nonce) {
            Some(Some(raw)) => Gap::Lost(raw.clone()),
            None if self.free.contains(&nonce) => Gap::Free(nonce),
            Some(None) | None => Gap::Silent(nonce),
        })
    }
}

#[cfg(test)]
mod tests;
