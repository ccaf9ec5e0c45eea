//! Fees, types, limits, and building against executing.

use super::world::{BASE_FEE, BENEFICIARY, CHAIN_ID, ETHER, TIP, World, sign, signer, transaction};
use crate::{ExecutionError, Limits, Refusal, build};
use alloy::{
    eips::eip2930::{AccessList, AccessListItem},
    primitives::{Address, B256, TxKind, U256},
};
use alloy_consensus::{TxEip1559, TxEip2930, TxEip4844, TxEnvelope, TxLegacy, TxReceipt, transaction::Recovered};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};
use revm::context::result::InvalidTransaction;
use std::sync::Arc;

const TO: TxKind = TxKind::Call(Address::repeat_byte(0x70));

fn transfer(nonce: u64, value: u64) -> TxEip1559 {
    TxEip1559 { gas_limit: 21_000, value: U256::from(value), ..transaction(nonce, TO) }
}

fn refusal(world: &World, transactions: &[Recovered<TxEnvelope>]) -> (usize, Refusal) {
    match world.execute(transactions) {
        Err(ExecutionError::Refused { index, reason }) => (index, reason),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn the_base_fee_is_burned_and_the_tip_paid() {
    let mut world = World::new();
    let supply = world.supply();
    let executed = world.block(&[sign(1, transfer(0, 5))]);
    let burned = U256::from(21_000u64 * BASE_FEE);
    assert_eq!((executed.gas_used, executed.burned), (21_000, burned));
    assert_eq!(world.balance(BENEFICIARY), U256::from(21_000 * TIP));
    assert_eq!(world.balance(Address::repeat_byte(0x70)), U256::from(5));
    let paid = U256::from(5) + burned + U256::from(21_000 * TIP);
    assert_eq!(world.balance(signer(1).address()), U256::from(ETHER) - paid);
    assert_eq!(world.supply() + burned, supply);
}

#[test]
fn types_0_1_and_2_run_and_type_3_is_refused() {
    let mut world = World::new();
    let price = 2 * u128::from(BASE_FEE);
    let legacy =
        TxLegacy { chain_id: Some(CHAIN_ID), gas_price: price, gas_limit: 21_000, to: TO, ..Default::default() };
    let list = AccessList(vec![AccessListItem { address: Address::ZERO, storage_keys: vec![B256::ZERO] }]);
    let listed = TxEip2930 {
        chain_id: CHAIN_ID,
        nonce: 1,
        gas_price: price,
        gas_limit: 30_000,
        to: TO,
        access_list: list,
        ..Default::default()
    };
    let executed = world.block(&[sign(1, legacy), sign(1, listed), sign(1, transfer(2, 1))]);
    let cumulative: Vec<u64> = executed.receipts.iter().map(TxReceipt::cumulative_gas_used).collect();
    assert_eq!(cumulative, [21_000, 46_300, 67_300]);
    let types: Vec<u8> = executed.receipts.iter().map(|receipt| receipt.tx_type() as u8).collect();
    assert_eq!(types, [0, 1, 2]);

    let blobs = TxEip4844 { chain_id: CHAIN_ID, gas_limit: 21_000, max_fee_per_gas: price, ..Default::default() };
    assert_eq!(refusal(&world, &[sign(2, blobs)]), (0, Refusal::Blobs));
}

#[test]
fn a_foreign_chain_s_transaction_is_refused() {
    let foreign = TxEip1559 { chain_id: CHAIN_ID + 1, ..transfer(0, 1) };
    let refused = refusal(&World::new(), &[sign(1, foreign)]);
    assert_eq!(refused, (0, Refusal::Transaction(InvalidTransaction::InvalidChainId)));
}

#[test]
fn a_transaction_has_at_most_2_to_the_24_gas() {
    let world = World::new();
    let cap = 1 << 24;
    let greedy = |gas_limit| TxEip1559 {
        gas_limit,
        max_fee_per_gas: u128::from(BASE_FEE),
        max_priority_fee_per_gas: 0,
        ..transfer(0, 1)
    };
    assert!(world.execute(&[sign(1, greedy(cap))]).is_ok());
    let too_much = InvalidTransaction::TxGasLimitGreaterThanCap { gas_limit: cap + 1, cap };
    assert_eq!(refusal(&world, &[sign(1, greedy(cap + 1))]), (0, Refusal::Transaction(too_much)));
}

#[test]
fn a_block_holds_no_more_gas_than_its_limit() {
    let mut world = World::new();
    world.environment.gas_limit = 50_000;
    let three: Vec<_> = (0..3).map(|nonce| sign(1, transfer(nonce, 1))).collect();
    assert_eq!(refusal(&world, &three), (2, Refusal::BlockGas { wanted: 21_000, left: 8_000 }));
}

#[test]
fn a_build_leaves_out_what_must_wait_and_names_what_can_never_run() {
    let mut world = World::new();
    world.block(&[sign(1, transfer(0, 1))]);
    let stale = sign(1, transfer(0, 9));
    let gap = sign(2, transfer(1, 1));
    let cheap =
        sign(3, TxEip1559 { max_fee_per_gas: u128::from(BASE_FEE) - 1, max_priority_fee_per_gas: 0, ..transfer(0, 1) });
    let behind_cheap = sign(3, transfer(0, 2));
    let poor = sign(9, transfer(0, 1));
    let good = [sign(1, transfer(1, 1)), sign(4, transfer(0, 1))];
    let stale_hash = *stale.tx_hash();
    let poor_hash = *poor.tx_hash();
    let candidates = [stale, gap, cheap, behind_cheap, poor].into_iter().chain(good.clone()).map(Arc::new);
    let (chosen, rejected, executed) =
        build(&world.environment, world.clone(), candidates, Limits { bytes: 1_000_000 }).expect("builds");
    let chosen: Vec<_> = chosen.iter().map(|transaction| transaction.as_ref().clone()).collect();
    assert_eq!(chosen, good);
    assert_eq!(rejected.iter().map(|rejected| rejected.hash).collect::<Vec<_>>(), [stale_hash, poor_hash]);
    assert_eq!(world.execute(&good).expect("valid"), executed);
}

#[test]
fn a_build_stays_within_its_bytes_and_gas() {
    let mut world = World::new();
    let candidates = || (0..5).map(|nonce| Arc::new(sign(1, transfer(nonce, 1))));
    let size = alloy::eips::eip2718::Encodable2718::encode_2718_len(candidates().next().expect("five").as_ref()) + 4;
    let count = |world: &World, bytes| {
        build(&world.environment, world.clone(), candidates(), Limits { bytes }).expect("builds").0.len()
    };
    assert_eq!(count(&world, 2 * size), 2);
    assert_eq!(count(&world, 5 * size), 5);
    world.environment.gas_limit = 3 * 21_000;
    assert_eq!(count(&world, 5 * size), 3);
}

fn transfers() -> impl Strategy<Value = Vec<(u8, u8, u64, u64)>> {
    prop::collection::vec((1u8..=4, 1u8..=6, any::<u64>(), 0u64..3), 0..24)
}

proptest! {
    #[test]
    fn what_is_built_executes_to_the_same_and_conserves_supply(plan in transfers()) {
        let mut world = World::new();
        let mut nonces = [0u64; 5];
        let candidates: Vec<_> = plan.into_iter().map(|(from, to, value, skip)| {
            // Some leave a gap, and everything later of that sender waits.
            let nonce = &mut nonces[from as usize];
            *nonce += u64::from(skip == 2);
            let transfer = TxEip1559 { to: TxKind::Call(signer(to).address()), ..transfer(*nonce, value % (ETHER / 2)) };
            *nonce += 1;
            Arc::new(sign(from, transfer))
        }).collect();
        let (chosen, _, built) =
            build(&world.environment, world.clone(), candidates.into_iter(), Limits { bytes: 1_000_000 }).expect("builds");
        let chosen: Vec<_> = chosen.iter().map(|transaction| transaction.as_ref().clone()).collect();
        let supply = world.supply();
        let executed = world.block(&chosen);
        prop_assert_eq!(&executed, &built);
        prop_assert_eq!(world.supply() + executed.burned, supply);
    }
}
