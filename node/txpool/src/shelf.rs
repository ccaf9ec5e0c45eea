//! The pool without its lock: lanes by sender, and the indexes that keep every decision cheap.

use crate::{
    Limits, Origin, Rejection, SenderState,
    entry::{Entry, Worth},
    lane::Lane,
};
use alloy::{
    consensus::Transaction,
    primitives::{Address, B256},
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// Senders remembered per generation after their last transaction was decided.
const FLOORS: usize = 16_384;

#[derive(Debug)]
pub(crate) struct Shelf {
    limits: Limits,
    lanes: HashMap<Address, Lane>,
    places: HashMap<B256, (Address, u64)>,
    /// Transactions of peers, cheapest first: what eviction may take.
    evictable: BTreeSet<(Worth, Address, u64)>,
    outbox: VecDeque<B256>,
    bytes: usize,
    gapped: usize,
    admitted: u64,
    /// Next nonces of senders that were decided lately, in two generations. An admission may carry a nonce that was
    /// read just before a block was decided; taken at its word, the transaction would wait for one that is mined.
    floors: [HashMap<Address, u64>; 2],
}

impl Shelf {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: HashMap::new(),
            places: HashMap::new(),
            evictable: BTreeSet::new(),
            outbox: VecDeque::new(),
            bytes: 0,
            gapped: 0,
            admitted: 0,
            floors: [HashMap::new(), HashMap::new()],
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn get(&self, hash: &B256) -> Option<&Arc<Recovered<TxEnvelope>>> {
        let (sender, nonce) = self.places.get(hash)?;
        self.lanes.get(sender)?.get(*nonce).map(|entry| &entry.transaction)
    }

    pub(crate) fn next_nonce(&self, sender: Address) -> Option<u64> {
        self.lanes.get(&sender).map(Lane::free_nonce)
    }

    pub(crate) fn admit(&mut self, mut entry: Entry, state: SenderState) -> Result<(), Rejection> {
        if self.places.contains_key(&entry.hash()) {
            return Err(Rejection::AlreadyKnown);
        }
        let (sender, nonce) = (entry.sender(), entry.nonce());
        let next = self.floors.iter().filter_map(|floors| floors.get(&sender)).fold(state.nonce, |a, b| a.max(*b));
        self.advance(sender, next);
        entry.sequence = self.admitted;
        self.check(&entry, state, next)?;
        let replaces = self.lanes.get(&sender).is_some_and(|lane| lane.get(nonce).is_some());
        self.make_room(&entry, usize::from(!replaces))?;

        self.admitted += 1;
        if entry.origin == Origin::Local {
            if self.outbox.len() >= self.limits.total {
                self.outbox.pop_front();
            }
            self.outbox.push_back(entry.hash());
        }
        self.put(entry, next);
        Ok(())
    }

    /// What depends on the sender's other transactions.
    fn check(&self, entry: &Entry, state: SenderState, next: u64) -> Result<(), Rejection> {
        let empty = Lane::default();
        let lane = self.lanes.get(&entry.sender()).unwrap_or(&empty);
        let next = next.max(lane.next());
        let nonce = entry.nonce();
        if nonce < next {
            return Err(Rejection::NonceTooLow { next, nonce });
        }
        let old = lane.get(nonce);
        if old.is_some_and(|old| !entry.outbids(old)) {
            return Err(Rejection::Replacement);
        }
        let queued = lane.cost_without(nonce);
        if queued.checked_add(entry.cost).is_none_or(|total| total > state.balance) {
            return Err(Rejection::Funds { balance: state.balance, queued, cost: entry.cost });
        }
        if old.is_some() {
            return Ok(());
        }
        if lane.len() >= self.limits.per_sender {
            return Err(Rejection::SenderLimit(lane.len()));
        }
        let leaves_gap = nonce > lane.free_nonce().max(next);
        if leaves_gap && self.gapped >= self.limits.gapped { Err(Rejection::Full) } else { Ok(()) }
    }

    /// Lets go of peers' transactions that are worth less, from the ends of their lanes, so that no lane gets a gap.
    fn make_room(&mut self, entry: &Entry, more: usize) -> Result<(), Rejection> {
        while self.len() + more > self.limits.total || self.bytes + entry.bytes > self.limits.bytes {
            let others = self.evictable.iter().find(|(_, sender, _)| *sender != entry.sender());
            let (worth, sender, _) = others.ok_or(Rejection::Full)?;
            if entry.origin == Origin::Peer && *worth >= entry.worth() {
                return Err(Rejection::Underpriced);
            }
            let last = self.lanes.get(sender).and_then(Lane::last_of_peer);
            self.remove(last.expect("a lane in the index has a peer's transaction"));
        }
        Ok(())
    }

    fn put(&mut self, entry: Entry, next: u64) {
        let (hash, sender, nonce) = (entry.hash(), entry.sender(), entry.nonce());
        if entry.origin == Origin::Peer {
            self.evictable.insert((entry.worth(), sender, nonce));
        }
        self.bytes += entry.bytes;
        self.places.insert(hash, (sender, nonce));
        let lane = self.lanes.entry(sender).or_default();
        lane.advance(next);
        self.gapped -= lane.gapped();
        let old = lane.insert(entry);
        self.gapped += lane.gapped();
        if let Some(old) = old {
            self.forget(&old);
        }
    }

    /// Takes an entry that left its lane out of the indexes.
    fn forget(&mut self, entry: &Entry) {
        self.bytes -= entry.bytes;
        self.places.remove(&entry.hash());
        self.evictable.remove(&(entry.worth(), entry.sender(), entry.nonce()));
    }

    fn remove(&mut self, hash: B256) {
        let Some((sender, nonce)) = self.places.get(&hash).copied() else { return };
        let lane = self.lanes.get_mut(&sender).expect("a placed transaction is in its lane");
        self.gapped -= lane.gapped();
        let entry = lane.remove(nonce);
        self.gapped += lane.gapped();
        if lane.is_empty() {
            self.lanes.remove(&sender);
        }
        self.forget(&entry.expect("a placed transaction is in its lane"));
    }

    fn advance(&mut self, sender: Address, next: u64) {
        let Some(lane) = self.lanes.get_mut(&sender) else { return };
        self.gapped -= lane.gapped();
        let gone = lane.advance(next);
        self.gapped += lane.gapped();
        if lane.is_empty() {
            self.lanes.remove(&sender);
        }
        for entry in gone {
            self.forget(&entry);
        }
    }

    pub(crate) fn decided(&mut self, next_nonces: &[(Address, u64)], gone: impl Iterator<Item = B256>) {
        if self.floors[0].len() > FLOORS {
            self.floors[1] = std::mem::take(&mut self.floors[0]);
        }
        for (sender, next) in next_nonces {
            self.floors[0].insert(*sender, *next);
            self.advance(*sender, *next);
        }
        gone.for_each(|hash| self.remove(hash));
    }

    pub(crate) fn take_outbox(&mut self, most: usize) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let mut out = Vec::new();
        while out.len() < most {
            let Some(hash) = self.outbox.pop_front() else { break };
            out.extend(self.get(&hash).cloned());
        }
        out
    }

    /// The heads of all lanes compete by effective tip; whoever is taken is followed by the next of its lane.
    pub(crate) fn best(&self, base_fee: u64, gas_limit: u64, skip: &HashSet<B256>) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let head = |lane: &Lane, from: u64| {
            let entry = (from..lane.free_nonce())
                .filter_map(|nonce| lane.get(nonce))
                .find(|entry| skip.is_empty() || !skip.contains(&entry.hash()))?;
            Some((entry.transaction.effective_tip_per_gas(base_fee)?, Reverse(entry.sequence), entry.nonce()))
        };
        let heads = self.lanes.iter().filter_map(|(sender, lane)| Some((head(lane, lane.next())?, *sender)));
        let mut heap: BinaryHeap<_> = heads.collect();
        let (mut out, mut gas) = (Vec::new(), 0_u64);
        while gas < gas_limit
            && let Some(((_, _, nonce), sender)) = heap.pop()
        {
            let lane = &self.lanes[&sender];
            let entry = lane.get(nonce).expect("the head was found in its lane");
            gas += entry.gas_min;
            out.push(entry.transaction.clone());
            heap.extend(head(lane, nonce + 1).map(|next| (next, sender)));
        }
        out
    }
}
