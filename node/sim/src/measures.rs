//! What is read off the state: of each day, and of each part of the year how stake is spread.

use crate::{cast::Role, churn::position, committee::seats_of, tallies::wei, world::EPOCH_BLOCKS, year::Stage};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{ITheta, addresses};
use eyre::Result;
use std::collections::BTreeMap;

/// Wei, at the end of a day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Day {
    pub(crate) reserve: u128,
    /// All TFUEL but the reserve and what was burned.
    pub(crate) circulating: u128,
    pub(crate) validators: u128,
    pub(crate) guardians: u128,
    pub(crate) edge: u128,
    /// Base fees so far.
    pub(crate) fees_burned: u128,
    /// At the burn address: of the market, and of edge nodes.
    pub(crate) burned: u128,
    /// THETA at the burn address.
    pub(crate) theta_burned: u128,
    pub(crate) base_fee: u64,
}

/// How stake is spread over those who have some.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    pub(crate) count: usize,
    /// 0 where all have the same, 1 where one has all.
    pub(crate) gini: f64,
    /// How many have more than a third.
    pub(crate) nakamoto: usize,
    /// What the richest has, and the richest ten, of all.
    pub(crate) top: f64,
    pub(crate) top_ten: f64,
}

/// At the end of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) day: usize,
    pub(crate) validators: Spread,
    pub(crate) guardians: Spread,
    pub(crate) edge: Spread,
    pub(crate) stakers_of_theta: Spread,
    pub(crate) stakers_of_tfuel: Spread,
    pub(crate) seats: usize,
    /// THETA of nodes that have a seat, wei.
    pub(crate) seated: u128,
    /// TFUEL released so far to stakers of THETA and to edge nodes, given back and refunded, wei.
    pub(crate) released: (u128, u128),
    pub(crate) given_back: u128,
    pub(crate) refunded: u128,
    pub(crate) today: Day,
}

impl Day {
    pub(crate) fn read(stage: &mut Stage) -> Result<Self> {
        let Stage { world, nodes, .. } = stage;
        let (reserve, burned) = (world.balance(addresses::EMISSION), world.balance(addresses::BURN));
        let theta = world.ask(addresses::THETA, &ITheta::balanceOfCall { owner: addresses::BURN })?;
        Ok(Self {
            reserve: wei(reserve),
            circulating: wei(world.state.supply() - reserve - burned),
            validators: nodes.stake_of(Role::Validator),
            guardians: nodes.stake_of(Role::Guardian),
            edge: nodes.stake_of(Role::Edge),
            fees_burned: wei(world.burned),
            burned: wei(burned),
            theta_burned: wei(theta),
            base_fee: world.base_fee(),
        })
    }
}

impl Part {
    pub(crate) fn read(stage: &mut Stage) -> Result<Self> {
        let today = Day::read(stage)?;
        let (mut of_theta, mut of_tfuel) = (Vec::new(), Vec::new());
        for (index, staker) in stage.cast.stakers.iter().enumerate() {
            let mut held = U256::ZERO;
            for node in stage.churn.holdings(index) {
                held += position(&mut stage.world, staker.role, *node, staker.address)?.stake;
            }
            if held.is_zero() {
                continue;
            }
            if staker.role == Role::Edge { of_tfuel.push(wei(held)) } else { of_theta.push(wei(held)) }
        }
        let epoch = stage.world.number() / EPOCH_BLOCKS;
        let seats = seats_of(&mut stage.world, epoch)?;
        let nodes = stage.nodes.beside(Role::Validator);
        let seated = seats.iter().filter_map(|seat| nodes.get(&seat.node)).map(|node| node.stake).sum();
        let released = stage.world.ask(addresses::EMISSION, &edgeloom_bindings::IEmission::releasedCall {})?;
        let given_back = stage.world.ask(addresses::EMISSION, &edgeloom_bindings::IEmission::givenBackCall {})?;
        let refunded = stage.world.ask(addresses::EMISSION, &edgeloom_bindings::IEmission::refundedCall {})?;
        Ok(Self {
            day: (stage.world.number() / EPOCH_BLOCKS) as usize + 1,
            validators: by_owner(stage, Role::Validator),
            guardians: by_owner(stage, Role::Guardian),
            edge: by_owner(stage, Role::Edge),
            stakers_of_theta: Spread::of(of_theta),
            stakers_of_tfuel: Spread::of(of_tfuel),
            seats: seats.len(),
            seated,
            released: (wei(released.theta), wei(released.edge)),
            given_back: wei(given_back),
            refunded: wei(refunded),
            today,
        })
    }
}

impl Spread {
    pub(crate) fn of(mut held: Vec<u128>) -> Self {
        held.sort_unstable();
        let (count, total) = (held.len(), held.iter().sum::<u128>());
        if total == 0 {
            return Self::default();
        }
        let share = |part: u128| part as f64 / total as f64;
        let from_top = |many: usize| share(held.iter().rev().take(many).sum());
        let weighted: f64 = held.iter().zip(1..).map(|(held, rank): (_, u32)| f64::from(rank) * share(*held)).sum();
        let n = count as f64;
        let mut sum = 0;
        let few = held.iter().rev().take_while(|held| {
            let go_on = sum * 3 <= total;
            sum += **held;
            go_on
        });
        let nakamoto = few.count();
        Self { count, gini: 2.0 * weighted / n - (n + 1.0) / n, nakamoto, top: from_top(1), top_ten: from_top(10) }
    }
}

fn by_owner(stage: &Stage, role: Role) -> Spread {
    let mut owners: BTreeMap<Address, u128> = BTreeMap::new();
    for (_, node) in stage.nodes.of(role).filter(|(_, node)| node.stake != 0) {
        *owners.entry(node.owner).or_default() += node.stake;
    }
    Spread::of(owners.into_values().collect())
}
