//! Blocks, receipts, senders, lookups and certificates come back as they went in.

use super::world::{commit, empty_block};
use crate::{Commit, Store};
use alloy::primitives::{Address, B256, Bytes, Log, Signature, TxKind, U256};
use alloy_consensus::{
    Eip658Value, Header, Receipt, ReceiptEnvelope, SignableTransaction, TxEip1559, TxEnvelope, TxType,
};
use edgeloom_types::{Block, ConsensusRecord, Height, SealedBlock, StateDelta, encode_system_logs};

fn transaction(nonce: u64) -> TxEnvelope {
    let to = TxKind::Call(Address::repeat_byte(9));
    let transaction = TxEip1559 { chain_id: 1, nonce, gas_limit: 21_000, to, ..Default::default() };
    transaction.into_signed(Signature::new(U256::from(1), U256::from(2), false)).into()
}

fn receipt(gas: u64) -> ReceiptEnvelope {
    let log = Log::new_unchecked(Address::repeat_byte(9), vec![B256::repeat_byte(1)], Bytes::from_static(b"paid"));
    let receipt = Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: gas, logs: vec![log] };
    ReceiptEnvelope::from_typed(TxType::Eip1559, receipt)
}

fn system_log() -> Log {
    Log::new_unchecked(Address::repeat_byte(9), vec![B256::repeat_byte(8)], Bytes::from_static(b"elected"))
}

/// Genesis and one block of three transactions.
fn chain(store: &Store) -> (SealedBlock, Vec<Address>, Vec<ReceiptEnvelope>) {
    commit(store, &store.view().extend(StateDelta::default()).expect("extends"));
    let layer = store.view().extend(StateDelta::default()).expect("extends");
    let shell = empty_block(store.tip(), &layer);
    let consensus = ConsensusRecord { view: 7, ..ConsensusRecord::GENESIS };
    let block = SealedBlock::new(Block {
        header: Header { extra_data: consensus.commitment().into(), ..shell.header().clone() },
        consensus,
        transactions: (0..3).map(transaction).collect(),
        certificates: vec![Bytes::from_static(b"certificate of an ancestor")],
    });
    let block = block.expect("our record");
    let senders: Vec<_> = (1..4).map(Address::repeat_byte).collect();
    let receipts: Vec<_> = (1..4).map(|index| receipt(index * 21_000)).collect();
    store
        .commit(Commit {
            block: &block,
            senders: &senders,
            receipts: &receipts,
            system_logs: &[system_log()],
            layer: &layer,
            burned: U256::from(1u128 << 100),
            term: None,
            certificate: Some(b"certificate of this block"),
        })
        .expect("follows genesis");
    (block, senders, receipts)
}

fn assert_reads_back(store: &Store, (block, senders, receipts): &(SealedBlock, Vec<Address>, Vec<ReceiptEnvelope>)) {
    let height = Height::new(1);
    assert_eq!(store.block(height).expect("reads").as_ref(), Some(block));
    assert_eq!(store.header(height).expect("reads").as_ref(), Some(block.header()));
    assert_eq!(store.consensus(height).expect("reads").as_ref(), Some(block.consensus()));
    assert_eq!(store.hash_at(height).expect("reads"), Some(block.hash()));
    assert_eq!(store.height_of(block.hash()).expect("reads"), Some(height));
    assert_eq!(store.senders(height).expect("reads").as_ref(), Some(senders));
    assert_eq!(store.receipts(height).expect("reads").as_ref(), Some(receipts));
    assert_eq!(store.burned(height).expect("reads"), U256::from(1u128 << 100));
    assert_eq!(store.system_logs(height).expect("reads"), encode_system_logs(&[system_log()]));
    assert_eq!(store.system_logs(Height::GENESIS).expect("reads"), encode_system_logs(&[]));
    for (index, transaction) in (0..).zip(&block.block().transactions) {
        assert_eq!(store.transaction(*transaction.tx_hash()).expect("reads"), Some((height, index)));
    }
    let certificate = store.certificate(height).expect("reads");
    assert_eq!(certificate, Some(Bytes::from_static(b"certificate of this block")));
}

#[test]
fn everything_of_a_block_reads_back_and_does_so_after_opening_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(directory.path()).expect("opens");
    let written = chain(&store);
    assert_reads_back(&store, &written);
    drop(store);
    assert_reads_back(&Store::open(directory.path()).expect("opens again"), &written);
    let memory = Store::memory();
    let written = chain(&memory);
    assert_reads_back(&memory, &written);
}

#[test]
fn what_is_not_committed_is_not_found() {
    let store = Store::memory();
    chain(&store);
    let above = Height::new(2);
    assert_eq!(store.block(above).expect("reads"), None);
    assert_eq!(store.header(above).expect("reads"), None);
    assert_eq!(store.consensus(above).expect("reads"), None);
    assert_eq!(store.hash_at(above).expect("reads"), None);
    assert_eq!(store.receipts(above).expect("reads"), None);
    assert_eq!(store.senders(above).expect("reads"), None);
    assert_eq!(store.certificate(above).expect("reads"), None);
    assert_eq!(store.transaction(B256::ZERO).expect("reads"), None);
    assert_eq!(store.height_of(B256::ZERO).expect("reads"), None);
    assert!(store.burned(above).is_err());
}

#[test]
fn a_certificate_may_come_later() {
    let store = Store::memory();
    chain(&store);
    assert_eq!(store.certificate(Height::GENESIS).expect("reads"), None);
    let genesis = store.hash_at(Height::GENESIS).expect("reads").expect("committed");
    store.put_certificate(genesis, b"late").expect("the disk works");
    assert_eq!(store.certificate(Height::GENESIS).expect("reads"), Some(Bytes::from_static(b"late")));
}
