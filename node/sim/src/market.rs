//! Jobs: who pays for them, who takes them, and what becomes of those whose worker is silent.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role},
    dice::{Dice, Stream},
    nodes::Nodes,
    world::{BLOCK_SECONDS, EPOCH_BLOCKS, GAS, GAS_MAX, World},
};
use alloy::primitives::{B256, Bytes, U256, keccak256};
use edgeloom_bindings::{IEdgeStaking, IJobMarket, IModelRegistry, addresses};
use edgeloom_edge_proof::{Element, GraphBuilder, Model};
use eyre::{Result, eyre};
use std::collections::BTreeMap;

const INPUT_BYTES: usize = 8;
const TAKE_SECONDS: u32 = 86_400;
/// The kind that the chain computes itself.
const INFERENCE: u16 = 1;
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
    /// By job: what its order was posted with.
    orders: BTreeMap<u64, IJobMarket::JobsPosted>,
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
            orders: BTreeMap::new(),
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
                let request = IJobMarket::Request {
                    kind: INFERENCE,
                    count: 1,
                    takeSeconds: TAKE_SECONDS,
                    workSeconds: WORK_SECONDS,
                    subject: model,
                    inputRoot: keccak256(&input),
                    ..Default::default()
                };
                let call = IJobMarket::postCall { request, inputs: input };
                let value = U256::from(price) * U256::from(1_000_000_000);
                world.pay(requester, addresses::JOB_MARKET, value, &call, GAS);
            }
            Act::Expire { job } => {
                let Some(IJobMarket::JobsPosted { order, terms, .. }) = self.orders.remove(&job) else { return };
                let ticket = ticket(&terms, order);
                let call = IJobMarket::forfeitCall { order, terms, tickets: vec![ticket] };
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
        posted: IJobMarket::JobsPosted,
    ) -> Result<()> {
        self.posted += 1;
        let able: Vec<usize> = nodes.of(Role::Edge).map(|(_, node)| node.operator).collect();
        if able.is_empty() {
            return Ok(());
        }
        let (order, terms) = (posted.order, posted.terms.clone());
        self.orders.insert(order.to(), posted);
        let worker = cast.stakers[able[self.dice.below(able.len() as u64) as usize]].address;
        let standing = world.ask(addresses::EDGE_STAKING, &IEdgeStaking::standingOfCall { worker })?;
        let is_bonded = world.ask(addresses::EDGE_STAKING, &IEdgeStaking::isBondedCall { worker })?;
        if is_bonded && standing.free >= U256::from(terms.bond) * U256::from(4) {
            let call = IJobMarket::takeCall { order, terms, jobIds: vec![order] };
            world.send(worker, addresses::JOB_MARKET, &call, GAS);
        }
        Ok(())
    }

    /// Has the worker answer, or not.
    pub(crate) fn taken(&mut self, world: &mut World, agenda: &mut Agenda, taken: &IJobMarket::JobTaken) -> Result<()> {
        let job = taken.jobId.to::<u64>();
        if self.dice.chance(SILENT) {
            self.silent += 1;
            agenda.add(world.number() + u64::from(WORK_SECONDS) / BLOCK_SECONDS + 3, Act::Expire { job });
            return Ok(());
        }
        let posted = self.orders.remove(&job).ok_or_else(|| eyre!("job {job} was taken and not posted"))?;
        let IJobMarket::JobsPosted { order, terms, inputs, .. } = posted;
        let output = self.model.infer(&inputs).map_err(|fault| eyre!("job {job}: {fault}"))?.into();
        let result = IJobMarket::Result { ticket: ticket(&terms, order), output, proof: inputs };
        let call = IJobMarket::settleCall { order, terms, results: vec![result] };
        world.send(taken.worker, addresses::JOB_MARKET, &call, 2 * GAS);
        Ok(())
    }
}

/// Of the one job of an order.
fn ticket(terms: &IJobMarket::Terms, order: U256) -> IJobMarket::Ticket {
    IJobMarket::Ticket { jobId: order, inputHash: terms.inputRoot, path: Vec::new() }
}
