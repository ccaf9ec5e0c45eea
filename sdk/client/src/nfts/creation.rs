//! What collections and editions have in common.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolCall,
};
use edgeloom_bindings::ICreation::{self, Policy};
use serde::{Deserialize, Serialize};

use super::{MintDraft, MintVoucher, SignedMint};
use crate::{Client, Error};

mod owned {
    alloy::sol! {
        /// solady's `Ownable`, as far as creators use it.
        interface Owned {
            function owner() external view returns (address);
            function transferOwnership(address newOwner) external payable;
        }
    }
}

use owned::Owned;

/// Which contract a creation is a clone of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CreationKind {
    /// ERC-721: each token one of its kind.
    Collection,
    /// ERC-1155: several alike.
    Editions,
}

/// A creator's tokens, of either kind: what they show, what of each sale is the creator's, who may move them, and who else mints them. Verbs
/// without another word are the creator's alone.
#[derive(Clone, Debug)]
pub struct Creation {
    client: Client,
    at: Address,
    kind: CreationKind,
}

impl CreationKind {
    pub(crate) const fn domain_name(self) -> &'static str {
        match self {
            Self::Collection => "Edgeloom Collection",
            Self::Editions => "Edgeloom Editions",
        }
    }
}

impl Creation {
    pub(crate) const fn new(client: Client, at: Address, kind: CreationKind) -> Self {
        Self { client, at, kind }
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.at
    }

    /// Which of the two it is.
    #[must_use]
    pub const fn kind(&self) -> CreationKind {
        self.kind
    }

    /// Signs what others may mint, with the creator's counter as it is. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer; [`Error::Settings`] for several of a collection's token.
    pub async fn sign_voucher(&self, draft: MintDraft) -> Result<SignedMint, Error> {
        let MintDraft { id, to, amount, content, seconds } = draft;
        if self.kind == CreationKind::Collection && amount != 1 {
            return Err(Error::Settings(format!("a collection has one token {id}, not {amount}")));
        }
        let (counter, now) = futures::try_join!(self.voucher_counter(), self.client.head_time())?;
        let until = now.saturating_add(seconds);
        let voucher = MintVoucher { id, to, amount: U256::from(amount), content, until, counter };
        let digest = voucher.digest(self.client.chain_id(), self.kind, self.at)?;
        let signature = Bytes::from(self.client.sign_hash(&digest)?.as_bytes());
        Ok(SignedMint { creation: self.at, kind: self.kind, voucher, signature })
    }

    /// Mints by a voucher of the creator's. Anybody may.
    ///
    /// # Errors
    /// `VoucherExpired`, `VoucherRevoked`, `WrongVoucherAmount`, `VoucherNotSigned`; [`Error::Settings`] for a voucher of another creation.
    pub async fn redeem(&self, mint: &SignedMint, amount: u128) -> Result<TransactionReceipt, Error> {
        if mint.creation != self.at {
            return Err(Error::Settings(format!("the voucher is of {}, not of {}", mint.creation, self.at)));
        }
        let call = ICreation::redeemCall { voucher: mint.voucher.record()?, signature: mint.signature.clone(), amount };
        self.send(&call).await
    }

    /// Makes every voucher void that was signed so far.
    ///
    /// # Errors
    /// The general ones.
    pub async fn revoke_vouchers(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::revokeVouchersCall {}).await
    }

    /// Names who is paid royalties, zero for the creator, and how much, basis points.
    ///
    /// # Errors
    /// `OnlyLess` for more than before.
    pub async fn set_royalty(&self, to: Address, bps: u16) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setRoyaltyCall { to, bps }).await
    }

    /// Loosens who may move tokens.
    ///
    /// # Errors
    /// `OnlyLess` for a stricter policy than before.
    pub async fn set_policy(&self, policy: Policy) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setPolicyCall { policy }).await
    }

    /// Allows a contract to move tokens whose holders approved it, or no more.
    ///
    /// # Errors
    /// The general ones.
    pub async fn set_operator(&self, operator: Address, allowed: bool) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setOperatorCall { operator, allowed }).await
    }

    /// Sets what ids are appended to.
    ///
    /// # Errors
    /// `Frozen`.
    pub async fn set_base_uri(&self, uri: impl Into<String>) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setBaseUriCall { uri: uri.into() }).await
    }

    /// Sets what the creation says of itself, frozen or not.
    ///
    /// # Errors
    /// The general ones.
    pub async fn set_contract_uri(&self, uri: impl Into<String>) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setContractUriCall { uri: uri.into() }).await
    }

    /// Names a token's metadata by [`crate::content_of`] their JSON; 0 for none.
    ///
    /// # Errors
    /// `Frozen`.
    pub async fn set_content(&self, id: U256, content: B256) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setContentCall { id, content }).await
    }

    /// Keeps a token's metadata on the chain, 24,575 bytes at most; none for none.
    ///
    /// # Errors
    /// `Frozen`, `JsonTooLong`.
    pub async fn set_on_chain(&self, id: U256, json: Bytes) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::setOnChainCall { id, json }).await
    }

    /// Sees to it that nothing that tokens show can change.
    ///
    /// # Errors
    /// `Frozen` where it is.
    pub async fn freeze(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICreation::freezeCall {}).await
    }

    /// Makes somebody else the creator.
    ///
    /// # Errors
    /// [`Error::Library`] for nobody.
    pub async fn hand_over(&self, to: Address) -> Result<TransactionReceipt, Error> {
        self.send(&Owned::transferOwnershipCall { newOwner: to }).await
    }

    /// Who the creator is.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn creator(&self) -> Result<Address, Error> {
        self.call(&Owned::ownerCall {}).await
    }

    /// Who may move tokens besides their holders.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn policy(&self) -> Result<Policy, Error> {
        self.call(&ICreation::transferPolicyCall {}).await
    }

    /// Whether a contract is the chain's own, or the creator allowed it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_operator_allowed(&self, operator: Address) -> Result<bool, Error> {
        self.call(&ICreation::isOperatorAllowedCall { operator }).await
    }

    /// Whether the policy lets `caller` move a token of `from` to `to`.
    ///
    /// # Errors
    /// `TransferNotAllowed` where it does not.
    pub async fn validate_transfer(
        &self,
        caller: Address,
        (from, to): (Address, Address),
        id: U256,
    ) -> Result<(), Error> {
        self.call(&ICreation::validateTransferCall { caller, from, to, id }).await.map(|_| ())
    }

    /// Whether nothing that tokens show can change.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn is_frozen(&self) -> Result<bool, Error> {
        self.call(&ICreation::isFrozenCall {}).await
    }

    /// The first id that is not the creator's.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn split(&self) -> Result<U256, Error> {
        self.call(&ICreation::splitCall {}).await
    }

    /// The creator's counter, which its vouchers name.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn voucher_counter(&self) -> Result<u32, Error> {
        self.call(&ICreation::voucherCounterCall {}).await
    }

    /// BLAKE3 of a token's metadata, 0 where they are not known by that.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn content_of(&self, id: U256) -> Result<B256, Error> {
        self.call(&ICreation::contentOfCall { id }).await
    }

    /// What the creation says of itself.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn contract_uri(&self) -> Result<String, Error> {
        self.call(&ICreation::contractURICall {}).await
    }

    /// Who is paid how much when a token is sold for a price.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn royalty(&self, id: U256, price: U256) -> Result<(Address, U256), Error> {
        let royalty = self.call(&ICreation::royaltyInfoCall { id, price }).await?;
        Ok((royalty.receiver, royalty.amount))
    }

    /// What a creator signs, as the contract hashes it: [`MintVoucher::digest`].
    ///
    /// # Errors
    /// [`Error::Settings`] for what the contract has no room for.
    pub async fn voucher_digest(&self, voucher: &MintVoucher) -> Result<B256, Error> {
        self.call(&ICreation::voucherDigestCall { voucher: voucher.record()? }).await
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) async fn send(&self, call: &impl SolCall) -> Result<TransactionReceipt, Error> {
        self.client.send(self.at, call, U256::ZERO).await.map_err(|error| self.sorted(error))
    }

    pub(crate) async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(self.at, call).await.map_err(|error| self.sorted(error))
    }

    fn sorted(&self, error: Error) -> Error {
        match self.kind {
            CreationKind::Collection => error,
            CreationKind::Editions => error.of_editions(),
        }
    }
}
