//! The path of a block's transaction under any of Ethereum's rules, for public vectors and differential runs: same
//! machine, precompiles, overlay, receipts and supply check. What belongs to this chain's blocks alone is left out: X2's
//! system call, and the refusal of type 3. Nothing of the chain calls this.

use crate::{
    CallError, Executed, ExecutionError,
    block::{Run, conserve},
    machine::Machine,
    overlay::Overlay,
};
use alloy::primitives::U256;
use alloy_consensus::{Transaction, TxEnvelope, transaction::Recovered};
use alloy_evm::EvmEnv;
use revm::{
    Database,
    context::{TxEnv, result::ExecutionResult},
    context_interface::Block,
};

/// Which precompiles there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// As on this chain.
    Ours,
    /// None of the chain's own: a vector may keep a contract where one of them is.
    Ethereums,
}

/// A block of one transaction. Its `burned` holds the blob fee as well. Supply is compared unless the balances of the
/// accounts touched overflow 256 bits together, which some vectors do on purpose.
///
/// # Errors
/// As [`crate::execute`]'s.
pub fn transact<DB: Database>(
    environment: EvmEnv,
    db: DB,
    transaction: Recovered<&TxEnvelope>,
    installed: Installed,
) -> Result<Executed, ExecutionError<DB::Error>> {
    let blob_gas = transaction.blob_gas_used().unwrap_or_default();
    let blob_fee = environment.block_env.blob_gasprice().map_or(U256::ZERO, U256::from) * U256::from(blob_gas);
    let (gas_limit, base_fee) = (environment.block_env.gas_limit, environment.block_env.basefee);
    let machine = match installed {
        Installed::Ours => Machine::new(environment, Overlay::new(db)),
        Installed::Ethereums => Machine::ethereum(environment, Overlay::new(db)),
    };
    let mut run = Run::over(machine, gas_limit, base_fee);
    run.include(transaction).map_err(|stop| stop.at(0))?;
    let (mut executed, balances) = run.close();
    executed.burned += blob_fee;
    if let Some(balances) = balances {
        conserve(balances, executed.burned)?;
    }
    Ok(executed)
}

/// Runs a transaction that nobody signed and keeps nothing of it.
///
/// # Errors
/// As [`crate::call`]'s.
pub fn call<DB: Database>(
    environment: EvmEnv,
    db: DB,
    transaction: TxEnv,
) -> Result<ExecutionResult, CallError<DB::Error>> {
    Ok(Machine::new(environment, Overlay::new(db)).run(transaction)?.result)
}
