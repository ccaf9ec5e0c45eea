//! Calls: unsigned, unpaid, and with a pretended state.

use super::world::{CHAIN_ID, World, signer};
use crate::{AccountOverride, BriefCalls, CallError, Overrides, Refusal, call};
use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
use edgeloom_bindings::addresses;
use revm::context::{
    TxEnv,
    result::{ExecutionResult, InvalidTransaction},
};
use std::collections::BTreeMap;

const CONTRACT: Address = Address::repeat_byte(0xc0);
/// Returns slot 1.
const SLOT_1: [u8; 9] = hex!("6001545f5260205ff3");

fn request(to: Address) -> TxEnv {
    let caller = Address::repeat_byte(0x99);
    TxEnv { caller, kind: TxKind::Call(to), gas_limit: 50_000_000, chain_id: Some(CHAIN_ID), ..Default::default() }
}

fn output(result: &ExecutionResult) -> U256 {
    U256::try_from_be_slice(result.output().expect("it returned")).expect("one word")
}

#[test]
fn who_asks_need_not_exist_own_or_pay_and_may_use_more_gas_than_a_transaction() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("345f5260205ff3"), 0);
    let rich = TxEnv { value: U256::from(12_345), nonce: 77, ..request(CONTRACT) };
    let outcome = call(&world.environment, world.clone(), rich, &Overrides::new()).expect("runs");
    assert_eq!(output(&outcome), U256::from(12_345));
}

#[test]
fn a_revert_gives_its_bytes() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("600154602a5f5260205ffd"), 0);
    let outcome = call(&world.environment, world.clone(), request(CONTRACT), &Overrides::new()).expect("runs");
    assert!(matches!(&outcome, ExecutionResult::Revert { output, .. } if output[31] == 0x2a));
}

#[test]
fn overrides_replace_balance_code_and_storage_for_one_call() {
    let mut world = World::new();
    world.storage.insert((CONTRACT, U256::from(1)), U256::from(7));
    let ask = |world: &World, pretended: AccountOverride| {
        let overrides = BTreeMap::from([(CONTRACT, pretended)]);
        output(&call(&world.environment, world.clone(), request(CONTRACT), &overrides).expect("runs"))
    };
    let code = Some(Bytes::from_static(&SLOT_1));
    let with_code = AccountOverride { code, ..Default::default() };
    // An account that the state lacks has no storage, whatever the rows say.
    assert_eq!(ask(&world, with_code.clone()), U256::ZERO);
    world.put_code(CONTRACT, &hex!("00"), 0);
    assert_eq!(ask(&world, with_code.clone()), U256::from(7));
    let one = BTreeMap::from([(U256::from(1), U256::from(8))]);
    assert_eq!(ask(&world, AccountOverride { storage_changes: one.clone(), ..with_code.clone() }), U256::from(8));
    assert_eq!(ask(&world, AccountOverride { storage: Some(BTreeMap::new()), ..with_code.clone() }), U256::ZERO);
    let balance = AccountOverride {
        balance: Some(U256::from(99)),
        code: Some(Bytes::from_static(&hex!("475f5260205ff3"))),
        ..Default::default()
    };
    assert_eq!(ask(&world, balance), U256::from(99));
}

#[test]
fn code_that_begins_as_a_delegation_and_is_none_is_refused() {
    let world = World::new();
    for broken in [&hex!("ef01")[..], &hex!("ef0100"), &[&hex!("ef0101")[..], &[7; 20]].concat()] {
        let pretended = AccountOverride { code: Some(Bytes::copy_from_slice(broken)), ..Default::default() };
        let overrides = BTreeMap::from([(CONTRACT, pretended)]);
        let refused = call(&world.environment, world.clone(), request(CONTRACT), &overrides);
        assert!(matches!(refused, Err(CallError::Code { address: CONTRACT, .. })), "{refused:?}");
    }
}

#[test]
fn less_gas_than_a_transaction_needs_is_refused() {
    let world = World::new();
    let poor = TxEnv { gas_limit: 20_999, ..request(signer(1).address()) };
    let refused = call(&world.environment, world.clone(), poor, &Overrides::new());
    assert!(matches!(
        refused,
        Err(CallError::Refused(Refusal::Transaction(InvalidTransaction::CallGasCostMoreThanGasLimit { .. })))
    ));
}

#[test]
fn the_chain_s_own_precompile_and_osaka_s_answer() {
    let world = World::new();
    let ask = |address, input: &[u8]| {
        let transaction = TxEnv { data: Bytes::copy_from_slice(input), ..request(address) };
        call(&world.environment, world.clone(), transaction, &Overrides::new()).expect("runs")
    };
    // An account without code would succeed; the precompile reverts on input without a selector.
    assert!(matches!(ask(addresses::EDGE_PROOF, &[]), ExecutionResult::Revert { .. }));
    assert!(ask(Address::repeat_byte(0x77), &[]).is_success());
    // CLZ, new in Osaka: 32 bytes of output from code that Prague would halt on.
    let mut world = world.clone();
    world.put_code(CONTRACT, &hex!("60011e5f5260205ff3"), 0);
    let outcome = call(&world.environment, world.clone(), request(CONTRACT), &Overrides::new()).expect("runs");
    assert_eq!(output(&outcome), U256::from(255));
    // SHA-256 of nothing.
    let sha256 = call(&world.environment, world.clone(), request(Address::with_last_byte(2)), &Overrides::new());
    let expected = hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(sha256.expect("runs").output().expect("returns").as_ref(), expected);
}

/// What is short comes out as it does anywhere, gas included; what is not, does not come out at all.
#[test]
fn a_short_call_is_a_call_and_a_long_one_is_left_alone() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("00"), 0);
    world.storage.insert((CONTRACT, U256::from(1)), U256::from(7));
    let mut calls = BriefCalls::default();
    let short: [&[u8]; 5] = [
        &SLOT_1,
        // The block's number.
        &hex!("435f5260205ff3"),
        // The gas that is left; a revert; an invalid instruction.
        &hex!("5a5f5260205ff3"),
        &hex!("600154602a5f5260205ffd"),
        &hex!("fe"),
    ];
    // Each on the machine of the one before, over another state and another block; twice, for what a failure leaves.
    for (round, code) in (0..).zip([short, short].concat()) {
        world.put_code(CONTRACT, code, 0);
        world.storage.insert((CONTRACT, U256::from(1)), U256::from(round));
        world.environment.number += 1;
        let whole = call(&world.environment, world.clone(), request(CONTRACT), &Overrides::new()).expect("runs");
        let brief = calls.run(&world.environment, world.clone(), request(CONTRACT)).expect("runs");
        assert_eq!(brief, Some(whole), "{}", hex::encode(code));
    }
    let long: [&[u8]; 4] = [
        // For ever; a hash of 3 MiB; 200 slots; a call of SHA-256, whose failure it would hide.
        &hex!("5b5f56"),
        &hex!("623000005f2000"),
        &[&hex!("5f54").repeat(200)[..], &[0]].concat(),
        &hex!("5f5f5f5f5f60025af1005f5ff3"),
    ];
    for code in long {
        world.put_code(CONTRACT, code, 0);
        let brief = calls.run(&world.environment, world.clone(), request(CONTRACT)).expect("no fault");
        assert_eq!(brief, None, "{}", hex::encode(code));
    }
    for precompile in [Address::with_last_byte(2), addresses::EDGE_PROOF] {
        assert_eq!(calls.run(&world.environment, world.clone(), request(precompile)).expect("no fault"), None);
    }
    let poor = TxEnv { gas_limit: 20_999, ..request(CONTRACT) };
    let refused = calls.run(&world.environment, world.clone(), poor);
    assert!(matches!(refused, Err(CallError::Refused(_))), "{refused:?}");
}
