//! What a header must say before anything is executed: H1–H5.

use crate::{error::Invalid, terms::Decided};
use alloy::{
    eips::eip1559::BaseFeeParams,
    primitives::{Address, B64, B256, Bloom, U256},
};
use alloy_consensus::{
    Header,
    constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_WITHDRAWALS},
};
use edgeloom_types::{Epoch, EpochRules, Height, SealedBlock, Term, next_mix, reveal_message};
use std::{num::NonZeroU64, sync::Arc};

/// What the headers of one branch are checked against.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) epoch_length: NonZeroU64,
    pub(crate) genesis_hash: B256,
    pub(crate) terms: Arc<Decided>,
}

impl Rules {
    pub(crate) fn epoch(&self, height: Height) -> Epoch {
        Epoch::containing(height, self.epoch_length)
    }

    pub(crate) fn term(&self, epoch: Epoch) -> Arc<Term> {
        self.terms.term(epoch)
    }

    /// The numbers for a child of `parent`.
    pub(crate) fn of_child(&self, parent: &SealedBlock) -> EpochRules {
        self.term(self.epoch(parent.height().next())).rules
    }

    pub(crate) fn check(&self, block: &SealedBlock, parent: &SealedBlock) -> Result<(), Invalid> {
        let header = block.header();
        let expected = parent.height().get() + 1;
        if header.number != expected {
            return Err(Invalid::Number { expected, found: header.number });
        }
        let (parent_ms, found_ms) = (parent.timestamp_ms(), block.timestamp_ms());
        if found_ms <= parent_ms {
            return Err(Invalid::Timestamp { parent_ms, found_ms });
        }
        let numbers = self.of_child(parent);
        let expected = numbers.gas_limit;
        if header.gas_limit != expected {
            return Err(Invalid::GasLimit { expected, found: header.gas_limit });
        }
        let expected = next_base_fee(parent.header(), numbers.base_fee_floor);
        if header.base_fee_per_gas != Some(expected) {
            return Err(Invalid::BaseFee { expected, found: header.base_fee_per_gas });
        }
        check_fixed(header)?;
        self.check_leader(block, parent)
    }

    /// H3, H4.
    fn check_leader(&self, block: &SealedBlock, parent: &SealedBlock) -> Result<(), Invalid> {
        let (header, record) = (block.header(), block.consensus());
        let epoch = self.epoch(block.height());
        if record.epoch != epoch.get() {
            return Err(Invalid::Epoch { expected: epoch, found: record.epoch });
        }
        let term = self.term(epoch);
        let committee = &term.committee;
        let leader = committee.seat_of(&record.leader).ok_or(Invalid::Leader(record.leader))?;
        if header.beneficiary != leader.beneficiary {
            return Err(Invalid::Beneficiary { expected: leader.beneficiary, found: header.beneficiary });
        }
        let expected = next_mix(parent.header().mix_hash, &record.reveal);
        if header.mix_hash != expected {
            return Err(Invalid::MixHash { expected, found: header.mix_hash });
        }
        // Last, since it is the dearest.
        let message = reveal_message(self.genesis_hash, epoch, block.height());
        if !committee.verify_reveal(&record.leader, &message, &record.reveal) {
            return Err(Invalid::Reveal);
        }
        Ok(())
    }
}

/// What a child of `parent`, a header of this chain, burns: EIP-1559 with Ethereum's parameters, but at least `floor`; wei
/// per gas.
///
/// # Panics
/// When `parent` has no base fee.
pub fn next_base_fee(parent: &Header, floor: u64) -> u64 {
    let next = parent.next_block_base_fee(BaseFeeParams::ethereum());
    next.expect("every executed header has a base fee: genesis and H2").max(floor)
}

/// A header with H5's values and nothing else.
pub(crate) fn blank() -> Header {
    Header {
        parent_hash: B256::ZERO,
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: Address::ZERO,
        logs_bloom: Bloom::ZERO,
        difficulty: U256::ZERO,
        nonce: B64::ZERO,
        withdrawals_root: Some(EMPTY_WITHDRAWALS),
        blob_gas_used: Some(0),
        excess_blob_gas: Some(0),
        parent_beacon_block_root: Some(B256::ZERO),
        ..Default::default()
    }
}

/// H5.
fn check_fixed(header: &Header) -> Result<(), Invalid> {
    let blank = blank();
    let fields = [
        ("sha3Uncles", header.ommers_hash == blank.ommers_hash),
        ("difficulty", header.difficulty == blank.difficulty),
        ("nonce", header.nonce == blank.nonce),
        ("withdrawalsRoot", header.withdrawals_root == blank.withdrawals_root),
        ("blobGasUsed", header.blob_gas_used == blank.blob_gas_used),
        ("excessBlobGas", header.excess_blob_gas == blank.excess_blob_gas),
        ("parentBeaconBlockRoot", header.parent_beacon_block_root == blank.parent_beacon_block_root),
        ("blockAccessListHash", header.block_access_list_hash == blank.block_access_list_hash),
        ("slotNumber", header.slot_number == blank.slot_number),
    ];
    match fields.iter().find(|(_, holds)| !holds) {
        Some((field, _)) => Err(Invalid::Fixed(field)),
        None => Ok(()),
    }
}
