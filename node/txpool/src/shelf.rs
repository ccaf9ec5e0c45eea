//! The pool without its lock: lanes by sender, and the indexes that keep every decision cheap.

mod rebase;

use crate::{
    Limits, Origin, Rejection, Waiting,
    entry::{Entry, Worth},
    gas::BASE_FEE_FLOOR,
    lane::{Lane, Load},
};
use alloy::primitives::{Address, B256, KECCAK256_EMPTY, U256};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use edgeloom_types::Account;
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// Accounts remembered per generation after a block changed them.
const FLOORS: usize = 16_384;

/// How often, within the patience for one, transactions that cannot execute are looked for.
const LOOKS: u64 = 8;

/// What an admitted transaction took the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Displaced {
    /// One of the same sender and nonce.
    pub(crate) replaced: bool,
    /// How many cheaper ones that had no room beside it.
    pub(crate) evicted: usize,
}

#[derive(Debug)]
pub(crate) struct Shelf {
    limits: Limits,
    /// Of the next block, wei per gas.
    base_fee: u64,
    /// Decided since the pool was made.
    blocks: u64,
    lanes: HashMap<Address, Lane>,
    places: HashMap<B256, (Address, u64)>,
    /// All transactions by worth at the base fee `priced_at`, cheapest first.
    by_worth: BTreeSet<(Worth, Address, u64)>,
    priced_at: u64,
    /// How many authorizations of each account wait.
    authorities: HashMap<Address, usize>,
    outbox: VecDeque<B256>,
    bytes: usize,
    gapped: Load,
    /// Of senders with local ones.
    exempt: Load,
    admitted: u64,
    /// Nonces of accounts that blocks changed lately, in two generations. An admission may carry a nonce that was read
    /// just before a block was decided; taken at its word, the transaction would wait for one that is mined.
    floors: [HashMap<Address, u64>; 2],
}

impl Shelf {
    pub(crate) fn new(base_fee: u64, limits: Limits) -> Self {
        Self {
            limits,
            base_fee,
            blocks: 0,
            lanes: HashMap::new(),
            places: HashMap::new(),
            by_worth: BTreeSet::new(),
            priced_at: base_fee,
            authorities: HashMap::new(),
            outbox: VecDeque::new(),
            bytes: 0,
            gapped: Load::default(),
            exempt: Load::default(),
            admitted: 0,
            floors: [HashMap::new(), HashMap::new()],
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn get(&self, hash: &B256) -> Option<&Arc<Recovered<TxEnvelope>>> {
        let (sender, nonce) = self.places.get(hash)?;
        self.lanes.get(sender)?.get(*nonce).map(|entry| &entry.transaction)
    }

    pub(crate) fn find(&self, sender: Address, nonce: u64) -> Option<&Arc<Recovered<TxEnvelope>>> {
        self.lanes.get(&sender)?.get(nonce).map(|entry| &entry.transaction)
    }

    /// (can execute, wait for a lower nonce).
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.len() - self.gapped.count, self.gapped.count)
    }

    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        self.lanes.values().flat_map(waiting).collect()
    }

    pub(crate) fn waiting_of(&self, sender: Address) -> Vec<Waiting> {
        self.lanes.get(&sender).into_iter().flat_map(waiting).collect()
    }

    /// Those of the node's own users, in an order in which they can be admitted again.
    pub(crate) fn locals(&self) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let entries = self.lanes.values().filter(|lane| lane.has_locals()).flat_map(Lane::entries);
        entries.filter(|entry| entry.origin == Origin::Local).map(|entry| entry.transaction.clone()).collect()
    }

    pub(crate) fn next_nonce(&self, sender: Address) -> Option<u64> {
        self.lanes.get(&sender).map(Lane::free_nonce)
    }

    /// Whether `entry` may wait, as far as that can be said without its authorities; then what must go for it.
    pub(crate) fn consider(&mut self, entry: &mut Entry, account: &Account) -> Result<Vec<B256>, Rejection> {
        let (sender, next) = (entry.sender(), self.next(entry.sender(), account));
        self.advance(sender, next);
        if self.places.contains_key(&entry.hash()) {
            return Err(Rejection::AlreadyKnown);
        }
        (entry.sequence, entry.since) = (self.admitted, self.blocks);
        if self.is_full(self.len() + 1, self.bytes + entry.bytes) {
            self.price();
        }
        let empty = Lane::at(next);
        let lane = self.lanes.get(&sender).unwrap_or(&empty);
        self.check(entry, lane, account)?;
        self.victims(entry, lane)
    }

    pub(crate) fn admit(&mut self, mut entry: Entry, account: Account) -> Result<Displaced, Rejection> {
        let victims = self.consider(&mut entry, &account)?;
        let (sender, next) = (entry.sender(), self.next(entry.sender(), &account));
        let empty = Lane::at(next);
        self.check_delegation(&entry, self.lanes.get(&sender).unwrap_or(&empty), &account)?;

        self.discard(&victims);
        self.admitted += 1;
        if entry.origin == Origin::Local {
            if self.outbox.len() >= self.limits.total {
                self.outbox.pop_front();
            }
            self.outbox.push_back(entry.hash());
        }
        let before = self.len();
        self.put(entry, next);
        Ok(Displaced { replaced: self.len() == before, evicted: victims.len() })
    }

    /// The sender's nonce, by what it is said to be and by what blocks made of it since.
    fn next(&self, sender: Address, account: &Account) -> u64 {
        self.floors.iter().filter_map(|floors| floors.get(&sender)).fold(account.nonce, |a, b| a.max(*b))
    }

    /// What depends on the sender's account and its other transactions.
    fn check(&self, entry: &Entry, lane: &Lane, account: &Account) -> Result<(), Rejection> {
        // A base fee below the floor, which only genesis can set, falls no further either.
        let floor = self.base_fee.min(BASE_FEE_FLOOR);
        if entry.cap() < floor.into() {
            return Err(Rejection::FeeFloor { cap: entry.cap(), floor });
        }
        let (nonce, next) = (entry.nonce(), lane.next());
        if nonce < next {
            return Err(Rejection::NonceTooLow { next, nonce });
        }
        let old = lane.get(nonce);
        if old.is_some_and(|old| !entry.outbids(old)) {
            return Err(Rejection::Replacement);
        }
        let (balance, cost) = (account.balance, entry.cost);
        let queued = lane.cost() - old.map_or(U256::ZERO, |old| old.cost);
        if queued.checked_add(cost).is_none_or(|total| total > balance) {
            return Err(Rejection::Funds { balance, queued, cost });
        }
        if old.is_some() {
            return Ok(());
        }
        if lane.len() >= self.limits.per_sender {
            return Err(Rejection::SenderLimit(lane.len()));
        }
        let gapped =
            self.gapped.count >= self.limits.gapped || self.gapped.bytes + entry.bytes > self.limits.gapped_bytes;
        if nonce > lane.free_nonce() && gapped { Err(Rejection::Full) } else { Ok(()) }
    }

    /// P4, by geth's rules.
    fn check_delegation(&self, entry: &Entry, lane: &Lane, account: &Account) -> Result<(), Rejection> {
        let delegated = account.code_hash != KECCAK256_EMPTY || self.authorities.contains_key(&entry.sender());
        if delegated && lane.get(entry.nonce()).is_none() {
            if !lane.is_empty() {
                return Err(Rejection::DelegatedInFlight);
            }
            if entry.nonce() != lane.next() {
                return Err(Rejection::DelegatedGap);
            }
        }
        let busy = |authority| self.lanes.get(authority).is_some_and(|lane| lane.len() > 1);
        if entry.authorities.iter().any(busy) { Err(Rejection::AuthorityReserved) } else { Ok(()) }
    }

    /// P2: what must go so that `entry` has room, from the ends of the cheapest lanes, so that none gets a gap.
    fn victims(&self, entry: &Entry, lane: &Lane) -> Result<Vec<B256>, Rejection> {
        let old = lane.get(entry.nonce());
        let mut count = self.len() + usize::from(old.is_none());
        let mut bytes = self.bytes + entry.bytes - old.map_or(0, |old| old.bytes);
        if !self.is_full(count, bytes) {
            return Ok(Vec::new());
        }
        if entry.nonce() > lane.free_nonce() {
            return Err(Rejection::Full);
        }
        let before = lane.below(entry.nonce()).map(|before| before.worth(self.priced_at));
        let worth = before.fold(entry.worth(self.priced_at), Worth::min);
        // P5: whose price does not count, on either side.
        let limits = &self.limits;
        let crowded = self.exempt.count >= limits.locals || self.exempt.bytes >= limits.local_bytes;
        let at_any_price = entry.origin == Origin::Local && !crowded;
        let exempt = |sender: &Address| !crowded && self.lanes[sender].has_locals();
        let mut others = self.by_worth.iter().filter(|(_, sender, _)| *sender != entry.sender() && !exempt(sender));
        let (mut victims, mut taken) = (Vec::new(), HashMap::<Address, usize>::new());
        while self.is_full(count, bytes) {
            let (cheapest, sender, _) = others.next().ok_or(Rejection::Full)?;
            if *cheapest >= worth && !at_any_price {
                return Err(Rejection::Underpriced);
            }
            let taken = taken.entry(*sender).or_default();
            let last = self.lanes[sender].entries().rev().nth(*taken).expect("as many as the lane has in the index");
            *taken += 1;
            (count, bytes) = (count - 1, bytes - last.bytes);
            victims.push(last.hash());
        }
        Ok(victims)
    }

    const fn is_full(&self, count: usize, bytes: usize) -> bool {
        count > self.limits.total || bytes > self.limits.bytes
    }

    /// Sorts by worth at the base fee of today. Only eviction asks, so a pool with room never pays for it.
    fn price(&mut self) {
        let base_fee = self.base_fee;
        if self.priced_at != base_fee {
            self.priced_at = base_fee;
            let entries = self.lanes.values().flat_map(Lane::entries);
            self.by_worth = entries.map(|entry| (entry.worth(base_fee), entry.sender(), entry.nonce())).collect();
        }
    }

    fn put(&mut self, entry: Entry, next: u64) {
        let (hash, sender, nonce) = (entry.hash(), entry.sender(), entry.nonce());
        self.by_worth.insert((entry.worth(self.priced_at), sender, nonce));
        for authority in &entry.authorities {
            *self.authorities.entry(*authority).or_default() += 1;
        }
        self.bytes += entry.bytes;
        self.places.insert(hash, (sender, nonce));
        let lane = self.lanes.entry(sender).or_insert_with(|| Lane::at(next));
        self.gapped -= lane.gapped();
        self.exempt -= lane.exempt();
        let old = lane.insert(entry);
        self.gapped += lane.gapped();
        self.exempt += lane.exempt();
        if let Some(old) = old {
            self.forget(&old);
        }
    }

    /// Takes an entry that left its lane out of the indexes.
    fn forget(&mut self, entry: &Entry) {
        self.bytes -= entry.bytes;
        self.places.remove(&entry.hash());
        self.by_worth.remove(&(entry.worth(self.priced_at), entry.sender(), entry.nonce()));
        for authority in &entry.authorities {
            let waiting = self.authorities.get_mut(authority).expect("counted when the entry was put");
            *waiting -= 1;
            if *waiting == 0 {
                self.authorities.remove(authority);
            }
        }
    }

    fn remove(&mut self, hash: B256) {
        let Some((sender, nonce)) = self.places.get(&hash).copied() else { return };
        let lane = self.lanes.get_mut(&sender).expect("a placed transaction is in its lane");
        self.gapped -= lane.gapped();
        self.exempt -= lane.exempt();
        let entry = lane.remove(nonce);
        self.gapped += lane.gapped();
        self.exempt += lane.exempt();
        if lane.is_empty() {
            self.lanes.remove(&sender);
        }
        self.forget(&entry.expect("a placed transaction is in its lane"));
    }

    pub(crate) fn discard(&mut self, hashes: &[B256]) {
        hashes.iter().for_each(|hash| self.remove(*hash));
    }

    fn advance(&mut self, sender: Address, next: u64) {
        let Some(lane) = self.lanes.get_mut(&sender) else { return };
        self.gapped -= lane.gapped();
        self.exempt -= lane.exempt();
        let gone = lane.advance(next);
        self.gapped += lane.gapped();
        self.exempt += lane.exempt();
        if lane.is_empty() {
            self.lanes.remove(&sender);
        }
        for entry in gone {
            self.forget(&entry);
        }
    }

    pub(crate) fn decided(&mut self, accounts: &[(Address, Account)], base_fee: u64) {
        if self.floors[0].len() > FLOORS {
            self.floors[1] = std::mem::take(&mut self.floors[0]);
        }
        for (address, account) in accounts {
            self.floors[0].insert(*address, account.nonce);
            self.advance(*address, account.nonce);
            self.trim(address, account);
        }
        self.base_fee = base_fee;
        self.blocks += 1;
        if self.blocks.is_multiple_of(self.limits.patience.div_ceil(LOOKS).max(1)) {
            self.expire();
        }
    }

    /// P4, after a block.
    fn trim(&mut self, sender: &Address, account: &Account) {
        let most = if account.code_hash == KECCAK256_EMPTY { usize::MAX } else { 1 };
        while let Some(lane) = self.lanes.get(sender)
            && (lane.len() > most || lane.cost() > account.balance)
        {
            let last = lane.entries().next_back().expect("no lane in the map is empty").hash();
            self.remove(last);
        }
    }

    /// P3.
    fn expire(&mut self) {
        let (base_fee, now, limits) = (self.base_fee, self.blocks, self.limits);
        let patience = |origin| match origin {
            Origin::Peer => limits.patience,
            Origin::Local => limits.local_patience,
        };
        let stale = self.lanes.values_mut().flat_map(|lane| lane.stale(base_fee, now, patience));
        let stale: Vec<B256> = stale.collect();
        self.discard(&stale);
    }

    pub(crate) fn take_outbox(&mut self, most: usize) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let mut out = Vec::new();
        while out.len() < most {
            let Some(hash) = self.outbox.pop_front() else { break };
            out.extend(self.get(&hash).cloned());
        }
        out
    }

    /// The heads of all lanes compete by effective tip, at the same tip local ones before others, then older ones before
    /// newer; whoever is taken is followed by the next of its lane. So each
    /// counts for as much as the least of those that it must follow, and for its own.
    pub(crate) fn best(&self, base_fee: u64, skip: &HashSet<B256>) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let mut offered = Vec::with_capacity(self.len());
        for lane in self.lanes.values() {
            let mut least = (u128::MAX, Origin::Local, Reverse(0));
            for entry in lane.ready().filter(|entry| skip.is_empty() || !skip.contains(&entry.hash())) {
                let Some(tip) = entry.effective_tip(base_fee) else { break };
                least = least.min((tip, entry.origin, Reverse(entry.sequence)));
                offered.push((Reverse(least), entry.nonce(), &entry.transaction));
            }
        }
        offered.sort_unstable_by_key(|(least, nonce, _)| (*least, *nonce));
        offered.into_iter().map(|(.., transaction)| transaction.clone()).collect()
    }
}

/// The transactions of a lane, in order of nonce.
fn waiting(lane: &Lane) -> impl Iterator<Item = Waiting> {
    let show =
        |entry: &Entry| Waiting { ready: entry.nonce() < lane.free_nonce(), transaction: entry.transaction.clone() };
    lane.entries().map(show)
}
