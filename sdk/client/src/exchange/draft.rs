//! What a maker wants, before the chain is asked what it has to name.

use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IExchange::Side, addresses::WTFUEL};

use super::Asset;
use crate::{Error, merkle::IdSet};

/// How long an order stands unless its maker says otherwise, seconds.
const MONTH: u64 = 30 * 86_400;

/// An order in the making: [`super::Exchange::prepare`] fills in what the chain says.
///
/// ```
/// use alloy::primitives::{U256, address};
/// use edgeloom_sdk::{Asset, OrderDraft};
///
/// let looms = address!("0x1111111111111111111111111111111111111111");
/// let tfuel = |n: u64| U256::from(n) * U256::from(10).pow(U256::from(18));
/// // From 5 TFUEL down to 1 within a day.
/// let listing = OrderDraft::list(Asset::token(looms, U256::from(7)), tfuel(5)).moving_to(tfuel(1)).lasting(86_400);
/// // 2 WTFUEL for any of these three.
/// let offer = OrderDraft::offer_one_of(looms, [3, 5, 8].map(U256::from), tfuel(2))?;
/// # drop((listing, offer));
/// # Ok::<(), edgeloom_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    pub(super) side: Side,
    pub(super) gives: Vec<Asset>,
    pub(super) wants: Vec<Asset>,
    pub(super) currency: Address,
    pub(super) price: U256,
    pub(super) end_price: Option<U256>,
    pub(super) taker: Option<Address>,
    pub(super) from: Option<u64>,
    pub(super) seconds: u64,
    pub(super) units: u32,
    pub(super) royalty_max: Option<u16>,
    pub(super) bounds: Vec<Address>,
    pub(super) salt: Option<U256>,
}

impl OrderDraft {
    /// Sells something for TFUEL. More of it with [`Self::and`].
    #[must_use]
    pub fn list(gives: Asset, price: U256) -> Self {
        Self::new(Side::Sell, vec![gives], Vec::new()).priced(Address::ZERO, price)
    }

    /// Buys something for WTFUEL.
    #[must_use]
    pub fn offer(wants: Asset, price: U256) -> Self {
        Self::new(Side::Buy, Vec::new(), vec![wants]).priced(WTFUEL, price)
    }

    /// Buys any token of a collection for WTFUEL.
    #[must_use]
    pub fn offer_any(collection: Address, price: U256) -> Self {
        Self::offer(Asset::any(collection), price)
    }

    /// Buys any of these tokens of a collection for WTFUEL.
    ///
    /// # Errors
    /// [`Error::Settings`] for no ids.
    pub fn offer_one_of(collection: Address, ids: impl IntoIterator<Item = U256>, price: U256) -> Result<Self, Error> {
        Ok(Self::offer(Asset::one_of(collection, IdSet::new(ids)?), price))
    }

    /// Gives tokens for tokens. Money beside them with [`Self::asking`] or [`Self::adding`].
    #[must_use]
    pub fn swap(gives: Vec<Asset>, wants: Vec<Asset>) -> Self {
        Self::new(Side::Sell, gives, wants)
    }

    /// A swap in which the taker pays TFUEL, too.
    #[must_use]
    pub fn asking(mut self, price: U256) -> Self {
        self.side = Side::Sell;
        self.priced(Address::ZERO, price)
    }

    /// A swap in which the maker pays WTFUEL, too.
    #[must_use]
    pub fn adding(mut self, price: U256) -> Self {
        self.side = Side::Buy;
        self.priced(WTFUEL, price)
    }

    /// One thing more on the same side: what a listing gives, or what an offer wants.
    #[must_use]
    pub fn and(mut self, asset: Asset) -> Self {
        match self.side {
            Side::Buy => self.wants.push(asset),
            _ => self.gives.push(asset),
        }
        self
    }

    /// Priced in another currency: a token that votes listed.
    #[must_use]
    pub const fn in_currency(mut self, currency: Address) -> Self {
        self.currency = currency;
        self
    }

    /// With a price that moves evenly from now to the end: what is sold becomes cheaper, what is offered more.
    #[must_use]
    pub const fn moving_to(mut self, end_price: U256) -> Self {
        self.end_price = Some(end_price);
        self
    }

    /// Only one account can take it.
    #[must_use]
    pub const fn only_for(mut self, taker: Address) -> Self {
        self.taker = Some(taker);
        self
    }

    /// It cannot be taken before this second, Unix.
    #[must_use]
    pub const fn starting_at(mut self, second: u64) -> Self {
        self.from = Some(second);
        self
    }

    /// It stands for so many seconds, instead of 30 days.
    #[must_use]
    pub const fn lasting(mut self, seconds: u64) -> Self {
        self.seconds = seconds;
        self
    }

    /// It is taken in up to so many parts. Items and price are those of one.
    #[must_use]
    pub const fn units(mut self, units: u32) -> Self {
        self.units = units;
        self
    }

    /// The most royalty that its maker lets creators have of a sale, basis points; unless said, what they ask for when it is prepared.
    #[must_use]
    pub const fn royalty_at_most(mut self, bps: u16) -> Self {
        self.royalty_max = Some(bps);
        self
    }

    /// It stands while nothing is taken out of an account that a token owns (ERC-6551).
    #[must_use]
    pub fn while_unchanged(mut self, account: Address) -> Self {
        self.bounds.push(account);
        self
    }

    /// With a salt that the maker chose: what tells it from orders that are otherwise alike.
    #[must_use]
    pub const fn salted(mut self, salt: U256) -> Self {
        self.salt = Some(salt);
        self
    }

    fn new(side: Side, gives: Vec<Asset>, wants: Vec<Asset>) -> Self {
        Self {
            side,
            gives,
            wants,
            currency: Address::ZERO,
            price: U256::ZERO,
            end_price: None,
            taker: None,
            from: None,
            seconds: MONTH,
            units: 1,
            royalty_max: None,
            bounds: Vec::new(),
            salt: None,
        }
    }

    const fn priced(mut self, currency: Address, price: U256) -> Self {
        self.currency = currency;
        self.price = price;
        self
    }
}
