//! Readers beside a writer: every block moves wei between accounts, so any reader that mixes two heights sees a sum
//! that no block has.

use super::world::{address, commit};
use crate::Store;
use alloy::primitives::{U256, keccak256};
use alloy_trie::{Nibbles, TrieAccount, proof::verify_proof};
use edgeloom_types::{Account, AccountDelta, StateDelta};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

const PEOPLE: u8 = 20;
const BLOCKS: u64 = 300;

/// Two accounts pay all others, by an amount that depends on the height.
fn delta(height: u64) -> StateDelta {
    let share = U256::from(height % 97);
    let others = U256::from(PEOPLE - 2);
    let balance = |who: u8| match who {
        0 | 1 => U256::from(10_000) - share * others,
        _ => U256::from(10_000) + share * U256::from(2),
    };
    let change = |who: u8| {
        let account = Account { nonce: height, balance: balance(who), ..Default::default() };
        (address(who), AccountDelta { account: Some(account), ..Default::default() })
    };
    StateDelta { accounts: (0..PEOPLE).map(change).collect(), ..Default::default() }
}

fn read(store: &Store) {
    let total = U256::from(10_000) * U256::from(PEOPLE);
    let tip = store.tip().expect("genesis is committed");
    let view = store.at(tip.height).expect("committed");
    let accounts = (0..PEOPLE).map(|who| view.account(address(who)).expect("reads").expect("exists"));
    let (mut sum, mut heights) = (U256::ZERO, Vec::new());
    for account in accounts {
        sum += account.balance;
        heights.push(account.nonce);
    }
    assert_eq!(sum, total, "a view mixed heights {heights:?}");
    let height = view.height().get();
    assert!(heights.iter().all(|at| *at == height), "a view of {height} shows heights {heights:?}");
    assert_eq!(store.scan_supply().expect("reads").1, total);
    let (tip, root) = store.recompute_root().expect("reads");
    assert_eq!(root, tip.state_root);
    // The tip's, unless a commit came in between: then a past one's.
    let proof = store.proof(address(5), &[], view.height()).expect("reads");
    let Account { nonce, balance, code_hash } = proof.account.expect("exists");
    let leaf = alloy_rlp::encode(TrieAccount::new(nonce, balance, proof.storage_root, code_hash));
    let key = Nibbles::unpack(keccak256(address(5)));
    verify_proof(proof.state_root, key, Some(leaf), &proof.nodes).expect("a proof of one tip");
}

#[test]
fn readers_never_see_half_a_block() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for store in [Store::open(directory.path()).expect("opens"), Store::memory()] {
        commit(&store, &store.view().extend(delta(0)).expect("extends"));
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        read(&store);
                    }
                });
            }
            for height in 1..BLOCKS {
                commit(&store, &store.view().extend(delta(height)).expect("extends"));
            }
            done.store(true, Ordering::Relaxed);
        });
        read(&store);
    }
}
