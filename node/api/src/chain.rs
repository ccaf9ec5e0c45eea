//! `edge_*`.

use alloy::primitives::{Address, B256, Bytes, U256};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::{Deserialize, Serialize};

/// Most blocks of one `edge_feed` answer.
pub const MAX_FEED_BLOCKS: u64 = 256;

/// Encoded bytes of blocks and receipts after which an `edge_feed` answer ends early (its first block always fits).
pub const MAX_FEED_BYTES: usize = 8 * 1024 * 1024;

/// Where a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub chain_id: u64,
    pub genesis_hash: B256,
    /// Height of the newest validator-final block.
    pub height: u64,
    pub hash: B256,
    pub state_root: B256,
    /// Height of the newest guardian-final block; equals `height` while there are no guardians.
    pub finalized: u64,
}

/// A final block as it is stored, for readers that follow the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedBlock {
    pub height: u64,
    pub hash: B256,
    /// `edgeloom_types::Block::encode`.
    pub block: Bytes,
    /// One per transaction.
    pub senders: Vec<Address>,
    /// RLP list of EIP-2718 receipts, one per transaction.
    pub receipts: Bytes,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: u64,
}

/// A finalization certificate (`edgeloom_types::Certificate`) and what it certifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateAnswer {
    /// Height of the certified block: the asked height, or the nearest above it (its headers lead down to it).
    pub height: u64,
    pub hash: B256,
    pub certificate: Bytes,
}

/// The supply of native currency, recounted. Wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Supply {
    pub height: u64,
    /// Σ of balances in genesis.
    pub genesis: U256,
    /// Burned since.
    pub burned: U256,
    /// Σ of all balances at `height`, by a full scan.
    pub counted: U256,
    /// Whether `counted + burned == genesis`.
    pub conserved: bool,
}

/// Namespace `edge`.
#[rpc(client, server, namespace = "edge")]
pub trait ChainApi {
    #[method(name = "status")]
    async fn status(&self) -> RpcResult<Status>;

    /// Final blocks from `from` on: at most `limit`, [`MAX_FEED_BLOCKS`] and [`MAX_FEED_BYTES`]; none above the tip.
    #[method(name = "feed")]
    async fn feed(&self, from: u64, limit: u64) -> RpcResult<Vec<FeedBlock>>;

    /// The certificate of the block at `height`, or of the nearest above it within 128 heights that has one.
    #[method(name = "certificate")]
    async fn certificate(&self, height: u64) -> RpcResult<Option<CertificateAnswer>>;

    /// Recounts the supply by scanning every account: expensive, one at a time.
    #[method(name = "supply")]
    async fn supply(&self) -> RpcResult<Supply>;
}
