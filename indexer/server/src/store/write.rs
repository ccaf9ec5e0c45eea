//! Records to the database: but for what fills statements of its own, all of a batch in one message to the database's thread. Under load every message waits for a
//! turn on a core, twice; the work itself is little.

use super::{
    Cursor, StoreError, committees, market,
    nft::{creations, drops, sales},
    pools,
    rows::{ASSETS, KINDS, PHASES, REASONS, code},
    stakes, votes,
};
use crate::{
    project::{Nft, Rows},
    record::{BlockFacts, Job, JobEvent, Model, Sale, Transfer, Worker},
};
use alloy::primitives::{Bytes, U256};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};

/// Rows of a statement that goes by itself.
const CHUNK: usize = 128;

/// What changes in a job once it was posted: indexes of the other columns are left alone.
const JOB_CHANGES: &str = " on conflict (id) do update set phase = excluded.phase, reason = excluded.reason, worker = excluded.worker, \
     output_bytes = excluded.output_bytes, evidence = excluded.evidence, paid = excluded.paid, submit_by = excluded.submit_by, \
     taken_block = excluded.taken_block, taken_tx = excluded.taken_tx, taken_ms = excluded.taken_ms, \
     closed_block = excluded.closed_block, closed_tx = excluded.closed_tx, closed_ms = excluded.closed_ms, \
     fee = excluded.fee, burned = excluded.burned";
const ROW: &str = " on conflict (id) do update set row = excluded.row";
const NUMBERED: &str = " on conflict (number) do update set row = excluded.row";
const MARK: &str = " on conflict (id) do update set marked = excluded.marked, row = excluded.row";

pub(super) type Values<'a> = Separated<'a, Sqlite, &'static str>;

/// All rows, and the cursor behind them.
pub(super) async fn write(connection: &mut SqliteConnection, rows: &Rows, cursor: Cursor) -> Result<(), StoreError> {
    let mut batch = Batch::new(connection);
    batch.insert("blocks", rows.blocks.iter(), block).await?;
    batch.replace("models", rows.models.values(), model).await?;
    batch.replace("workers", rows.workers.values(), worker).await?;
    batch.upsert("orders", rows.orders.values(), market::write_order, ROW).await?;
    batch.upsert("jobs", rows.jobs.values(), job, JOB_CHANGES).await?;
    batch.insert("job_events", rows.job_events.iter(), job_event).await?;
    batch.insert("job_inputs", rows.inputs.iter(), bytes).await?;
    batch.replace("job_outputs", rows.outputs.iter(), bytes).await?;
    batch.insert("transfers", rows.transfers.iter(), transfer).await?;
    batch.replace("nodes", rows.nodes.values(), stakes::write_node).await?;
    batch.replace("positions", rows.positions.values(), stakes::write_position).await?;
    batch.insert("slashes", rows.slashes.iter(), stakes::write_slash).await?;
    batch.replace("committees", rows.committees.values(), committees::write_committee).await?;
    batch.replace("checkpoints", rows.checkpoints.values(), committees::write_checkpoint).await?;
    batch.replace("proposals", rows.proposals.values(), votes::write_proposal).await?;
    batch.insert("proposal_texts", rows.texts.iter(), votes::write_text).await?;
    batch.insert("votes", rows.votes.iter(), votes::write_vote).await?;
    batch.insert("parameter_changes", rows.parameter_changes.iter(), votes::write_change).await?;
    batch.replace("leases", rows.leases.values(), market::write_lease).await?;
    batch.replace("auctions", rows.auctions.values(), market::write_auction).await?;
    batch.upsert("bids", rows.bids.values(), market::write_bid, ROW).await?;
    batch.replace("pools", rows.pools.values(), pools::write_pool).await?;
    batch.upsert("pairs", rows.pairs.values(), pools::write_pair, ROW).await?;
    batch.replace("sessions", rows.sessions.values(), pools::write_session).await?;
    batch.insert("market_events", rows.market_events.iter(), market::write_event).await?;
    batch.insert("claims", rows.claims.iter(), market::write_claim).await?;
    nft(&mut batch, &rows.nft).await?;
    batch.replace("cursor", std::iter::once(&cursor), write_cursor).await?;
    batch.send().await
}

async fn nft(batch: &mut Batch<'_>, rows: &Nft) -> Result<(), StoreError> {
    batch.replace("creations", rows.creations.values(), creations::write_creation).await?;
    batch.replace("tokens", rows.tokens.values(), creations::write_token).await?;
    batch.upsert("editions", rows.editions.values(), creations::write_edition, NUMBERED).await?;
    batch.replace("balances", rows.balances.values(), creations::write_balance).await?;
    batch.insert("token_transfers", rows.transfers.iter(), creations::write_transfer).await?;
    let changed: Vec<&Sale> = rows.changed.iter().filter_map(|id| rows.sales.get(id)).collect();
    batch.upsert("sales", changed.into_iter(), sales::write_sale, MARK).await?;
    batch.insert("sold", rows.sold.iter(), sales::write_sold).await?;
    batch.replace("lots", rows.lots.values(), sales::write_lot).await?;
    batch.insert("lot_bids", rows.lot_bids.iter(), sales::write_bid).await?;
    batch.insert("rentals", rows.rentals.iter(), sales::write_rental).await?;
    batch.upsert("drops", rows.drops.values(), drops::write_drop, ROW).await?;
    batch.upsert("pack_sales", rows.pack_sales.values(), drops::write_pack_sale, ROW).await?;
    batch.upsert("packs", rows.packs.values(), drops::write_pack, ROW).await?;
    batch.upsert("gates", rows.gates.values(), sales::write_gate, ROW).await
}

pub(super) async fn move_cursor(connection: &mut SqliteConnection, cursor: Cursor) -> Result<(), StoreError> {
    let mut batch = Batch::new(connection);
    batch.replace("cursor", std::iter::once(&cursor), write_cursor).await?;
    batch.send().await
}

/// Statements that go to the database together.
struct Batch<'c> {
    connection: &'c mut SqliteConnection,
    query: QueryBuilder<Sqlite>,
    rows: usize,
}

impl<'c> Batch<'c> {
    fn new(connection: &'c mut SqliteConnection) -> Self {
        Self { connection, query: QueryBuilder::new(""), rows: 0 }
    }

    async fn insert<'r, T: 'r>(
        &mut self,
        table: &'static str,
        rows: impl Iterator<Item = &'r T>,
        push: fn(&mut Values<'_>, &T),
    ) -> Result<(), StoreError> {
        self.push(["insert into ", table, ""], rows, push).await
    }

    /// Rows that may be there already.
    async fn replace<'r, T: 'r>(
        &mut self,
        table: &'static str,
        rows: impl Iterator<Item = &'r T>,
        push: fn(&mut Values<'_>, &T),
    ) -> Result<(), StoreError> {
        self.push(["insert or replace into ", table, ""], rows, push).await
    }

    /// Rows of which only some columns change, if they are there already.
    async fn upsert<'r, T: 'r>(
        &mut self,
        table: &'static str,
        rows: impl Iterator<Item = &'r T>,
        push: fn(&mut Values<'_>, &T),
        changes: &'static str,
    ) -> Result<(), StoreError> {
        self.push(["insert into ", table, changes], rows, push).await
    }

    async fn push<'r, T: 'r>(
        &mut self,
        [verb, table, changes]: [&'static str; 3],
        rows: impl Iterator<Item = &'r T>,
        push: fn(&mut Values<'_>, &T),
    ) -> Result<(), StoreError> {
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
            let count = chunk.len();
            let mut full = QueryBuilder::new("");
            let query = if count == CHUNK { &mut full } else { &mut self.query };
            query.push(verb).push(table).push(" ");
            query.push_values(chunk, |mut values, row| push(&mut values, row));
            query.push(changes).push("; ");
            if count == CHUNK {
                // Always the same text, which stays prepared: to read so many places for values takes longer than a message.
                full.build().execute(&mut *self.connection).await?;
            } else {
                self.rows += count;
            }
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), StoreError> {
        if self.rows > 0 {
            // No two batches have the same text: keeping them prepared would push out those that come again.
            self.query.build().persistent(false).execute(&mut *self.connection).await?;
            (self.query, self.rows) = (QueryBuilder::new(""), 0);
        }
        Ok(())
    }
}

fn write_cursor(values: &mut Values<'_>, cursor: &Cursor) {
    values.push_bind(1_i64);
    values.push_bind(number(cursor.height));
    values.push_bind(cursor.hash.to_vec());
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
