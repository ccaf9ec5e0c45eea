//! The accounts with code that every genesis of this chain holds. Nothing is deployed by a transaction: runtime code is
//! written directly, so no constructor ran, and a contract's only initial storage is what stands here.

use crate::{addresses, artifact};
use alloy::{
    eips::eip2935,
    primitives::{Address, B256, Bytes, U256, bytes, keccak256, uint},
};
use std::{collections::BTreeMap, num::NonZeroU64};

/// An account with code in genesis. Its nonce is 1, as EIP-161 gives every contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predeploy {
    pub name: &'static str,
    pub address: Address,
    /// Runtime code.
    pub code: Bytes,
    /// Initial storage by slot; zero values do not occur.
    pub storage: BTreeMap<B256, B256>,
}

/// All THETA there will ever be: 1,000,000,000 with 18 decimals. `Theta.SUPPLY` says the same.
pub const THETA_SUPPLY: U256 = uint!(1_000_000_000_000_000_000_000_000_000_U256);

/// Runtime code of Multicall3 as on Ethereum, from the signed deployment transaction that its authors publish
/// (mds1/multicall, MIT licence). A test compares the hash with that of the account on Ethereum.
const MULTICALL3_CODE: &str = include_str!("predeploys/multicall3.hex");

/// Runtime code of the deterministic deployment proxy (Arachnid/deterministic-deployment-proxy, published data).
const CREATE2_DEPLOYER_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

/// solady's ERC20 keeps the balance of `owner` at keccak256(owner ‖ 8 zero bytes ‖ this seed).
const BALANCE_SLOT_SEED: [u8; 4] = [0x87, 0xa2, 0x11, 0xa2];

/// Of `Epochs.length`.
const EPOCH_LENGTH_SLOT: B256 = B256::ZERO;

/// Every account with code in genesis, in a fixed order. The whole supply of THETA starts with `theta_holder`; an epoch has
/// `epoch_length` blocks.
pub fn predeploys(theta_holder: Address, epoch_length: NonZeroU64) -> Vec<Predeploy> {
    let planted = |address| match address {
        addresses::THETA => BTreeMap::from([(theta_balance_slot(theta_holder), B256::from(THETA_SUPPLY))]),
        addresses::EPOCHS => BTreeMap::from([(EPOCH_LENGTH_SLOT, B256::from(U256::from(epoch_length.get())))]),
        _ => BTreeMap::new(),
    };
    let ours = artifact::COMPILED
        .iter()
        .map(|contract| account(contract.name, contract.address, contract.code(), planted(contract.address)));
    ours.chain([
        published("Multicall3", addresses::MULTICALL3, multicall3_code()),
        published("Create2Deployer", addresses::CREATE2_DEPLOYER, CREATE2_DEPLOYER_CODE),
        published("HistoryStorage", addresses::HISTORY_STORAGE, eip2935::HISTORY_STORAGE_CODE.clone()),
    ])
    .collect()
}

fn published(name: &'static str, address: Address, code: Bytes) -> Predeploy {
    account(name, address, code, BTreeMap::new())
}

fn account(name: &'static str, address: Address, code: Bytes, storage: BTreeMap<B256, B256>) -> Predeploy {
    Predeploy { name, address, code, storage }
}

fn multicall3_code() -> Bytes {
    MULTICALL3_CODE.trim().parse().expect("the file is part of this crate, and its tests hash it")
}

fn theta_balance_slot(owner: Address) -> B256 {
    let mut preimage = [0u8; 32];
    preimage[..20].copy_from_slice(owner.as_slice());
    preimage[28..].copy_from_slice(&BALANCE_SLOT_SEED);
    keccak256(preimage)
}

#[cfg(test)]
mod tests;
