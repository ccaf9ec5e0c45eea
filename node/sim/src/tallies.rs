//! What happened, by parts of the year, as the contracts' events and balances tell it. All amounts are wei.

use crate::{cast::Role, churn::Said};
use alloy::{
    primitives::{Address, B256, Log, U256},
    sol_types::{SolEvent as _, SolEventInterface as _},
};
use edgeloom_bindings::{
    IEdgeRewards::{self, IEdgeRewardsEvents},
    IJobMarket::{self, IJobMarketEvents},
    IModelRegistry,
    IRewards::IRewardsEvents,
    IStakeBook::{self, IStakeBookEvents},
    IStaking, ITill, addresses,
};
use std::collections::HashMap;

/// Of a part of the year.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) validators: u128,
    pub(crate) guardians: u128,
    pub(crate) work: u128,
    pub(crate) capacity: u128,
    pub(crate) commission: u128,
    pub(crate) claimed: u128,
    pub(crate) fees: u128,
    pub(crate) fees_burned: u128,
}

/// Of one book, over the whole time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flow {
    pub(crate) staked: u128,
    pub(crate) unstaked: u128,
    pub(crate) redeemed: u128,
    /// Slashes that transactions made; those that blocks make are in no receipt.
    pub(crate) to_reporters: u128,
    pub(crate) rewarded: u128,
    pub(crate) claimed: u128,
    pub(crate) events: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Tallies {
    pub(crate) parts: Vec<Tally>,
    pub(crate) part: usize,
    pub(crate) theta: Flow,
    pub(crate) edge: Flow,
    /// Of the market's fees, what was passed on.
    pub(crate) fee_burned: u128,
    pub(crate) fee_shared: u128,
    pub(crate) work_paid: u128,
    pub(crate) work_burned: u128,
    /// Of each order, the price of a job, and the share of its fee that is burned.
    orders: HashMap<U256, (u128, u16)>,
}

/// What others have to act on.
#[derive(Debug)]
pub(crate) enum News {
    Registered { node: u32, operator: Address, owner: Address, role: u8, edge: bool },
    Staker { source: Address, said: Said },
    Jailed { node: u32, until: u64 },
    Enrolled { epoch: u32, node: u32 },
    Model(B256),
    Posted(Box<IJobMarket::JobsPosted>),
    Taken(IJobMarket::JobTaken),
}

impl Tallies {
    pub(crate) fn new(parts: usize) -> Self {
        Self { parts: vec![Tally::default(); parts], ..Self::default() }
    }

    /// Counts what an event tells. `now` is Unix seconds.
    pub(crate) fn read(&mut self, log: &Log, now: u64) -> Option<News> {
        match log.address {
            addresses::STAKING => self.book(log, now, false),
            addresses::EDGE_STAKING => self.book(log, now, true),
            addresses::REWARDS => {
                let tally = &mut self.parts[self.part];
                match IRewardsEvents::decode_log(log).ok()?.data {
                    IRewardsEvents::SeatPaid(paid) => tally.validators += wei(paid.amount),
                    IRewardsEvents::PlacePaid(paid) => tally.guardians += wei(paid.amount),
                    _ => {}
                }
                None
            }
            addresses::EDGE_REWARDS => self.edge(log),
            addresses::JOB_MARKET => self.market(log),
            addresses::MODEL_REGISTRY => {
                IModelRegistry::ModelRegistered::decode_log(log).ok().map(|log| News::Model(log.data.modelId))
            }
            _ => None,
        }
    }

    fn book(&mut self, log: &Log, now: u64, edge: bool) -> Option<News> {
        let flow = if edge { &mut self.edge } else { &mut self.theta };
        let tally = &mut self.parts[self.part];
        let event = IStakeBookEvents::decode_log(log).ok()?.data;
        flow.events += 1;
        let staker = |source, said| Some(News::Staker { source, said });
        match event {
            IStakeBookEvents::NodeRegistered(new) => {
                let (node, operator, owner, role) = (new.node, new.operator, new.owner, new.role);
                Some(News::Registered { node, operator, owner, role, edge })
            }
            IStakeBookEvents::Staked(staked) => {
                flow.staked += wei(staked.amount);
                staker(staked.source, Said::Staked { node: staked.node, amount: wei(staked.amount) })
            }
            IStakeBookEvents::Unstaked(left) => {
                flow.unstaked += wei(left.amount);
                let seconds = left.release.to::<u64>().saturating_sub(now);
                staker(left.source, Said::Unstaked { node: left.node, amount: wei(left.amount), seconds })
            }
            IStakeBookEvents::Redelegated(IStakeBook::Redelegated { from, to, source, amount, .. }) => {
                staker(source, Said::Moved { from, to, amount: wei(amount) })
            }
            IStakeBookEvents::Redeemed(paid) => {
                flow.redeemed += wei(paid.amount);
                staker(paid.source, Said::Redeemed)
            }
            IStakeBookEvents::NodeSlashed(slashed) => {
                flow.to_reporters += wei(slashed.toReporter);
                None
            }
            IStakeBookEvents::NodeJailed(jailed) => {
                Some(News::Jailed { node: jailed.node, until: jailed.until.to::<u64>() })
            }
            IStakeBookEvents::Rewarded(paid) => {
                flow.rewarded += wei(paid.amount);
                tally.commission += wei(paid.commission);
                None
            }
            IStakeBookEvents::Claimed(paid) => {
                flow.claimed += wei(paid.amount);
                tally.claimed += wei(paid.amount);
                None
            }
            _ => None,
        }
    }

    fn edge(&mut self, log: &Log) -> Option<News> {
        let tally = &mut self.parts[self.part];
        match IEdgeRewardsEvents::decode_log(log).ok()?.data {
            IEdgeRewardsEvents::NodePaid(IEdgeRewards::NodePaid { work, capacity, .. }) => {
                tally.work += wei(work);
                tally.capacity += wei(capacity);
                self.work_paid += wei(work);
                None
            }
            IEdgeRewardsEvents::WorkRecorded(recorded) => {
                self.work_burned += wei(recorded.burned);
                None
            }
            IEdgeRewardsEvents::Enrolled(enrolled) => {
                Some(News::Enrolled { epoch: enrolled.epoch, node: enrolled.node })
            }
            _ => None,
        }
    }

    fn market(&mut self, log: &Log) -> Option<News> {
        let tally = &mut self.parts[self.part];
        if let Ok(passed) = ITill::FeesPassedOn::decode_log(log) {
            self.fee_burned += wei(passed.burned);
            self.fee_shared += wei(passed.shared);
            return None;
        }
        match IJobMarketEvents::decode_log(log).ok()?.data {
            IJobMarketEvents::JobsPosted(posted) => {
                self.orders.insert(posted.order, (posted.terms.price.to(), posted.terms.burnShare));
                Some(News::Posted(Box::new(posted)))
            }
            IJobMarketEvents::JobClosed(closed) if closed.phase == IJobMarket::Phase::Settled => {
                let (price, share) = self.orders.get(&closed.order).copied().unwrap_or_default();
                let fee = price.saturating_sub(wei(closed.paid));
                tally.fees += fee;
                tally.fees_burned += fee * u128::from(share) / 10_000;
                None
            }
            IJobMarketEvents::JobTaken(taken) => Some(News::Taken(taken)),
            _ => None,
        }
    }
}

/// What a node of the book was registered as.
pub(crate) fn role_of(role: u8, edge: bool) -> Role {
    if edge {
        Role::Edge
    } else if role == IStaking::Role::Validator as u8 {
        Role::Validator
    } else {
        Role::Guardian
    }
}

/// No amount of either token has more than 128 bits.
pub(crate) fn wei(amount: U256) -> u128 {
    amount.saturating_to()
}
