//! First sales: drops, and sealed packs.

use super::{
    query::{List, ROW_COST, cost, list},
    rows::{Listed, bad_input, unreadable},
};
use crate::{
    filter::{
        BadArgument, address,
        nft::{DROPS_BY_ID, DropFilter, PACK_SALES_BY_ID, PACKS_BY_ID, PackFilter},
    },
    store::Store,
};
use async_graphql::{Context, InputObject, Object, Result};
use edgeloom_index_api::{DropRow, OrderDirection, PackRow, PackSaleRow};

#[derive(Debug, Default, InputObject)]
pub(super) struct DropWhere {
    creation: Option<String>,
    creator: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct PackWhere {
    sale: Option<u64>,
    buyer: Option<String>,
}

impl TryFrom<DropWhere> for DropFilter {
    type Error = BadArgument;

    fn try_from(given: DropWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            creation: given.creation.as_deref().map(|text| address("creation", text)).transpose()?,
            creator: given.creator.as_deref().map(|text| address("creator", text)).transpose()?,
        })
    }
}

impl TryFrom<PackWhere> for PackFilter {
    type Error = BadArgument;

    fn try_from(given: PackWhere) -> Result<Self, BadArgument> {
        Ok(Self { sale: given.sale, buyer: given.buyer.as_deref().map(|text| address("buyer", text)).transpose()? })
    }
}

#[derive(Default)]
pub(super) struct FirstSales;

#[Object]
impl FirstSales {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn drop(&self, ctx: &Context<'_>, id: u64) -> Result<Option<DropRow>> {
        let drop = ctx.data::<Store>()?.drop_by_id(id).await.map_err(|error| unreadable(&error))?;
        Ok(drop.map(|drop| drop.row()))
    }

    /// Drops, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn drops(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: DropWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<DropRow>> {
        let list = list(ctx, List { ordering: DROPS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.drops(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn pack_sale(&self, ctx: &Context<'_>, id: u64) -> Result<Option<PackSaleRow>> {
        let pack_sale = ctx.data::<Store>()?.pack_sale(id).await.map_err(|error| unreadable(&error))?;
        Ok(pack_sale.map(|sale| sale.row()))
    }

    /// Sales of sealed packs, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn pack_sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: DropWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<PackSaleRow>> {
        let list = list(ctx, List { ordering: PACK_SALES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.pack_sales(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// Packs that were opened, in the order in which they were unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn packs(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: PackWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<PackRow>> {
        let list = list(ctx, List { ordering: PACKS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.packs(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }
}
