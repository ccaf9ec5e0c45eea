//! The days: who acts in each block, what its outcome is, and what is read off at the end of each day.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Counts, Role},
    churn::Churn,
    committee::{self, Committee},
    edge::{self, EdgeNodes},
    founding,
    guardians::{Guardians, INTERVAL},
    market::Market,
    measures::{Day, Part},
    nodes::Nodes,
    sums::{self, Schedule, Sum},
    tallies::{News, Tallies, role_of, wei},
    world::{EPOCH_BLOCKS, GAS, World},
};
use alloy::primitives::{Address, U256, map::AddressMap};
use edgeloom_bindings::{IEdgeRewards, IRewards, ITheta, ITill, addresses};
use eyre::{Result, WrapErr, ensure, eyre};

/// Parts of the time that figures are given for: months, where it is a year.
const PARTS: u64 = 12;
/// As both contracts of rewards have it: what is left of an epoch goes back after so many.
const SWEPT_AFTER: u64 = 33;

/// What to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// 40 at least.
    pub stakers: usize,
    /// Four at least.
    pub days: u64,
    pub seed: u64,
}

/// What became of it.
#[derive(Debug)]
pub struct Year {
    pub(crate) settings: Settings,
    pub(crate) counts: Counts,
    pub(crate) days: Vec<Day>,
    pub(crate) parts: Vec<Part>,
    pub(crate) sums: Vec<Sum>,
    pub(crate) tallies: Tallies,
    pub(crate) facts: Facts,
    /// Calls that reverted, and why.
    pub(crate) reverted: Vec<(String, u64)>,
}

/// Counts of the whole time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) blocks: u64,
    pub(crate) transactions: u64,
    pub(crate) gas: u64,
    pub(crate) stakes: u64,
    pub(crate) exits: u64,
    pub(crate) moves: u64,
    pub(crate) downtimes: u64,
    pub(crate) jailed: u64,
    pub(crate) convictions: u64,
    pub(crate) seats_of_owner_max: u64,
    pub(crate) seats_min: usize,
    pub(crate) certificates: u64,
    pub(crate) unions: u64,
    pub(crate) products: u64,
    pub(crate) opened: u64,
    pub(crate) jobs: u64,
    pub(crate) silent: u64,
}

/// Everybody and everything.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) cast: Cast,
    pub(crate) world: World,
    pub(crate) nodes: Nodes,
    pub(crate) churn: Churn,
    pub(crate) tallies: Tallies,
    pub(crate) schedule: Schedule,
    /// Wei of all accounts at genesis.
    pub(crate) supply: U256,
    /// THETA that founders staked in genesis, wei.
    pub(crate) founded: u128,
    pub(crate) committee: Committee,
    guardians: Guardians,
    edge: EdgeNodes,
    market: Market,
    agenda: Agenda,
    stakers: AddressMap<usize>,
}

impl Year {
    /// Runs it, and checks its sums. `after` is told of each day that is over.
    ///
    /// # Errors
    /// Naming the day, and the sum or the call that is wrong.
    pub fn run(settings: Settings, mut after: impl FnMut(u64)) -> Result<Self> {
        ensure!(settings.days >= 4, "{} days are too few: an epoch is settled in the second after it", settings.days);
        let mut stage = Stage::new(settings)?;
        let (mut days, mut parts) = (Vec::new(), Vec::new());
        let count = PARTS.min(settings.days);
        for day in 0..settings.days {
            let part = day * count / settings.days;
            stage.tallies.part = part as usize;
            stage.day(day).wrap_err_with(|| format!("day {day}, block {}", stage.world.number()))?;
            days.push(Day::read(&mut stage)?);
            sums::daily(&mut stage).wrap_err_with(|| format!("after day {day}"))?;
            if (day + 1) * count / settings.days != part {
                parts.push(Part::read(&mut stage)?);
            }
            after(day);
        }
        let sums = sums::last(&mut stage)?;
        let Stage { cast, world, churn, tallies, committee, guardians, edge, market, .. } = stage;
        let facts = Facts {
            blocks: world.number(),
            transactions: world.transactions,
            gas: world.gas,
            stakes: churn.joins,
            exits: churn.exits,
            moves: churn.moves,
            downtimes: committee.downtimes,
            jailed: committee.jailed,
            convictions: committee.convictions,
            seats_of_owner_max: committee.seats_of_owner_max,
            seats_min: committee.seats_min,
            certificates: guardians.certificates,
            unions: guardians.unions,
            products: edge.products,
            opened: edge.opened,
            jobs: market.posted,
            silent: market.silent,
        };
        let reverted = world.reverted.into_iter().collect();
        Ok(Self { settings, counts: cast.counts, days, parts, sums, tallies, facts, reverted })
    }
}

impl Stage {
    pub(crate) fn new(settings: Settings) -> Result<Self> {
        let Settings { stakers, days, seed } = settings;
        let cast = Cast::new(Counts::of(stakers)?, days, seed)?;
        let (mut world, supply) = founding::world(&cast, seed)?;
        let mut nodes = Nodes::default();
        let mut churn = Churn::new(&cast, seed);
        for index in 0..cast.counts.founders {
            let number = u32::try_from(index)? + 1;
            nodes.register(number, Role::Validator, index, cast.stakers[index].address);
            churn.hold(index, number);
        }
        nodes.refresh(&mut world)?;
        let held = world.ask(addresses::THETA, &ITheta::balanceOfCall { owner: addresses::STAKING })?;
        let by_address = cast.stakers.iter().enumerate().map(|(index, staker)| (staker.address, index)).collect();
        Ok(Self {
            committee: Committee::new(days, seed),
            guardians: Guardians::new(&cast, seed)?,
            edge: EdgeNodes::new(seed),
            market: Market::new(&cast, seed)?,
            tallies: Tallies::new(PARTS.min(days) as usize),
            schedule: Schedule::default(),
            agenda: Agenda::default(),
            stakers: by_address,
            founded: wei(held),
            cast,
            world,
            nodes,
            churn,
            supply,
        })
    }

    pub(crate) fn day(&mut self, day: u64) -> Result<()> {
        let Self { cast, world, nodes, agenda, .. } = self;
        let first = day * EPOCH_BLOCKS;
        self.committee.begin(cast, nodes, world, day)?;
        self.committee.plan(agenda, nodes, day, first);
        self.churn.plan(cast, agenda, day, first);
        self.edge.plan(cast, nodes, world, agenda, day)?;
        self.market.plan(agenda, first);
        if day == 0 {
            self.market.found(cast, world)?;
        }
        for block in first.max(1)..first + EPOCH_BLOCKS {
            for act in self.agenda.due(block) {
                self.act(act).wrap_err_with(|| format!("{act:?}"))?;
            }
            self.block()?;
            if block == first || block == 1 {
                self.guardians.begin(&mut self.world, day)?;
                self.settle(day)?;
            }
            self.guardians.certify(&self.cast, &mut self.world, &mut self.agenda)?;
            if block % INTERVAL == 1 {
                self.schedule.follow(&mut self.world)?;
            }
        }
        self.nodes.refresh(&mut self.world)
    }

    fn act(&mut self, act: Act) -> Result<()> {
        let Self { cast, world, nodes, agenda, .. } = self;
        match act {
            Act::Join(staker) => {
                if staker < cast.counts.founders {
                    committee::approve(world, cast.stakers[staker].address);
                    return Ok(());
                }
                self.churn.join(cast, nodes, world, staker);
                match &cast.stakers[staker] {
                    who if who.operates.is_none() => Ok(()),
                    who if who.role == Role::Edge => edge::register(cast, world, staker),
                    _ => committee::register(cast, world, staker),
                }
            }
            Act::Unjail { .. } | Act::Accuse { .. } | Act::Convict { .. } => self.committee.act(cast, world, act),
            Act::Settle { epoch } => {
                self.edge.settle(cast, nodes, world, epoch);
                Ok(())
            }
            Act::Extend { height } => self.guardians.extend(cast, world, height),
            Act::Enrol(_) | Act::Record { .. } | Act::Compute { .. } | Act::Answer { .. } | Act::Open { .. } => {
                self.edge.act(cast, world, agenda, act)
            }
            Act::Post | Act::Expire { .. } => {
                self.market.act(cast, world, act);
                Ok(())
            }
            _ => self.churn.act(cast, nodes, world, act),
        }
    }

    fn block(&mut self) -> Result<()> {
        let seal = self.committee.seal(&self.world);
        for log in self.world.block(seal)? {
            if let Some(news) = self.tallies.read(&log, self.world.time()) {
                self.hear(news)?;
            }
        }
        Ok(())
    }

    fn hear(&mut self, news: News) -> Result<()> {
        let Self { cast, world, nodes, agenda, .. } = self;
        let now = world.number();
        match news {
            News::Registered { node, operator, owner, role, edge } => {
                let operator = staker(&self.stakers, operator)?;
                let role = role_of(role, edge);
                nodes.register(node, role, operator, owner);
                if edge {
                    let who = &cast.stakers[operator];
                    crate::churn::stake(world, who.address, role, node, who.wealth);
                } else {
                    committee::take_part(cast, world, operator, node)?;
                }
            }
            News::Staker { source, said } => {
                let staker = staker(&self.stakers, source)?;
                nodes.follow(cast.stakers[staker].role, &said);
                self.churn.see(cast, agenda, now, (staker, &said));
            }
            News::Jailed { node, until } => {
                // Only bans are in receipts.
                self.committee.convictions += 1;
                if let Some(found) = nodes.beside_mut(Role::Validator).get_mut(&node) {
                    found.jailed_until = until;
                }
                self.churn.flee_from(cast, agenda, now, node);
            }
            News::Enrolled { epoch, node } => {
                let operator = nodes.beside(Role::Edge).get(&node).map(|node| node.operator);
                let operator = operator.ok_or_else(|| eyre!("node {node} enrolled and is not registered"))?;
                self.edge.enrolled(epoch, node, operator, agenda);
            }
            News::Model(id) => self.market.registered(id),
            News::Posted(job) => self.market.posted(cast, nodes, world, *job)?,
            News::Taken(taken) => self.market.taken(world, agenda, &taken)?,
        }
        Ok(())
    }

    /// At the first block of an epoch: pays for the one before the last, and gives back what is left of an old one.
    fn settle(&mut self, epoch: u64) -> Result<()> {
        let Self { cast, nodes, world, .. } = self;
        world.send(cast.keeper, addresses::JOB_MARKET, &ITill::passOnCall {}, GAS);
        self.edge.report(cast, nodes, world);
        if let Some(judged) = epoch.checked_sub(2) {
            let number = u32::try_from(judged)?;
            // Epoch 0's committee is genesis's: the contracts elected it again at block 1.
            let call = IRewards::settleSeatsCall { epoch: number };
            world.send(cast.keeper, addresses::REWARDS, &call, 10 * GAS);
            self.guardians.settle(cast, world, judged)?;
            // Somebody may still be showing what was drawn.
            let shown = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::openingOfCall { epoch: number })?.until;
            self.agenda.add(shown.to::<u64>() + 2, Act::Settle { epoch: number });
        }
        if let Some(old) = epoch.checked_sub(SWEPT_AFTER) {
            let epoch = u32::try_from(old)?;
            let pot = world.ask(addresses::REWARDS, &IRewards::potOfCall { epoch })?;
            if pot.theta + pot.edge > pot.paid {
                world.send(cast.keeper, addresses::REWARDS, &IRewards::sweepCall { epoch }, GAS);
            }
            let pot = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::potOfCall { epoch })?;
            if pot.amount > pot.paid {
                world.send(cast.keeper, addresses::EDGE_REWARDS, &IEdgeRewards::sweepCall { epoch }, GAS);
            }
        }
        Ok(())
    }
}

fn staker(stakers: &AddressMap<usize>, address: Address) -> Result<usize> {
    stakers.get(&address).copied().ok_or_else(|| eyre!("{address} has stake and is no staker"))
}
