//! Records to the database, many rows to a statement.

use super::{
    Cursor, StoreError, committees,
    rows::{ASSETS, KINDS, PHASES, REASONS, code},
    stakes, votes,
};
use crate::{
    project::Rows,
    record::{BlockFacts, Job, JobEvent, Model, Transfer, Worker},
};
use alloy::primitives::{Bytes, U256};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};

/// Rows per statement: times the widest table's 27 columns it stays below SQLite's 32,766 values.
const CHUNK: usize = 1000;

pub(super) type Values<'a> = Separated<'a, Sqlite, &'static str>;

pub(super) async fn write(connection: &mut SqliteConnection, rows: &Rows) -> Result<(), StoreError> {
    insert(connection, "insert into blocks ", rows.blocks.iter(), block).await?;
    insert(connection, "insert or replace into models ", rows.models.values(), model).await?;
    insert(connection, "insert or replace into workers ", rows.workers.values(), worker).await?;
    insert(connection, "insert or replace into jobs ", rows.jobs.values(), job).await?;
    insert(connection, "insert into job_events ", rows.job_events.iter(), job_event).await?;
    insert(connection, "insert into job_inputs ", rows.inputs.iter(), bytes).await?;
    insert(connection, "insert or replace into job_outputs ", rows.outputs.iter(), bytes).await?;
    insert(connection, "insert into transfers ", rows.transfers.iter(), transfer).await?;
    insert(connection, "insert or replace into nodes ", rows.nodes.values(), stakes::write_node).await?;
    insert(connection, "insert or replace into positions ", rows.positions.values(), stakes::write_position).await?;
    insert(connection, "insert into slashes ", rows.slashes.iter(), stakes::write_slash).await?;
    insert(connection, "insert or replace into committees ", rows.committees.values(), committees::write_committee)
        .await?;
    insert(connection, "insert or replace into checkpoints ", rows.checkpoints.values(), committees::write_checkpoint)
        .await?;
    insert(connection, "insert or replace into proposals ", rows.proposals.values(), votes::write_proposal).await?;
    insert(connection, "insert into proposal_texts ", rows.texts.iter(), votes::write_text).await?;
    insert(connection, "insert into votes ", rows.votes.iter(), votes::write_vote).await?;
    insert(connection, "insert into parameter_changes ", rows.parameter_changes.iter(), votes::write_change).await
}

pub(super) async fn cursor(connection: &mut SqliteConnection, cursor: Cursor) -> Result<(), StoreError> {
    sqlx::query("insert or replace into cursor (one, height, hash) values (1, ?, ?)")
        .bind(cursor.height.cast_signed())
        .bind(cursor.hash.to_vec())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert<'r, T: 'r>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: impl Iterator<Item = &'r T>,
    push: fn(&mut Values<'_>, &T),
) -> Result<(), StoreError> {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut query = QueryBuilder::<Sqlite>::new(statement);
        query.push_values(rows.by_ref().take(CHUNK), |mut values, row| push(&mut values, row));
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Numbers beyond 63 bits come only from contracts' arguments (a gas, a size); they are shown as the largest that fits.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn wei(value: U256) -> Vec<u8> {
    value.to_be_bytes_vec()
}

fn block(values: &mut Values<'_>, block: &BlockFacts) {
    values.push_bind(number(block.height));
    values.push_bind(block.hash.to_vec());
    values.push_bind(number(block.timestamp_ms));
    values.push_bind(number(block.transactions));
    values.push_bind(number(block.gas_used));
}

fn job(values: &mut Values<'_>, job: &Job) {
    values.push_bind(number(job.id));
    values.push_bind(job.requester.to_vec());
    values.push_bind(job.model.to_vec());
    values.push_bind(wei(job.price));
    values.push_bind(wei(job.bond));
    values.push_bind(code(&PHASES, &job.phase));
    values.push_bind(code(&REASONS, &job.reason));
    values.push_bind(job.worker.map(|worker| worker.to_vec()));
    values.push_bind(i64::from(job.input_bytes));
    values.push_bind(job.input_hash.to_vec());
    values.push_bind(job.output_bytes.map(i64::from));
    values.push_bind(job.evidence.map(|evidence| evidence.to_vec()));
    values.push_bind(job.paid.map(wei));
    values.push_bind(number(job.take_by));
    values.push_bind(number(job.work_seconds));
    values.push_bind(number(job.submit_by.unwrap_or(0)));
    values.push_bind(number(job.posted.block));
    values.push_bind(job.posted.tx.to_vec());
    values.push_bind(number(job.posted.ms));
    for stamp in [job.taken, job.closed] {
        values.push_bind(number(stamp.map_or(0, |at| at.block)));
        values.push_bind(stamp.map(|at| at.tx.to_vec()));
        values.push_bind(number(stamp.map_or(0, |at| at.ms)));
    }
    values.push_bind(job.fee.map(|(fee, _)| wei(fee)));
    values.push_bind(job.fee.map(|(_, burned)| wei(burned)));
    values.push_bind(number(job.order));
    values.push_bind(i64::from(job.kind));
    values.push_bind(i64::from(job.burn_share));
}

fn bytes(values: &mut Values<'_>, (job, bytes): &(u64, Bytes)) {
    values.push_bind(number(*job));
    values.push_bind(bytes.to_vec());
}

fn job_event(values: &mut Values<'_>, event: &JobEvent) {
    values.push_bind(number(event.job));
    values.push_bind(number(event.at.block));
    values.push_bind(i64::from(event.log_index));
    values.push_bind(code(&KINDS, &event.kind));
    values.push_bind(code(&PHASES, &event.phase));
    values.push_bind(event.actor.to_vec());
    values.push_bind(event.at.tx.to_vec());
    values.push_bind(i64::from(event.tx_index));
    values.push_bind(number(event.at.ms));
}

fn worker(values: &mut Values<'_>, worker: &Worker) {
    values.push_bind(worker.address.to_vec());
    for amount in [worker.stake(), worker.free, worker.locked, worker.unbonding] {
        values.push_bind(wei(amount));
    }
    values.push_bind(number(worker.unbonding_until.unwrap_or(0)));
    values.push_bind(wei(worker.slashed));
    values.push_bind(wei(worker.earned));
    let counts = [worker.jobs_taken, worker.jobs_settled, worker.jobs_rejected, worker.jobs_missed];
    let seen = [worker.first_block, worker.first_ms, worker.last_block, worker.last_ms];
    for count in counts.into_iter().chain(seen) {
        values.push_bind(number(count));
    }
    values.push_bind(worker.node.map(i64::from));
}

fn model(values: &mut Values<'_>, model: &Model) {
    values.push_bind(number(model.number));
    values.push_bind(model.id.to_vec());
    values.push_bind(model.owner.to_vec());
    values.push_bind(model.manifest.to_vec());
    values.push_bind(i64::from(model.input_bytes));
    values.push_bind(i64::from(model.output_bytes));
    values.push_bind(number(model.macs));
    values.push_bind(number(model.infer_gas));
    values.push_bind(model.name.clone());
    values.push_bind(model.metadata.clone());
    values.push_bind(number(model.jobs_posted));
    values.push_bind(number(model.jobs_settled));
    values.push_bind(number(model.registered.block));
    values.push_bind(model.registered.tx.to_vec());
    values.push_bind(number(model.registered.ms));
}

fn transfer(values: &mut Values<'_>, transfer: &Transfer) {
    values.push_bind(number(transfer.id));
    values.push_bind(code(&ASSETS, &transfer.asset));
    values.push_bind(transfer.from.to_vec());
    values.push_bind(transfer.to.to_vec());
    values.push_bind(wei(transfer.amount));
    values.push_bind(number(transfer.at.block));
    values.push_bind(transfer.at.tx.to_vec());
    values.push_bind(i64::from(transfer.tx_index));
    values.push_bind(transfer.log_index.map(i64::from));
    values.push_bind(number(transfer.at.ms));
}
