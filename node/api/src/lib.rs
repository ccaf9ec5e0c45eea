//! The chain's own JSON-RPC methods (`edge_*`) and what they carry. One trait is both server and client. This crate
//! knows wire shapes only: no store, no execution, no consensus.

mod wire;

use jsonrpsee::{core::RpcResult, proc_macros::rpc};

pub use wire::{Consensus, FEED_BLOCKS_MAX, FEED_BYTES_MAX, FINALITY_HEADERS_MAX, FeedBlock, Finality, Status, Supply};

/// What a reader of final blocks needs. Every height is that of a final block; nothing here is ever taken back.
#[rpc(client, server, namespace = "edge")]
pub trait ChainApi {
    /// Where the node is, and which chain it follows.
    #[method(name = "status")]
    fn status(&self) -> RpcResult<Status>;

    /// Final blocks from height `from`, in order: at most `limit`, at most [`FEED_BLOCKS_MAX`], and as many as fit in
    /// [`FEED_BYTES_MAX`] (one at least). Empty when the node has none from there yet.
    #[method(name = "feed")]
    fn feed(&self, from: u64, limit: u64) -> RpcResult<Vec<FeedBlock>>;

    /// The encoded finalization certificate of the block at `height`; null when the node has none of its own for it.
    #[method(name = "certificate")]
    fn certificate(&self, height: u64) -> RpcResult<Option<alloy::primitives::Bytes>>;

    /// What shows that the block at `height` is final to whoever has only its epoch's committee: headers from there up to the nearest
    /// block that the node has a certificate of, and that certificate. At most [`FINALITY_HEADERS_MAX`]; where none is that near, or
    /// there is none yet, no certificate. Null above the newest final block.
    #[method(name = "finality")]
    fn finality(&self, height: u64) -> RpcResult<Option<Finality>>;

    /// What the chain began with: the bytes of which the genesis block's `mixHash` is the keccak256 (`edgeloom_types::Founding`).
    #[method(name = "founding")]
    fn founding(&self) -> RpcResult<alloy::primitives::Bytes>;

    /// What consensus adds to the block at `height`, of which the header's `extraData` is the keccak256; null above the
    /// newest final block.
    #[method(name = "consensus")]
    fn consensus(&self, height: u64) -> RpcResult<Option<Consensus>>;

    /// Adds up every balance of the newest state and compares the sum with genesis. Costs a scan of all accounts.
    #[method(name = "supply")]
    fn supply(&self) -> RpcResult<Supply>;
}
