//! Accounts that sign, and a state that is nothing but the deltas applied to it.

use crate::{BlockEnvironment, Executed, ExecutionError, execute};
use alloy::{
    primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::addresses::HISTORY_STORAGE;
use edgeloom_types::{Account, StateDelta};
use revm::{Database, bytecode::Bytecode, state::AccountInfo};
use std::{collections::BTreeMap, convert::Infallible};

pub(crate) const CHAIN_ID: u64 = 31_337;
pub(crate) const BENEFICIARY: Address = Address::repeat_byte(0xbe);
pub(crate) const BASE_FEE: u64 = 1_000_000_000;
pub(crate) const TIP: u128 = 3;
pub(crate) const ETHER: u64 = 1_000_000_000_000_000_000;

/// The state and the next block over it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) accounts: BTreeMap<Address, Account>,
    pub(crate) storage: BTreeMap<(Address, U256), U256>,
    pub(crate) codes: BTreeMap<B256, Bytes>,
    pub(crate) environment: BlockEnvironment,
}

pub(crate) fn signer(seed: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(seed)).expect("a small scalar is a key")
}

pub(crate) fn sign<T: SignableTransaction<Signature>>(seed: u8, transaction: T) -> Recovered<TxEnvelope>
where
    TxEnvelope: From<alloy_consensus::Signed<T>>,
{
    let signer = signer(seed);
    let signature = signer.sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    Recovered::new_unchecked(transaction.into_signed(signature).into(), signer.address())
}

/// A type 2 transaction whose fees are enough for [`BASE_FEE`], with a million gas.
pub(crate) fn transaction(nonce: u64, to: TxKind) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 1_000_000,
        max_fee_per_gas: 2 * u128::from(BASE_FEE),
        max_priority_fee_per_gas: TIP,
        to,
        ..Default::default()
    }
}

pub(crate) fn creation(nonce: u64, init_code: &[u8], value: u64) -> TxEip1559 {
    TxEip1559 {
        input: Bytes::copy_from_slice(init_code),
        value: U256::from(value),
        ..transaction(nonce, TxKind::Create)
    }
}

/// Code that deploys `runtime`.
pub(crate) fn deploying(runtime: &[u8]) -> Vec<u8> {
    let length = u8::try_from(runtime.len()).expect("tests deploy little");
    [&[0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3], runtime].concat()
}

impl World {
    /// The history contract, and four accounts of one ether: seeds 1 to 4.
    pub(crate) fn new() -> Self {
        let mut world = Self {
            accounts: BTreeMap::new(),
            storage: BTreeMap::new(),
            codes: BTreeMap::new(),
            environment: BlockEnvironment {
                chain_id: CHAIN_ID,
                number: 1,
                timestamp: 1_800_000_000,
                beneficiary: BENEFICIARY,
                gas_limit: 90_000_000,
                base_fee: BASE_FEE,
                prevrandao: B256::repeat_byte(0x3a),
                parent_hash: B256::repeat_byte(0x11),
                contracts_send: false,
                included: [None; 4],
            },
        };
        world.put_code(HISTORY_STORAGE, &alloy::eips::eip2935::HISTORY_STORAGE_CODE, 0);
        for seed in 1..=4 {
            let account = Account { balance: U256::from(ETHER), ..Default::default() };
            world.accounts.insert(signer(seed).address(), account);
        }
        world
    }

    pub(crate) fn put_code(&mut self, address: Address, code: &[u8], balance: u64) {
        let code_hash = keccak256(code);
        self.codes.insert(code_hash, Bytes::copy_from_slice(code));
        self.accounts.insert(address, Account { nonce: 1, balance: U256::from(balance), code_hash });
    }

    pub(crate) fn execute(
        &self,
        transactions: &[Recovered<TxEnvelope>],
    ) -> Result<Executed, ExecutionError<Infallible>> {
        let borrowed: Vec<_> = transactions.iter().map(Recovered::as_recovered_ref).collect();
        execute(&self.environment, self.clone(), &borrowed)
    }

    /// Executes a block that must be valid and moves to the next one.
    pub(crate) fn block(&mut self, transactions: &[Recovered<TxEnvelope>]) -> Executed {
        let executed = self.execute(transactions).expect("valid block");
        self.apply(&executed.delta);
        self.environment.number += 1;
        self.environment.parent_hash = keccak256(self.environment.parent_hash);
        executed
    }

    pub(crate) fn apply(&mut self, delta: &StateDelta) {
        for (address, change) in &delta.accounts {
            if change.storage_cleared || change.account.is_none() {
                self.storage.retain(|(owner, _), _| owner != address);
            }
            match change.account {
                Some(account) => self.accounts.insert(*address, account),
                None => self.accounts.remove(address),
            };
            self.storage.extend(change.storage.iter().map(|(slot, value)| ((*address, *slot), *value)));
        }
        self.codes.extend(delta.codes.clone());
    }

    pub(crate) fn balance(&self, address: Address) -> U256 {
        self.accounts.get(&address).map_or(U256::ZERO, |account| account.balance)
    }

    pub(crate) fn slot(&self, address: Address, slot: u64) -> U256 {
        self.storage.get(&(address, U256::from(slot))).copied().unwrap_or_default()
    }

    pub(crate) fn supply(&self) -> U256 {
        self.accounts.values().map(|account| account.balance).sum()
    }
}

impl Database for World {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        let account = self.accounts.get(&address).copied();
        Ok(account.map(|Account { nonce, balance, code_hash }| AccountInfo {
            nonce,
            balance,
            code_hash,
            code: None,
            ..Default::default()
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Infallible> {
        Ok(Bytecode::new_raw(self.codes[&hash].clone()))
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Infallible> {
        Ok(self.storage.get(&(address, slot)).copied().unwrap_or_default())
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Infallible> {
        // X2: the history contract answers, so this is never asked; a wrong answer would show.
        Ok(B256::with_last_byte(number as u8))
    }
}
