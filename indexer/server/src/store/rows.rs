//! Database rows to records. What does not parse was not written by us: the file is damaged.

use super::{
    StoreError,
    contracts::{End, Verification},
    payments::Payment,
    rewind::Presence,
};
use crate::record::{
    BlockFacts, Contract, Deployment, Job, JobEvent, Model, Payload, Sources, Stamp, Transfer, Worker,
};
use crate::verify::compare::Match;
use alloy::primitives::{Address, B128, B256, Bytes, U256};
use edgeloom_index_api::{Asset, JobEventKind, Phase, Reason};
use sqlx::{Row, sqlite::SqliteRow};

/// A row with its table's name, for errors.
pub(super) struct Of<'r>(pub(super) &'static str, pub(super) &'r SqliteRow);

impl Of<'_> {
    pub(super) fn damaged(&self, column: &str) -> StoreError {
        StoreError::Damaged { table: self.0, reason: format!("column {column} has a value that was never written") }
    }

    pub(super) fn number(&self, column: &str) -> Result<u64, StoreError> {
        u64::try_from(self.1.try_get::<i64, _>(column)?).map_err(|_| self.damaged(column))
    }

    pub(super) fn small(&self, column: &str) -> Result<u32, StoreError> {
        u32::try_from(self.1.try_get::<i64, _>(column)?).map_err(|_| self.damaged(column))
    }

    pub(super) fn tiny(&self, column: &str) -> Result<u16, StoreError> {
        u16::try_from(self.1.try_get::<i64, _>(column)?).map_err(|_| self.damaged(column))
    }

    pub(super) fn maybe_small(&self, column: &str) -> Result<Option<u32>, StoreError> {
        let number: Option<i64> = self.1.try_get(column)?;
        number.map(|number| u32::try_from(number).map_err(|_| self.damaged(column))).transpose()
    }

    /// 0 stands for "not yet".
    pub(super) fn later(&self, column: &str) -> Result<Option<u64>, StoreError> {
        Ok(Some(self.number(column)?).filter(|number| *number != 0))
    }

    pub(super) fn blob(&self, column: &str) -> Result<&[u8], StoreError> {
        Ok(self.1.try_get(column)?)
    }

    pub(super) fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.1.try_get(column)?)
    }

    pub(super) fn maybe_blob(&self, column: &str) -> Result<Option<&[u8]>, StoreError> {
        Ok(self.1.try_get(column)?)
    }

    pub(super) fn address(&self, column: &str) -> Result<Address, StoreError> {
        Address::try_from(self.blob(column)?).map_err(|_| self.damaged(column))
    }

    pub(super) fn hash(&self, column: &str) -> Result<B256, StoreError> {
        B256::try_from(self.blob(column)?).map_err(|_| self.damaged(column))
    }

    pub(super) fn maybe_hash(&self, column: &str) -> Result<Option<B256>, StoreError> {
        self.maybe_blob(column)?.map(|hash| B256::try_from(hash).map_err(|_| self.damaged(column))).transpose()
    }

    pub(super) fn wei(&self, column: &str) -> Result<U256, StoreError> {
        Ok(U256::from_be_bytes(self.hash(column)?.0))
    }

    pub(super) fn maybe_wei(&self, column: &str) -> Result<Option<U256>, StoreError> {
        Ok(self.maybe_hash(column)?.map(|wei| U256::from_be_bytes(wei.0)))
    }

    pub(super) fn stamp(&self, columns: [&str; 3]) -> Result<Stamp, StoreError> {
        let [block, tx, ms] = columns;
        Ok(Stamp { block: self.number(block)?, tx: self.hash(tx)?, ms: self.number(ms)? })
    }

    pub(super) fn maybe_stamp(&self, columns: [&str; 3]) -> Result<Option<Stamp>, StoreError> {
        if self.maybe_blob(columns[1])?.is_none() { Ok(None) } else { self.stamp(columns).map(Some) }
    }

    pub(super) fn coded<T: Copy>(&self, column: &str, all: &[T]) -> Result<T, StoreError> {
        let code = self.small(column)?;
        all.get(code as usize).copied().ok_or_else(|| self.damaged(column))
    }
}

/// Codes in the database: positions here. Append, never reorder.
pub(super) const PHASES: [Phase; 6] =
    [Phase::Open, Phase::Taken, Phase::Settled, Phase::Cancelled, Phase::Expired, Phase::Rejected];
pub(super) const REASONS: [Reason; 8] = [
    Reason::Running,
    Reason::CorrectAnswer,
    Reason::CancelledByRequester,
    Reason::NotTaken,
    Reason::NotSubmitted,
    Reason::WrongAnswer,
    Reason::AcceptedByRequester,
    Reason::Undecided,
];
pub(super) const KINDS: [JobEventKind; 4] =
    [JobEventKind::Posted, JobEventKind::Taken, JobEventKind::Answered, JobEventKind::Closed];
pub(super) const ASSETS: [Asset; 2] = [Asset::Tfuel, Asset::Theta];

pub(super) const VERDICTS: [Match; 2] = [Match::Match, Match::ExactMatch];

/// The position of `value`, which every variant has.
pub(super) fn code<T: PartialEq>(all: &[T], value: &T) -> i64 {
    all.iter().zip(0..).find_map(|(known, code)| (known == value).then_some(code)).unwrap_or(-1)
}

pub(super) fn hash(table: &'static str, bytes: &[u8]) -> Result<B256, StoreError> {
    B256::try_from(bytes).map_err(|_| StoreError::Damaged { table, reason: "a hash is not 32 bytes".into() })
}

pub(super) fn block(row: &SqliteRow) -> Result<BlockFacts, StoreError> {
    let row = Of("blocks", row);
    Ok(BlockFacts {
        height: row.number("height")?,
        hash: row.hash("hash")?,
        timestamp_ms: row.number("timestamp_ms")?,
        transactions: row.number("transactions")?,
        gas_used: row.number("gas_used")?,
    })
}

pub(super) fn job(row: &SqliteRow) -> Result<Job, StoreError> {
    let row = Of("jobs", row);
    let maybe_address = |bytes: &[u8]| Address::try_from(bytes).map_err(|_| row.damaged("worker"));
    Ok(Job {
        id: row.number("id")?,
        order: row.number("order_id")?,
        kind: row.tiny("kind")?,
        requester: row.address("requester")?,
        model: row.hash("model")?,
        price: row.wei("price")?,
        bond: row.wei("bond")?,
        phase: row.coded("phase", &PHASES)?,
        reason: row.coded("reason", &REASONS)?,
        worker: row.maybe_blob("worker")?.map(maybe_address).transpose()?,
        input_bytes: row.small("input_bytes")?,
        input_hash: row.hash("input_hash")?,
        output_bytes: row.maybe_small("output_bytes")?,
        evidence: row.maybe_hash("evidence")?,
        paid: row.maybe_wei("paid")?,
        fee: row.maybe_wei("fee")?.zip(row.maybe_wei("burned")?),
        burn_share: row.tiny("burn_share")?,
        take_by: row.number("take_by")?,
        work_seconds: row.number("work_seconds")?,
        submit_by: row.later("submit_by")?,
        posted: row.stamp(["posted_block", "posted_tx", "posted_ms"])?,
        taken: row.maybe_stamp(["taken_block", "taken_tx", "taken_ms"])?,
        closed: row.maybe_stamp(["closed_block", "closed_tx", "closed_ms"])?,
    })
}

pub(super) fn payload(row: &SqliteRow) -> Result<Payload, StoreError> {
    let row = Of("job_inputs", row);
    Ok(Payload {
        input: Bytes::copy_from_slice(row.blob("input")?),
        output: row.maybe_blob("output")?.map(Bytes::copy_from_slice),
    })
}

pub(super) fn job_event(row: &SqliteRow) -> Result<JobEvent, StoreError> {
    let row = Of("job_events", row);
    Ok(JobEvent {
        job: row.number("job")?,
        kind: row.coded("kind", &KINDS)?,
        phase: row.coded("phase", &PHASES)?,
        actor: row.address("actor")?,
        at: row.stamp(["block", "tx", "ms"])?,
        tx_index: row.small("tx_index")?,
        log_index: row.small("log_index")?,
    })
}

pub(super) fn worker(row: &SqliteRow) -> Result<Worker, StoreError> {
    let row = Of("workers", row);
    Ok(Worker {
        address: row.address("address")?,
        node: row.maybe_small("node")?,
        free: row.wei("free")?,
        locked: row.wei("locked")?,
        unbonding: row.wei("unbonding")?,
        unbonding_until: row.later("unbonding_until")?,
        slashed: row.wei("slashed")?,
        earned: row.wei("earned")?,
        jobs_taken: row.number("jobs_taken")?,
        jobs_settled: row.number("jobs_settled")?,
        jobs_rejected: row.number("jobs_rejected")?,
        jobs_missed: row.number("jobs_missed")?,
        first_block: row.number("first_block")?,
        first_ms: row.number("first_ms")?,
        last_block: row.number("last_block")?,
        last_ms: row.number("last_ms")?,
    })
}

pub(super) fn model(row: &SqliteRow) -> Result<Model, StoreError> {
    let row = Of("models", row);
    Ok(Model {
        id: row.hash("id")?,
        number: row.number("number")?,
        owner: row.address("owner")?,
        manifest: row.address("manifest")?,
        input_bytes: row.small("input_bytes")?,
        output_bytes: row.small("output_bytes")?,
        macs: row.number("macs")?,
        infer_gas: row.number("infer_gas")?,
        name: row.1.try_get("name")?,
        metadata: row.1.try_get("metadata")?,
        jobs_posted: row.number("jobs_posted")?,
        jobs_settled: row.number("jobs_settled")?,
        registered: row.stamp(["registered_block", "registered_tx", "registered_ms"])?,
    })
}

pub(super) fn transfer(row: &SqliteRow) -> Result<Transfer, StoreError> {
    let row = Of("transfers", row);
    Ok(Transfer {
        id: row.number("id")?,
        asset: row.coded("asset", &ASSETS)?,
        from: row.address("sender")?,
        to: row.address("receiver")?,
        amount: row.wei("amount")?,
        at: row.stamp(["block", "tx", "ms"])?,
        tx_index: row.small("tx_index")?,
        log_index: row.maybe_small("log_index")?,
    })
}

pub(super) fn contract(row: &SqliteRow) -> Result<Contract, StoreError> {
    let row = Of("contracts", row);
    let maybe_address = |bytes: &[u8]| Address::try_from(bytes).map_err(|_| row.damaged("deployer"));
    let deployer = row.maybe_blob("deployer")?.map(maybe_address).transpose()?;
    let created = match row.maybe_hash("created_tx")?.zip(deployer) {
        None => None,
        Some((tx, deployer)) => Some(Deployment {
            tx,
            block: row.number("created_block")?,
            index: row.number("created_index")?,
            deployer,
            arguments: Bytes::copy_from_slice(row.blob("arguments")?),
        }),
    };
    let creation: Option<i64> = row.1.try_get("creation")?;
    Ok(Contract {
        number: row.number("number")?,
        address: row.address("address")?,
        file: row.text("file")?,
        name: row.text("name")?,
        compiler: row.text("compiler")?,
        runtime: row.coded("runtime", &VERDICTS)?,
        creation: creation.map(|_| row.coded("creation", &VERDICTS)).transpose()?,
        created,
        code_hash: row.maybe_hash("code_hash")?,
        verified_ms: row.number("verified_ms")?,
    })
}

pub(super) fn presence(row: &SqliteRow) -> Result<Presence, StoreError> {
    let row = Of("contracts", row);
    let created = row.maybe_hash("created_tx")?.zip(Some(row.number("created_block")?));
    Ok(Presence { address: row.address("address")?, code_hash: row.maybe_hash("code_hash")?, created })
}

pub(super) fn sources(row: &SqliteRow) -> Result<Sources, StoreError> {
    let row = Of("contract_sources", row);
    Ok(Sources {
        abi: row.text("abi")?,
        metadata: row.text("metadata")?,
        input: row.text("input")?,
        links: serde_json::from_str(&row.text("links")?).map_err(|_| row.damaged("links"))?,
    })
}

pub(super) fn verification(row: &SqliteRow) -> Result<Verification, StoreError> {
    let row = Of("verifications", row);
    let code: Option<String> = row.1.try_get("error_code")?;
    let message: Option<String> = row.1.try_get("error_message")?;
    let end = row.later("finished_ms")?.map(|ms| End { ms, error: code.zip(message) });
    Ok(Verification {
        id: B128::try_from(row.blob("id")?).map_err(|_| row.damaged("id"))?,
        address: row.address("address")?,
        started_ms: row.number("started_ms")?,
        end,
    })
}

/// Our own records always have a JSON form.
pub(super) fn unwritable(table: &'static str, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { table, reason: error.to_string() }
}

pub(super) fn payment(row: &SqliteRow) -> Result<Payment, StoreError> {
    let row = Of("payments", row);
    Ok(Payment {
        number: row.number("number")?,
        account: row.address("account")?,
        peer: row.blob("peer")?.to_vec(),
        amount: row.wei("amount")?,
        ms: row.number("ms")?,
        payer: row.address("payer")?,
        nonce: row.number("nonce")?,
        tx: row.hash("tx")?,
        raw: Bytes::copy_from_slice(row.blob("raw")?),
    })
}
