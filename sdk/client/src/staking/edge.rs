use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{IEdgeStaking, IParameters::Parameter, addresses::EDGE_STAKING};

use super::{StakeBook, parameter};
use crate::{Client, Error};

/// Stake of edge nodes, in TFUEL. Writing calls wait for their block; their errors are [`Error::EdgeStaking`], [`Error::Stake`] and
/// the general ones.
#[derive(Clone, Debug)]
pub struct EdgeStaking {
    client: Client,
}

impl EdgeStaking {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Nodes, positions and rewards.
    #[must_use]
    pub fn book(&self) -> StakeBook {
        StakeBook::new(self.client.clone(), EDGE_STAKING)
    }

    /// Registers a node that the signer runs. `commission` is in basis points of rewards, 1,000 at most.
    ///
    /// # Errors
    /// `OperatorTaken` when the signer runs, or ran, a node; `CommissionTooHigh`.
    pub async fn register(&self, owner: Address, commission: u16) -> Result<u32, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::registerCall { owner, commission }, U256::ZERO).await?;
        self.book().node_of(self.client.address()?).await
    }

    /// Adds `amount` wei to the stake of the signer's own node, and registers one that it owns where it has none.
    ///
    /// # Errors
    /// `StakeTooLarge`.
    pub async fn bond(&self, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::bondCall {}, amount).await
    }

    /// Adds `amount` wei to the stake of a node.
    ///
    /// # Errors
    /// `NodeUnknown`, `NodeClosed`, `StakeTooLarge`.
    pub async fn stake(&self, node: u32, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_STAKING, &IEdgeStaking::stakeCall { node }, amount).await
    }

    /// A worker's node, and what of its stake is free or locked; all zero for an account that never ran one.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn standing_of(&self, worker: Address) -> Result<IEdgeStaking::Standing, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::standingOfCall { worker }).await
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
        parameter(&self.client, Parameter::EdgeStakeMin).await
    }

    /// Σ of everything ever slashed, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn total_slashed(&self) -> Result<U256, Error> {
        self.client.call(EDGE_STAKING, &IEdgeStaking::totalSlashedCall {}).await
    }
}
