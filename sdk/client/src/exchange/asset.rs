use std::sync::Arc;

use alloy::primitives::{Address, U256};
use edgeloom_bindings::IExchange::{Criteria, Item, Standard};

use crate::merkle::IdSet;

/// One thing that goes from one side of a trade to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub(super) item: Item,
    pub(super) set: Option<Arc<IdSet>>,
}

impl Asset {
    /// A token of a collection (ERC-721).
    #[must_use]
    pub fn token(collection: Address, id: U256) -> Self {
        Self::of(Standard::ERC721, Criteria::Exact, collection, (id, 1))
    }

    /// So many of an edition (ERC-1155), for each unit of the order.
    #[must_use]
    pub fn copies(editions: Address, id: U256, amount: u128) -> Self {
        Self::of(Standard::ERC1155, Criteria::Exact, editions, (id, amount))
    }

    /// Any token of a collection. Of what a maker wants.
    #[must_use]
    pub fn any(collection: Address) -> Self {
        Self::of(Standard::ERC721, Criteria::Any, collection, (U256::ZERO, 1))
    }

    /// So many of any one edition. Of what a maker wants.
    #[must_use]
    pub fn any_copies(editions: Address, amount: u128) -> Self {
        Self::of(Standard::ERC1155, Criteria::Any, editions, (U256::ZERO, amount))
    }

    /// Any token of a set, as all that share a trait. Of what a maker wants.
    #[must_use]
    pub fn one_of(collection: Address, set: IdSet) -> Self {
        Self::of_set(Standard::ERC721, collection, set, 1)
    }

    /// So many of any one edition of a set. Of what a maker wants.
    #[must_use]
    pub fn copies_of_one(editions: Address, set: IdSet, amount: u128) -> Self {
        Self::of_set(Standard::ERC1155, editions, set, amount)
    }

    fn of_set(standard: Standard, token: Address, set: IdSet, amount: u128) -> Self {
        let id = U256::from_be_bytes(set.root().0);
        Self { set: Some(Arc::new(set)), ..Self::of(standard, Criteria::OneOf, token, (id, amount)) }
    }

    fn of(standard: Standard, criteria: Criteria, token: Address, (id, amount): (U256, u128)) -> Self {
        Self { item: Item { standard, criteria, token, id, amount, nonce: 0 }, set: None }
    }
}
