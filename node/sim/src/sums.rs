//! What has to add up, whatever happened. Each sum compares what contracts and accounts have with what events told, or with the schedule;
//! no sum uses the same source on both sides.

use crate::{
    cast::Role,
    nodes::book,
    tallies::wei,
    world::{EPOCH_BLOCKS, World},
    year::Stage,
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{
    IEdgeRewards, IEdgeStaking, IEmission, IParameters::Parameter, IRewards, IStakeBook, ITheta, ITill, THETA_SUPPLY,
    addresses,
};
use eyre::{Result, ensure, eyre};

/// Wei that rounding leaves with a contract for each event, at most: rewards are counted in 1/1e12 wei for each share of 1 wei, so that
/// an index that rounds down leaves up to all shares of a node over 1e12; its largest has less than 1e27.
const DUST_OF_REWARD: u128 = 1_000_000_000_000_000;
/// Of a stake that comes, goes or is slashed: a slash rounds the pool's rate, of 1e18, down.
const DUST_OF_STAKE: u128 = 2_000_000_000;

/// A sum that held.
#[derive(Debug)]
pub(crate) struct Sum {
    pub(crate) says: &'static str,
    /// What is on the left, wei, and what rounding left over.
    pub(crate) amount: u128,
    pub(crate) dust: u128,
}

/// What the reserve must have released: each time at the rates that were in force when it began.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    rates: Option<(u128, u128, u64)>,
    first: u64,
    theta: u128,
    edge: u128,
}

impl Schedule {
    /// Wrong by a few wei.
    #[cfg(test)]
    pub(crate) fn shift(&mut self, by: i8) {
        self.theta = self.theta.checked_add_signed(by.into()).expect("a wei");
    }

    /// After a block that released.
    pub(crate) fn follow(&mut self, world: &mut World) -> Result<()> {
        let rates = world.ask(addresses::EMISSION, &IEmission::ratesCall {})?;
        let now = (rates.theta.to::<u128>(), rates.edge.to::<u128>(), rates.since);
        ensure!(now.2 == world.time(), "block {} releases nothing: the last did at {}", world.number(), now.2);
        match self.rates {
            Some((theta, edge, since)) => {
                let seconds = u128::from(now.2 - since);
                (self.theta, self.edge) = (self.theta + theta * seconds, self.edge + edge * seconds);
            }
            None => self.first = now.2,
        }
        self.rates = Some(now);
        Ok(())
    }
}

/// Cheap, and wrong on the day on which something goes wrong.
pub(crate) fn daily(stage: &mut Stage) -> Result<()> {
    supply(stage)?;
    reserve(stage)?;
    Ok(())
}

/// All of them.
pub(crate) fn last(stage: &mut Stage) -> Result<Vec<Sum>> {
    let held = Held::read(stage)?;
    Ok(vec![
        supply(stage)?,
        reserve(stage)?,
        released(stage)?,
        theta(stage)?,
        theta_staked(stage)?,
        theta_backed(stage, &held)?,
        tfuel_staked(stage)?,
        tfuel_backed(stage, &held)?,
        claimable(stage, &held)?,
        pots(stage)?,
        paid(stage)?,
        burned(stage)?,
        dues(stage)?,
        work(stage)?,
        seats(stage)?,
    ])
}

fn exact(says: &'static str, left: U256, right: U256) -> Result<Sum> {
    ensure!(left == right, "{says}: {left} wei on the left, {right} on the right");
    Ok(Sum { says, amount: wei(left), dust: 0 })
}

/// The left has what the right asks for, and no more than rounding explains.
fn backed(says: &'static str, left: U256, right: U256, dust_max: u128) -> Result<Sum> {
    let dust = left.checked_sub(right).ok_or_else(|| eyre!("{says}: {left} wei back {right}"))?;
    ensure!(dust <= U256::from(dust_max), "{says}: {dust} wei are nobody's, rounding explains {dust_max}");
    Ok(Sum { says, amount: wei(left), dust: wei(dust) })
}

fn at_most(says: &'static str, left: U256, right: U256) -> Result<Sum> {
    ensure!(left <= right, "{says}: {left} wei, and {right} at most");
    Ok(Sum { says, amount: wei(left), dust: 0 })
}

fn supply(stage: &Stage) -> Result<Sum> {
    let now = stage.world.state.supply();
    exact("TFUEL of all accounts = that of genesis - base fees burned", now, stage.supply - stage.world.burned)
}

fn reserve(stage: &mut Stage) -> Result<Sum> {
    let world = &mut stage.world;
    let released = world.ask(addresses::EMISSION, &IEmission::releasedCall {})?;
    let back = world.ask(addresses::EMISSION, &IEmission::givenBackCall {})?;
    let refunded = world.ask(addresses::EMISSION, &IEmission::refundedCall {})?;
    let all = U256::from(crate::founding::RESERVE) * U256::from(crate::cast::WEI) + back;
    let left = all.checked_sub(released.theta + released.edge + refunded);
    let left = left.ok_or_else(|| eyre!("the reserve let go of more than it ever had, {all} wei"))?;
    let sum = "reserve left = reserve at genesis - released - refunded + given back";
    exact(sum, world.balance(addresses::EMISSION), left)
}

fn released(stage: &mut Stage) -> Result<Sum> {
    let world = &mut stage.world;
    let released = world.ask(addresses::EMISSION, &IEmission::releasedCall {})?;
    let schedule = &stage.schedule;
    exact("released to stakers of THETA = rate × time", released.theta, U256::from(schedule.theta))?;
    let all = released.theta + released.edge;
    let sum = exact("released = rates × time", all, U256::from(schedule.theta + schedule.edge))?;
    let rate = crate::committee::parameter(world, Parameter::ThetaEmission)?
        + crate::committee::parameter(world, Parameter::EdgeEmission)?;
    at_most("released <= schedule to this day", all, rate * U256::from(world.time() - schedule.first))?;
    Ok(sum)
}

fn theta_of(stage: &mut Stage, owner: Address) -> Result<U256> {
    stage.world.ask(addresses::THETA, &ITheta::balanceOfCall { owner })
}

fn theta(stage: &mut Stage) -> Result<Sum> {
    let others = [stage.cast.treasury, stage.cast.reporter, addresses::STAKING, addresses::BURN];
    let mut all = U256::ZERO;
    for owner in stage.cast.stakers.iter().map(|staker| staker.address).chain(others).collect::<Vec<_>>() {
        all += theta_of(stage, owner)?;
    }
    exact("THETA of all accounts = its supply", all, THETA_SUPPLY)
}

fn theta_staked(stage: &mut Stage) -> Result<Sum> {
    let flow = stage.tallies.theta;
    let slashed = theta_of(stage, addresses::BURN)? + U256::from(flow.to_reporters);
    let held = theta_of(stage, addresses::STAKING)?;
    let came = U256::from(stage.founded + flow.staked);
    exact("THETA staked = redeemed + slashed + held", came, U256::from(flow.redeemed) + slashed + held)
}

/// What stakers have in a book, as it tells each of them.
#[derive(Clone, Copy, Debug, Default)]
struct Claims {
    stake: U256,
    unstaking: U256,
    reward: U256,
}

#[derive(Debug)]
struct Held {
    theta: Claims,
    edge: Claims,
}

impl Held {
    fn read(stage: &mut Stage) -> Result<Self> {
        let (mut theta, mut edge) = (Claims::default(), Claims::default());
        for (index, staker) in stage.cast.stakers.iter().enumerate() {
            let (role, source) = (staker.role, staker.address);
            let claims = if role == Role::Edge { &mut edge } else { &mut theta };
            let credit = stage.world.ask(book(role), &IStakeBook::creditOfCall { account: source })?;
            claims.reward += credit;
            for node in stage.churn.ever(index) {
                let node = *node;
                let position = stage.world.ask(book(role), &IStakeBook::positionOfCall { node, source })?;
                claims.stake += position.stake;
                claims.reward += position.reward - credit;
                let leaving = stage.world.ask(book(role), &IStakeBook::unstakingOfCall { node, source })?;
                claims.unstaking += leaving.iter().map(|exit| exit.amount).sum::<U256>();
            }
        }
        for (role, claims) in [(Role::Validator, &theta), (Role::Edge, &edge)] {
            let nodes: U256 = stage.nodes.beside(role).values().map(|node| U256::from(node.stake)).sum();
            let most = DUST_OF_STAKE * u128::from(stage.tallies.theta.events + stage.tallies.edge.events);
            backed("stake of nodes = stake of their sources", nodes, claims.stake, most)?;
        }
        Ok(Self { theta, edge })
    }
}

fn theta_backed(stage: &mut Stage, held: &Held) -> Result<Sum> {
    let says = "THETA that the contract holds = stakes and what is on its way out";
    let owed = held.theta.stake + held.theta.unstaking;
    let most = DUST_OF_STAKE * u128::from(stage.tallies.theta.events);
    backed(says, theta_of(stage, addresses::STAKING)?, owed, most)
}

fn tfuel_staked(stage: &mut Stage) -> Result<Sum> {
    let flow = stage.tallies.edge;
    let slashed = stage.world.ask(addresses::EDGE_STAKING, &IEdgeStaking::totalSlashedCall {})?;
    let left = U256::from(flow.staked + flow.rewarded);
    let right = U256::from(flow.redeemed + flow.claimed) + slashed + stage.world.balance(addresses::EDGE_STAKING);
    exact("TFUEL staked + rewards = redeemed + claimed + slashed + held", left, right)
}

fn tfuel_backed(stage: &mut Stage, held: &Held) -> Result<Sum> {
    let says = "TFUEL that edge nodes' contract holds = stakes, what is on its way out, and rewards to claim";
    let owed = held.edge.stake + held.edge.unstaking + held.edge.reward;
    let most = (DUST_OF_STAKE + DUST_OF_REWARD) * u128::from(stage.tallies.edge.events);
    backed(says, stage.world.balance(addresses::EDGE_STAKING), owed, most)
}

fn claimable(stage: &mut Stage, held: &Held) -> Result<Sum> {
    let flow = stage.tallies.theta;
    let has = stage.world.balance(addresses::STAKING);
    exact("rewards of THETA = claimed + held", U256::from(flow.rewarded), U256::from(flow.claimed) + has)?;
    let says = "TFUEL that THETA's contract holds = rewards to claim";
    backed(says, has, held.theta.reward, DUST_OF_REWARD * u128::from(flow.events))
}

fn pots(stage: &mut Stage) -> Result<Sum> {
    let world = &mut stage.world;
    let (mut theta, mut edge) = (U256::ZERO, U256::ZERO);
    for epoch in 0..=u32::try_from(world.number() / EPOCH_BLOCKS)? {
        let pot = world.ask(addresses::REWARDS, &IRewards::potOfCall { epoch })?;
        let whole = pot.theta.checked_add(pot.edge).and_then(|whole| whole.checked_sub(pot.paid));
        theta += U256::from(whole.ok_or_else(|| eyre!("the pot of epoch {epoch} paid {} wei too much", pot.paid))?);
        let pot = world.ask(addresses::EDGE_REWARDS, &IEdgeRewards::potOfCall { epoch })?;
        let left = pot.amount.checked_sub(pot.paid);
        edge += U256::from(left.ok_or_else(|| eyre!("the edge pot of epoch {epoch} paid {} wei too much", pot.paid))?);
    }
    exact("TFUEL of edge nodes' rewards = what is left in their pots", world.balance(addresses::EDGE_REWARDS), edge)?;
    exact("TFUEL of the rewards = what is left in the pots", world.balance(addresses::REWARDS), theta)
}

fn paid(stage: &mut Stage) -> Result<Sum> {
    let tallies = &stage.tallies;
    let sum = |amount: fn(&crate::tallies::Tally) -> u128| U256::from(tallies.parts.iter().map(amount).sum::<u128>());
    exact(
        "paid by seat and place = credited to nodes",
        sum(|t| t.validators + t.guardians),
        U256::from(tallies.theta.rewarded),
    )?;
    exact(
        "paid for work and capacity = credited to edge nodes",
        sum(|t| t.work + t.capacity),
        U256::from(tallies.edge.rewarded),
    )?;
    let fees = U256::from(tallies.fee_shared);
    let rewarded = U256::from(tallies.theta.rewarded + tallies.edge.rewarded);
    let world = &mut stage.world;
    let released = world.ask(addresses::EMISSION, &IEmission::releasedCall {})?;
    let back = world.ask(addresses::EMISSION, &IEmission::givenBackCall {})?;
    let left = world.balance(addresses::REWARDS) + world.balance(addresses::EDGE_REWARDS);
    exact(
        "released + fees = paid + given back + left in pots",
        released.theta + released.edge + fees,
        rewarded + back + left,
    )
}

fn dues(stage: &mut Stage) -> Result<Sum> {
    let tallies = &stage.tallies;
    let taken = U256::from(tallies.parts.iter().map(|tally| tally.fees).sum::<u128>());
    let passed_on = U256::from(tallies.fee_burned + tallies.fee_shared);
    let dues = stage.world.ask(addresses::JOB_MARKET, &ITill::duesCall {})?;
    exact("fees taken = passed on + due", taken, passed_on + dues.unburned + dues.unshared)
}

fn burned(stage: &mut Stage) -> Result<Sum> {
    let slashed = stage.world.ask(addresses::EDGE_STAKING, &IEdgeStaking::totalSlashedCall {})?;
    let right = U256::from(stage.tallies.fee_burned) + slashed;
    exact("TFUEL at the burn address = fees burned + slashed", stage.world.balance(addresses::BURN), right)
}

fn work(stage: &Stage) -> Result<Sum> {
    let (paid, burned) = (stage.tallies.work_paid, stage.tallies.work_burned);
    at_most("paid for work <= burned of its fees", U256::from(paid), U256::from(burned))
}

fn seats(stage: &mut Stage) -> Result<Sum> {
    let most = crate::committee::parameter(&mut stage.world, Parameter::SeatsPerOwner)?;
    let found = stage.committee.seats_of_owner_max;
    ensure!(U256::from(found) <= most, "an owner had {found} seats, and can have {most}");
    Ok(Sum { says: "seats of one owner <= SeatsPerOwner", amount: u128::from(found) * crate::cast::WEI, dust: 0 })
}
