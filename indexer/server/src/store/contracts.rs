//! Verified contracts, and the submissions on the way there. A job's end and the contract's rows are one transaction.

use super::{
    Count, Slice, Store, StoreError,
    read::Listing,
    rows::{self, VERDICTS, code},
};
use crate::{
    page::PageRequest,
    record::{Contract, Sources},
    verify::{Refusal, input::Submission},
};
use alloy::primitives::{Address, B128};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Submissions that wait at the same time.
pub const WAITING_MAX: i64 = 64;
/// Finished verifications whose end can still be asked for.
const FINISHED_MAX: i64 = 10_000;
/// F2: how often a submission is tried that does not come to an end.
pub const ATTEMPTS_MAX: u32 = 3;

/// How far a verification is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    pub id: B128,
    pub address: Address,
    pub started_ms: u64,
    pub end: Option<End>,
}

/// How a verification ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub ms: u64,
    /// Why it was refused: a code and a sentence.
    pub error: Option<(String, String)>,
}

/// Whether a submission was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Taken,
    /// [`WAITING_MAX`] wait already.
    Full,
}

impl Store {
    /// Keeps a submission until it is judged (F2).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn submit(&self, id: B128, submission: &Submission, ms: u64) -> Result<Admission, StoreError> {
        let text = serde_json::to_string(submission).map_err(|error| rows::unwritable("verifications", &error))?;
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let waiting: i64 = sqlx::query_scalar("select count(*) from verifications where finished_ms = 0")
            .fetch_one(&mut *transaction)
            .await?;
        if waiting >= WAITING_MAX {
            return Ok(Admission::Full);
        }
        let insert = "insert into verifications (id, address, submission, attempts, started_ms, finished_ms) values (?, ?, ?, 0, ?, 0)";
        sqlx::query(insert)
            .bind(id.to_vec())
            .bind(submission.address.to_vec())
            .bind(text)
            .bind(ms.cast_signed())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Admission::Taken)
    }

    /// The oldest submission that is not among `busy`, with one attempt more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_submission(&self, busy: &[B128]) -> Result<Option<(B128, u32, Submission)>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "update verifications set attempts = attempts + 1 where number = (select number from verifications where finished_ms = 0 and id not in (",
        );
        let mut list = query.separated(", ");
        for id in busy {
            list.push_bind(id.to_vec());
        }
        query.push(") order by number limit 1) returning id, attempts, submission");
        let row: Option<(Vec<u8>, u32, String)> = query.build_query_as().fetch_optional(&self.writer).await?;
        let Some((id, attempts, text)) = row else { return Ok(None) };
        let damaged = |reason: String| StoreError::Damaged { table: "verifications", reason };
        let id = B128::try_from(&id[..]).map_err(|error| damaged(error.to_string()))?;
        let submission = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        Ok(Some((id, attempts, submission)))
    }

    /// Ends a verification: the contract's rows and the job's end together. If the chain went back since `begun`, which
    /// [`Self::rewinds`] was then, nothing ends: the code that was judged may be gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(&self, id: B128, begun: u64, outcome: Outcome, ms: u64) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        if self.rewinds() != begun {
            let again = "update verifications set attempts = attempts - 1 where id = ?";
            sqlx::query(again).bind(id.to_vec()).execute(&mut *transaction).await?;
            return Ok(transaction.commit().await?);
        }
        let failure = match outcome {
            Ok((contract, sources)) => put(&mut transaction, &contract, &sources, ms).await?,
            Err(failure) => Some(failure),
        };
        let (error_code, message) = failure.map(|failure| (failure.code, failure.message)).unzip();
        let update = "update verifications set submission = null, finished_ms = ?, error_code = ?, error_message = ? where id = ?";
        sqlx::query(update)
            .bind(ms.cast_signed())
            .bind(error_code)
            .bind(message)
            .bind(id.to_vec())
            .execute(&mut *transaction)
            .await?;
        let forget =
            "delete from verifications where finished_ms > 0 and number <= (select max(number) from verifications) - ?";
        sqlx::query(forget).bind(FINISHED_MAX).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lists a contract that nobody had to submit, unless what is there is as good. False if the chain went back since
    /// `begun`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publish(&self, begun: u64, found: &(Contract, Sources), ms: u64) -> Result<bool, StoreError> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        if self.rewinds() != begun {
            return Ok(false);
        }
        let (contract, sources) = found;
        let known = put(&mut transaction, contract, sources, ms).await?;
        tracing::debug!(name = contract.name, is_new = known.is_none(), "a contract of genesis has its sources");
        transaction.commit().await?;
        Ok(true)
    }

    /// # Errors
    /// [`StoreError`].
    pub async fn verification(&self, id: B128) -> Result<Option<Verification>, StoreError> {
        let select = "select * from verifications where id = ?";
        let row = sqlx::query(select).bind(id.to_vec()).fetch_optional(&mut *self.readers.get().await?).await?;
        row.as_ref().map(rows::verification).transpose()
    }

    /// Verified contracts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contracts(&self, page: &PageRequest, count: Count) -> Result<Slice<Contract>, StoreError> {
        let listing = Listing { table: "contracts", filter: |_: &mut QueryBuilder<Sqlite>| {}, read: rows::contract };
        self.list(listing, page, count).await
    }

    /// # Errors
    /// [`StoreError`].
    pub async fn contract(&self, address: Address) -> Result<Option<Contract>, StoreError> {
        let select = "select * from contracts where address = ?";
        let row = sqlx::query(select).bind(address.to_vec()).fetch_optional(&mut *self.readers.get().await?).await?;
        row.as_ref().map(rows::contract).transpose()
    }

    /// # Errors
    /// [`StoreError`].
    pub async fn sources(&self, address: Address) -> Result<Option<Sources>, StoreError> {
        let select = "select * from contract_sources where address = ?";
        let row = sqlx::query(select).bind(address.to_vec()).fetch_optional(&mut *self.readers.get().await?).await?;
        row.as_ref().map(rows::sources).transpose()
    }
}

/// What a submission came to.
pub type Outcome = Result<(Contract, Sources), Failure>;

/// Why a verification ended without a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: String,
    pub message: String,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code().to_owned(), message: refusal.to_string() }
    }
}

/// F4: writes the rows unless what is there is as good.
async fn put(
    connection: &mut SqliteConnection,
    contract: &Contract,
    sources: &Sources,
    ms: u64,
) -> Result<Option<Failure>, StoreError> {
    let address = contract.address.to_vec();
    let row = sqlx::query("select * from contracts where address = ?").bind(&address).fetch_optional(&mut *connection);
    let known = row.await?.as_ref().map(rows::contract).transpose()?;
    let quality = |contract: &Contract| (contract.verdict(), contract.runtime, contract.creation);
    if known.is_some_and(|known| quality(&known) >= quality(contract)) {
        let message = format!("{} is verified already, and no worse", contract.address);
        return Ok(Some(Failure { code: "already_verified".into(), message }));
    }
    let created = contract.created.as_ref();
    sqlx::query("insert or replace into contracts (address, file, name, compiler, runtime, creation, created_tx, created_block, created_index, deployer, arguments, code_hash, verified_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(&address)
        .bind(&contract.file)
        .bind(&contract.name)
        .bind(&contract.compiler)
        .bind(code(&VERDICTS, &contract.runtime))
        .bind(contract.creation.map(|verdict| code(&VERDICTS, &verdict)))
        .bind(created.map(|created| created.tx.to_vec()))
        .bind(created.map_or(0, |created| created.block.cast_signed()))
        .bind(created.map_or(0, |created| created.index.cast_signed()))
        .bind(created.map(|created| created.deployer.to_vec()))
        .bind(created.map(|created| created.arguments.to_vec()))
        .bind(contract.code_hash.map(|hash| hash.to_vec()))
        .bind(ms.cast_signed())
        .execute(&mut *connection)
        .await?;
    let links = serde_json::to_string(&sources.links).map_err(|error| rows::unwritable("contract_sources", &error))?;
    sqlx::query(
        "insert or replace into contract_sources (address, abi, metadata, input, links) values (?, ?, ?, ?, ?)",
    )
    .bind(&address)
    .bind(&sources.abi)
    .bind(&sources.metadata)
    .bind(&sources.input)
    .bind(links)
    .execute(connection)
    .await?;
    Ok(None)
}
