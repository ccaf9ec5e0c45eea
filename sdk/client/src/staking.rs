use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{IEdgeStaking, addresses::EDGE_STAKING};

use crate::{Client, Error};

/// Bonds of workers. Writing calls wait for their block; their errors are [`Error::Staking`] and the general ones.
#[derive(Clone, Debug)]
pub struct Staking {
    client: Client,
}

impl Staking {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Adds `amount` wei to the signer's free stake.
    ///
    /// # Errors
    /// `BelowMinimum` or `StakeTooLarge` when the total is outside the contract's bounds.
    pub async fn bond(&self, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::bondCall {}, amount).await
    }

    /// Starts unbonding `amount` wei of free stake.
    ///
    /// # Errors
    /// `InsufficientFreeStake`, or `BelowMinimum` when neither nothing nor the minimum would be left.
    pub async fn unbond(&self, amount: u128) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::unbondCall { amount }, U256::ZERO).await
    }

    /// Pays out what has finished unbonding.
    ///
    /// # Errors
    /// `NothingUnbonding` or `StillUnbonding`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::withdrawCall {}, U256::ZERO).await
    }

    /// A worker's stake; all zero for an account that never bonded.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn stake_of(&self, worker: Address) -> Result<IEdgeStaking::Stake, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::stakeOfCall { worker }).await
    }

    /// Whether a worker may take jobs.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_bonded(&self, worker: Address) -> Result<bool, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::isBondedCall { worker }).await
    }

    /// Least stake that lets a worker take jobs, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn minimum(&self) -> Result<U256, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::MIN_STAKECall {}).await
    }

    /// Σ of all stakes, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn total(&self) -> Result<U256, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::totalStakeCall {}).await
    }

    /// Σ of everything ever slashed, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn total_slashed(&self) -> Result<U256, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::totalSlashedCall {}).await
    }
}
