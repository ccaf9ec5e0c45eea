//! `IKeyRegistry` with the real precompile under it: whose keys it takes, what its snapshots hold, what certificates of them
//! say, and everything that is refused.

use super::world::{TRANSACTION_GAS_MAX, World, route};
use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256},
    sol_types::{SolCall, SolError},
};
use edgeloom_bindings::{
    IBls, IKeyRegistry,
    addresses::{BLS, KEY_REGISTRY},
};
use edgeloom_bls::{CHUNK_PLACES, Domain, KeySum, Manifest, PublicKey, SecretKey, Signature, aggregate_signatures};
use revm::Database as _;
use std::collections::BTreeMap;

pub(super) const OWNER: Address = address!("0x00000000000000000000000000000000000000e1");
pub(super) const ROLE: u8 = 3;
/// `CfgEnv`'s.
pub(super) const CHAIN: u64 = 1;
const PAYLOAD: [u8; 32] = [7; 32];

pub(super) fn secret(seed: u32) -> SecretKey {
    SecretKey::from_seed(&[seed.to_be_bytes(); 8].concat()).expect("32 bytes are enough")
}

fn operator(seed: u32) -> Address {
    Address::left_padding_from(&(0xa000_0000 + seed).to_be_bytes())
}

/// What the operator of a key sends to have it registered.
fn registration(seed: u32) -> IKeyRegistry::registerCall {
    let consent = Domain::consent(CHAIN, KEY_REGISTRY.into_array(), operator(seed).into_array());
    IKeyRegistry::registerCall {
        publicKey: secret(seed).public_key().to_bytes().into(),
        possession: secret(seed).prove_possession().to_bytes().into(),
        consent: secret(seed).sign(&consent).to_bytes().into(),
    }
}

fn key_id(seed: u32) -> B256 {
    keccak256(secret(seed).public_key().to_bytes())
}

pub(super) fn set() -> B256 {
    let mut set = B256::ZERO;
    set[..20].copy_from_slice(OWNER.as_slice());
    set[31] = ROLE;
    set
}

pub(super) fn message(epoch: u64) -> Vec<u8> {
    Domain { chain_id: CHAIN, owner: OWNER.into_array(), role: ROLE, epoch }.message(&PAYLOAD).to_vec()
}

#[derive(Default)]
pub(super) struct Registry {
    pub(super) world: World,
    /// Stake and place of each member, by the seed of its key.
    pub(super) members: BTreeMap<u32, (u64, usize)>,
    pub(super) places: usize,
}

impl Registry {
    pub(super) fn of(seeds: impl IntoIterator<Item = u32>) -> Self {
        let mut registry = Self::default();
        for seed in seeds {
            registry.register(seed);
            registry.stake(seed, u64::from(seed) + 1);
        }
        registry
    }

    pub(super) fn register(&mut self, seed: u32) {
        let id = self.world.send(route(operator(seed), KEY_REGISTRY), &registration(seed));
        assert_eq!(id, key_id(seed));
    }

    pub(super) fn stake(&mut self, seed: u32, stake: u64) {
        let call = IKeyRegistry::setStakeCall { role: ROLE, keyId: key_id(seed), stake };
        let place = self.world.send(route(OWNER, KEY_REGISTRY), &call).to::<usize>();
        self.places = self.places.max(place + 1);
        let before = if stake == 0 { self.members.remove(&seed) } else { self.members.insert(seed, (stake, place)) };
        assert!(before.is_none_or(|(_, before)| before == place), "a member keeps its place");
        let taken = self.members.values().filter(|(_, taken)| *taken == place).count();
        assert_eq!(taken, usize::from(stake > 0), "nobody shares a place");
    }

    fn write(&mut self) {
        for chunk in 0..self.places.div_ceil(CHUNK_PLACES) {
            let call = IKeyRegistry::writeCall { set: set(), chunk: U256::from(chunk) };
            self.world.send(route(operator(999), KEY_REGISTRY), &call);
        }
    }

    pub(super) fn seal(&mut self) -> (u64, Address) {
        self.write();
        let sealed = self.world.send(route(OWNER, KEY_REGISTRY), &IKeyRegistry::sealCall { role: ROLE });
        (sealed.epoch, sealed.snapshot)
    }

    pub(super) fn code(&mut self, at: Address) -> Vec<u8> {
        let account = self.world.db.basic(at).expect("in memory").expect("the account exists");
        account.code.expect("its code is here").original_bytes().to_vec()
    }

    pub(super) fn total(&self) -> u64 {
        self.members.values().map(|(stake, _)| stake).sum()
    }

    pub(super) fn bitmap(&self, seeds: &[u32]) -> Vec<u8> {
        let mut bitmap = vec![0; self.places.div_ceil(8)];
        for seed in seeds {
            let place = self.members[seed].1;
            bitmap[place / 8] |= 1 << (place % 8);
        }
        bitmap
    }

    /// What the precompile says of a certificate of the members `seeds` for `epoch`.
    fn check(&mut self, snapshot: Address, epoch: u64, seeds: &[u32]) -> IBls::Quorum {
        let call = certificate(snapshot, epoch, self.bitmap(seeds), &votes(seeds, epoch));
        self.world.send(route(OWNER, BLS), &call)
    }

    fn refused<C: SolCall>(&mut self, from: Address, call: &C, error: &impl SolError) {
        let said = self.world.refused(route(from, KEY_REGISTRY), call);
        assert_eq!(said, error.abi_encode(), "{}", C::SIGNATURE);
    }
}

pub(super) fn votes(seeds: &[u32], epoch: u64) -> Vec<Signature> {
    seeds.iter().map(|seed| secret(*seed).sign(&message(epoch))).collect()
}

fn certificate(snapshot: Address, epoch: u64, signers: Vec<u8>, votes: &[Signature]) -> IBls::fastAggregateVerifyCall {
    // A vote by somebody, where nobody's is asked for: no signature of nobody exists.
    let signature = aggregate_signatures(votes).unwrap_or_else(|_| secret(1).sign(b"")).to_bytes();
    IBls::fastAggregateVerifyCall {
        snapshot,
        message: message(epoch).into(),
        signers: signers.into(),
        signature: signature.into(),
    }
}

#[test]
fn a_key_is_registered_once_for_whom_it_consents_to() {
    let mut registry = Registry::default();
    let (own, other) = (operator(1), operator(2));
    let copied = IKeyRegistry::ConsentNotSigned { operator: other };
    registry.refused(other, &registration(1), &copied);
    let elsewhere = Domain::consent(CHAIN + 1, KEY_REGISTRY.into_array(), own.into_array());
    let elsewhere =
        IKeyRegistry::registerCall { consent: secret(1).sign(&elsewhere).to_bytes().into(), ..registration(1) };
    registry.refused(own, &elsewhere, &IKeyRegistry::ConsentNotSigned { operator: own });
    let unproved = IKeyRegistry::registerCall { possession: registration(2).possession, ..registration(1) };
    registry.refused(own, &unproved, &IKeyRegistry::PossessionNotProved {});
    let cut = IKeyRegistry::registerCall { publicKey: registration(1).publicKey.slice(1..), ..registration(1) };
    registry.refused(own, &cut, &IBls::MalformedKey { index: U256::ZERO });

    let id = key_id(1);
    registry.refused(own, &IKeyRegistry::operatorOfCall { keyId: id }, &IKeyRegistry::KeyUnknown { keyId: id });
    registry.register(1);
    let known = registry.world.send(route(other, KEY_REGISTRY), &IKeyRegistry::operatorOfCall { keyId: id });
    assert_eq!(known, own);
    registry.refused(own, &registration(1), &IKeyRegistry::KeyTaken { keyId: id });
}

#[test]
fn a_sets_changes_are_its_owners_and_are_checked() {
    let mut registry = Registry::of([1]);
    let stake = |role, seed, stake| IKeyRegistry::setStakeCall { role, keyId: key_id(seed), stake };
    registry.refused(OWNER, &stake(0, 1, 5), &IKeyRegistry::RoleIsReserved {});
    registry.refused(OWNER, &IKeyRegistry::sealCall { role: 0 }, &IKeyRegistry::RoleIsReserved {});
    registry.refused(OWNER, &stake(ROLE, 2, 5), &IKeyRegistry::KeyUnknown { keyId: key_id(2) });
    registry.register(2);
    let no_member = IKeyRegistry::NotAMember { set: set(), keyId: key_id(2) };
    registry.refused(OWNER, &stake(ROLE, 2, 0), &no_member);
    // The same role of another owner is another set.
    registry.world.send(route(operator(7), KEY_REGISTRY), &stake(ROLE, 2, 50));
    let described = registry.world.send(route(OWNER, KEY_REGISTRY), &IKeyRegistry::describeCall { set: set() });
    assert_eq!((described.members, described.totalStake), (U256::from(1), U256::from(2)));

    let write = IKeyRegistry::writeCall { set: set(), chunk: U256::from(1) };
    let unknown = IKeyRegistry::ChunkUnknown { chunk: U256::from(1), chunks: U256::from(1) };
    registry.refused(OWNER, &write, &unknown);
    let unwritten = IKeyRegistry::ChunkNotWritten { chunk: U256::ZERO };
    registry.refused(OWNER, &IKeyRegistry::sealCall { role: ROLE }, &unwritten);
    let (epoch, snapshot) = registry.seal();
    let at = |epoch| IKeyRegistry::snapshotAtCall { set: set(), epoch };
    assert_eq!(registry.world.send(route(OWNER, KEY_REGISTRY), &at(epoch)), snapshot);
    registry.refused(OWNER, &at(2), &IKeyRegistry::SnapshotUnknown { set: set(), epoch: 2 });
    let stake = IKeyRegistry::stakeInCall { set: set(), epoch: 2, place: U256::ZERO };
    registry.refused(OWNER, &stake, &IKeyRegistry::SnapshotUnknown { set: set(), epoch: 2 });
    registry.stake(1, 9);
    registry.refused(OWNER, &IKeyRegistry::sealCall { role: ROLE }, &unwritten);
}

#[test]
fn snapshots_hold_the_set_whatever_happened_before() {
    let mut registry = Registry::default();
    (0..24).for_each(|seed| registry.register(seed));
    let mut random = 88_172_645_463_325_252u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for epoch in 1..=12 {
        for _ in 0..next(12) {
            let (seed, stake) = (next(24) as u32, next(4) * (1 << next(60)));
            if stake > 0 || registry.members.contains_key(&seed) {
                registry.stake(seed, stake);
            }
        }
        let (sealed, snapshot) = registry.seal();
        assert_eq!(sealed, epoch);
        assert_holds(&mut registry, snapshot);
    }
}

/// That the code at `snapshot` says what the registry's members are.
fn assert_holds(registry: &mut Registry, snapshot: Address) {
    let manifest = Manifest::parse(&registry.code(snapshot)).expect("a manifest");
    assert_eq!(manifest.places(), registry.places);
    let members: Vec<_> = registry.members.keys().map(|seed| secret(*seed).public_key()).collect();
    assert_eq!(*manifest.aggregate(), KeySum::of(&members));
    let mut stakes = Vec::new();
    let mut keys: Vec<Option<PublicKey>> = Vec::new();
    for chunk in manifest.chunks() {
        let (codes, own) = ([chunk.stakes_at, chunk.keys_at].map(Address::from), chunk.places);
        let [stakes_code, keys_code] = codes.map(|at| registry.code(at));
        stakes.extend(chunk.stakes(&stakes_code).expect("a chunk of stakes"));
        keys.extend((0..own).map(|place| chunk.keys(&keys_code, [place]).ok().map(|keys| keys[0])));
    }
    assert_eq!(stakes.iter().filter(|stake| **stake > 0).count(), registry.members.len());
    for (seed, (stake, place)) in &registry.members {
        assert_eq!((stakes[*place], keys[*place]), (*stake, Some(secret(*seed).public_key())), "seed {seed}");
    }
    let described = registry.world.send(route(OWNER, KEY_REGISTRY), &IKeyRegistry::describeCall { set: set() });
    // Beyond the last place, and beyond the last chunk, nobody is.
    stakes.extend([0; 2 * CHUNK_PLACES]);
    for (place, stake) in stakes.iter().enumerate() {
        let call = IKeyRegistry::stakeInCall { set: set(), epoch: described.epoch, place: U256::from(place) };
        assert_eq!(registry.world.send(route(OWNER, KEY_REGISTRY), &call), *stake, "place {place}");
    }
}

#[test]
fn sets_of_several_chunks_hold_whoever_is_at_their_edges() {
    let mut registry = Registry::of(0..10);
    for seed in 10..CHUNK_PLACES as u32 + 3 {
        registry.register(seed);
        registry.stake(seed, u64::MAX);
    }
    let (epoch, snapshot) = registry.seal();
    assert_eq!(registry.places, CHUNK_PLACES + 3);
    assert_holds(&mut registry, snapshot);
    let edge = CHUNK_PLACES as u32;
    let all: Vec<_> = (0..edge + 3).collect();
    for signers in [&all[..], &[0, edge - 1, edge, edge + 2], &all[1..], &[edge], &all[..edge as usize]] {
        let quorum = registry.check(snapshot, epoch, signers);
        let signed: u128 = signers.iter().map(|seed| u128::from(registry.members[seed].0)).sum();
        assert_eq!((quorum.valid, quorum.signers), (true, U256::from(signers.len())));
        assert_eq!(quorum.signedStake, U256::from(signed));
    }
}

#[test]
fn certificates_verify_with_exactly_their_signers_epoch_and_message() {
    let mut registry = Registry::of(1..=6);
    registry.stake(3, 0);
    let (epoch, snapshot) = registry.seal();
    let members: Vec<_> = registry.members.keys().copied().collect();
    for chosen in 0..32u32 {
        let chosen = members.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1);
        let signers: Vec<_> = chosen.map(|(_, seed)| *seed).collect();
        let quorum = registry.check(snapshot, epoch, &signers);
        let signed: u64 = signers.iter().map(|seed| registry.members[seed].0).sum();
        assert_eq!(quorum.valid, !signers.is_empty(), "{signers:?}");
        assert_eq!((quorum.signers, quorum.signedStake), (U256::from(signers.len()), U256::from(signed)));
        assert_eq!(quorum.totalStake, U256::from(registry.total()));
    }
    let signers = [1, 2, 4];
    let votes = votes(&signers, epoch);
    let right = certificate(snapshot, epoch, registry.bitmap(&signers), &votes);
    for wrong in [
        certificate(snapshot, epoch, registry.bitmap(&[1, 2]), &votes),
        certificate(snapshot, epoch, registry.bitmap(&[1, 2, 4, 5]), &votes),
        certificate(snapshot, epoch + 1, registry.bitmap(&signers), &votes),
        IBls::fastAggregateVerifyCall { message: Bytes::from_static(b"another"), ..right.clone() },
    ] {
        let quorum = registry.world.send(route(OWNER, BLS), &wrong);
        let nobody = (false, U256::ZERO, U256::ZERO, U256::from(registry.total()));
        assert_eq!((quorum.valid, quorum.signers, quorum.signedStake, quorum.totalStake), nobody);
    }
    assert!(registry.world.send(route(OWNER, BLS), &right).valid);
}

#[test]
fn a_stale_snapshot_does_not_know_who_came_later() {
    let mut registry = Registry::of(1..=3);
    let (first, old) = registry.seal();
    registry.register(9);
    registry.stake(1, 0);
    registry.stake(9, 40);
    let (second, new) = registry.seal();
    assert_ne!(old, new);
    assert!(registry.check(new, second, &[2, 3, 9]).valid);
    // Key 9 took the place of key 1, whose signature it is in the old snapshot.
    assert!(!registry.check(old, second, &[2, 3, 9]).valid);
    assert!(!registry.check(old, first, &[9]).valid);
}

#[test]
fn multiplicities_weigh_signatures_and_not_stake() {
    let mut registry = Registry::of(1..=4);
    let (epoch, snapshot) = registry.seal();
    let times = [1u16, 0, 300, u16::MAX];
    let repeated = |seed: u32, times: u16| vec![secret(seed).sign(&message(epoch)); times.into()];
    let votes: Vec<_> = times.iter().zip(1..).flat_map(|(times, seed)| repeated(seed, *times)).collect();
    let call = |times: &[u16]| IBls::weightedAggregateVerifyCall {
        snapshot,
        message: message(epoch).into(),
        multiplicities: times.iter().flat_map(|times| times.to_be_bytes()).collect(),
        signature: aggregate_signatures(&votes).expect("not empty").to_bytes().into(),
    };
    let quorum = registry.world.send(route(OWNER, BLS), &call(&times));
    assert_eq!((quorum.valid, quorum.signers, quorum.signedStake), (true, U256::from(3), U256::from(2 + 4 + 5)));
    for wrong in [[1, 0, 300, u16::MAX - 1], [1, 1, 300, u16::MAX], [0, 0, 300, u16::MAX], [0; 4]] {
        assert!(!registry.world.send(route(OWNER, BLS), &call(&wrong)).valid, "{wrong:?}");
    }
}

#[test]
fn attack_24_who_signed_is_told_in_one_way() {
    let mut registry = Registry::of(1..=9);
    registry.stake(4, 0);
    let (epoch, snapshot) = registry.seal();
    let vote = votes(&[1], epoch);
    let mut fault = |signers: Vec<u8>| {
        let call = certificate(snapshot, epoch, signers, &vote);
        registry.world.refused(route(OWNER, BLS), &call)
    };
    for actual in [0usize, 1, 3] {
        let [expected, actual_bytes] = [2, actual].map(U256::from);
        let length = IBls::SignersLength { expected, actual: actual_bytes };
        assert_eq!(fault(vec![0; actual]), length.abi_encode());
    }
    let nobody = |place: u64| IBls::NotAMember { place: U256::from(place) }.abi_encode();
    assert_eq!(fault(vec![0b1001, 0]), nobody(3), "who left is no member");
    assert_eq!(fault(vec![1, 0b10]), nobody(9), "a trailing bit");
    assert_eq!(fault(vec![1, 0x80]), nobody(15), "the last trailing bit");

    let weighted = |multiplicities: Vec<u8>| IBls::weightedAggregateVerifyCall {
        snapshot,
        message: message(epoch).into(),
        multiplicities: multiplicities.into(),
        signature: vote[0].to_bytes().into(),
    };
    let mut nowhere = vec![0; 18];
    nowhere[7] = 1;
    assert_eq!(registry.world.refused(route(OWNER, BLS), &weighted(nowhere)), nobody(3));
    let [expected, actual] = [18, 17].map(U256::from);
    let length = IBls::SignersLength { expected, actual }.abi_encode();
    assert_eq!(registry.world.refused(route(OWNER, BLS), &weighted(vec![0; 17])), length);
}

#[test]
fn code_that_is_no_snapshot_is_refused_by_its_address() {
    let mut registry = Registry::of(1..=3);
    let (epoch, snapshot) = registry.seal();
    let manifest = registry.code(snapshot);
    let chunk = Manifest::parse(&manifest).expect("sealed").chunks()[0];
    let (keys_at, stakes_at) = (Address::from(chunk.keys_at), Address::from(chunk.stakes_at));
    let (keys, stakes) = (registry.code(keys_at), registry.code(stakes_at));
    let right = certificate(snapshot, epoch, vec![1], &votes(&[1], epoch));
    let mut no_key = keys.clone();
    no_key[1..97].fill(0);
    let mut off_curve = keys.clone();
    off_curve[96] ^= 1;
    let mut off_curve_sum = manifest.clone();
    off_curve_sum[104] ^= 1;
    let mut more_places = manifest.clone();
    more_places[8] = 249;
    for (at, code) in [
        (snapshot, vec![]),
        (snapshot, manifest[1..].to_vec()),
        (snapshot, manifest[..manifest.len() - 1].to_vec()),
        (snapshot, [&manifest[..], &[0; 40]].concat()),
        (snapshot, off_curve_sum),
        (snapshot, more_places),
        (stakes_at, vec![]),
        (stakes_at, stakes[1..].to_vec()),
        (stakes_at, [&stakes[..], &[0; 8]].concat()),
        (keys_at, vec![]),
        (keys_at, keys[..keys.len() - 1].to_vec()),
        (keys_at, [&keys[..], &[0; 96]].concat()),
        (keys_at, no_key),
        (keys_at, off_curve),
    ] {
        let sound = registry.code(at);
        super::put_code(&mut registry.world.db, at, code.clone());
        let said = registry.world.refused(route(OWNER, BLS), &right);
        assert_eq!(said, IBls::MalformedSnapshot { code: at }.abi_encode(), "{} bytes at {at}", code.len());
        super::put_code(&mut registry.world.db, at, sound);
    }
    assert!(registry.world.send(route(OWNER, BLS), &right).valid);
}

#[test]
fn gas_follows_the_fewer_and_runs_out_before_work() {
    let mut registry = Registry::of(0..40);
    let (epoch, snapshot) = registry.seal();
    let mut gas = |seeds: &[u32]| {
        let call = certificate(snapshot, epoch, registry.bitmap(seeds), &votes(seeds, epoch));
        let data = call.abi_encode();
        let whole = registry.world.transact(route(OWNER, BLS), data.clone(), TRANSACTION_GAS_MAX).expect("valid");
        assert!(whole.is_success());
        let needed = whole.tx_gas_used();
        let exact = registry.world.transact(route(OWNER, BLS), data.clone(), needed).expect("valid");
        assert!(exact.is_success());
        let short = registry.world.transact(route(OWNER, BLS), data, needed - 1).expect("valid");
        assert!(short.is_halt(), "{short:?}");
        needed
    };
    let all: Vec<_> = (0..40).collect();
    let [few, half, most] = [gas(&all[..4]), gas(&all[..20]), gas(&all[4..])];
    assert!(half > few + 1_500 && half > most + 1_500, "{few}, {half}, {most}");
    assert!(few.abs_diff(most) < 500, "{few}, {most}");
}
