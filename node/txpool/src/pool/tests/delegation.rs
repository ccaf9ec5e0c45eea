//! EIP-7702: senders that others can drain, and authorizations that wait.

use super::{CHAIN, GAS_LIMIT, RICH, order, request};
use crate::{Limits, Origin, Pool, Rejection};
use alloy::{
    eips::eip7702::Authorization,
    primitives::{Address, B256, Signature, U256},
    signers::{SignerSync, local::PrivateKeySigner},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip7702, TxEnvelope, transaction::Recovered};
use edgeloom_types::Account;
use std::sync::Arc;

const DELEGATED: Account = Account { code_hash: B256::repeat_byte(0xde), ..RICH };

fn pool() -> Pool {
    Pool::new(CHAIN, 0, Limits::default())
}

fn signer(seed: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(seed)).unwrap()
}

fn recovered(seed: u8, envelope: TxEnvelope) -> Arc<Recovered<TxEnvelope>> {
    Arc::new(Recovered::new_unchecked(envelope, signer(seed).address()))
}

fn plain(seed: u8, nonce: u64, tip: u128) -> Arc<Recovered<TxEnvelope>> {
    let request = TxEip1559 { value: U256::from(seed), ..request(nonce, tip) };
    recovered(seed, request.into_signed(Signature::test_signature()).into())
}

/// Of sender `seed`, with an authorization by each of `authorities` for `chain_id`.
fn type_4(seed: u8, nonce: u64, chain_id: u64, authorities: &[u8]) -> Arc<Recovered<TxEnvelope>> {
    let authorization = Authorization { chain_id: U256::from(chain_id), address: Address::repeat_byte(0xc0), nonce: 0 };
    let signed = authorities.iter().map(|authority| {
        let signature = signer(*authority).sign_hash_sync(&authorization.signature_hash()).unwrap();
        authorization.clone().into_signed(signature)
    });
    let transaction = TxEip7702 {
        chain_id: CHAIN,
        nonce,
        gas_limit: 21_000 + 25_000 * authorities.len() as u64,
        max_fee_per_gas: 1_000,
        authorization_list: signed.collect(),
        ..Default::default()
    };
    recovered(seed, transaction.into_signed(Signature::test_signature()).into())
}

fn admit(pool: &Pool, transaction: &Arc<Recovered<TxEnvelope>>, account: Account) -> Result<B256, Rejection> {
    pool.admit(transaction.clone(), Origin::Local, account, GAS_LIMIT)
}

#[test]
fn a_delegated_sender_has_one_transaction_at_a_time() {
    let pool = pool();
    assert_eq!(admit(&pool, &plain(1, 1, 1), DELEGATED), Err(Rejection::DelegatedGap));
    admit(&pool, &plain(1, 0, 1), DELEGATED).unwrap();
    assert_eq!(admit(&pool, &plain(1, 1, 1), DELEGATED), Err(Rejection::DelegatedInFlight));
    admit(&pool, &plain(1, 0, 500), DELEGATED).unwrap();
    let sender = signer(1).address();
    pool.decided(&[(sender, Account { nonce: 1, ..DELEGATED })], 0);
    admit(&pool, &plain(1, 1, 1), Account { nonce: 1, ..DELEGATED }).unwrap();
}

#[test]
fn an_authority_whose_authorization_waits_has_one_transaction_at_a_time() {
    let pool = pool();
    let waiting = admit(&pool, &type_4(1, 0, CHAIN, &[2, 3]), RICH).unwrap();
    admit(&pool, &plain(2, 0, 1), RICH).unwrap();
    assert_eq!(admit(&pool, &plain(2, 1, 1), RICH), Err(Rejection::DelegatedInFlight));
    assert_eq!(admit(&pool, &plain(3, 1, 1), RICH), Err(Rejection::DelegatedGap));
    admit(&pool, &plain(1, 1, 1), RICH).unwrap();
    // Nobody waits for it any more.
    pool.discard(&[waiting]);
    admit(&pool, &plain(2, 1, 1), RICH).unwrap();
    admit(&pool, &plain(3, 1, 1), RICH).unwrap();
}

#[test]
fn an_authorization_does_not_come_behind_an_authority_s_queue() {
    let pool = pool();
    admit(&pool, &plain(2, 0, 1), RICH).unwrap();
    admit(&pool, &type_4(1, 0, CHAIN, &[2]), RICH).unwrap();
    admit(&pool, &plain(3, 0, 1), RICH).unwrap();
    admit(&pool, &plain(3, 1, 1), RICH).unwrap();
    assert_eq!(admit(&pool, &type_4(4, 0, 0, &[3]), RICH), Err(Rejection::AuthorityReserved));
    admit(&pool, &type_4(4, 0, CHAIN + 1, &[3]), RICH).expect("another chain's takes no effect here");
}

#[test]
fn a_sender_that_a_block_delegated_keeps_its_first_transaction() {
    let pool = pool();
    for nonce in 0..4 {
        admit(&pool, &plain(1, nonce, 1), RICH).unwrap();
    }
    pool.decided(&[(signer(1).address(), Account { nonce: 1, ..DELEGATED })], 0);
    assert_eq!(order(&pool, 0), [(signer(1).address()[0], 1)]);
}

/// Its own authorizations move a sender's nonce further than its transactions do.
#[test]
fn a_nonce_that_an_authorization_moved_strands_nothing() {
    let pool = pool();
    let sender = signer(1).address();
    admit(&pool, &plain(1, 2, 1), RICH).unwrap();
    admit(&pool, &type_4(1, 0, CHAIN, &[1]), RICH).unwrap();
    assert_eq!(order(&pool, 0).len(), 1);
    pool.decided(&[(sender, Account { nonce: 2, ..DELEGATED })], 0);
    assert_eq!(order(&pool, 0), [(sender[0], 2)]);
}

#[test]
fn sending_again_what_waits_moves_its_lane() {
    let pool = pool();
    let waits = plain(1, 2, 1);
    admit(&pool, &waits, RICH).unwrap();
    assert_eq!(order(&pool, 0), []);
    assert_eq!(admit(&pool, &waits, Account { nonce: 2, ..RICH }), Err(Rejection::AlreadyKnown));
    assert_eq!(order(&pool, 0), [(signer(1).address()[0], 2)]);
}
