use super::{cost, floor_gas, intrinsic_gas};
use alloy::{
    eips::{eip2930::AccessListItem, eip7702::SignedAuthorization},
    primitives::{Address, B256, Bytes, Signature, TxKind, U256},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip7702, TxEnvelope};

fn transfer() -> TxEip1559 {
    TxEip1559 { to: TxKind::Call(Address::ZERO), gas_limit: 21_000, max_fee_per_gas: 3, ..Default::default() }
}

fn signed(transaction: TxEip1559) -> TxEnvelope {
    transaction.into_signed(Signature::test_signature()).into()
}

#[test]
fn a_transfer_costs_the_base() {
    let transaction = signed(TxEip1559 { value: U256::from(7), ..transfer() });
    assert_eq!(intrinsic_gas(&transaction), 21_000);
    assert_eq!(floor_gas(&transaction), 21_000);
    assert_eq!(cost(&transaction), Some(U256::from(63_007)));
}

#[test]
fn calldata_counts_zero_bytes_once_and_others_four_times() {
    let transaction = signed(TxEip1559 { input: Bytes::from_static(&[0, 0, 1, 2]), ..transfer() });
    assert_eq!(intrinsic_gas(&transaction), 21_000 + 2 * 4 + 2 * 16);
    assert_eq!(floor_gas(&transaction), 21_000 + 2 * 10 + 2 * 40);
}

#[test]
fn creation_pays_for_the_account_and_each_word_of_initcode() {
    let transaction = signed(TxEip1559 { to: TxKind::Create, input: vec![1; 33].into(), ..transfer() });
    assert_eq!(intrinsic_gas(&transaction), 53_000 + 33 * 16 + 2 * 2);
}

#[test]
fn lists_pay_per_item() {
    let item = AccessListItem { address: Address::ZERO, storage_keys: vec![B256::ZERO; 3] };
    let transaction = signed(TxEip1559 { access_list: vec![item].into(), ..transfer() });
    assert_eq!(intrinsic_gas(&transaction), 21_000 + 2_400 + 3 * 1_900);
    let authorization = alloy::eips::eip7702::Authorization { chain_id: U256::ONE, address: Address::ZERO, nonce: 0 };
    let authorization = SignedAuthorization::new_unchecked(authorization, 0, U256::ONE, U256::ONE);
    let transaction = TxEip7702 { authorization_list: vec![authorization; 2], ..Default::default() };
    let transaction: TxEnvelope = transaction.into_signed(Signature::test_signature()).into();
    assert_eq!(intrinsic_gas(&transaction), 21_000 + 2 * 25_000);
}

#[test]
fn a_cost_above_256_bits_is_no_number() {
    let transaction = TxEip1559 { value: U256::MAX, ..transfer() };
    assert_eq!(cost(&signed(transaction)), None);
}
