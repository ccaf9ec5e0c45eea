use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_index_api::{CheckpointRow, CommitteeRow, NotLiveRow};

/// Who finalizes the blocks of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    pub epoch: u32,
    /// By seat.
    pub nodes: Vec<u32>,
    /// Gwei.
    pub total_stake: U256,
    pub kept_from: Option<u32>,
    pub not_live: Vec<NotLiveRow>,
    pub block: u64,
    pub ms: u64,
    /// That changed it last.
    pub last_block: u64,
}

impl Committee {
    pub fn row(&self) -> CommitteeRow {
        CommitteeRow {
            epoch: self.epoch,
            nodes: self.nodes.clone(),
            total_stake_gwei: self.total_stake.to_string(),
            kept_from: self.kept_from,
            not_live: self.not_live.clone(),
            block: self.block,
            ms: self.ms,
        }
    }
}

/// A block that guardians certified. Stakes are gwei.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub height: u64,
    pub hash: B256,
    pub signed_stake: U256,
    pub total_stake: U256,
    pub signers: Bytes,
    pub unions: u32,
    pub submitter: Address,
    /// Of the first certificate.
    pub at: Stamp,
    /// That changed it last.
    pub last_block: u64,
}

impl Checkpoint {
    pub fn row(&self) -> CheckpointRow {
        CheckpointRow {
            height: self.height,
            block_hash: hash_text(&self.hash),
            signed_stake_gwei: self.signed_stake.to_string(),
            total_stake_gwei: self.total_stake.to_string(),
            signers: self.signers.to_string(),
            unions: self.unions,
            submitter: address_text(&self.submitter),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
