//! Who joins, leaves, moves and claims, and when. Everything is a call of the contracts, and who holds what is asked of them.

use crate::{
    agenda::{Act, Agenda},
    cast::{Cast, Role, WEI},
    dice::{Dice, Stream},
    nodes::{Nodes, book},
    world::{BLOCK_SECONDS, EPOCH_BLOCKS, GAS, World},
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IEdgeStaking, IStakeBook, IStaking, ITheta, addresses};
use eyre::Result;
use std::collections::BTreeSet;

/// One of so many days a staker does this; who runs a node, four times as rarely.
const TOP_UP: u64 = 400;
const UNSTAKE: u64 = 300;
const EXIT: u64 = 800;
const MOVE: u64 = 250;
/// Days between claims, at least and at most.
const CLAIM: (u64, u64) = (7, 60);
/// Of 100 who left, those who come back, within a month.
const RETURN: u64 = 50;
/// Of 100 of a banned node, those who move to another; the rest unstake.
const MOVE_ON: u64 = 75;
/// Of 100 of a delegator's wealth, what it stakes at once.
const AT_ONCE: u128 = 80;
/// What is kept for gas, wei.
const KEPT: u128 = 1_000 * WEI;
/// Nodes that a staker has stake in, at most.
const SPREAD: usize = 4;

#[derive(Debug)]
pub(crate) struct Churn {
    dice: Dice,
    /// By staker: the nodes that it has stake in.
    holdings: Vec<Vec<u32>>,
    /// As well those that it left.
    ever: Vec<BTreeSet<u32>>,
    next_claim: Vec<u64>,
    /// How often somebody did what.
    pub(crate) joins: u64,
    pub(crate) exits: u64,
    pub(crate) moves: u64,
}

impl Churn {
    pub(crate) fn new(cast: &Cast, seed: u64) -> Self {
        let mut dice = Dice::new(seed, Stream::Churn);
        let next_claim = cast.stakers.iter().map(|_| CLAIM.0 + dice.below(CLAIM.1)).collect();
        let holdings = vec![Vec::new(); cast.stakers.len()];
        let ever = vec![BTreeSet::new(); cast.stakers.len()];
        Self { dice, holdings, ever, next_claim, joins: 0, exits: 0, moves: 0 }
    }

    pub(crate) fn holdings(&self, staker: usize) -> &[u32] {
        &self.holdings[staker]
    }

    /// Every node that a staker ever had stake in.
    pub(crate) fn ever(&self, staker: usize) -> &BTreeSet<u32> {
        &self.ever[staker]
    }

    /// What happens on a day that begins at block `first`.
    pub(crate) fn plan(&mut self, cast: &Cast, agenda: &mut Agenda, day: u64, first: u64) {
        for (index, staker) in cast.stakers.iter().enumerate() {
            if staker.joins == day {
                // Nodes are there before those who choose among them.
                let (from, to) = if staker.operates.is_some() { (2, 60) } else { (120, EPOCH_BLOCKS - 20) };
                agenda.add(first + self.dice.within(from, to), Act::Join(index));
            }
            if self.holdings[index].is_empty() {
                continue;
            }
            let rarer = if staker.operates.is_some() { 4 } else { 1 };
            let mut acts = Vec::new();
            if self.next_claim[index] <= day {
                self.next_claim[index] = day + self.dice.within(CLAIM.0, CLAIM.1);
                acts.push(Act::Claim(index));
            }
            if self.dice.one_in(TOP_UP * rarer) {
                acts.push(Act::TopUp(index));
            }
            if self.dice.one_in(UNSTAKE * rarer) {
                acts.push(Act::Unstake { staker: index, all: false });
            }
            // An operator's exit leaves a node to its delegators.
            if self.dice.one_in(EXIT * rarer) && staker.operates.is_none() {
                acts.push(Act::Unstake { staker: index, all: true });
            }
            if self.dice.one_in(MOVE) && staker.operates.is_none() {
                acts.push(Act::Move(index));
            }
            // Each in a block of its own, since it asks what the one before it left.
            let at = first + self.dice.below(EPOCH_BLOCKS - 10);
            for (block, act) in (at..).zip(acts) {
                agenda.add(block, act);
            }
        }
    }

    /// Takes wealth from the treasury and stakes it.
    pub(crate) fn join(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, staker: usize) {
        let who = &cast.stakers[staker];
        if who.role != Role::Edge {
            let transfer = ITheta::transferCall { to: who.address, amount: U256::from(who.wealth) };
            world.send(cast.treasury, addresses::THETA, &transfer, GAS);
            let approval = ITheta::approveCall { spender: addresses::STAKING, amount: U256::MAX };
            world.send(who.address, addresses::THETA, &approval, GAS);
        }
        if who.operates.is_none() {
            let amount = who.wealth / 100 * AT_ONCE;
            if let Some(node) = nodes.choose(&mut self.dice, who.role, amount) {
                stake(world, who.address, who.role, node, amount);
            }
        }
    }

    pub(crate) fn act(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, act: Act) -> Result<()> {
        match act {
            Act::Claim(staker) => self.claim(cast, world, staker),
            Act::TopUp(staker) => self.top_up(cast, nodes, world, staker),
            Act::Unstake { staker, all } => self.unstake(cast, nodes, world, (staker, all)),
            Act::Move(staker) => self.move_some(cast, nodes, world, staker),
            Act::Flee { staker, node } => self.flee(cast, nodes, world, (staker, node)),
            Act::Redeem { staker, node } => {
                let who = &cast.stakers[staker];
                world.send(who.address, book(who.role), &IStakeBook::redeemCall { node }, GAS);
                Ok(())
            }
            Act::Return(staker) => self.come_back(cast, nodes, world, staker),
            _ => Ok(()),
        }
    }

    /// Remembers what an event says.
    pub(crate) fn see(&mut self, cast: &Cast, agenda: &mut Agenda, now: u64, (staker, said): (usize, &Said)) {
        match *said {
            Said::Staked { node, .. } => {
                self.joins += 1;
                self.hold(staker, node);
            }
            Said::Unstaked { node, seconds, .. } => {
                self.exits += 1;
                agenda.add(now + seconds / BLOCK_SECONDS + 1 + self.dice.below(40), Act::Redeem { staker, node });
            }
            Said::Moved { to, .. } => {
                self.moves += 1;
                self.hold(staker, to);
            }
            Said::Redeemed => {
                let gone = self.holdings[staker].is_empty() && cast.stakers[staker].operates.is_none();
                if gone && self.dice.chance(RETURN * 100) {
                    agenda.add(now + self.dice.within(1, 30 * EPOCH_BLOCKS), Act::Return(staker));
                }
            }
        }
    }

    /// Has everybody leave a banned node, within ten days.
    pub(crate) fn flee_from(&mut self, cast: &Cast, agenda: &mut Agenda, now: u64, node: u32) {
        for (staker, held) in self.holdings.iter().enumerate() {
            if cast.stakers[staker].role != Role::Edge && held.contains(&node) {
                agenda.add(now + self.dice.within(20, 10 * EPOCH_BLOCKS), Act::Flee { staker, node });
            }
        }
    }

    pub(crate) fn hold(&mut self, staker: usize, node: u32) {
        self.ever[staker].insert(node);
        if !self.holdings[staker].contains(&node) {
            self.holdings[staker].push(node);
        }
    }

    fn claim(&mut self, cast: &Cast, world: &mut World, staker: usize) -> Result<()> {
        let who = &cast.stakers[staker];
        for node in &self.holdings[staker] {
            let position = position(world, who.role, *node, who.address)?;
            // Not what its gas costs.
            if position.reward > U256::from(WEI) {
                world.send(who.address, book(who.role), &IStakeBook::claimCall { node: *node }, GAS);
                // What was credited comes with the first.
                break;
            }
        }
        Ok(())
    }

    fn top_up(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, staker: usize) -> Result<()> {
        let who = &cast.stakers[staker];
        let has = wallet(world, who.role, who.address)?;
        let amount = has / 100 * u128::from(self.dice.within(20, 80));
        let held = self.holdings[staker].iter().copied().find(|node| has_room(nodes, who.role, *node, amount));
        if let Some(node) = held.filter(|_| amount > WEI) {
            stake(world, who.address, who.role, node, amount);
        }
        Ok(())
    }

    fn unstake(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, (staker, all): (usize, bool)) -> Result<()> {
        let who = &cast.stakers[staker];
        let held = std::mem::take(&mut self.holdings[staker]);
        for (place, node) in held.into_iter().enumerate() {
            let free = free(world, nodes, who.role, (node, who.address))?;
            let part = u128::from(self.dice.within(10, 50));
            let amount = match place {
                _ if all => free,
                0 => free / 100 * part,
                _ => 0,
            };
            if amount > 0 {
                let call = IStakeBook::unstakeCall { node, amount: U256::from(amount) };
                world.send(who.address, book(who.role), &call, GAS);
            }
            if position(world, who.role, node, who.address)?.stake > U256::from(amount) {
                self.holdings[staker].push(node);
            }
        }
        Ok(())
    }

    fn move_some(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, staker: usize) -> Result<()> {
        let who = &cast.stakers[staker];
        let Some(from) = self.holdings[staker].last().copied() else { return Ok(()) };
        let free = free(world, nodes, who.role, (from, who.address))?;
        let amount = free / 100 * u128::from(self.dice.within(30, 99));
        self.redelegate(cast, nodes, world, (staker, from, amount))
    }

    fn flee(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, (staker, node): (usize, u32)) -> Result<()> {
        let who = &cast.stakers[staker];
        let free = free(world, nodes, who.role, (node, who.address))?;
        self.holdings[staker].retain(|held| *held != node);
        if free == 0 {
            return Ok(());
        }
        if self.dice.chance(MOVE_ON * 100) && who.operates.is_none() {
            return self.redelegate(cast, nodes, world, (staker, node, free));
        }
        world.send(who.address, book(who.role), &IStakeBook::unstakeCall { node, amount: U256::from(free) }, GAS);
        Ok(())
    }

    fn redelegate(
        &mut self,
        cast: &Cast,
        nodes: &Nodes,
        world: &mut World,
        (staker, from, amount): (usize, u32, u128),
    ) -> Result<()> {
        let who = &cast.stakers[staker];
        // One of ten goes from validators to guardians, or back.
        let role = match who.role {
            Role::Validator if self.dice.one_in(10) => Role::Guardian,
            Role::Guardian if self.dice.one_in(10) => Role::Validator,
            role => role,
        };
        let Some(to) = nodes.choose(&mut self.dice, role, amount) else { return Ok(()) };
        let is_liable = position(world, role, to, who.address)?.liableUntil.to::<u64>() > world.time();
        let spread = self.holdings[staker].len() >= SPREAD && !self.holdings[staker].contains(&to);
        if amount > WEI && to != from && !is_liable && !spread {
            let call = IStakeBook::redelegateCall { from, to, amount: U256::from(amount) };
            world.send(who.address, book(role), &call, GAS);
        }
        Ok(())
    }

    fn come_back(&mut self, cast: &Cast, nodes: &Nodes, world: &mut World, staker: usize) -> Result<()> {
        let who = &cast.stakers[staker];
        let amount = wallet(world, who.role, who.address)? / 100 * AT_ONCE;
        if let Some(node) = nodes.choose(&mut self.dice, who.role, amount).filter(|_| amount > WEI) {
            stake(world, who.address, who.role, node, amount);
        }
        Ok(())
    }
}

/// What an event of a book says of a staker.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    Staked { node: u32, amount: u128 },
    Unstaked { node: u32, amount: u128, seconds: u64 },
    Moved { from: u32, to: u32, amount: u128 },
    Redeemed,
}

pub(crate) fn stake(world: &mut World, who: Address, role: Role, node: u32, amount: u128) {
    let amount = U256::from(amount);
    match role {
        Role::Edge => world.pay(who, addresses::EDGE_STAKING, amount, &IEdgeStaking::stakeCall { node }, GAS),
        _ => world.send(who, addresses::STAKING, &IStaking::stakeCall { node, amount }, GAS),
    }
}

pub(crate) fn position(world: &mut World, role: Role, node: u32, source: Address) -> Result<IStakeBook::Position> {
    world.ask(book(role), &IStakeBook::positionOfCall { node, source })
}

/// What a source can take off a node now, wei.
fn free(world: &mut World, nodes: &Nodes, role: Role, (node, source): (u32, Address)) -> Result<u128> {
    let position = position(world, role, node, source)?;
    let is_liable = position.liableUntil.to::<u64>() > world.time();
    let bound = if is_liable { position.liable } else { U256::ZERO };
    let free = position.stake.saturating_sub(bound).saturating_to::<u128>();
    if nodes.beside(role).get(&node).is_none_or(|node| node.role != Role::Edge) {
        return Ok(free);
    }
    let whole = world.ask(book(role), &IStakeBook::describeCall { node })?;
    Ok(free.min(whole.stake.saturating_sub(whole.locked).saturating_to()))
}

/// What an account can stake, wei of what its book takes.
fn wallet(world: &mut World, role: Role, account: Address) -> Result<u128> {
    if role == Role::Edge {
        return Ok(world.balance(account).saturating_to::<u128>().saturating_sub(KEPT));
    }
    Ok(world.ask(addresses::THETA, &ITheta::balanceOfCall { owner: account })?.saturating_to())
}

fn has_room(nodes: &Nodes, role: Role, node: u32, amount: u128) -> bool {
    let most = u128::from(crate::cast::EDGE_STAKE_MAX) * WEI / 100 * 99;
    let found = nodes.beside(role).get(&node);
    found.is_some_and(|node| !node.is_banned() && (role != Role::Edge || node.stake + amount <= most))
}
