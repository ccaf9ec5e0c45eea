//! Orders, leases, auctions, bids, and every event of the market's contracts.

use super::{
    Count, Slice, Store, StoreError,
    read::{Listing, Query, push_condition},
    rows::{Of, code, unwritable},
    write::{Values, number},
};
use crate::{
    filter::{AuctionFilter, BidFilter, LeaseFilter, MarketEventFilter, OrderFilter},
    page::PageRequest,
    record::{Auction, Bid, Claim, Job, Lease, MarketEvent, Order},
};
use alloy::primitives::B256;
use edgeloom_index_api::{AuctionPhase, LeasePhase, MarketContract, Page};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const LEASE_PHASES: [LeasePhase; 4] = [LeasePhase::Offered, LeasePhase::Taken, LeasePhase::Running, LeasePhase::Ended];
const AUCTION_PHASES: [AuctionPhase; 4] =
    [AuctionPhase::Open, AuctionPhase::Cleared, AuctionPhase::Unbid, AuctionPhase::Voided];
const CONTRACTS: [MarketContract; 16] = [
    MarketContract::Auctions,
    MarketContract::Leases,
    MarketContract::PaymentPool,
    MarketContract::Deliveries,
    MarketContract::Disputable,
    MarketContract::Disputes,
    MarketContract::Audits,
    MarketContract::Attested,
    MarketContract::Sealed,
    MarketContract::NftFactory,
    MarketContract::Exchange,
    MarketContract::AuctionHouse,
    MarketContract::Rentals,
    MarketContract::MediaGate,
    MarketContract::Drops,
    MarketContract::Packs,
];

impl Store {
    pub async fn orders(
        &self,
        filter: &OrderFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Order>, StoreError> {
        let listing = Listing { table: "orders", filter: |query: &mut Query| filter.push(query), read: order_row };
        self.list(listing, page, count).await
    }

    pub async fn leases(
        &self,
        filter: &LeaseFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Lease>, StoreError> {
        let listing = Listing { table: "leases", filter: |query: &mut Query| filter.push(query), read: lease_row };
        self.list(listing, page, count).await
    }

    pub async fn auctions(
        &self,
        filter: &AuctionFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Auction>, StoreError> {
        let listing = Listing { table: "auctions", filter: |query: &mut Query| filter.push(query), read: auction_row };
        self.list(listing, page, count).await
    }

    pub async fn bids(&self, filter: &BidFilter, page: &PageRequest, count: Count) -> Result<Slice<Bid>, StoreError> {
        let listing = Listing { table: "bids", filter: |query: &mut Query| filter.push(query), read: bid_row };
        self.list(listing, page, count).await
    }

    pub async fn market_events(
        &self,
        filter: &MarketEventFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<MarketEvent>, StoreError> {
        let listing =
            Listing { table: "market_events", filter: |query: &mut Query| filter.push(query), read: event_row };
        self.list(listing, page, count).await
    }

    /// Orders by number, in no particular order.
    pub async fn orders_by_id(&self, ids: &[u64]) -> Result<Vec<Order>, StoreError> {
        let keys = ids.iter().filter_map(|id| i64::try_from(*id).ok());
        self.by_keys("select * from orders where id in (", keys, order_row).await
    }

    pub async fn lease(&self, id: u64) -> Result<Option<Lease>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from leases where id in (", keys, lease_row).await?.pop())
    }

    pub async fn auction(&self, id: B256) -> Result<Option<Auction>, StoreError> {
        let keys = std::iter::once(id.to_vec());
        Ok(self.by_keys("select * from auctions where id in (", keys, auction_row).await?.pop())
    }

    /// The oldest events of one lease, auction, pool or claim.
    pub async fn history_of(&self, contract: MarketContract, subject: &str) -> Result<Vec<MarketEvent>, StoreError> {
        let select = "select * from market_events where contract = ? and subject = ? order by id limit ?";
        let found = sqlx::query(select)
            .bind(code(&CONTRACTS, &contract))
            .bind(subject)
            .bind(i64::from(Page::<()>::LIMIT_MAX))
            .fetch_all(&mut *self.readers.get().await?)
            .await?;
        found.iter().map(event_row).collect()
    }

    /// What the verifiers of a job were told by its worker and said of it, oldest first.
    pub async fn claims_of(&self, job: &Job) -> Result<Vec<MarketEvent>, StoreError> {
        let Some(worker) = job.worker else { return Ok(Vec::new()) };
        let select = "select contract, id from claims where job = ? and worker = ?";
        let found = sqlx::query(select)
            .bind(number(job.id))
            .bind(worker.to_vec())
            .fetch_all(&mut *self.readers.get().await?)
            .await?;
        let mut events = Vec::new();
        for row in &found {
            let row = Of("claims", row);
            let (judge, id) = (row.coded("contract", &CONTRACTS)?, row.hash("id")?);
            let contracts = match judge {
                // Three contracts speak of the same claim.
                MarketContract::Disputes => {
                    &[MarketContract::Disputes, MarketContract::Disputable, MarketContract::Audits][..]
                }
                _ => std::slice::from_ref(&judge),
            };
            for contract in contracts {
                events.extend(self.history_of(*contract, &id.to_string()).await?);
            }
        }
        events.sort_by_key(|event| event.id);
        Ok(events)
    }
}

impl OrderFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "requester =", self.requester.map(|address| address.to_vec()));
        push_condition(query, "model =", self.model.map(|id| id.to_vec()));
        push_condition(query, "kind =", self.kind.map(i64::from));
    }
}

impl LeaseFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "phase =", self.phase.map(|phase| code(&LEASE_PHASES, &phase)));
        push_condition(query, "requester =", self.requester.map(|address| address.to_vec()));
        push_condition(query, "worker =", self.worker.map(|address| address.to_vec()));
    }
}

impl AuctionFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "phase =", self.phase.map(|phase| code(&AUCTION_PHASES, &phase)));
        push_condition(query, "requester =", self.requester.map(|address| address.to_vec()));
    }
}

impl BidFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "auction =", self.auction.map(|id| id.to_vec()));
        push_condition(query, "bidder =", self.bidder.map(|address| address.to_vec()));
    }
}

impl MarketEventFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "contract =", self.contract.map(|contract| code(&CONTRACTS, &contract)));
        push_condition(query, "subject =", self.subject.clone());
        push_condition(query, "name =", self.name.clone());
        push_condition(query, "actor =", self.actor.map(|address| address.to_vec()));
    }
}

/// Records have a JSON form: their maps have text as keys, and their numbers are whole.
pub(super) fn json<T: Serialize>(record: &T) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

pub(super) fn write_order(values: &mut Values<'_>, order: &Order) {
    values.push_bind(number(order.id));
    values.push_bind(order.requester.to_vec());
    values.push_bind(order.model.to_vec());
    values.push_bind(i64::from(order.kind));
    values.push_bind(json(order));
}

pub(super) fn write_lease(values: &mut Values<'_>, lease: &Lease) {
    values.push_bind(number(lease.id));
    values.push_bind(lease.requester.to_vec());
    values.push_bind(lease.worker.map(|worker| worker.to_vec()));
    values.push_bind(code(&LEASE_PHASES, &lease.phase));
    values.push_bind(json(lease));
}

pub(super) fn write_auction(values: &mut Values<'_>, auction: &Auction) {
    values.push_bind(number(auction.number));
    values.push_bind(auction.id.to_vec());
    values.push_bind(auction.requester.to_vec());
    values.push_bind(code(&AUCTION_PHASES, &auction.phase));
    values.push_bind(json(auction));
}

pub(super) fn write_bid(values: &mut Values<'_>, bid: &Bid) {
    values.push_bind(number(bid.id));
    values.push_bind(bid.auction.to_vec());
    values.push_bind(bid.bidder.to_vec());
    values.push_bind(json(bid));
}

pub(super) fn write_event(values: &mut Values<'_>, event: &MarketEvent) {
    values.push_bind(number(event.id));
    values.push_bind(code(&CONTRACTS, &event.contract));
    values.push_bind(event.name.clone());
    values.push_bind(event.subject.clone());
    values.push_bind(event.actor.to_vec());
    values.push_bind(event.reason.clone());
    values.push_bind(event.evidence.map(|hash| hash.to_vec()));
    values.push_bind(json(&event.fields));
    values.push_bind(number(event.at.block));
    values.push_bind(event.at.tx.to_vec());
    values.push_bind(i64::from(event.tx_index));
    values.push_bind(i64::from(event.log_index));
    values.push_bind(number(event.at.ms));
}

pub(super) fn write_claim(values: &mut Values<'_>, claim: &Claim) {
    values.push_bind(code(&CONTRACTS, &claim.contract));
    values.push_bind(claim.id.to_vec());
    values.push_bind(number(claim.job));
    values.push_bind(claim.worker.to_vec());
}

pub(super) fn parsed<T: DeserializeOwned>(table: &'static str, row: &SqliteRow) -> Result<T, StoreError> {
    let row = Of(table, row);
    serde_json::from_str(&row.text("row")?).map_err(|error| unwritable(table, &error))
}

pub(super) fn order_row(row: &SqliteRow) -> Result<Order, StoreError> {
    parsed("orders", row)
}

pub(super) fn lease_row(row: &SqliteRow) -> Result<Lease, StoreError> {
    parsed("leases", row)
}

pub(super) fn auction_row(row: &SqliteRow) -> Result<Auction, StoreError> {
    parsed("auctions", row)
}

pub(super) fn bid_row(row: &SqliteRow) -> Result<Bid, StoreError> {
    parsed("bids", row)
}

fn event_row(row: &SqliteRow) -> Result<MarketEvent, StoreError> {
    let row = Of("market_events", row);
    Ok(MarketEvent {
        id: row.number("id")?,
        contract: row.coded("contract", &CONTRACTS)?,
        name: row.text("name")?,
        subject: sqlx::Row::try_get(row.1, "subject")?,
        actor: row.address("actor")?,
        reason: sqlx::Row::try_get(row.1, "reason")?,
        evidence: row.maybe_hash("evidence")?,
        fields: serde_json::from_str(&row.text("fields")?).map_err(|_| row.damaged("fields"))?,
        at: row.stamp(["block", "tx", "ms"])?,
        tx_index: row.small("tx_index")?,
        log_index: row.small("log_index")?,
    })
}
