use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::IStakeBook;

use crate::{Client, Error};

/// Nodes of one kind and what is staked on them. Amounts are wei of what is staked there, rewards wei of TFUEL.
#[derive(Clone, Debug)]
pub struct StakeBook {
    client: Client,
    at: Address,
}

impl StakeBook {
    pub(crate) const fn new(client: Client, at: Address) -> Self {
        Self { client, at }
    }

    /// Begins to take `amount` of the signer's stake off a node.
    ///
    /// # Errors
    /// `InsufficientStake` when it has less there that is neither locked to jobs nor liable.
    pub async fn unstake(&self, node: u32, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::unstakeCall { node, amount }, U256::ZERO).await
    }

    /// Moves `amount` of the signer's stake from one node to another, where it works at once.
    ///
    /// # Errors
    /// `InsufficientStake`, `StillLiable`, `NodeClosed`, `SameNode`.
    pub async fn redelegate(&self, from: u32, to: u32, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::redelegateCall { from, to, amount }, U256::ZERO).await
    }

    /// Pays the signer what it unstaked long enough ago, 32 times' at most in one call.
    ///
    /// # Errors
    /// `NothingToRedeem`.
    pub async fn redeem(&self, node: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::redeemCall { node }, U256::ZERO).await
    }

    /// Pays the signer its rewards from a node, and what was credited to it before.
    ///
    /// # Errors
    /// `NothingToClaim`.
    pub async fn claim(&self, node: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::claimCall { node }, U256::ZERO).await
    }

    /// Names who is to run a node of the signer's next.
    ///
    /// # Errors
    /// `OnlyOwner`.
    pub async fn appoint(&self, node: u32, operator: Address) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::appointCall { node, operator }, U256::ZERO).await
    }

    /// Takes over a node as its operator.
    ///
    /// # Errors
    /// `NotAppointed`, `OperatorTaken`.
    pub async fn accept(&self, node: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::acceptCall { node }, U256::ZERO).await
    }

    /// Sets the operator's part of rewards from the next epoch on, basis points.
    ///
    /// # Errors
    /// `OnlyOwner`, `CommissionTooHigh`, `CommissionChangedLately`.
    pub async fn set_commission(&self, node: u32, commission: u16) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::setCommissionCall { node, commission }, U256::ZERO).await
    }

    /// Ends the time in jail of a node that the signer runs.
    ///
    /// # Errors
    /// `OnlyOperator`, `NotJailed`, `StillJailed`.
    pub async fn unjail(&self, node: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &IStakeBook::unjailCall { node }, U256::ZERO).await
    }

    /// The node that an account runs or ran; 0 for none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn node_of(&self, operator: Address) -> Result<u32, Error> {
        self.client.call(self.at, &IStakeBook::nodeOfCall { operator }).await
    }

    /// A node's people, stake and standing.
    ///
    /// # Errors
    /// `NodeUnknown`.
    pub async fn describe(&self, node: u32) -> Result<IStakeBook::Node, Error> {
        self.client.call(self.at, &IStakeBook::describeCall { node }).await
    }

    /// What a source has on a node.
    ///
    /// # Errors
    /// `NodeUnknown`.
    pub async fn position_of(&self, node: u32, source: Address) -> Result<IStakeBook::Position, Error> {
        self.client.call(self.at, &IStakeBook::positionOfCall { node, source }).await
    }

    /// What a source unstaked and did not redeem, oldest first.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn unstaking_of(&self, node: u32, source: Address) -> Result<Vec<IStakeBook::Unstaking>, Error> {
        self.client.call(self.at, &IStakeBook::unstakingOfCall { node, source }).await
    }
}
