//! The transfers of L2, each from its index alone.

use super::roster::address;
use alloy::primitives::{Signature, TxKind, U256, keccak256};
use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope, transaction::Recovered};
use std::sync::Arc;

/// Above any number of accounts here, so its multiples visit all before one again.
const STRIDE: u128 = 4_294_967_291;

/// Wei per gas that a sender offers at most: above the base fee of a hundred full blocks.
const FEE_MAX: u128 = 100_000_000_000_000;
const TIP: u128 = 7;

/// The transfer of this index.
pub(super) fn transfer(index: u64, accounts: u64, chain_id: u64) -> Arc<Recovered<TxEnvelope>> {
    let from = (u128::from(index) * STRIDE % u128::from(accounts)) as u64;
    let to = draw(index, 0) % accounts;
    let transaction = TxEip1559 {
        chain_id,
        nonce: index / accounts,
        gas_limit: 21_000,
        max_fee_per_gas: FEE_MAX,
        max_priority_fee_per_gas: TIP,
        to: TxKind::Call(address(to)),
        value: U256::from(draw(index, 1)),
        ..Default::default()
    };
    let half = |seed| U256::from_be_bytes(keccak256(draw(index, seed).to_be_bytes()).0);
    let signature = Signature::new(half(2), half(3), index.is_multiple_of(2));
    Arc::new(Recovered::new_unchecked(transaction.into_signed(signature).into(), address(from)))
}

fn draw(index: u64, seed: u64) -> u64 {
    let hash = keccak256([index.to_be_bytes(), seed.to_be_bytes()].concat());
    u64::from_be_bytes(*hash.first_chunk().expect("32 bytes"))
}
