//! Events to rows. Pure: the rows that a batch of blocks touches come in, the same rows as they are afterwards go out,
//! and the store writes them with the cursor in one transaction.
//!
//! The contracts guard the life of a job and the sums of a stake; what contradicts them here means that earlier blocks
//! are missing from the index, so it is an error and never skipped.

use crate::{
    decode::{Decoded, Event, What},
    record::{
        Auction, Bid, BlockFacts, Checkpoint, Claim, Committee, Job, JobEvent, Lease, MarketEvent, Model, Node,
        NodeKey, Order, Pair, PairKey, ParameterChange, Pool, Position, Proposal, ProposalText, Session, Slash, Stamp,
        Transfer, Vote, Worker,
    },
};
use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::{IJobMarket::IJobMarketEvents, IModelRegistry, IModelRegistry::IModelRegistryEvents};
use edgeloom_index_api::Asset;
use std::collections::{BTreeMap, BTreeSet};

mod auction;
mod book;
mod circle;
mod committee;
mod contradiction;
mod creation;
mod deal;
mod drop;
mod gate;
mod governance;
mod lease;
mod lot;
mod market;
mod nft;
mod order;
mod pool;
mod purse;
mod sale;
mod stake;
mod token;

pub use circle::{TRADES_MAX, Trade};
pub use contradiction::{Contradiction, Inconsistent};
pub use nft::{Nft, Sold, TouchedNft};
pub use purse::{INCOMING_MAX, OUTGOING_MAX, Purse};

/// Rows by their keys. Before projecting it must hold every row of [`Touched`] that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub blocks: Vec<BlockFacts>,
    pub orders: BTreeMap<u64, Order>,
    pub jobs: BTreeMap<u64, Job>,
    pub job_events: Vec<JobEvent>,
    /// Inputs of the jobs that were posted, by job.
    pub inputs: Vec<(u64, Bytes)>,
    /// Answers that were paid for, by job.
    pub outputs: Vec<(u64, Bytes)>,
    pub workers: BTreeMap<Address, Worker>,
    /// Who of them runs a node.
    pub operators: BTreeMap<u32, Address>,
    pub models: BTreeMap<B256, Model>,
    pub transfers: Vec<Transfer>,
    pub nodes: BTreeMap<NodeKey, Node>,
    pub positions: BTreeMap<(NodeKey, Address), Position>,
    pub slashes: Vec<Slash>,
    pub committees: BTreeMap<u32, Committee>,
    pub checkpoints: BTreeMap<u64, Checkpoint>,
    pub proposals: BTreeMap<U256, Proposal>,
    /// Of the proposals that were made, by proposal.
    pub texts: Vec<(U256, ProposalText)>,
    pub votes: Vec<Vote>,
    pub parameter_changes: Vec<ParameterChange>,
    pub leases: BTreeMap<u64, Lease>,
    pub auctions: BTreeMap<B256, Auction>,
    pub bids: BTreeMap<(B256, Address), Bid>,
    pub pools: BTreeMap<u64, Pool>,
    pub pairs: BTreeMap<PairKey, Pair>,
    pub sessions: BTreeMap<(u64, Address), Session>,
    pub market_events: Vec<MarketEvent>,
    pub claims: Vec<Claim>,
    pub nft: Nft,
    /// Numbers given so far.
    pub last: Last,
    /// Whose source's loss was reckoned last: a slash of what had moved there comes right behind it.
    reckoned: Option<NodeKey>,
}

/// Numbers given so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Last {
    pub model: u64,
    pub transfer: u64,
    pub position: u64,
    pub slash: u64,
    pub proposal: u64,
    pub vote: u64,
    pub parameter_change: u64,
    pub bid: u64,
    pub pair: u64,
    pub session: u64,
    pub market_event: u64,
    pub creation: u64,
    pub token: u64,
    pub edition: u64,
    pub balance: u64,
    pub token_transfer: u64,
    pub sale: u64,
    pub lot_bid: u64,
    pub rental: u64,
    pub pack: u64,
}

/// The next number.
const fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

/// Keys of the rows that events may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub jobs: BTreeSet<u64>,
    pub orders: BTreeSet<u64>,
    /// Orders whose jobs end that nobody took.
    pub returned: BTreeSet<u64>,
    pub workers: BTreeSet<Address>,
    /// Whose operators are workers.
    pub nodes: BTreeSet<u32>,
    pub models: BTreeSet<B256>,
    /// Of both books of stake.
    pub staked: BTreeSet<NodeKey>,
    pub positions: BTreeSet<(NodeKey, Address)>,
    pub committees: BTreeSet<u32>,
    pub checkpoints: BTreeSet<u64>,
    pub proposals: BTreeSet<U256>,
    /// Of queued proposals, in the timelock.
    pub operations: BTreeSet<B256>,
    pub leases: BTreeSet<u64>,
    pub auctions: BTreeSet<B256>,
    pub bids: BTreeSet<(B256, Address)>,
    pub pools: BTreeSet<u64>,
    pub pairs: BTreeSet<PairKey>,
    pub sessions: BTreeSet<(u64, Address)>,
    pub nft: TouchedNft,
}

impl Touched {
    pub fn by(blocks: &[Decoded]) -> Self {
        let mut touched = Self::default();
        for event in blocks.iter().flat_map(|block| &block.events) {
            match &event.what {
                What::Market(event) => touched.market(event),
                What::Bonds(event) => {
                    touched.nodes.insert(stake::bond(event).0);
                }
                What::Stakes(asset, event) => {
                    if *asset == Asset::Tfuel {
                        touched.stake(event);
                    }
                    touched.book(*asset, event);
                }
                What::Committee(event) => touched.committee(event),
                What::Checkpoints(event) => {
                    touched.checkpoints.insert(committee::height_of(event));
                }
                What::Votes(event) => touched.proposals.extend(governance::proposal_of(event)),
                What::Operations(event) => touched.operations.extend(governance::operation_of(event)),
                What::Registry(IModelRegistryEvents::ModelRegistered(event)) => {
                    touched.models.insert(event.modelId);
                }
                What::Deal(deal) => touched.deal(&deal.says),
                What::Creation(address, says) => touched.nft.creation(*address, says),
                What::Registry(_) | What::Transfer { .. } | What::Parameter(_) => {}
            }
        }
        touched.nft.payers(blocks.iter().flat_map(|block| &block.events));
        touched
    }

    fn market(&mut self, event: &IJobMarketEvents) {
        let (order, job) = match event {
            IJobMarketEvents::JobsPosted(event) => {
                self.models.insert(event.subject);
                (event.order, event.order)
            }
            IJobMarketEvents::JobsReturned(event) => {
                self.orders.extend(u64::try_from(event.order));
                self.returned.extend(u64::try_from(event.order));
                return;
            }
            // With its order; and the answer with what closes it.
            IJobMarketEvents::JobListed(event) => (event.order, event.jobId),
            IJobMarketEvents::JobAnswered(event) => {
                self.jobs.extend(u64::try_from(event.jobId));
                return;
            }
            IJobMarketEvents::JobTaken(event) => {
                self.workers.insert(event.worker);
                (event.order, event.jobId)
            }
            IJobMarketEvents::JobClosed(event) => {
                self.workers.insert(event.worker);
                (event.order, event.jobId)
            }
        };
        self.orders.extend(u64::try_from(order));
        self.jobs.extend(u64::try_from(job));
    }
}

impl Rows {
    /// No rows yet, but numbers given.
    pub fn after(last: Last) -> Self {
        Self { last, ..Self::default() }
    }

    /// # Errors
    /// [`Inconsistent`]; the rows are then of no use.
    pub fn project(&mut self, block: &Decoded) -> Result<(), Inconsistent> {
        self.blocks.push(block.facts);
        for event in &block.events {
            let wrong = |what| Inconsistent { block: event.at.block, tx: event.at.tx, what };
            self.event(event).map_err(wrong)?;
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<(), Contradiction> {
        match &event.what {
            What::Market(market) => self.market(event, market)?,
            What::Bonds(bond) => {
                let (node, change, amount) = stake::bond(bond);
                self.move_stake(node, change, amount, &event.at)?;
            }
            What::Stakes(asset, stake) => {
                if *asset == Asset::Tfuel {
                    self.stake(stake, &event.at)?;
                }
                self.book(*asset, stake, &event.at)?;
            }
            What::Committee(committee) => self.committee(committee, &event.at)?,
            What::Checkpoints(checkpoint) => self.checkpoint(event.actor, checkpoint, &event.at)?,
            What::Votes(vote) => self.governance(vote, &event.at)?,
            What::Operations(operation) => self.operated(operation, &event.at),
            What::Parameter(set) => self.parameter(set, &event.at),
            What::Deal(deal) => self.deal(event, deal)?,
            What::Creation(address, says) => self.creation(event, *address, says)?,
            What::Registry(IModelRegistryEvents::ModelRegistered(model)) => self.register(model, event.at)?,
            // A graph without its image is no model that jobs of the market can name.
            What::Registry(IModelRegistryEvents::ChunkUploaded(_) | IModelRegistryEvents::GraphRegistered(_)) => {}
            What::Transfer { asset, from, to, amount } => {
                self.nft.paid(*asset, *from, *to);
                self.transfers.push(Transfer {
                    id: next(&mut self.last.transfer),
                    asset: *asset,
                    from: *from,
                    to: *to,
                    amount: *amount,
                    at: event.at,
                    tx_index: event.tx_index,
                    log_index: event.log_index,
                });
            }
        }
        Ok(())
    }

    fn worker(&mut self, address: Address, at: &Stamp) -> &mut Worker {
        let worker = self.workers.entry(address).or_insert_with(|| Worker::new(address, at));
        (worker.last_block, worker.last_ms) = (at.block, at.ms);
        worker
    }

    fn register(&mut self, model: &IModelRegistry::ModelRegistered, at: Stamp) -> Result<(), Contradiction> {
        if self.models.contains_key(&model.modelId) {
            return Err(Contradiction::ModelKnown(model.modelId));
        }
        self.models.insert(
            model.modelId,
            Model {
                id: model.modelId,
                number: next(&mut self.last.model),
                owner: model.owner,
                manifest: model.manifest,
                input_bytes: model.inputBytes,
                output_bytes: model.outputBytes,
                macs: model.macs,
                infer_gas: model.inferGas,
                name: model.name.clone(),
                metadata: model.metadata.clone(),
                jobs_posted: 0,
                jobs_settled: 0,
                registered: at,
            },
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests;
