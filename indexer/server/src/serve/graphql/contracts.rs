//! Verified contracts as GraphQL objects.

use super::rows::unreadable;
use crate::{
    record,
    store::{Store, StoreError},
};
use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use edgeloom_index_api::{ContractRow, SourceFile};

/// G4: what sources or an ABI cost: they may be megabytes.
const SOURCES_COST: usize = 1000;

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Contract {
    #[graphql(flatten)]
    row: ContractRow,
    #[graphql(skip)]
    record: record::Contract,
}

impl From<record::Contract> for Contract {
    fn from(record: record::Contract) -> Self {
        Self { row: record.row(), record }
    }
}

impl Contract {
    async fn sources(&self, ctx: &Context<'_>) -> Result<record::Sources> {
        let address = self.record.address;
        let sources = ctx.data::<Store>()?.sources(address).await.map_err(|error| unreadable(&error))?;
        let missing = || StoreError::Damaged { table: "contract_sources", reason: format!("{address} has none") };
        sources.ok_or_else(|| unreadable(&missing()))
    }
}

#[ComplexObject]
impl Contract {
    /// JSON. Costs as much as 1,000 other fields.
    #[graphql(complexity = "SOURCES_COST")]
    async fn abi(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.sources(ctx).await?.abi)
    }

    /// Settings of the standard JSON. Costs as much as 1,000 other fields.
    #[graphql(complexity = "SOURCES_COST")]
    async fn settings(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.sources(ctx).await?.settings().to_string())
    }

    /// Costs as much as 1,000 other fields.
    #[graphql(complexity = "SOURCES_COST")]
    async fn files(&self, ctx: &Context<'_>) -> Result<Vec<SourceFile>> {
        Ok(self.sources(ctx).await?.files())
    }
}
