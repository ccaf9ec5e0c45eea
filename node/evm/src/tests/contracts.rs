//! Creation, logs, reverts, delegation, and what contracts see of the chain around them.

use super::world::{BENEFICIARY, CHAIN_ID, World, creation, deploying, sign, signer, transaction};
use alloy::{
    eips::{eip2935, eip7702::Authorization},
    primitives::{Address, B256, Bytes, TxKind, U256, hex, keccak256},
    signers::SignerSync,
};
use alloy_consensus::{TxEip1559, TxEip7702};
use edgeloom_bindings::addresses;

const CONTRACT: Address = Address::repeat_byte(0xc0);

/// Calls code that leaves one word in slot 0, and returns that word.
fn seen(world: &mut World, code: &[u8]) -> U256 {
    world.put_code(CONTRACT, code, 0);
    let nonce = world.accounts[&signer(1).address()].nonce;
    let executed = world.block(&[sign(1, transaction(nonce, TxKind::Call(CONTRACT)))]);
    assert!(executed.receipts[0].status());
    world.slot(CONTRACT, 0)
}

#[test]
fn creation_puts_code_and_account_into_the_delta() {
    let mut world = World::new();
    let runtime = hex!("602a5f5260205ff3");
    let executed = world.block(&[sign(1, creation(0, &deploying(&runtime), 3))]);
    let created = signer(1).address().create(0);
    let account = world.accounts[&created];
    assert_eq!((account.nonce, account.balance, account.code_hash), (1, U256::from(3), keccak256(runtime)));
    assert_eq!(executed.delta.codes[&account.code_hash], Bytes::copy_from_slice(&runtime));
    assert!(!executed.delta.accounts[&created].storage_cleared);
}

#[test]
fn logs_reach_the_receipt_and_both_blooms() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("602a5f5fa100"), 0);
    let executed = world.block(&[sign(1, transaction(0, TxKind::Call(CONTRACT)))]);
    let receipt = &executed.receipts[0];
    assert_eq!(receipt.logs()[0].topics(), [B256::from(U256::from(0x2a))]);
    assert_eq!(executed.logs_bloom, *receipt.logs_bloom());
    assert!(!executed.logs_bloom.is_zero());
}

#[test]
fn a_revert_has_a_receipt_and_changes_only_nonce_and_fees() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("60015f55602a5f5260205ffd"), 0);
    let executed =
        world.block(&[sign(1, TxEip1559 { value: U256::from(1), ..transaction(0, TxKind::Call(CONTRACT)) })]);
    assert!(!executed.receipts[0].status());
    let mut changed: Vec<_> = executed.delta.accounts.keys().copied().collect();
    changed.retain(|address| *address != addresses::HISTORY_STORAGE);
    let mut expected = vec![signer(1).address(), BENEFICIARY];
    expected.sort();
    assert_eq!(changed, expected);
}

#[test]
fn a_slot_set_back_to_zero_is_in_the_delta_and_one_that_ends_as_it_was_is_not() {
    let mut world = World::new();
    // Slot 0 = 0, slot 1 = 7.
    world.put_code(CONTRACT, &hex!("5f5f556007600155"), 0);
    world.storage.insert((CONTRACT, U256::ZERO), U256::from(3));
    world.storage.insert((CONTRACT, U256::from(1)), U256::from(7));
    let executed = world.block(&[sign(1, transaction(0, TxKind::Call(CONTRACT)))]);
    let storage: Vec<_> = executed.delta.accounts[&CONTRACT].storage.clone().into_iter().collect();
    assert_eq!(storage, [(U256::ZERO, U256::ZERO)]);
}

#[test]
fn later_transactions_of_a_block_see_earlier_ones() {
    let mut world = World::new();
    // Slot 0 = slot 0 + 1.
    world.put_code(CONTRACT, &hex!("60015f54015f55"), 0);
    world.block(&[sign(1, transaction(0, TxKind::Call(CONTRACT))), sign(2, transaction(0, TxKind::Call(CONTRACT)))]);
    world.block(&[sign(1, transaction(1, TxKind::Call(CONTRACT)))]);
    assert_eq!(world.slot(CONTRACT, 0), U256::from(3));
}

#[test]
fn type_4_delegates_an_account_to_code() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("60055f55"), 0);
    let owner = signer(2);
    let authorization = Authorization { chain_id: U256::from(CHAIN_ID), address: CONTRACT, nonce: 0 };
    let signature = owner.sign_hash_sync(&authorization.signature_hash()).expect("a local key signs");
    let plain = transaction(0, TxKind::Call(owner.address()));
    let delegation = TxEip7702 {
        chain_id: CHAIN_ID,
        gas_limit: plain.gas_limit,
        max_fee_per_gas: plain.max_fee_per_gas,
        max_priority_fee_per_gas: plain.max_priority_fee_per_gas,
        to: owner.address(),
        authorization_list: vec![authorization.into_signed(signature)],
        ..Default::default()
    };
    let executed = world.block(&[sign(1, delegation)]);
    assert!(executed.receipts[0].status());
    let designator: Bytes = [&hex!("ef0100")[..], CONTRACT.as_slice()].concat().into();
    let account = world.accounts[&owner.address()];
    assert_eq!((account.nonce, account.code_hash), (1, keccak256(&designator)));
    assert_eq!(executed.delta.codes[&account.code_hash], designator);
    assert_eq!(world.slot(owner.address(), 0), U256::from(5));
    // The next block runs the delegate from what the delta stored.
    world.storage.clear();
    world.block(&[sign(1, transaction(1, TxKind::Call(owner.address())))]);
    assert_eq!(world.slot(owner.address(), 0), U256::from(5));
}

#[test]
fn prevrandao_is_the_mix() {
    let mut world = World::new();
    let mix = world.environment.prevrandao;
    assert_eq!(seen(&mut world, &hex!("445f55")), U256::from_be_bytes(mix.0));
}

#[test]
fn blockhash_and_the_history_contract_give_ancestors_across_blocks() {
    let mut world = World::new();
    let first = world.environment.parent_hash;
    let parent_of_this = hex!("60014303405f55");
    assert_eq!(seen(&mut world, &parent_of_this), U256::from_be_bytes(first.0));
    let second = world.environment.parent_hash;
    assert_eq!(seen(&mut world, &parent_of_this), U256::from_be_bytes(second.0));
    // Two blocks below block 3 is block 1, whose hash block 2 stored.
    assert_eq!(seen(&mut world, &hex!("60024303405f55")), U256::from_be_bytes(second.0));
    assert_eq!(world.slot(addresses::HISTORY_STORAGE, 0), U256::from_be_bytes(first.0));
    // STATICCALL: 32 zero bytes from memory 32 in, 32 bytes at memory 0 out.
    let code = [&hex!("60205f6020602073")[..], addresses::HISTORY_STORAGE.as_slice(), &hex!("5afa505f515f55")].concat();
    assert_eq!(seen(&mut world, &code), U256::from_be_bytes(first.0));
    assert_eq!(addresses::HISTORY_STORAGE, eip2935::HISTORY_STORAGE_ADDRESS);
}

#[test]
fn gas_per_scenario() {
    let mut world = World::new();
    world.put_code(CONTRACT, &hex!("602a5f5fa100"), 0);
    let runtime = hex!("602a5f5260205ff3");
    let scenarios = [
        ("transfer", TxEip1559 { value: U256::from(1), ..transaction(0, TxKind::Call(Address::repeat_byte(9))) }),
        ("create 8 bytes", creation(1, &deploying(&runtime), 0)),
        ("log with one topic", transaction(2, TxKind::Call(CONTRACT))),
        ("32 bytes of input", TxEip1559 { input: vec![1; 32].into(), ..transaction(3, TxKind::Call(Address::ZERO)) }),
    ];
    let mut lines = Vec::new();
    for (name, scenario) in scenarios {
        let executed = world.block(&[sign(1, scenario)]);
        lines.push(format!("{name}: {}", executed.gas_used));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
