mod events;
mod inputs;
mod order;
mod posted;
mod requirements;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Filter, Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    ICredits,
    IJobMarket::{self, IJobMarketErrors, Phase, Request},
    ITill,
    addresses::JOB_MARKET,
};

pub use events::{Events, JobEvent, JobEventKind};
pub use inputs::root as input_root;
pub use order::{JobState, Order};
pub use posted::{JobResult, PostedJob, decided_after};
pub use requirements::Requirements;

use crate::{Client, Closing, Error, SignedTx, follow::closings};

/// What a worker delivers.
pub type Delivery = IJobMarket::Result;

/// The market of jobs. Writing calls wait for their block; their errors are
/// [`Error::Market`], [`Error::EdgeStaking`] and the general ones.
#[derive(Clone, Debug)]
pub struct Jobs {
    client: Client,
}

/// What a requester offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// How answers are checked: [`INFERENCE`], [`DISPUTABLE`], [`ATTESTED`] or [`SEALED`].
    pub kind: u16,
    /// A registered model; one whose graph is registered, where answers are disputed; for sealed answers what [`crate::Seals::register`] made of one.
    pub model_id: B256,
    /// Of each job, exactly as long as the model takes.
    pub inputs: Vec<Bytes>,
    /// Wei for each job, escrowed at once: 1e9 to 5e23, the largest bond that a worker can stake.
    pub price: U256,
    /// How long workers may take jobs: 1 to 604,800 seconds.
    pub take_seconds: u32,
    /// How long the taker of a job may work: 1 to 86,400 seconds.
    pub work_seconds: u32,
    /// After how many seconds listed cloud providers may take what edge nodes left; 0 where they may at once.
    pub providers_after: u32,
    /// Who alone may take them.
    pub worker: Option<Address>,
    /// What a worker has to be.
    pub requirements: Requirements,
}

/// An offer in the contracts' words.
pub(crate) struct Posting {
    pub(crate) request: Request,
    pub(crate) inputs: Bytes,
    /// Wei, for all jobs.
    pub(crate) value: U256,
}

/// The kind of jobs that the chain itself computes (`IKinds`).
pub const INFERENCE: u16 = 1;
/// Jobs whose answers stand unless somebody refutes them (`IDisputable`).
pub const DISPUTABLE: u16 = 3;
/// Jobs that a committee does again (`IAttested`).
pub const ATTESTED: u16 = 4;
/// The same as [`DISPUTABLE`] with answers that only their requester can read (`ISealed`).
pub const SEALED: u16 = 5;
/// What a worker has for a job whose answer it has to claim, or a committee to find, unless the offer says otherwise.
const CLAIM_SECONDS: u32 = 900;

impl Offer {
    /// An offer of one job that stands for ten minutes and leaves a worker two.
    pub fn new(model_id: B256, input: impl Into<Bytes>, price: U256) -> Self {
        Self::of_many(model_id, vec![input.into()], price)
    }

    /// The same of many jobs.
    #[must_use]
    pub fn of_many(model_id: B256, inputs: Vec<Bytes>, price: U256) -> Self {
        Self {
            kind: INFERENCE,
            model_id,
            inputs,
            price,
            take_seconds: 600,
            work_seconds: 120,
            providers_after: 0,
            worker: None,
            requirements: Requirements::default(),
        }
    }

    /// The same offer of jobs of another kind, with the time that takes.
    #[must_use]
    pub const fn of_kind(mut self, kind: u16) -> Self {
        self.kind = kind;
        if kind != INFERENCE {
            self.work_seconds = CLAIM_SECONDS;
        }
        self
    }

    /// What the order commits to of its inputs.
    #[must_use]
    pub fn input_root(&self) -> B256 {
        let hashes: Vec<_> = self.inputs.iter().map(|input| inputs::hash(self.kind, input)).collect();
        inputs::root(&hashes)
    }

    pub(crate) fn posting(self) -> Result<Posting, Error> {
        let count = u32::try_from(self.inputs.len()).ok().filter(|count| *count != 0);
        let count = count.ok_or_else(|| Error::Settings(format!("{} jobs are no order", self.inputs.len())))?;
        let value = self.price.checked_mul(U256::from(count));
        let value = value.ok_or_else(|| Error::Settings(format!("{} wei is no price", self.price)))?;
        let input_root = self.input_root();
        let request = Request {
            kind: self.kind,
            count,
            takeSeconds: self.take_seconds,
            workSeconds: self.work_seconds,
            providersAfter: self.providers_after,
            requester: Address::ZERO,
            worker: self.worker.unwrap_or_default(),
            requirements: self.requirements.word(),
            subject: self.model_id,
            inputRoot: input_root,
        };
        Ok(Posting { request, inputs: self.inputs.concat().into(), value })
    }
}

impl Jobs {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Posts a job that stands for ten minutes and leaves a worker two: `post(…).await?.result().await?` is the answer.
    ///
    /// # Errors
    /// `PriceOutOfRange` as [`Error::Market`], `InputLength` as [`Error::Inference`], `ModelUnknown` as [`Error::Models`];
    /// [`Error::Unconfirmed`] when it may still be posted: then a repetition could pay twice.
    pub async fn post(&self, model_id: B256, input: impl Into<Bytes>, price: U256) -> Result<PostedJob, Error> {
        self.offer(Offer::new(model_id, input, price)).await
    }

    /// Posts one job, or the first of many, with its own periods. [`PostedJob::order`] has them all.
    ///
    /// # Errors
    /// As [`Self::post`], `PeriodOutOfRange`, `CountOutOfRange`; [`Error::Settings`] without an input.
    pub async fn offer(&self, offer: Offer) -> Result<PostedJob, Error> {
        let Posting { request, inputs, value } = offer.posting()?;
        let call = IJobMarket::postCall { request, inputs };
        self.posted(&self.client.send(JOB_MARKET, &call, value).await?)
    }

    /// The job that a transaction posted, the first where it posted many: for whoever had to wait for it with
    /// [`Client::see_through`].
    ///
    /// # Errors
    /// [`Error::Answer`] if it posted none.
    pub fn posted(&self, receipt: &TransactionReceipt) -> Result<PostedJob, Error> {
        let order = Order::of_log(log_of::<IJobMarket::JobsPosted>(JOB_MARKET, receipt)?)?;
        Ok(PostedJob::new(self.client.clone(), order.number, order, receipt.gas_used))
    }

    /// An order as it was posted, by the number of its first job.
    ///
    /// # Errors
    /// `JobUnknown` as [`Error::Market`] if the node has no log of it at or after `from_block`.
    pub async fn order(&self, number: U256, from_block: u64) -> Result<Order, Error> {
        let logs = self.logs_of(number, vec![IJobMarket::JobsPosted::SIGNATURE_HASH], from_block).await?;
        Order::of_log(logs.first().ok_or_else(|| unknown(number))?)
    }

    /// The order that a job is in.
    ///
    /// # Errors
    /// `JobUnknown` as [`Error::Market`] where there is no such job; [`Error::Answer`] where the node has no log of it.
    pub async fn order_of(&self, id: U256) -> Result<Order, Error> {
        if id.is_zero() || id > self.count().await? {
            return Err(unknown(id));
        }
        let signatures = vec![IJobMarket::JobsPosted::SIGNATURE_HASH, IJobMarket::JobListed::SIGNATURE_HASH];
        let own = self.logs_of(id, signatures, 0).await?;
        let log = own.first().ok_or_else(|| Error::Answer(format!("job {id} exists but was never posted")))?;
        if log.topic0() == Some(&IJobMarket::JobsPosted::SIGNATURE_HASH) {
            return Order::of_log(log);
        }
        self.order(decode::<IJobMarket::JobListed>(log)?.order, log.block_number.unwrap_or_default()).await
    }

    /// What has become of a job of an order.
    ///
    /// # Errors
    /// `JobUnknown` or `NotTheTerms` as [`Error::Market`]: it is of another order, or the chain has no order of these terms.
    pub async fn state(&self, order: &Order, id: U256) -> Result<JobState, Error> {
        let (number, terms) = (order.number, &order.terms);
        let job = IJobMarket::jobOfCall { order: number, terms: terms.clone(), jobId: id };
        let untaken = IJobMarket::untakenOfCall { order: number, terms: terms.clone() };
        let (job, untaken) =
            futures::try_join!(self.client.call(JOB_MARKET, &job), self.client.call(JOB_MARKET, &untaken))?;
        let (mut phase, mut reason) = (job.phase, job.reason);
        if phase == Phase::Untaken && untaken.is_zero() {
            let returned = self.returned(order).await?;
            let (returned, _) =
                returned.ok_or_else(|| Error::Answer(format!("nothing ended order {}", order.number)))?;
            (phase, reason) = (returned.phase, returned.reason);
        }
        let deadline = if job.worker.is_zero() { 0 } else { job.deadline.to() };
        let taken_at = job.takenAt.to();
        Ok(JobState { phase, reason, worker: job.worker, taken_at, deadline })
    }

    /// The order of a job, and what has become of it.
    ///
    /// # Errors
    /// As [`Self::order_of`].
    pub async fn get(&self, id: U256) -> Result<(Order, JobState), Error> {
        let order = self.order_of(id).await?;
        let state = self.state(&order, id).await?;
        Ok((order, state))
    }

    /// What the worker of a settled job was paid, wei; `None` while it is not settled.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn paid(&self, order: &Order, id: U256) -> Result<Option<U256>, Error> {
        let closing = self.closing(order, id).await?;
        Ok(closing.filter(|closing| closing.phase == Phase::Settled).map(|closing| closing.paid))
    }

    /// Jobs ever posted; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn count(&self) -> Result<U256, Error> {
        self.client.call(JOB_MARKET, &IJobMarket::jobCountCall {}).await
    }

    /// A handle on a job that somebody posted, to wait for its end.
    ///
    /// # Errors
    /// As [`Self::order_of`].
    pub async fn follow(&self, id: U256) -> Result<PostedJob, Error> {
        let order = self.order_of(id).await?;
        Ok(PostedJob::new(self.client.clone(), id, order, 0))
    }

    /// A handle on a job of an order, to wait for its end.
    #[must_use]
    pub fn handle(&self, order: &Order, id: U256) -> PostedJob {
        PostedJob::new(self.client.clone(), id, order.clone(), 0)
    }

    /// Takes jobs of an order for the signer, who must be bonded.
    ///
    /// # Errors
    /// `WrongPhase`, `NothingUntaken`, `TooLate`, `OwnJob`, `RequirementsNotMet`; edge staking's `NotBonded` and `InsufficientFreeStake`.
    pub async fn take(&self, order: &Order, ids: &[U256]) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &take(order, ids), U256::ZERO).await
    }

    /// Signs a taking without sending it, so that it can be journalled first. See [`Client::broadcast`].
    ///
    /// # Errors
    /// As [`Self::take`], by the node's estimate.
    pub async fn sign_take(&self, order: &Order, ids: &[U256]) -> Result<SignedTx, Error> {
        self.client.sign(JOB_MARKET, &take(order, ids)).await
    }

    /// Ends jobs of an order by what the signer, who took them, shows ([`Order::answer`]), or by what the chain knows. **A wrong answer costs
    /// the bond.**
    ///
    /// # Errors
    /// `WrongPhase`, `NotWorker`, `TooLate`, `NotAnInput`, `NotDecided`; [`Error::Inference`].
    pub async fn settle(&self, order: &Order, results: Vec<Delivery>) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &settle(order, results), U256::ZERO).await
    }

    /// Signs a settlement without sending it, so that it can be journalled first. See [`Client::broadcast`].
    ///
    /// # Errors
    /// As [`Self::settle`], by the node's estimate.
    pub async fn sign_settle(&self, order: &Order, results: Vec<Delivery>) -> Result<SignedTx, Error> {
        self.client.sign(JOB_MARKET, &settle(order, results)).await
    }

    /// Pays for jobs of the signer's own order as they are, without a check.
    ///
    /// # Errors
    /// `NotRequester`, `WrongPhase`.
    pub async fn accept(&self, order: &Order, ids: &[U256]) -> Result<TransactionReceipt, Error> {
        let (number, terms) = (order.number, order.terms.clone());
        let call = IJobMarket::acceptCall { order: number, terms, jobIds: ids.to_vec() };
        self.client.send(JOB_MARKET, &call, U256::ZERO).await
    }

    /// Takes those jobs of the signer's own order back that nobody took.
    ///
    /// # Errors
    /// `NothingUntaken`, `NotRequester`.
    pub async fn cancel(&self, order: &Order) -> Result<TransactionReceipt, Error> {
        let call = IJobMarket::cancelCall { order: order.number, terms: order.terms.clone() };
        self.client.send(JOB_MARKET, &call, U256::ZERO).await
    }

    /// Ends those jobs of an order that nobody took in time; anybody may. The price is credited to the requester.
    ///
    /// # Errors
    /// `TooEarly`, `NothingUntaken`.
    pub async fn expire(&self, order: &Order) -> Result<TransactionReceipt, Error> {
        let call = IJobMarket::expireCall { order: order.number, terms: order.terms.clone() };
        self.client.send(JOB_MARKET, &call, U256::ZERO).await
    }

    /// Ends a job whose worker delivered nothing in time; anybody may. The price is credited to the requester, the bond burned.
    ///
    /// # Errors
    /// `TooEarly`, `WrongPhase`, `Delivered`.
    pub async fn forfeit(&self, order: &Order, id: U256) -> Result<TransactionReceipt, Error> {
        let (number, terms, tickets) = (order.number, order.terms.clone(), vec![order.ticket(id)?]);
        self.client.send(JOB_MARKET, &IJobMarket::forfeitCall { order: number, terms, tickets }, U256::ZERO).await
    }

    /// Has the fees that the market gathered burned and shared out; anybody may.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn pass_on(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &ITill::passOnCall {}, U256::ZERO).await
    }

    /// What the settled and failed jobs of a worker add up to.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn record_of(&self, worker: Address) -> Result<ITill::Record, Error> {
        self.client.call(JOB_MARKET, &ITill::recordOfCall { worker }).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(JOB_MARKET, &ICredits::creditOfCall { account }).await
    }

    /// What of a price is the protocol's when the answer is paid, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn fee_for(&self, price: U256) -> Result<U256, Error> {
        self.client.call(JOB_MARKET, &ITill::feeForCall { price }).await
    }

    /// Σ of prices in escrow, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn escrowed(&self) -> Result<U256, Error> {
        self.client.call(JOB_MARKET, &ITill::escrowedCall {}).await
    }

    /// Everything that happens to jobs in blocks from `block` on: first what happened already, then what happens, each
    /// event exactly once.
    #[must_use]
    pub fn from(&self, block: u64) -> Events {
        Events::new(self.client.clone(), block)
    }

    /// How a job of an order ended, from the logs since the order was posted.
    pub(crate) async fn closing(&self, order: &Order, id: U256) -> Result<Option<Closing>, Error> {
        let topics = vec![IJobMarket::JobAnswered::SIGNATURE_HASH, IJobMarket::JobClosed::SIGNATURE_HASH];
        if let Some(closing) = closings(&self.logs_of(id, topics, order.block).await?).pop() {
            return Ok(Some(closing));
        }
        Ok(self.returned(order).await?.map(|(returned, log)| Closing {
            id,
            phase: returned.phase,
            reason: returned.reason,
            worker: Address::ZERO,
            paid: U256::ZERO,
            evidence: B256::ZERO,
            output: None,
            block: log.block_number.unwrap_or_default(),
            tx: log.transaction_hash.unwrap_or_default(),
        }))
    }

    /// How the jobs of an order ended that nobody took.
    async fn returned(&self, order: &Order) -> Result<Option<(IJobMarket::JobsReturned, Log)>, Error> {
        let topics = vec![IJobMarket::JobsReturned::SIGNATURE_HASH];
        let Some(log) = self.logs_of(order.number, topics, order.block).await?.pop() else { return Ok(None) };
        Ok(Some((decode(&log)?, log)))
    }

    async fn logs_of(&self, id: U256, events: Vec<B256>, from: u64) -> Result<Vec<Log>, Error> {
        let filter = Filter::new().address(JOB_MARKET).event_signature(events).topic1(B256::from(id));
        self.client.rpc().logs_since(&filter, from).await.map(|(logs, _)| logs)
    }
}

fn unknown(id: U256) -> Error {
    Error::Market(IJobMarketErrors::JobUnknown(IJobMarket::JobUnknown { jobId: id }))
}

fn take(order: &Order, ids: &[U256]) -> IJobMarket::takeCall {
    IJobMarket::takeCall { order: order.number, terms: order.terms.clone(), jobIds: ids.to_vec() }
}

fn settle(order: &Order, results: Vec<Delivery>) -> IJobMarket::settleCall {
    IJobMarket::settleCall { order: order.number, terms: order.terms.clone(), results }
}

/// The event of this type that a contract left in a receipt of ours.
pub(crate) fn event<E: SolEvent>(contract: Address, receipt: &TransactionReceipt) -> Result<E, Error> {
    decode(log_of::<E>(contract, receipt)?)
}

pub(crate) fn log_of<E: SolEvent>(contract: Address, receipt: &TransactionReceipt) -> Result<&Log, Error> {
    let logs = receipt.logs().iter().filter(|log| log.address() == contract);
    let mut matching = logs.filter(|log| log.topic0() == Some(&E::SIGNATURE_HASH));
    matching.next().ok_or_else(|| Error::Answer(format!("no {} in the receipt", E::SIGNATURE)))
}

pub(crate) fn decode<E: SolEvent>(log: &Log) -> Result<E, Error> {
    E::decode_log_validate(&log.inner)
        .map(|decoded| decoded.data)
        .map_err(|error| Error::Answer(format!("{}: {error}", E::SIGNATURE)))
}
