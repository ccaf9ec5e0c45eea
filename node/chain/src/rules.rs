//! B1–B4 and B6: what a header must say, given its parent and what execution gave.

use crate::Invalid;
use alloy::{
    eips::{eip1559::BaseFeeParams, eip7685::EMPTY_REQUESTS_HASH},
    primitives::{B64, B256, U256},
};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, Header, ReceiptEnvelope, TxEnvelope,
    constants::EMPTY_WITHDRAWALS,
    proofs::{calculate_receipt_root, calculate_transaction_root},
};
use edgeloom_evm::{BlockEnvironment, Executed};
use edgeloom_types::{Epoch, Genesis, Height, SealedBlock, next_mix, reveal_message};

/// EIP-1559 with Ethereum's parameters.
pub(crate) fn next_base_fee(parent: &Header) -> u64 {
    parent.next_block_base_fee(BaseFeeParams::ethereum()).unwrap_or_default()
}

/// The environment that the block's transactions see.
pub(crate) fn environment(chain_id: u64, header: &Header) -> BlockEnvironment {
    BlockEnvironment {
        chain_id,
        number: header.number,
        timestamp: header.timestamp,
        beneficiary: header.beneficiary,
        gas_limit: header.gas_limit,
        base_fee: header.base_fee_per_gas.unwrap_or_default(),
        prevrandao: header.mix_hash,
        parent_hash: header.parent_hash,
    }
}

/// A header with the fields that every block of this chain has in common.
pub(crate) fn template() -> Header {
    Header {
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        difficulty: U256::ZERO,
        nonce: B64::ZERO,
        withdrawals_root: Some(EMPTY_WITHDRAWALS),
        blob_gas_used: Some(0),
        excess_blob_gas: Some(0),
        parent_beacon_block_root: Some(B256::ZERO),
        requests_hash: Some(EMPTY_REQUESTS_HASH),
        ..Default::default()
    }
}

/// Writes what execution gave into a header.
pub(crate) fn seal(header: &mut Header, transactions: &[TxEnvelope], executed: &Executed, state_root: B256) {
    header.gas_used = executed.gas_used;
    header.logs_bloom = executed.logs_bloom;
    header.transactions_root = calculate_transaction_root(transactions);
    header.receipts_root = receipts_root(&executed.receipts);
    header.state_root = state_root;
}

fn receipts_root(receipts: &[ReceiptEnvelope]) -> B256 {
    calculate_receipt_root(receipts)
}

/// B1 and B2.
///
/// # Errors
/// The first field that is wrong.
pub(crate) fn follows(block: &SealedBlock, parent: &SealedBlock) -> Result<(), Invalid> {
    let (header, before) = (block.header(), parent.header());
    if Some(header.number) != before.number.checked_add(1) {
        return Err(Invalid::Number { found: header.number, expected: before.number.saturating_add(1) });
    }
    fixed(header)?;
    if header.gas_limit != before.gas_limit {
        return Err(Invalid::GasLimit { found: header.gas_limit, expected: before.gas_limit });
    }
    let expected = next_base_fee(before);
    if header.base_fee_per_gas != Some(expected) {
        return Err(Invalid::BaseFee { found: header.base_fee_per_gas, expected });
    }
    if header.timestamp < before.timestamp || block.timestamp_ms() <= parent.timestamp_ms() {
        return Err(Invalid::Timestamp { found: block.timestamp_ms(), parent: parent.timestamp_ms() });
    }
    Ok(())
}

fn fixed(header: &Header) -> Result<(), Invalid> {
    let Header { ommers_hash, difficulty, nonce, withdrawals_root, .. } = template();
    let checks = [
        (header.ommers_hash == ommers_hash, "sha3Uncles"),
        (header.difficulty == difficulty, "difficulty"),
        (header.nonce == nonce, "nonce"),
        (header.withdrawals_root == withdrawals_root, "withdrawalsRoot"),
        (header.blob_gas_used == Some(0), "blobGasUsed"),
        (header.excess_blob_gas == Some(0), "excessBlobGas"),
        (header.parent_beacon_block_root == Some(B256::ZERO), "parentBeaconBlockRoot"),
        (header.requests_hash == Some(EMPTY_REQUESTS_HASH), "requestsHash"),
        (header.block_access_list_hash.is_none(), "blockAccessListHash"),
    ];
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, field)) => Err(Invalid::Fixed(field)),
        None => Ok(()),
    }
}

/// B3 and B4.
///
/// # Errors
/// The first field that is wrong.
pub(crate) fn proposed_by_leader(
    block: &SealedBlock,
    parent: &SealedBlock,
    genesis: &Genesis,
    genesis_hash: B256,
) -> Result<(), Invalid> {
    let (extra, header) = (block.extra(), block.header());
    let expected = Epoch::containing(block.height(), genesis.config().epoch_length);
    if extra.epoch != expected.get() {
        return Err(Invalid::Epoch { found: extra.epoch, expected: expected.get() });
    }
    let seat = genesis.committee().validator(&extra.leader).ok_or(Invalid::Leader(extra.leader))?;
    if header.beneficiary != seat.beneficiary {
        return Err(Invalid::Beneficiary { found: header.beneficiary, expected: seat.beneficiary });
    }
    let message = reveal_message(genesis_hash, expected, Height::new(header.number));
    if !genesis.committee().verify_reveal(&extra.leader, &message, &extra.reveal) {
        return Err(Invalid::Reveal);
    }
    let mix = next_mix(parent.header().mix_hash, &extra.reveal);
    if header.mix_hash != mix {
        return Err(Invalid::Mix { found: header.mix_hash, expected: mix });
    }
    Ok(())
}

/// B6.
///
/// # Errors
/// The first field that is wrong.
pub(crate) fn executed_as_claimed(block: &SealedBlock, executed: &Executed, state_root: B256) -> Result<(), Invalid> {
    let header = block.header();
    if header.gas_used != executed.gas_used {
        return Err(Invalid::GasUsed { found: header.gas_used, expected: executed.gas_used });
    }
    if header.logs_bloom != executed.logs_bloom {
        return Err(Invalid::Bloom);
    }
    let expected = calculate_transaction_root(&block.block().transactions);
    if header.transactions_root != expected {
        return Err(Invalid::TransactionsRoot { found: header.transactions_root, expected });
    }
    let expected = receipts_root(&executed.receipts);
    if header.receipts_root != expected {
        return Err(Invalid::ReceiptsRoot { found: header.receipts_root, expected });
    }
    if header.state_root != state_root {
        return Err(Invalid::StateRoot { found: header.state_root, expected: state_root });
    }
    Ok(())
}
