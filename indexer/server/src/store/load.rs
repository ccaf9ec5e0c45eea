//! The rows that a batch of blocks may change, as they are before it.

use super::{StoreError, committees, rows, stakes, votes};
use crate::project::{Last, Rows, Touched};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteRow};

/// Keys per statement; SQLite allows 32,766 values.
const CHUNK: usize = 1000;

pub(super) async fn load(connection: &mut SqliteConnection, mut touched: Touched) -> Result<Rows, StoreError> {
    let mut loaded = Rows::default();
    let jobs: Vec<i64> = touched.jobs.iter().map(|id| id.cast_signed()).collect();
    for row in by_keys(connection, "select * from jobs where id in (", jobs).await? {
        let job = rows::job(&row)?;
        loaded.jobs.insert(job.id, job);
    }
    let orders: Vec<i64> = touched.orders.iter().map(|order| order.cast_signed()).collect();
    for row in by_keys(connection, "select * from jobs where phase = 0 and order_id in (", orders).await? {
        let job = rows::job(&row)?;
        loaded.jobs.insert(job.id, job);
    }
    loaded.touch(&mut touched);
    let workers: Vec<Vec<u8>> = touched.workers.iter().map(|address| address.to_vec()).collect();
    for row in by_keys(connection, "select * from workers where address in (", workers).await? {
        let worker = rows::worker(&row)?;
        loaded.workers.insert(worker.address, worker);
    }
    let nodes: Vec<i64> = touched.nodes.iter().map(|node| i64::from(*node)).collect();
    for row in by_keys(connection, "select * from workers where node in (", nodes).await? {
        let worker = rows::worker(&row)?;
        loaded.workers.insert(worker.address, worker);
    }
    let running = loaded.workers.values().filter_map(|worker| Some((worker.node?, worker.address)));
    loaded.operators = running.collect();
    let models: Vec<Vec<u8>> = touched.models.iter().map(|id| id.to_vec()).collect();
    for row in by_keys(connection, "select * from models where id in (", models).await? {
        let model = rows::model(&row)?;
        loaded.models.insert(model.id, model);
    }
    institutions(connection, &touched, &mut loaded).await?;
    loaded.last = Last {
        model: last(connection, "select coalesce(max(number), 0) from models").await?,
        transfer: last(connection, "select coalesce(max(id), 0) from transfers").await?,
        position: last(connection, "select coalesce(max(id), 0) from positions").await?,
        slash: last(connection, "select coalesce(max(id), 0) from slashes").await?,
        proposal: last(connection, "select coalesce(max(number), 0) from proposals").await?,
        vote: last(connection, "select coalesce(max(id), 0) from votes").await?,
        parameter_change: last(connection, "select coalesce(max(id), 0) from parameter_changes").await?,
    };
    Ok(loaded)
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

async fn by_keys<K>(
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

async fn last(connection: &mut SqliteConnection, select: &'static str) -> Result<u64, StoreError> {
    let last: i64 = sqlx::query_scalar(select).fetch_one(&mut *connection).await?;
    Ok(last.cast_unsigned())
}
