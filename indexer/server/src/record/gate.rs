use super::{MarketEvent, Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, Bytes, U256, hex};
use edgeloom_index_api::{GateDetail, GateRow};
use serde::{Deserialize, Serialize};

/// Media that tokens open. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub id: u64,
    pub owner: Address,
    pub collection: Address,
    pub first: U256,
    pub last: U256,
    pub start: u64,
    pub epoch_seconds: u32,
    /// 0 until there is a quorum, which is in the transaction that opens the gate.
    pub quorum_version: u32,
    pub threshold: u8,
    pub nodes: Vec<Address>,
    pub commitments: Bytes,
    pub content: Option<(B256, Option<String>)>,
    pub opened: Stamp,
    pub changed: Stamp,
}

impl Gate {
    pub fn row(&self) -> GateRow {
        let content = self.content.as_ref();
        GateRow {
            id: self.id,
            owner: address_text(&self.owner),
            collection: address_text(&self.collection),
            first: self.first.to_string(),
            last: self.last.to_string(),
            start: self.start,
            epoch_seconds: self.epoch_seconds,
            quorum_version: self.quorum_version,
            threshold: self.threshold,
            nodes: self.nodes.iter().map(address_text).collect(),
            commitments: hex::encode_prefixed(&self.commitments),
            content_root: content.map(|(root, _)| hash_text(root)),
            content_uri: content.and_then(|(_, uri)| uri.clone()),
            opened_block: self.opened.block,
            opened_tx: hash_text(&self.opened.tx),
            opened_ms: self.opened.ms,
            changed_block: self.changed.block,
            changed_ms: self.changed.ms,
        }
    }

    /// With what happened to it.
    pub fn detail(&self, history: &[MarketEvent]) -> GateDetail {
        GateDetail { gate: self.row(), history: history.iter().map(MarketEvent::row).collect() }
    }
}
