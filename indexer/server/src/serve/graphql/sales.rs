//! Sales, auctions and rentals of tokens, and what tokens open.

use super::{
    market::history,
    query::{List, ROW_COST, cost, list},
    rows::{Listed, bad_input, unreadable},
};
use crate::{
    filter::{
        BadArgument, address, keyword,
        nft::{
            GATES_BY_ID, GateFilter, LOT_BIDS_BY_ID, LOTS_BY_ID, LotBidFilter, LotFilter, RENTALS_BY_ID, RentalFilter,
            SALES_BY_ID, SaleFilter, of,
        },
    },
    record,
    store::Store,
};
use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use edgeloom_index_api::{
    GateRow, LotBidRow, LotPhase, LotRow, MarketContract, MarketEventRow, OrderDirection, RentalRow, SaleKind, SaleRow,
};

#[derive(Debug, Default, InputObject)]
pub(super) struct SaleWhere {
    kind: Option<SaleKind>,
    creation: Option<String>,
    token_id: Option<String>,
    seller: Option<String>,
    buyer: Option<String>,
    account: Option<String>,
    reference: Option<String>,
    marked: Option<bool>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct LotWhere {
    phase: Option<LotPhase>,
    seller: Option<String>,
    creation: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct LotBidWhere {
    lot: Option<u64>,
    bidder: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct RentalWhere {
    creation: Option<String>,
    token_id: Option<String>,
    owner: Option<String>,
    renter: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct GateWhere {
    owner: Option<String>,
    collection: Option<String>,
}

impl TryFrom<SaleWhere> for SaleFilter {
    type Error = BadArgument;

    fn try_from(given: SaleWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            kind: given.kind,
            of: of(given.creation.as_deref(), given.token_id.as_deref())?,
            seller: given.seller.as_deref().map(|text| address("seller", text)).transpose()?,
            buyer: given.buyer.as_deref().map(|text| address("buyer", text)).transpose()?,
            account: given.account.as_deref().map(|text| address("account", text)).transpose()?,
            reference: given.reference.as_deref().map(|text| keyword("reference", text)).transpose()?,
            marked: given.marked,
        })
    }
}

impl TryFrom<LotWhere> for LotFilter {
    type Error = BadArgument;

    fn try_from(given: LotWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            phase: given.phase,
            seller: given.seller.as_deref().map(|text| address("seller", text)).transpose()?,
            creation: given.creation.as_deref().map(|text| address("creation", text)).transpose()?,
        })
    }
}

impl TryFrom<LotBidWhere> for LotBidFilter {
    type Error = BadArgument;

    fn try_from(given: LotBidWhere) -> Result<Self, BadArgument> {
        Ok(Self { lot: given.lot, bidder: given.bidder.as_deref().map(|text| address("bidder", text)).transpose()? })
    }
}

impl TryFrom<RentalWhere> for RentalFilter {
    type Error = BadArgument;

    fn try_from(given: RentalWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            of: of(given.creation.as_deref(), given.token_id.as_deref())?,
            owner: given.owner.as_deref().map(|text| address("owner", text)).transpose()?,
            renter: given.renter.as_deref().map(|text| address("renter", text)).transpose()?,
        })
    }
}

impl TryFrom<GateWhere> for GateFilter {
    type Error = BadArgument;

    fn try_from(given: GateWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            owner: given.owner.as_deref().map(|text| address("owner", text)).transpose()?,
            collection: given.collection.as_deref().map(|text| address("collection", text)).transpose()?,
        })
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Lot {
    #[graphql(flatten)]
    row: LotRow,
}

impl From<record::Lot> for Lot {
    fn from(record: record::Lot) -> Self {
        Self { row: record.row() }
    }
}

#[ComplexObject]
impl Lot {
    /// What happened to it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        history(ctx, (MarketContract::AuctionHouse, self.row.id.to_string()), first, after).await
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Gate {
    #[graphql(flatten)]
    row: GateRow,
}

impl From<record::Gate> for Gate {
    fn from(record: record::Gate) -> Self {
        Self { row: record.row() }
    }
}

#[ComplexObject]
impl Gate {
    /// What happened to it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        history(ctx, (MarketContract::MediaGate, self.row.id.to_string()), first, after).await
    }
}

#[derive(Default)]
pub(super) struct Sales;

#[Object]
impl Sales {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn sale(&self, ctx: &Context<'_>, id: u64) -> Result<Option<SaleRow>> {
        let sale = ctx.data::<Store>()?.sale(id).await.map_err(|error| unreadable(&error))?;
        Ok(sale.map(|sale| sale.row()))
    }

    /// Sales of tokens, however they came to be, oldest first unless ordered otherwise. `selfDealing` is a hint, and no proof.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: SaleWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<SaleRow>> {
        let list = list(ctx, List { ordering: SALES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.sales(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// An auction of a token.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn lot(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Lot>> {
        let lot = ctx.data::<Store>()?.lot(id).await.map_err(|error| unreadable(&error))?;
        Ok(lot.map(Lot::from))
    }

    /// Auctions of tokens, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: LotWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Lot>> {
        let list = list(ctx, List { ordering: LOTS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.lots(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, Lot::from))
    }

    /// Bids for tokens, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn lot_bids(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: LotBidWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<LotBidRow>> {
        let list = list(ctx, List { ordering: LOT_BIDS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.lot_bids(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// Rentals of tokens, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn rentals(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: RentalWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<RentalRow>> {
        let list = list(ctx, List { ordering: RENTALS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.rentals(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// Media that tokens open.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn gate(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Gate>> {
        let gate = ctx.data::<Store>()?.gate(id).await.map_err(|error| unreadable(&error))?;
        Ok(gate.map(Gate::from))
    }

    /// Media that tokens open, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn gates(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: GateWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Gate>> {
        let list = list(ctx, List { ordering: GATES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.gates(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, Gate::from))
    }
}
