//! Rows as GraphQL objects: the API's rows, and what each refers to.

use super::{
    contracts::Contract,
    institutions::Proposal,
    loaders::{self, HistoryOf},
    market::{Auction, Lease, Order},
    pools::Pool,
    query::{List, cost, list},
    sales::{Gate, Lot},
};
use crate::{
    filter::{BadArgument, JobFilter, jobs_by},
    record::{self, Payload},
    store::{Slice, Store, StoreError},
};
use alloy::primitives::hex;
use async_graphql::{
    ComplexObject, Context, Error, ErrorExtensions, OutputType, Result, SimpleObject, dataloader::DataLoader,
};
use edgeloom_index_api::{
    BalanceRow, BidRow, CheckpointRow, CommitteeRow, CreationRow, DropRow, EditionRow, JobEventRow, JobOrder, JobRow,
    LotBidRow, MarketEventRow, ModelRow, NodeRow, OrderDirection, PackRow, PackSaleRow, PageInfo, PairRow,
    ParameterChangeRow, PositionRow, RentalRow, SaleRow, SessionRow, SlashRow, TokenRow, TokenTransferRow, TransferRow,
    VoteRow, WorkerRow,
};

/// Error codes in `extensions.code`.
pub(super) const BAD_INPUT: &str = "BAD_USER_INPUT";
pub(super) const INTERNAL: &str = "INTERNAL";
pub(super) const UNAVAILABLE: &str = "UNAVAILABLE";

/// G4: what a job's input or output costs: it may have 128 KiB.
const PAYLOAD_COST: usize = 1000;

/// A page of a list.
#[derive(SimpleObject)]
#[graphql(concrete(name = "JobPage", params(Job)))]
#[graphql(concrete(name = "OrderPage", params(Order)))]
#[graphql(concrete(name = "LeasePage", params(Lease)))]
#[graphql(concrete(name = "AuctionPage", params(Auction)))]
#[graphql(concrete(name = "BidPage", params(BidRow)))]
#[graphql(concrete(name = "PoolPage", params(Pool)))]
#[graphql(concrete(name = "PairPage", params(PairRow)))]
#[graphql(concrete(name = "SessionPage", params(SessionRow)))]
#[graphql(concrete(name = "MarketEventPage", params(MarketEventRow)))]
#[graphql(concrete(name = "WorkerPage", params(Worker)))]
#[graphql(concrete(name = "ModelPage", params(Model)))]
#[graphql(concrete(name = "TransferPage", params(TransferRow)))]
#[graphql(concrete(name = "ContractPage", params(Contract)))]
#[graphql(concrete(name = "NodePage", params(NodeRow)))]
#[graphql(concrete(name = "PositionPage", params(PositionRow)))]
#[graphql(concrete(name = "SlashPage", params(SlashRow)))]
#[graphql(concrete(name = "CommitteePage", params(CommitteeRow)))]
#[graphql(concrete(name = "CheckpointPage", params(CheckpointRow)))]
#[graphql(concrete(name = "ProposalPage", params(Proposal)))]
#[graphql(concrete(name = "VotePage", params(VoteRow)))]
#[graphql(concrete(name = "ParameterChangePage", params(ParameterChangeRow)))]
#[graphql(concrete(name = "CreationPage", params(CreationRow)))]
#[graphql(concrete(name = "TokenPage", params(TokenRow)))]
#[graphql(concrete(name = "EditionPage", params(EditionRow)))]
#[graphql(concrete(name = "BalancePage", params(BalanceRow)))]
#[graphql(concrete(name = "TokenTransferPage", params(TokenTransferRow)))]
#[graphql(concrete(name = "SalePage", params(SaleRow)))]
#[graphql(concrete(name = "LotPage", params(Lot)))]
#[graphql(concrete(name = "LotBidPage", params(LotBidRow)))]
#[graphql(concrete(name = "RentalPage", params(RentalRow)))]
#[graphql(concrete(name = "DropPage", params(DropRow)))]
#[graphql(concrete(name = "PackSalePage", params(PackSaleRow)))]
#[graphql(concrete(name = "PackPage", params(PackRow)))]
#[graphql(concrete(name = "GatePage", params(Gate)))]
pub(super) struct Listed<T: OutputType> {
    items: Vec<T>,
    page_info: PageInfo,
    /// Rows that match, on all pages; counting stops at 10,000. Ask for it only where it is shown.
    total_count: u64,
}

impl<T: OutputType> Listed<T> {
    pub(super) fn new<R>(slice: Slice<R>, row: impl Fn(R) -> T) -> Self {
        Self {
            items: slice.items.into_iter().map(row).collect(),
            page_info: PageInfo { end_cursor: slice.end_cursor, has_next_page: slice.has_next_page },
            total_count: slice.total_count,
        }
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Job {
    #[graphql(flatten)]
    row: JobRow,
    #[graphql(skip)]
    record: record::Job,
}

impl From<record::Job> for Job {
    fn from(record: record::Job) -> Self {
        Self { row: record.row(), record }
    }
}

impl Job {
    async fn payload(&self, ctx: &Context<'_>) -> Result<Payload> {
        let payload = ctx.data::<Store>()?.payload(self.record.id).await.map_err(|error| unreadable(&error))?;
        let missing =
            || StoreError::Damaged { table: "job_inputs", reason: format!("job {} has none", self.record.id) };
        payload.ok_or_else(|| unreadable(&missing()))
    }
}

#[ComplexObject]
impl Job {
    /// Costs as much as 1,000 other fields.
    #[graphql(complexity = "PAYLOAD_COST")]
    async fn input(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(hex::encode_prefixed(self.payload(ctx).await?.input))
    }

    /// The answer that the chain computed and paid for; absent in every other case. Costs as much as 1,000 other fields.
    #[graphql(complexity = "PAYLOAD_COST")]
    async fn output(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.payload(ctx).await?.output.map(hex::encode_prefixed))
    }

    /// What happened to the job, oldest first.
    #[graphql(complexity = "4 * child_complexity")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<JobEventRow>> {
        let history = loader(ctx)?.load_one(HistoryOf(self.record.id)).await.map_err(|error| unreadable(&error))?;
        Ok(history.unwrap_or_default().iter().map(|event| event.row()).collect())
    }

    /// What its worker told the contracts that verify it, and what they made of it, oldest first. Costs as much as 100 rows.
    #[graphql(complexity = "100 * child_complexity")]
    async fn claims(&self, ctx: &Context<'_>) -> Result<Vec<MarketEventRow>> {
        let events = ctx.data::<Store>()?.claims_of(&self.record).await.map_err(|error| unreadable(&error))?;
        Ok(events.iter().map(|event| event.row()).collect())
    }

    async fn model(&self, ctx: &Context<'_>) -> Result<Option<Model>> {
        let model = loader(ctx)?.load_one(self.record.model).await.map_err(|error| unreadable(&error))?;
        Ok(model.map(Model::from))
    }

    /// The row of `worker`.
    async fn worker_row(&self, ctx: &Context<'_>) -> Result<Option<Worker>> {
        let Some(address) = self.record.worker else { return Ok(None) };
        let worker = loader(ctx)?.load_one(address).await.map_err(|error| unreadable(&error))?;
        Ok(worker.map(Worker::from))
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Worker {
    #[graphql(flatten)]
    row: WorkerRow,
    #[graphql(skip)]
    record: record::Worker,
}

impl From<record::Worker> for Worker {
    fn from(record: record::Worker) -> Self {
        Self { row: record.row(), record }
    }
}

#[ComplexObject]
impl Worker {
    /// Jobs that it took, newest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn jobs(&self, ctx: &Context<'_>, first: Option<u32>, after: Option<String>) -> Result<Listed<Job>> {
        newest_jobs(ctx, JobFilter { worker: Some(self.record.address), ..JobFilter::default() }, first, after).await
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Model {
    #[graphql(flatten)]
    row: ModelRow,
    #[graphql(skip)]
    record: record::Model,
}

impl From<record::Model> for Model {
    fn from(record: record::Model) -> Self {
        Self { row: record.row(), record }
    }
}

#[ComplexObject]
impl Model {
    /// Jobs that name it, newest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn jobs(&self, ctx: &Context<'_>, first: Option<u32>, after: Option<String>) -> Result<Listed<Job>> {
        newest_jobs(ctx, JobFilter { model: Some(self.record.id), ..JobFilter::default() }, first, after).await
    }
}

pub(super) async fn newest_jobs(
    ctx: &Context<'_>,
    filter: JobFilter,
    first: Option<u32>,
    after: Option<String>,
) -> Result<Listed<Job>> {
    let list = list(
        ctx,
        List { ordering: jobs_by(JobOrder::Id), direction: Some(OrderDirection::Desc), first, limit: None, after },
    )?;
    let jobs = ctx.data::<Store>()?.jobs(&filter, &list.page, list.count).await.map_err(|error| unreadable(&error))?;
    Ok(Listed::new(jobs, Job::from))
}

fn loader<'c>(ctx: &'c Context<'_>) -> Result<&'c DataLoader<loaders::Rows>> {
    ctx.data()
}

pub(super) fn bad_input(error: &BadArgument) -> Error {
    Error::new(error.to_string()).extend_with(|_, extensions| extensions.set("code", BAD_INPUT))
}

/// What is wrong with the database is for the operator, not for whoever asks.
pub(super) fn unreadable(error: &StoreError) -> Error {
    if matches!(error, StoreError::TooSlow | StoreError::Busy) {
        return Error::new(error.to_string()).extend_with(|_, extensions| extensions.set("code", UNAVAILABLE));
    }
    tracing::error!(%error, "a GraphQL query failed");
    Error::new("the index cannot be read at the moment").extend_with(|_, extensions| extensions.set("code", INTERNAL))
}
