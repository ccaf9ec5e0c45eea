//! Collections and editions of the factory, and who holds what of them.

use super::{
    query::{List, ROW_COST, cost, list},
    rows::{Listed, bad_input, unreadable},
};
use crate::{
    filter::{
        BadArgument, address,
        nft::{
            BALANCES_BY_NUMBER, BalanceFilter, CREATIONS_BY_NUMBER, CreationFilter, EDITIONS_BY_NUMBER, EditionFilter,
            TOKEN_TRANSFERS_BY_ID, TOKENS_BY_NUMBER, TokenFilter, TokenTransferFilter, of, token_id,
        },
    },
    record::TokenKey,
    store::Store,
};
use async_graphql::{Context, InputObject, Object, Result};
use edgeloom_index_api::{
    BalanceRow, CreationKind, CreationRow, EditionRow, OrderDirection, TokenRow, TokenTransferRow,
};

#[derive(Debug, Default, InputObject)]
pub(super) struct CreationWhere {
    kind: Option<CreationKind>,
    creator: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct TokenWhere {
    creation: Option<String>,
    owner: Option<String>,
    user: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct EditionWhere {
    creation: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct BalanceWhere {
    creation: Option<String>,
    token_id: Option<String>,
    holder: Option<String>,
    held: Option<bool>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct TokenTransferWhere {
    creation: Option<String>,
    token_id: Option<String>,
    account: Option<String>,
}

impl TryFrom<CreationWhere> for CreationFilter {
    type Error = BadArgument;

    fn try_from(given: CreationWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            kind: given.kind,
            creator: given.creator.as_deref().map(|text| address("creator", text)).transpose()?,
        })
    }
}

impl TryFrom<TokenWhere> for TokenFilter {
    type Error = BadArgument;

    fn try_from(given: TokenWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            creation: given.creation.as_deref().map(|text| address("creation", text)).transpose()?,
            owner: given.owner.as_deref().map(|text| address("owner", text)).transpose()?,
            user: given.user.as_deref().map(|text| address("user", text)).transpose()?,
        })
    }
}

impl TryFrom<EditionWhere> for EditionFilter {
    type Error = BadArgument;

    fn try_from(given: EditionWhere) -> Result<Self, BadArgument> {
        Ok(Self { creation: given.creation.as_deref().map(|text| address("creation", text)).transpose()? })
    }
}

impl TryFrom<BalanceWhere> for BalanceFilter {
    type Error = BadArgument;

    fn try_from(given: BalanceWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            of: of(given.creation.as_deref(), given.token_id.as_deref())?,
            holder: given.holder.as_deref().map(|text| address("holder", text)).transpose()?,
            held: given.held,
        })
    }
}

impl TryFrom<TokenTransferWhere> for TokenTransferFilter {
    type Error = BadArgument;

    fn try_from(given: TokenTransferWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            of: of(given.creation.as_deref(), given.token_id.as_deref())?,
            account: given.account.as_deref().map(|text| address("account", text)).transpose()?,
        })
    }
}

fn key(creation: &str, id: &str) -> Result<TokenKey> {
    let creation = address("creation", creation).map_err(|error| bad_input(&error))?;
    Ok(TokenKey::new(creation, token_id("id", id).map_err(|error| bad_input(&error))?))
}

#[derive(Default)]
pub(super) struct Creations;

#[Object]
impl Creations {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn creation(&self, ctx: &Context<'_>, address: String) -> Result<Option<CreationRow>> {
        let address = self::address("address", &address).map_err(|error| bad_input(&error))?;
        let creation = ctx.data::<Store>()?.creation(address).await.map_err(|error| unreadable(&error))?;
        Ok(creation.map(|creation| creation.row()))
    }

    /// Collections and editions of the chain's own factory, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn creations(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: CreationWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<CreationRow>> {
        let list = list(ctx, List { ordering: CREATIONS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.creations(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// A token of a collection, by its decimal id.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn token(&self, ctx: &Context<'_>, creation: String, id: String) -> Result<Option<TokenRow>> {
        let token = ctx.data::<Store>()?.token(key(&creation, &id)?).await.map_err(|error| unreadable(&error))?;
        Ok(token.map(|token| token.row()))
    }

    /// Tokens of collections, in the order in which they were minted unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: TokenWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<TokenRow>> {
        let list = list(ctx, List { ordering: TOKENS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.tokens(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// A token of editions, by its decimal id.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn edition(&self, ctx: &Context<'_>, creation: String, id: String) -> Result<Option<EditionRow>> {
        let edition = ctx.data::<Store>()?.edition(key(&creation, &id)?).await.map_err(|error| unreadable(&error))?;
        Ok(edition.map(|edition| edition.row()))
    }

    /// Tokens of editions, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn editions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: EditionWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<EditionRow>> {
        let list = list(ctx, List { ordering: EDITIONS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.editions(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// Who holds how many copies of editions, oldest holders first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn balances(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: BalanceWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<BalanceRow>> {
        let list = list(ctx, List { ordering: BALANCES_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.balances(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }

    /// Transfers of tokens, with mints and burns, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn token_transfers(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: TokenTransferWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<TokenTransferRow>> {
        let list =
            list(ctx, List { ordering: TOKEN_TRANSFERS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let rows = ctx.data::<Store>()?.token_transfers(&filter, &list.page, list.count).await;
        Ok(Listed::new(rows.map_err(|error| unreadable(&error))?, |row| row.row()))
    }
}
