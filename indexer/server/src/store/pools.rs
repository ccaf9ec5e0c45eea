//! Payment pools, what they owe whom, and who signs for them.

use super::{
    Count, Slice, Store, StoreError,
    market::{json, parsed},
    read::{Listing, Query, push_condition},
    rows::code,
    write::{Values, number},
};
use crate::{
    filter::{PairFilter, PoolFilter},
    page::PageRequest,
    record::{Pair, Pool, Session},
};
use edgeloom_index_api::PoolPhase;
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const PHASES: [PoolPhase; 5] =
    [PoolPhase::Open, PoolPhase::Closing, PoolPhase::Closed, PoolPhase::Forfeited, PoolPhase::Settled];

impl Store {
    pub async fn pools(
        &self,
        filter: &PoolFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Pool>, StoreError> {
        let listing = Listing { table: "pools", filter: |query: &mut Query| filter.push(query), read: pool_row };
        self.list(listing, page, count).await
    }

    pub async fn pairs(
        &self,
        filter: &PairFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Pair>, StoreError> {
        let listing = Listing { table: "pairs", filter: |query: &mut Query| filter.push(query), read: pair_row };
        self.list(listing, page, count).await
    }

    pub async fn sessions(
        &self,
        filter: &PairFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Session>, StoreError> {
        let listing = Listing { table: "sessions", filter: |query: &mut Query| filter.push(query), read: session_row };
        self.list(listing, page, count).await
    }

    pub async fn pool(&self, id: u64) -> Result<Option<Pool>, StoreError> {
        let keys = i64::try_from(id).ok().into_iter();
        Ok(self.by_keys("select * from pools where id in (", keys, pool_row).await?.pop())
    }
}

impl PoolFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "phase =", self.phase.map(|phase| code(&PHASES, &phase)));
        push_condition(query, "payer =", self.payer.map(|address| address.to_vec()));
    }
}

impl PairFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "pool =", self.pool.map(number));
        push_condition(query, "payee =", self.payee.map(|address| address.to_vec()));
        push_condition(query, "session =", self.session.map(|address| address.to_vec()));
    }
}

pub(super) fn write_pool(values: &mut Values<'_>, pool: &Pool) {
    values.push_bind(number(pool.id));
    values.push_bind(pool.payer.to_vec());
    values.push_bind(code(&PHASES, &pool.phase));
    values.push_bind(json(pool));
}

pub(super) fn write_pair(values: &mut Values<'_>, pair: &Pair) {
    let (pool, session, payee) = pair.key;
    values.push_bind(number(pair.id));
    values.push_bind(number(pool));
    values.push_bind(session.to_vec());
    values.push_bind(payee.to_vec());
    values.push_bind(json(pair));
}

pub(super) fn write_session(values: &mut Values<'_>, session: &Session) {
    values.push_bind(number(session.id));
    values.push_bind(number(session.pool));
    values.push_bind(session.session.to_vec());
    values.push_bind(session.payee.map(|payee| payee.to_vec()));
    values.push_bind(json(session));
}

pub(super) fn pool_row(row: &SqliteRow) -> Result<Pool, StoreError> {
    parsed("pools", row)
}

pub(super) fn pair_row(row: &SqliteRow) -> Result<Pair, StoreError> {
    parsed("pairs", row)
}

pub(super) fn session_row(row: &SqliteRow) -> Result<Session, StoreError> {
    parsed("sessions", row)
}
