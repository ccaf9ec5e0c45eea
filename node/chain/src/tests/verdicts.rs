//! Every verdict: a valid block with exactly one thing changed.

use super::world::{World, beneficiary, call, identity, invalid, sign, transfer, voting_key};
use crate::{Chain, Invalid};
use alloy::primitives::{Address, B64, B256, Bloom, Bytes, Signature, TxKind, U256};
use alloy_consensus::{TxEip1559, TxEnvelope, proofs::calculate_transaction_root};
use edgeloom_types::{Block, ConsensusRecord, Epoch, SealedBlock, next_mix, reveal_message, system_logs_hash};
use std::sync::Arc;

/// A node, and a valid block of two transactions on its tip that another node made.
fn case() -> (World, Chain, Arc<SealedBlock>) {
    let world = World::new();
    let (mut proposer, mut node) = (world.chain(), world.chain());
    let first = world.extend(&mut proposer, &[transfer(1, 0, 1)]);
    node.finalize(&first.block, None).expect("valid");
    let block = world.propose(&mut proposer, &first.block, 1, &[transfer(1, 1, 1), transfer(2, 0, 1)]);
    (world, node, block)
}

/// The verdict on the block after `change`.
fn verdict(change: impl FnOnce(&mut Block)) -> Invalid {
    let (_, mut node, block) = case();
    let mut changed = block.block().clone();
    change(&mut changed);
    changed.header.extra_data = changed.consensus.commitment().into();
    let changed = Arc::new(SealedBlock::new(changed).expect("committed to"));
    assert_ne!(changed.hash(), block.hash());
    let verdict = invalid(node.verify(&changed));
    assert_eq!(node.pending(), 0);
    node.verify(&block).expect("unchanged, it is valid");
    verdict
}

fn verdict_of_record(change: impl FnOnce(&mut ConsensusRecord)) -> Invalid {
    verdict(|block| change(&mut block.consensus))
}

fn verdict_of_body(change: impl FnOnce(&mut Vec<TxEnvelope>)) -> Invalid {
    verdict(|block| {
        change(&mut block.transactions);
        block.header.transactions_root = calculate_transaction_root(&block.transactions);
    })
}

#[test]
fn number() {
    assert_eq!(verdict(|block| block.header.number = 3), Invalid::Number { expected: 2, found: 3 });
}

#[test]
fn timestamp() {
    let parent_ms = 1_800_000_001_000;
    let same = verdict(|block| block.header.timestamp = 1_800_000_001);
    assert_eq!(same, Invalid::Timestamp { parent_ms, found_ms: parent_ms });
    // Seconds may stand still as long as milliseconds move.
    let (_, mut node, block) = case();
    let mut sooner = block.block().clone();
    (sooner.header.timestamp, sooner.consensus.milliseconds) = (1_800_000_001, 1);
    sooner.header.extra_data = sooner.consensus.commitment().into();
    node.verify(&Arc::new(SealedBlock::new(sooner).expect("ours"))).expect("valid");
}

#[test]
fn gas_limit() {
    let expected = 30_000_000;
    assert_eq!(verdict(|block| block.header.gas_limit += 1), Invalid::GasLimit { expected, found: expected + 1 });
}

#[test]
fn base_fee() {
    let (_, _, block) = case();
    let expected = block.header().base_fee_per_gas.expect("has one");
    // The parent was almost empty: an eighth less than before.
    assert!(expected < 1_000_000_000 * 8 / 9);
    for found in [None, Some(expected + 1)] {
        assert_eq!(verdict(|block| block.header.base_fee_per_gas = found), Invalid::BaseFee { expected, found });
    }
}

#[test]
fn fixed_fields() {
    type Change = fn(&mut Block);
    let changes: [(&str, Change); 9] = [
        ("sha3Uncles", |block| block.header.ommers_hash = B256::ZERO),
        ("difficulty", |block| block.header.difficulty = U256::from(1)),
        ("nonce", |block| block.header.nonce = B64::with_last_byte(1)),
        ("withdrawalsRoot", |block| block.header.withdrawals_root = Some(B256::ZERO)),
        ("blobGasUsed", |block| block.header.blob_gas_used = Some(1)),
        ("excessBlobGas", |block| block.header.excess_blob_gas = Some(1)),
        ("parentBeaconBlockRoot", |block| block.header.parent_beacon_block_root = Some(B256::with_last_byte(1))),
        ("blockAccessListHash", |block| block.header.block_access_list_hash = Some(B256::ZERO)),
        ("slotNumber", |block| block.header.slot_number = Some(0)),
    ];
    for (field, change) in changes {
        assert_eq!(verdict(change), Invalid::Fixed(field));
    }
}

#[test]
fn system_logs() {
    let computed = system_logs_hash(&[]);
    for found in [None, Some(B256::ZERO)] {
        let verdict = verdict(|block| block.header.requests_hash = found);
        assert_eq!(verdict, Invalid::RequestsHash { computed, found });
    }
}

#[test]
fn epoch() {
    assert_eq!(verdict_of_record(|record| record.epoch = 1), Invalid::Epoch { expected: Epoch::new(0), found: 1 });
}

#[test]
fn leader() {
    assert_eq!(verdict_of_record(|record| record.leader = identity(9)), Invalid::Leader(identity(9)));
}

#[test]
fn beneficiary_of_another_seat() {
    let wrong = verdict(|block| block.header.beneficiary = beneficiary(2));
    assert_eq!(wrong, Invalid::Beneficiary { expected: beneficiary(1), found: beneficiary(2) });
}

#[test]
fn reveal() {
    let (_, node, block) = case();
    let mix = node.tip().header().mix_hash;
    let message = reveal_message(node.genesis_hash(), Epoch::new(0), block.height().next());
    let of_another_height = voting_key(1).sign(&message).to_bytes();
    for reveal in [of_another_height, [0; 96]] {
        let forged = verdict(|block| {
            block.consensus.reveal = reveal;
            block.header.mix_hash = next_mix(mix, &reveal);
        });
        assert_eq!(forged, Invalid::Reveal);
    }
}

#[test]
fn mix_hash() {
    let (_, _, block) = case();
    let expected = block.header().mix_hash;
    assert_eq!(verdict(|block| block.header.mix_hash = B256::ZERO), Invalid::MixHash { expected, found: B256::ZERO });
}

#[test]
fn certificates() {
    // The hash covers the header alone, so that has to differ too.
    let crowded = verdict(|block| {
        block.certificates = vec![Bytes::new(); 5];
        block.header.timestamp += 1;
    });
    assert_eq!(crowded, Invalid::Certificates(5));
    let computed = edgeloom_types::certificates_hash(&[Bytes::new()]);
    let uncommitted = verdict(|block| {
        block.certificates = vec![Bytes::new()];
        block.header.timestamp += 1;
    });
    assert_eq!(uncommitted, Invalid::CertificatesHash { computed, found: B256::ZERO });
    // What may stand in a certificate: tests/certificates.rs.
}

#[test]
fn transactions_root() {
    let (_, _, block) = case();
    let found = block.header().transactions_root;
    let dropped = verdict(|block| {
        block.transactions.pop();
        block.header.timestamp += 1;
    });
    assert!(matches!(dropped, Invalid::TransactionsRoot { found: header, .. } if header == found));
}

#[test]
fn signature() {
    let unsigned = verdict_of_body(|transactions| {
        let transaction: TxEip1559 = call(0, TxKind::Call(Address::ZERO));
        let signature = Signature::new(U256::ZERO, U256::from(1), false);
        transactions[1] = alloy_consensus::SignableTransaction::into_signed(transaction, signature).into();
    });
    assert_eq!(unsigned, Invalid::Signature { index: 1 });
}

#[test]
fn transaction_that_cannot_run() {
    let gap = verdict_of_body(|transactions| transactions[1] = transfer(2, 1, 1).inner().clone());
    assert!(matches!(gap, Invalid::Transaction { index: 1, .. }));
    let foreign = verdict_of_body(|transactions| {
        let foreign = TxEip1559 { chain_id: 1, ..call(0, TxKind::Call(Address::ZERO)) };
        transactions[1] = sign(2, foreign).inner().clone();
    });
    assert!(matches!(foreign, Invalid::Transaction { index: 1, .. }));
}

#[test]
fn gas_used() {
    assert_eq!(verdict(|block| block.header.gas_used += 1), Invalid::GasUsed { computed: 42_000, found: 42_001 });
}

#[test]
fn receipts_root() {
    let wrong = verdict(|block| block.header.receipts_root = B256::ZERO);
    assert!(matches!(wrong, Invalid::ReceiptsRoot { found: B256::ZERO, .. }));
}

#[test]
fn logs_bloom() {
    let wrong = verdict(|block| block.header.logs_bloom = Bloom::repeat_byte(1));
    assert_eq!(wrong, Invalid::LogsBloom { computed: Box::new(Bloom::ZERO) });
}

#[test]
fn state_root() {
    let (_, _, block) = case();
    let computed = block.header().state_root;
    let wrong = verdict(|block| block.header.state_root = B256::ZERO);
    assert_eq!(wrong, Invalid::StateRoot { computed, found: B256::ZERO });
}

#[test]
fn a_proposal_that_breaks_a_rule_makes_no_block() {
    let world = World::new();
    let mut chain = world.chain();
    let proposal = world.proposal(&chain, chain.tip(), 0);
    let stolen = crate::Proposal { leader: identity(1), beneficiary: beneficiary(1), ..proposal };
    let refused = chain.propose(stolen, std::iter::empty()).map(|_| ());
    assert_eq!(invalid(refused), Invalid::Reveal);
    assert_eq!(chain.pending(), 0);
}
