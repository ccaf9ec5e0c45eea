//! Questions about a state: what would this transaction do? Nothing is signed, paid or kept.

use crate::{BlockEnvironment, error::CallError, machine::Machine, overlay::Overlay};
use alloy::primitives::{Address, Bytes, U256};
use revm::{
    Database,
    context::{TxEnv, result::ExecutionResult},
};
use std::collections::BTreeMap;

/// How an account differs from the state during a call. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountOverride {
    /// Wei.
    pub balance: Option<U256>,
    pub nonce: Option<u64>,
    pub code: Option<Bytes>,
    /// All of the storage: slots that are not here read zero.
    pub storage: Option<BTreeMap<U256, U256>>,
    /// Single slots, over [`Self::storage`] or the state.
    pub storage_changes: BTreeMap<U256, U256>,
}

/// Accounts that a call sees differently.
pub type Overrides = BTreeMap<Address, AccountOverride>;

/// Runs `transaction` over the state after the block of `environment`. Nonce, balance, chain id, base fee and gas caps are
/// not checked, so a caller who wants them checks them; `transaction.gas_limit` is the only bound on the work.
///
/// # Errors
/// [`CallError::Refused`] when the transaction cannot even start, [`CallError::Code`] when code in `overrides` cannot run,
/// [`CallError::Database`] when the state cannot be read.
pub fn call<DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    transaction: TxEnv,
    overrides: &Overrides,
) -> Result<ExecutionResult, CallError<DB::Error>> {
    Ok(Machine::new(environment.evm_for_call(), Overlay::with(db, overrides)?).run(transaction)?.result)
}
