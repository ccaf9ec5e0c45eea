//! What consensus adds to an Ethereum block: the record of a proposal. It stands in the body, right after the header, and
//! the header's `extraData` is its keccak256: so the block hash, which is what validators vote on, covers every byte of
//! it. CHAIN.md C1 puts the record itself there. But clients hold `extraData` to the 32 bytes of Ethereum's yellow paper
//! (web3.py refuses to read a longer one), and a header must be readable by all of them as it is.
//!
//! ```text
//! version 1 | milliseconds 2 | reveal 96 | certificatesHash 32 | epoch 8 | view 8 | parent view 8 | leader 32
//! ```
//! Big-endian, 187 bytes, no more and no less. `leader` is the proposer's ed25519 identity key: with it the engine's
//! context can be rebuilt from the block alone.

use alloy::primitives::{B256, keccak256};

/// Decoded record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsensusRecord {
    /// 0..=999, added to the header's seconds.
    pub milliseconds: u16,
    /// The proposer's BLS signature over (genesis hash, epoch, height): CHAIN.md C11. Compressed G2.
    pub reveal: [u8; 96],
    /// Commitment to the certificates in the body; see [`crate::certificates_hash`].
    pub certificates_hash: B256,
    pub epoch: u64,
    pub view: u64,
    pub parent_view: u64,
    /// ed25519 identity key of the proposer.
    pub leader: B256,
}

/// Why bytes are not a [`ConsensusRecord`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("consensus record has {0} bytes, expected {len}", len = ConsensusRecord::LEN)]
    Length(usize),
    #[error("consensus record has version {0}, expected {version}", version = ConsensusRecord::VERSION)]
    Version(u8),
    #[error("consensus record has {0} milliseconds, expected fewer than 1000")]
    Milliseconds(u16),
}

impl ConsensusRecord {
    pub const VERSION: u8 = 1;
    pub const LEN: usize = 1 + 2 + 96 + 32 + 8 + 8 + 8 + 32;

    /// The genesis block's: zero everywhere.
    pub const GENESIS: Self = Self {
        milliseconds: 0,
        reveal: [0; 96],
        certificates_hash: B256::ZERO,
        epoch: 0,
        view: 0,
        parent_view: 0,
        leader: B256::ZERO,
    };

    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        out[0] = Self::VERSION;
        out[1..3].copy_from_slice(&self.milliseconds.to_be_bytes());
        out[3..99].copy_from_slice(&self.reveal);
        out[99..131].copy_from_slice(self.certificates_hash.as_slice());
        out[131..139].copy_from_slice(&self.epoch.to_be_bytes());
        out[139..147].copy_from_slice(&self.view.to_be_bytes());
        out[147..155].copy_from_slice(&self.parent_view.to_be_bytes());
        out[155..].copy_from_slice(self.leader.as_slice());
        out
    }

    /// What the header's `extraData` says of this record: keccak256 of its encoding.
    pub fn commitment(&self) -> B256 {
        keccak256(self.encode())
    }

    /// # Errors
    /// [`RecordError`] when the bytes are not exactly one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().map_err(|_| RecordError::Length(bytes.len()))?;
        if bytes[0] != Self::VERSION {
            return Err(RecordError::Version(bytes[0]));
        }
        let milliseconds = u16::from_be_bytes(field(bytes, 1));
        if milliseconds >= 1000 {
            return Err(RecordError::Milliseconds(milliseconds));
        }
        Ok(Self {
            milliseconds,
            reveal: field(bytes, 3),
            certificates_hash: B256::from(field(bytes, 99)),
            epoch: u64::from_be_bytes(field(bytes, 131)),
            view: u64::from_be_bytes(field(bytes, 139)),
            parent_view: u64::from_be_bytes(field(bytes, 147)),
            leader: B256::from(field(bytes, 155)),
        })
    }
}

fn field<const N: usize>(bytes: &[u8; ConsensusRecord::LEN], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

#[cfg(test)]
mod tests;
