//! What holds for the blocks of one epoch: who votes, and by which numbers (CHAIN.md C4, C7).

use crate::{Certificate, CertificateError, Committee, EdgeloomConfig, Epoch};
use std::sync::Arc;

/// The committee and the rules of an epoch. Genesis gives those of epoch 0; the state after the first block of an epoch
/// gives those of the next.
#[derive(Clone, Debug)]
pub struct Term {
    pub committee: Arc<Committee>,
    pub rules: EpochRules,
}

/// The numbers that a vote can change, as an epoch began with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRules {
    /// Gas of a block.
    pub gas_limit: u64,
    /// Minimum interval between blocks that carry transactions, milliseconds.
    pub block_time_ms: u64,
    /// Interval between empty blocks, milliseconds.
    pub heartbeat_ms: u64,
    /// Least base fee, wei per gas.
    pub base_fee_floor: u64,
}

impl EpochRules {
    /// Those of genesis, whose base fee has no floor but EIP-1559's own.
    pub const fn genesis(gas_limit: u64, config: &EdgeloomConfig) -> Self {
        let EdgeloomConfig { block_time_ms, heartbeat_ms, .. } = *config;
        Self { gas_limit, block_time_ms, heartbeat_ms, base_fee_floor: 0 }
    }
}

/// Who finalized a block of an epoch, as a body says it (CHAIN.md C2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
    pub epoch: Epoch,
    /// Bit i is seat i.
    pub seats: u32,
}

impl Included {
    /// # Errors
    /// [`CertificateError::Malformed`] unless `certificate` is exactly one encoding.
    pub fn read(certificate: &[u8]) -> Result<Self, CertificateError> {
        let certificate = Certificate::decode(certificate)?;
        let seats = certificate.signers.iter().fold(0, |bits, seat| bits | 1 << seat);
        Ok(Self { epoch: certificate.epoch, seats })
    }
}
