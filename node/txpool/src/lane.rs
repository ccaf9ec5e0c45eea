//! The transactions of one sender, by nonce.

use crate::{Origin, entry::Entry};
use alloy::primitives::{B256, U256};
use std::{
    collections::BTreeMap,
    ops::{AddAssign, SubAssign},
};

/// Invariants: no nonce below `next`; `ready` = length of the run of nonces from `next` and `ready_bytes` = Σ bytes of it;
/// `cost` = Σ costs; `bytes` = Σ bytes; `locals` = how many are local.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    entries: BTreeMap<u64, Entry>,
    /// The sender's nonce in final state.
    next: u64,
    ready: u64,
    ready_bytes: usize,
    cost: U256,
    bytes: usize,
    locals: usize,
}

/// How much there is of some transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.bytes += other.bytes;
    }
}

impl SubAssign for Load {
    fn sub_assign(&mut self, other: Self) {
        self.count -= other.count;
        self.bytes -= other.bytes;
    }
}

impl Lane {
    /// An empty one.
    pub(crate) fn at(next: u64) -> Self {
        Self { next, ..Self::default() }
    }

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

    /// Transactions that wait for one with a lower nonce.
    pub(crate) fn gapped(&self) -> Load {
        let count = self.entries.len() - usize::try_from(self.ready).unwrap_or(usize::MAX);
        Load { count, bytes: self.bytes - self.ready_bytes }
    }

    pub(crate) const fn has_locals(&self) -> bool {
        self.locals > 0
    }

    /// Transactions whose price does not count (P5).
    pub(crate) fn exempt(&self) -> Load {
        if self.has_locals() { Load { count: self.len(), bytes: self.bytes } } else { Load::default() }
    }

    pub(crate) fn get(&self, nonce: u64) -> Option<&Entry> {
        self.entries.get(&nonce)
    }

    /// In order of nonce.
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.values()
    }

    /// The run of nonces from the state's.
    pub(crate) fn ready(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().take(usize::try_from(self.ready).unwrap_or(usize::MAX))
    }

    /// Those that must execute before a transaction with this nonce.
    pub(crate) fn below(&self, nonce: u64) -> impl Iterator<Item = &Entry> {
        self.entries.range(..nonce).map(|(_, entry)| entry)
    }

    /// Σ costs, wei.
    pub(crate) const fn cost(&self) -> U256 {
        self.cost
    }

    /// Puts an entry at its nonce; what was there comes back.
    pub(crate) fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let (nonce, bytes) = (entry.nonce(), entry.bytes);
        self.cost += entry.cost;
        self.bytes += bytes;
        self.locals += local(&entry);
        let old = self.entries.insert(nonce, entry);
        if let Some(old) = &old {
            self.discount(old);
            if nonce < self.free_nonce() {
                self.ready_bytes = self.ready_bytes + bytes - old.bytes;
            }
        }
        self.extend_run();
        old
    }

    pub(crate) fn remove(&mut self, nonce: u64) -> Option<Entry> {
        let free = self.free_nonce();
        if nonce < free && self.entries.contains_key(&nonce) {
            self.ready_bytes -= self.entries.range(nonce..free).map(|(_, entry)| entry.bytes).sum::<usize>();
            self.ready = nonce - self.next;
        }
        let entry = self.entries.remove(&nonce)?;
        self.discount(&entry);
        Some(entry)
    }

    /// Moves to the state's nonce; entries below it come back.
    pub(crate) fn advance(&mut self, next: u64) -> Vec<Entry> {
        if next <= self.next {
            return Vec::new();
        }
        let rest = self.entries.split_off(&next);
        let gone: Vec<Entry> = std::mem::replace(&mut self.entries, rest).into_values().collect();
        let free = self.free_nonce();
        for entry in &gone {
            self.discount(entry);
            if entry.nonce() < free {
                self.ready_bytes -= entry.bytes;
            }
        }
        self.ready = free.saturating_sub(next);
        self.next = next;
        self.extend_run();
        gone
    }

    /// Marks what a block at `base_fee` could execute as found so at `now`; what was not for longer than `patience` says
    /// comes back, and stays.
    pub(crate) fn stale(&mut self, base_fee: u64, now: u64, patience: impl Fn(Origin) -> u64) -> Vec<B256> {
        let free = self.free_nonce();
        let pays = |nonce: u64, entry: &Entry| nonce < free && entry.cap() >= base_fee.into();
        for (_, entry) in self.entries.iter_mut().take_while(|(nonce, entry)| pays(**nonce, entry)) {
            entry.since = now;
        }
        let late = |entry: &&Entry| now - entry.since > patience(entry.origin);
        self.entries.values().filter(late).map(Entry::hash).collect()
    }

    fn discount(&mut self, gone: &Entry) {
        self.cost -= gone.cost;
        self.bytes -= gone.bytes;
        self.locals -= local(gone);
    }

    fn extend_run(&mut self) {
        let free = self.free_nonce();
        for ((_, entry), _) in self.entries.range(free..).zip(free..).take_while(|((nonce, _), want)| *nonce == want) {
            self.ready += 1;
            self.ready_bytes += entry.bytes;
        }
    }
}

fn local(entry: &Entry) -> usize {
    usize::from(entry.origin == Origin::Local)
}
