//! Stake: THETA of validators and guardians, TFUEL of edge nodes, and the book that both are kept by.

mod book;
mod edge;

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    IParameters::{self, Parameter},
    IStaking::{self, Role},
    ITheta,
    addresses::{PARAMETERS, STAKING, THETA},
};

pub use book::StakeBook;
pub use edge::EdgeStaking;

use crate::{Client, Error};

/// THETA at stake. Writing calls wait for their block; their errors are [`Error::Staking`], [`Error::Stake`] and the general ones.
#[derive(Clone, Debug)]
pub struct Staking {
    client: Client,
}

impl Staking {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Nodes, positions and rewards.
    #[must_use]
    pub fn book(&self) -> StakeBook {
        StakeBook::new(self.client.clone(), STAKING)
    }

    /// Registers a node that the signer runs. `commission` is in basis points of rewards, 1,000 at most.
    ///
    /// # Errors
    /// `OperatorTaken` when the signer runs, or ran, a node; `CommissionTooHigh`.
    pub async fn register(&self, role: Role, owner: Address, commission: u16) -> Result<u32, Error> {
        self.client.send(STAKING, &IStaking::registerCall { role, owner, commission }, U256::ZERO).await?;
        self.book().node_of(self.client.address()?).await
    }

    /// Sets the key that a node signs with, which the signer registered ([`crate::Keys::register`]).
    ///
    /// # Errors
    /// `OnlyOperator`, `KeyOfAnother`.
    pub async fn set_key(&self, node: u32, key: B256) -> Result<TransactionReceipt, Error> {
        self.client.send(STAKING, &IStaking::setKeyCall { node, keyId: key }, U256::ZERO).await
    }

    /// Stakes `amount` wei of the signer's THETA on a node; approves it first where the allowance is less.
    ///
    /// # Errors
    /// `NodeUnknown`, `NodeClosed`; [`Error::Revert`] of the token when the signer has less.
    pub async fn stake(&self, node: u32, amount: U256) -> Result<TransactionReceipt, Error> {
        let owner = self.client.address()?;
        let allowance = self.client.call(THETA, &ITheta::allowanceCall { owner, spender: STAKING }).await?;
        if allowance < amount {
            self.client.send(THETA, &ITheta::approveCall { spender: STAKING, amount }, U256::ZERO).await?;
        }
        self.client.send(STAKING, &IStaking::stakeCall { node, amount }, U256::ZERO).await
    }

    /// THETA that an account has at stake or unstaking, wei, less the losses that were reckoned with it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn principal_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(STAKING, &IStaking::principalOfCall { account }).await
    }
}

/// The value of a parameter that votes set.
pub(crate) async fn parameter(client: &Client, parameter: Parameter) -> Result<U256, Error> {
    client.call(PARAMETERS, &IParameters::valueOfCall { parameter }).await
}
