//! Sales, auctions and rentals of tokens, and gates.

use crate::{
    filter::nft::{GateFilter, LotBidFilter, LotFilter, Of as Filtered, RentalFilter, SaleFilter},
    page::PageRequest,
    project::Sold,
    record::{Gate, Lot, LotBid, Rental, Sale, TokenKey},
    store::{
        Count, Slice, Store, StoreError,
        market::{json, parsed},
        read::{Listing, Query, push_condition},
        rows::{Of, code},
        write::{Values, number, wei},
    },
};
use alloy::primitives::U256;
use edgeloom_index_api::{LotPhase, SaleKind};
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const KINDS: [SaleKind; 5] = [SaleKind::Order, SaleKind::Auction, SaleKind::Rental, SaleKind::Drop, SaleKind::Pack];
const PHASES: [LotPhase; 5] = [LotPhase::Open, LotPhase::Sold, LotPhase::Kept, LotPhase::Voided, LotPhase::Returned];

impl Store {
    pub async fn sales(
        &self,
        filter: &SaleFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Sale>, StoreError> {
        let listing = Listing { table: "sales", filter: |query: &mut Query| filter.push(query), read: sale_row };
        self.list(listing, page, count).await
    }

    pub async fn lots(&self, filter: &LotFilter, page: &PageRequest, count: Count) -> Result<Slice<Lot>, StoreError> {
        let listing = Listing { table: "lots", filter: |query: &mut Query| filter.push(query), read: lot_row };
        self.list(listing, page, count).await
    }

    pub async fn lot_bids(
        &self,
        filter: &LotBidFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<LotBid>, StoreError> {
        let listing = Listing { table: "lot_bids", filter: |query: &mut Query| filter.push(query), read: bid_row };
        self.list(listing, page, count).await
    }

    pub async fn rentals(
        &self,
        filter: &RentalFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Rental>, StoreError> {
        let listing = Listing { table: "rentals", filter: |query: &mut Query| filter.push(query), read: rental_row };
        self.list(listing, page, count).await
    }

    pub async fn gates(
        &self,
        filter: &GateFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Gate>, StoreError> {
        let listing = Listing { table: "gates", filter: |query: &mut Query| filter.push(query), read: gate_row };
        self.list(listing, page, count).await
    }

    pub async fn sale(&self, id: u64) -> Result<Option<Sale>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from sales where id in (", keys, sale_row).await?.pop())
    }

    pub async fn lot(&self, id: u64) -> Result<Option<Lot>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from lots where id in (", keys, lot_row).await?.pop())
    }

    pub async fn gate(&self, id: u64) -> Result<Option<Gate>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from gates where id in (", keys, gate_row).await?.pop())
    }
}

impl SaleFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "kind =", self.kind.map(|kind| code(&KINDS, &kind)));
        let keys = match self.of {
            Filtered::Any => None,
            // The address alone, too, is a key: of tokens that nobody knows yet.
            Filtered::Creation(creation) => Some([creation.to_vec(), TokenKey::new(creation, U256::MAX).bytes()]),
            Filtered::Token(key) => Some([key.bytes(), key.bytes()]),
        };
        if let Some([first, last]) = keys {
            query.push(" and id in (select sale from sold where key between ").push_bind(first);
            query.push(" and ").push_bind(last).push(")");
        }
        push_condition(query, "seller =", self.seller.map(|address| address.to_vec()));
        push_condition(query, "buyer =", self.buyer.map(|address| address.to_vec()));
        if let Some(account) = self.account {
            query.push(" and (seller = ").push_bind(account.to_vec());
            query.push(" or buyer = ").push_bind(account.to_vec()).push(")");
        }
        push_condition(query, "reference =", self.reference.clone());
        push_condition(query, "marked =", self.marked.map(i64::from));
    }
}

impl LotFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "phase =", self.phase.map(|phase| code(&PHASES, &phase)));
        push_condition(query, "seller =", self.seller.map(|address| address.to_vec()));
        push_condition(query, "creation =", self.creation.map(|address| address.to_vec()));
    }
}

impl LotBidFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "lot =", self.lot.map(number));
        push_condition(query, "bidder =", self.bidder.map(|address| address.to_vec()));
    }
}

impl RentalFilter {
    fn push(&self, query: &mut Query) {
        self.of.push(query, "key =");
        push_condition(query, "owner =", self.owner.map(|address| address.to_vec()));
        push_condition(query, "renter =", self.renter.map(|address| address.to_vec()));
    }
}

impl GateFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "owner =", self.owner.map(|address| address.to_vec()));
        push_condition(query, "collection =", self.collection.map(|address| address.to_vec()));
    }
}

pub(in crate::store) fn write_sale(values: &mut Values<'_>, sale: &Sale) {
    values.push_bind(number(sale.id));
    values.push_bind(code(&KINDS, &sale.kind));
    values.push_bind(sale.reference.clone());
    values.push_bind(sale.seller.to_vec());
    values.push_bind(sale.buyer.to_vec());
    values.push_bind(i64::from(sale.mark.is_some()));
    values.push_bind(json(sale));
}

pub(in crate::store) fn write_sold(values: &mut Values<'_>, sold: &Sold) {
    let token = sold.id.map(|id| TokenKey::new(sold.creation, id).bytes());
    values.push_bind(token.unwrap_or_else(|| sold.creation.to_vec()));
    values.push_bind(number(sold.sale));
    values.push_bind(i64::from(sold.place));
    values.push_bind(sold.moved.map(|(from, _)| from.to_vec()));
    values.push_bind(sold.moved.map(|(_, to)| to.to_vec()));
    values.push_bind(number(sold.ms));
}

pub(in crate::store) fn write_lot(values: &mut Values<'_>, lot: &Lot) {
    values.push_bind(number(lot.id));
    values.push_bind(lot.seller.to_vec());
    values.push_bind(lot.key.creation.to_vec());
    values.push_bind(code(&PHASES, &lot.phase));
    values.push_bind(json(lot));
}

pub(in crate::store) fn write_bid(values: &mut Values<'_>, bid: &LotBid) {
    values.push_bind(number(bid.id));
    values.push_bind(number(bid.lot));
    values.push_bind(bid.bidder.to_vec());
    values.push_bind(wei(bid.amount));
    values.push_bind(number(bid.until));
    values.push_bind(number(bid.at.block));
    values.push_bind(bid.at.tx.to_vec());
    values.push_bind(number(bid.at.ms));
}

pub(in crate::store) fn write_rental(values: &mut Values<'_>, rental: &Rental) {
    values.push_bind(number(rental.id));
    values.push_bind(rental.key.bytes());
    values.push_bind(rental.key.creation.to_vec());
    values.push_bind(rental.owner.to_vec());
    values.push_bind(rental.renter.to_vec());
    values.push_bind(json(rental));
}

pub(in crate::store) fn write_gate(values: &mut Values<'_>, gate: &Gate) {
    values.push_bind(number(gate.id));
    values.push_bind(gate.owner.to_vec());
    values.push_bind(gate.collection.to_vec());
    values.push_bind(json(gate));
}

pub(super) fn sale_row(row: &SqliteRow) -> Result<Sale, StoreError> {
    parsed("sales", row)
}

pub(super) fn lot_row(row: &SqliteRow) -> Result<Lot, StoreError> {
    parsed("lots", row)
}

fn bid_row(row: &SqliteRow) -> Result<LotBid, StoreError> {
    let row = Of("lot_bids", row);
    Ok(LotBid {
        id: row.number("id")?,
        lot: row.number("lot")?,
        bidder: row.address("bidder")?,
        amount: row.wei("amount")?,
        until: row.number("until")?,
        at: row.stamp(["block", "tx", "ms"])?,
    })
}

fn rental_row(row: &SqliteRow) -> Result<Rental, StoreError> {
    parsed("rentals", row)
}

pub(super) fn gate_row(row: &SqliteRow) -> Result<Gate, StoreError> {
    parsed("gates", row)
}
