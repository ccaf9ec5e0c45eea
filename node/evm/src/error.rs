//! Who is at fault: a [`Refusal`] is the transaction's, [`ExecutionError::Database`] is ours, and a breach of supply is
//! a bug that no node may vote for.

use alloy::primitives::{Address, U256};
use revm::{
    bytecode::BytecodeDecodeError,
    context::result::{EVMError, InvalidTransaction},
};

/// Why a transaction cannot run in this block at all. (One that runs and reverts has a receipt.)
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("transaction type 3 (blobs) is not supported")]
    Blobs,
    #[error("transaction wants {wanted} gas, the block has {left} left")]
    BlockGas { wanted: u64, left: u64 },
    #[error(transparent)]
    Transaction(#[from] InvalidTransaction),
}

/// Why a block was not executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionError<E> {
    /// The proposer's fault.
    #[error("transaction {index}: {reason}")]
    Refused { index: usize, reason: Refusal },
    /// A bug: native supply would change (CHAIN.md C5).
    #[error("supply is not conserved: {before} wei before, {after} after, {burned} burned")]
    Conservation { before: U256, after: U256, burned: U256 },
    /// Our fault: the state could not be read.
    #[error("cannot read the state: {0}")]
    Database(E),
    /// A bug in a precompile or in the system contract.
    #[error("execution failed: {0}")]
    Fault(String),
}

/// Why a call has no outcome.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The asker's fault: it overrides the code of `address` with what begins as an EIP-7702 delegation and is none.
    #[error("the code for {address} cannot run: {reason}")]
    Code { address: Address, reason: BytecodeDecodeError },
    /// The asker's fault: what it moves is no precompile.
    #[error("account {0} is not a precompile")]
    Precompile(Address),
    #[error("cannot read the state: {0}")]
    Database(E),
    #[error("execution failed: {0}")]
    Fault(String),
}

/// What can stop one transaction.
#[derive(Debug)]
pub(crate) enum Stop<E> {
    Refused(Refusal),
    Database(E),
    Fault(String),
}

impl<E> Stop<E> {
    pub(crate) fn at(self, index: usize) -> ExecutionError<E> {
        match self {
            Self::Refused(reason) => ExecutionError::Refused { index, reason },
            Self::Database(error) => ExecutionError::Database(error),
            Self::Fault(reason) => ExecutionError::Fault(reason),
        }
    }
}

impl<E> From<Stop<E>> for CallError<E> {
    fn from(stop: Stop<E>) -> Self {
        match stop {
            Stop::Refused(reason) => Self::Refused(reason),
            Stop::Database(error) => Self::Database(error),
            Stop::Fault(reason) => Self::Fault(reason),
        }
    }
}

impl<E> From<EVMError<E>> for Stop<E> {
    fn from(error: EVMError<E>) -> Self {
        match error {
            EVMError::Transaction(invalid) => Self::Refused(invalid.into()),
            EVMError::Database(error) => Self::Database(error),
            EVMError::Header(error) => Self::Fault(error.to_string()),
            EVMError::Custom(error) => Self::Fault(error),
            EVMError::CustomAny(error) => Self::Fault(error.to_string()),
        }
    }
}
