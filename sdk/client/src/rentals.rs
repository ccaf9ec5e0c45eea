//! Tokens for rent, by signed offers.

mod offer;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    ICollection,
    IRentals::{self, CounterIncremented, Rented},
    addresses::RENTALS,
};

pub use offer::{RentalDraft, RentalOffer, SignedRental};

use crate::{
    Checkout, Client, Error,
    jobs::event,
    signature::{self, royalty_bps},
};

/// Rentals of tokens of the factory's collections. Owners sign, which costs nothing; renters take. Writing calls wait for their block; their
/// errors are [`Error::Rentals`], [`Error::Checkout`], [`Error::Credits`], [`Error::Collection`] and the general ones.
#[derive(Clone, Debug)]
pub struct Rentals {
    client: Client,
}

impl Rentals {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Its money: approvals, credits, fees.
    #[must_use]
    pub fn checkout(&self) -> Checkout {
        Checkout::new(self.client.clone(), RENTALS)
    }

    /// Signs an offer of a token of the signer's, with its nonce and the signer's counter as they are, and the royalty that its creator asks for
    /// now where the draft says no other. Nothing is sent; approve rentals before it is taken ([`Checkout::approve_tokens`]).
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer; [`Error::Settings`] for terms that contradict each other.
    pub async fn sign(&self, draft: RentalDraft) -> Result<SignedRental, Error> {
        let owner = self.client.address()?;
        let nonce = ICollection::noncesCall { tokenId: draft.id };
        let (nonce, counter, now, asked) = futures::try_join!(
            self.client.call(draft.collection, &nonce),
            self.counter_of(owner),
            self.client.head_time(),
            royalty_bps(&self.client, draft.collection, draft.id),
        )?;
        let wide = |what: &str| Error::Settings(format!("{what} is more than an offer can hold"));
        let royalty_max = match draft.royalty_max {
            Some(bps) => bps,
            None => u16::try_from(asked).map_err(|_| wide("the royalty that the token asks for"))?,
        };
        let offer = RentalOffer {
            owner,
            collection: draft.collection,
            id: draft.id,
            nonce: nonce.try_into().map_err(|_| wide("the token's nonce"))?,
            renter: draft.renter.unwrap_or_default(),
            currency: draft.currency,
            price_per_second: draft.price_per_second,
            least: draft.least,
            most: draft.most,
            until: now.saturating_add(draft.seconds),
            royalty_max,
            counter,
        };
        let chain_id = self.client.chain_id();
        let signature = self.client.sign_hash(&offer.digest(chain_id)?)?;
        SignedRental::new(chain_id, offer, Bytes::from(signature.as_bytes()))
    }

    /// Rents a token for so many seconds, with just the price where that is in TFUEL; else approve rentals before. Its user is the signer unless
    /// another is named.
    ///
    /// # Errors
    /// `OfferExpired`, `NonceMoved`, `CounterMoved`, `PeriodOutOfRange`, `WrongRenter`, `NotSigned`, `NotOwner`; `UserRuns` as
    /// [`Error::Collection`]; [`Error::WrongChain`] for an offer of another chain.
    pub async fn rent(&self, signed: &SignedRental, duration: u32, user: Option<Address>) -> Result<Rented, Error> {
        signed.of_chain(self.client.chain_id())?;
        let offer = signed.offer();
        let user = match user {
            Some(user) => user,
            None => self.client.address()?,
        };
        let value = if offer.currency.is_zero() { offer.price_for(duration)? } else { U256::ZERO };
        let call = IRentals::rentCall { offer: offer.record()?, signature: signed.signature().clone(), duration, user };
        event(RENTALS, &self.send(&call, value).await?)
    }

    /// Whether its owner signed an offer: by its key, or as its contract says (ERC-1271).
    ///
    /// # Errors
    /// [`Error::WrongChain`] for an offer of another chain; [`Error::Transport`] and its like.
    pub async fn verify(&self, signed: &SignedRental) -> Result<bool, Error> {
        signed.of_chain(self.client.chain_id())?;
        let (offer, chain_id) = (signed.offer(), signed.chain_id());
        signature::is_valid(&self.client, offer.owner, &offer.digest(chain_id)?, signed.signature()).await
    }

    /// Ends every offer that the signer signed so far, and gives its new counter.
    ///
    /// # Errors
    /// The general ones.
    pub async fn increment_counter(&self) -> Result<U256, Error> {
        let receipt = self.send(&IRentals::incrementCounterCall {}, U256::ZERO).await?;
        Ok(event::<CounterIncremented>(RENTALS, &receipt)?.counter)
    }

    /// An owner's counter, which its offers name.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn counter_of(&self, owner: Address) -> Result<U256, Error> {
        self.client.call(RENTALS, &IRentals::counterOfCall { owner }).await
    }

    /// What an owner signs, as the contract hashes it: [`RentalOffer::digest`].
    ///
    /// # Errors
    /// [`Error::Settings`] for what the contract has no room for.
    pub async fn digest_of(&self, offer: &RentalOffer) -> Result<B256, Error> {
        self.client.call(RENTALS, &IRentals::digestOfCall { offer: offer.record()? }).await
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(RENTALS, call, value).await
    }
}

#[cfg(test)]
mod tests;
