//! First sales of tokens, in phases: drops, which mint at once, and packs, which chance fills.

mod packs;
mod phase;

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IDrops::{self, Drop, DropOpened, Minted, Terms},
    addresses::DROPS,
};

pub use packs::{DrawnPack, Kept, PackDraft, PackPurchase, Packs, Secrets, Tier};
pub use phase::{Phase, Phases};

use crate::{Allowlist, Checkout, Client, Error, jobs::event};

/// Drops. Writing calls wait for their block; their errors are [`Error::Drops`], [`Error::Phases`], [`Error::Checkout`], [`Error::Credits`], those of
/// the creation ([`Error::Creation`], [`Error::Collection`], [`Error::Editions`]) and the general ones.
#[derive(Clone, Debug)]
pub struct Drops {
    client: Client,
}

/// What a buyer wants of a phase.
#[derive(Clone, Copy, Debug)]
pub struct Purchase<'a> {
    /// From 0.
    pub phase: u64,
    /// How many.
    pub quantity: u64,
    /// Who may buy, where the phase has a list.
    pub list: Option<&'a Allowlist>,
}

impl Drops {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Its money: credits and fees.
    #[must_use]
    pub fn checkout(&self) -> Checkout {
        Checkout::new(self.client.clone(), DROPS)
    }

    /// Its phases: prices, and who bought how many.
    #[must_use]
    pub fn phases(&self) -> Phases {
        Phases::new(self.client.clone(), DROPS)
    }

    /// Opens a drop of so many tokens of a creation of the signer's, whose payee is the signer unless another is named. Gives its number.
    ///
    /// # Errors
    /// `OnlyCreator`, `NotACreation`, `PhasesOutOfRange`, `MalformedPhase`.
    pub async fn open(
        &self,
        creation: Address,
        (count, payee): (u32, Option<Address>),
        phases: &[Phase],
    ) -> Result<U256, Error> {
        let terms = Terms { creation, payee: payee.unwrap_or_default(), count };
        let phases = phases.iter().map(Phase::record).collect::<Result<_, _>>()?;
        let receipt = self.send(&IDrops::openCall { terms, phases }, U256::ZERO).await?;
        Ok(event::<DropOpened>(DROPS, &receipt)?.drop)
    }

    /// Mints to the signer, for what it costs now.
    ///
    /// # Errors
    /// `NotOnSale`, `QuantityTooMany`, `AllowanceExceeded`, `NotAllowed`, `SaleClosed`; [`Error::Settings`] for who is not on the list.
    pub async fn mint(&self, drop: U256, purchase: Purchase<'_>) -> Result<Minted, Error> {
        let bought = self.phases().priced(drop, &purchase).await?;
        let (phase, quantity) = (U256::from(purchase.phase), U256::from(purchase.quantity));
        let call = IDrops::mintCall { drop, phase, quantity, allowance: bought.allowance };
        event(DROPS, &self.send(&call, bought.value).await?)
    }

    /// Sees to it that nothing is sold any more, for good. The creator only.
    ///
    /// # Errors
    /// `OnlyCreator`, `SaleClosed`, `NoSuchSale`.
    pub async fn close(&self, drop: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IDrops::closeCall { drop }, U256::ZERO).await
    }

    /// What has become of a drop.
    ///
    /// # Errors
    /// `NoSuchSale`.
    pub async fn get(&self, drop: U256) -> Result<Drop, Error> {
        self.client.call(DROPS, &IDrops::dropOfCall { drop }).await
    }

    /// Drops ever opened; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.client.call(DROPS, &IDrops::dropCountCall {}).await
    }

    /// The first id of a creation that was not given out to a drop or to packs.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn next_of(&self, creation: Address) -> Result<U256, Error> {
        self.client.call(DROPS, &IDrops::nextOfCall { creation }).await
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(DROPS, call, value).await
    }
}

#[cfg(test)]
mod tests;
