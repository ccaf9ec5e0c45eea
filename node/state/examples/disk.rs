//! How many bytes of disk a transfer takes, table by table: blocks of 4,000 transfers between random accounts, compacted.
//!
//! `cargo run -p edgeloom-state --example disk -- [accounts] [blocks] [states to keep]`

#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "it measures, and decides nothing")]

use alloy::primitives::{Address, B256, Signature, TxKind, U256, keccak256};
use alloy_consensus::{
    Eip658Value, Header, Receipt, ReceiptEnvelope, SignableTransaction, TxEip1559, TxEnvelope, TxType,
};
use edgeloom_state::{Commit, Layer, Store, StoreError};
use edgeloom_types::{Account, AccountDelta, Block, ConsensusRecord, SealedBlock, StateDelta};
use std::{
    collections::BTreeMap,
    env,
    num::NonZeroU64,
    time::{Duration, Instant},
};

const TRANSFERS: u64 = 4000;

fn main() -> Result<(), StoreError> {
    let mut arguments = env::args().skip(1).map_while(|argument| argument.parse::<u64>().ok());
    let (accounts, blocks) = (arguments.next().unwrap_or(100_000), arguments.next().unwrap_or(25));
    let directory = env::temp_dir().join(format!("edgeloom-disk-{}", std::process::id()));
    let store = Store::open(&directory)?;
    if let Some(keep) = arguments.next().and_then(NonZeroU64::new) {
        store.keep_history(keep);
    }
    let before = fund(&store, accounts)?;
    let mut commits = Duration::ZERO;
    for block in 0..blocks {
        commits += transfer(&store, accounts, block)?;
    }
    store.compact()?;
    let (mut all, mut trie, transfers) = (0.0, 0.0, (blocks * TRANSFERS) as f64);
    for (table, bytes) in store.table_bytes()? {
        let each = (bytes as f64 - before[table] as f64) / transfers;
        println!("{table:<22} {bytes:>12} bytes {each:>8.1} a transfer");
        if table.ends_with("trie_history") { trie += each } else { all += each }
    }
    println!("{all:.1} bytes a transfer without history of the trie, {trie:.1} with it on top");
    println!("{:.1} us a transfer in commits", commits.as_micros() as f64 / transfers);
    prove(&store, accounts, blocks)?;
    drop(store);
    std::fs::remove_dir_all(&directory).map_err(|source| StoreError::Io { path: directory, source })
}

fn address(index: u64) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}

/// Genesis: bytes of each table after it.
fn fund(store: &Store, accounts: u64) -> Result<BTreeMap<&'static str, u64>, StoreError> {
    let account = |index| (address(index), holding(0, 1));
    let delta = StateDelta { accounts: (0..accounts).map(account).collect(), ..Default::default() };
    let layer = store.view().extend(delta)?;
    commit(store, &layer, Vec::new())?;
    store.compact()?;
    store.table_bytes()
}

/// Accounts that have sent or received hold about 10^21 wei, as real ones do.
fn holding(nonce: u64, seed: u64) -> AccountDelta {
    let balance = U256::from(10u64).pow(U256::from(21)) + U256::from(draw(nonce, seed));
    AccountDelta { account: Some(Account { nonce, balance, ..Default::default() }), ..Default::default() }
}

fn draw(a: u64, b: u64) -> u64 {
    let hash = keccak256([a.to_be_bytes(), b.to_be_bytes()].concat());
    u64::from_be_bytes(*hash.first_chunk().expect("32 bytes"))
}

/// One block. Gives how long its commit took.
fn transfer(store: &Store, accounts: u64, block: u64) -> Result<Duration, StoreError> {
    let mut delta = StateDelta::default();
    let mut transactions = Vec::new();
    for index in 0..TRANSFERS {
        let (from, to) = (draw(block, index) % accounts, draw(index, block + 1) % accounts);
        delta.accounts.insert(address(from), holding(block + 1, index));
        delta.accounts.insert(address(to), holding(block, index));
        let transaction = TxEip1559 {
            chain_id: 31337,
            nonce: block,
            gas_limit: 21_000,
            max_fee_per_gas: 2_000_000_007,
            max_priority_fee_per_gas: 7,
            to: TxKind::Call(address(to)),
            value: U256::from(draw(block, index)),
            ..Default::default()
        };
        let half = |seed| U256::from_be_bytes(keccak256(draw(block, index ^ seed).to_be_bytes()).0);
        let signature = Signature::new(half(1 << 40), half(1 << 41), false);
        transactions.push((address(from), TxEnvelope::from(transaction.into_signed(signature))));
    }
    let layer = store.view().extend(delta)?;
    let start = Instant::now();
    commit(store, &layer, transactions)?;
    Ok(start.elapsed())
}

fn commit(store: &Store, layer: &Layer, transactions: Vec<(Address, TxEnvelope)>) -> Result<(), StoreError> {
    let parent = store.tip();
    let consensus = ConsensusRecord::GENESIS;
    let header = Header {
        parent_hash: parent.map_or(B256::ZERO, |tip| tip.hash),
        number: parent.map_or(0, |tip| tip.height.get() + 1),
        state_root: layer.root(),
        extra_data: consensus.commitment().into(),
        ..Default::default()
    };
    let (senders, transactions): (Vec<_>, Vec<_>) = transactions.into_iter().unzip();
    let receipts: Vec<_> = (1..=transactions.len() as u64)
        .map(|count| {
            let status = Eip658Value::Eip658(true);
            let receipt = Receipt { status, cumulative_gas_used: count * 21_000, logs: Vec::new() };
            ReceiptEnvelope::from_typed(TxType::Eip1559, receipt)
        })
        .collect();
    let block = SealedBlock::new(Block { header, consensus, transactions, certificates: Vec::new() })?;
    let (senders, receipts) = (&senders, &receipts);
    store.commit(Commit { block: &block, senders, receipts, layer, burned: U256::ZERO, certificate: None })
}

/// How long proofs take at the tip and in the middle of the chain.
fn prove(store: &Store, accounts: u64, blocks: u64) -> Result<(), StoreError> {
    const PROOFS: u64 = 1000;
    let tip = store.tip().map_or_else(Default::default, |tip| tip.height);
    let middle = edgeloom_types::Height::new(blocks / 2).max(store.oldest());
    for (what, height) in [("tip's", tip), ("past", middle)] {
        let start = Instant::now();
        for index in 0..PROOFS {
            store.proof(address(draw(index, 9) % accounts), &[], height)?;
        }
        println!(
            "{:.1} us a proof of an account in the {what} state",
            start.elapsed().as_micros() as f64 / PROOFS as f64
        );
    }
    Ok(())
}
