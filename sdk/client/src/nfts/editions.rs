use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::IEditions;

use super::{Creation, CreationKind};
use crate::{Client, Error};

/// Tokens of which there are several alike (ERC-1155). What their creator does besides minting is in [`Self::creation`].
#[derive(Clone, Debug)]
pub struct Editions {
    creation: Creation,
}

impl Editions {
    pub(crate) const fn new(client: Client, at: Address) -> Self {
        Self { creation: Creation::new(client, at, CreationKind::Editions) }
    }

    /// Their metadata, royalty, policy and vouchers.
    #[must_use]
    pub const fn creation(&self) -> &Creation {
        &self.creation
    }

    /// Where they are.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.creation.address()
    }

    /// Mints `amount` of an edition; a content of 0 leaves its metadata as they are. Creator only.
    ///
    /// # Errors
    /// `AboveCap`; `NotCreators` as [`Error::Creation`] for an id of drops.
    pub async fn mint(
        &self,
        to: Address,
        (id, amount): (U256, U256),
        content: B256,
    ) -> Result<TransactionReceipt, Error> {
        self.creation.send(&IEditions::mintCall { to, id, amount, content }).await
    }

    /// Mints of several editions, each with its amount. Creator only.
    ///
    /// # Errors
    /// As [`Self::mint`].
    pub async fn mint_batch(&self, to: Address, amounts: &[(U256, U256)]) -> Result<TransactionReceipt, Error> {
        let (ids, amounts) = amounts.iter().copied().unzip();
        self.creation.send(&IEditions::mintBatchCall { to, ids, amounts }).await
    }

    /// Says how many of an edition there will ever be. Creator only.
    ///
    /// # Errors
    /// `WrongCap` for more than before, or less than were minted.
    pub async fn set_cap(&self, id: U256, cap: u128) -> Result<TransactionReceipt, Error> {
        self.creation.send(&IEditions::setCapCall { id, cap }).await
    }

    /// Burns `amount` of the signer's.
    ///
    /// # Errors
    /// `InsufficientBalance`.
    pub async fn burn(&self, id: U256, amount: U256) -> Result<TransactionReceipt, Error> {
        let from = self.creation.client().address()?;
        self.creation.send(&IEditions::burnCall { from, id, amount }).await
    }

    /// Sends `amount` of the signer's. A contract is asked whether it takes them.
    ///
    /// # Errors
    /// `InsufficientBalance`, `TransferToNonERC1155ReceiverImplementer`; `TransferNotAllowed` as [`Error::Creation`].
    pub async fn transfer(&self, to: Address, id: U256, amount: U256) -> Result<TransactionReceipt, Error> {
        let (from, data) = (self.creation.client().address()?, Bytes::new());
        self.creation.send(&IEditions::safeTransferFromCall { from, to, id, amount, data }).await
    }

    /// Sends of several editions of the signer's, each with its amount.
    ///
    /// # Errors
    /// As [`Self::transfer`].
    pub async fn transfer_batch(&self, to: Address, amounts: &[(U256, U256)]) -> Result<TransactionReceipt, Error> {
        let (from, data) = (self.creation.client().address()?, Bytes::new());
        let (ids, amounts) = amounts.iter().copied().unzip();
        self.creation.send(&IEditions::safeBatchTransferFromCall { from, to, ids, amounts, data }).await
    }

    /// Lets an account move all editions of the signer's, or no more.
    ///
    /// # Errors
    /// The general ones.
    pub async fn approve_all(&self, operator: Address, approved: bool) -> Result<TransactionReceipt, Error> {
        self.creation.send(&IEditions::setApprovalForAllCall { operator, isApproved: approved }).await
    }

    /// How many of an edition were minted, and can be: 2^128 - 1 where nobody said.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn minted_of(&self, id: U256) -> Result<(U256, U256), Error> {
        let counted = self.creation.call(&IEditions::mintedOfCall { id }).await?;
        Ok((counted.minted, counted.cap))
    }

    /// How many of an edition there are.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn total_supply(&self, id: U256) -> Result<U256, Error> {
        self.creation.call(&IEditions::totalSupplyCall { id }).await
    }

    /// How many of an edition an account has.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balance_of(&self, owner: Address, id: U256) -> Result<U256, Error> {
        self.creation.call(&IEditions::balanceOfCall { owner, id }).await
    }

    /// Where an edition's metadata are.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn token_uri(&self, id: U256) -> Result<String, Error> {
        self.creation.call(&IEditions::uriCall { id }).await
    }

    /// Whether an account may move all editions of another.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_approved_for_all(&self, owner: Address, operator: Address) -> Result<bool, Error> {
        self.creation.call(&IEditions::isApprovedForAllCall { owner, operator }).await
    }

    /// Their name and their symbol.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn name(&self) -> Result<(String, String), Error> {
        let (name, symbol) = (IEditions::nameCall {}, IEditions::symbolCall {});
        futures::try_join!(self.creation.call(&name), self.creation.call(&symbol))
    }
}
