//! Creations, their tokens, and what trades, rents and opens them.

use super::{Contradiction, Rows, circle::Trade, purse::Purse};
use crate::{
    decode::{Event, Says, What},
    record::{
        Balance, Creation, Drop, Edition, Gate, Lot, LotBid, Pack, PackSale, Rental, Sale, Token, TokenKey,
        TokenTransfer,
    },
};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::Asset;
use std::collections::{BTreeMap, BTreeSet};

/// Rows by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nft {
    pub creations: BTreeMap<Address, Creation>,
    pub tokens: BTreeMap<TokenKey, Token>,
    pub editions: BTreeMap<TokenKey, Edition>,
    pub balances: BTreeMap<(TokenKey, Address), Balance>,
    pub transfers: Vec<TokenTransfer>,
    /// With those that came before of the same tokens.
    pub sales: BTreeMap<u64, Sale>,
    /// Sales that are new, or have a new mark.
    pub changed: BTreeSet<u64>,
    /// What each sale was of.
    pub sold: Vec<Sold>,
    /// The newest sales of tokens, oldest first.
    pub trades: BTreeMap<TokenKey, Vec<Trade>>,
    pub lots: BTreeMap<u64, Lot>,
    pub lot_bids: Vec<LotBid>,
    pub rentals: Vec<Rental>,
    pub drops: BTreeMap<u64, Drop>,
    pub pack_sales: BTreeMap<u64, PackSale>,
    /// By sale and number.
    pub packs: BTreeMap<(u64, u64), Pack>,
    pub gates: BTreeMap<u64, Gate>,
    /// Of whoever trades, and of who funded them.
    pub purses: BTreeMap<Address, Purse>,
}

/// A token that was in a sale, or the creation of tokens that nobody knows yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    pub creation: Address,
    pub id: Option<U256>,
    pub sale: u64,
    /// Among the sale's items.
    pub place: u32,
    pub ms: u64,
    /// From whom to whom; `None` where it stayed.
    pub moved: Option<(Address, Address)>,
}

/// Keys of the rows that events may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TouchedNft {
    /// Of these nobody knows whether they are any.
    pub creations: BTreeSet<Address>,
    /// Of collections and editions.
    pub tokens: BTreeSet<TokenKey>,
    pub balances: BTreeSet<(TokenKey, Address)>,
    pub lots: BTreeSet<u64>,
    pub gates: BTreeSet<u64>,
    /// Tokens that are sold, or may be.
    pub traded: BTreeSet<TokenKey>,
    pub drops: BTreeSet<u64>,
    pub pack_sales: BTreeSet<u64>,
    pub packs: BTreeSet<(u64, u64)>,
    /// Buyers and sellers, but for those that only rows name.
    pub dealers: BTreeSet<Address>,
    /// Who first gives TFUEL to whom, where anybody trades.
    pub payers: BTreeMap<Address, Address>,
}

impl TouchedNft {
    pub(super) fn deal(&mut self, says: &Says) {
        match says {
            Says::Factory(event) => self.factory(event),
            Says::Exchange(event) => self.exchange(event),
            Says::House(event) => self.house(event),
            Says::Rental(event) => self.rental(event),
            Says::Drop(event) => self.drop(event),
            Says::Pack(event) => self.pack(event),
            Says::Gate(event) => self.gate(event),
            _ => {}
        }
    }

    pub(super) fn sells(&mut self, key: TokenKey) {
        self.creations.insert(key.creation);
        self.traded.insert(key);
    }

    pub(super) fn payers<'e>(&mut self, events: impl Iterator<Item = &'e Event>) {
        if self.dealers.is_empty() {
            return;
        }
        for event in events {
            if let What::Transfer { asset: Asset::Tfuel, from, to, .. } = &event.what
                && from != to
            {
                self.payers.entry(*to).or_insert(*from);
            }
        }
    }
}

impl Rows {
    pub(super) fn nft(&mut self, event: &Event, says: &Says) -> Result<(), Contradiction> {
        match says {
            Says::Factory(made) => self.made(made, event.at),
            Says::Exchange(exchange) => self.exchange(event, exchange),
            Says::House(house) => self.house(event, house),
            Says::Rental(rental) => self.rental(event, rental),
            Says::Drop(drop) => self.drop(event, drop),
            Says::Pack(pack) => self.pack(event, pack),
            Says::Gate(gate) => self.gate(gate, event.at),
            _ => Ok(()),
        }
    }
}

/// What the contracts number from 1 does not fit a database key only if it is no such number.
pub(super) fn number(id: U256) -> Option<u64> {
    i64::try_from(id).ok().map(i64::cast_unsigned)
}

/// Longest text of a creator's that rows have: whoever needs more asks the contract.
const URI_BYTES_MAX: usize = 4096;
const NAME_CHARS_MAX: usize = 128;

pub(super) fn uri(text: &str) -> Option<String> {
    (text.len() <= URI_BYTES_MAX).then(|| text.to_owned())
}

pub(super) fn name(text: &str) -> String {
    text.chars().take(NAME_CHARS_MAX).collect()
}
