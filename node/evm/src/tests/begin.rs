//! X2: what a block does in the chain's own name, before its transactions.

use super::world::{BASE_FEE, CHAIN_ID, ETHER, World, sign, signer, transaction};
use crate::{Executed, ExecutionError, term, unknown_rule};
use alloy::{
    eips::eip4788::SYSTEM_ADDRESS,
    primitives::{Address, Signature, TxKind, U256, b256, keccak256},
    sol_types::SolCall,
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{
    IEpochs, IUpgrades,
    addresses::{BEACON, EPOCHS, TIMELOCK, UPGRADES},
    predeploys,
};
use edgeloom_bls::SecretKey;
use edgeloom_types::{Committee, Epoch, EpochRules, Included, Seat, Term};
use std::{num::NonZeroU64, sync::Arc};

const EPOCH_LENGTH: NonZeroU64 = NonZeroU64::new(10).expect("not zero");
/// Stores its caller, the hash of its calldata, and the gas it has.
const WITNESS: [u8; 20] =
    [0x5a, 0x60, 2, 0x55, 0x33, 0x5f, 0x55, 0x36, 0x5f, 0x5f, 0x37, 0x36, 0x5f, 0x20, 0x60, 1, 0x55, 0x5f, 0x5f, 0xf3];

/// With the contracts of genesis.
pub(crate) fn founded() -> World {
    let mut world = World::new();
    for predeploy in predeploys(Address::repeat_byte(0x99), EPOCH_LENGTH) {
        world.put_code(predeploy.address, &predeploy.code, 0);
        for (slot, value) in predeploy.storage {
            world.storage.insert((predeploy.address, slot.into()), value.into());
        }
    }
    world
}

/// As if the timelock could sign.
fn voted(world: &mut World, call: &impl SolCall) -> Executed {
    let account = world.accounts.get_mut(&TIMELOCK).expect("of genesis");
    account.balance = U256::from(ETHER);
    let call = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce: account.nonce,
        gas_limit: 1_000_000,
        max_fee_per_gas: BASE_FEE.into(),
        to: TxKind::Call(UPGRADES),
        input: call.abi_encode().into(),
        ..Default::default()
    };
    let call = call.into_signed(Signature::test_signature());
    world.environment.contracts_send = true;
    let executed = world.block(&[Recovered::new_unchecked(TxEnvelope::from(call), TIMELOCK)]);
    assert!(executed.receipts[0].status(), "the vote is executed");
    executed
}

fn genesis_term(world: &World) -> Term {
    let identity = b256!("0x0100000000000000000000000000000000000000000000000000000000000000");
    let voting_key = SecretKey::from_seed(&[1; 32]).expect("enough").public_key().to_bytes().into();
    let seat = Seat { identity, voting_key, beneficiary: Address::repeat_byte(1) };
    let committee = Arc::new(Committee::elected([seat]).expect("can vote"));
    let gas_limit = world.environment.gas_limit / 2;
    Term { committee, rules: EpochRules { gas_limit, block_time_ms: 1, heartbeat_ms: 2, base_fee_floor: 3 } }
}

#[test]
fn epochs_are_told_of_the_certificates_in_the_body() {
    let mut world = World::new();
    world.put_code(EPOCHS, &WITNESS, 0);
    let included = |epoch, seats| Some(Included { epoch: Epoch::new(epoch), seats });
    world.environment.included = [included(7, 5), None, included(6, 1 << 30), included(1 << 32, 1)];
    let executed = world.block(&[]);
    assert!(executed.receipts.is_empty() && executed.gas_used == 0, "it counts for no block");
    assert_eq!(world.slot(EPOCHS, 0), U256::from_be_slice(SYSTEM_ADDRESS.as_slice()));
    let told = [(7, 5), (6, 1 << 30)].map(|(epoch, seats)| IEpochs::Included { epoch, seats });
    let call = IEpochs::beginCall { certificates: told.to_vec() }.abi_encode();
    assert_eq!(
        world.slot(EPOCHS, 1),
        U256::from_be_bytes(keccak256(call).0),
        "an epoch beyond 32 bits is none of the contract's"
    );
    let gas = world.slot(EPOCHS, 2).to::<u64>();
    assert!((29_999_000..=30_000_000).contains(&gas), "{gas} gas");
    assert!(!world.accounts.contains_key(&SYSTEM_ADDRESS));
}

/// Supply is conserved whatever a vote puts there.
#[test]
fn what_epochs_destroy_is_burned() {
    let mut world = World::new();
    // Creates a contract with 5 wei, which destroys itself in its own favour.
    let code = [0x61, 0x30, 0xff, 0x5f, 0x52, 0x60, 2, 0x60, 30, 0x60, 5, 0xf0, 0x00];
    world.put_code(EPOCHS, &code, 9);
    let supply = world.supply();
    let executed = world.block(&[]);
    assert_eq!((executed.burned, world.balance(EPOCHS)), (U256::from(5), U256::from(4)));
    assert_eq!(world.supply() + executed.burned, supply);
}

#[test]
fn a_block_goes_on_where_epochs_fail_or_are_not_there() {
    let mut world = World::new();
    world.block(&[]);
    // Stores, and reverts; then all gas is gone.
    for code in [&[0x33, 0x5f, 0x55, 0x5f, 0x5f, 0xfd][..], &[0x33, 0x5f, 0x55, 0xfe][..]] {
        world.put_code(EPOCHS, code, 0);
        let to = TxKind::Call(Address::repeat_byte(0x70));
        let executed = world.block(&[sign(1, transaction(world.accounts[&signer(1).address()].nonce, to))]);
        assert_eq!(executed.receipts.len(), 1);
        assert_eq!(world.slot(EPOCHS, 0), U256::ZERO);
    }
}

#[test]
fn a_fork_replaces_a_predeploys_code_at_its_height_and_keeps_its_storage() {
    let mut world = founded();
    let (source, height) = (Address::repeat_byte(0x50), 1001);
    world.put_code(source, &[0x60, 42, 0x5f, 0x52, 0x60, 32, 0x5f, 0xf3], 0);
    world.storage.insert((BEACON, U256::from(9)), U256::from(99));
    voted(&mut world, &IUpgrades::scheduleCall { height, target: BEACON, source });
    let old = world.accounts[&BEACON].code_hash;

    for (number, replaced) in [(height - 1, false), (height, true), (height + 1, true)] {
        world.environment.number = number;
        let executed = world.block(&[]);
        assert!(executed.receipts.is_empty());
        let now = world.accounts[&BEACON].code_hash;
        assert_eq!(now, if replaced { world.accounts[&source].code_hash } else { old }, "block {number}");
    }
    assert_eq!((world.slot(BEACON, 9), world.accounts[&BEACON].nonce), (U256::from(99), 1));
    assert_eq!(world.slot(UPGRADES, 0), U256::ZERO, "nothing is pending");
}

/// The first transaction of the block sees it.
#[test]
fn a_fork_is_in_place_before_the_blocks_first_transaction() {
    let mut world = founded();
    let (source, height) = (Address::repeat_byte(0x50), 1001);
    // Stores the block's number in slot 9.
    world.put_code(source, &[0x43, 0x60, 9, 0x55, 0x00], 0);
    voted(&mut world, &IUpgrades::scheduleCall { height, target: BEACON, source });
    world.environment.number = height;
    world.block(&[sign(1, transaction(0, TxKind::Call(BEACON)))]);
    assert_eq!(world.slot(BEACON, 9), U256::from(height));
}

#[test]
fn a_rule_that_this_version_does_not_know_stops_it_before_its_first_block() {
    let mut world = founded();
    voted(&mut world, &IUpgrades::scheduleRuleCall { height: 1001, rule: 7 });
    world.environment.number = 1000;
    world.block(&[]);
    assert_eq!(unknown_rule(&world.environment, world.clone()).expect("readable"), None, "it does not hold yet");
    world.environment.number = 1001;
    let error = world.execute(&[]).expect_err("it cannot follow");
    let ExecutionError::Fault(reason) = error else { panic!("not a verdict on the block: {error}") };
    assert!(reason.contains("rule 7") && reason.contains("update"), "{reason}");
}

/// A database that a newer version wrote.
#[test]
fn a_state_under_an_unknown_rule_is_known_as_such() {
    let mut world = founded();
    let rules = U256::from(2);
    world.storage.insert((UPGRADES, rules), U256::ONE);
    let first = U256::from_be_bytes(keccak256(rules.to_be_bytes::<32>()).0);
    world.storage.insert((UPGRADES, first), U256::from(12));
    assert_eq!(unknown_rule(&world.environment, world.clone()).expect("readable"), Some(12));
}

#[test]
fn a_contract_of_forks_that_fails_stops_no_block() {
    let mut world = founded();
    world.storage.insert((UPGRADES, U256::ZERO), U256::from(5));
    world.put_code(UPGRADES, &[0xfe], 0);
    world.environment.number = 5;
    world.block(&[]);
    assert_eq!(world.slot(UPGRADES, 0), U256::from(5));
}

#[test]
fn a_term_is_what_the_state_says_and_otherwise_as_before() {
    let mut world = founded();
    let before = genesis_term(&world);
    let ask =
        |world: &World, epoch| term(&world.environment, world.clone(), Epoch::new(epoch), &before).expect("readable");
    let seats = |term: &Term| term.committee.seats().cloned().collect::<Vec<_>>();
    assert_eq!((seats(&ask(&world, 1)), ask(&world, 1).rules), (seats(&before), before.rules), "nothing yet");
    // Block 1: nobody is a candidate, but the rules are there.
    world.block(&[]);
    let voted = EpochRules { gas_limit: 90_000_000, block_time_ms: 200, heartbeat_ms: 1000, base_fee_floor: 7 };
    assert_eq!((seats(&ask(&world, 1)), ask(&world, 1).rules), (seats(&before), voted));
    assert_eq!(ask(&world, 2).rules, before.rules, "not decided");
    assert_eq!(ask(&world, 1 << 32).rules, before.rules, "beyond what contracts count");
}
