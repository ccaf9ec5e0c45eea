//! The worker's stake: enough of it, and no more than asked for.

use std::time::Duration;

use alloy::primitives::{Address, U256, utils::format_ether};
use edgeloom_sdk::{Client, Error};
use thiserror::Error as ThisError;

use crate::shared::Shared;

/// Left over for gas when bonding: 1 TFUEL.
const GAS_RESERVE: u64 = 1_000_000_000_000_000_000;

/// Why a worker cannot be bonded.
#[derive(Debug, ThisError)]
pub enum BondError {
    #[error(
        "{worker} has {} TFUEL; bonding needs {} and 1 for gas. Send it TFUEL, or lower --bond (the least stake is {})",
        format_ether(*.balance), format_ether(*.needed), format_ether(*.minimum)
    )]
    TooPoor { worker: Address, balance: U256, needed: U256, minimum: U256 },
    #[error("--bond {} TFUEL is below the least stake, {}", format_ether(*.target), format_ether(*.minimum))]
    BelowMinimum { target: U256, minimum: U256 },
    #[error(transparent)]
    Chain(#[from] Error),
}

/// What a worker has at stake on its node, wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stake {
    pub(crate) free: U256,
    pub(crate) locked: U256,
    /// Whether it takes some of its own out.
    pub(crate) unstaking: bool,
}

impl Stake {
    pub(crate) async fn of(client: &Client, worker: Address) -> Result<Self, Error> {
        let staking = client.edge_staking();
        let standing = staking.standing_of(worker).await?;
        let unstaking = !staking.book().unstaking_of(standing.node, worker).await?.is_empty();
        Ok(Self { free: standing.free, locked: standing.locked, unstaking })
    }
}

/// What stake to hold, wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Goal {
    /// The contract's least.
    pub(crate) minimum: U256,
    pub(crate) target: U256,
}

impl Goal {
    /// What is missing; nothing while the worker takes stake out.
    pub(crate) fn missing(&self, stake: &Stake) -> U256 {
        if stake.unstaking { U256::ZERO } else { self.target.saturating_sub(stake.free + stake.locked) }
    }
}

/// Tops the stake up to the goal. What was promised elsewhere stays, and nobody counts on what this takes.
pub(crate) async fn top_up(client: &Client, worker: Address, goal: Goal, promised: &Shared) -> Result<(), BondError> {
    let Goal { minimum, target } = goal;
    if target < minimum {
        return Err(BondError::BelowMinimum { target, minimum });
    }
    // A bonding of an earlier process may be under way.
    client.settled(Duration::from_secs(20)).await?;
    let needed = goal.missing(&Stake::of(client, worker).await?);
    if needed.is_zero() {
        return Ok(());
    }
    let others = promised.taken();
    let balance = client.balance(worker).await?;
    let Some(_part) = promised.part(needed + U256::from(GAS_RESERVE), balance) else {
        return Err(BondError::TooPoor { worker, balance: balance.saturating_sub(others), needed, minimum });
    };
    tracing::info!(tfuel = %format_ether(needed), "bonding");
    client.edge_staking().bond(needed).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
