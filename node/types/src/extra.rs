//! `extraData` of a header (CHAIN.md C1): what consensus needs inside the hash that it votes on.
//!
//! ```text
//! version 1 | milliseconds 2 | reveal 96 | certificatesHash 32 | epoch 8 | view 8 | parent view 8 | leader 32
//! ```
//! Big-endian, 187 bytes, no more and no less. `leader` is the proposer's ed25519 identity key: with it the engine's
//! context can be rebuilt from the header alone.

use alloy::primitives::{B256, Bytes};

/// Decoded `extraData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraData {
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

/// Why bytes are not an [`ExtraData`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraDataError {
    #[error("extraData has {0} bytes, expected {len}", len = ExtraData::LEN)]
    Length(usize),
    #[error("extraData has version {0}, expected {version}", version = ExtraData::VERSION)]
    Version(u8),
    #[error("extraData has {0} milliseconds, expected fewer than 1000")]
    Milliseconds(u16),
}

impl ExtraData {
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

    pub fn encode(&self) -> Bytes {
        let mut out = Vec::with_capacity(Self::LEN);
        out.push(Self::VERSION);
        out.extend(self.milliseconds.to_be_bytes());
        out.extend(self.reveal);
        out.extend(self.certificates_hash);
        out.extend(self.epoch.to_be_bytes());
        out.extend(self.view.to_be_bytes());
        out.extend(self.parent_view.to_be_bytes());
        out.extend(self.leader);
        out.into()
    }

    /// # Errors
    /// [`ExtraDataError`] when the bytes are not exactly one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, ExtraDataError> {
        let bytes: &[u8; Self::LEN] = bytes.try_into().map_err(|_| ExtraDataError::Length(bytes.len()))?;
        if bytes[0] != Self::VERSION {
            return Err(ExtraDataError::Version(bytes[0]));
        }
        let milliseconds = u16::from_be_bytes(field(bytes, 1));
        if milliseconds >= 1000 {
            return Err(ExtraDataError::Milliseconds(milliseconds));
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

fn field<const N: usize>(bytes: &[u8; ExtraData::LEN], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}

#[cfg(test)]
mod tests;
