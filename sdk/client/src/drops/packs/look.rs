//! What the chain says of a sale of packs.

use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{
    IPacks::{self, Sale},
    Progress,
    addresses::PACKS,
};

use super::Packs;
use crate::Error;

/// Packs that were bought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackPurchase {
    /// Who bought them; `None` once it was refunded.
    pub buyer: Option<Address>,
    /// Number of the first.
    pub first: U256,
    /// How many.
    pub quantity: U256,
    /// In which round, from 0.
    pub round: U256,
    /// Of all, wei.
    pub price: U256,
}

/// Tokens that are equally rare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// How many there were in all packs.
    pub count: U256,
    /// How many are in packs that nobody opened.
    pub left: U256,
}

/// Tokens of an opened pack that its buyer did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Who claims them.
    pub buyer: Address,
    /// Which; an edition's as often as there are copies.
    pub ids: Vec<U256>,
}

impl Packs {
    /// What a sale is, and how far it is.
    ///
    /// # Errors
    /// `NoSuchSale`.
    pub async fn get(&self, sale: U256) -> Result<(Sale, Progress), Error> {
        let (found, progress) = (IPacks::saleOfCall { sale }, IPacks::progressOfCall { sale });
        futures::try_join!(self.client.call(PACKS, &found), self.client.call(PACKS, &progress))
    }

    /// Sales ever opened; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.client.call(PACKS, &IPacks::saleCountCall {}).await
    }

    /// The tiers, the rarest first.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn tiers_of(&self, sale: U256) -> Result<Vec<Tier>, Error> {
        let tiers = self.client.call(PACKS, &IPacks::tiersOfCall { sale }).await?;
        let tiers = tiers.counts.into_iter().zip(tiers.left).map(|(count, left)| Tier { count, left });
        Ok(tiers.take_while(|tier| !tier.count.is_zero()).collect())
    }

    /// Packs that were bought together, by the number of the purchase.
    ///
    /// # Errors
    /// `NoSuchPurchase`.
    pub async fn purchase_of(&self, sale: U256, purchase: U256) -> Result<PackPurchase, Error> {
        let found = self.client.call(PACKS, &IPacks::purchaseOfCall { sale, purchase }).await?;
        let buyer = (!found.buyer.is_zero()).then_some(found.buyer);
        let (first, quantity, round, price) = (found.first, found.quantity, found.round, found.price);
        Ok(PackPurchase { buyer, first, quantity, round, price })
    }

    /// Of which purchase a pack is.
    ///
    /// # Errors
    /// `NoSuchPack`.
    pub async fn purchase_with(&self, sale: U256, pack: U256) -> Result<U256, Error> {
        self.client.call(PACKS, &IPacks::purchaseWithCall { sale, pack }).await
    }

    /// The seed of a pack, once its round is revealed. What follows from it, and whether it is right, [`Self::drawn`] says.
    ///
    /// # Errors
    /// `NoSuchPack`, `SecretMissing`.
    pub async fn seed_of(&self, sale: U256, pack: U256) -> Result<B256, Error> {
        self.client.call(PACKS, &IPacks::seedOfCall { sale, pack }).await
    }

    /// What the buyer of an opened pack has to claim; `None` for nothing.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn kept_of(&self, sale: U256, pack: U256) -> Result<Option<Kept>, Error> {
        let kept = self.client.call(PACKS, &IPacks::keptOfCall { sale, pack }).await?;
        Ok((!kept.ids.is_empty()).then_some(Kept { buyer: kept.buyer, ids: kept.ids }))
    }

    /// The round that the newest block is in, beyond the last one after the end.
    ///
    /// # Errors
    /// `NoSuchSale`.
    pub async fn round_of(&self, sale: U256) -> Result<U256, Error> {
        self.client.call(PACKS, &IPacks::roundOfCall { sale }).await
    }
}
