//! Keyset pages: a cursor names the last row seen, so rows that arrive meanwhile neither repeat nor hide others.

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum OrderDirection {
    #[default]
    Asc,
    Desc,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    pub page_info: PageInfo,
    /// Rows that match the filter, on all pages; counting stops at 10,000.
    pub total_count: u64,
}

impl<T> Page<T> {
    /// Default length of a page.
    pub const LIMIT_DEFAULT: u32 = 100;
    /// Longest page.
    pub const LIMIT_MAX: u32 = 1000;
    /// The largest `total_count`: so many rows, or more.
    pub const COUNT_MAX: u32 = 10_000;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// Give it as `after` for the next page, with the same filter and order. Opaque; absent on an empty page.
    pub end_cursor: Option<String>,
    pub has_next_page: bool,
}
