//! Questions about a state: what would this transaction do? Nothing is signed, paid or kept.

use crate::{BlockEnvironment, error::CallError, machine::Machine, overlay::Overlay};
use alloy::primitives::{Address, Bytes, U256};
use revm::{
    Database,
    context::{TxEnv, result::ExecutionResult},
};
use std::collections::{BTreeMap, BTreeSet};

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

/// What a call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOutcome {
    pub result: ExecutionResult,
    /// Every account that was read and the slots that were read of it.
    pub accessed: BTreeMap<Address, BTreeSet<U256>>,
}

/// Runs `transaction` over the state after the block of `environment`. Nonce, balance, chain id, base fee and gas caps are
/// not checked, so a caller who wants them checks them; `transaction.gas_limit` is the only bound on the work.
///
/// # Errors
/// [`CallError::Refused`] when the transaction cannot even start, [`CallError::Database`] when the state cannot be read.
pub fn call<DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    transaction: TxEnv,
    overrides: &Overrides,
) -> Result<CallOutcome, CallError<DB::Error>> {
    let mut overlay = Overlay::new(db);
    for (address, pretended) in overrides {
        overlay.pretend(*address, pretended).map_err(CallError::Database)?;
    }
    let ran = Machine::new(environment.evm_for_call(), overlay).run(transaction)?;
    let accessed = ran.state.into_iter().map(|(address, account)| (address, account.storage.into_keys().collect()));
    Ok(CallOutcome { result: ran.result, accessed: accessed.collect() })
}
