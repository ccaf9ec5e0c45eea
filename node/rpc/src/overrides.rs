//! State and block overrides of `eth_call` and `eth_estimateGas`.

use crate::error::Fault;
use alloy::{
    primitives::{B256, U256, map::B256HashMap},
    rpc::types::{
        BlockOverrides,
        state::{AccountOverride as Wanted, StateOverride},
    },
};
use edgeloom_evm::{AccountOverride, BlockEnvironment, Overrides};
use std::collections::BTreeMap;

/// Most accounts that a call may see differently.
const ACCOUNTS_MAX: usize = 1024;

pub(crate) fn state(wanted: StateOverride) -> Result<Overrides, Fault> {
    if wanted.len() > ACCOUNTS_MAX {
        return Err(Fault::Limit(format!("{} accounts overridden, at most {ACCOUNTS_MAX} are possible", wanted.len())));
    }
    let accounts = wanted.into_iter().map(|(address, wanted)| Ok((address, account(wanted)?)));
    accounts.collect()
}

fn account(wanted: Wanted) -> Result<AccountOverride, Fault> {
    if wanted.move_precompile_to.is_some() {
        return Err(Fault::Unsupported("precompiles cannot be moved in a call"));
    }
    if wanted.state.is_some() && wanted.state_diff.is_some() {
        return Err(Fault::Params("an account override has both 'state' and 'stateDiff'".into()));
    }
    Ok(AccountOverride {
        balance: wanted.balance,
        nonce: wanted.nonce,
        code: wanted.code,
        storage: wanted.state.map(slots),
        storage_changes: wanted.state_diff.map(slots).unwrap_or_default(),
    })
}

fn slots(words: B256HashMap<B256>) -> BTreeMap<U256, U256> {
    words.into_iter().map(|(slot, value)| (U256::from_be_bytes(slot.0), U256::from_be_bytes(value.0))).collect()
}

/// The environment as the overrides want it.
pub(crate) fn environment(mut block: BlockEnvironment, wanted: BlockOverrides) -> Result<BlockEnvironment, Fault> {
    let narrow = |value: U256, name: &str| {
        u64::try_from(value).map_err(|_| Fault::Params(format!("{name} does not fit in 64 bits")))
    };
    if wanted.block_hash.is_some() {
        return Err(Fault::Unsupported("block hashes cannot be overridden in a call"));
    }
    if let Some(number) = wanted.number {
        block.number = narrow(number, "number")?;
    }
    if let Some(base_fee) = wanted.base_fee {
        block.base_fee = narrow(base_fee, "baseFeePerGas")?;
    }
    block.timestamp = wanted.time.unwrap_or(block.timestamp);
    // The limit bounds the work of a call: it can be lowered, not raised.
    block.gas_limit = wanted.gas_limit.map_or(block.gas_limit, |limit| limit.min(block.gas_limit));
    block.beneficiary = wanted.coinbase.unwrap_or(block.beneficiary);
    block.prevrandao = wanted.random.unwrap_or(block.prevrandao);
    Ok(block)
}
