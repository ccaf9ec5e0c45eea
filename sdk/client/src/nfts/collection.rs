use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolStruct,
};
use edgeloom_bindings::ICollection;

use super::{Creation, CreationKind, voucher::domain};
use crate::{Client, Error};

mod typed {
    alloy::sol! {
        /// What EIP-712 hashes, by these names (ERC-4494).
        struct Permit {
            address spender;
            uint256 tokenId;
            uint256 nonce;
            uint256 deadline;
        }
    }
}

/// A collection of tokens, each one of its kind (ERC-721). What its creator does besides minting is in [`Self::creation`].
#[derive(Clone, Debug)]
pub struct Collection {
    creation: Creation,
}

/// Who has the use of a token (ERC-4907).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whose it is.
    pub user: Address,
    /// Since when, Unix seconds.
    pub since: u64,
    /// The last second.
    pub until: u64,
}

impl Collection {
    pub(crate) const fn new(client: Client, at: Address) -> Self {
        Self { creation: Creation::new(client, at, CreationKind::Collection) }
    }

    /// Its metadata, royalty, policy and vouchers.
    #[must_use]
    pub const fn creation(&self) -> &Creation {
        &self.creation
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.creation.address()
    }

    /// Mints a token. Creator only.
    ///
    /// # Errors
    /// `TokenAlreadyExists`, `Burned`; `NotCreators` as [`Error::Creation`] for an id of drops.
    pub async fn mint(&self, to: Address, id: U256, content: B256) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::mintCall { to, id, content }).await
    }

    /// Mints `count` tokens from `first` upward, each with its content where any are given. Creator only.
    ///
    /// # Errors
    /// As [`Self::mint`]; `LengthMismatch`.
    pub async fn mint_batch(
        &self,
        to: Address,
        (first, count): (U256, u64),
        contents: &[B256],
    ) -> Result<TransactionReceipt, Error> {
        let (count, contents) = (U256::from(count), contents.to_vec());
        self.creation.send(&ICollection::mintBatchCall { to, first, count, contents }).await
    }

    /// Burns a token for good.
    ///
    /// # Errors
    /// `NotOwnerNorApproved`, `TokenDoesNotExist`.
    pub async fn burn(&self, id: U256) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::burnCall { id }).await
    }

    /// Sends a token of the signer's.
    ///
    /// # Errors
    /// `TransferFromIncorrectOwner`; `TransferNotAllowed` as [`Error::Creation`].
    pub async fn transfer(&self, to: Address, id: U256) -> Result<TransactionReceipt, Error> {
        self.transfer_from(self.creation.client().address()?, to, id).await
    }

    /// Sends a token of somebody who approved the signer.
    ///
    /// # Errors
    /// As [`Self::transfer`]; `NotOwnerNorApproved`.
    pub async fn transfer_from(&self, from: Address, to: Address, id: U256) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::transferFromCall { from, to, id }).await
    }

    /// Sends a token of the signer's to whom takes tokens: a contract is asked.
    ///
    /// # Errors
    /// As [`Self::transfer`]; `TransferToNonERC721ReceiverImplementer`.
    pub async fn transfer_safely(&self, to: Address, id: U256) -> Result<TransactionReceipt, Error> {
        let from = self.creation.client().address()?;
        self.creation.send(&ICollection::safeTransferFrom_0Call { from, to, id }).await
    }

    /// Lets an account move one token; zero for nobody.
    ///
    /// # Errors
    /// `NotOwnerNorApproved`.
    pub async fn approve(&self, account: Address, id: U256) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::approveCall { account, id }).await
    }

    /// Lets an account move all tokens of the signer's, or no more.
    ///
    /// # Errors
    /// The general ones.
    pub async fn approve_all(&self, operator: Address, approved: bool) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::setApprovalForAllCall { operator, isApproved: approved }).await
    }

    /// Signs what [`Self::permit`] takes (ERC-4494): good until the deadline, Unix seconds, or until the token's nonce moves. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer.
    pub async fn sign_permit(&self, spender: Address, id: U256, deadline: u64) -> Result<Bytes, Error> {
        let nonce = self.nonce(id).await?;
        let client = self.creation.client();
        let digest = permit_digest((client.chain_id(), self.address()), (spender, id), (nonce, deadline));
        Ok(Bytes::from(client.sign_hash(&digest)?.as_bytes()))
    }

    /// Approves by a signature of the token's holder. Anybody may.
    ///
    /// # Errors
    /// `PermitExpired`, `PermitNotSigned`, `TokenDoesNotExist`.
    pub async fn permit(
        &self,
        spender: Address,
        id: U256,
        (deadline, signature): (u64, Bytes),
    ) -> Result<TransactionReceipt, Error> {
        let deadline = U256::from(deadline);
        self.creation.send(&ICollection::permitCall { spender, tokenId: id, deadline, signature }).await
    }

    /// Gives a token a user until a second, Unix, 366 days ahead at most; or, as its user, gives it up (user zero).
    ///
    /// # Errors
    /// `UserRuns`, `UserTooLong`, `JustReceived`, `NotOwnerNorApproved`.
    pub async fn set_user(&self, id: U256, user: Address, expires: u64) -> Result<TransactionReceipt, Error> {
        self.creation.send(&ICollection::setUserCall { tokenId: id, user, expires }).await
    }

    /// Who has the use of a token; `None` for its holder.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn user(&self, id: U256) -> Result<Option<Use>, Error> {
        let user = self.creation.call(&ICollection::userOfCall { tokenId: id }).await?;
        if user.is_zero() {
            return Ok(None);
        }
        let since = ICollection::userSinceCall { tokenId: id };
        let until = ICollection::userExpiresCall { tokenId: id };
        let (since, until) = futures::try_join!(self.creation.call(&since), self.creation.call(&until))?;
        Ok(Some(Use { user, since: since.saturating_to(), until: until.saturating_to() }))
    }

    /// The second in which a token came to its holder, or was burned, Unix.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn held_since(&self, id: U256) -> Result<u64, Error> {
        Ok(self.creation.call(&ICollection::heldSinceCall { tokenId: id }).await?.saturating_to())
    }

    /// What listings and permits of a token name: it moves with each transfer and each new user.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn nonce(&self, id: U256) -> Result<u64, Error> {
        Ok(self.creation.call(&ICollection::noncesCall { tokenId: id }).await?.saturating_to())
    }

    /// Whose a token is.
    ///
    /// # Errors
    /// `TokenDoesNotExist`.
    pub async fn owner_of(&self, id: U256) -> Result<Address, Error> {
        self.creation.call(&ICollection::ownerOfCall { id }).await
    }

    /// How many tokens an account has.
    ///
    /// # Errors
    /// `BalanceQueryForZeroAddress`.
    pub async fn balance_of(&self, owner: Address) -> Result<U256, Error> {
        self.creation.call(&ICollection::balanceOfCall { owner }).await
    }

    /// Where a token's metadata are.
    ///
    /// # Errors
    /// `TokenDoesNotExist`.
    pub async fn token_uri(&self, id: U256) -> Result<String, Error> {
        self.creation.call(&ICollection::tokenURICall { id }).await
    }

    /// Who may move one token besides its holder; zero for nobody.
    ///
    /// # Errors
    /// `TokenDoesNotExist`.
    pub async fn approved(&self, id: U256) -> Result<Address, Error> {
        self.creation.call(&ICollection::getApprovedCall { id }).await
    }

    /// Whether an account may move all tokens of another.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_approved_for_all(&self, owner: Address, operator: Address) -> Result<bool, Error> {
        self.creation.call(&ICollection::isApprovedForAllCall { owner, operator }).await
    }

    /// Its name and its symbol.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn name(&self) -> Result<(String, String), Error> {
        let (name, symbol) = (ICollection::nameCall {}, ICollection::symbolCall {});
        futures::try_join!(self.creation.call(&name), self.creation.call(&symbol))
    }
}

pub(crate) fn permit_digest(
    (chain_id, collection): (u64, Address),
    (spender, id): (Address, U256),
    (nonce, deadline): (u64, u64),
) -> B256 {
    let (nonce, deadline) = (U256::from(nonce), U256::from(deadline));
    let typed = typed::Permit { spender, tokenId: id, nonce, deadline };
    typed.eip712_signing_hash(&domain(chain_id, CreationKind::Collection, collection))
}
