//! Sealed packs: what is in them chance decides, by a block's randomness and a secret of the creator's together.

mod draw;
mod fairness;
mod look;
mod secrets;

use alloy::{
    primitives::{Address, B256, U256, aliases::U24},
    rpc::types::TransactionReceipt,
    sol_types::{SolCall, SolEvent as _},
};
use edgeloom_bindings::{
    IPacks::{self, PackOpened, PacksBought, RoundRevealed, SaleOpened, Terms, TokensClaimed},
    addresses::PACKS,
};

#[cfg(test)]
pub(super) use draw::Draw;
pub use fairness::DrawnPack;
pub use look::{Kept, PackPurchase, Tier};
pub use secrets::Secrets;

use super::{Phase, Phases, Purchase};
use crate::{
    Checkout, Client, Error,
    jobs::{decode, event},
};

/// Packs. Writing calls wait for their block; their errors are [`Error::Packs`], [`Error::Phases`], [`Error::Checkout`], [`Error::Credits`],
/// [`Error::Beacon`], those of the creation ([`Error::Creation`], [`Error::Collection`], [`Error::Editions`]) and the general ones.
#[derive(Clone, Debug)]
pub struct Packs {
    client: Client,
}

/// What a creator sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackDraft {
    /// The signer's.
    pub creation: Address,
    /// Who is paid; `None` for the signer.
    pub payee: Option<Address>,
    /// How many packs there are.
    pub packs: u32,
    /// Tokens in each, 1 to 16.
    pub size: u8,
    /// Blocks of a round, 600 to 3,024,000.
    pub round_blocks: u32,
    /// How many tokens there are of each tier, from the rarest to the most common: all packs' together.
    pub tiers: Vec<u32>,
}

impl Packs {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Its money: credits and fees.
    #[must_use]
    pub fn checkout(&self) -> Checkout {
        Checkout::new(self.client.clone(), PACKS)
    }

    /// Its phases: prices, and who bought how many.
    #[must_use]
    pub fn phases(&self) -> Phases {
        Phases::new(self.client.clone(), PACKS)
    }

    /// Opens a sale, with its bond: a tenth of the highest price for each pack. Gives its number.
    ///
    /// # Errors
    /// `OnlyCreator`, `OutOfRange`, `TiersDoNotAddUp`, `MalformedPhase`; [`Error::Settings`] for what the contract has no room for.
    pub async fn open(&self, draft: &PackDraft, phases: &[Phase], secrets: &Secrets) -> Result<U256, Error> {
        let wide = || Error::Settings(format!("a round of {} blocks is too long", draft.round_blocks));
        let terms = Terms {
            creation: draft.creation,
            payee: draft.payee.unwrap_or_default(),
            packs: draft.packs,
            size: draft.size,
            roundBlocks: U24::try_from(draft.round_blocks).map_err(|_| wide())?,
            rounds: secrets.rounds(),
            commitment: secrets.commitment(),
        };
        let bond = bond(draft.packs, phases)?;
        let phases = phases.iter().map(Phase::record).collect::<Result<_, _>>()?;
        let receipt = self.send(&IPacks::openCall { terms, tiers: draft.tiers.clone(), phases }, bond).await?;
        Ok(event::<SaleOpened>(PACKS, &receipt)?.sale)
    }

    /// Buys packs, for what they cost now.
    ///
    /// # Errors
    /// `NotOnSale`, `SecretMissing`, `Paused`, `RoundsOver`, `QuantityTooMany`, `AllowanceExceeded`, `NotAllowed`, `SaleClosed`;
    /// [`Error::Settings`] for who is not on the list.
    pub async fn buy(&self, sale: U256, purchase: Purchase<'_>) -> Result<PacksBought, Error> {
        let bought = self.phases().priced(sale, &purchase).await?;
        let (phase, quantity) = (U256::from(purchase.phase), U256::from(purchase.quantity));
        let call = IPacks::buyCall { sale, phase, quantity, allowance: bought.allowance };
        event(PACKS, &self.send(&call, bought.value).await?)
    }

    /// Shows the secret of the round whose packs wait for it. Not before the randomness of its block is recorded.
    ///
    /// # Errors
    /// `NothingToReveal`, `WrongSecret`, `TooLate`; [`Error::Beacon`] with `NotRecorded`.
    pub async fn reveal(&self, sale: U256, secret: B256) -> Result<RoundRevealed, Error> {
        event(PACKS, &self.send(&IPacks::revealCall { sale, secret }, U256::ZERO).await?)
    }

    /// Has a round drawn by another block, where nobody recorded the randomness of its own in time. Anybody may.
    ///
    /// # Errors
    /// `NotLost`, `NothingToReveal`.
    pub async fn redraw(&self, sale: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IPacks::redrawCall { sale }, U256::ZERO).await
    }

    /// Opens the next packs, so many at most, and sends the tokens to their buyers. Anybody may. What a buyer did not take is kept for it
    /// ([`Self::kept_of`]).
    ///
    /// # Errors
    /// `NothingToOpen`.
    pub async fn open_next(&self, sale: U256, count: u64) -> Result<Vec<PackOpened>, Error> {
        let receipt = self.send(&IPacks::openNextCall { sale, count: U256::from(count) }, U256::ZERO).await?;
        let logs = receipt.logs().iter().filter(|log| log.address() == PACKS);
        logs.filter(|log| log.topic0() == Some(&PackOpened::SIGNATURE_HASH)).map(decode).collect()
    }

    /// Has tokens of an opened pack of the signer's, which it did not take ([`Self::kept_of`]), sent to an account.
    ///
    /// # Errors
    /// `NothingToClaim`.
    pub async fn claim(&self, sale: U256, pack: U256, to: Address) -> Result<TokensClaimed, Error> {
        event(PACKS, &self.send(&IPacks::claimCall { sale, pack, to }, U256::ZERO).await?)
    }

    /// Sees to it that nothing is sold any more, for good. The creator only.
    ///
    /// # Errors
    /// `OnlyCreator`, `SaleClosed`.
    pub async fn close(&self, sale: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IPacks::closeCall { sale }, U256::ZERO).await
    }

    /// Voids a sale whose secret was not revealed in time. Anybody may.
    ///
    /// # Errors
    /// `TooEarly`, `NothingToReveal`.
    pub async fn void(&self, sale: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IPacks::voidCall { sale }, U256::ZERO).await
    }

    /// Gives a buyer back what it paid in the round that was not revealed, and its share of the bond. Anybody may.
    ///
    /// # Errors
    /// `NothingToRefund`.
    pub async fn refund(&self, sale: U256, purchase: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IPacks::refundCall { sale, purchase }, U256::ZERO).await
    }

    /// Gives the bond back to who opened the sale, once nothing is left to reveal. Anybody may.
    ///
    /// # Errors
    /// `BondBound`.
    pub async fn return_bond(&self, sale: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IPacks::returnBondCall { sale }, U256::ZERO).await
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(PACKS, call, value).await
    }
}

/// A tenth of the highest price for each pack, rounded up.
pub(super) fn bond(packs: u32, phases: &[Phase]) -> Result<U256, Error> {
    let most = phases.iter().map(|phase| phase.price).max().unwrap_or_default();
    let bond = most.div_ceil(U256::from(10)).checked_mul(U256::from(packs));
    bond.ok_or_else(|| Error::Settings(format!("{most} wei is no price of a pack")))
}
