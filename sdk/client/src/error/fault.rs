//! Who is at fault for an error, and whether to try again.

use alloy::{
    primitives::{Address, Bytes},
    rpc::json_rpc::ErrorPayload,
    transports::{RpcError, TransportError},
};

use super::Error;

/// What nodes say while they cannot answer a request that they may answer later.
const PASSING: [&str; 3] = ["beyond current head block", "the node is busy", "too many answers wait"];

impl Error {
    /// Sorts a transport failure of `method`, whose call went to `to` if it was a contract call.
    pub(crate) fn from_transport(method: &str, to: Option<Address>, error: TransportError) -> Self {
        match error {
            RpcError::ErrorResp(payload) => Self::from_payload(method, to, &payload),
            other => Self::Transport { method: method.to_owned(), source: Box::new(other) },
        }
    }

    fn from_payload(method: &str, to: Option<Address>, payload: &ErrorPayload) -> Self {
        match payload.as_revert_data() {
            Some(data) => Self::from_revert(to, data),
            None if payload.message.contains("execution reverted") => Self::Revert { data: Bytes::new() },
            None => Self::Rpc { method: method.to_owned(), code: payload.code, message: payload.message.to_string() },
        }
    }

    /// Whether trying the same read again can help: the fault lies with the connection, not with the request.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transport { .. } | Self::Timeout { .. })
            // A node that is behind another, which was asked before, or that has too much to do.
            || matches!(self, Self::Rpc { message, .. } if PASSING.iter().any(|phrase| message.contains(phrase)))
            || matches!(self, Self::Index { status, .. } if *status >= 500 || *status == 429)
    }

    /// Whether the chain itself said no, so that repeating the call unchanged is pointless.
    #[must_use]
    pub const fn is_revert(&self) -> bool {
        matches!(
            self,
            Self::Market(_)
                | Self::Auctions(_)
                | Self::Disputable(_)
                | Self::Attested(_)
                | Self::Sealed(_)
                | Self::Leases(_)
                | Self::Media(_)
                | Self::Payments(_)
                | Self::Splits(_)
                | Self::Till(_)
                | Self::Deliveries(_)
                | Self::Inference(_)
                | Self::Staking(_)
                | Self::EdgeStaking(_)
                | Self::Stake(_)
                | Self::Parameters(_)
                | Self::Committee(_)
                | Self::Checkpoints(_)
                | Self::Rewards(_)
                | Self::EdgeRewards(_)
                | Self::Governor(_)
                | Self::Models(_)
                | Self::EdgeProof(_)
                | Self::Keys(_)
                | Self::Bls(_)
                | Self::Beacon(_)
                | Self::Disputes(_)
                | Self::Audits(_)
                | Self::Credits(_)
                | Self::Creation(_)
                | Self::Collection(_)
                | Self::Editions(_)
                | Self::NftFactory(_)
                | Self::Checkout(_)
                | Self::Exchange(_)
                | Self::AuctionHouse(_)
                | Self::Rentals(_)
                | Self::Drops(_)
                | Self::Packs(_)
                | Self::Phases(_)
                | Self::Library(_)
                | Self::Revert { .. }
                | Self::Failed { .. }
        )
    }
}
