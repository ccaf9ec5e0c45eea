//! Genesis: geth's `genesis.json`, unchanged, with our parameters under `config.edgeloom`. The genesis header's
//! `mixHash` commits to those parameters and validators and its `requestsHash` to the founders' logs, so two chains that differ in
//! them have different hashes.

use crate::{
    Account, AccountDelta, Block, BlockError, Committee, CommitteeError, ConsensusRecord, EpochRules, Founding,
    SealedBlock, StateDelta, Term, Validator, system_logs_hash,
};
use alloy::{
    eips::{eip1559::INITIAL_BASE_FEE, eip7702::constants::EIP7702_DELEGATION_DESIGNATOR},
    primitives::{Address, B64, B256, KECCAK256_EMPTY, Log, U256, keccak256},
};
use alloy_consensus::constants::EMPTY_ROOT_HASH;
use alloy_consensus::{
    Header,
    constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_WITHDRAWALS},
    proofs::calculate_transaction_root,
};
use serde::{Deserialize, Serialize};
use std::{num::NonZeroU64, sync::Arc};

/// Least gas of any transaction: a block with less holds none.
const GAS_LIMIT_MIN: u64 = 21_000;

/// Gas that one core of a validator runs in a millisecond of the dearest instructions (CHAIN.md C4: 60 Mgas/s).
const GAS_PER_MS: u64 = 60_000;

/// `config.edgeloom` (CHAIN.md C4, C7). Durations in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EdgeloomConfig {
    /// Minimum interval between blocks that carry transactions.
    #[serde(default = "default_block_time_ms")]
    pub block_time_ms: u64,
    /// Interval between empty blocks.
    #[serde(default = "default_heartbeat_ms")]
    pub heartbeat_ms: u64,
    /// How long a leader may take; above the heartbeat plus latency.
    #[serde(default = "default_leader_timeout_ms")]
    pub leader_timeout_ms: u64,
    /// Blocks per epoch.
    #[serde(default = "default_epoch_length")]
    pub epoch_length: NonZeroU64,
    pub validators: Vec<Validator>,
    /// What the contracts of `alloc` logged when the founders called them, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system_logs: Vec<Log>,
}

const fn default_block_time_ms() -> u64 {
    200
}

const fn default_heartbeat_ms() -> u64 {
    1000
}

const fn default_leader_timeout_ms() -> u64 {
    3000
}

const fn default_epoch_length() -> NonZeroU64 {
    NonZeroU64::new(10_000).expect("not zero")
}

/// A genesis that was read and checked.
#[derive(Clone, Debug)]
pub struct Genesis {
    file: alloy::genesis::Genesis,
    config: EdgeloomConfig,
    committee: Arc<Committee>,
}

/// Why a genesis file cannot start a chain.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    #[error("genesis is not valid JSON of geth's format: {0}")]
    Json(#[from] serde_json::Error),
    #[error("genesis has no `config.edgeloom` (blockTimeMs, heartbeatMs, leaderTimeoutMs, epochLength, validators)")]
    NoConfig,
    #[error("`config.edgeloom`: {0}")]
    Config(serde_json::Error),
    #[error("`config.edgeloom.validators`: {0}")]
    Committee(#[from] CommitteeError),
    #[error(
        "`config.edgeloom`: need blockTimeMs <= heartbeatMs < leaderTimeoutMs, got {block_time}, {heartbeat}, {leader_timeout}"
    )]
    Timing { block_time: u64, heartbeat: u64, leader_timeout: u64 },
    #[error("`gasLimit` is {0}, expected at least {GAS_LIMIT_MIN}: no transaction needs less")]
    GasLimit(u64),
    #[error("`gasLimit` is {gas_limit}, expected at most {most}: what runs in half of leaderTimeoutMs, whatever it is")]
    SlowBlocks { gas_limit: u64, most: u64 },
    #[error("`baseFeePerGas` is {0}, more than 64 bits can hold")]
    BaseFee(u128),
    #[error("the code of {0} in `alloc` begins as an EIP-7702 delegation and is none")]
    Code(Address),
    #[error("`timestamp` is {0}, more than milliseconds in 64 bits can hold")]
    Timestamp(u64),
    #[error("the balances of `alloc` overflow 256 bits")]
    Supply,
}

impl Genesis {
    /// # Errors
    /// [`GenesisError`] naming the field at fault.
    pub fn parse(json: &str) -> Result<Self, GenesisError> {
        Self::new(serde_json::from_str(json)?)
    }

    /// # Errors
    /// [`GenesisError`] naming the field at fault.
    pub fn new(file: alloy::genesis::Genesis) -> Result<Self, GenesisError> {
        let value = file.config.extra_fields.get("edgeloom").cloned().ok_or(GenesisError::NoConfig)?;
        let config: EdgeloomConfig = serde_json::from_value(value).map_err(GenesisError::Config)?;
        check_numbers(&file, &config)?;
        let broken = |code: &[u8]| code.starts_with(&EIP7702_DELEGATION_DESIGNATOR[..2]) && !is_delegation(code);
        if let Some((address, _)) =
            file.alloc.iter().find(|(_, account)| account.code.as_ref().is_some_and(|code| broken(code)))
        {
            return Err(GenesisError::Code(*address));
        }
        let committee = Arc::new(Committee::new(config.validators.clone())?);
        let balances = file.alloc.values().map(|account| account.balance);
        balances.clone().try_fold(U256::ZERO, U256::checked_add).ok_or(GenesisError::Supply)?;
        Ok(Self { file, config, committee })
    }

    /// geth's part of the file.
    pub const fn file(&self) -> &alloy::genesis::Genesis {
        &self.file
    }

    pub const fn config(&self) -> &EdgeloomConfig {
        &self.config
    }

    /// The committee of epoch 0.
    pub fn committee(&self) -> &Committee {
        &self.committee
    }

    /// What the block's `mixHash` commits to.
    pub fn founding(&self) -> Founding {
        let EdgeloomConfig { block_time_ms, heartbeat_ms, leader_timeout_ms, epoch_length, .. } = self.config;
        let (chain_id, seats) = (self.chain_id(), self.committee.seats().cloned().collect());
        Founding { chain_id, block_time_ms, heartbeat_ms, leader_timeout_ms, epoch_length, seats }
    }

    /// What holds in epoch 0.
    pub fn term(&self) -> Term {
        let rules = EpochRules::genesis(self.file.gas_limit, &self.config);
        Term { committee: self.committee.clone(), rules }
    }

    pub const fn chain_id(&self) -> u64 {
        self.file.config.chain_id
    }

    /// Most gas that a block may have, whatever a vote says: what runs in half of the leader's timeout (CHAIN.md C4).
    pub const fn gas_limit_max(&self) -> u64 {
        gas_limit_max(&self.config)
    }

    /// Σ of all balances, wei.
    pub fn supply(&self) -> U256 {
        self.file.alloc.values().map(|account| account.balance).fold(U256::ZERO, U256::saturating_add)
    }

    /// `alloc` as the state change from nothing.
    pub fn delta(&self) -> StateDelta {
        let mut delta = StateDelta::default();
        for (address, allocated) in &self.file.alloc {
            let code = allocated.code.clone().filter(|code| !code.is_empty());
            let code_hash = code.as_ref().map_or(KECCAK256_EMPTY, keccak256);
            let account = Account { nonce: allocated.nonce.unwrap_or(0), balance: allocated.balance, code_hash };
            let storage = allocated.storage.iter().flatten();
            let storage = storage.map(|(slot, value)| (U256::from_be_bytes(slot.0), U256::from_be_bytes(value.0)));
            delta.accounts.insert(
                *address,
                AccountDelta { account: Some(account), storage_cleared: false, storage: storage.collect() },
            );
            delta.codes.extend(code.map(|code| (code_hash, code)));
        }
        delta
    }

    /// The genesis block over the state root of [`Self::delta`].
    ///
    /// # Errors
    /// [`BlockError`] never in practice: the header is made for the record here.
    pub fn block(&self, state_root: B256) -> Result<SealedBlock, BlockError> {
        let header = Header {
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            beneficiary: self.file.coinbase,
            state_root,
            transactions_root: calculate_transaction_root::<alloy_consensus::TxEnvelope>(&[]),
            receipts_root: EMPTY_ROOT_HASH,
            withdrawals_root: Some(EMPTY_WITHDRAWALS),
            gas_limit: self.file.gas_limit,
            timestamp: self.file.timestamp,
            extra_data: ConsensusRecord::GENESIS.commitment().into(),
            mix_hash: self.founding().commitment(),
            nonce: B64::ZERO,
            base_fee_per_gas: Some(self.base_fee()),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(B256::ZERO),
            requests_hash: Some(system_logs_hash(&self.config.system_logs)),
            ..Default::default()
        };
        let consensus = ConsensusRecord::GENESIS;
        SealedBlock::new(Block { header, consensus, transactions: Vec::new(), certificates: Vec::new() })
    }

    fn base_fee(&self) -> u64 {
        self.file.base_fee_per_gas.map_or(INITIAL_BASE_FEE, |fee| fee.try_into().expect("new() compared it"))
    }
}

const fn gas_limit_max(config: &EdgeloomConfig) -> u64 {
    config.leader_timeout_ms.saturating_mul(GAS_PER_MS) / 2
}

fn check_numbers(file: &alloy::genesis::Genesis, config: &EdgeloomConfig) -> Result<(), GenesisError> {
    let (block_time, heartbeat, leader_timeout) = (config.block_time_ms, config.heartbeat_ms, config.leader_timeout_ms);
    if block_time > heartbeat || heartbeat >= leader_timeout {
        return Err(GenesisError::Timing { block_time, heartbeat, leader_timeout });
    }
    let gas_limit = file.gas_limit;
    if gas_limit < GAS_LIMIT_MIN {
        return Err(GenesisError::GasLimit(gas_limit));
    }
    let most = gas_limit_max(config);
    if gas_limit > most {
        return Err(GenesisError::SlowBlocks { gas_limit, most });
    }
    if let Some(fee) = file.base_fee_per_gas.filter(|fee| *fee > u64::MAX.into()) {
        return Err(GenesisError::BaseFee(fee));
    }
    match file.timestamp.checked_mul(1000) {
        Some(_) => Ok(()),
        None => Err(GenesisError::Timestamp(file.timestamp)),
    }
}

/// EIP-7702: the designator and an address. Whoever executes code relies on nothing else beginning like one.
fn is_delegation(code: &[u8]) -> bool {
    code.starts_with(&EIP7702_DELEGATION_DESIGNATOR)
        && code.len() == EIP7702_DELEGATION_DESIGNATOR.len() + Address::len_bytes()
}

#[cfg(test)]
mod tests;
