//! The transactions of one sender, by nonce.

use crate::{Origin, entry::Entry};
use alloy::primitives::{B256, U256};
use std::collections::BTreeMap;

/// Invariants: no nonce below `next`; `ready` = length of the run of nonces from `next`; `cost` = Σ costs.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    entries: BTreeMap<u64, Entry>,
    /// The sender's nonce in final state.
    next: u64,
    ready: u64,
    cost: U256,
}

impl Lane {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// First nonce that neither state nor the run from `next` has used.
    pub(crate) const fn free_nonce(&self) -> u64 {
        self.next + self.ready
    }

    pub(crate) fn gapped(&self) -> usize {
        self.entries.len() - usize::try_from(self.ready).unwrap_or(usize::MAX)
    }

    pub(crate) fn get(&self, nonce: u64) -> Option<&Entry> {
        self.entries.get(&nonce)
    }

    /// The transaction of a peer with the highest nonce.
    pub(crate) fn last_of_peer(&self) -> Option<B256> {
        self.entries.values().rev().find(|entry| entry.origin == Origin::Peer).map(Entry::hash)
    }

    /// Σ costs, without that of the entry at `nonce`.
    pub(crate) fn cost_without(&self, nonce: u64) -> U256 {
        self.cost - self.get(nonce).map_or(U256::ZERO, |entry| entry.cost)
    }

    /// Puts an entry at its nonce; what was there comes back.
    pub(crate) fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let nonce = entry.nonce();
        self.cost += entry.cost;
        let old = self.entries.insert(nonce, entry);
        if let Some(old) = &old {
            self.cost -= old.cost;
        }
        self.extend_run();
        old
    }

    pub(crate) fn remove(&mut self, nonce: u64) -> Option<Entry> {
        let entry = self.entries.remove(&nonce)?;
        self.cost -= entry.cost;
        if nonce < self.free_nonce() {
            self.ready = nonce - self.next;
        }
        Some(entry)
    }

    /// Moves to the state's nonce; entries below it come back.
    pub(crate) fn advance(&mut self, next: u64) -> Vec<Entry> {
        if next <= self.next {
            return Vec::new();
        }
        let rest = self.entries.split_off(&next);
        let gone: Vec<Entry> = std::mem::replace(&mut self.entries, rest).into_values().collect();
        for entry in &gone {
            self.cost -= entry.cost;
        }
        self.ready = self.free_nonce().saturating_sub(next);
        self.next = next;
        self.extend_run();
        gone
    }

    fn extend_run(&mut self) {
        let free = self.free_nonce();
        let more = self.entries.range(free..).zip(free..).take_while(|((nonce, _), want)| *nonce == want).count();
        self.ready += more as u64;
    }
}
