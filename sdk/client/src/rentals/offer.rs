//! What owners sign. Pure.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::{SolStruct, eip712_domain},
};
use edgeloom_bindings::{IRentals, addresses::RENTALS};
use serde::{Deserialize, Serialize};

use crate::{Error, decimal, nfts::unix, signature};

/// The longest rental, seconds.
const YEAR: u32 = 365 * 86_400;
const MONTH: u64 = 30 * 86_400;
/// Basis points.
const ROYALTY_MAX: u16 = 5_000;

/// What an owner lets out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RentalDraft {
    /// Of the factory.
    pub collection: Address,
    /// Which token of it.
    pub id: U256,
    /// Who alone can take it; `None` for anybody.
    pub renter: Option<Address>,
    /// Zero for TFUEL.
    pub currency: Address,
    /// Wei, more than 0.
    pub price_per_second: U256,
    /// The shortest rental, seconds.
    pub least: u32,
    /// The longest, 365 days at most.
    pub most: u32,
    /// How long the offer stands, from now.
    pub seconds: u64,
    /// The most royalty that the owner lets the creator have, basis points; `None` for what it asks for now.
    pub royalty_max: Option<u16>,
}

/// The same, with what the chain says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RentalOffer {
    /// Who signs it.
    pub owner: Address,
    /// Of the factory.
    pub collection: Address,
    /// Which token of it.
    #[serde(with = "decimal")]
    pub id: U256,
    /// The token's.
    pub nonce: u64,
    /// Who alone can take it; zero for anybody.
    pub renter: Address,
    /// Zero for TFUEL.
    pub currency: Address,
    /// Wei, more than 0, below 2^128.
    #[serde(with = "decimal")]
    pub price_per_second: U256,
    /// The shortest rental, seconds.
    pub least: u32,
    /// The longest, 365 days at most.
    pub most: u32,
    /// The last second in which it can be taken, Unix.
    pub until: u64,
    /// The most royalty, basis points of the price.
    pub royalty_max: u16,
    /// The owner's when it signed.
    #[serde(with = "decimal")]
    pub counter: U256,
}

/// An offer that its owner signed: as JSON, what people send each other. Reading it fails for terms that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct SignedRental {
    chain_id: u64,
    offer: RentalOffer,
    signature: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    chain_id: u64,
    rentals: Address,
    /// So that whoever changed a number by mistake hears of it.
    hash: B256,
    offer: RentalOffer,
    signature: Bytes,
}

impl RentalDraft {
    /// For TFUEL, from an hour to 30 days, to anybody who takes it within 30 days.
    #[must_use]
    pub const fn new(collection: Address, id: U256, price_per_second: U256) -> Self {
        Self {
            collection,
            id,
            renter: None,
            currency: Address::ZERO,
            price_per_second,
            least: 3_600,
            most: 30 * 86_400,
            seconds: MONTH,
            royalty_max: None,
        }
    }

    /// For so many seconds, at least and at most.
    #[must_use]
    pub const fn between(mut self, least: u32, most: u32) -> Self {
        (self.least, self.most) = (least, most);
        self
    }

    /// Only one account can take it.
    #[must_use]
    pub const fn only_for(mut self, renter: Address) -> Self {
        self.renter = Some(renter);
        self
    }
}

impl RentalOffer {
    /// Its number: `IRentals.hashOf`.
    ///
    /// # Errors
    /// [`Error::Settings`] for terms that contradict each other, or that the contract has no room for.
    pub fn hash(&self) -> Result<B256, Error> {
        Ok(self.record()?.eip712_hash_struct())
    }

    /// What its owner signs: `IRentals.digestOf` on this chain.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub fn digest(&self, chain_id: u64) -> Result<B256, Error> {
        let domain = eip712_domain! {
            name: "Edgeloom Rentals",
            version: "1",
            chain_id: chain_id,
            verifying_contract: RENTALS,
        };
        Ok(self.record()?.eip712_signing_hash(&domain))
    }

    /// What so many seconds cost: `IRentals.priceFor`.
    ///
    /// # Errors
    /// [`Error::Settings`] for more than there is.
    pub fn price_for(&self, duration: u32) -> Result<U256, Error> {
        let price = self.price_per_second.checked_mul(U256::from(duration));
        price.ok_or_else(|| Error::Settings(format!("{} wei a second is no price", self.price_per_second)))
    }

    pub(super) fn record(&self) -> Result<IRentals::Offer, Error> {
        let wrong = |what: &str| Error::Settings(format!("no such offer can be taken: {what}"));
        if self.least == 0 || self.least > self.most || self.most > YEAR {
            return Err(wrong("it is for a second at least and 365 days at most"));
        }
        if self.royalty_max > ROYALTY_MAX {
            return Err(wrong("its royalty is above 5,000 basis points"));
        }
        let price = u128::try_from(self.price_per_second).ok().filter(|price| *price != 0);
        Ok(IRentals::Offer {
            owner: self.owner,
            collection: self.collection,
            id: self.id,
            nonce: self.nonce,
            renter: self.renter,
            currency: self.currency,
            pricePerSecond: price.ok_or_else(|| wrong("it has no price, or too high a one"))?,
            least: self.least,
            most: self.most,
            until: unix(self.until)?,
            royaltyMax: self.royalty_max,
            counter: self.counter,
        })
    }
}

impl SignedRental {
    /// With an owner's signature of [`RentalOffer::digest`].
    ///
    /// # Errors
    /// [`Error::Settings`] for terms that contradict each other.
    pub fn new(chain_id: u64, offer: RentalOffer, signature: Bytes) -> Result<Self, Error> {
        offer.record()?;
        Ok(Self { chain_id, offer, signature })
    }

    /// The offer.
    #[must_use]
    pub const fn offer(&self) -> &RentalOffer {
        &self.offer
    }

    /// The chain that it is for.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Whose key signed it; `None` where nobody's did, as where a contract did.
    #[must_use]
    pub fn signer(&self) -> Option<Address> {
        signature::recovered(&self.offer.digest(self.chain_id).ok()?, &self.signature)
    }

    pub(super) const fn signature(&self) -> &Bytes {
        &self.signature
    }

    /// Refuses one of another chain.
    pub(super) fn of_chain(&self, chain_id: u64) -> Result<(), Error> {
        match self.chain_id == chain_id {
            true => Ok(()),
            false => Err(Error::WrongChain { expected: self.chain_id, actual: chain_id }),
        }
    }
}

impl From<SignedRental> for Wire {
    fn from(signed: SignedRental) -> Self {
        let SignedRental { chain_id, offer, signature } = signed;
        // Its terms were looked at when it was made.
        let hash = offer.hash().unwrap_or_default();
        Self { chain_id, rentals: RENTALS, hash, offer, signature }
    }
}

impl TryFrom<Wire> for SignedRental {
    type Error = Error;

    fn try_from(wire: Wire) -> Result<Self, Error> {
        let Wire { chain_id, rentals, hash, offer, signature } = wire;
        if rentals != RENTALS {
            return Err(Error::Settings(format!("{rentals} is not the contract of rentals")));
        }
        let read = offer.hash()?;
        match read == hash {
            true => Self::new(chain_id, offer, signature),
            false => Err(Error::Settings(format!("the offer is {read}, not {hash}"))),
        }
    }
}
