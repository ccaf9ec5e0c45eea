//! What staking costs does not depend on how many stake.

use super::{
    begin::founded,
    guardians::{HOLDER, sent},
    world::World,
};
use alloy::{
    primitives::{Address, U256, keccak256},
    sol_types::SolCall,
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{
    IStakeBook,
    IStaking::{self, Role},
    ITheta,
    addresses::{REWARDS, STAKING, THETA},
};
use edgeloom_types::Account;

const NODES: u32 = 2;
/// Stakers of a block, so that no block's state is held twice for long.
const CHUNK: u32 = 10_000;

/// Gas of each verb for who comes next.
#[derive(Clone, Copy, Debug)]
struct Costs {
    stake: u64,
    more: u64,
    unstake: u64,
    redelegate: u64,
    claim: u64,
}

fn staker(number: u32) -> Address {
    Address::from_slice(&keccak256(number.to_be_bytes())[12..])
}

fn theta(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn rich() -> Account {
    Account { balance: U256::from(10).pow(U256::from(24)), ..Default::default() }
}

/// Two validators.
fn empty() -> World {
    let mut world = founded();
    world.environment.gas_limit = u64::MAX / 2;
    world.environment.contracts_send = true;
    world.accounts.insert(HOLDER, rich());
    let rewards = Account { balance: U256::from(10).pow(U256::from(24)), ..world.accounts[&REWARDS] };
    world.accounts.insert(REWARDS, rewards);
    let registers = (0..NODES).map(|node| {
        let operator = Address::repeat_byte(0xa0 + node as u8);
        world.accounts.insert(operator, rich());
        sent(operator, 0, STAKING, &IStaking::registerCall { role: Role::Validator, owner: operator, commission: 500 })
    });
    let registers: Vec<_> = registers.collect();
    succeeds(&mut world, &registers);
    world
}

fn succeeds(world: &mut World, transactions: &[Recovered<TxEnvelope>]) -> u64 {
    let executed = world.block(transactions);
    assert!(executed.receipts.iter().all(|receipt| receipt.status()), "a call failed");
    executed.gas_used
}

/// Gives a staker what it stakes, and has it stake a part of that.
fn joins(world: &mut World, number: u32) -> [Recovered<TxEnvelope>; 3] {
    let (address, nonce) = (staker(number), world.accounts[&HOLDER].nonce);
    world.accounts.insert(address, rich());
    let approval = ITheta::approveCall { spender: STAKING, amount: U256::MAX };
    [
        sent(HOLDER, nonce, THETA, &ITheta::transferCall { to: address, amount: theta(100) }),
        sent(address, 0, THETA, &approval),
        sent(address, 1, STAKING, &IStaking::stakeCall { node: number % NODES + 1, amount: theta(40) }),
    ]
}

/// Has stakers `from` to `to` join.
fn grow(world: &mut World, from: u32, to: u32) {
    for start in (from..to).step_by(CHUNK as usize) {
        let mut transactions = Vec::new();
        for number in start..to.min(start + CHUNK) {
            transactions.extend(joins(world, number));
            // As if it had been sent: `joins` reads it for the next one.
            world.accounts.get_mut(&HOLDER).expect("it is there").nonce += 1;
        }
        world.accounts.get_mut(&HOLDER).expect("it is there").nonce -= u64::from(to.min(start + CHUNK) - start);
        succeeds(world, &transactions);
    }
}

/// Of the staker `number`, who comes after all others.
fn costs(world: &mut World, number: u32) -> Costs {
    let [funded, approved, first] = joins(world, number);
    succeeds(world, &[funded, approved]);
    let node = number % NODES + 1;
    let one = |world: &mut World, from: Address, call: &dyn Fn(u64) -> Recovered<TxEnvelope>| {
        let nonce = world.accounts[&from].nonce;
        succeeds(world, &[call(nonce)])
    };
    let stake = succeeds(world, &[first]);
    let address = staker(number);
    let again = IStaking::stakeCall { node, amount: theta(10) };
    let more = one(world, address, &|nonce| sent(address, nonce, STAKING, &again));
    let rewarded = IStakeBook::rewardCall { node, epoch: 0 };
    one(world, REWARDS, &|nonce| paying(nonce, &rewarded));
    let claim = IStakeBook::claimCall { node };
    let claim = one(world, address, &|nonce| sent(address, nonce, STAKING, &claim));
    let unstake = IStakeBook::unstakeCall { node, amount: theta(5) };
    let unstake = one(world, address, &|nonce| sent(address, nonce, STAKING, &unstake));
    let moved = IStakeBook::redelegateCall { from: node, to: NODES + 1 - node, amount: theta(5) };
    let redelegate = one(world, address, &|nonce| sent(address, nonce, STAKING, &moved));
    Costs { stake, more, unstake, redelegate, claim }
}

/// The contract of rewards pays a node ten thousand TFUEL.
fn paying(nonce: u64, call: &impl SolCall) -> Recovered<TxEnvelope> {
    let (sent, sender) = sent(REWARDS, nonce, STAKING, call).into_parts();
    let TxEnvelope::Eip1559(signed) = sent else { panic!("type 2") };
    let (mut transaction, signature, _) = signed.into_parts();
    transaction.value = theta(10_000);
    Recovered::new_unchecked(alloy_consensus::SignableTransaction::into_signed(transaction, signature).into(), sender)
}

#[test]
fn gas_is_the_same_with_a_hundred_and_with_a_hundred_thousand_stakers() {
    let mut world = empty();
    let (mut size, mut measured) = (0, Vec::new());
    for wanted in [100, 100_000] {
        grow(&mut world, size, wanted);
        let costs = costs(&mut world, wanted);
        println!("{wanted} stakers: {costs:?}");
        measured.push([costs.stake, costs.more, costs.unstake, costs.redelegate, costs.claim]);
        size = wanted + 1;
    }
    for (few, many) in measured[0].into_iter().zip(measured[1]) {
        assert!(few.abs_diff(many) * 10 <= few, "{few} gas with few, {many} with many");
    }
}
