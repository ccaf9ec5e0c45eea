//! English auctions of tokens.

use alloy::{
    primitives::{Address, U256, aliases::U96},
    rpc::types::TransactionReceipt,
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IAuctionHouse::{self, Auction, AuctionCreated, Lot, Phase, Terms},
    IExchange::Standard,
    addresses::AUCTION_HOUSE,
};

use crate::{Checkout, Client, Error, jobs::event, nfts::unix, signature::royalty_bps};

/// The shortest auction, seconds.
const HOUR: u64 = 3_600;
/// What may pass until an auction that begins at once is in a block, seconds.
const DELAY: u64 = 60;

/// The auction house. Writing calls wait for their block; their errors are [`Error::AuctionHouse`], [`Error::Checkout`], [`Error::Credits`], those of
/// the tokens ([`Error::Creation`], [`Error::Collection`], [`Error::Editions`]) and the general ones.
#[derive(Clone, Debug)]
pub struct AuctionHouse {
    client: Client,
}

/// What a seller wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuctionDraft {
    /// Of a collection, or of editions.
    pub standard: Standard,
    /// Which.
    pub token: Address,
    /// Which token of it.
    pub id: U256,
    /// How many: 1 of a collection.
    pub amount: u128,
    /// Zero for TFUEL, or a token that prices can be in.
    pub currency: Address,
    /// The least that is bid, more than 0.
    pub reserve: U256,
    /// When it begins, Unix seconds, 30 days ahead at most; `None` for at once.
    pub from: Option<u64>,
    /// For how long: 1 hour to 30 days.
    pub seconds: u64,
    /// The most royalty that the seller lets the creator have, basis points; `None` for what it asks for now.
    pub royalty_max: Option<u16>,
}

/// An auction, and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAuction {
    /// From 1.
    pub number: U256,
    /// What has become of it.
    pub state: Auction,
}

impl AuctionDraft {
    /// Of a token of a collection, for TFUEL, at once and for a week.
    #[must_use]
    pub const fn token(collection: Address, id: U256, reserve: U256) -> Self {
        Self {
            standard: Standard::ERC721,
            token: collection,
            id,
            amount: 1,
            currency: Address::ZERO,
            reserve,
            from: None,
            seconds: 7 * 86_400,
            royalty_max: None,
        }
    }

    /// Of so many of an edition, together.
    #[must_use]
    pub const fn copies(editions: Address, (id, amount): (U256, u128), reserve: U256) -> Self {
        Self { standard: Standard::ERC1155, amount, ..Self::token(editions, id, reserve) }
    }

    /// For so many seconds.
    #[must_use]
    pub const fn lasting(mut self, seconds: u64) -> Self {
        self.seconds = seconds;
        self
    }
}

impl AuctionHouse {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Its money: approvals, credits of who was outbid, fees.
    #[must_use]
    pub fn checkout(&self) -> Checkout {
        Checkout::new(self.client.clone(), AUCTION_HOUSE)
    }

    /// Begins an auction of a token of the signer's, which goes into escrow: approve the house before ([`Checkout::approve_tokens`]). Gives its number.
    ///
    /// # Errors
    /// `PeriodOutOfRange`, `ZeroReserve`, `WrongAmount`, `HasUser`; `NotOwnerNorApproved` of the token; `RoyaltyAbove` as [`Error::Checkout`].
    pub async fn create(&self, draft: AuctionDraft) -> Result<U256, Error> {
        let AuctionDraft { standard, token, id, amount, currency, reserve, from, seconds, royalty_max } = draft;
        let wide = |what: U256| Error::Settings(format!("{what} is more than an auction can hold"));
        let amount = U96::try_from(amount).map_err(|_| wide(U256::from(amount)))?;
        let royalty_max = match royalty_max {
            Some(bps) => bps,
            None => {
                let asked = royalty_bps(&self.client, token, id).await?;
                u16::try_from(asked).map_err(|_| Error::Settings(format!("the token asks for {asked} basis points")))?
            }
        };
        let begins = match from {
            Some(from) => from,
            None => self.client.head_time().await?,
        };
        let terms = Terms {
            currency,
            reserve: u128::try_from(reserve).map_err(|_| wide(reserve))?,
            from: unix(begins)?,
            until: unix(begins.saturating_add(lasting(from, seconds)))?,
            royaltyMax: royalty_max,
        };
        let lot = Lot { standard, token, id, amount };
        let receipt = self.send(&IAuctionHouse::createCall { lot, terms }, U256::ZERO).await?;
        Ok(event::<AuctionCreated>(AUCTION_HOUSE, &receipt)?.auction)
    }

    /// Bids, with just that TFUEL where it is the currency; else approve the house before ([`Checkout::approve_currency`]).
    ///
    /// # Errors
    /// `BidTooLow`, `Ended`, `NotYetOpen`, `OwnAuction`, `WrongPhase`.
    pub async fn bid(&self, auction: U256, amount: U256) -> Result<TransactionReceipt, Error> {
        let state = self.get(auction).await?.state;
        let value = if state.currency.is_zero() { amount } else { U256::ZERO };
        self.send(&IAuctionHouse::bidCall { auction, amount }, value).await
    }

    /// Ends an auction that somebody bid for. Anybody may.
    ///
    /// # Errors
    /// `StillOpen`, `NoBid`, `Undeliverable`, `WrongPhase`.
    pub async fn settle(&self, auction: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IAuctionHouse::settleCall { auction }, U256::ZERO).await
    }

    /// Has what the signer won sent to an account.
    ///
    /// # Errors
    /// `NotWinner`, `StillOpen`, `WrongRecipient`, `WrongPhase`.
    pub async fn claim(&self, auction: U256, to: Address) -> Result<TransactionReceipt, Error> {
        self.send(&IAuctionHouse::claimCall { auction, to }, U256::ZERO).await
    }

    /// Takes the signer's token back, as long as nobody has bid.
    ///
    /// # Errors
    /// `NotSeller`, `HasBid`, `WrongPhase`.
    pub async fn cancel(&self, auction: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IAuctionHouse::cancelCall { auction }, U256::ZERO).await
    }

    /// Sends a token back to its seller when nobody bid until the end, or the auction is void. Anybody may.
    ///
    /// # Errors
    /// `HasBid`, `StillOpen`, `WrongPhase`.
    pub async fn reclaim(&self, auction: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IAuctionHouse::reclaimCall { auction }, U256::ZERO).await
    }

    /// What has become of an auction.
    ///
    /// # Errors
    /// [`Error::Answer`] for a number that none has.
    pub async fn get(&self, number: U256) -> Result<TokenAuction, Error> {
        let state = self.call(&IAuctionHouse::auctionOfCall { auction: number }).await?;
        match state.phase {
            Phase::None => Err(Error::Answer(format!("no auction has number {number}"))),
            _ => Ok(TokenAuction { number, state }),
        }
    }

    /// Auctions ever created; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.call(&IAuctionHouse::auctionCountCall {}).await
    }

    /// What has to be bid now, at least.
    ///
    /// # Errors
    /// `WrongPhase`.
    pub async fn minimum_bid(&self, auction: U256) -> Result<U256, Error> {
        self.call(&IAuctionHouse::minimumBidCall { auction }).await
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(AUCTION_HOUSE, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(AUCTION_HOUSE, call).await
    }
}

/// The shortest auction is not to be too short by what passes until its block.
fn lasting(from: Option<u64>, seconds: u64) -> u64 {
    match (from, seconds) {
        (None, HOUR..) => seconds.max(HOUR + DELAY),
        _ => seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_auction_outlasts_the_way_to_its_block() {
        assert_eq!(lasting(None, HOUR), HOUR + DELAY);
        assert_eq!(lasting(None, HOUR - 1), HOUR - 1, "what is too short is refused");
        assert_eq!(lasting(Some(5), HOUR), HOUR, "begins when it says");
        assert_eq!(lasting(None, 30 * 24 * HOUR), 30 * 24 * HOUR, "the longest is no longer");
    }
}
