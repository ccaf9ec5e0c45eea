mod testimony;

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::{Filter, Log, TransactionReceipt},
    sol_types::{SolCall, SolEventInterface},
};
use edgeloom_bindings::{
    IAudits::{self, Audit, IAuditsEvents, Seat, Vote},
    ICredits,
    addresses::AUDITS,
};

pub(crate) use testimony::together;
pub use testimony::{Finding, Testimony};

use crate::{Client, Error, Keys, credits::is_of_credits, keys::bitmap};

/// The role of the auditors' set.
const ROLE: u8 = 1;

/// Audits of claims. Writing calls wait for their block; their errors are [`Error::Audits`] and the general ones.
#[derive(Clone, Debug)]
pub struct Audits {
    client: Client,
}

/// What the contract demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditTerms {
    /// Of a seat, wei.
    pub deposit: U256,
    /// Least fee of an audit, wei.
    pub fee_min: U256,
    /// Members of a committee, at most.
    pub size: u64,
    /// Seconds to commit, and as many again to attest.
    pub turn: u64,
    /// Seconds for which a deposit stays after its seat was left.
    pub unbonding: u64,
}

/// An event with its place in the chain.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    /// What happened.
    pub event: IAuditsEvents,
    /// Block height.
    pub block: u64,
    /// Position among the block's logs.
    pub log: u64,
    /// The transaction.
    pub tx: B256,
}

impl AuditEvent {
    fn of(log: &Log) -> Result<Self, Error> {
        let event = IAuditsEvents::decode_raw_log(log.topics(), &log.inner.data.data)
            .map_err(|error| Error::Answer(format!("log of the audits' contract: {error}")))?;
        Ok(Self {
            event,
            block: log.block_number.unwrap_or_default(),
            log: log.log_index.unwrap_or_default(),
            tx: log.transaction_hash.unwrap_or_default(),
        })
    }
}

impl Audits {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Takes a seat, with its deposit, for a key that the signer registered ([`Keys::register`]).
    ///
    /// # Errors
    /// `NotOperator`, `HasASeat`; `SetIsFull` as [`Error::Keys`].
    pub async fn enlist(&self, key: B256) -> Result<TransactionReceipt, Error> {
        let deposit = self.call(&IAudits::DEPOSITCall {}).await?;
        self.send(&IAudits::enlistCall { keyId: key }, deposit).await
    }

    /// Leaves a seat of the signer's. Its deposit stays for [`AuditTerms::unbonding`].
    ///
    /// # Errors
    /// `NoSeat`, `NotOperator`, `Leaving`.
    pub async fn resign(&self, key: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::resignCall { keyId: key }, U256::ZERO).await
    }

    /// Credits the deposit of a seat that was left long enough ago.
    ///
    /// # Errors
    /// `NoSeat`, `HasASeat`, `TooEarly`.
    pub async fn reclaim(&self, key: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::reclaimCall { keyId: key }, U256::ZERO).await
    }

    /// Writes what changed of the set, and seals it for audits from now on. Anybody may, once an hour.
    ///
    /// # Errors
    /// `TooEarly`; `ChunkNotWritten` as [`Error::Keys`] when the set changed meanwhile.
    pub async fn seal(&self) -> Result<TransactionReceipt, Error> {
        self.client.keys().write(Self::set()).await?;
        self.send(&IAudits::sealCall {}, U256::ZERO).await
    }

    /// Pays `fee` wei for an audit of an open claim: begins it, or adds to the fee of the one that runs, whose members then have an hour anew.
    ///
    /// # Errors
    /// `FeeTooSmall`, `NoSnapshot`; `ClaimClosed` and `TooLate` where there is no time for it; `NotRecorded` as [`Error::Beacon`] where nobody has shown
    /// the block that drew its committee.
    pub async fn request(&self, claim: B256, fee: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::requestCall { claimId: claim }, fee).await
    }

    /// Places of a committee, in the order in which they were drawn.
    ///
    /// # Errors
    /// `AuditUnknown`; `NotRecorded` and `NotYet` as [`Error::Beacon`], with the height whose mix draws it.
    pub async fn committee_of(&self, claim: B256) -> Result<Vec<usize>, Error> {
        let places = self.call(&IAudits::committeeOfCall { claimId: claim }).await?;
        let place = |place: U256| place.try_into().map_err(|_| Error::Answer(format!("{place} is no place")));
        places.into_iter().map(place).collect()
    }

    /// Commits to what the signer's key found, as [`Finding::commitment`] hides it.
    ///
    /// # Errors
    /// `NotDrawn`, `Committed`, `TooLate`, `ClaimClosed`, `NoSeat`, `NotOperator`, `Leaving`; `NoTrace` while the claim's worker
    /// has not committed to its trace.
    pub async fn commit(&self, claim: B256, key: B256, commitment: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::commitCall { claimId: claim, keyId: key, commitment }, U256::ZERO).await
    }

    /// Shows what members found, all of them the same, with one signature that is the sum of theirs.
    ///
    /// # Errors
    /// `TooEarly` while others may still commit, `TooLate`; `NotCommitted`, `Attested`, `NotTheCommitment` for a member;
    /// [`Error::Revert`] for signatures that are not theirs; [`Error::Answer`] for none at all.
    pub async fn attest(
        &self,
        claim: B256,
        finding: &Finding,
        members: &[Testimony],
    ) -> Result<TransactionReceipt, Error> {
        let places = usize::try_from(self.get(claim).await?.places);
        let places = places.map_err(|_| Error::Answer("a set of more places than memory has".to_owned()))?;
        let (signature, members) =
            together(members).ok_or_else(|| Error::Answer("nobody's signatures, or such as cancel out".to_owned()))?;
        let signers: Vec<_> = members.iter().map(|member| member.place).collect();
        let call = IAudits::attestCall {
            claimId: claim,
            outputRoot: finding.output_root,
            traceRoot: finding.trace_root,
            signers: bitmap(&signers, places).into(),
            signature: signature.to_bytes().into(),
            salts: members.iter().map(|member| member.salt).collect(),
        };
        self.send(&call, U256::ZERO).await
    }

    /// Ends an audit after its time, once its claim is decided, and shares its fee.
    ///
    /// # Errors
    /// `AuditEnded`, `TooEarly`.
    pub async fn close(&self, claim: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::closeCall { claimId: claim }, U256::ZERO).await
    }

    /// Credits who paid for a closed audit their part of what nobody earned.
    ///
    /// # Errors
    /// `AuditRuns`, `AuditUnknown`.
    pub async fn refund(&self, claim: B256, payer: Address) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::refundCall { claimId: claim, payer }, U256::ZERO).await
    }

    /// Slashes a member that attested to exactly what a claim says, which was refuted, or which nobody answered for.
    ///
    /// # Errors
    /// `NotAttested`, `NotContradicted`, `SlashedAlready`, `NoSeat`.
    pub async fn contradict(&self, claim: B256, place: usize) -> Result<TransactionReceipt, Error> {
        self.send(&IAudits::contradictCall { claimId: claim, place: U256::from(place) }, U256::ZERO).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// The auditors' set.
    #[must_use]
    pub fn set() -> B256 {
        Keys::set_of(AUDITS, ROLE)
    }

    /// The newest sealed epoch of the set; 0 for none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn epoch(&self) -> Result<u64, Error> {
        self.call(&IAudits::epochCall {}).await
    }

    /// A key's seat; all zero for none.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn seat_of(&self, key: B256) -> Result<Seat, Error> {
        self.call(&IAudits::seatOfCall { keyId: key }).await
    }

    /// The chain's record of an audit.
    ///
    /// # Errors
    /// `AuditUnknown`.
    pub async fn get(&self, claim: B256) -> Result<Audit, Error> {
        self.call(&IAudits::auditOfCall { claimId: claim }).await
    }

    /// What a member did in an audit; all zero for nothing.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn vote_of(&self, claim: B256, place: usize) -> Result<Vote, Error> {
        self.call(&IAudits::voteOfCall { claimId: claim, place: U256::from(place) }).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.call(&ICredits::creditOfCall { account }).await
    }

    /// Σ of credits not yet withdrawn, and Σ of deposits and fees that are held, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balances(&self) -> Result<(U256, U256), Error> {
        futures::try_join!(self.call(&ICredits::creditedCall {}), self.call(&IAudits::heldCall {}))
    }

    /// What the contract demands; it never changes.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn terms(&self) -> Result<AuditTerms, Error> {
        let (deposit, fee_min, size, turn, unbonding) = futures::try_join!(
            self.call(&IAudits::DEPOSITCall {}),
            self.call(&IAudits::FEE_MINCall {}),
            self.call(&IAudits::SIZECall {}),
            self.call(&IAudits::TURNCall {}),
            self.call(&IAudits::UNBONDINGCall {}),
        )?;
        let size = size.try_into().map_err(|_| Error::Answer(format!("committees of {size}")))?;
        Ok(AuditTerms { deposit, fee_min, size, turn, unbonding })
    }

    /// Everything that the contract logged, but for credits, from block `from` on, and the first block that was not read.
    ///
    /// # Errors
    /// [`Error::Answer`] for logs that are none of the contract's; [`Error::Transport`] and its like.
    pub async fn since(&self, from: u64) -> Result<(Vec<AuditEvent>, u64), Error> {
        let (logs, next) = self.client.rpc().logs_since(&Filter::new().address(AUDITS), from).await?;
        let events = logs.iter().filter(|log| !is_of_credits(log)).map(AuditEvent::of);
        Ok((events.collect::<Result<_, _>>()?, next))
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(AUDITS, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(AUDITS, call).await
    }
}

#[cfg(test)]
mod tests;
