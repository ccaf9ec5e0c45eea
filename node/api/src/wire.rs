use alloy::primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

/// Most blocks in one answer of `edge_feed`.
pub const FEED_BLOCKS_MAX: u64 = 256;

/// Most bytes of blocks and receipts in one answer of `edge_feed`, before hex; a single larger block goes alone.
pub const FEED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Most headers in one answer of `edge_finality`.
pub const FINALITY_HEADERS_MAX: u64 = 256;

/// Where a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub chain_id: u64,
    pub genesis_hash: B256,
    /// Of the newest validator-final block.
    pub height: u64,
    pub hash: B256,
    /// Height of the newest guardian-final block; `height` while there are no guardians (CHAIN.md C10).
    pub finalized: u64,
}

/// A final block with what executing it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedBlock {
    pub height: u64,
    pub hash: B256,
    /// Encoding of `edgeloom_types::Block`.
    pub block: Bytes,
    /// Who signed each transaction.
    pub senders: Vec<Address>,
    /// RLP list of byte strings, each a receipt in its EIP-2718 form.
    pub receipts: Bytes,
    /// RLP list of the logs of the block's own calls, in order, to which the header's `requestsHash` commits
    /// (`edgeloom_types::system_logs_hash`); of genesis, those of its founders' calls.
    pub system_logs: Bytes,
    /// Milliseconds since the Unix epoch.
    pub timestamp_ms: u64,
}

/// A certificate, and what leads from it down to the block that was asked for. Whoever finds no certificate asks on from the height
/// of the last header: each header names the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finality {
    /// RLP of headers of consecutive heights, the lowest first; one at least.
    pub headers: Vec<Bytes>,
    /// Encoding of `edgeloom_types::Certificate`, of the last header's block.
    pub certificate: Option<Bytes>,
}

/// Who proposed a block, when and where in the engine's course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consensus {
    /// Encoding of `edgeloom_types::ConsensusRecord`, which is what `extraData` commits to; the other fields read it.
    pub record: Bytes,
    /// 0..=999, on top of the header's `timestamp`.
    pub milliseconds: u16,
    pub epoch: u64,
    pub view: u64,
    /// The view of the parent block's proposal.
    pub parent_view: u64,
    /// ed25519 identity key of the proposer.
    pub leader: B256,
    /// The proposer's BLS signature that `mixHash` folds in; compressed G2, 96 bytes.
    pub reveal: Bytes,
    /// Commitment to the finalization certificates of ancestors in the body; zero for none.
    pub certificates_hash: B256,
}

/// The supply equation of CHAIN.md C5 at a height, in wei: `genesis + minted = balances + burned + taken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Supply {
    pub height: u64,
    /// Σ of the balances in genesis.
    pub genesis: U256,
    /// Σ of the balances now.
    pub balances: U256,
    /// Burned since genesis.
    pub burned: U256,
    /// Brought into the world by dev mode's amendments; on a network there are none.
    #[serde(default, skip_serializing_if = "U256::is_zero")]
    pub minted: U256,
    /// Taken out of it by them.
    #[serde(default, skip_serializing_if = "U256::is_zero")]
    pub taken: U256,
    pub conserved: bool,
}

#[cfg(test)]
mod tests;
