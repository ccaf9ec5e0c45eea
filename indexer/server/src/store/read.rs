//! Lists and single rows. A page and its count come from one snapshot of the database.

use super::{Cursor, Identity, Store, StoreError, rows};
use crate::{
    filter::{JobFilter, ModelFilter, TransferFilter, WorkerFilter},
    page::{Kind, PageRequest, Value},
    record::{Job, JobEvent, Model, Payload, Transfer, Worker},
};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{OrderDirection, Page};
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

/// Rows of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    pub items: Vec<T>,
    pub end_cursor: Option<String>,
    pub has_next_page: bool,
    /// Matching rows on all pages, at most [`Page::COUNT_MAX`]; 0 when not counted.
    pub total_count: u64,
}

/// Whether a list is counted, which reads much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Yes,
    No,
}

/// How a table is listed: its name, what a client filters by, how a row is read.
pub(super) struct Listing<F, T> {
    pub(super) table: &'static str,
    pub(super) filter: F,
    pub(super) read: fn(&SqliteRow) -> Result<T, StoreError>,
}

pub(super) type Query = QueryBuilder<Sqlite>;

pub(super) async fn cursor(connection: &mut SqliteConnection) -> Result<Option<Cursor>, StoreError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("select height, hash from cursor").fetch_optional(&mut *connection).await?;
    row.map(|(height, hash)| Ok(Cursor { height: height.cast_unsigned(), hash: rows::hash("cursor", &hash)? }))
        .transpose()
}

pub(super) async fn identity(connection: &mut SqliteConnection) -> Result<Option<Identity>, StoreError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("select chain_id, genesis from chain").fetch_optional(&mut *connection).await?;
    row.map(|(chain_id, genesis)| {
        Ok(Identity { chain_id: chain_id.cast_unsigned(), genesis: rows::hash("chain", &genesis)? })
    })
    .transpose()
}

impl Store {
    pub async fn jobs(&self, filter: &JobFilter, page: &PageRequest, count: Count) -> Result<Slice<Job>, StoreError> {
        self.list(
            Listing { table: "jobs", filter: |query: &mut Query| filter.push(query), read: rows::job },
            page,
            count,
        )
        .await
    }

    pub async fn workers(
        &self,
        filter: &WorkerFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Worker>, StoreError> {
        let listing = Listing { table: "workers", filter: |query: &mut Query| filter.push(query), read: rows::worker };
        self.list(listing, page, count).await
    }

    pub async fn models(
        &self,
        filter: &ModelFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Model>, StoreError> {
        let listing = Listing { table: "models", filter: |query: &mut Query| filter.push(query), read: rows::model };
        self.list(listing, page, count).await
    }

    pub async fn transfers(
        &self,
        filter: &TransferFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Transfer>, StoreError> {
        let listing =
            Listing { table: "transfers", filter: |query: &mut Query| filter.push(query), read: rows::transfer };
        self.list(listing, page, count).await
    }

    /// Jobs by number, in no particular order.
    pub async fn jobs_by_id(&self, ids: &[u64]) -> Result<Vec<Job>, StoreError> {
        let keys = ids.iter().filter_map(|id| i64::try_from(*id).ok());
        self.by_keys("select * from jobs where id in (", keys, rows::job).await
    }

    pub async fn workers_by_address(&self, addresses: &[Address]) -> Result<Vec<Worker>, StoreError> {
        let keys = addresses.iter().map(|address| address.to_vec());
        self.by_keys("select * from workers where address in (", keys, rows::worker).await
    }

    pub async fn models_by_id(&self, ids: &[B256]) -> Result<Vec<Model>, StoreError> {
        self.by_keys("select * from models where id in (", ids.iter().map(|id| id.to_vec()), rows::model).await
    }

    /// The bytes of a job.
    pub async fn payload(&self, job: u64) -> Result<Option<Payload>, StoreError> {
        let Ok(job) = i64::try_from(job) else { return Ok(None) };
        let select = "select input, output from job_inputs left join job_outputs using (job) where job = ?";
        let row = sqlx::query(select).bind(job).fetch_optional(&mut *self.readers.get().await?).await?;
        row.as_ref().map(rows::payload).transpose()
    }

    /// Histories of jobs; each job's events are oldest first.
    pub async fn job_events(&self, jobs: &[u64]) -> Result<Vec<JobEvent>, StoreError> {
        let keys = jobs.iter().filter_map(|id| i64::try_from(*id).ok());
        let mut events = self.by_keys("select * from job_events where job in (", keys, rows::job_event).await?;
        events.sort_by_key(|event| (event.job, event.at.block, event.log_index));
        Ok(events)
    }

    pub(super) async fn by_keys<K, T>(
        &self,
        select: &'static str,
        keys: impl Iterator<Item = K>,
        read: fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError>
    where
        K: Send + sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + 'static,
    {
        let mut query = Query::new(select);
        let mut list = query.separated(", ");
        for key in keys {
            list.push_bind(key);
        }
        query.push(")");
        let found = query.build().fetch_all(&mut *self.readers.get().await?).await?;
        found.iter().map(read).collect()
    }

    pub(super) async fn list<F: Fn(&mut Query), T>(
        &self,
        listing: Listing<F, T>,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<T>, StoreError> {
        let mut connection = self.readers.get().await?;
        let mut snapshot = connection.begin().await?;
        let mut query = Query::new("select * from ");
        query.push(listing.table).push(" where true");
        (listing.filter)(&mut query);
        push_page(&mut query, page);
        let mut found = query.build().fetch_all(&mut *snapshot).await?;
        let limit = page.limit as usize;
        let has_next_page = found.len() > limit;
        found.truncate(limit);
        let end_cursor = found.last().map(|row| row_cursor(row, page)).transpose()?;
        let total_count = match count {
            Count::No => 0,
            Count::Yes => {
                let mut query = Query::new("select count(*) from (select 1 from ");
                query.push(listing.table).push(" where true");
                (listing.filter)(&mut query);
                query.push(" limit ").push_bind(i64::from(Page::<T>::COUNT_MAX)).push(")");
                query.build_query_scalar::<i64>().fetch_one(&mut *snapshot).await?.cast_unsigned()
            }
        };
        let items = found.iter().map(listing.read).collect::<Result<_, _>>()?;
        Ok(Slice { items, end_cursor, has_next_page, total_count })
    }
}

fn push_page(query: &mut Query, page: &PageRequest) {
    let (column, key) = (page.ordering.column.name, page.ordering.key.name);
    let (after, direction) = match page.direction {
        OrderDirection::Asc => (" > ", "asc"),
        OrderDirection::Desc => (" < ", "desc"),
    };
    if let Some((value, last)) = &page.after {
        // A row comparison of a column with itself would hide the index from the planner.
        if column == key {
            query.push(format_args!(" and {key}{after}"));
            push_value(query, last);
        } else {
            query.push(format_args!(" and ({column}, {key}){after}("));
            push_value(query, value);
            query.push(", ");
            push_value(query, last);
            query.push(")");
        }
    }
    query.push(format_args!(" order by {column} {direction}"));
    if column != key {
        query.push(format_args!(", {key} {direction}"));
    }
    query.push(" limit ").push_bind(i64::from(page.limit) + 1);
}

fn push_value(query: &mut Query, value: &Value) {
    match value {
        Value::Number(number) => query.push_bind(*number),
        Value::Bytes(bytes) => query.push_bind(bytes.clone()),
    };
}

fn row_cursor(row: &SqliteRow, page: &PageRequest) -> Result<String, StoreError> {
    let value = |column: crate::page::Column| {
        Ok::<_, sqlx::Error>(match column.kind {
            Kind::Number => Value::Number(row.try_get(column.name)?),
            Kind::Bytes(_) => Value::Bytes(row.try_get(column.name)?),
        })
    };
    Ok(page.cursor(&value(page.ordering.column)?, &value(page.ordering.key)?))
}

/// Pushes ` and COLUMN COMPARISON ?` for a condition that was given.
pub(super) fn push_condition<V>(query: &mut Query, condition: &str, value: Option<V>)
where
    V: sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + 'static + Send,
{
    if let Some(value) = value {
        query.push(format_args!(" and {condition} ")).push_bind(value);
    }
}

fn wei(value: Option<U256>) -> Option<Vec<u8>> {
    value.map(|value| value.to_be_bytes_vec())
}

/// Numbers grow with blocks, so a range of blocks is a range of numbers, which goes with every order and every index.
fn push_blocks(query: &mut Query, [table, block]: [&'static str; 2], [min, max]: [Option<u64>; 2]) {
    let number = |height: u64| i64::try_from(height).unwrap_or(i64::MAX);
    if let Some(min) = min {
        query.push(format_args!(" and id >= coalesce((select id from {table} where {block} >= "));
        query.push_bind(number(min)).push(format_args!(" order by {block}, id limit 1), {})", i64::MAX));
    }
    if let Some(max) = max {
        query.push(format_args!(" and id <= coalesce((select id from {table} where {block} <= "));
        query.push_bind(number(max)).push(format_args!(" order by {block} desc, id desc limit 1), 0)"));
    }
}

impl JobFilter {
    fn push(&self, query: &mut Query) {
        if !self.phases.is_empty() {
            query.push(" and phase in (");
            let mut list = query.separated(", ");
            for phase in &self.phases {
                list.push_bind(rows::code(&rows::PHASES, phase));
            }
            query.push(")");
        }
        push_condition(query, "requester =", self.requester.map(|address| address.to_vec()));
        push_condition(query, "worker =", self.worker.map(|address| address.to_vec()));
        push_condition(query, "model =", self.model.map(|id| id.to_vec()));
        push_condition(query, "order_id =", self.order.map(|order| i64::try_from(order).unwrap_or(i64::MAX)));
        push_condition(query, "price >=", wei(self.price_min));
        push_condition(query, "price <=", wei(self.price_max));
        push_blocks(query, ["jobs", "posted_block"], [self.posted_block_min, self.posted_block_max]);
    }
}

impl WorkerFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "stake >=", wei(self.stake_min));
    }
}

impl ModelFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "owner =", self.owner.map(|address| address.to_vec()));
        push_condition(query, "name =", self.name.clone());
    }
}

impl TransferFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "asset =", self.asset.map(|asset| rows::code(&rows::ASSETS, &asset)));
        push_condition(query, "sender =", self.from.map(|address| address.to_vec()));
        push_condition(query, "receiver =", self.to.map(|address| address.to_vec()));
        if let Some(account) = self.account {
            query.push(" and (sender = ").push_bind(account.to_vec());
            query.push(" or receiver = ").push_bind(account.to_vec()).push(")");
        }
        push_blocks(query, ["transfers", "block"], [self.block_min, self.block_max]);
    }
}
