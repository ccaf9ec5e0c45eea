//! Orders, leases, auctions and their bids, and every event of the market's contracts.

use super::{
    query::{List, ROW_COST, cost, list},
    rows::{Job, Listed, bad_input, newest_jobs, unreadable},
};
use crate::{
    filter::{
        AUCTIONS_BY_NUMBER, AuctionFilter, BIDS_BY_ID, BadArgument, BidFilter, JobFilter, LEASES_BY_ID, LeaseFilter,
        MARKET_EVENTS_BY_ID, MarketEventFilter, ORDERS_BY_ID, OrderFilter, address, hash, keyword,
    },
    record,
    store::Store,
};
use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use edgeloom_index_api::{
    AuctionPhase, AuctionRow, BidRow, LeasePhase, LeaseRow, MarketContract, MarketEventRow, OrderDirection, OrderRow,
};

#[derive(Debug, Default, InputObject)]
pub(super) struct OrderWhere {
    requester: Option<String>,
    model_id: Option<String>,
    kind: Option<u16>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct LeaseWhere {
    phase: Option<LeasePhase>,
    requester: Option<String>,
    worker: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct AuctionWhere {
    phase: Option<AuctionPhase>,
    requester: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct BidWhere {
    auction: Option<String>,
    bidder: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct MarketEventWhere {
    contract: Option<MarketContract>,
    subject: Option<String>,
    name: Option<String>,
    actor: Option<String>,
}

impl TryFrom<OrderWhere> for OrderFilter {
    type Error = BadArgument;

    fn try_from(given: OrderWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            requester: given.requester.as_deref().map(|text| address("requester", text)).transpose()?,
            model: given.model_id.as_deref().map(|text| hash("modelId", text)).transpose()?,
            kind: given.kind,
        })
    }
}

impl TryFrom<LeaseWhere> for LeaseFilter {
    type Error = BadArgument;

    fn try_from(given: LeaseWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            phase: given.phase,
            requester: given.requester.as_deref().map(|text| address("requester", text)).transpose()?,
            worker: given.worker.as_deref().map(|text| address("worker", text)).transpose()?,
        })
    }
}

impl TryFrom<AuctionWhere> for AuctionFilter {
    type Error = BadArgument;

    fn try_from(given: AuctionWhere) -> Result<Self, BadArgument> {
        let requester = given.requester.as_deref().map(|text| address("requester", text)).transpose()?;
        Ok(Self { phase: given.phase, requester })
    }
}

impl TryFrom<BidWhere> for BidFilter {
    type Error = BadArgument;

    fn try_from(given: BidWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            auction: given.auction.as_deref().map(|text| hash("auction", text)).transpose()?,
            bidder: given.bidder.as_deref().map(|text| address("bidder", text)).transpose()?,
        })
    }
}

impl TryFrom<MarketEventWhere> for MarketEventFilter {
    type Error = BadArgument;

    fn try_from(given: MarketEventWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            contract: given.contract,
            subject: given.subject.as_deref().map(|text| keyword("subject", text)).transpose()?,
            name: given.name.as_deref().map(|text| keyword("name", text)).transpose()?,
            actor: given.actor.as_deref().map(|text| address("actor", text)).transpose()?,
        })
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Order {
    #[graphql(flatten)]
    row: OrderRow,
}

impl From<record::Order> for Order {
    fn from(record: record::Order) -> Self {
        Self { row: record.row() }
    }
}

#[ComplexObject]
impl Order {
    /// Its jobs, newest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn jobs(&self, ctx: &Context<'_>, first: Option<u32>, after: Option<String>) -> Result<Listed<Job>> {
        newest_jobs(ctx, JobFilter { order: Some(self.row.id), ..JobFilter::default() }, first, after).await
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Lease {
    #[graphql(flatten)]
    row: LeaseRow,
}

impl From<record::Lease> for Lease {
    fn from(record: record::Lease) -> Self {
        Self { row: record.row() }
    }
}

#[ComplexObject]
impl Lease {
    /// What happened to it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        history(ctx, (MarketContract::Leases, self.row.id.to_string()), first, after).await
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Auction {
    #[graphql(flatten)]
    row: AuctionRow,
    #[graphql(skip)]
    record: record::Auction,
}

impl From<record::Auction> for Auction {
    fn from(record: record::Auction) -> Self {
        Self { row: record.row(), record }
    }
}

#[ComplexObject]
impl Auction {
    /// Its bids, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn bid_list(&self, ctx: &Context<'_>, first: Option<u32>, after: Option<String>) -> Result<Listed<BidRow>> {
        let list = list(ctx, List { ordering: BIDS_BY_ID, direction: None, first, limit: None, after })?;
        let filter = BidFilter { auction: Some(self.record.id), bidder: None };
        let bids = ctx.data::<Store>()?.bids(&filter, &list.page, list.count).await;
        Ok(Listed::new(bids.map_err(|error| unreadable(&error))?, |bid| bid.row()))
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        history(ctx, (MarketContract::Auctions, self.row.id.clone()), first, after).await
    }
}

pub(super) async fn history(
    ctx: &Context<'_>,
    (contract, subject): (MarketContract, String),
    first: Option<u32>,
    after: Option<String>,
) -> Result<Listed<MarketEventRow>> {
    let list = list(ctx, List { ordering: MARKET_EVENTS_BY_ID, direction: None, first, limit: None, after })?;
    let filter = MarketEventFilter { contract: Some(contract), subject: Some(subject), ..MarketEventFilter::default() };
    let events = ctx.data::<Store>()?.market_events(&filter, &list.page, list.count).await;
    Ok(Listed::new(events.map_err(|error| unreadable(&error))?, |event| event.row()))
}

#[derive(Default)]
pub(super) struct Deals;

#[Object]
impl Deals {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn order(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Order>> {
        let orders = ctx.data::<Store>()?.orders_by_id(&[id]).await.map_err(|error| unreadable(&error))?;
        Ok(orders.into_iter().next().map(Order::from))
    }

    /// Orders of jobs, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: OrderWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Order>> {
        let list = list(ctx, List { ordering: ORDERS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let orders = ctx.data::<Store>()?.orders(&filter, &list.page, list.count).await;
        Ok(Listed::new(orders.map_err(|error| unreadable(&error))?, Order::from))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn lease(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Lease>> {
        let lease = ctx.data::<Store>()?.lease(id).await.map_err(|error| unreadable(&error))?;
        Ok(lease.map(Lease::from))
    }

    /// Leases of machines, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn leases(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: LeaseWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Lease>> {
        let list = list(ctx, List { ordering: LEASES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let leases = ctx.data::<Store>()?.leases(&filter, &list.page, list.count).await;
        Ok(Listed::new(leases.map_err(|error| unreadable(&error))?, Lease::from))
    }

    /// By the hash of its terms.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn auction(&self, ctx: &Context<'_>, id: String) -> Result<Option<Auction>> {
        let id = hash("id", &id).map_err(|error| bad_input(&error))?;
        let auction = ctx.data::<Store>()?.auction(id).await.map_err(|error| unreadable(&error))?;
        Ok(auction.map(Auction::from))
    }

    /// Auctions of jobs, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn auctions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: AuctionWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Auction>> {
        let list = list(ctx, List { ordering: AUCTIONS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let auctions = ctx.data::<Store>()?.auctions(&filter, &list.page, list.count).await;
        Ok(Listed::new(auctions.map_err(|error| unreadable(&error))?, Auction::from))
    }

    /// Bids of all auctions, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn bids(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: BidWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<BidRow>> {
        let list = list(ctx, List { ordering: BIDS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let bids = ctx.data::<Store>()?.bids(&filter, &list.page, list.count).await;
        Ok(Listed::new(bids.map_err(|error| unreadable(&error))?, |bid| bid.row()))
    }

    /// Every event of leases, auctions, payments and verifiers, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn market_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: MarketEventWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        let list = list(ctx, List { ordering: MARKET_EVENTS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let events = ctx.data::<Store>()?.market_events(&filter, &list.page, list.count).await;
        Ok(Listed::new(events.map_err(|error| unreadable(&error))?, |event| event.row()))
    }
}
