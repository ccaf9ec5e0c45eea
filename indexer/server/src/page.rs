//! Keyset pages. A cursor is the ordering's value and the key of the last row seen, with the list and order that it belongs
//! to; clients hold it as opaque text, and whatever they send back is checked before it reaches the database.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use edgeloom_index_api::{OrderDirection, Page};

/// Which list: the first byte of its cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Jobs = 1,
    Workers = 2,
    Models = 3,
    Transfers = 4,
    Contracts = 5,
    Nodes = 6,
    Positions = 7,
    Slashes = 8,
    Committees = 9,
    Checkpoints = 10,
    Proposals = 11,
    Votes = 12,
    ParameterChanges = 13,
    Orders = 14,
    Leases = 15,
    Auctions = 16,
    Bids = 17,
    MarketEvents = 18,
    Pools = 19,
    Pairs = 20,
    Sessions = 21,
    Creations = 22,
    Tokens = 23,
    Editions = 24,
    Balances = 25,
    TokenTransfers = 26,
    Sales = 27,
    Lots = 28,
    LotBids = 29,
    Rentals = 30,
    Gates = 31,
    Drops = 32,
    PackSales = 33,
    Packs = 34,
}

/// A column of the database to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    /// Exactly so many bytes.
    Bytes(usize),
}

/// How a list can be ordered: by a column, ties by the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordering {
    pub list: List,
    /// Position among the list's orders: the second byte of cursors.
    pub order: u8,
    pub column: Column,
    pub key: Column,
}

/// A value of a [`Column`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    Bytes(Vec<u8>),
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub ordering: Ordering,
    pub direction: OrderDirection,
    /// 1 to 1000.
    pub limit: u32,
    /// Ordering value and key of the last row of the page before.
    pub after: Option<(Value, Value)>,
}

/// What is wrong with the arguments of a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("a page has 1 to {max} rows, not {0}", max = Page::<()>::LIMIT_MAX)]
    Limit(u32),
    #[error("`first` and `limit` mean the same: give one of them")]
    TwoLimits,
    #[error(
        "`after` is not a cursor of this list in this order; take `pageInfo.endCursor` of the page before, with the same order"
    )]
    Cursor,
}

/// As a client wrote it.
#[derive(Clone, Debug, Default)]
pub struct PageArguments {
    pub direction: OrderDirection,
    pub limit: Option<u32>,
    pub after: Option<String>,
}

/// Longest cursor in characters; ours have at most 90.
const CURSOR_MAX: usize = 128;

impl PageRequest {
    /// # Errors
    /// [`PageError`] for a limit out of range or a cursor that this list never gave in this order.
    pub fn parse(ordering: Ordering, arguments: &PageArguments) -> Result<Self, PageError> {
        let limit = arguments.limit.unwrap_or(Page::<()>::LIMIT_DEFAULT);
        if !(1..=Page::<()>::LIMIT_MAX).contains(&limit) {
            return Err(PageError::Limit(limit));
        }
        let direction = arguments.direction;
        let after = arguments.after.as_deref().map(|text| decode(ordering, direction, text).ok_or(PageError::Cursor));
        Ok(Self { ordering, direction, limit, after: after.transpose()? })
    }

    /// The cursor of a row.
    pub fn cursor(&self, value: &Value, key: &Value) -> String {
        let mut bytes = vec![self.ordering.list as u8, self.ordering.order, self.direction as u8];
        for part in [value, key] {
            match part {
                Value::Number(number) => bytes.extend(number.to_be_bytes()),
                Value::Bytes(part) => bytes.extend(part),
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

fn decode(ordering: Ordering, direction: OrderDirection, text: &str) -> Option<(Value, Value)> {
    if text.len() > CURSOR_MAX {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let [list, order, towards, values @ ..] = bytes.as_slice() else { return None };
    if (*list, *order, *towards) != (ordering.list as u8, ordering.order, direction as u8) {
        return None;
    }
    let (value, rest) = take(ordering.column.kind, values)?;
    let (key, rest) = take(ordering.key.kind, rest)?;
    rest.is_empty().then_some((value, key))
}

fn take(kind: Kind, bytes: &[u8]) -> Option<(Value, &[u8])> {
    match kind {
        Kind::Number => {
            let (number, rest) = bytes.split_first_chunk()?;
            Some((Value::Number(i64::from_be_bytes(*number)), rest))
        }
        Kind::Bytes(length) => {
            let (part, rest) = bytes.split_at_checked(length)?;
            Some((Value::Bytes(part.to_vec()), rest))
        }
    }
}

#[cfg(test)]
mod tests;
