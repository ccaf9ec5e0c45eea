//! The state before a case: the file's accounts, committed to a store in memory as a genesis block.

use crate::fixture::PreAccount;
use alloy::{
    eips::eip2935::{HISTORY_SERVE_WINDOW, HISTORY_STORAGE_ADDRESS},
    primitives::{Address, B256, U256, keccak256},
};
use alloy_consensus::Header;
use edgeloom_chain::{StateDb, StateDbError};
use edgeloom_state::{Commit, Store, View};
use edgeloom_types::{Account, AccountDelta, Block, ConsensusRecord, SealedBlock, StateDelta};
use eyre::{Result, WrapErr};
use revm::{Database, bytecode::Bytecode, state::AccountInfo};
use std::collections::BTreeMap;

/// The committed state of `pre`.
///
/// # Errors
/// When a nonce does not fit 64 bits, or the state crate refuses the accounts.
pub(crate) fn commit(pre: &BTreeMap<Address, PreAccount>) -> Result<View> {
    let mut delta = StateDelta::default();
    for (address, account) in pre {
        delta.codes.insert(keccak256(&account.code), account.code.clone());
        delta.accounts.insert(*address, written(account)?);
    }
    let store = Store::memory();
    let layer = store.view().extend(delta)?;
    let consensus = ConsensusRecord::GENESIS;
    let extra_data = consensus.commitment().into();
    let header = Header { state_root: layer.root(), extra_data, ..Default::default() };
    let block = SealedBlock::new(Block { header, consensus, transactions: Vec::new(), certificates: Vec::new() })?;
    store.commit(Commit {
        block: &block,
        senders: &[],
        receipts: &[],
        system_logs: &[],
        layer: &layer,
        burned: U256::ZERO,
        term: None,
        certificate: None,
    })?;
    Ok(store.view())
}

fn written(account: &PreAccount) -> Result<AccountDelta> {
    let nonce = u64::try_from(account.nonce).wrap_err("nonce")?;
    let code_hash = keccak256(&account.code);
    Ok(AccountDelta {
        account: Some(Account { nonce, balance: account.balance, code_hash }),
        storage_cleared: false,
        storage: account.storage.iter().filter(|(_, value)| !value.is_zero()).map(|(k, v)| (*k, *v)).collect(),
    })
}

/// The chain's own adapter, except for the hashes of earlier blocks. Ours come from EIP-2935's contract; the files have
/// no such contract, and give each block the hash of its number in decimal.
pub(crate) struct World {
    state: StateDb,
    hashes: Hashes,
}

#[derive(Clone, Copy, Debug)]
enum Hashes {
    OfState,
    /// For blocks below this one.
    OfNumbers(U256),
}

impl World {
    /// # Errors
    /// The store's.
    pub(crate) fn new(view: &View, number: U256) -> Result<Self> {
        let deployed = view.account(HISTORY_STORAGE_ADDRESS)?.is_some();
        let hashes = if deployed { Hashes::OfState } else { Hashes::OfNumbers(number) };
        Ok(Self { state: StateDb::from(view.clone()), hashes })
    }
}

impl Database for World {
    type Error = StateDbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        if address == HISTORY_STORAGE_ADDRESS && matches!(self.hashes, Hashes::OfNumbers(_)) {
            return Ok(Some(AccountInfo { nonce: 1, ..Default::default() }));
        }
        self.state.basic(address)
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Self::Error> {
        self.state.code_by_hash(hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        match self.hashes {
            Hashes::OfNumbers(number) if address == HISTORY_STORAGE_ADDRESS => Ok(hash_below(number, slot)),
            _ => self.state.storage(address, slot),
        }
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        self.state.block_hash(number)
    }
}

/// What the history contract would hold at `slot`: the hash of the newest block below `number` that goes there.
fn hash_below(number: U256, slot: U256) -> U256 {
    let window = U256::from(HISTORY_SERVE_WINDOW as u64);
    let newest = number.saturating_sub(U256::from(1));
    let behind = (newest % window + window - slot % window) % window;
    newest.checked_sub(behind).map_or(U256::ZERO, |block| keccak256(block.to_string()).into())
}
