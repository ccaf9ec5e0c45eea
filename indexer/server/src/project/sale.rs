//! Sales, whatever they came by, and the marks of those that may be none.

use super::{
    Contradiction, Rows, TouchedNft,
    circle::{Trade, closed_by_last},
    next,
    nft::Sold,
};
use crate::{
    decode::Event,
    record::{Moved, Rental, Sale, TokenKey},
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IExchange, IExchange::IExchangeEvents, IRentals, IRentals::IRentalsEvents, addresses};
use edgeloom_index_api::{SaleKind, SelfDealing};
use std::collections::{BTreeMap, BTreeSet};

/// What is paid, and how much of it goes where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Price {
    /// Zero for TFUEL.
    pub(super) currency: Address,
    pub(super) price: U256,
    pub(super) fee: Option<U256>,
    pub(super) royalty: U256,
}

/// A sale that is not recorded yet.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    pub(super) kind: SaleKind,
    pub(super) reference: String,
    pub(super) seller: Address,
    pub(super) buyer: Address,
    /// Who has the money: the seller, or whom it named.
    pub(super) payee: Address,
    pub(super) paid: Price,
    pub(super) units: u32,
    /// Where nobody knows yet which of its tokens they are.
    pub(super) creation: Option<Address>,
    pub(super) items: Vec<Moved>,
}

impl TouchedNft {
    pub(super) fn exchange(&mut self, event: &IExchangeEvents) {
        if let IExchangeEvents::Filled(filled) = event {
            self.dealers.extend([filled.maker, filled.taker]);
            for item in &filled.items {
                self.sells(TokenKey::new(item.token, item.id));
            }
        }
    }

    pub(super) fn rental(&mut self, event: &IRentalsEvents) {
        if let IRentalsEvents::Rented(rented) = event {
            self.dealers.extend([rented.owner, rented.renter]);
            self.creations.insert(rented.rental.collection);
        }
    }
}

impl Rows {
    pub(super) fn exchange(&mut self, event: &Event, exchange: &IExchangeEvents) -> Result<(), Contradiction> {
        match exchange {
            IExchangeEvents::Filled(filled) => self.filled(event, filled),
            // As events alone.
            IExchangeEvents::Cancelled(_)
            | IExchangeEvents::CounterIncremented(_)
            | IExchangeEvents::Skipped(_)
            | IExchangeEvents::CurrencyListed(_) => Ok(()),
        }
    }

    /// Who is paid sells. What an order moves goes to the other side, wherever that has it sent.
    fn filled(&mut self, event: &Event, filled: &IExchange::Filled) -> Result<(), Contradiction> {
        let (maker, taker) = (filled.maker, filled.taker);
        let (seller, buyer) = match filled.side {
            IExchange::Side::Sell => (maker, taker),
            IExchange::Side::Buy => (taker, maker),
            _ => return Err(Contradiction::OrderSide(filled.order)),
        };
        let moved = |item: &IExchange::Moved| Moved {
            key: TokenKey::new(item.token, item.id),
            amount: item.amount,
            from: item.from,
            to: if item.from == maker { taker } else { maker },
            royalty: item.royalty,
        };
        let royalty = filled.items.iter().fold(U256::ZERO, |sum, item| sum.saturating_add(item.royalty));
        let deal = Deal {
            kind: SaleKind::Order,
            reference: filled.order.to_string(),
            seller,
            buyer,
            payee: seller,
            paid: Price { currency: filled.currency, price: filled.price, fee: Some(filled.fee), royalty },
            units: filled.units,
            creation: None,
            items: filled.items.iter().map(moved).collect(),
        };
        self.sold(event, deal).map(|_| ())
    }

    pub(super) fn rental(&mut self, event: &Event, rental: &IRentalsEvents) -> Result<(), Contradiction> {
        match rental {
            IRentalsEvents::Rented(rented) => self.rented(event, rented),
            IRentalsEvents::CounterIncremented(_) => Ok(()),
        }
    }

    fn rented(&mut self, event: &Event, rented: &IRentals::Rented) -> Result<(), Contradiction> {
        let (offer, owner, renter, its) = (rented.offer.to_string(), rented.owner, rented.renter, &rented.rental);
        let key = TokenKey::new(its.collection, its.id);
        let royalty = its.royalty;
        let sale = self.sold(
            event,
            Deal {
                kind: SaleKind::Rental,
                reference: offer.clone(),
                seller: owner,
                buyer: renter,
                payee: owner,
                paid: Price { currency: its.currency, price: its.price, fee: Some(its.fee), royalty },
                units: 1,
                creation: None,
                items: vec![Moved { key, amount: U256::ONE, from: owner, to: its.user, royalty }],
            },
        )?;
        self.nft.rentals.push(Rental {
            id: next(&mut self.last.rental),
            offer,
            key,
            owner,
            renter,
            user: its.user,
            until: its.until,
            currency: its.currency,
            price: its.price,
            fee: its.fee,
            royalty,
            sale,
            at: event.at,
        });
        Ok(())
    }

    /// Records a sale and says its number.
    pub(super) fn sold(&mut self, event: &Event, deal: Deal) -> Result<u64, Contradiction> {
        let id = next(&mut self.last.sale);
        let mut parts = self.parts((deal.kind, deal.seller), &deal.paid, &deal.items);
        // What is paid for packs counts when they are drawn.
        parts.extend(deal.creation.map(|creation| (creation, U256::ZERO)));
        let mut sale = Sale {
            id,
            kind: deal.kind,
            reference: deal.reference,
            seller: deal.seller,
            buyer: deal.buyer,
            currency: deal.paid.currency,
            price: deal.paid.price,
            fee: deal.paid.fee,
            royalty: deal.paid.royalty,
            units: deal.units,
            parts,
            item_count: u32::try_from(deal.items.len()).unwrap_or(u32::MAX),
            items: deal.items,
            mark: None,
            at: event.at,
            tx_index: event.tx_index,
            log_index: event.log_index.unwrap_or(0),
        };
        for (creation, part) in &sale.parts {
            if let Some(creation) = self.nft.creations.get_mut(creation) {
                creation.sales += 1;
                creation.volume = creation.volume.saturating_add(*part);
                creation.last_block = event.at.block;
            }
        }
        let (seller, buyer) = (sale.seller, sale.buyer);
        let circles = self.traded(&sale);
        if let Some(creation) = deal.creation {
            self.nft.sold.push(Sold { creation, id: None, sale: id, place: 0, ms: sale.at.ms, moved: None });
        }
        sale.items.truncate(Sale::ITEMS_MAX);
        self.nft.changed.insert(id);
        self.nft.sales.insert(id, sale);
        let kinship = self.nft.kinship(seller, buyer).or_else(|| self.nft.kinship(deal.payee, buyer));
        if let Some(kinship) = kinship {
            self.mark(id, kinship)?;
        }
        circles.into_iter().try_for_each(|sale| self.mark(sale, SelfDealing::Circle))?;
        Ok(id)
    }

    /// What a sale adds to the volumes of creations that are known: equal parts of the price, of what the seller gave, as royalties are reckoned. What it got
    /// besides money adds nothing.
    fn parts(&self, (kind, seller): (SaleKind, Address), paid: &Price, items: &[Moved]) -> BTreeMap<Address, U256> {
        let mut parts = BTreeMap::new();
        if kind == SaleKind::Rental {
            return parts;
        }
        let in_tfuel = paid.currency.is_zero() || paid.currency == addresses::WTFUEL;
        let price = if in_tfuel { paid.price } else { U256::ZERO };
        let is_given = |item: &&Moved| item.from == seller || item.from.is_zero();
        let count = U256::from(items.iter().filter(is_given).count().max(1));
        for item in items.iter().filter(|item| self.nft.creations.contains_key(&item.key.creation)) {
            let part = if is_given(&item) { price / count } else { U256::ZERO };
            let sum: &mut U256 = parts.entry(item.key.creation).or_default();
            *sum = sum.saturating_add(part);
        }
        parts
    }

    /// Keeps of what tokens a sale was, and says which sales are on circles that it closes.
    fn traded(&mut self, sale: &Sale) -> BTreeSet<u64> {
        let mut circles = BTreeSet::new();
        let moves = sale.kind != SaleKind::Rental;
        for (item, place) in sale.items.iter().zip(0..) {
            let (key, ms) = (item.key, sale.at.ms);
            let moved = moves.then_some((item.from, item.to));
            let (creation, id) = (key.creation, Some(key.id));
            self.nft.sold.push(Sold { creation, id, sale: sale.id, place, ms, moved });
            if moves {
                let trades = self.nft.trades.entry(key).or_default();
                trades.push(Trade { sale: sale.id, from: item.from, to: item.to, ms });
                circles.extend(closed_by_last(trades));
            }
        }
        circles
    }

    /// The first reason stays.
    fn mark(&mut self, id: u64, reason: SelfDealing) -> Result<(), Contradiction> {
        let sale = self.nft.sales.get_mut(&id).ok_or(Contradiction::SaleUnknown(id))?;
        if sale.mark.is_some() {
            return Ok(());
        }
        sale.mark = Some(reason);
        self.nft.changed.insert(id);
        for (creation, part) in &sale.parts {
            let creation = self.nft.creations.get_mut(creation).ok_or(Contradiction::CreationUnknown(*creation))?;
            creation.marked += 1;
            creation.volume_marked = creation.volume_marked.saturating_add(*part);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
