//! What `ICheckpoints` takes.

use crate::{Committee, Subject, tally::Part};
use edgeloom_bls::Signature;

/// Who co-signed a block, as the contract wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub height: u64,
    pub block_hash: [u8; 32],
    /// A bit for each place of the snapshot, the lowest of a byte first.
    pub signers: Vec<u8>,
    pub signature: Signature,
    /// Gwei.
    pub signed_stake: u128,
    /// Of all members, gwei.
    pub total_stake: u128,
}

impl Certificate {
    /// Of a part of all positions.
    pub(super) fn new(committee: &Committee, subject: &Subject, whole: &Part) -> Self {
        Self {
            height: subject.height(),
            block_hash: *subject.block_hash(),
            signers: committee.by_place(&whole.signers).to_bytes(),
            signature: whole.aggregate,
            signed_stake: whole.stake,
            total_stake: committee.total_stake(),
        }
    }

    /// Whether the signers have more than two thirds of all stake: what the first certificate of a checkpoint needs.
    pub const fn has_quorum(&self) -> bool {
        self.signed_stake * 3 > self.total_stake * 2
    }
}
