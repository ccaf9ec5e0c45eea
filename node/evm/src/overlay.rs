//! What a block has changed so far, over a state that is only read. It remembers every account as it was before the
//! block, so the delta and the sum of balances come from the same values that the transactions saw.

use crate::{
    call::{AccountOverride, Overrides},
    error::CallError,
};
use alloy::{
    eips::eip2935::HISTORY_SERVE_WINDOW,
    primitives::{
        Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256,
        map::{AddressMap, B256Map},
    },
};
use edgeloom_bindings::addresses;
use edgeloom_types::{Account, AccountDelta, StateDelta};
use revm::{
    Database, DatabaseCommit,
    bytecode::Bytecode,
    state::{Account as Touched, AccountInfo, EvmState},
};
use std::{collections::BTreeMap, fmt};

/// The state with what was committed over it.
pub struct Overlay<DB> {
    db: DB,
    accounts: AddressMap<Entry>,
    /// Code that was read or deployed, ready to run.
    codes: B256Map<Bytecode>,
    deployed: BTreeMap<B256, Bytes>,
}

#[derive(Debug, Default)]
struct Entry {
    before: Option<Account>,
    now: Option<Account>,
    /// Storage below the overlay no longer counts.
    cleared: bool,
    slots: BTreeMap<U256, Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    before: U256,
    now: U256,
}

/// The sums that CHAIN.md C5 compares, wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    pub(crate) before: U256,
    pub(crate) after: U256,
}

impl<DB: Database> Overlay<DB> {
    /// The state as `db` has it.
    pub fn new(db: DB) -> Self {
        Self::with_room(db, 0)
    }

    /// As [`Self::new`], for about so many accounts.
    pub(crate) fn with_room(db: DB, accounts: usize) -> Self {
        let accounts = AddressMap::with_capacity_and_hasher(accounts, Default::default());
        Self { db, accounts, codes: B256Map::default(), deployed: BTreeMap::new() }
    }

    /// As [`Self::new`], in the memory that this has.
    pub(crate) fn renew(&mut self, db: DB) {
        let Self { db: old, accounts, codes, deployed } = self;
        *old = db;
        accounts.clear();
        codes.clear();
        deployed.clear();
    }

    /// Pretends that accounts differ from the state, for a call.
    pub(crate) fn with(db: DB, overrides: &Overrides) -> Result<Self, CallError<DB::Error>> {
        let mut overlay = Self::new(db);
        for (address, pretended) in overrides {
            overlay.pretend(*address, pretended)?;
        }
        Ok(overlay)
    }

    pub(crate) fn pretend(
        &mut self,
        address: Address,
        pretended: &AccountOverride,
    ) -> Result<(), CallError<DB::Error>> {
        let mut account = self.entry(address).map_err(CallError::Database)?.now.unwrap_or_default();
        account.balance = pretended.balance.unwrap_or(account.balance);
        account.nonce = pretended.nonce.unwrap_or(account.nonce);
        if let Some(code) = &pretended.code {
            account.code_hash = if code.is_empty() { KECCAK256_EMPTY } else { keccak256(code) };
            let code = Bytecode::new_raw_checked(code.clone());
            self.codes.insert(account.code_hash, code.map_err(|reason| CallError::Code { address, reason })?);
        }
        let entry = self.entry(address).map_err(CallError::Database)?;
        entry.now = Some(account);
        if let Some(storage) = &pretended.storage {
            entry.cleared = true;
            entry.slots.clear();
            entry.write(storage);
        }
        entry.write(&pretended.storage_changes);
        Ok(())
    }

    /// Gives `target`, if it exists, the code that `source` has in the state.
    pub(crate) fn copy_code(&mut self, source: Address, target: Address) -> Result<(), DB::Error> {
        let code_hash = self.entry(source)?.now.map_or(KECCAK256_EMPTY, |account| account.code_hash);
        if let Some(account) = &mut self.entry(target)?.now {
            account.code_hash = code_hash;
        }
        Ok(())
    }

    /// What changed.
    pub fn into_delta(self) -> StateDelta {
        self.finish().0
    }

    /// What changed, and the sums over everything that was read or changed.
    pub(crate) fn finish(self) -> (StateDelta, Option<Balances>) {
        let mut balances = Some(Balances { before: U256::ZERO, after: U256::ZERO });
        let mut changes = Vec::with_capacity(self.accounts.len());
        for (address, entry) in self.accounts {
            balances = balances.and_then(|sums| sums.add(&entry));
            changes.extend(entry.delta().map(|change| (address, change)));
        }
        (StateDelta { accounts: changes.into_iter().collect(), codes: self.deployed }, balances)
    }

    fn entry(&mut self, address: Address) -> Result<&mut Entry, DB::Error> {
        use alloy::primitives::map::Entry as Place;
        match self.accounts.entry(address) {
            Place::Occupied(known) => Ok(known.into_mut()),
            Place::Vacant(place) => {
                let found = self.db.basic(address)?;
                let account =
                    found.map(|info| Account { nonce: info.nonce, balance: info.balance, code_hash: info.code_hash });
                Ok(place.insert(Entry { before: account, now: account, ..Default::default() }))
            }
        }
    }
}

impl Balances {
    fn add(self, entry: &Entry) -> Option<Self> {
        let balance = |account: &Option<Account>| account.map_or(U256::ZERO, |account| account.balance);
        Some(Self {
            before: self.before.checked_add(balance(&entry.before))?,
            after: self.after.checked_add(balance(&entry.now))?,
        })
    }
}

impl Entry {
    fn write(&mut self, storage: &BTreeMap<U256, U256>) {
        for (slot, value) in storage {
            self.slots.insert(*slot, Slot { before: *value, now: *value });
        }
    }

    fn destroy(&mut self) {
        self.now = None;
        self.clear();
    }

    fn clear(&mut self) {
        // An account that the state does not have has no storage there either.
        self.cleared |= self.before.is_some();
        self.slots.clear();
    }

    fn delta(self) -> Option<AccountDelta> {
        let changed = self.slots.iter().filter(|(_, slot)| slot.now != slot.before);
        let storage: BTreeMap<U256, U256> = changed.map(|(slot, values)| (*slot, values.now)).collect();
        if self.now == self.before && storage.is_empty() && !self.cleared {
            return None;
        }
        Some(AccountDelta { account: self.now, storage_cleared: self.cleared, storage })
    }
}

impl<DB: Database> Database for Overlay<DB> {
    type Error = DB::Error;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        let Some(account) = self.entry(address)?.now else { return Ok(None) };
        let mut info = AccountInfo { balance: account.balance, nonce: account.nonce, ..Default::default() };
        if account.code_hash != KECCAK256_EMPTY {
            info.code_hash = account.code_hash;
            info.code = self.codes.get(&account.code_hash).cloned();
        }
        Ok(Some(info))
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        if let Some(code) = self.codes.get(&code_hash) {
            return Ok(code.clone());
        }
        let code = self.db.code_by_hash(code_hash)?;
        self.codes.insert(code_hash, code.clone());
        Ok(code)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        let entry = self.entry(address)?;
        if let Some(known) = entry.slots.get(&slot) {
            return Ok(known.now);
        }
        let fresh = entry.cleared || entry.before.is_none();
        let value = if fresh { U256::ZERO } else { self.db.storage(address, slot)? };
        self.entry(address)?.slots.insert(slot, Slot { before: value, now: value });
        Ok(value)
    }

    /// X2: revm asks only for the 256 blocks below this one, all of them in the history contract.
    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        let slot = U256::from(number % HISTORY_SERVE_WINDOW as u64);
        self.storage(addresses::HISTORY_STORAGE, slot).map(Into::into)
    }
}

impl<DB: Database> DatabaseCommit for Overlay<DB> {
    fn commit(&mut self, changes: EvmState) {
        for (address, touched) in changes {
            if touched.is_touched() {
                self.commit_account(address, touched);
            }
        }
    }
}

/// What the overlay knows of an account's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotsOver {
    /// Storage below the overlay no longer counts.
    pub cleared: bool,
    /// What was read or changed, as it is now, zeros included.
    pub slots: BTreeMap<U256, U256>,
}

impl<DB> Overlay<DB> {
    /// What was read or changed so far of the storage of `address`.
    pub fn slots(&self, address: Address) -> SlotsOver {
        let Some(entry) = self.accounts.get(&address) else { return SlotsOver::default() };
        let slots = entry.slots.iter().map(|(slot, values)| (*slot, values.now)).collect();
        SlotsOver { cleared: entry.cleared, slots }
    }

    fn commit_account(&mut self, address: Address, touched: Touched) {
        let entry = self.accounts.get_mut(&address).expect("revm loads an account before it changes it");
        if touched.is_selfdestructed() || touched.is_empty() {
            entry.destroy();
            return;
        }
        if touched.is_created() {
            entry.clear();
        }
        for (slot, value) in touched.changed_storage_slots() {
            let known = entry.slots.entry(*slot).or_insert(Slot { before: U256::ZERO, now: U256::ZERO });
            known.now = value.present_value();
        }
        let info = touched.info;
        let had_code = entry.now.map_or(KECCAK256_EMPTY, |account| account.code_hash);
        entry.now = Some(Account { nonce: info.nonce, balance: info.balance, code_hash: info.code_hash });
        if info.code_hash != had_code && info.code_hash != KECCAK256_EMPTY {
            let code = info.code.expect("revm keeps the code that it sets");
            self.deployed.insert(info.code_hash, code.original_bytes());
            self.codes.insert(info.code_hash, code);
        }
    }
}

impl<DB> fmt::Debug for Overlay<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}
