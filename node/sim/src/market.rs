//! Jobs: who pays for them, who takes them, and what becomes of those whose worker is silent.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role},
    dice::{Dice, Stream},
    nodes::Nodes,
    world::{BLOCK_SECONDS, EPOCH_BLOCKS, GAS, GAS_MAX, World},
};
use alloy::primitives::{B256, Bytes, U256};
use edgeloom_bindings::{IEdgeStaking, IJobMarket, IModelRegistry, addresses};
use edgeloom_edge_proof::{Element, GraphBuilder, Model};
use eyre::{Result, eyre};
use std::collections::BTreeMap;

const INPUT_BYTES: usize = 8;
const TAKE_SECONDS: u64 = 86_400;
const WORK_SECONDS: u32 = 3_600;
/// The least price, TFUEL; others are by the law of [`Dice::tail`].
const PRICE: f64 = 20.0;
/// Of 10,000 jobs that somebody took, those that nobody does.
const SILENT: u64 = 100;

#[derive(Debug)]
pub(crate) struct Market {
    dice: Dice,
    model: Model,
    id: Option<B256>,
    jobs_a_day: u64,
    inputs: BTreeMap<u64, Bytes>,
    pub(crate) posted: u64,
    pub(crate) silent: u64,
}

impl Market {
    pub(crate) fn new(cast: &Cast, seed: u64) -> Result<Self> {
        let mut graph = GraphBuilder::new(INPUT_BYTES);
        let input = graph.input();
        graph.argmax(input, Element::I8);
        let image = graph.finish().map_err(|fault| eyre!("the model: {fault}"))?;
        Ok(Self {
            dice: Dice::new(seed, Stream::Market),
            model: Model::parse(&image).map_err(|fault| eyre!("the model: {fault}"))?,
            id: None,
            jobs_a_day: (cast.counts.stakers as u64 / 100).max(3),
            inputs: BTreeMap::new(),
            posted: 0,
            silent: 0,
        })
    }

    /// Puts the model on the chain.
    pub(crate) fn found(&self, cast: &Cast, world: &mut World) -> Result<()> {
        let chunk = Bytes::copy_from_slice(self.model.image());
        let at = world.ask(addresses::MODEL_REGISTRY, &IModelRegistry::chunkAddressCall { chunk: chunk.clone() })?;
        world.send(cast.keeper, addresses::MODEL_REGISTRY, &IModelRegistry::uploadCall { chunk }, GAS_MAX);
        let (name, metadata) = ("argmax".to_owned(), String::new());
        let call = IModelRegistry::registerCall { chunks: vec![at], name, metadata };
        world.send(cast.keeper, addresses::MODEL_REGISTRY, &call, GAS_MAX);
        Ok(())
    }

    pub(crate) const fn registered(&mut self, id: B256) {
        self.id = Some(id);
    }

    pub(crate) fn plan(&mut self, agenda: &mut Agenda, first: u64) {
        for _ in 0..self.jobs_a_day {
            agenda.add(first + self.dice.below(EPOCH_BLOCKS), Act::Post);
        }
    }

    pub(crate) fn act(&mut self, cast: &Cast, world: &mut World, act: Act) {
        match act {
            Act::Post => {
                let Some(model) = self.id else { return };
                let requester = cast.requesters[self.dice.below(cast.requesters.len() as u64) as usize];
                // Whole gwei.
                let price = (PRICE * self.dice.tail(500.0) * 1e9) as u64;
                let input = Bytes::copy_from_slice(&self.dice.next().to_be_bytes());
                let call = IJobMarket::postCall {
                    modelId: model,
                    input,
                    takeSeconds: TAKE_SECONDS,
                    workSeconds: WORK_SECONDS,
                };
                let value = U256::from(price) * U256::from(1_000_000_000);
                world.pay(requester, addresses::JOB_MARKET, value, &call, GAS);
            }
            Act::Expire { job } => {
                let call = IJobMarket::expireCall { jobId: U256::from(job) };
                world.send(cast.keeper, addresses::JOB_MARKET, &call, GAS);
            }
            _ => {}
        }
    }

    /// Has an edge node take a job that was posted.
    pub(crate) fn posted(
        &mut self,
        cast: &Cast,
        nodes: &Nodes,
        world: &mut World,
        job: &IJobMarket::JobPosted,
    ) -> Result<()> {
        self.posted += 1;
        self.inputs.insert(job.jobId.to(), job.input.clone());
        let able: Vec<usize> = nodes.of(Role::Edge).map(|(_, node)| node.operator).collect();
        if able.is_empty() {
            return Ok(());
        }
        let worker = cast.stakers[able[self.dice.below(able.len() as u64) as usize]].address;
        let standing = world.ask(addresses::EDGE_STAKING, &IEdgeStaking::standingOfCall { worker })?;
        let is_bonded = world.ask(addresses::EDGE_STAKING, &IEdgeStaking::isBondedCall { worker })?;
        if is_bonded && standing.free >= U256::from(job.bond) * U256::from(4) {
            world.send(worker, addresses::JOB_MARKET, &IJobMarket::takeCall { jobId: job.jobId }, GAS);
        }
        Ok(())
    }

    /// Has the worker answer, or not.
    pub(crate) fn taken(&mut self, world: &mut World, agenda: &mut Agenda, taken: &IJobMarket::JobTaken) -> Result<()> {
        let job = taken.jobId.to::<u64>();
        let input = self.inputs.remove(&job).ok_or_else(|| eyre!("job {job} was taken and not posted"))?;
        if self.dice.chance(SILENT) {
            self.silent += 1;
            agenda.add(world.number() + u64::from(WORK_SECONDS) / BLOCK_SECONDS + 3, Act::Expire { job });
            return Ok(());
        }
        let output = self.model.infer(&input).map_err(|fault| eyre!("job {job}: {fault}"))?.into();
        let call = IJobMarket::submitCall { jobId: taken.jobId, input, output };
        world.send(taken.worker, addresses::JOB_MARKET, &call, 2 * GAS);
        Ok(())
    }
}
