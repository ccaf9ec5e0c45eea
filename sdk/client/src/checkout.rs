//! What sales of tokens pay, and what they owe who could not be paid (`ICheckout`, `ICredits`, which several contracts are).

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{ICheckout, ICollection, ICredits, IWtfuel};

use crate::{Client, Error};

/// The money of one contract that sells tokens. A currency is a token, or zero for TFUEL. Writing calls wait for their block; their errors are
/// [`Error::Checkout`], [`Error::Credits`] and the general ones.
#[derive(Clone, Debug)]
pub struct Checkout {
    client: Client,
    at: Address,
}

impl Checkout {
    pub(crate) const fn new(client: Client, at: Address) -> Self {
        Self { client, at }
    }

    /// Lets the contract take up to `amount` of the signer's in a currency that is a token.
    ///
    /// # Errors
    /// [`Error::Settings`] for TFUEL, which is sent; what the currency refuses is an [`Error::Revert`].
    pub async fn approve_currency(&self, currency: Address, amount: U256) -> Result<TransactionReceipt, Error> {
        if currency.is_zero() {
            return Err(Error::Settings("TFUEL is sent, not approved: name a token, such as WTFUEL".to_owned()));
        }
        self.client.send(currency, &IWtfuel::approveCall { spender: self.at, amount }, U256::ZERO).await
    }

    /// Lets the contract move the signer's tokens of a collection or of editions, or no more.
    ///
    /// # Errors
    /// What the token refuses.
    pub async fn approve_tokens(&self, token: Address, approved: bool) -> Result<TransactionReceipt, Error> {
        let call = ICollection::setApprovalForAllCall { operator: self.at, isApproved: approved };
        self.client.send(token, &call, U256::ZERO).await
    }

    /// Pays out the signer's credit in TFUEL.
    ///
    /// # Errors
    /// `NothingToWithdraw` as [`Error::Credits`].
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(self.at, &ICredits::creditOfCall { account }).await
    }

    /// Pays out the signer's credit in another currency.
    ///
    /// # Errors
    /// `NoTokensToWithdraw`.
    pub async fn withdraw_tokens(&self, currency: Address) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &ICheckout::withdrawTokensCall { currency }, U256::ZERO).await
    }

    /// What [`Self::withdraw_tokens`] would pay an account.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn token_credit_of(&self, currency: Address, account: Address) -> Result<U256, Error> {
        self.client.call(self.at, &ICheckout::tokenCreditOfCall { currency, account }).await
    }

    /// Passes on the fees that gathered in a currency. Anybody may.
    ///
    /// # Errors
    /// The general ones.
    pub async fn pass_on(&self, currency: Address) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, &ICheckout::passOnCall { currency }, U256::ZERO).await
    }

    /// Fees that gathered in a currency.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn dues_in(&self, currency: Address) -> Result<U256, Error> {
        self.client.call(self.at, &ICheckout::duesInCall { currency }).await
    }

    /// What the protocol takes of a price.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn fee_for(&self, price: U256) -> Result<U256, Error> {
        self.client.call(self.at, &ICheckout::feeForCall { price }).await
    }
}
