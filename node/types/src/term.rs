//! What holds for the blocks of one epoch: who votes, and by which numbers (CHAIN.md C4, C7).

use crate::{Certificate, CertificateError, Committee, EdgeloomConfig, Epoch, Seat, committee::SEAT_BYTES};
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

impl Term {
    /// At rest: the four numbers, 8 bytes big-endian each, then of each seat identity, voting key and beneficiary.
    pub fn encode(&self) -> Vec<u8> {
        let EpochRules { gas_limit, block_time_ms, heartbeat_ms, base_fee_floor } = self.rules;
        let numbers = [gas_limit, block_time_ms, heartbeat_ms, base_fee_floor];
        let mut bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_be_bytes).collect();
        bytes.extend(self.committee.seats().flat_map(Seat::encode));
        bytes
    }

    /// `None` for what [`Self::encode`] never made.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (numbers, seats) = bytes.split_first_chunk::<32>()?;
        let (seats, rest) = seats.as_chunks::<SEAT_BYTES>();
        if !rest.is_empty() {
            return None;
        }
        let committee = Committee::again(seats.iter().map(Seat::decode))?;
        let (numbers, _) = numbers.as_chunks::<8>();
        let [gas_limit, block_time_ms, heartbeat_ms, base_fee_floor] = numbers else { return None };
        let [gas_limit, block_time_ms, heartbeat_ms, base_fee_floor] =
            [gas_limit, block_time_ms, heartbeat_ms, base_fee_floor].map(|number| u64::from_be_bytes(*number));
        let rules = EpochRules { gas_limit, block_time_ms, heartbeat_ms, base_fee_floor };
        Some(Self { committee: Arc::new(committee), rules })
    }
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

#[cfg(test)]
mod tests;
