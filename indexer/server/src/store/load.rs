//! The rows that a batch of blocks may change, as they are before it. Those that nearly every block has come in one message from the
//! database's thread: under load every message waits for a turn on a core, twice.

use super::{Cursor, Identity, StoreError, committees, market, nft, pools, rows, rows::Of, stakes, votes};
use crate::{
    project::{Last, Rows, Touched},
    record::Job,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteRow};
use std::collections::{BTreeMap, BTreeSet};

/// Keys per statement; SQLite allows 32,766 values.
const CHUNK: usize = 1000;

/// Where the index is, and the numbers that it gave so far.
pub(super) struct State {
    pub(super) identity: Identity,
    pub(super) cursor: Option<Cursor>,
    pub(super) last: Last,
}

/// # Errors
/// [`StoreError::Damaged`] for a file that belongs to no chain.
pub(super) async fn state(connection: &mut SqliteConnection) -> Result<State, StoreError> {
    let select = "select chain_id, genesis, height, hash, \
                  (select coalesce(max(number), 0) from models) as model, \
                  (select coalesce(max(id), 0) from transfers) as transfer, \
                  (select coalesce(max(id), 0) from positions) as position, \
                  (select coalesce(max(id), 0) from slashes) as slash, \
                  (select coalesce(max(number), 0) from proposals) as proposal, \
                  (select coalesce(max(id), 0) from votes) as vote, \
                  (select coalesce(max(id), 0) from parameter_changes) as parameter_change, \
                  (select coalesce(max(id), 0) from bids) as bid, \
                  (select coalesce(max(id), 0) from pairs) as pair, \
                  (select coalesce(max(id), 0) from sessions) as session, \
                  (select coalesce(max(id), 0) from market_events) as market_event, \
                  (select coalesce(max(number), 0) from creations) as creation, \
                  (select coalesce(max(number), 0) from tokens) as token, \
                  (select coalesce(max(number), 0) from editions) as edition, \
                  (select coalesce(max(number), 0) from balances) as balance, \
                  (select coalesce(max(id), 0) from token_transfers) as token_transfer, \
                  (select coalesce(max(id), 0) from sales) as sale, \
                  (select coalesce(max(id), 0) from lot_bids) as lot_bid, \
                  (select coalesce(max(id), 0) from rentals) as rental, \
                  (select coalesce(max(id), 0) from packs) as pack \
                  from chain left join cursor using (one)";
    let row = sqlx::query(select).fetch_optional(connection).await?;
    let row = row.ok_or_else(|| StoreError::Damaged { table: "chain", reason: "names no chain".into() })?;
    let row = Of("chain", &row);
    let cursor = match row.maybe_hash("hash")? {
        Some(hash) => Some(Cursor { height: row.number("height")?, hash }),
        None => None,
    };
    let last = Last {
        model: row.number("model")?,
        transfer: row.number("transfer")?,
        position: row.number("position")?,
        slash: row.number("slash")?,
        proposal: row.number("proposal")?,
        vote: row.number("vote")?,
        parameter_change: row.number("parameter_change")?,
        bid: row.number("bid")?,
        pair: row.number("pair")?,
        session: row.number("session")?,
        market_event: row.number("market_event")?,
        creation: row.number("creation")?,
        token: row.number("token")?,
        edition: row.number("edition")?,
        balance: row.number("balance")?,
        token_transfer: row.number("token_transfer")?,
        sale: row.number("sale")?,
        lot_bid: row.number("lot_bid")?,
        rental: row.number("rental")?,
        pack: row.number("pack")?,
    };
    Ok(State { identity: Identity { chain_id: row.number("chain_id")?, genesis: row.hash("genesis")? }, cursor, last })
}

pub(super) async fn load(
    connection: &mut SqliteConnection,
    touched: &Touched,
    last: Last,
    recent: &mut BTreeMap<u64, Job>,
) -> Result<Rows, StoreError> {
    let mut loaded = Rows::after(last);
    loaded.jobs = touched.jobs.iter().filter_map(|id| recent.remove_entry(id)).collect();
    jobs(connection, touched, &mut loaded).await?;
    institutions(connection, touched, &mut loaded).await?;
    deals(connection, touched, &mut loaded).await?;
    payments(connection, touched, &mut loaded).await?;
    nft::load(connection, &touched.nft, &mut loaded.nft).await?;
    Ok(loaded)
}

/// Tables that are read in one message: positions here say in a row which one it is of.
const SOURCES: [Source; 4] = [Source::Jobs, Source::Orders, Source::Workers, Source::Models];

#[derive(Clone, Copy)]
enum Source {
    Jobs,
    Orders,
    Workers,
    Models,
}

/// Jobs and what they refer to, of which nearly every block has some.
async fn jobs(connection: &mut SqliteConnection, touched: &Touched, loaded: &mut Rows) -> Result<(), StoreError> {
    let missing: Vec<_> =
        touched.jobs.iter().filter(|id| !loaded.jobs.contains_key(*id)).map(|id| id.cast_signed()).collect();
    let numbers = |ids: &BTreeSet<u64>| ids.iter().map(|id| id.cast_signed()).collect::<Vec<_>>();
    let addresses: Vec<_> = touched.workers.iter().map(|address| address.to_vec()).collect();
    let nodes: Vec<_> = touched.nodes.iter().map(|node| i64::from(*node)).collect();
    let models: BTreeSet<_> = touched.models.iter().copied().chain(loaded.jobs.values().map(|job| job.model)).collect();
    let models: Vec<_> = models.iter().map(|id| id.to_vec()).collect();
    let mut query = QueryBuilder::<Sqlite>::new("");
    push(&mut query, ["0 as source, * from jobs where id in (", ")"], &missing);
    push(&mut query, ["0 as source, * from jobs where phase = 0 and order_id in (", ")"], &numbers(&touched.returned));
    push(&mut query, ["1 as source, * from orders where id in (", ")"], &numbers(&touched.orders));
    push(&mut query, ["2 as source, * from workers where address in (", ")"], &addresses);
    push(&mut query, ["2 as source, * from workers where node in (", ")"], &nodes);
    push(&mut query, ["3 as source, * from models where id in (", ")"], &models);
    push(&mut query, ["3 as source, * from models where id in (select model from jobs where id in (", "))"], &missing);
    if query.sql().as_str().is_empty() {
        return Ok(());
    }
    for row in query.build().persistent(false).fetch_all(connection).await? {
        match Of("jobs", &row).coded("source", &SOURCES)? {
            Source::Jobs => {
                let job = rows::job(&row)?;
                loaded.jobs.insert(job.id, job);
            }
            Source::Orders => {
                let order = market::order_row(&row)?;
                loaded.orders.insert(order.id, order);
            }
            Source::Workers => {
                let worker = rows::worker(&row)?;
                loaded.workers.insert(worker.address, worker);
            }
            Source::Models => {
                let model = rows::model(&row)?;
                loaded.models.insert(model.id, model);
            }
        }
    }
    loaded.operators = loaded.workers.values().filter_map(|worker| Some((worker.node?, worker.address))).collect();
    Ok(())
}

/// Pushes `select … KEYS …` for each [`CHUNK`] of the keys.
fn push<K>(query: &mut QueryBuilder<Sqlite>, [select, end]: [&'static str; 2], keys: &[K])
where
    K: Clone + Send + sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + 'static,
{
    for chunk in keys.chunks(CHUNK) {
        query.push("select ").push(select);
        let mut list = query.separated(", ");
        for key in chunk {
            list.push_bind(key.clone());
        }
        query.push(end).push("; ");
    }
}

async fn institutions(
    connection: &mut SqliteConnection,
    touched: &Touched,
    loaded: &mut Rows,
) -> Result<(), StoreError> {
    let nodes: Vec<i64> = touched.staked.iter().map(|key| key.id().cast_signed()).collect();
    for row in by_keys(connection, "select * from nodes where id in (", nodes).await? {
        let node = stakes::node_row(&row)?;
        loaded.nodes.insert(node.key, node);
    }
    for (node, source) in &touched.positions {
        let found = sqlx::query("select * from positions where node = ? and source = ?")
            .bind(node.id().cast_signed())
            .bind(source.to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = found {
            loaded.positions.insert((*node, *source), stakes::position_row(&row)?);
        }
    }
    let epochs: Vec<i64> = touched.committees.iter().map(|epoch| i64::from(*epoch)).collect();
    for row in by_keys(connection, "select * from committees where epoch in (", epochs).await? {
        let committee = committees::committee_row(&row)?;
        loaded.committees.insert(committee.epoch, committee);
    }
    let heights: Vec<i64> = touched.checkpoints.iter().map(|height| height.cast_signed()).collect();
    for row in by_keys(connection, "select * from checkpoints where height in (", heights).await? {
        let checkpoint = committees::checkpoint_row(&row)?;
        loaded.checkpoints.insert(checkpoint.height, checkpoint);
    }
    let proposals: Vec<Vec<u8>> = touched.proposals.iter().map(|id| id.to_be_bytes_vec()).collect();
    let mut found = by_keys(connection, "select * from proposals where id in (", proposals).await?;
    let operations: Vec<Vec<u8>> = touched.operations.iter().map(|id| id.to_vec()).collect();
    found.extend(by_keys(connection, "select * from proposals where operation in (", operations).await?);
    for row in found {
        let proposal = votes::proposal_row(&row)?;
        loaded.proposals.insert(proposal.id, proposal);
    }
    Ok(())
}

async fn deals(connection: &mut SqliteConnection, touched: &Touched, loaded: &mut Rows) -> Result<(), StoreError> {
    let leases: Vec<i64> = touched.leases.iter().map(|lease| lease.cast_signed()).collect();
    for row in by_keys(connection, "select * from leases where id in (", leases).await? {
        let lease = market::lease_row(&row)?;
        loaded.leases.insert(lease.id, lease);
    }
    let auctions: Vec<Vec<u8>> = touched.auctions.iter().map(|id| id.to_vec()).collect();
    for row in by_keys(connection, "select * from auctions where id in (", auctions).await? {
        let auction = market::auction_row(&row)?;
        loaded.auctions.insert(auction.id, auction);
    }
    for (auction, bidder) in &touched.bids {
        let found = sqlx::query("select * from bids where auction = ? and bidder = ?")
            .bind(auction.to_vec())
            .bind(bidder.to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = found {
            let bid = market::bid_row(&row)?;
            loaded.bids.insert((bid.auction, bid.bidder), bid);
        }
    }
    Ok(())
}

async fn payments(connection: &mut SqliteConnection, touched: &Touched, loaded: &mut Rows) -> Result<(), StoreError> {
    let ids: Vec<i64> = touched.pools.iter().map(|pool| pool.cast_signed()).collect();
    for row in by_keys(connection, "select * from pools where id in (", ids).await? {
        let pool = pools::pool_row(&row)?;
        loaded.pools.insert(pool.id, pool);
    }
    for (pool, session, payee) in &touched.pairs {
        let found = sqlx::query("select * from pairs where pool = ? and session = ? and payee = ?")
            .bind(pool.cast_signed())
            .bind(session.to_vec())
            .bind(payee.to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = found {
            let pair = pools::pair_row(&row)?;
            loaded.pairs.insert(pair.key, pair);
        }
    }
    for (pool, session) in &touched.sessions {
        let found = sqlx::query("select * from sessions where pool = ? and session = ?")
            .bind(pool.cast_signed())
            .bind(session.to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = found {
            let session = pools::session_row(&row)?;
            loaded.sessions.insert((session.pool, session.session), session);
        }
    }
    Ok(())
}

pub(super) async fn by_keys<K>(
    connection: &mut SqliteConnection,
    select: &'static str,
    keys: Vec<K>,
) -> Result<Vec<SqliteRow>, StoreError>
where
    K: Clone + Send + sqlx::Type<Sqlite> + for<'q> sqlx::Encode<'q, Sqlite> + 'static,
{
    let mut found = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(select);
        let mut list = query.separated(", ");
        for key in chunk {
            list.push_bind(key.clone());
        }
        query.push(")");
        found.extend(query.build().fetch_all(&mut *connection).await?);
    }
    Ok(found)
}
