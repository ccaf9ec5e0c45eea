//! X4: wei leaves the supply in two ways, each counted where it happens; X5.

use super::world::{BASE_FEE, World, creation, sign, signer, transaction};
use crate::Executed;
use alloy::primitives::{Address, TxKind, U256, hex};
use alloy_consensus::TxEip1559;

const OLD: Address = Address::repeat_byte(0x0d);

/// What SELFDESTRUCT burned in a block of one transaction.
fn destroyed(world: &mut World, transaction: TxEip1559) -> (Executed, U256) {
    let supply = world.supply();
    let executed = world.block(&[sign(1, transaction)]);
    assert_eq!(world.supply() + executed.burned, supply);
    let destroyed = executed.burned - U256::from(executed.gas_used) * U256::from(BASE_FEE);
    (executed, destroyed)
}

#[test]
fn a_contract_that_destroys_itself_for_itself_as_it_is_created_burns_its_balance() {
    let mut world = World::new();
    let address_selfdestruct = hex!("30ff");
    let (executed, burned) = destroyed(&mut world, creation(0, &address_selfdestruct, 5));
    assert_eq!(burned, U256::from(5));
    let created = signer(1).address().create(0);
    assert!(!executed.delta.accounts.contains_key(&created));
}

#[test]
fn what_is_sent_to_a_contract_after_it_destroyed_itself_is_burned_with_it() {
    let mut world = World::new();
    // Creates a child whose code destroys itself for its creator, then sends it all of the call's value.
    let init_code = hex!("6133ff5f526002601e5ff05f5f5f5f34855af100");
    let (_, burned) = destroyed(&mut world, creation(0, &init_code, 7));
    assert_eq!(burned, U256::from(7));
}

#[test]
fn a_reverted_destruction_burns_nothing() {
    let mut world = World::new();
    // Creates, with value, a child that destroys itself for itself; then reverts.
    let init_code = hex!("6130ff5f526002601e34f05f5ffd");
    let (executed, burned) = destroyed(&mut world, creation(0, &init_code, 7));
    assert_eq!(burned, U256::ZERO);
    assert!(!executed.receipts[0].status());
}

#[test]
fn an_old_contract_survives_selfdestruct_and_pays_its_balance_out() {
    let mut world = World::new();
    world.put_code(OLD, &hex!("61dead61dead5561beefff"), 9);
    world.storage.insert((OLD, U256::from(1)), U256::from(1));
    let (executed, burned) = destroyed(&mut world, transaction(0, TxKind::Call(OLD)));
    assert_eq!(burned, U256::ZERO);
    assert_eq!(world.balance(Address::from_word(U256::from(0xbeef).into())), U256::from(9));
    let change = &executed.delta.accounts[&OLD];
    assert!(!change.storage_cleared && change.account.is_some_and(|account| account.balance.is_zero()));
    assert_eq!((world.slot(OLD, 1), world.slot(OLD, 0xdead)), (U256::from(1), U256::from(0xdead)));
}

#[test]
fn an_old_contract_that_names_itself_keeps_its_balance() {
    let mut world = World::new();
    world.put_code(OLD, &hex!("30ff"), 9);
    let (_, burned) = destroyed(&mut world, transaction(0, TxKind::Call(OLD)));
    assert_eq!((burned, world.balance(OLD)), (U256::ZERO, U256::from(9)));
}

#[test]
fn accounts_touched_and_left_empty_do_not_come_to_exist() {
    let mut world = World::new();
    let nobody = Address::repeat_byte(0x55);
    let executed = world.block(&[sign(1, transaction(0, TxKind::Call(nobody)))]);
    assert!(!executed.delta.accounts.contains_key(&nobody));
}

#[test]
fn an_empty_account_that_the_state_has_goes_when_touched() {
    let mut world = World::new();
    let empty = Address::repeat_byte(0x55);
    world.accounts.insert(empty, Default::default());
    let executed = world.block(&[sign(1, transaction(0, TxKind::Call(empty)))]);
    assert_eq!(executed.delta.accounts[&empty].account, None);
}

#[test]
fn a_contract_created_on_a_funded_address_clears_its_storage_and_keeps_the_balance() {
    let mut world = World::new();
    let address = signer(1).address().create(0);
    world.accounts.insert(address, edgeloom_types::Account { balance: U256::from(4), ..Default::default() });
    let (executed, _) = destroyed(&mut world, creation(0, &super::world::deploying(&[0]), 0));
    let change = &executed.delta.accounts[&address];
    assert!(change.storage_cleared);
    assert_eq!(world.balance(address), U256::from(4));
}
