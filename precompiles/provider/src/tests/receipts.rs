//! `IEdgeProof.receipts` with a real registry under it: what settles, what does not, and everything that is refused.

use super::{
    registry::{CHAIN, OWNER, ROLE, Registry, secret, set},
    world::{TRANSACTION_GAS_MAX, route},
};
use crate::gas::{
    bls::{AGGREGATE_KEY, MESSAGE_WORD},
    proofs::AMOUNT_SUMS,
};
use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256},
    sol_types::{SolCall as _, SolError as _, SolValue as _},
};
use edgeloom_bindings::{IEdgeProof, addresses::EDGE_PROOF};
use edgeloom_bls::{Domain, Manifest, Signature, Terms, aggregate_signatures};

const SERVER: Address = address!("0x00000000000000000000000000000000000000f1");

fn terms(epoch: u64) -> IEdgeProof::Terms {
    IEdgeProof::Terms {
        clients: set(),
        epoch,
        server: SERVER,
        contentRoot: B256::repeat_byte(0xc0),
        unitBytes: 1 << 20,
        serial: 4,
    }
}

/// What a client signs, as its own program does.
fn sign(seed: u32, units: u8, terms: &IEdgeProof::Terms) -> Signature {
    let own = Terms {
        clients: Domain { chain_id: CHAIN, owner: OWNER.into_array(), role: ROLE, epoch: terms.epoch },
        server: terms.server.into_array(),
        content_root: terms.contentRoot.0,
        unit_bytes: terms.unitBytes,
        serial: terms.serial,
    };
    own.sign(&secret(seed), units, |bytes| keccak256(bytes).0).expect("1 to 31 units")
}

/// As contracts see it, one digit after the other.
fn sign_by_abi(seed: u32, units: u8, terms: &IEdgeProof::Terms) -> Vec<Signature> {
    let digits = (0..8u8).filter(|digit| units >> digit & 1 == 1);
    let signed = digits.map(|digit| {
        let mut tag = B256::ZERO;
        tag[..18].copy_from_slice(b"edgeloom/receipt/1");
        let payload =
            (tag, terms.server, terms.contentRoot, terms.unitBytes, terms.serial, u32::from(digit)).abi_encode();
        let domain = Domain { chain_id: CHAIN, owner: OWNER.into_array(), role: ROLE, epoch: terms.epoch };
        secret(seed).sign(&domain.message(&keccak256(payload)))
    });
    signed.collect()
}

fn aggregate(receipts: &[Signature]) -> Bytes {
    aggregate_signatures(receipts).expect("receipts").to_bytes().into()
}

/// Members 1 to 9, of whom 4 left, and what their receipts of these amounts, by seed, are settled with.
pub(super) struct Delivery {
    pub(super) registry: Registry,
    pub(super) call: IEdgeProof::receiptsCall,
}

impl Delivery {
    pub(super) fn of(amounts: &[(u32, u8)]) -> Self {
        let mut registry = Registry::of(1..=9);
        registry.stake(4, 0);
        let (epoch, snapshot) = registry.seal();
        let terms = terms(epoch);
        let receipts: Vec<_> = amounts.iter().map(|(seed, units)| sign(*seed, *units, &terms)).collect();
        let amounts = by_place(&registry, amounts);
        let call = IEdgeProof::receiptsCall { snapshot, terms, amounts, signature: aggregate(&receipts) };
        Self { registry, call }
    }

    fn answer(&mut self, call: &IEdgeProof::receiptsCall) -> (bool, u64, u64) {
        let delivery = self.registry.world.send(route(SERVER, EDGE_PROOF), call);
        (delivery.right, delivery.units.to(), delivery.clients.to())
    }

    fn refused(&mut self, call: &IEdgeProof::receiptsCall) -> Bytes {
        self.registry.world.refused(route(SERVER, EDGE_PROOF), call)
    }
}

fn by_place(registry: &Registry, amounts: &[(u32, u8)]) -> Bytes {
    let mut bytes = vec![0; registry.places];
    for (seed, units) in amounts {
        bytes[registry.members[seed].1] = *units;
    }
    bytes.into()
}

const AMOUNTS: [(u32, u8); 4] = [(1, 3), (3, 31), (6, 16), (9, 8)];
const WRONG: (bool, u64, u64) = (false, 0, 0);

#[test]
fn one_aggregate_settles_what_the_clients_signed() {
    let mut delivery = Delivery::of(&AMOUNTS);
    let right = delivery.call.clone();
    assert_eq!(delivery.answer(&right), (true, 58, 4));
    let signed: Vec<_> = AMOUNTS.iter().flat_map(|(seed, units)| sign_by_abi(*seed, *units, &right.terms)).collect();
    assert_eq!(right.signature, aggregate(&signed), "the interface says what is signed");
    let mut one = Delivery::of(&AMOUNTS[..1]);
    assert_eq!(one.answer(&one.call.clone()), (true, 3, 1));
}

#[test]
fn attack_20_only_clients_of_the_publishers_set_count_and_only_what_they_signed() {
    let mut delivery = Delivery::of(&AMOUNTS);
    let mut with = |amounts: &[(u32, u8)]| {
        let call = IEdgeProof::receiptsCall { amounts: by_place(&delivery.registry, amounts), ..delivery.call.clone() };
        delivery.answer(&call)
    };
    assert_eq!(with(&AMOUNTS), (true, 58, 4));
    for (index, (seed, units)) in AMOUNTS.into_iter().enumerate() {
        let others = AMOUNTS.iter().filter(|(other, _)| *other != seed).copied().collect::<Vec<_>>();
        assert_eq!(with(&others), WRONG, "client {index} left out");
        for changed in [units + 1, units - 1].into_iter().filter(|units| (1..32).contains(units)) {
            assert_eq!(with(&[&others[..], &[(seed, changed)]].concat()), WRONG, "{changed} units of client {index}");
        }
        assert_eq!(with(&[&others[..], &[(2, units)]].concat()), WRONG, "somebody else's than client {index}'s");
        assert_eq!(with(&[&AMOUNTS[..], &[(2, units)]].concat()), WRONG, "a client more");
    }
}

#[test]
fn a_receipt_says_nothing_under_other_terms() {
    let mut delivery = Delivery::of(&AMOUNTS);
    let right = delivery.call.clone();
    let other = |change: &dyn Fn(&mut IEdgeProof::Terms)| {
        let mut call = right.clone();
        change(&mut call.terms);
        call
    };
    for wrong in [
        other(&|terms| terms.server = OWNER),
        other(&|terms| terms.contentRoot = B256::ZERO),
        other(&|terms| terms.unitBytes += 1),
        other(&|terms| terms.serial += 1),
        other(&|terms| terms.epoch += 1),
        other(&|terms| terms.clients[31] += 1),
        other(&|terms| terms.clients[0] += 1),
    ] {
        assert_eq!(delivery.answer(&wrong), WRONG, "{:?}", wrong.terms);
    }
    let own = Terms {
        clients: Domain { chain_id: CHAIN + 1, owner: OWNER.into_array(), role: ROLE, epoch: right.terms.epoch },
        server: SERVER.into_array(),
        content_root: right.terms.contentRoot.0,
        unit_bytes: right.terms.unitBytes,
        serial: right.terms.serial,
    };
    let elsewhere =
        AMOUNTS.map(|(seed, units)| own.sign(&secret(seed), units, |bytes| keccak256(bytes).0).expect("1 to 31 units"));
    let elsewhere = IEdgeProof::receiptsCall { signature: aggregate(&elsewhere), ..right.clone() };
    assert_eq!(delivery.answer(&elsewhere), WRONG, "another chain's");
    let possession = secret(1).prove_possession().to_bytes().into();
    assert_eq!(delivery.answer(&IEdgeProof::receiptsCall { signature: possession, ..right }), WRONG);
}

#[test]
fn a_later_snapshot_holds_other_clients() {
    let mut delivery = Delivery::of(&AMOUNTS);
    delivery.registry.stake(1, 0);
    delivery.registry.register(20);
    delivery.registry.stake(20, 5);
    let (_, later) = delivery.registry.seal();
    let right = delivery.call.clone();
    assert_eq!(delivery.answer(&IEdgeProof::receiptsCall { snapshot: later, ..right.clone() }), WRONG);
    assert_eq!(delivery.answer(&right), (true, 58, 4));
}

#[test]
fn every_fault_reverts_with_the_error_that_names_it() {
    let mut delivery = Delivery::of(&AMOUNTS);
    let right = delivery.call.clone();
    let with = |amounts: Vec<u8>| IEdgeProof::receiptsCall { amounts: amounts.into(), ..right.clone() };
    for actual in [0usize, 8, 10] {
        let [expected, actual_bytes] = [9, actual].map(U256::from);
        let length = IEdgeProof::SignersLength { expected, actual: actual_bytes }.abi_encode();
        assert_eq!(delivery.refused(&with(vec![0; actual])), length, "{actual} bytes of amounts");
    }
    let mut who_left = right.amounts.to_vec();
    who_left[3] = 1;
    assert_eq!(delivery.refused(&with(who_left)), IEdgeProof::NotAMember { place: U256::from(3) }.abi_encode());
    for units in [32u8, 255] {
        let mut amounts = right.amounts.to_vec();
        amounts[8] = units;
        let [place, limit, actual] = [8, 31, units].map(U256::from);
        let too_many = IEdgeProof::TooManyUnits { place, limit, actual }.abi_encode();
        assert_eq!(delivery.refused(&with(amounts)), too_many);
    }
    let nobody = IEdgeProof::WrongCount { limit: U256::from(1_000), actual: U256::ZERO }.abi_encode();
    assert_eq!(delivery.refused(&with(vec![0; 9])), nobody);

    let infinity = Bytes::from([&[0xc0][..], &[0; 95]].concat());
    let malformed = IEdgeProof::MalformedSignature { index: U256::ZERO }.abi_encode();
    for signature in [infinity, Bytes::new(), right.signature.slice(1..), [&right.signature[..], &[0]].concat().into()]
    {
        let wrong = IEdgeProof::receiptsCall { signature, ..right.clone() };
        assert_eq!(delivery.refused(&wrong), malformed);
    }
    for (byte, value) in [(31, 0), (20, 1), (30, 1)] {
        let mut wrong = right.clone();
        wrong.terms.clients[byte] = value;
        let set = IEdgeProof::NotASet { set: wrong.terms.clients }.abi_encode();
        assert_eq!(delivery.refused(&wrong), set);
    }
}

#[test]
fn a_snapshot_of_nothing_is_refused_by_its_address() {
    let mut delivery = Delivery::of(&AMOUNTS);
    let right = delivery.call.clone();
    let nowhere = IEdgeProof::receiptsCall { snapshot: OWNER, ..right.clone() };
    assert_eq!(delivery.refused(&nowhere), IEdgeProof::MalformedSnapshot { code: OWNER }.abi_encode());
    let manifest = Manifest::parse(&delivery.registry.code(right.snapshot)).expect("sealed");
    let keys_at = Address::from(manifest.chunks()[0].keys_at);
    let mut keys = delivery.registry.code(keys_at);
    keys[1..97].fill(0);
    super::put_code(&mut delivery.registry.world.db, keys_at, keys);
    assert_eq!(delivery.refused(&right), IEdgeProof::MalformedSnapshot { code: keys_at }.abi_encode());
}

#[test]
fn clients_of_one_call_are_bounded() {
    // A set of one chunk and of five, all of them the same key's places: no registry writes such, and none has to.
    let manifest = address!("0x0000000000000000000000000000000000000d00");
    let mut delivery = Delivery::of(&AMOUNTS);
    let key = secret(1).public_key().to_stored();
    let mut code = b"\0BLS1".to_vec();
    code.extend(1_001u32.to_be_bytes());
    code.extend([0; 96]);
    for (chunk, places) in [248usize, 248, 248, 248, 9].into_iter().enumerate() {
        let (stakes, keys) = (1u64.to_be_bytes().repeat(places), key.repeat(places));
        for (half, records) in [keys, stakes].into_iter().enumerate() {
            let at = Address::left_padding_from(&[0xd1, (2 * chunk + half) as u8]);
            super::put_code(&mut delivery.registry.world.db, at, [&[0], records.as_slice()].concat());
            code.extend(at);
        }
    }
    super::put_code(&mut delivery.registry.world.db, manifest, code);
    let of = |clients: usize, terms: &IEdgeProof::Terms| IEdgeProof::receiptsCall {
        snapshot: manifest,
        terms: terms.clone(),
        amounts: (0..1_001).map(|place| u8::from(place < clients)).collect(),
        signature: aggregate(&vec![sign(1, 1, terms); clients]),
    };
    let terms = delivery.call.terms.clone();
    assert_eq!(delivery.answer(&of(1_000, &terms)), (true, 1_000, 1_000));
    let many = IEdgeProof::WrongCount { limit: U256::from(1_000), actual: U256::from(1_001) }.abi_encode();
    assert_eq!(delivery.refused(&of(1_001, &terms)), many);
}

#[test]
fn gas_follows_digits_and_runs_out_before_work() {
    let gas = |amounts: &[(u32, u8)]| {
        let mut delivery = Delivery::of(amounts);
        let data = delivery.call.abi_encode();
        let mut spend = |gas| {
            delivery.registry.world.transact(route(SERVER, EDGE_PROOF), data.clone(), gas).expect("a valid transaction")
        };
        let whole = spend(TRANSACTION_GAS_MAX);
        assert!(whole.is_success());
        let needed = whole.tx_gas_used();
        assert!(spend(needed).is_success());
        for short in [1, AMOUNT_SUMS, AGGREGATE_KEY, 2 * AGGREGATE_KEY, needed / 2] {
            let result = spend(needed - short);
            assert!(result.is_halt(), "{short} short of {needed}: {result:?}");
        }
        let zeros = data.iter().filter(|byte| **byte == 0).count() as u64;
        needed - 4 * zeros - 16 * (data.len() as u64 - zeros)
    };
    let [one, another, all] = [gas(&[(1, 1)]), gas(&[(1, 16)]), gas(&[(1, 31)])];
    assert_eq!(one, another);
    assert_eq!(all - one, 4 * (AGGREGATE_KEY + 5 * MESSAGE_WORD));
}
