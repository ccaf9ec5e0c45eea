use crate::ClockError;
use alloy::primitives::{Address, B256};
use edgeloom_chain::ChainError;
use edgeloom_state::StoreError;
use std::sync::Arc;

/// Why dev mode did not do what it was asked. The asker's fault, except [`Self::Stopped`] and [`Self::Chain`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum DevError {
    #[error("the sealer stopped: {0}")]
    Stopped(Arc<str>),
    #[error("{0}")]
    Chain(Arc<ChainError>),
    #[error("the validator {0} has no seat in genesis")]
    Seat(B256),
    #[error("the validator's voting key is no key")]
    Key,
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error("{asked} blocks at once, at most {most} are possible")]
    Blocks { asked: u64, most: u64 },
    #[error("the gas limit {0} is too low: no transaction needs less than 21000")]
    GasLimit(u64),
    #[error("the balance of {0} would not fit in 256 bits")]
    Balance(Address),
    #[error("the code for {0} begins as an EIP-7702 delegation and is none")]
    Code(Address),
    #[error("the nonce 2^64 - 1 leaves {0} without a next one (EIP-2681)")]
    Nonce(Address),
    #[error("{0} has no balance, nonce or code, and so no storage: give it one of them first")]
    Empty(Address),
    #[error("not a dump of a state: {0}")]
    Dump(String),
}

impl From<ChainError> for DevError {
    fn from(error: ChainError) -> Self {
        Self::Chain(Arc::new(error))
    }
}

impl From<StoreError> for DevError {
    fn from(error: StoreError) -> Self {
        ChainError::from(error).into()
    }
}
