//! Answers that stand unless somebody refutes them: the draw that every such claim enters.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Filter, TransactionReceipt},
    sol_types::{SolCall, SolEvent},
};
use edgeloom_bindings::{
    IDisputable::{self, Entry, IDisputableErrors},
    addresses::DISPUTABLE,
};

use crate::{Client, Error, jobs::decode};

/// The draw of audits among claims about jobs. Writing calls wait for their block; their errors are [`Error::Disputable`] and the general ones.
#[derive(Clone, Debug)]
pub struct Disputable {
    client: Client,
}

/// What the contract demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisputableTerms {
    /// Of claims, basis points: how many are audited.
    pub audit_rate: u64,
    /// Of a job's price, basis points: what each of its auditors is paid.
    pub auditor_share: u64,
    /// Answers of so many bytes or fewer are published with the entry.
    pub shown_bytes: usize,
    /// Seconds after its claim in which a worker enters it.
    pub enter_seconds: u64,
    /// Seconds after its claim in which a worker has it drawn and upheld.
    pub life: u64,
}

impl Disputable {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Enters the signer's open claim about a job into the draw, for the fee that the job's price asks for.
    ///
    /// # Errors
    /// `ClaimNotOpen`, `NoTrace`, `EnteredAlready`, `TooLate`; `NotTheAnswer` for other bytes than those claimed, and for such as are too
    /// long to be shown: then `answer` is empty.
    pub async fn enter(&self, job: U256, price: U256, answer: Bytes) -> Result<TransactionReceipt, Error> {
        let fee = self.entry_fee(price).await?;
        self.send(&IDisputable::enterCall { jobId: job, price, answer }, fee).await
    }

    /// Lets chance say whether a claim is audited, and makes up what the pot lacks for that; anybody may, once the mix of
    /// [`Self::drawn_at`] is known to the beacon ([`crate::Beacon::record`]). What is not needed comes back.
    ///
    /// # Errors
    /// `NotEntered`, `DrawnAlready`; [`Error::Beacon`] while the mix is not known; [`Error::Audits`] where it is too late to audit.
    pub async fn draw(&self, worker: Address, job: U256) -> Result<TransactionReceipt, Error> {
        let draw = IDisputable::drawCall { worker, jobId: job };
        match self.send(&draw, U256::ZERO).await {
            Err(Error::Disputable(IDisputableErrors::PotTooSmall(_))) => {
                let entry = self.entry_of(worker, job).await?;
                let (fee, pot) = futures::try_join!(self.audit_fee(U256::from(entry.price)), self.pot())?;
                self.send(&draw, fee.saturating_sub(pot)).await
            }
            sent => sent,
        }
    }

    /// Adds to the pot.
    ///
    /// # Errors
    /// `NothingSent` for zero.
    pub async fn fund(&self, wei: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputable::fundCall {}, wei).await
    }

    /// Takes what auditors did not earn back into the pot; anybody may.
    ///
    /// # Errors
    /// `NothingToWithdraw` as [`Error::Credits`].
    pub async fn reclaim(&self) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputable::reclaimCall {}, U256::ZERO).await
    }

    /// A worker's entry about a job; zeros for none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn entry_of(&self, worker: Address, job: U256) -> Result<Entry, Error> {
        self.call(&IDisputable::entryOfCall { worker, jobId: job }).await
    }

    /// The answer that was shown with an entry; `None` where it was too long for that, or is sealed.
    ///
    /// # Errors
    /// [`Error::Answer`] for logs that are none of the contract's.
    pub async fn answer_of(&self, worker: Address, job: U256) -> Result<Option<Bytes>, Error> {
        let filter = Filter::new().address(DISPUTABLE).event_signature(IDisputable::Entered::SIGNATURE_HASH);
        let filter = filter.topic2(worker.into_word()).topic3(B256::from(job));
        let height = self.entry_of(worker, job).await?.height;
        let (logs, _) = self.client.rpc().logs_since(&filter, height).await?;
        let Some(log) = logs.first() else { return Ok(None) };
        let entered: IDisputable::Entered = decode(log)?;
        Ok((!entered.answer.is_empty()).then_some(entered.answer))
    }

    /// What an entry takes for a job of this price, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn entry_fee(&self, price: U256) -> Result<U256, Error> {
        self.call(&IDisputable::entryFeeCall { price }).await
    }

    /// What an audit of a job of this price is paid now, wei, all members together.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn audit_fee(&self, price: U256) -> Result<U256, Error> {
        self.call(&IDisputable::auditFeeCall { price }).await
    }

    /// What there is for audits, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn pot(&self) -> Result<U256, Error> {
        self.call(&IDisputable::potCall {}).await
    }

    /// The block whose mix draws what was entered at `height`.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn drawn_at(&self, height: u64) -> Result<u64, Error> {
        Ok(self.call(&IDisputable::drawnAtCall { height: U256::from(height) }).await?.saturating_to())
    }

    /// What the contract demands; it never changes.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn terms(&self) -> Result<DisputableTerms, Error> {
        let (rate, share, shown, enter_seconds, life) = futures::try_join!(
            self.call(&IDisputable::auditRateCall {}),
            self.call(&IDisputable::auditorShareCall {}),
            self.call(&IDisputable::SHOWN_BYTESCall {}),
            self.call(&IDisputable::ENTER_SECONDSCall {}),
            self.call(&IDisputable::LIFECall {}),
        )?;
        let [audit_rate, auditor_share] = [rate, share].map(|share| share.saturating_to());
        Ok(DisputableTerms { audit_rate, auditor_share, shown_bytes: shown.saturating_to(), enter_seconds, life })
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(DISPUTABLE, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(DISPUTABLE, call).await
    }
}
