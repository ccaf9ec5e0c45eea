use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::IExchange::{Consent, Minting};
use serde::{Deserialize, Serialize};

use super::{TradeOrder, bulk, typed, wire};
use crate::{Error, SignedMint, signature};

/// An order with its maker's consent. As JSON it is what people send each other: reading it fails where the order is not the one of which it says
/// that it is, or no exchange takes it. Whether its maker signed it says [`Self::signer`] for keys, and
/// [`super::Exchange::verify`] for contracts, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "wire::Signed", into = "wire::Signed")]
pub struct SignedOrder {
    pub(super) chain_id: u64,
    pub(super) order: TradeOrder,
    pub(super) signature: Bytes,
    pub(super) index: u64,
    pub(super) proof: Vec<B256>,
    pub(super) mintings: Vec<Minted>,
}

/// What is minted before it is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Minted {
    pub(super) mint: SignedMint,
    pub(super) amount: u128,
}

impl SignedOrder {
    /// With a maker's signature of [`TradeOrder::digest`].
    #[must_use]
    pub const fn new(chain_id: u64, order: TradeOrder, signature: Bytes) -> Self {
        Self { chain_id, order, signature, index: 0, proof: Vec::new(), mintings: Vec::new() }
    }

    /// Number `index` of the orders of a tree, all signed at once.
    pub(super) fn with_place(mut self, index: u64, proof: Vec<B256>) -> Self {
        (self.index, self.proof) = (index, proof);
        self
    }

    /// With a voucher that is redeemed when the order is filled, so that what it sells need not be minted before.
    ///
    /// # Errors
    /// [`Error::Settings`] for a voucher of a creation of which the order sells nothing, or for somebody else than its maker.
    pub fn with_minting(mut self, mint: SignedMint, amount: u128) -> Result<Self, Error> {
        let terms = self.order.terms();
        if !terms.gives.iter().any(|item| item.token == mint.creation && item.id == mint.voucher.id) {
            let what = format!("the order does not sell token {} of {}", mint.voucher.id, mint.creation);
            return Err(Error::Settings(what));
        }
        if mint.voucher.to != terms.maker {
            let what = format!("what is minted for {} is not sold by {}", mint.voucher.to, terms.maker);
            return Err(Error::Settings(what));
        }
        if amount == 0 || U256::from(amount) > mint.voucher.amount {
            return Err(Error::Settings(format!("the voucher is of {}, not of {amount}", mint.voucher.amount)));
        }
        self.mintings.push(Minted { mint, amount });
        Ok(self)
    }

    /// The order.
    #[must_use]
    pub const fn order(&self) -> &TradeOrder {
        &self.order
    }

    /// Its number.
    #[must_use]
    pub fn hash(&self) -> B256 {
        self.order.hash()
    }

    /// Who made it.
    #[must_use]
    pub const fn maker(&self) -> Address {
        self.order.terms().maker
    }

    /// The chain that it is for.
    #[must_use]
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Vouchers that are redeemed before it is filled.
    pub fn mintings(&self) -> impl Iterator<Item = (&SignedMint, u128)> {
        self.mintings.iter().map(|minted| (&minted.mint, minted.amount))
    }

    /// What its maker signed: of this order, or of a tree of orders of which it is one; `None` where the tree has no such place.
    #[must_use]
    pub fn digest(&self) -> Option<B256> {
        let hash = self.order.hash();
        if self.proof.is_empty() && self.index == 0 {
            return Some(typed::digest(self.chain_id, hash));
        }
        let root = bulk::root_of(hash, self.index, &self.proof)?;
        Some(typed::digest(self.chain_id, typed::bulk_hash(root, self.proof.len())))
    }

    /// Whose key signed it; `None` where nobody's did, as where a contract did.
    #[must_use]
    pub fn signer(&self) -> Option<Address> {
        signature::recovered(&self.digest()?, &self.signature)
    }

    pub(super) fn consent(&self) -> Consent {
        Consent { signature: self.signature.clone(), index: U256::from(self.index), proof: self.proof.clone() }
    }

    pub(super) fn minting_records(&self) -> Result<Vec<Minting>, Error> {
        let record = |minted: &Minted| {
            let Minted { mint, amount } = minted;
            let (voucher, signature) = (mint.voucher.record()?, mint.signature.clone());
            Ok(Minting { token: mint.creation, voucher, signature, amount: *amount })
        };
        self.mintings.iter().map(record).collect()
    }

    /// Refuses one of another chain.
    pub(super) fn of_chain(&self, chain_id: u64) -> Result<(), Error> {
        match self.chain_id == chain_id {
            true => Ok(()),
            false => Err(Error::WrongChain { expected: self.chain_id, actual: chain_id }),
        }
    }
}
