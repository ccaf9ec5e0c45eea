//! Of creations, their tokens, and their trade.

use super::{BadArgument, NUMBER, column, decimal, ordering};
use crate::{
    page::{List, Ordering},
    record::TokenKey,
};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{CreationKind, LotPhase, SaleKind};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreationFilter {
    pub kind: Option<CreationKind>,
    pub creator: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    pub creation: Option<Address>,
    pub owner: Option<Address>,
    pub user: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditionFilter {
    pub creation: Option<Address>,
}

/// A contract of tokens, or one of its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Of {
    #[default]
    Any,
    Creation(Address),
    Token(TokenKey),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BalanceFilter {
    pub of: Of,
    pub holder: Option<Address>,
    pub held: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenTransferFilter {
    pub of: Of,
    /// Sender or receiver.
    pub account: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaleFilter {
    pub kind: Option<SaleKind>,
    pub of: Of,
    pub seller: Option<Address>,
    pub buyer: Option<Address>,
    /// Seller or buyer.
    pub account: Option<Address>,
    pub reference: Option<String>,
    pub marked: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LotFilter {
    pub phase: Option<LotPhase>,
    pub seller: Option<Address>,
    pub creation: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LotBidFilter {
    pub lot: Option<u64>,
    pub bidder: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RentalFilter {
    pub of: Of,
    pub owner: Option<Address>,
    pub renter: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateFilter {
    pub owner: Option<Address>,
    pub collection: Option<Address>,
}

/// Of drops and of sales of packs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropFilter {
    pub creation: Option<Address>,
    pub creator: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackFilter {
    pub sale: Option<u64>,
    pub buyer: Option<Address>,
}

/// # Errors
/// [`BadArgument::TokenId`].
pub fn token_id(argument: &'static str, text: &str) -> Result<U256, BadArgument> {
    decimal(text).ok_or(BadArgument::TokenId { argument })
}

/// `creation` and `tokenId` together.
///
/// # Errors
/// [`BadArgument`]: an id alone is of no token.
pub fn of(creation: Option<&str>, id: Option<&str>) -> Result<Of, BadArgument> {
    let creation = creation.map(|text| super::address("creation", text)).transpose()?;
    match (creation, id.map(|text| token_id("tokenId", text)).transpose()?) {
        (None, None) => Ok(Of::Any),
        (None, Some(_)) => Err(BadArgument::IdAlone),
        (Some(creation), None) => Ok(Of::Creation(creation)),
        (Some(creation), Some(id)) => Ok(Of::Token(TokenKey::new(creation, id))),
    }
}

pub const CREATIONS_BY_NUMBER: Ordering = by(List::Creations, "number");
pub const TOKENS_BY_NUMBER: Ordering = by(List::Tokens, "number");
pub const EDITIONS_BY_NUMBER: Ordering = by(List::Editions, "number");
pub const BALANCES_BY_NUMBER: Ordering = by(List::Balances, "number");
pub const TOKEN_TRANSFERS_BY_ID: Ordering = by(List::TokenTransfers, "id");
pub const SALES_BY_ID: Ordering = by(List::Sales, "id");
pub const LOTS_BY_ID: Ordering = by(List::Lots, "id");
pub const LOT_BIDS_BY_ID: Ordering = by(List::LotBids, "id");
pub const RENTALS_BY_ID: Ordering = by(List::Rentals, "id");
pub const DROPS_BY_ID: Ordering = by(List::Drops, "id");
pub const PACK_SALES_BY_ID: Ordering = by(List::PackSales, "id");
pub const PACKS_BY_ID: Ordering = by(List::Packs, "id");
pub const GATES_BY_ID: Ordering = by(List::Gates, "id");

const fn by(list: List, key: &'static str) -> Ordering {
    ordering(list, 0, column(key, NUMBER), column(key, NUMBER))
}
