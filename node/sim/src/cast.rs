//! Who takes part: stakers with their wealth, those of them who run nodes with their keys, and who serves all of them.

use crate::dice::{Dice, Stream};
use alloy::primitives::{Address, B256, keccak256};
use curve25519_dalek::edwards::CompressedEdwardsY;
use edgeloom_bls::SecretKey;
use eyre::{Result, ensure};

/// Of one TFUEL, or of one THETA.
pub(crate) const WEI: u128 = 1_000_000_000_000_000_000;
/// Most of an edge node's stake in this simulation, TFUEL: `EdgeStakeMax` at its upper bound.
pub(crate) const EDGE_STAKE_MAX: u64 = 5_000_000;
/// What all stakers of THETA have, THETA: 55 in 100 of the supply.
const THETA_WEALTH: u64 = 550_000_000;
/// Parts of it, of 100: those who run validators and guardians; delegators have the rest.
const VALIDATORS_PART: u64 = 20;
const GUARDIANS_PART: u64 = 15;
/// Parts of 100 delegators that begin with a validator and with a guardian; the rest stake TFUEL.
const OF_VALIDATORS: u64 = 15;
const OF_GUARDIANS: u64 = 50;
/// How many times the least of a group its richest can be.
const TAIL_MAX: f64 = 2_000.0;
/// Of 100 delegators, those that come during the year.
const LATECOMERS: u64 = 15;

/// What a node is, and with whom a staker begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Validator,
    Guardian,
    Edge,
}

/// Of the same number of stakers always the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) validators: usize,
    /// Validators that are there in genesis.
    pub(crate) founders: usize,
    pub(crate) guardians: usize,
    pub(crate) edge_nodes: usize,
    pub(crate) stakers: usize,
}

#[derive(Debug)]
pub(crate) struct Staker {
    pub(crate) address: Address,
    pub(crate) role: Role,
    /// THETA, or TFUEL of those who begin with an edge node, wei.
    pub(crate) wealth: u128,
    /// The day on which it first stakes.
    pub(crate) joins: u64,
    pub(crate) operates: Option<Operation>,
}

/// What it takes to run a node.
#[derive(Debug)]
pub(crate) struct Operation {
    /// None of an edge node.
    pub(crate) key: Option<SecretKey>,
    /// ed25519; zero but for validators.
    pub(crate) identity: B256,
    /// Basis points.
    pub(crate) commission: u16,
    /// How often it does what it should, of 10,000 times.
    pub(crate) diligence: u64,
    /// The staker who owns the node, where that is another.
    pub(crate) owner: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) counts: Counts,
    pub(crate) stakers: Vec<Staker>,
    /// Holds what nobody else does at first.
    pub(crate) treasury: Address,
    /// Settles, sweeps, records and relays, for everybody.
    pub(crate) keeper: Address,
    pub(crate) requesters: Vec<Address>,
    /// Shows evidence of equivocation.
    pub(crate) reporter: Address,
}

impl Counts {
    /// # Errors
    /// With fewer than 40 stakers.
    pub(crate) fn of(stakers: usize) -> Result<Self> {
        ensure!(stakers >= 40, "{stakers} stakers are too few: 40 at least");
        let validators = (stakers / 200).clamp(6, 40);
        let counts = Self {
            validators,
            founders: validators * 3 / 4,
            guardians: (stakers / 50).clamp(6, 200),
            edge_nodes: (stakers / 100).clamp(4, 100),
            stakers,
        };
        Ok(counts)
    }

    const fn operators(&self) -> usize {
        self.validators + self.guardians + self.edge_nodes
    }

    fn role(&self, index: usize) -> Role {
        if index < self.validators {
            return Role::Validator;
        }
        if index < self.validators + self.guardians {
            return Role::Guardian;
        }
        if index < self.operators() {
            return Role::Edge;
        }
        match (index as u64).wrapping_mul(37) % 100 {
            0..OF_VALIDATORS => Role::Validator,
            part if part < OF_VALIDATORS + OF_GUARDIANS => Role::Guardian,
            _ => Role::Edge,
        }
    }
}

impl Cast {
    pub(crate) fn new(counts: Counts, days: u64, seed: u64) -> Result<Self> {
        let mut dice = Dice::new(seed, Stream::Cast);
        let mut stakers = Vec::with_capacity(counts.stakers);
        for index in 0..counts.stakers {
            let role = counts.role(index);
            let is_operator = index < counts.operators();
            let operates = if is_operator { Some(Operation::new(role, seed, index, &mut dice)?) } else { None };
            let late = !is_operator && dice.chance(LATECOMERS * 100);
            let joins = if late { dice.below(days) } else { 0 };
            stakers.push(Staker { address: address(b"staker", seed, index), role, wealth: 0, joins, operates });
        }
        let mut cast = Self {
            counts,
            stakers,
            treasury: address(b"treasury", seed, 0),
            keeper: address(b"keeper", seed, 0),
            requesters: (0..20).map(|index| address(b"requester", seed, index)).collect(),
            reporter: address(b"reporter", seed, 0),
        };
        cast.enrich(&mut dice);
        cast.unite();
        Ok(cast)
    }

    pub(crate) fn operation(&self, staker: usize) -> Result<&Operation> {
        let operates = self.stakers[staker].operates.as_ref();
        operates.ok_or_else(|| eyre::eyre!("staker {staker} runs no node"))
    }

    fn enrich(&mut self, dice: &mut Dice) {
        let Counts { validators, guardians, edge_nodes, stakers, .. } = self.counts;
        let operators = validators + guardians + edge_nodes;
        let theta = |part: u64| THETA_WEALTH / 100 * part;
        // Three fifths of what the edge nodes can hold.
        let tfuel = EDGE_STAKE_MAX * edge_nodes as u64 / 5 * 3;
        let is_edge = |staker: &Staker| staker.role == Role::Edge;
        let groups: [(Vec<usize>, u64, u64); 5] = [
            ((0..validators).collect(), theta(VALIDATORS_PART), 250_000),
            ((validators..validators + guardians).collect(), theta(GUARDIANS_PART), 2_000),
            ((validators + guardians..operators).collect(), tfuel / 5, 20_000),
            (
                (operators..stakers).filter(|index| !is_edge(&self.stakers[*index])).collect(),
                theta(100 - VALIDATORS_PART - GUARDIANS_PART),
                100,
            ),
            ((operators..stakers).filter(|index| is_edge(&self.stakers[*index])).collect(), tfuel / 5 * 4, 100),
        ];
        for (group, total, least) in groups {
            let weights: Vec<f64> = group.iter().map(|_| dice.tail(TAIL_MAX)).collect();
            let sum: f64 = weights.iter().sum();
            let spare = (total - least * group.len() as u64) as f64;
            for (index, weight) in group.into_iter().zip(weights) {
                let most = if is_edge(&self.stakers[index]) { EDGE_STAKE_MAX / 2 } else { u64::MAX };
                let tokens = (least + (spare * weight / sum) as u64).min(most);
                self.stakers[index].wealth = u128::from(tokens) * WEI;
            }
        }
    }

    /// The first founder owns nodes of others', more than an owner can have seats for, with much at stake.
    fn unite(&mut self) {
        let Counts { validators, founders, .. } = self.counts;
        let rich = (0..validators).map(|index| self.stakers[index].wealth).max().unwrap_or_default();
        for index in founders..validators.min(founders + 4) {
            if let Some(operation) = &mut self.stakers[index].operates {
                operation.owner = Some(0);
            }
            self.stakers[index].wealth = rich.min(5_000_000 * WEI);
        }
    }
}

impl Operation {
    fn new(role: Role, seed: u64, index: usize, dice: &mut Dice) -> Result<Self> {
        let material = keccak256([b"operator".as_slice(), &seed.to_be_bytes(), &index.to_be_bytes()].concat());
        let key = if role == Role::Edge { None } else { Some(SecretKey::from_seed(material.as_slice())?) };
        let mut identity = B256::ZERO;
        if role == Role::Validator {
            // Half of all 32 bytes are points.
            identity = keccak256(material);
            while CompressedEdwardsY(identity.0).decompress().is_none() {
                identity = keccak256(identity);
            }
        }
        let diligence = match role {
            Role::Validator => dice.within(9_000, 10_000),
            Role::Guardian => dice.within(8_500, 10_000),
            Role::Edge => dice.within(9_300, 10_000),
        };
        let commission = u16::try_from(dice.below(11) * 100)?;
        Ok(Self { key, identity, commission, diligence, owner: None })
    }
}

fn address(what: &[u8], seed: u64, index: usize) -> Address {
    let hash = keccak256([b"edgeloom sim ", what, &seed.to_be_bytes(), &index.to_be_bytes()].concat());
    Address::from_slice(&hash[12..])
}
