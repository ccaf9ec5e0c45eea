//! What a certificate of a thousand guardians takes, with the real precompile and the real contracts.

use super::{
    begin::founded,
    world::{BASE_FEE, CHAIN_ID, World},
};
use crate::call;
use alloy::{
    primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::Recovered};
use edgeloom_bindings::{
    ICheckpoints, IKeyRegistry,
    IStaking::{self, Role},
    ITheta,
    addresses::{CHECKPOINTS, EMISSION, KEY_REGISTRY, STAKING, THETA},
};
use edgeloom_bls::{Domain, Manifest, SecretKey, aggregate_signatures};
use edgeloom_types::Account;
use revm::context::TxEnv;
use std::collections::BTreeMap;

const GUARDIANS: u16 = 1000;
pub(super) const HOLDER: Address = Address::repeat_byte(0x99);
/// Of the staking contract's sets.
const ROLE: u8 = 2;

fn secret(guardian: u16) -> SecretKey {
    SecretKey::from_seed(&[&[7; 30][..], &guardian.to_be_bytes()].concat()).expect("32 bytes")
}

fn operator(guardian: u16) -> Address {
    Address::from_slice(&keccak256(guardian.to_be_bytes())[12..])
}

/// A call as if its sender had signed it, at no price but the base fee.
pub(super) fn sent(sender: Address, nonce: u64, to: Address, call: &impl SolCall) -> Recovered<TxEnvelope> {
    let call = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 2_000_000,
        max_fee_per_gas: 2 * u128::from(BASE_FEE),
        to: TxKind::Call(to),
        input: call.abi_encode().into(),
        ..Default::default()
    };
    Recovered::new_unchecked(call.into_signed(Signature::test_signature()).into(), sender)
}

fn ask<C: SolCall>(world: &World, to: Address, question: &C) -> C::Return {
    let transaction = TxEnv {
        kind: TxKind::Call(to),
        data: question.abi_encode().into(),
        gas_limit: 10_000_000,
        ..Default::default()
    };
    let result = call(&world.environment, world.clone(), transaction, &Default::default()).expect("runs");
    C::abi_decode_returns(result.output().expect("answers")).expect("answers")
}

/// A thousand guardians of a thousand THETA each, in force.
fn guarded() -> World {
    let mut world = founded();
    world.environment.gas_limit = u64::MAX / 2;
    let stake = U256::from(1000) * U256::from(10).pow(U256::from(18));
    let rich = Account { balance: U256::from(10).pow(U256::from(20)), ..Default::default() };
    world.accounts.insert(HOLDER, rich);
    let mut transactions = Vec::new();
    for guardian in 0..GUARDIANS {
        let (operator, key) = (operator(guardian), secret(guardian));
        world.accounts.insert(operator, rich);
        let consent = Domain::consent(CHAIN_ID, KEY_REGISTRY.into_array(), operator.into_array());
        let public_key = Bytes::from(key.public_key().to_bytes());
        let key_id = keccak256(&public_key);
        let register = IKeyRegistry::registerCall {
            publicKey: public_key,
            possession: key.prove_possession().to_bytes().into(),
            consent: key.sign(&consent).to_bytes().into(),
        };
        let node = u32::from(guardian) + 1;
        let joins = IStaking::registerCall { role: Role::Guardian, owner: operator, commission: 0 };
        transactions.extend([
            sent(HOLDER, guardian.into(), THETA, &ITheta::transferCall { to: operator, amount: stake }),
            sent(operator, 0, KEY_REGISTRY, &register),
            sent(operator, 1, STAKING, &joins),
            sent(operator, 2, STAKING, &IStaking::setKeyCall { node, keyId: key_id }),
            sent(operator, 3, THETA, &ITheta::approveCall { spender: STAKING, amount: stake }),
            sent(operator, 4, STAKING, &IStaking::stakeCall { node, amount: stake }),
        ]);
    }
    let executed = world.block(&transactions);
    assert!(executed.receipts.iter().all(|receipt| receipt.status()), "a guardian could not join");
    world
}

/// The gas of a certificate of the block before by the members at the first `signers` places, and what was paid back of it.
fn submitted(world: &mut World, signers: usize) -> (u64, U256) {
    let (height, block) = (world.environment.number - 1, world.environment.parent_hash);
    let epoch = (height / 10) as u32;
    let snapshot = ask(world, STAKING, &IStaking::guardiansOfCall { epoch }).snapshot;
    let set = [STAKING.as_slice(), &[0; 11], &[ROLE]].concat();
    let at = IKeyRegistry::snapshotAtCall { set: B256::from_slice(&set), epoch: snapshot };
    let at = ask(world, KEY_REGISTRY, &at);
    let code = |world: &World, at: Address| world.codes[&world.accounts[&at].code_hash].clone();
    let manifest = Manifest::parse(&code(world, at)).expect("written by the registry");
    let secrets: BTreeMap<_, _> =
        (0..GUARDIANS).map(|guardian| (secret(guardian).public_key().to_bytes(), secret(guardian))).collect();
    let mut members = Vec::new();
    for chunk in manifest.chunks() {
        let keys = code(world, Address::from(chunk.keys_at));
        members.extend(chunk.keys(&keys, 0..chunk.places).expect("keys"));
    }
    assert_eq!(members.len(), usize::from(GUARDIANS));

    let payload = keccak256(("edgeloom/checkpoint/1".to_owned(), height, block).abi_encode_params());
    let domain = Domain { chain_id: CHAIN_ID, owner: STAKING.into_array(), role: ROLE, epoch: snapshot };
    let message = domain.message(&payload.0);
    let signed: Vec<_> = members[..signers].iter().map(|key| secrets[&key.to_bytes()].sign(&message)).collect();
    let signature = aggregate_signatures(&signed).expect("some").to_bytes().into();
    let bitmap: Vec<u8> = (0..usize::from(GUARDIANS) / 8)
        .map(|byte| (0..8).filter(|bit| 8 * byte + bit < signers).fold(0, |bits, bit| bits | 1 << bit))
        .collect();
    let call = ICheckpoints::submitCall { height, blockHash: block, signers: bitmap.into(), signature };
    let (sender, nonce) = (operator(0), world.accounts[&operator(0)].nonce);
    let reserve = world.balance(EMISSION);
    let executed = world.block(&[sent(sender, nonce, CHECKPOINTS, &call)]);
    assert!(executed.receipts[0].status(), "not taken");
    (executed.gas_used, reserve - world.balance(EMISSION))
}

#[test]
fn a_certificate_of_a_thousand_guardians_takes_less_than_300_000_gas() {
    let mut world = guarded();
    let reserve = Account { balance: U256::from(10).pow(U256::from(24)), ..world.accounts[&EMISSION] };
    world.accounts.insert(EMISSION, reserve);
    // Sixteen changes a block, and the snapshot of them all is in force two epochs later.
    while world.environment.number < 202 {
        world.block(&[]);
    }
    // The first one of all writes once what later ones write over.
    let (first, back) = submitted(&mut world, 1000);
    assert!(back > U256::ZERO, "gas is refunded");
    while world.environment.number < 302 {
        world.block(&[]);
    }
    let (whole, _) = submitted(&mut world, 1000);
    while world.environment.number < 402 {
        world.block(&[]);
    }
    let (part, back) = submitted(&mut world, 875);
    let spent = U256::from(part) * U256::from(BASE_FEE);
    assert!(back <= spent && back * U256::from(10) > spent * U256::from(9), "{back} of {spent} wei is refunded");
    println!(
        "gas of a certificate of 1,000: {whole} when all signed, {part} when 875 did, {first} for the first of all"
    );
    assert!(whole <= 300_000 && part <= 300_000, "{whole} and {part} gas");
}
