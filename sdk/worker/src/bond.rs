//! The worker's stake: enough of it, and no more than asked for.

use std::time::Duration;

use alloy::primitives::{Address, U256, utils::format_ether};
use edgeloom_sdk::{Client, Error};
use thiserror::Error as ThisError;

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

/// Tops the stake up to `target`, or to the minimum; returns the minimum.
pub(crate) async fn ensure(client: &Client, worker: Address, target: Option<U256>) -> Result<U256, BondError> {
    let minimum = client.staking().minimum().await?;
    let target = target.unwrap_or(minimum);
    if target < minimum {
        return Err(BondError::BelowMinimum { target, minimum });
    }
    client.settled(Duration::from_secs(20)).await?;
    let stake = client.staking().stake_of(worker).await?;
    let active = U256::from(stake.free) + U256::from(stake.locked);
    let needed = target.saturating_sub(active);
    if needed.is_zero() {
        return Ok(minimum);
    }
    let balance = client.balance(worker).await?;
    if balance < needed + U256::from(GAS_RESERVE) {
        return Err(BondError::TooPoor { worker, balance, needed, minimum });
    }
    tracing::info!(tfuel = %format_ether(needed), "bonding");
    client.staking().bond(needed).await?;
    Ok(minimum)
}
