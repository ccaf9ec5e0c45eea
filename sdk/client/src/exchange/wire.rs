//! Signed orders as JSON: large numbers as strings of decimals, enums as words.

use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::{
    IExchange::{self, Criteria, Order, Side, Standard},
    addresses::EXCHANGE,
};
use serde::{Deserialize, Serialize};

use super::{TradeOrder, signed};
use crate::{Error, SignedMint, SignedOrder, decimal::Decimal, merkle::IdSet, nfts::unix};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Signed {
    chain_id: u64,
    exchange: Address,
    /// So that whoever changed a number by mistake hears of it.
    hash: B256,
    order: Terms,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sets: Vec<Vec<Decimal>>,
    signature: Bytes,
    #[serde(default, skip_serializing_if = "is_zero")]
    index: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    proof: Vec<B256>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mintings: Vec<Minting>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Terms {
    maker: Address,
    taker: Address,
    #[serde(with = "SideWord")]
    side: Side,
    currency: Address,
    price: Decimal,
    end_price: Decimal,
    from: u64,
    until: u64,
    units: u32,
    royalty_max: u16,
    counter: Decimal,
    salt: Decimal,
    gives: Vec<Item>,
    wants: Vec<Item>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bounds: Vec<Bound>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Item {
    #[serde(with = "StandardWord")]
    standard: Standard,
    #[serde(with = "CriteriaWord")]
    criteria: Criteria,
    token: Address,
    id: Decimal,
    amount: Decimal,
    nonce: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    account: Address,
    state: Decimal,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Minting {
    mint: SignedMint,
    amount: Decimal,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Side", rename_all = "camelCase")]
enum SideWord {
    Sell,
    Buy,
    #[serde(skip)]
    __Invalid,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Standard")]
enum StandardWord {
    ERC721,
    ERC1155,
    #[serde(skip)]
    __Invalid,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Criteria", rename_all = "camelCase")]
enum CriteriaWord {
    Exact,
    Any,
    OneOf,
    #[serde(skip)]
    __Invalid,
}

impl From<SignedOrder> for Signed {
    fn from(signed: SignedOrder) -> Self {
        let hash = signed.hash();
        let SignedOrder { chain_id, order, signature, index, proof, mintings } = signed;
        let sets = order.sets().iter().map(|set| set.values().copied().map(Decimal).collect()).collect();
        let minting =
            |minted: signed::Minted| Minting { mint: minted.mint, amount: Decimal(U256::from(minted.amount)) };
        let mintings = mintings.into_iter().map(minting).collect();
        let order = Terms::from(order.terms());
        Self { chain_id, exchange: EXCHANGE, hash, order, sets, signature, index, proof, mintings }
    }
}

impl TryFrom<Signed> for SignedOrder {
    type Error = Error;

    fn try_from(wire: Signed) -> Result<Self, Error> {
        let Signed { chain_id, exchange, hash, order, sets, signature, index, proof, mintings } = wire;
        if exchange != EXCHANGE {
            return Err(Error::Settings(format!("{exchange} is not the exchange")));
        }
        let set = |ids: Vec<Decimal>| IdSet::new(ids.into_iter().map(|id| id.0)).map(Arc::new);
        let sets = sets.into_iter().map(set).collect::<Result<_, _>>()?;
        let order = TradeOrder::new(order.record()?, sets)?;
        if order.hash() != hash {
            return Err(Error::Settings(format!("the order is {}, not {hash}", order.hash())));
        }
        let mut read = Self::new(chain_id, order, signature).with_place(index, proof);
        if read.digest().is_none() {
            return Err(Error::Settings(format!("no tree of {} levels has an order {index}", read.proof.len())));
        }
        for Minting { mint, amount } in mintings {
            read = read.with_minting(mint, narrow(amount)?)?;
        }
        Ok(read)
    }
}

impl From<&Order> for Terms {
    fn from(order: &Order) -> Self {
        let bound = |bound: &IExchange::Bound| Bound { account: bound.account, state: Decimal(bound.state) };
        Self {
            maker: order.maker,
            taker: order.taker,
            side: order.side,
            currency: order.currency,
            price: Decimal(U256::from(order.price)),
            end_price: Decimal(U256::from(order.endPrice)),
            from: order.from.to(),
            until: order.until.to(),
            units: order.units,
            royalty_max: order.royaltyMax,
            counter: Decimal(order.counter),
            salt: Decimal(order.salt),
            gives: order.gives.iter().map(Item::from).collect(),
            wants: order.wants.iter().map(Item::from).collect(),
            bounds: order.bounds.iter().map(bound).collect(),
        }
    }
}

impl Terms {
    fn record(self) -> Result<Order, Error> {
        let items = |items: Vec<Item>| items.into_iter().map(Item::record).collect::<Result<_, _>>();
        let bound = |bound: Bound| IExchange::Bound { account: bound.account, state: bound.state.0 };
        Ok(Order {
            maker: self.maker,
            taker: self.taker,
            side: self.side,
            currency: self.currency,
            price: narrow(self.price)?,
            endPrice: narrow(self.end_price)?,
            from: unix(self.from)?,
            until: unix(self.until)?,
            units: self.units,
            royaltyMax: self.royalty_max,
            counter: self.counter.0,
            salt: self.salt.0,
            gives: items(self.gives)?,
            wants: items(self.wants)?,
            bounds: self.bounds.into_iter().map(bound).collect(),
        })
    }
}

impl From<&IExchange::Item> for Item {
    fn from(item: &IExchange::Item) -> Self {
        let IExchange::Item { standard, criteria, token, id, amount, nonce } = *item;
        Self { standard, criteria, token, id: Decimal(id), amount: Decimal(U256::from(amount)), nonce }
    }
}

impl Item {
    fn record(self) -> Result<IExchange::Item, Error> {
        let Self { standard, criteria, token, id, amount, nonce } = self;
        Ok(IExchange::Item { standard, criteria, token, id: id.0, amount: narrow(amount)?, nonce })
    }
}

/// An amount that the contract has room for.
pub(super) fn narrow(amount: Decimal) -> Result<u128, Error> {
    u128::try_from(amount.0).map_err(|_| Error::Settings(format!("{} is more than an order can hold", amount.0)))
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
