//! Guardians: certificates of checkpoints, by whoever was there, and the samples by which their presence is paid.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role},
    committee::key_of,
    dice::{Dice, Stream},
    world::{EPOCH_BLOCKS, GAS_MAX, World},
};
use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256, uint},
    sol_types::SolValue,
};
use edgeloom_bindings::{
    ICheckpoints, IKeyRegistry,
    IRewards::{self, Presence, Sample},
    IStaking, addresses,
};
use edgeloom_bls::{Domain, Manifest, SecretKey};
use eyre::{Result, ensure, eyre};
use std::collections::BTreeMap;

/// The usual `CheckpointInterval`.
pub(crate) const INTERVAL: u64 = 100;
/// Of the staking contract's sets.
const ROLE: u8 = 2;
/// Of 100 who sign, those whose signatures come late.
const LATE: u64 = 10;
/// One of so many checkpoints gets a union of those who came late.
const UNIONS: u64 = 3;
/// Guardians paid in one transaction.
const BATCH: usize = 40;
/// The order of the group that secrets are scalars of.
const ORDER: U256 = uint!(0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001_U256);

#[derive(Debug)]
pub(crate) struct Guardians {
    dice: Dice,
    /// Operators by the compressed key.
    by_key: BTreeMap<[u8; 48], usize>,
    /// The set in force in each epoch that is not settled yet.
    sets: BTreeMap<u64, Set>,
    certified: BTreeMap<u64, Certified>,
    pub(crate) certificates: u64,
    pub(crate) unions: u64,
    /// Checkpoints whose signers had no quorum.
    pub(crate) missed: u64,
}

#[derive(Clone, Debug)]
struct Set {
    snapshot: u64,
    /// By place: the operator and its stake, gwei; none of a place that was left.
    members: Vec<Option<(usize, u64)>>,
}

#[derive(Debug)]
struct Certified {
    hash: B256,
    signers: Bytes,
    all: Bytes,
}

impl Guardians {
    pub(crate) fn new(cast: &Cast, seed: u64) -> Result<Self> {
        let mut by_key = BTreeMap::new();
        for (index, staker) in cast.stakers.iter().enumerate() {
            if staker.role == Role::Guardian && staker.operates.is_some() {
                by_key.insert(key_of(cast, index)?.public_key().to_bytes(), index);
            }
        }
        Ok(Self {
            dice: Dice::new(seed, Stream::Guardians),
            by_key,
            sets: BTreeMap::new(),
            certified: BTreeMap::new(),
            certificates: 0,
            unions: 0,
            missed: 0,
        })
    }

    /// Reads the set in force in `epoch`, which has begun.
    pub(crate) fn begin(&mut self, world: &mut World, epoch: u64) -> Result<()> {
        let number = u32::try_from(epoch)?;
        let snapshot = world.ask(addresses::STAKING, &IStaking::guardiansOfCall { epoch: number })?.snapshot;
        let before = self.sets.last_key_value().map(|(_, set)| set.clone());
        let set = match before.filter(|set| set.snapshot == snapshot) {
            Some(same) => same,
            None => Set { snapshot, members: self.members(world, snapshot)? },
        };
        self.sets.insert(epoch, set);
        self.sets = self.sets.split_off(&epoch.saturating_sub(3));
        self.certified = self.certified.split_off(&(epoch.saturating_sub(3) * EPOCH_BLOCKS));
        Ok(())
    }

    /// After block `height`: submits its certificate where it is a checkpoint.
    pub(crate) fn certify(&mut self, cast: &Cast, world: &mut World, agenda: &mut Agenda) -> Result<()> {
        let (height, hash) = (world.number(), world.hash());
        let Some(set) = self.sets.get(&(height / EPOCH_BLOCKS)).filter(|set| set.snapshot != 0) else { return Ok(()) };
        if height % INTERVAL != 1 {
            return Ok(());
        }
        let places = set.members.len();
        let (mut first, mut all) = (vec![false; places], vec![false; places]);
        let (mut early, mut total) = (0u128, 0u128);
        for (place, member) in set.members.iter().enumerate() {
            let Some((operator, stake)) = *member else { continue };
            all[place] = self.dice.chance(cast.operation(operator)?.diligence);
            first[place] = all[place] && !self.dice.chance(LATE * 100);
            total += u128::from(stake);
            early += if first[place] { u128::from(stake) } else { 0 };
        }
        if early * 3 <= total * 2 {
            self.missed += 1;
            return Ok(());
        }
        let signature = self.sign(cast, world, (height, hash), &first)?;
        let signers = bitmap(&first);
        let call = ICheckpoints::submitCall { height, blockHash: hash, signers: signers.clone(), signature };
        world.send(cast.keeper, addresses::CHECKPOINTS, &call, GAS_MAX / 8);
        self.certificates += 1;
        let differ = first != all;
        self.certified.insert(height, Certified { hash, signers, all: bitmap(&all) });
        if differ && self.dice.one_in(UNIONS) {
            agenda.add(height + 4, Act::Extend { height });
        }
        Ok(())
    }

    /// Adds those who came late.
    pub(crate) fn extend(&mut self, cast: &Cast, world: &mut World, height: u64) -> Result<()> {
        let found = self.certified.get(&height).ok_or_else(|| eyre!("no certificate of {height} is kept"))?;
        let (hash, before, all) = (found.hash, found.signers.clone(), found.all.clone());
        let places = self.sets[&(height / EPOCH_BLOCKS)].members.len();
        let signed: Vec<_> = (0..places).map(|place| all[place / 8] >> (place % 8) & 1 != 0).collect();
        let signature = self.sign(cast, world, (height, hash), &signed)?;
        let call = ICheckpoints::extendCall { blockHash: hash, before, signers: all.clone(), signature };
        world.send(cast.keeper, addresses::CHECKPOINTS, &call, GAS_MAX / 8);
        self.unions += 1;
        self.certified.entry(height).and_modify(|certified| certified.signers = all);
        Ok(())
    }

    /// Has everybody of an epoch paid, some in each transaction.
    pub(crate) fn settle(&self, cast: &Cast, world: &mut World, epoch: u64) -> Result<()> {
        let Some(set) = self.sets.get(&epoch).filter(|set| set.snapshot != 0) else { return Ok(()) };
        let number = u32::try_from(epoch)?;
        let heights = world.ask(addresses::REWARDS, &IRewards::samplesOfCall { epoch: number })?;
        ensure!(!heights.is_empty(), "epoch {epoch} has no samples");
        let sample = |height: &u64| match self.certified.get(height) {
            Some(certified) => Sample { blockHash: certified.hash, signers: certified.signers.clone() },
            None => Sample { blockHash: B256::ZERO, signers: Bytes::new() },
        };
        let samples: Vec<_> = heights.iter().map(sample).collect();
        let mut presences = Vec::new();
        for (place, member) in set.members.iter().enumerate() {
            let Some((operator, _)) = *member else { continue };
            let key = key_of(cast, operator)?.public_key().to_bytes();
            presences.push(Presence { keyId: keccak256(key), place: U256::from(place) });
        }
        for guardians in presences.chunks(BATCH) {
            let (samples, guardians) = (samples.clone(), guardians.to_vec());
            let call = IRewards::settlePlacesCall { epoch: number, samples, guardians };
            world.send(cast.keeper, addresses::REWARDS, &call, GAS_MAX);
        }
        Ok(())
    }

    /// What a certificate of these places carries. The sum of secrets signs what their signatures add up to.
    fn sign(&self, cast: &Cast, world: &World, (height, hash): (u64, B256), signed: &[bool]) -> Result<Bytes> {
        let set = &self.sets[&(height / EPOCH_BLOCKS)];
        let mut sum = U256::ZERO;
        for (member, signed) in set.members.iter().zip(signed) {
            let Some((operator, _)) = member.filter(|_| *signed) else { continue };
            sum = sum.add_mod(U256::from_be_bytes(key_of(cast, operator)?.to_bytes()), ORDER);
        }
        let payload = keccak256(("edgeloom/checkpoint/1".to_owned(), height, hash).abi_encode_params());
        let owner = addresses::STAKING.into_array();
        let domain = Domain { chain_id: world.chain_id(), owner, role: ROLE, epoch: set.snapshot };
        Ok(SecretKey::from_bytes(&sum.to_be_bytes())?.sign(&domain.message(&payload.0)).to_bytes().into())
    }

    fn members(&self, world: &mut World, snapshot: u64) -> Result<Vec<Option<(usize, u64)>>> {
        if snapshot == 0 {
            return Ok(Vec::new());
        }
        let set = B256::from_slice(&[addresses::STAKING.as_slice(), &[0; 11], &[ROLE]].concat());
        let at = world.ask(addresses::KEY_REGISTRY, &IKeyRegistry::snapshotAtCall { set, epoch: snapshot })?;
        let manifest = Manifest::parse(&world.state.code(at))?;
        let mut members = Vec::with_capacity(manifest.places());
        for chunk in manifest.chunks() {
            let keys = chunk.keys(&world.state.code(Address::from(chunk.keys_at)), 0..chunk.places)?;
            let stakes_code = world.state.code(Address::from(chunk.stakes_at));
            for (key, stake) in keys.iter().zip(chunk.stakes(&stakes_code)?) {
                let operator = self.by_key.get(&key.to_bytes());
                let operator = *operator.ok_or_else(|| eyre!("snapshot {snapshot} has a key that nobody has"))?;
                members.push((stake != 0).then_some((operator, stake)));
            }
        }
        Ok(members)
    }
}

fn bitmap(signed: &[bool]) -> Bytes {
    let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    signed.chunks(8).map(byte).collect::<Vec<_>>().into()
}
