//! Machines' time, paid by the second.

mod host;

use alloy::{
    primitives::{Address, B256, Bytes, U256, aliases::U96},
    rpc::types::{Filter, Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    ICredits,
    ILeases::{self, Deal, Lease as Record, LeaseEnded, LeaseOffered, Terms},
    ITill,
    addresses::LEASES,
};

use crate::{
    Client, Error,
    jobs::{decode, log_of},
};

/// Leases. Writing calls wait for their block; their errors are [`Error::Leases`], [`Error::EdgeStaking`] and the general ones.
#[derive(Clone, Debug)]
pub struct Leases {
    client: Client,
}

/// A lease as it was offered: what the contract keeps a hash of, and asks for again with every call about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its number.
    pub number: U256,
    /// What holds to its end.
    pub terms: Terms,
    /// What is to run, as far as its requester published it.
    pub spec: Bytes,
    /// The transaction that offered it.
    pub tx: B256,
    /// Its block.
    pub block: u64,
}

/// What a requester wants.
#[derive(Clone, Debug)]
pub struct LeaseOffer {
    /// Wei a second.
    pub rate: U256,
    /// The first term, 1 to 604,800 seconds; all of it is escrowed at once.
    pub seconds: u32,
    /// How long it can be taken: 1 to 604,800 seconds.
    pub take_seconds: u32,
    /// How long whoever took it has to begin: 1 to 86,400 seconds.
    pub begin_seconds: u32,
    /// What the worker commits itself to serve: at most the first term, 0 for nothing.
    pub serve_seconds: u32,
    /// After how many seconds listed cloud providers may take what edge nodes left; 0 where they may at once.
    pub providers_after: u32,
    /// Who alone may take it.
    pub worker: Option<Address>,
    /// What a worker has to be: `types/Requirements.sol`; 0 for nothing.
    pub requirements: U256,
    /// Hash of what is to run.
    pub subject: B256,
    /// What is to run, where it is to be published.
    pub spec: Bytes,
}

impl LeaseOffer {
    /// An offer that stands for ten minutes, leaves a worker one to begin, and binds it to nothing.
    #[must_use]
    pub const fn new(rate: U256, seconds: u32, subject: B256) -> Self {
        Self {
            rate,
            seconds,
            take_seconds: 600,
            begin_seconds: 60,
            serve_seconds: 0,
            providers_after: 0,
            worker: None,
            requirements: U256::ZERO,
            subject,
            spec: Bytes::new(),
        }
    }
}

impl Lease {
    fn of_log(log: &Log) -> Result<Self, Error> {
        let LeaseOffered { lease, terms, spec, .. } = decode(log)?;
        let (tx, block) = (log.transaction_hash.unwrap_or_default(), log.block_number.unwrap_or_default());
        Ok(Self { number: lease, terms, spec, tx, block })
    }

    fn deal(&self) -> Deal {
        Deal { lease: self.number, terms: self.terms.clone() }
    }
}

impl Leases {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Offers a lease, with its first term's price in escrow.
    ///
    /// # Errors
    /// `RateOutOfRange`, `PeriodOutOfRange`, `MalformedRequirements`; [`Error::Settings`] for a rate that is none.
    pub async fn offer(&self, offer: LeaseOffer) -> Result<Lease, Error> {
        let wrong = || Error::Settings(format!("{} wei a second is no rate", offer.rate));
        let rate = U96::try_from(u128::try_from(offer.rate).map_err(|_| wrong())?).map_err(|_| wrong())?;
        let value = offer.rate.checked_mul(U256::from(offer.seconds)).ok_or_else(wrong)?;
        let wanted = ILeases::Offer {
            rate,
            takeSeconds: offer.take_seconds,
            beginSeconds: offer.begin_seconds,
            serveSeconds: offer.serve_seconds,
            providersAfter: offer.providers_after,
            worker: offer.worker.unwrap_or_default(),
            requirements: offer.requirements,
            subject: offer.subject,
        };
        let receipt = self.client.send(LEASES, &ILeases::offerCall { wanted, spec: offer.spec }, value).await?;
        Lease::of_log(log_of::<LeaseOffered>(LEASES, &receipt)?)
    }

    /// A lease as it was offered, by its number.
    ///
    /// # Errors
    /// [`Error::Answer`] if the node has no log of it.
    pub async fn get(&self, number: U256) -> Result<Lease, Error> {
        let logs = self.logs_of(number, LeaseOffered::SIGNATURE_HASH, 0).await?;
        Lease::of_log(logs.first().ok_or_else(|| Error::Answer(format!("no lease has number {number}")))?)
    }

    /// What has become of it: its worker, its phase, and the second that it is paid until.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn state(&self, lease: &Lease) -> Result<Record, Error> {
        self.client.call(LEASES, &ILeases::leaseOfCall { lease: lease.number }).await
    }

    /// What its worker can collect now, wei before the fee.
    ///
    /// # Errors
    /// `NotTheTerms`.
    pub async fn owed(&self, lease: &Lease) -> Result<U256, Error> {
        let Deal { lease, terms } = lease.deal();
        self.client.call(LEASES, &ILeases::owedForCall { lease, terms }).await
    }

    /// Takes a lease for the signer, who must be bonded and has to begin in time.
    ///
    /// # Errors
    /// `WrongPhase`, `TooLate`, `OwnLease`, `RequirementsNotMet`; edge staking's `NotBonded` and `InsufficientFreeStake`.
    pub async fn take(&self, lease: &Lease) -> Result<TransactionReceipt, Error> {
        let Deal { lease, terms } = lease.deal();
        self.client.send(LEASES, &ILeases::takeCall { lease, terms }, U256::ZERO).await
    }

    /// Begins to serve: from this transaction's block on every second is paid for, as long as the money lasts.
    ///
    /// # Errors
    /// `NotWorker`, `TooLate`, `WrongPhase`.
    pub async fn begin(&self, lease: &Lease, evidence: B256) -> Result<TransactionReceipt, Error> {
        let Deal { lease, terms } = lease.deal();
        self.client.send(LEASES, &ILeases::beginCall { lease, terms, evidence }, U256::ZERO).await
    }

    /// Pays for `seconds` more. Anybody may.
    ///
    /// # Errors
    /// `TooLate` once it is exhausted, `PeriodOutOfRange` for more than a week from now, `WrongPhase`.
    pub async fn extend(&self, lease: &Lease, seconds: u32) -> Result<TransactionReceipt, Error> {
        let value = U256::from(lease.terms.rate) * U256::from(seconds);
        let Deal { lease, terms } = lease.deal();
        self.client.send(LEASES, &ILeases::extendCall { lease, terms }, value).await
    }

    /// Pays the signer, their worker, what these leases owe it.
    ///
    /// # Errors
    /// `NotWorker`, `NothingToCollect`.
    pub async fn collect(&self, leases: &[Lease]) -> Result<TransactionReceipt, Error> {
        let deals = leases.iter().map(Lease::deal).collect();
        self.client.send(LEASES, &ILeases::collectCall { deals }, U256::ZERO).await
    }

    /// Ends a lease of the signer's, as its requester or its worker; `evidence` is the hash of what it has to say.
    ///
    /// # Errors
    /// `NotParty`, `WrongPhase`.
    pub async fn end(&self, lease: &Lease, evidence: B256) -> Result<TransactionReceipt, Error> {
        let Deal { lease, terms } = lease.deal();
        self.client.send(LEASES, &ILeases::endCall { lease, terms, evidence }, U256::ZERO).await
    }

    /// Ends leases whose time is over; anybody may.
    ///
    /// # Errors
    /// `StillOpen`.
    pub async fn close(&self, leases: &[Lease]) -> Result<TransactionReceipt, Error> {
        let deals = leases.iter().map(Lease::deal).collect();
        self.client.send(LEASES, &ILeases::closeCall { deals }, U256::ZERO).await
    }

    /// How a lease ended: who ended it, why, and what was paid; `None` while it has not.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn ending(&self, lease: &Lease) -> Result<Option<LeaseEnded>, Error> {
        let logs = self.logs_of(lease.number, LeaseEnded::SIGNATURE_HASH, lease.block).await?;
        logs.first().map(decode).transpose()
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(LEASES, &ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(LEASES, &ICredits::creditOfCall { account }).await
    }

    /// What all leases that have not ended hold for their workers and requesters, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn escrowed(&self) -> Result<U256, Error> {
        self.client.call(LEASES, &ITill::escrowedCall {}).await
    }

    async fn logs_of(&self, lease: U256, event: B256, from: u64) -> Result<Vec<Log>, Error> {
        let filter = Filter::new().address(LEASES).event_signature(event).topic1(B256::from(lease));
        self.client.rpc().logs_since(&filter, from).await.map(|(logs, _)| logs)
    }
}
