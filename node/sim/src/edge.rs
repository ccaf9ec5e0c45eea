//! Edge nodes: they enrol, compute the products that the rounds of capacity ask for, answer, and show what is drawn.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role},
    dice::{Dice, Stream},
    founding::CAPACITY_SIZE,
    nodes::Nodes,
    world::{EPOCH_BLOCKS, GAS, GAS_MAX, World},
};
use alloy::primitives::{B256, Bytes, U256, keccak256};
use edgeloom_bindings::{
    IBeacon,
    IEdgeRewards::{self, Opening},
    IEdgeStaking, addresses,
};
use edgeloom_edge_proof::Product;
use eyre::{Result, ensure, eyre};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;

/// As `Rounds` has them.
pub(crate) const ROUNDS: usize = 4;
const SAMPLES: usize = 8;
/// Blocks after a round's in which somebody answers, at most; the contract takes 150.
const ANSWERED_WITHIN: u64 = 140;
const OPENED_WITHIN: u64 = 300;
/// Nodes paid in one transaction.
const BATCH: usize = 40;

#[derive(Debug)]
pub(crate) struct EdgeNodes {
    dice: Dice,
    /// By epoch and operator.
    work: BTreeMap<(u32, usize), Work>,
    pub(crate) products: u64,
    pub(crate) opened: u64,
}

/// What a node has of an epoch.
#[derive(Debug, Default)]
struct Work {
    node: u32,
    rounds: [Option<Done>; ROUNDS],
}

#[derive(Debug)]
struct Done {
    seed: [u8; 32],
    product: Vec<u8>,
    root: [u8; 32],
}

impl EdgeNodes {
    pub(crate) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed, Stream::Edge), work: BTreeMap::new(), products: 0, opened: 0 }
    }

    /// Of the day whose epoch begins at block `first`.
    pub(crate) fn plan(
        &mut self,
        cast: &Cast,
        nodes: &Nodes,
        world: &mut World,
        agenda: &mut Agenda,
        epoch: u64,
    ) -> Result<()> {
        let (first, epoch) = (epoch * EPOCH_BLOCKS, u32::try_from(epoch)?);
        for (_, node) in nodes.of(Role::Edge) {
            if self.dice.chance(cast.operation(node.operator)?.diligence) {
                agenda.add(first + self.dice.within(200, EPOCH_BLOCKS - 20), Act::Enrol(node.operator));
            }
        }
        if epoch == 0 {
            // Nobody can have enrolled; nodes of the first day do at its end.
            for index in 0..cast.stakers.len() {
                let staker = &cast.stakers[index];
                if staker.role == Role::Edge && staker.operates.is_some() {
                    agenda.add(first + EPOCH_BLOCKS - 10, Act::Enrol(index));
                }
            }
            return Ok(());
        }
        for round in 0..ROUNDS {
            let call = IEdgeRewards::roundOfCall { epoch, round: U256::from(round) };
            let height = world.ask(addresses::EDGE_REWARDS, &call)?.height.to::<u64>();
            agenda.add(height + 1, Act::Record { height });
            agenda.add(height + 2, Act::Compute { epoch, round });
        }
        let height = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::openingOfCall { epoch })?.height.to::<u64>();
        agenda.add(height + 1, Act::Record { height });
        Ok(())
    }

    pub(crate) fn act(&mut self, cast: &Cast, world: &mut World, agenda: &mut Agenda, act: Act) -> Result<()> {
        match act {
            Act::Enrol(operator) => {
                let worker = cast.stakers[operator].address;
                if world.ask(addresses::EDGE_STAKING, &IEdgeStaking::isBondedCall { worker })? {
                    world.send(worker, addresses::EDGE_REWARDS, &IEdgeRewards::enrolCall {}, GAS);
                }
            }
            Act::Record { height } => {
                let header = world.header(height)?;
                world.send(cast.keeper, addresses::BEACON, &IBeacon::recordCall { header }, GAS);
            }
            Act::Compute { epoch, round } => self.compute(cast, world, agenda, (epoch, round))?,
            Act::Answer { epoch, round, operator } => {
                let work = self.work.get(&(epoch, operator)).and_then(|work| work.rounds[round].as_ref());
                let root = work.ok_or_else(|| eyre!("operator {operator} has no product of round {round}"))?.root;
                let (round, digest) = (U256::from(round), keccak256(root));
                let call = IEdgeRewards::answerCall { epoch, round, digest };
                world.send(cast.stakers[operator].address, addresses::EDGE_REWARDS, &call, GAS);
            }
            Act::Open { epoch, operator } => self.open(cast, world, (epoch, operator))?,
            _ => {}
        }
        Ok(())
    }

    /// A node has enrolled.
    pub(crate) fn enrolled(&mut self, epoch: u32, node: u32, operator: usize, agenda: &mut Agenda) {
        self.work.insert((epoch, operator), Work { node, ..Work::default() });
        let drawn = u64::from(epoch) * EPOCH_BLOCKS + 631;
        agenda.add(drawn + 2 + self.dice.below(OPENED_WITHIN), Act::Open { epoch, operator });
    }

    /// Has the new epoch count what the one before burned of all workers' fees.
    pub(crate) fn report(&self, cast: &Cast, nodes: &Nodes, world: &mut World) {
        let all: Vec<_> = nodes.of(Role::Edge).map(|(_, node)| cast.stakers[node.operator].address).collect();
        for some in all.chunks(BATCH) {
            let call = IEdgeRewards::reportCall { workers: some.to_vec() };
            world.send(cast.keeper, addresses::EDGE_REWARDS, &call, GAS_MAX);
        }
    }

    /// Pays all nodes of an epoch.
    pub(crate) fn settle(&self, cast: &Cast, nodes: &Nodes, world: &mut World, epoch: u32) {
        let all: Vec<u32> = nodes.of(Role::Edge).map(|(number, _)| number).collect();
        for some in all.chunks(BATCH) {
            let call = IEdgeRewards::settleCall { epoch, nodes: some.to_vec() };
            world.send(cast.keeper, addresses::EDGE_REWARDS, &call, GAS_MAX);
        }
    }

    /// What all who take part in a round compute, each from its own seed.
    fn compute(
        &mut self,
        cast: &Cast,
        world: &mut World,
        agenda: &mut Agenda,
        (epoch, round): (u32, usize),
    ) -> Result<()> {
        let mut seeds = Vec::new();
        for ((_, operator), work) in self.work.range((epoch, 0)..=(epoch, usize::MAX)) {
            if !self.dice.chance(cast.operation(*operator)?.diligence) {
                continue;
            }
            let node = work.node;
            let chain = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::tallyOfCall { epoch, node })?.chain;
            let call = IEdgeRewards::seedOfCall { epoch, node, round: U256::from(round), chain };
            seeds.push((*operator, world.ask(addresses::EDGE_REWARDS, &call)?.0));
        }
        let make = |(operator, seed)| {
            let product = Product { seed, size: CAPACITY_SIZE }.compute();
            let root = *blake3::hash(&product).as_bytes();
            (operator, Done { seed, product, root })
        };
        let done: Vec<_> = seeds.into_par_iter().map(make).collect();
        let now = world.number() + 1;
        for (operator, done) in done {
            self.products += 1;
            agenda.add(now + self.dice.below(ANSWERED_WITHIN), Act::Answer { epoch, round, operator });
            self.work.entry((epoch, operator)).or_default().rounds[round] = Some(done);
        }
        Ok(())
    }

    fn open(&mut self, cast: &Cast, world: &mut World, (epoch, operator): (u32, usize)) -> Result<()> {
        let Some(work) = self.work.remove(&(epoch, operator)) else { return Ok(()) };
        let node = work.node;
        let tally = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::tallyOfCall { epoch, node })?;
        if tally.answered == 0 {
            return Ok(());
        }
        let answered = |round: &usize| tally.answered >> round & 1 != 0;
        let mut digests: Vec<B256> = Vec::new();
        for round in (0..ROUNDS).filter(answered) {
            let done = work.rounds[round].as_ref().ok_or_else(|| eyre!("round {round} was answered with nothing"))?;
            digests.push(keccak256(done.root));
        }
        let draws = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::drawsOfCall { epoch, node })?;
        let mut openings = Vec::new();
        for draw in draws {
            ensure!(draw.link.is_zero(), "a round has one product, and {} is drawn", draw.link);
            let done = work.rounds[draw.round.to::<usize>()].as_ref();
            let done = done.ok_or_else(|| eyre!("round {} is drawn and was not computed", draw.round))?;
            let product = Product { seed: done.seed, size: CAPACITY_SIZE };
            let proof = Bytes::from(product.prove(&done.product, &draw.challenge.0, SAMPLES));
            openings.push(Opening { roots: vec![B256::from(done.root)], proof });
        }
        self.opened += 1;
        let call = IEdgeRewards::openCall { epoch, node, digests, openings };
        world.send(cast.stakers[operator].address, addresses::EDGE_REWARDS, &call, GAS_MAX / 2);
        Ok(())
    }
}

/// Registers an edge node.
pub(crate) fn register(cast: &Cast, world: &mut World, operator: usize) -> Result<()> {
    let (owner, commission) = (cast.stakers[operator].address, cast.operation(operator)?.commission);
    world.send(owner, addresses::EDGE_STAKING, &IEdgeStaking::registerCall { owner, commission }, GAS);
    Ok(())
}
