mod challenge;
mod defence;
mod proceedings;

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::{Filter, TransactionReceipt},
    sol_types::{SolCall, SolValue},
};
use edgeloom_bindings::{
    ICredits,
    IDisputes::{self, Claim, Thread, Tree},
    addresses::DISPUTES,
};
use edgeloom_edge_proof::{Node, Place};

pub use challenge::{Challenge, Move, Refutation};
pub use defence::{Answer, Defence, Duty};
pub use proceedings::{Asked, DisputeEvent, Line, Proceedings};

use crate::{Client, Error, jobs::event};

/// Claims about answers, and what becomes of them. Writing calls wait for their block; their errors are [`Error::Disputes`] and
/// the general ones.
#[derive(Clone, Debug)]
pub struct Disputes {
    client: Client,
}

/// What a worker claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whatever the worker calls it; once for each worker, for good.
    pub job: B256,
    /// A model whose graph is registered ([`crate::Models::register_graph`]).
    pub model: B256,
    /// BLAKE3 of the input.
    pub input_root: B256,
    /// BLAKE3 of the answer.
    pub output_root: B256,
    /// BLAKE3 of everything computed on the way; zero to commit to it when somebody asks.
    pub trace_root: B256,
    /// As [`Disputes::seal_of`] makes it.
    pub seal: B256,
    /// Published for whoever wants to check; may be empty.
    pub input: Bytes,
    /// Wei.
    pub bond: U256,
}

/// What the contract demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisputeTerms {
    /// Least bond of a claim, wei.
    pub claim_min: U256,
    /// Least bond of a challenge, wei.
    pub challenge_min: U256,
    /// Seconds in which a claim can be challenged.
    pub window: u64,
    /// Seconds that either side has for each move.
    pub turn: u64,
    /// Seconds between an announcement and its refutation.
    pub hold: u64,
}

impl Disputes {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Claims an answer, and gives the claim's id.
    ///
    /// # Errors
    /// `BondTooSmall`, `ClaimExists`, `ModelUnknown`; [`Error::Unconfirmed`] when it may still be made: it is made once at most.
    pub async fn claim(&self, statement: Statement) -> Result<B256, Error> {
        let Statement { job, model, input_root, output_root, trace_root, seal, input, bond } = statement;
        let call = IDisputes::claimCall {
            jobId: job,
            modelId: model,
            inputRoot: input_root,
            outputRoot: output_root,
            traceRoot: trace_root,
            seal,
            input,
        };
        let receipt = self.client.send(DISPUTES, &call, bond).await?;
        Ok(event::<IDisputes::Claimed>(DISPUTES, &receipt)?.claimId)
    }

    /// Commits to the trace of the signer's claim, which committed to none.
    ///
    /// # Errors
    /// `WrongPhase`, `NotWorker`, `TraceCommitted`, `TraceUnknown` for zero.
    pub async fn commit_trace(&self, claim: B256, trace_root: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::commitTraceCall { claimId: claim, traceRoot: trace_root }, U256::ZERO).await
    }

    /// Opens a thread at the root of a tree, with the bond that it takes now, and gives its number.
    ///
    /// # Errors
    /// `WrongPhase`, `TooLate`; `TraceUnknown` for another tree than the trace before the worker committed to that;
    /// `BondTooSmall` when somebody else was faster; [`Error::Unconfirmed`] when it may still be opened: then a second one would
    /// take a second bond.
    pub async fn challenge(&self, claim: B256, tree: Tree) -> Result<U256, Error> {
        let bond = self.challenge_bond(claim).await?;
        Self::opened(&self.send(&IDisputes::challengeCall { claimId: claim, tree }, bond).await?)
    }

    /// The thread that a transaction opened: for whoever had to wait for it with [`Client::see_through`].
    ///
    /// # Errors
    /// [`Error::Answer`] if it opened none.
    pub fn opened(receipt: &TransactionReceipt) -> Result<U256, Error> {
        Ok(event::<IDisputes::Challenged>(DISPUTES, receipt)?.thread)
    }

    /// Answers for a node of a claim that somebody named: the worker's duty, and anybody's right.
    ///
    /// # Errors
    /// `NodeUnknown`, `NodeAnswered`, `TooLate`, `TraceUnknown`; `NotCommittedTo`, `WrongCount` for what the claim does not say.
    pub async fn answer(
        &self,
        claim: B256,
        (tree, node): (Tree, Node),
        answer: &Answer,
    ) -> Result<TransactionReceipt, Error> {
        let Node { level, index } = node;
        match answer.clone() {
            Answer::Values(values) => {
                self.send(&IDisputes::answerCall { claimId: claim, tree, level, index, values }, U256::ZERO).await
            }
            Answer::Bytes { data, beside } => {
                let call = IDisputes::answerWithBytesCall { claimId: claim, tree, index, data, values: beside };
                self.send(&call, U256::ZERO).await
            }
        }
    }

    /// Goes on with the signer's thread from an answered node to one of its children, whose values these are.
    ///
    /// # Errors
    /// `NotChallenger`, `ThreadEnded`, `NodeNotAnswered`, `TooLate`.
    pub async fn descend(&self, thread: U256, values: Vec<B256>, child: usize) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::descendCall { thread, values, child: U256::from(child) }, U256::ZERO).await
    }

    /// Goes on with the signer's thread from the answered root of the trace to that of the answer.
    ///
    /// # Errors
    /// `NotAtTraceRoot`, `NotChallenger`, `ThreadEnded`, `NodeNotAnswered`, `TooLate`.
    pub async fn turn_to_answer(&self, thread: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::turnToAnswerCall { thread }, U256::ZERO).await
    }

    /// Says that the signer is about to refute a claim at a place where no thread is, without saying which.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn announce(&self, claim: B256, refutation: &Refutation) -> Result<TransactionReceipt, Error> {
        let Refutation { place, proof, .. } = refutation;
        let announcement = Self::announcement_of(self.client.address()?, claim, *place, proof);
        self.send(&IDisputes::announceCall { announcement }, U256::ZERO).await
    }

    /// Shows that an element of a claim does not follow. Where no thread has been at its place for [`DisputeTerms::hold`], the
    /// signer announced it as long ago; that earns the reward only while no thread runs.
    ///
    /// # Errors
    /// `NotFraud` where it does follow, or the proof is none; `NotAnnounced`, `WrongPhase`, `TraceUnknown`.
    pub async fn refute(&self, claim: B256, refutation: &Refutation) -> Result<TransactionReceipt, Error> {
        let Refutation { model, place, proof } = refutation.clone();
        let call = IDisputes::refuteCall { claimId: claim, model, op: place.op, element: place.element, proof };
        self.send(&call, U256::ZERO).await
    }

    /// Convicts a worker who was silent about a node.
    ///
    /// # Errors
    /// `NodeUnknown`, `NodeAnswered`, `TooEarly`, `WrongPhase`.
    pub async fn convict_silent(&self, claim: B256, (tree, node): (Tree, Node)) -> Result<TransactionReceipt, Error> {
        let Node { level, index } = node;
        self.send(&IDisputes::convictSilentCall { claimId: claim, tree, level, index }, U256::ZERO).await
    }

    /// Ends a thread whose challenger was silent.
    ///
    /// # Errors
    /// `ThreadEnded`, `NodeNotAnswered`, `TooEarly`, `WrongPhase`.
    pub async fn forfeit(&self, thread: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::forfeitCall { thread }, U256::ZERO).await
    }

    /// Ends a claim that nobody refuted in time: its bond is the worker's credit.
    ///
    /// # Errors
    /// `TooEarly`, `StillDisputed`, `WrongPhase`; `NotTheSeal` for another salt, and for a canary.
    pub async fn uphold(&self, claim: B256, salt: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::upholdCall { claimId: claim, salt }, U256::ZERO).await
    }

    /// Shows that the signer's claim, which was refuted, is a canary: what is held of its bond is the signer's credit.
    ///
    /// # Errors
    /// `NotWorker`, `NotTheSeal`; `WrongPhase`, `NotRefuted` for a claim that nobody refuted; `TooLate` a turn after that.
    pub async fn reveal(&self, claim: B256, salt: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::revealCall { claimId: claim, salt }, U256::ZERO).await
    }

    /// Burns what is left of the bond of a convicted claim.
    ///
    /// # Errors
    /// `WrongPhase`, `TooEarly`, `NothingToBurn`.
    pub async fn burn(&self, claim: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::burnCall { claimId: claim }, U256::ZERO).await
    }

    /// Credits the bond of a thread whose claim ended otherwise than by being upheld.
    ///
    /// # Errors
    /// `ThreadEnded`, `WrongPhase`.
    pub async fn release(&self, thread: U256) -> Result<TransactionReceipt, Error> {
        self.send(&IDisputes::releaseCall { thread }, U256::ZERO).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// The id of a worker's claim about a job, made or not.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn claim_id_of(&self, worker: Address, job: B256) -> Result<B256, Error> {
        self.call(&IDisputes::claimIdOfCall { worker, jobId: job }).await
    }

    /// The chain's record of a claim.
    ///
    /// # Errors
    /// `ClaimUnknown`.
    pub async fn get(&self, claim: B256) -> Result<Claim, Error> {
        self.call(&IDisputes::claimOfCall { claimId: claim }).await
    }

    /// The chain's record of a thread.
    ///
    /// # Errors
    /// `ThreadUnknown`.
    pub async fn thread(&self, thread: U256) -> Result<Thread, Error> {
        self.call(&IDisputes::threadOfCall { thread }).await
    }

    /// The chain's record of a node; zeros where nobody named it.
    ///
    /// # Errors
    /// `ClaimUnknown`.
    pub async fn node(&self, claim: B256, tree: Tree, node: Node) -> Result<IDisputes::Node, Error> {
        let Node { level, index } = node;
        self.call(&IDisputes::nodeOfCall { claimId: claim, tree, level, index }).await
    }

    /// Threads ever opened; their numbers are 1 to this.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn thread_count(&self) -> Result<U256, Error> {
        self.call(&IDisputes::threadCountCall {}).await
    }

    /// What the next challenge of a claim takes, wei.
    ///
    /// # Errors
    /// `ClaimUnknown`.
    pub async fn challenge_bond(&self, claim: B256) -> Result<U256, Error> {
        self.call(&IDisputes::challengeBondCall { claimId: claim }).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.call(&ICredits::creditOfCall { account }).await
    }

    /// Σ of credits not yet withdrawn, and Σ of bonds that are held, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balances(&self) -> Result<(U256, U256), Error> {
        futures::try_join!(self.call(&ICredits::creditedCall {}), self.call(&IDisputes::heldCall {}))
    }

    /// What the contract demands; it never changes.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn terms(&self) -> Result<DisputeTerms, Error> {
        let (claim_min, challenge_min, window, turn, hold) = futures::try_join!(
            self.call(&IDisputes::CLAIM_MINCall {}),
            self.call(&IDisputes::CHALLENGE_MINCall {}),
            self.call(&IDisputes::WINDOWCall {}),
            self.call(&IDisputes::TURNCall {}),
            self.call(&IDisputes::HOLDCall {}),
        )?;
        Ok(DisputeTerms { claim_min, challenge_min, window, turn, hold })
    }

    /// Everything that happened to a claim that was made in block `from` or later.
    ///
    /// # Errors
    /// [`Error::Answer`] for logs that are none of the contract's; [`Error::Transport`] and its like.
    pub async fn proceedings(&self, claim: B256, from: u64) -> Result<Proceedings, Error> {
        let mut proceedings = Proceedings::new(claim, from);
        self.follow(&mut proceedings).await?;
        Ok(proceedings)
    }

    /// Adds what happened since. Nothing is added twice.
    ///
    /// # Errors
    /// As [`Self::proceedings`].
    pub async fn follow(&self, proceedings: &mut Proceedings) -> Result<(), Error> {
        let filter = Filter::new().address(DISPUTES).topic1(proceedings.claim());
        let (logs, next) = self.client.rpc().logs_since(&filter, proceedings.next_block()).await?;
        for log in &logs {
            proceedings.apply(DisputeEvent::of(log)?);
        }
        proceedings.read_before(next);
        Ok(())
    }

    /// The newest claims: logs of `Claimed` from block `from` on, and the first block that was not read.
    ///
    /// # Errors
    /// As [`Self::proceedings`].
    pub async fn claims_since(&self, from: u64) -> Result<(Vec<DisputeEvent>, u64), Error> {
        use alloy::sol_types::SolEvent;
        let filter = Filter::new().address(DISPUTES).event_signature(IDisputes::Claimed::SIGNATURE_HASH);
        let (logs, next) = self.client.rpc().logs_since(&filter, from).await?;
        Ok((logs.iter().map(DisputeEvent::of).collect::<Result<_, _>>()?, next))
    }

    /// What commits a claim to being a canary or none.
    #[must_use]
    pub fn seal_of(worker: Address, job: B256, planted: bool, salt: B256) -> B256 {
        keccak256((worker, job, planted, salt).abi_encode())
    }

    /// What is announced of a refutation.
    #[must_use]
    pub fn announcement_of(caller: Address, claim: B256, place: Place, proof: &[u8]) -> B256 {
        keccak256((caller, claim, place.op, place.element, keccak256(proof)).abi_encode())
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(DISPUTES, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(DISPUTES, call).await
    }
}

#[cfg(test)]
mod tests;
