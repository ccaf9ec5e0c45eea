//! THETA and wrapped TFUEL.

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    ITheta, IWtfuel,
    addresses::{THETA, WTFUEL},
};

use crate::{Client, Error};

/// THETA, which stakes and votes. Writing calls wait for their block; what the token refuses is an [`Error::Revert`].
#[derive(Clone, Debug)]
pub struct Theta {
    client: Client,
}

/// TFUEL as a token (what WETH9 is to ether). As [`Theta`] otherwise.
#[derive(Clone, Debug)]
pub struct Wtfuel {
    client: Client,
}

impl Theta {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// What an account has at hand, wei; what it has at stake is [`crate::Staking::principal_of`].
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balance_of(&self, owner: Address) -> Result<U256, Error> {
        self.client.call(THETA, &ITheta::balanceOfCall { owner }).await
    }

    /// Sends `amount` wei of the signer's.
    ///
    /// # Errors
    /// `InsufficientBalance`, `TransferToZero`, `NotStakedByTransfer`.
    pub async fn transfer(&self, to: Address, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(THETA, &ITheta::transferCall { to, amount }, U256::ZERO).await
    }
}

impl Wtfuel {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// What an account has, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balance_of(&self, owner: Address) -> Result<U256, Error> {
        self.client.call(WTFUEL, &IWtfuel::balanceOfCall { owner }).await
    }

    /// Wraps `wei` of the signer's TFUEL.
    ///
    /// # Errors
    /// [`Error::Rpc`] when the signer has less.
    pub async fn deposit(&self, wei: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(WTFUEL, &IWtfuel::depositCall {}, wei).await
    }

    /// Unwraps `wei` of the signer's tokens.
    ///
    /// # Errors
    /// `InsufficientBalance`.
    pub async fn withdraw(&self, wei: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(WTFUEL, &IWtfuel::withdrawCall { wad: wei }, U256::ZERO).await
    }

    /// Sends `amount` wei of the signer's tokens.
    ///
    /// # Errors
    /// `InsufficientBalance`, `WrongReceiver`.
    pub async fn transfer(&self, to: Address, amount: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(WTFUEL, &IWtfuel::transferCall { to, amount }, U256::ZERO).await
    }
}
