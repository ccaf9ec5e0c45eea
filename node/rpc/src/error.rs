//! What a caller is told when an answer is not possible: geth's codes, geth's phrases.

use alloy::{
    primitives::{B256, Bytes},
    sol_types::RevertReason,
};
use edgeloom_state::StoreError;
use edgeloom_txpool::Rejection;
use jsonrpsee::types::{ErrorObjectOwned, error::ErrorCode};

/// The caller's fault, except [`Fault::Store`] and [`Fault::Internal`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{0}")]
    Params(String),
    /// Refused by a rule of execution or of the pool.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("header not found")]
    NoHeader,
    /// The answer would be too large; the sentence names what is possible.
    #[error("{0}")]
    Limit(String),
    #[error("{}", reverted(.0))]
    Reverted(Bytes),
    #[error("this node cannot say: {0}")]
    Unsupported(&'static str),
    #[error("filter not found")]
    NoFilter,
    /// The transaction was admitted, but no block took it in the time that the caller gave.
    #[error("the transaction was added to the pool but wasn't processed in time: {0}")]
    Late(B256),
    /// This node does not keep what was asked for; the sentence says what it keeps. The phrase is geth's, and tools look
    /// for it.
    #[error("missing trie node: {0}")]
    NoState(StoreError),
    /// A block or transaction of a simulation breaks a rule; the code is execution-apis'.
    #[error("{reason}")]
    Simulation { code: i32, reason: String },
    #[error("the store failed: {0}")]
    Store(StoreError),
    #[error("internal error: {0}")]
    Internal(String),
}

const GENERIC: i32 = -32000;
const REVERTED: i32 = 3;
/// EIP-7966.
const LATE: i32 = 4;
const UNSUPPORTED: i32 = -32004;
const LIMIT: i32 = -32005;

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Pruned { .. } | StoreError::Amended { .. } => Self::NoState(error),
            // It was there when its height was looked up: dev mode took it back.
            StoreError::UnknownHeight { .. } => Self::NoHeader,
            error => Self::Store(error),
        }
    }
}

impl From<Fault> for ErrorObjectOwned {
    fn from(fault: Fault) -> Self {
        let code = match &fault {
            Fault::Params(_) => ErrorCode::InvalidParams.code(),
            Fault::Refused(_) | Fault::Rejected(_) | Fault::NoHeader | Fault::NoFilter | Fault::NoState(_) => GENERIC,
            Fault::Limit(_) => LIMIT,
            Fault::Reverted(_) => REVERTED,
            Fault::Late(_) => LATE,
            Fault::Simulation { code, .. } => *code,
            Fault::Unsupported(_) => UNSUPPORTED,
            Fault::Store(_) | Fault::Internal(_) => {
                tracing::error!(%fault, "request failed");
                ErrorCode::InternalError.code()
            }
        };
        let data = match &fault {
            Fault::Reverted(output) => Some(output.clone()),
            Fault::Late(hash) => Some(Bytes::from(*hash)),
            _ => None,
        };
        Self::owned(code, fault.to_string(), data)
    }
}

pub(crate) fn reverted(output: &Bytes) -> String {
    match RevertReason::decode(output) {
        Some(RevertReason::ContractError(error)) if !output.is_empty() => {
            let alloy::sol_types::ContractError::Revert(revert) = error else {
                return format!("execution reverted: {error}");
            };
            format!("execution reverted: {}", revert.reason)
        }
        _ => "execution reverted".into(),
    }
}

#[cfg(test)]
mod tests;
