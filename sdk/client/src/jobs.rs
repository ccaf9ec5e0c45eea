mod events;
mod posted;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Filter, Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    ICredits,
    IJobMarket::{self, Job},
    addresses::JOB_MARKET,
};

pub use events::{Events, JobEvent, JobEventKind};
pub use posted::{JobResult, PostedJob};

use crate::{Client, Error, SignedTx, follow::closings};

/// The market of jobs that the chain itself checks. Writing calls wait for their block; their errors are
/// [`Error::Market`], [`Error::Staking`] and the general ones.
#[derive(Clone, Debug)]
pub struct Jobs {
    client: Client,
}

/// What a requester offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// A registered model.
    pub model_id: B256,
    /// Exactly as long as the model takes.
    pub input: Bytes,
    /// Wei, escrowed at once: 1e9 to 5e23, the largest bond that a worker can stake.
    pub price: U256,
    /// How long workers may take it: 1 to 604,800 seconds.
    pub take_seconds: u64,
    /// How long the taker may work: 1 to 86,400 seconds.
    pub work_seconds: u32,
}

impl Offer {
    /// An offer that stands for ten minutes and leaves a worker two.
    pub fn new(model_id: B256, input: impl Into<Bytes>, price: U256) -> Self {
        Self { model_id, input: input.into(), price, take_seconds: 600, work_seconds: 120 }
    }
}

impl Jobs {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Posts a job that stands for ten minutes and leaves a worker two: `post(…).await?.result().await?` is the answer.
    ///
    /// # Errors
    /// `ModelUnknown`, `InputLength` or `PriceOutOfRange` as [`Error::Market`]; [`Error::Unconfirmed`] when it may still be
    /// posted: then a repetition could pay twice.
    pub async fn post(&self, model_id: B256, input: impl Into<Bytes>, price: U256) -> Result<PostedJob, Error> {
        self.offer(Offer::new(model_id, input, price)).await
    }

    /// Posts a job with its own periods.
    ///
    /// # Errors
    /// As [`Self::post`], and `PeriodOutOfRange`.
    pub async fn offer(&self, offer: Offer) -> Result<PostedJob, Error> {
        let call = IJobMarket::postCall {
            modelId: offer.model_id,
            input: offer.input,
            takeSeconds: offer.take_seconds,
            workSeconds: offer.work_seconds,
        };
        self.posted(&self.client.send(JOB_MARKET, &call, offer.price).await?)
    }

    /// The job that a transaction posted: for whoever had to wait for it with [`Client::see_through`].
    ///
    /// # Errors
    /// [`Error::Answer`] if it posted none.
    pub fn posted(&self, receipt: &TransactionReceipt) -> Result<PostedJob, Error> {
        let posted = event::<IJobMarket::JobPosted>(JOB_MARKET, receipt)?;
        Ok(PostedJob::new(self.client.clone(), &posted, receipt))
    }

    /// The chain's record of a job.
    ///
    /// # Errors
    /// `JobUnknown` as [`Error::Market`].
    pub async fn get(&self, id: U256) -> Result<Job, Error> {
        self.client.call(JOB_MARKET, &IJobMarket::jobCall { jobId: id }).await
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
    /// `JobUnknown` as [`Error::Market`]; [`Error::Answer`] if the node has no log of it.
    pub async fn follow(&self, id: U256) -> Result<PostedJob, Error> {
        self.get(id).await?;
        let logs = self.logs_of(id, vec![IJobMarket::JobPosted::SIGNATURE_HASH], 0).await?;
        let log = logs.first().ok_or_else(|| Error::Answer(format!("job {id} exists but was never posted")))?;
        let posted = decode::<IJobMarket::JobPosted>(log)?;
        Ok(PostedJob::of_log(self.client.clone(), &posted, log))
    }

    /// The input of a job, from the log of its posting at or after `from_block`. The caller compares its hash with the
    /// chain's record.
    ///
    /// # Errors
    /// [`Error::Answer`] if the node has no log of it there.
    pub async fn input(&self, id: U256, from_block: u64) -> Result<Bytes, Error> {
        let logs = self.logs_of(id, vec![IJobMarket::JobPosted::SIGNATURE_HASH], from_block).await?;
        let log = logs.first().ok_or_else(|| Error::Answer(format!("no posting of job {id} from {from_block} on")))?;
        Ok(decode::<IJobMarket::JobPosted>(log)?.input)
    }

    /// Takes an open job for the signer, who must be bonded.
    ///
    /// # Errors
    /// `WrongPhase`, `TooLate`, `OwnJob`, `NotBonded`, or edge staking's `InsufficientFreeStake`.
    pub async fn take(&self, id: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &IJobMarket::takeCall { jobId: id }, U256::ZERO).await
    }

    /// Signs a taking without sending it, so that it can be journalled first. See [`Client::broadcast`].
    ///
    /// # Errors
    /// As [`Self::take`], by the node's estimate.
    pub async fn sign_take(&self, id: U256) -> Result<SignedTx, Error> {
        self.client.sign(JOB_MARKET, &IJobMarket::takeCall { jobId: id }).await
    }

    /// Submits an answer to a job that the signer took. **A wrong answer costs the bond.**
    ///
    /// # Errors
    /// `WrongPhase`, `NotWorker`, `TooLate`, `InputMismatch`.
    pub async fn submit(&self, id: U256, input: Bytes, output: Bytes) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &IJobMarket::submitCall { jobId: id, input, output }, U256::ZERO).await
    }

    /// Signs a submission without sending it, so that it can be journalled first. See [`Client::broadcast`].
    ///
    /// # Errors
    /// As [`Self::submit`], by the node's estimate.
    pub async fn sign_submit(&self, id: U256, input: Bytes, output: Bytes) -> Result<SignedTx, Error> {
        self.client.sign(JOB_MARKET, &IJobMarket::submitCall { jobId: id, input, output }).await
    }

    /// Takes the signer's own open job back.
    ///
    /// # Errors
    /// `WrongPhase`, `NotRequester`.
    pub async fn cancel(&self, id: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &IJobMarket::cancelCall { jobId: id }, U256::ZERO).await
    }

    /// Ends a job whose deadline has passed; anybody may. The price is credited to the requester.
    ///
    /// # Errors
    /// `TooEarly`, `WrongPhase`.
    pub async fn expire(&self, id: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(JOB_MARKET, &IJobMarket::expireCall { jobId: id }, U256::ZERO).await
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
        let price = price.try_into().map_err(|_| Error::Settings(format!("{price} wei is no price")))?;
        self.client.call(JOB_MARKET, &IJobMarket::feeForCall { price }).await.map(U256::from)
    }

    /// Σ of prices in escrow, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn escrowed(&self) -> Result<U256, Error> {
        self.client.call(JOB_MARKET, &IJobMarket::escrowedCall {}).await
    }

    /// Everything that happens to jobs in blocks from `block` on: first what happened already, then what happens, each
    /// event exactly once.
    #[must_use]
    pub fn from(&self, block: u64) -> Events {
        Events::new(self.client.clone(), block)
    }

    /// How a job ended, if it has, from the logs of `from_block` on.
    pub(crate) async fn closing(&self, id: U256, from_block: u64) -> Result<Option<crate::Closing>, Error> {
        let topics = vec![IJobMarket::JobAnswered::SIGNATURE_HASH, IJobMarket::JobClosed::SIGNATURE_HASH];
        Ok(closings(&self.logs_of(id, topics, from_block).await?).pop())
    }

    async fn logs_of(&self, id: U256, events: Vec<B256>, from: u64) -> Result<Vec<Log>, Error> {
        let filter = Filter::new().address(JOB_MARKET).event_signature(events).topic1(B256::from(id));
        self.client.rpc().logs_since(&filter, from).await.map(|(logs, _)| logs)
    }
}

/// The event of this type that a contract left in a receipt of ours.
pub(crate) fn event<E: SolEvent>(contract: Address, receipt: &TransactionReceipt) -> Result<E, Error> {
    let logs = receipt.logs().iter().filter(|log| log.address() == contract);
    let mut matching = logs.filter(|log| log.topic0() == Some(&E::SIGNATURE_HASH));
    let log = matching.next().ok_or_else(|| Error::Answer(format!("no {} in the receipt", E::SIGNATURE)))?;
    decode(log)
}

pub(crate) fn decode<E: SolEvent>(log: &Log) -> Result<E, Error> {
    E::decode_log_validate(&log.inner)
        .map(|decoded| decoded.data)
        .map_err(|error| Error::Answer(format!("{}: {error}", E::SIGNATURE)))
}
