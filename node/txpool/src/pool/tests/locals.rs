//! P5.

use super::{CHAIN, RICH, local, order, peer, request, sign, tx};
use crate::{Journal, Limits, Pool, Rejection};
use alloy::{
    consensus::Transaction as _,
    primitives::{Address, Bytes, U256},
};
use alloy_consensus::TxEip1559;
use edgeloom_types::Account;
use std::path::Path;

fn pool(total: usize, locals: usize) -> Pool {
    Pool::new(CHAIN, 0, Limits { total, locals, ..Limits::default() })
}

#[test]
fn price_does_not_drive_local_transactions_out_until_there_are_too_many() {
    let pool = pool(4, 3);
    local(&pool, &tx(1, 0, 1)).unwrap();
    local(&pool, &tx(2, 0, 1)).unwrap();
    peer(&pool, &tx(3, 0, 5)).unwrap();
    peer(&pool, &tx(4, 0, 6)).unwrap();
    peer(&pool, &tx(5, 0, 99)).unwrap();
    assert_eq!(order(&pool, 0), [(5, 0), (4, 0), (1, 0), (2, 0)], "the cheapest peer's went, not the local ones");
    local(&pool, &tx(6, 0, 0)).unwrap();
    assert_eq!(order(&pool, 0), [(5, 0), (1, 0), (2, 0), (6, 0)], "a local one displaces what pays more");
    // Three are as many as are exempt: from here on all compete.
    assert_eq!(local(&pool, &tx(7, 0, 0)), Err(Rejection::Underpriced));
    peer(&pool, &tx(7, 0, 50)).unwrap();
    assert_eq!(order(&pool, 0), [(5, 0), (7, 0), (1, 0), (2, 0)]);
}

#[test]
fn what_peers_add_to_a_local_sender_counts_as_exempt_too() {
    let pool = pool(4, 3);
    local(&pool, &tx(1, 0, 1)).unwrap();
    for nonce in 1..4 {
        peer(&pool, &tx(1, nonce, 1)).unwrap();
    }
    peer(&pool, &tx(2, 0, 2)).unwrap();
    assert_eq!(order(&pool, 0), [(2, 0), (1, 0), (1, 1), (1, 2)]);
}

#[test]
fn local_bytes_are_bounded_as_their_count_is() {
    let large = |sender, tip| {
        sign(
            sender,
            TxEip1559 {
                input: Bytes::from(vec![0; 1_000]),
                gas_limit: 1_000_000,
                value: U256::from(sender),
                ..request(0, tip)
            },
        )
    };
    let pool = Pool::new(CHAIN, 0, Limits { bytes: 3_500, local_bytes: 1_500, ..Limits::default() });
    for sender in 1..4 {
        local(&pool, &large(sender, 1)).unwrap();
    }
    peer(&pool, &large(4, 2)).unwrap();
    assert_eq!(order(&pool, 0).first(), Some(&(4, 0)), "1,000 bytes above what is exempt compete");
}

#[test]
fn local_transactions_come_first_at_the_same_tip() {
    let pool = pool(10, 5);
    peer(&pool, &tx(1, 0, 5)).unwrap();
    local(&pool, &tx(2, 0, 5)).unwrap();
    peer(&pool, &tx(3, 0, 6)).unwrap();
    assert_eq!(order(&pool, 0), [(3, 0), (2, 0), (1, 0)]);
}

#[test]
fn local_transactions_may_wait_longer() {
    let limits = Limits { patience: 16, local_patience: 32, ..Limits::default() };
    let pool = Pool::new(CHAIN, 0, limits);
    peer(&pool, &tx(1, 1, 5)).unwrap();
    local(&pool, &tx(2, 1, 5)).unwrap();
    (0..20).for_each(|_| pool.decided(&[], 0));
    assert_eq!(pool.waiting().iter().map(|entry| entry.transaction.signer()[0]).collect::<Vec<_>>(), [2]);
    (0..16).for_each(|_| pool.decided(&[], 0));
    assert!(pool.is_empty());
}

/// A pool with the journal of `folder`, whose transactions wait again; and how many there were.
fn restarted(folder: &Path) -> (Pool, usize) {
    let pool = pool(100, 50);
    let (journal, found) = Journal::open(&folder.join("transactions.journal")).unwrap();
    for nonce in 0..3 {
        let ours = tx(1, nonce, 5);
        if found.contains(ours.inner()) {
            local(&pool, &ours).unwrap();
        }
    }
    pool.journal(journal).unwrap();
    (pool, found.len())
}

#[test]
fn what_is_kept_waits_again_and_what_left_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, _) = restarted(folder.path());
    for nonce in 0..3 {
        pool.keep(&local(&pool, &tx(1, nonce, 5)).unwrap()).unwrap();
    }
    peer(&pool, &tx(9, 0, 5)).unwrap();
    pool.discard(&[*tx(1, 2, 5).tx_hash()]);
    pool.keep(tx(1, 2, 5).tx_hash()).unwrap();
    // Nobody tells a pool that its process is killed.
    drop(pool);
    let (pool, found) = restarted(folder.path());
    assert_eq!((found, order(&pool, 0)), (3, vec![(1, 0), (1, 1), (1, 2)]));
    pool.discard(&[*tx(1, 2, 5).tx_hash()]);
    drop(pool);
    let (pool, found) = restarted(folder.path());
    assert_eq!((found, pool.len()), (3, 3), "what left is forgotten when the journal is made anew, not before");
}

#[test]
fn a_journal_of_much_that_left_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (pool, _) = restarted(folder.path());
    for nonce in 0..1_100 {
        pool.keep(&local(&pool, &tx(1, nonce, 5)).unwrap()).unwrap();
        let next = Account { nonce, ..RICH };
        pool.decided(&[(Address::repeat_byte(1), next)], 0);
    }
    drop(pool);
    let (_, found) = Journal::open(&folder.path().join("transactions.journal")).unwrap();
    assert!(found.len() < 100, "{} records", found.len());
    assert!(found.iter().any(|transaction| transaction.nonce() == 1_099), "the newest is among them");
}
