//! The index finds exactly what a look at every log finds.

use super::world::{commit, empty_block};
use crate::{Commit, LogQuery, Store, StoreError};
use alloy::primitives::{Address, B256, Bytes, Log, Signature, TxKind, U256};
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, SignableTransaction, TxEip1559, TxEnvelope, TxType};
use edgeloom_types::{Block, Height, SealedBlock, StateDelta};
use proptest::prelude::*;

type Logs = Vec<Log>;

fn transaction(nonce: u64) -> TxEnvelope {
    let transaction = TxEip1559 { chain_id: 1, nonce, to: TxKind::Call(Address::ZERO), ..Default::default() };
    transaction.into_signed(Signature::new(U256::from(1), U256::from(2), false)).into()
}

/// Genesis, then a block for each of `blocks`, a transaction for each of its lists.
pub(super) fn chain(store: Store, blocks: &[Vec<Logs>]) -> Store {
    commit(&store, &store.view().extend(StateDelta::default()).expect("extends"));
    for receipts in blocks {
        let layer = store.view().extend(StateDelta::default()).expect("extends");
        let transactions = (0..receipts.len() as u64).map(transaction).collect();
        let block = Block { transactions, ..empty_block(store.tip(), &layer).block().clone() };
        let block = SealedBlock::new(block).expect("our record");
        let receipts: Vec<_> = receipts.iter().map(|logs| receipt(logs.clone())).collect();
        let senders = vec![Address::ZERO; receipts.len()];
        let commit = Commit {
            block: &block,
            senders: &senders,
            receipts: &receipts,
            system_logs: &[],
            layer: &layer,
            burned: U256::ZERO,
            term: None,
            certificate: None,
        };
        store.commit(commit).expect("the next block");
        let hashes: Vec<B256> = block.block().transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
        assert_eq!(store.transaction_hashes(block.height()).expect("reads"), Some(hashes));
    }
    store
}

fn receipt(logs: Logs) -> ReceiptEnvelope {
    let receipt = Receipt { status: Eip658Value::Eip658(true), cumulative_gas_used: 21_000, logs };
    ReceiptEnvelope::from_typed(TxType::Eip1559, receipt)
}

fn addresses() -> impl Strategy<Value = Address> {
    (0..4u8).prop_map(Address::repeat_byte)
}

/// Few values, so that queries match; two of them fold alike.
fn topics() -> impl Strategy<Value = B256> {
    prop_oneof![
        (0..3u8).prop_map(B256::repeat_byte),
        Just(B256::from(U256::from(7))),
        Just(B256::from(U256::from(7) << 128))
    ]
}

fn logs() -> impl Strategy<Value = Log> {
    let data = proptest::collection::vec(any::<u8>(), 0..70).prop_map(Bytes::from);
    (addresses(), proptest::collection::vec(topics(), 0..=4), data)
        .prop_map(|(address, topics, data)| Log::new_unchecked(address, topics, data))
}

fn queries() -> impl Strategy<Value = LogQuery> {
    let wanted = || proptest::collection::vec(topics(), 0..3);
    let addresses = proptest::collection::vec(addresses(), 0..3);
    (addresses, [wanted(), wanted(), wanted(), wanted()]).prop_map(|(addresses, topics)| LogQuery { addresses, topics })
}

fn matches(query: &LogQuery, log: &Log) -> bool {
    (query.addresses.is_empty() || query.addresses.contains(&log.address))
        && query.topics.iter().enumerate().all(|(position, wanted)| {
            wanted.is_empty() || log.topics().get(position).is_some_and(|topic| wanted.contains(topic))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_a_scan_finds(
        blocks in proptest::collection::vec(proptest::collection::vec(proptest::collection::vec(logs(), 0..4), 0..4), 1..6),
        queries in proptest::collection::vec(queries(), 1..8),
        (from, to) in (0..4u64, 0..8u64),
    ) {
        let store = chain(Store::memory(), &blocks);
        for query in &queries {
            let found = store.find_logs(query, (Height::new(from), Height::new(to))).expect("reads");
            let mut expected = Vec::new();
            for (height, receipts) in (1u64..).zip(&blocks).filter(|(height, _)| (from..=to).contains(height)) {
                let all: Vec<_> = receipts.iter().enumerate().flat_map(|(of, logs)| logs.iter().map(move |log| (of, log))).collect();
                let ordinals: Vec<_> = (0u32..).zip(&all).filter(|(_, (_, log))| matches(query, log)).map(|(at, _)| at).collect();
                if !ordinals.is_empty() {
                    expected.push((Height::new(height), ordinals.clone()));
                }
                for ordinal in ordinals {
                    let (of, log) = all[ordinal as usize];
                    store.with_logs(Height::new(height), |logs| {
                        let view = logs.get(ordinal)?;
                        assert_eq!(logs.transaction(ordinal), of);
                        assert_eq!((view.address, view.data), (&log.address.0.0, log.data.data.as_ref()));
                        assert!(view.topics().eq(log.topics().iter().map(|topic| &topic.0)));
                        Ok::<_, StoreError>(())
                    }).expect("reads").expect("it has logs");
                }
            }
            let found: Vec<_> = found.into_iter().map(|block| (block.height, block.ordinals)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
