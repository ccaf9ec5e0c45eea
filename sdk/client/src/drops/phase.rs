use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::IPhases::{self, Allowance};

use super::Purchase;
use crate::{Client, Error, nfts::unix};

/// When, for how much and to whom a sale sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Of one, wei, at `from`.
    pub price: U256,
    /// Of one, wei, at `until`: no higher.
    pub end_price: U256,
    /// The first second in which it sells, Unix.
    pub from: u64,
    /// The last one, later than the first.
    pub until: u64,
    /// The most that one account buys in it, 0 for no limit; 0 where there is a list.
    pub per_wallet: u32,
    /// The most that is sold in it, 0 for what is left.
    pub supply: u32,
    /// Root of an [`crate::Allowlist`], 0 for anybody.
    pub allowed: B256,
}

/// Phases of the sales of one contract.
#[derive(Clone, Debug)]
pub struct Phases {
    client: Client,
    at: Address,
}

/// What a purchase is sent with.
pub(super) struct Priced {
    pub(super) allowance: Allowance,
    pub(super) value: U256,
}

impl Phase {
    /// At one price, for anybody.
    #[must_use]
    pub const fn new(price: U256, from: u64, until: u64) -> Self {
        Self { price, end_price: price, from, until, per_wallet: 0, supply: 0, allowed: B256::ZERO }
    }

    /// With a price that falls evenly.
    #[must_use]
    pub const fn falling_to(mut self, end_price: U256) -> Self {
        self.end_price = end_price;
        self
    }

    /// For those on a list.
    #[must_use]
    pub const fn only_for(mut self, root: B256) -> Self {
        self.allowed = root;
        self
    }

    /// With so many for each account at most.
    #[must_use]
    pub const fn per_wallet(mut self, most: u32) -> Self {
        self.per_wallet = most;
        self
    }

    pub(super) fn record(&self) -> Result<IPhases::Phase, Error> {
        let narrow = |price: U256| {
            u128::try_from(price).map_err(|_| Error::Settings(format!("{price} wei is more than a phase can ask for")))
        };
        if self.from >= self.until || self.end_price > self.price {
            return Err(Error::Settings("a phase ends later than it begins, and its price does not rise".to_owned()));
        }
        if !self.allowed.is_zero() && self.per_wallet != 0 {
            return Err(Error::Settings("a list says itself how many each account buys".to_owned()));
        }
        Ok(IPhases::Phase {
            price: narrow(self.price)?,
            endPrice: narrow(self.end_price)?,
            from: unix(self.from)?,
            until: unix(self.until)?,
            perWallet: self.per_wallet,
            supply: self.supply,
            allowed: self.allowed,
        })
    }

    fn of(record: &IPhases::Phase) -> Self {
        Self {
            price: U256::from(record.price),
            end_price: U256::from(record.endPrice),
            from: record.from.to(),
            until: record.until.to(),
            per_wallet: record.perWallet,
            supply: record.supply,
            allowed: record.allowed,
        }
    }
}

impl Phases {
    pub(crate) const fn new(client: Client, at: Address) -> Self {
        Self { client, at }
    }

    /// A phase of a sale, from 0, and how many were sold in it.
    ///
    /// # Errors
    /// `NoSuchPhase`, `NoSuchSale`.
    pub async fn get(&self, sale: U256, phase: u64) -> Result<(Phase, U256), Error> {
        let call = IPhases::phaseOfCall { sale, phase: U256::from(phase) };
        let found = self.client.call(self.at, &call).await?;
        Ok((Phase::of(&found.its), found.sold))
    }

    /// How many phases a sale has.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self, sale: U256) -> Result<U256, Error> {
        self.client.call(self.at, &IPhases::phaseCountCall { sale }).await
    }

    /// What one costs in a phase at a time within it, wei.
    ///
    /// # Errors
    /// `NotOnSale`, `NoSuchPhase`.
    pub async fn price(&self, sale: U256, phase: u64, time: u64) -> Result<U256, Error> {
        let call = IPhases::priceOfCall { sale, phase: U256::from(phase), time: U256::from(time) };
        self.client.call(self.at, &call).await
    }

    /// How many an account bought in a phase. Where nothing limits that, nobody counts: 0.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn bought_by(&self, sale: U256, phase: u64, account: Address) -> Result<U256, Error> {
        let call = IPhases::boughtByCall { sale, phase: U256::from(phase), account };
        self.client.call(self.at, &call).await
    }

    /// Prices fall, so that what is enough now is enough later; the rest comes back.
    pub(super) async fn priced(&self, sale: U256, purchase: &Purchase<'_>) -> Result<Priced, Error> {
        let buyer = self.client.address()?;
        let (_, now) = futures::try_join!(self.get(sale, purchase.phase), self.client.head_time())?;
        let price = self.price(sale, purchase.phase, now).await?;
        let value = price.checked_mul(U256::from(purchase.quantity));
        let value = value.ok_or_else(|| Error::Settings(format!("{} cost more than there is", purchase.quantity)))?;
        Ok(Priced { allowance: allowance(buyer, purchase)?, value })
    }
}

/// What a list says of a buyer.
pub(super) fn allowance(buyer: Address, purchase: &Purchase<'_>) -> Result<Allowance, Error> {
    let Some(list) = purchase.list else { return Ok(Allowance { most: U256::ZERO, proof: Vec::new() }) };
    let listed = list.allowance(buyer).ok_or_else(|| Error::Settings(format!("{buyer} is not on the list")))?;
    Ok(Allowance { most: listed.0, proof: listed.1 })
}
