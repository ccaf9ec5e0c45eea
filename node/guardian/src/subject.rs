//! What guardians sign about a block.

use edgeloom_bls::{Domain, MESSAGE_BYTES};
use sha3::{Digest as _, Keccak256};

/// A block, and the bytes that all who co-sign it sign: those of `ICheckpoints`, which also name the chain, the set and its snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    height: u64,
    block_hash: [u8; 32],
    message: [u8; MESSAGE_BYTES],
}

impl Subject {
    /// `domain` is that of the guardians' set, with the snapshot in force in the block's epoch.
    pub fn new(domain: &Domain, height: u64, block_hash: [u8; 32]) -> Self {
        Self { height, block_hash, message: domain.message(&payload(height, &block_hash)) }
    }

    pub const fn height(&self) -> u64 {
        self.height
    }

    pub const fn block_hash(&self) -> &[u8; 32] {
        &self.block_hash
    }

    /// What is signed.
    pub const fn message(&self) -> &[u8; MESSAGE_BYTES] {
        &self.message
    }
}

/// `ICheckpoints.payloadOf`: keccak256(abi.encode("edgeloom/checkpoint/1", height, blockHash)).
fn payload(height: u64, block_hash: &[u8; 32]) -> [u8; 32] {
    const TAG: &[u8] = b"edgeloom/checkpoint/1";
    let mut encoded = [0; 5 * 32];
    // The tag is dynamic: its offset comes first, its length and bytes after the other two.
    encoded[31] = 3 * 32;
    encoded[56..64].copy_from_slice(&height.to_be_bytes());
    encoded[64..96].copy_from_slice(block_hash);
    encoded[127] = TAG.len() as u8;
    encoded[128..128 + TAG.len()].copy_from_slice(TAG);
    Keccak256::digest(encoded).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_the_contract_s() {
        // Of the encoding written out by hand, by PyCryptodome's Keccak.
        let expected = "c73fd6e6fde868f6920cbb0af3d6215cd8ea7c253e668b1a2aabc4a30df2da75";
        let hex: String = payload(101, &[3; 32]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn another_height_block_or_snapshot_is_another_message() {
        let domain = Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: 4 };
        let subject = Subject::new(&domain, 101, [3; 32]);
        assert_eq!(subject.message(), &domain.message(&payload(101, &[3; 32])));
        assert_ne!(subject.message(), Subject::new(&domain, 201, [3; 32]).message());
        assert_ne!(subject.message(), Subject::new(&domain, 101, [4; 32]).message());
        assert_ne!(subject.message(), Subject::new(&Domain { epoch: 5, ..domain }, 101, [3; 32]).message());
    }
}
