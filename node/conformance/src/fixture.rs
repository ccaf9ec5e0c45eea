//! The files of `GeneralStateTests`.

use alloy::primitives::{Address, B256, Bytes, U256};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A file: tests by name.
pub(crate) type Tests = BTreeMap<String, Test>;

#[derive(Debug, Deserialize)]
pub(crate) struct Test {
    pub(crate) env: Env,
    pub(crate) pre: BTreeMap<Address, PreAccount>,
    pub(crate) transaction: Template,
    /// By fork.
    pub(crate) post: BTreeMap<String, Vec<Post>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Env {
    pub(crate) current_coinbase: Address,
    #[serde(default)]
    pub(crate) current_difficulty: U256,
    pub(crate) current_gas_limit: U256,
    pub(crate) current_number: U256,
    pub(crate) current_timestamp: U256,
    #[serde(default)]
    pub(crate) current_base_fee: U256,
    pub(crate) current_random: Option<U256>,
    #[serde(default)]
    pub(crate) current_excess_blob_gas: U256,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PreAccount {
    pub(crate) balance: U256,
    pub(crate) nonce: U256,
    pub(crate) code: Bytes,
    pub(crate) storage: BTreeMap<U256, U256>,
}

/// What the cases' transactions have in common. The rest of them is taken from their bytes.
#[derive(Debug, Deserialize)]
pub(crate) struct Template {
    pub(crate) sender: Address,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Post {
    /// State root.
    pub(crate) hash: B256,
    /// keccak256 of the logs' RLP.
    pub(crate) logs: B256,
    pub(crate) txbytes: Bytes,
    pub(crate) indexes: Indexes,
    #[serde(rename = "expectException")]
    pub(crate) exception: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Indexes {
    pub(crate) data: u64,
    pub(crate) gas: u64,
    pub(crate) value: u64,
}
