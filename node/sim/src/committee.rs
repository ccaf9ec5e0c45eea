//! Validators: who has a seat, who signs what, who is down, who goes to jail, and two votes that exclude each other.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role},
    dice::{Dice, Stream},
    nodes::Nodes,
    world::{EPOCH_BLOCKS, GAS, GAS_MAX, Seal, World},
};
use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue,
};
use edgeloom_bindings::{
    ICommittee, IEquivocation, IKeyRegistry, IParameters, IStakeBook, IStaking, ITheta, addresses,
};
use edgeloom_bls::{Domain, SecretKey};
use edgeloom_types::{Epoch, Included};
use eyre::{Result, ensure, eyre};
use std::collections::{BTreeMap, BTreeSet};

/// A validator is down on one of so many days.
const DOWN: u64 = 250;
/// The day on which somebody is down in any case, so that short runs see an outage and what becomes of it.
const OUTAGE: u64 = 2;
/// Equivocations in a year; one at least.
const EQUIVOCATIONS: u64 = 4;
/// Days after an outage on which an operator unjails its node.
const UNJAIL: (u64, u64) = (1, 4);

/// `IEquivocation.Kind`'s first.
const NOTARIZE: u8 = 0;

#[derive(Debug)]
pub(crate) struct Committee {
    dice: Dice,
    /// By seat, of this epoch and of the last: the operator, who is paid, how diligent it is (0 for who is down).
    seats: Vec<Seated>,
    before: Vec<Seated>,
    epoch: u64,
    /// Days with an equivocation.
    crimes: BTreeSet<u64>,
    /// Those that shall be unjailed.
    leaving_jail: BTreeSet<u32>,
    /// Most seats of one owner, ever.
    pub(crate) seats_of_owner_max: u64,
    pub(crate) downtimes: u64,
    pub(crate) jailed: u64,
    pub(crate) convictions: u64,
    pub(crate) seats_min: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seated {
    operator: usize,
    beneficiary: Address,
    diligence: u64,
}

impl Committee {
    pub(crate) fn new(days: u64, seed: u64) -> Self {
        let mut dice = Dice::new(seed, Stream::Committee);
        let count = (EQUIVOCATIONS * days / 365).max(1);
        // Not in the first days, when nobody has a delegation, nor in the last, when nobody would see what becomes of it.
        let crimes = (0..count).map(|_| (days / 3).max(2) + dice.below((days / 2).max(1))).collect();
        Self {
            dice,
            seats: Vec::new(),
            before: Vec::new(),
            epoch: 0,
            crimes,
            leaving_jail: BTreeSet::new(),
            seats_of_owner_max: 0,
            downtimes: 0,
            jailed: 0,
            convictions: 0,
            seats_min: usize::MAX,
        }
    }

    /// Reads who has a seat in `epoch`, which begins, and draws who is down in it.
    pub(crate) fn begin(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, epoch: u64) -> Result<()> {
        self.before = std::mem::take(&mut self.seats);
        self.epoch = epoch;
        let seats = if epoch == 0 { Vec::new() } else { seats_of(world, epoch)? };
        let mut owners: BTreeMap<Address, u64> = BTreeMap::new();
        let outage = (epoch == OUTAGE).then(|| self.dice.below(seats.len() as u64) as usize);
        for (number, seat) in seats.iter().enumerate() {
            let node = nodes.beside(Role::Validator).get(&seat.node);
            let node =
                node.ok_or_else(|| eyre!("epoch {epoch} has a seat of node {}, which nobody registered", seat.node))?;
            *owners.entry(node.owner).or_default() += 1;
            let is_down = self.dice.one_in(DOWN) || outage == Some(number);
            self.downtimes += u64::from(is_down);
            let diligence = if is_down { 0 } else { cast.operation(node.operator)?.diligence };
            self.seats.push(Seated { operator: node.operator, beneficiary: seat.beneficiary, diligence });
        }
        if epoch == 0 {
            self.seats = founders(cast)?;
        }
        self.seats_min = self.seats_min.min(self.seats.len());
        self.seats_of_owner_max = self.seats_of_owner_max.max(owners.into_values().max().unwrap_or_default());
        Ok(())
    }

    /// For the next block: a leader, and a certificate of the block before it.
    pub(crate) fn seal(&mut self, world: &World) -> Seal {
        let leader = self.dice.below(self.seats.len() as u64) as usize;
        let beneficiary = self.seats[leader].beneficiary;
        let parent = world.number();
        let epoch = parent / EPOCH_BLOCKS;
        let signing = if epoch == self.epoch { &self.seats } else { &self.before };
        let mut seats = 0;
        for (seat, seated) in signing.iter().enumerate() {
            seats |= u32::from(self.dice.chance(seated.diligence)) << seat;
        }
        let certificate = (parent != 0).then(|| Included { epoch: Epoch::new(epoch), seats });
        Seal { beneficiary, certificate }
    }

    /// Once a day: crimes, and who asks to leave jail.
    pub(crate) fn plan(&mut self, agenda: &mut Agenda, nodes: &Nodes, day: u64, first: u64) {
        if self.crimes.contains(&day) && !self.seats.is_empty() {
            // Of the day before, and of a third that would let a fork pass none.
            let seat = self.dice.below(self.seats.len() as u64) as usize;
            agenda.add(first + 100, Act::Accuse { epoch: day as u32, seat });
            agenda.add(first + 103, Act::Convict { epoch: day as u32, seat });
        }
        for (number, node) in nodes.of(Role::Validator) {
            if node.jailed_until != 0 && !node.is_banned() && self.leaving_jail.insert(number) {
                self.jailed += 1;
                let at = first + 30 + self.dice.within(UNJAIL.0, UNJAIL.1) * EPOCH_BLOCKS;
                agenda.add(at, Act::Unjail { operator: node.operator, node: number });
            }
        }
    }

    pub(crate) fn act(&mut self, cast: &Cast, world: &mut World, act: Act) -> Result<()> {
        match act {
            Act::Unjail { operator, node } => {
                self.leaving_jail.remove(&node);
                let described = world.ask(addresses::STAKING, &IStakeBook::describeCall { node })?;
                let until = described.jailedUntil.to::<u64>();
                if until != 0 && until <= world.time() {
                    let call = IStakeBook::unjailCall { node };
                    world.send(cast.stakers[operator].address, addresses::STAKING, &call, GAS);
                }
            }
            Act::Accuse { epoch, seat } => {
                let (first, second) = self.votes(cast, world, epoch, seat)?;
                let evidence = (first, second).abi_encode_params();
                let commitment = keccak256([cast.reporter.as_slice(), &evidence].concat());
                world.send(cast.reporter, addresses::COMMITTEE, &ICommittee::announceCall { commitment }, GAS);
            }
            Act::Convict { epoch, seat } => {
                let (first, second) = self.votes(cast, world, epoch, seat)?;
                let call = ICommittee::reportCall { seat: U256::from(seat), first, second };
                world.send(cast.reporter, addresses::COMMITTEE, &call, GAS_MAX);
            }
            _ => {}
        }
        Ok(())
    }

    /// Two proposals that one seat voted for in one view.
    fn votes(
        &self,
        cast: &Cast,
        world: &World,
        epoch: u32,
        seat: usize,
    ) -> Result<(IEquivocation::Vote, IEquivocation::Vote)> {
        let operator = self.seats.get(seat).ok_or_else(|| eyre!("epoch {epoch} has no seat {seat}"))?.operator;
        let key = key_of(cast, operator)?;
        let vote = |proposal: u8| {
            let mut content = [varint(epoch.into()), varint(7), varint(6)].concat();
            content.extend(B256::repeat_byte(proposal));
            let kind = b"_NOTARIZE";
            let namespace = [&world.genesis_hash().0[..], &u64::from(epoch).to_be_bytes(), kind].concat();
            let message = [&[namespace.len() as u8][..], &namespace, &content].concat();
            let signature = key.sign(&message).to_bytes().into();
            IEquivocation::Vote { kind: NOTARIZE, content: content.into(), signature }
        };
        Ok((vote(1), vote(2)))
    }
}

/// The seats of an epoch whose committee was elected.
pub(crate) fn seats_of(world: &mut World, epoch: u64) -> Result<Vec<ICommittee::Seat>> {
    let epoch = u32::try_from(epoch)?;
    let seats = world.ask(addresses::COMMITTEE, &ICommittee::seatsOfCall { epoch })?;
    ensure!(seats.len() >= 4, "epoch {epoch} has {} seats", seats.len());
    Ok(seats)
}

/// Genesis's committee stands in the order of identities.
fn founders(cast: &Cast) -> Result<Vec<Seated>> {
    let mut seated = Vec::new();
    for operator in 0..cast.counts.founders {
        let operation = cast.operation(operator)?;
        let beneficiary = cast.stakers[operator].address;
        seated.push((operation.identity, Seated { operator, beneficiary, diligence: operation.diligence }));
    }
    seated.sort_by_key(|(identity, _)| *identity);
    Ok(seated.into_iter().map(|(_, seated)| seated).collect())
}

pub(crate) fn key_of(cast: &Cast, operator: usize) -> Result<&SecretKey> {
    cast.operation(operator)?.key.as_ref().ok_or_else(|| eyre!("operator {operator} has no key"))
}

/// Registers an operator's key and its node.
pub(crate) fn register(cast: &Cast, world: &mut World, operator: usize) -> Result<()> {
    let (staker, operation) = (&cast.stakers[operator], cast.operation(operator)?);
    let key = key_of(cast, operator)?;
    let consent = Domain::consent(world.chain_id(), addresses::KEY_REGISTRY.into_array(), staker.address.into_array());
    let registration = IKeyRegistry::registerCall {
        publicKey: key.public_key().to_bytes().into(),
        possession: key.prove_possession().to_bytes().into(),
        consent: key.sign(&consent).to_bytes().into(),
    };
    world.send(staker.address, addresses::KEY_REGISTRY, &registration, 2 * GAS);
    let role = if staker.role == Role::Validator { IStaking::Role::Validator } else { IStaking::Role::Guardian };
    let owner = operation.owner.map_or(staker.address, |owner| cast.stakers[owner].address);
    let call = IStaking::registerCall { role, owner, commission: operation.commission };
    world.send(staker.address, addresses::STAKING, &call, GAS);
    Ok(())
}

/// Stakes an operator's own wealth on the node that it registered, and has it take part.
pub(crate) fn take_part(cast: &Cast, world: &mut World, operator: usize, node: u32) -> Result<()> {
    let (staker, operation) = (&cast.stakers[operator], cast.operation(operator)?);
    let public_key = key_of(cast, operator)?.public_key().to_bytes();
    if staker.role == Role::Guardian {
        let call = IStaking::setKeyCall { node, keyId: keccak256(public_key) };
        world.send(staker.address, addresses::STAKING, &call, GAS);
    }
    crate::churn::stake(world, staker.address, staker.role, node, staker.wealth);
    if staker.role == Role::Validator {
        let identity = operation.identity;
        let call = ICommittee::enterCall { node, identity, publicKey: public_key.into(), beneficiary: staker.address };
        world.send(staker.address, addresses::COMMITTEE, &call, 2 * GAS);
    }
    if let Some(owner) = operation.owner {
        let call = IStakeBook::acceptOwnershipCall { node };
        world.send(cast.stakers[owner].address, addresses::STAKING, &call, GAS);
    }
    Ok(())
}

/// What founders have not done in genesis: they may stake more.
pub(crate) fn approve(world: &mut World, who: Address) {
    let approval = ITheta::approveCall { spender: addresses::STAKING, amount: U256::MAX };
    world.send(who, addresses::THETA, &approval, GAS);
}

pub(crate) fn parameter(world: &mut World, parameter: IParameters::Parameter) -> Result<U256> {
    world.ask(addresses::PARAMETERS, &IParameters::valueOfCall { parameter })
}

/// Unsigned LEB128.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
