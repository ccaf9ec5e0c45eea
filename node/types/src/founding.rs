//! What a chain begins with, as the genesis block's `mixHash` commits to it: whoever trusts the genesis hash needs nothing else
//! to know the chain's id, where its epochs end, and who votes in the first one.
//!
//! ```text
//! chain id | block time ms | heartbeat ms | leader timeout ms | epoch length | seats     8 bytes each, big-endian
//! then of each seat: identity 32 | voting key 48 | beneficiary 20
//! ```

use crate::{Committee, Seat, committee::SEAT_BYTES};
use alloy::primitives::{B256, keccak256};
use std::num::NonZeroU64;

const NUMBERS: usize = 6;

/// Decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    pub chain_id: u64,
    pub block_time_ms: u64,
    pub heartbeat_ms: u64,
    pub leader_timeout_ms: u64,
    /// Blocks.
    pub epoch_length: NonZeroU64,
    /// The committee of epoch 0.
    pub seats: Vec<Seat>,
}

impl Founding {
    pub fn encode(&self) -> Vec<u8> {
        let Self { chain_id, block_time_ms, heartbeat_ms, leader_timeout_ms, epoch_length, seats } = self;
        let numbers =
            [*chain_id, *block_time_ms, *heartbeat_ms, *leader_timeout_ms, epoch_length.get(), seats.len() as u64];
        let mut bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_be_bytes).collect();
        bytes.extend(seats.iter().flat_map(Seat::encode));
        bytes
    }

    /// `None` for what [`Self::encode`] never makes of a genesis.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (numbers, seats) = bytes.split_first_chunk::<{ 8 * NUMBERS }>()?;
        let (numbers, _) = numbers.as_chunks::<8>();
        let numbers: [u64; NUMBERS] = std::array::from_fn(|index| u64::from_be_bytes(numbers[index]));
        let [chain_id, block_time_ms, heartbeat_ms, leader_timeout_ms, epoch_length, count] = numbers;
        let (seats, rest) = seats.as_chunks::<SEAT_BYTES>();
        if !rest.is_empty() || seats.len() as u64 != count || seats.len() > Committee::MAX_SEATS {
            return None;
        }
        let epoch_length = NonZeroU64::new(epoch_length)?;
        let seats = seats.iter().map(Seat::decode).collect();
        Some(Self { chain_id, block_time_ms, heartbeat_ms, leader_timeout_ms, epoch_length, seats })
    }

    /// The genesis block's `mixHash`.
    pub fn commitment(&self) -> B256 {
        keccak256(self.encode())
    }
}

#[cfg(test)]
mod tests;
