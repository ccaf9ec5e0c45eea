use std::sync::Arc;

use alloy::primitives::{B256, U256};
use edgeloom_bindings::IExchange::{Criteria, Item, Order, Side, Standard};

use super::typed;
use crate::{Error, merkle::IdSet};

/// As `nft/Orders.sol` has them.
const ITEMS_MAX: usize = 32;
const BOUNDS_MAX: usize = 8;
const ROYALTY_MAX: u16 = 5_000;

/// An order as its maker signs it, with the sets of ids that it names by their roots. Its terms mean one thing: the exchange takes no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeOrder {
    terms: Order,
    sets: Vec<Arc<IdSet>>,
}

impl TradeOrder {
    /// With sets of ids for its items that are one of several, as far as they are known: who fills it has to know them.
    ///
    /// # Errors
    /// [`Error::Settings`] for terms that the exchange refuses, and for a set that the order does not name.
    pub fn new(terms: Order, sets: Vec<Arc<IdSet>>) -> Result<Self, Error> {
        check(&terms)?;
        let named = |set: &IdSet| terms.wants.iter().any(|item| is_of(item, set));
        match sets.iter().find(|set| !named(set)) {
            Some(set) => Err(Error::Settings(format!("the order names no set with the root {}", set.root()))),
            None => Ok(Self { terms, sets }),
        }
    }

    /// What the contract is given.
    #[must_use]
    pub const fn terms(&self) -> &Order {
        &self.terms
    }

    /// Sets of ids that it names.
    #[must_use]
    pub fn sets(&self) -> &[Arc<IdSet>] {
        &self.sets
    }

    /// Its number: `IExchange.hashOf`.
    #[must_use]
    pub fn hash(&self) -> B256 {
        typed::hash(&self.terms)
    }

    /// What its maker signs: `IExchange.digestOf` on this chain.
    #[must_use]
    pub fn digest(&self, chain_id: u64) -> B256 {
        typed::digest(chain_id, self.hash())
    }

    /// What a unit costs at a time: `IExchange.priceAt`. Before it is open as at its start, and after its end as at that.
    #[must_use]
    pub fn price_at(&self, time: u64) -> U256 {
        let terms = &self.terms;
        let (price, end_price) = (U256::from(terms.price), U256::from(terms.endPrice));
        let (from, until) = (terms.from.to::<u64>(), terms.until.to::<u64>());
        let time = time.clamp(from, until);
        if price == end_price || time == from {
            return price;
        }
        let (passed, whole) = (U256::from(time - from), U256::from(until - from));
        match price > end_price {
            true => price - (price - end_price) * passed / whole,
            false => price + (end_price - price) * passed / whole,
        }
    }

    /// Whether the taker pays in TFUEL, which is sent.
    #[must_use]
    pub fn takes_tfuel(&self) -> bool {
        self.terms.side == Side::Sell && self.terms.currency.is_zero()
    }

    /// The set that an item is one of, if it is known.
    pub(super) fn set_of(&self, item: &Item) -> Option<&IdSet> {
        self.sets.iter().map(Arc::as_ref).find(|set| is_of(item, set))
    }
}

fn is_of(item: &Item, set: &IdSet) -> bool {
    item.criteria == Criteria::OneOf && item.id.to_be_bytes() == set.root().0
}

/// `Orders.check`, with words.
fn check(order: &Order) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::Settings(format!("no such order can be filled: {what}")));
    let (gives, wants) = (&order.gives, &order.wants);
    if order.units == 0 {
        return wrong("it has no units");
    }
    if order.until < order.from {
        return wrong("it ends before it begins");
    }
    if order.royaltyMax > ROYALTY_MAX {
        return wrong("its royalty is above 5,000 basis points");
    }
    if gives.len() > ITEMS_MAX || wants.len() > ITEMS_MAX || order.bounds.len() > BOUNDS_MAX {
        return wrong("it has more than 32 items on a side, or more than 8 accounts");
    }
    if (gives.is_empty() || wants.is_empty()) && (order.price == 0 || order.endPrice == 0) {
        return wrong("for nothing, tokens change hands only against tokens");
    }
    match order.side {
        Side::Sell if gives.is_empty() => return wrong("it sells nothing"),
        Side::Sell if order.endPrice > order.price => return wrong("the price of a sale rises"),
        Side::Buy if wants.is_empty() => return wrong("it buys nothing"),
        Side::Buy if order.endPrice < order.price => return wrong("the price of an offer falls"),
        Side::Buy if order.currency.is_zero() => return wrong("an offer is in WTFUEL, or another token, not in TFUEL"),
        Side::Sell | Side::Buy => {}
        Side::__Invalid => return wrong("it is no sale and no purchase"),
    }
    let unique = |item: &Item| item.standard == Standard::ERC721;
    if !gives.iter().all(is_given) {
        return wrong("what a maker gives is named by its id, of an ERC-721 one with its nonce");
    }
    if gives.iter().any(unique) && order.units != 1 {
        return wrong("what gives an ERC-721 has one unit");
    }
    match wants.iter().all(is_wanted) {
        true => Ok(()),
        false => wrong("what a maker wants is one of an ERC-721, or some of an ERC-1155, without a nonce"),
    }
}

fn is_given(item: &Item) -> bool {
    let counted = match item.standard {
        Standard::ERC721 => item.amount == 1,
        Standard::ERC1155 => item.nonce == 0,
        Standard::__Invalid => false,
    };
    counted && item.criteria == Criteria::Exact && item.amount != 0
}

fn is_wanted(item: &Item) -> bool {
    let counted = match item.standard {
        Standard::ERC721 => item.amount == 1,
        Standard::ERC1155 => item.amount != 0,
        Standard::__Invalid => false,
    };
    let named = match item.criteria {
        Criteria::Exact => true,
        Criteria::Any => item.id.is_zero(),
        Criteria::OneOf => !item.id.is_zero(),
        Criteria::__Invalid => false,
    };
    counted && named && item.nonce == 0
}
