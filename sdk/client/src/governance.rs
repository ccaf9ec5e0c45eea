//! What THETA's holders decide: proposals, votes, and the parameters that they set.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
    sol_types::{SolCall, SolValue},
};
use edgeloom_bindings::{
    Governor,
    IParameters::{self, Bounded, Parameter},
    ITheta, IUpgrades,
    addresses::{GOVERNOR, PARAMETERS, THETA, UPGRADES},
};

use crate::{Client, Error};

/// THETA's votes. Writing calls wait for their block; their errors are [`Error::Governor`] and the general ones.
#[derive(Clone, Debug)]
pub struct Governance {
    client: Client,
}

/// Calls that the timelock makes, all or none, if the vote passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// In order: contract, wei, calldata.
    pub calls: Vec<(Address, U256, Bytes)>,
    /// For voters. Part of the proposal's id.
    pub description: String,
}

/// What somebody votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// No.
    Against = 0,
    /// Yes.
    For = 1,
    /// Counts towards the quorum alone.
    Abstain = 2,
}

/// Where a proposal stands: OpenZeppelin's `ProposalState`, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Votes are not cast yet.
    Pending,
    /// Votes are cast.
    Active,
    /// The proposer took it back.
    Canceled,
    /// It missed the quorum, or more were against it.
    Defeated,
    /// It passed, and anybody can queue it.
    Succeeded,
    /// Anybody can execute it once the timelock's delay is over.
    Queued,
    /// OpenZeppelin's alone: here nothing expires.
    Expired,
    /// It was executed.
    Executed,
}

/// What was voted so far, wei of THETA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// No.
    pub against: U256,
    /// Yes.
    pub in_favour: U256,
    /// Neither.
    pub abstaining: U256,
}

impl Proposal {
    /// One that says `description` and does nothing yet.
    #[must_use]
    pub fn new(description: impl Into<String>) -> Self {
        Self { calls: Vec::new(), description: description.into() }
    }

    /// Adds a call of a contract.
    #[must_use]
    pub fn calling(mut self, contract: Address, call: &impl SolCall) -> Self {
        self.calls.push((contract, U256::ZERO, call.abi_encode().into()));
        self
    }

    /// Adds setting a parameter.
    #[must_use]
    pub fn setting(self, parameter: Parameter, value: U256) -> Self {
        self.calling(PARAMETERS, &IParameters::setCall { parameter, value })
    }

    /// Adds that from block `height` on the predeploy `target` has the code of the account `source`.
    #[must_use]
    pub fn replacing(self, height: u64, target: Address, source: Address) -> Self {
        self.calling(UPGRADES, &IUpgrades::scheduleCall { height, target, source })
    }

    /// The number by which the governor knows it: `keccak256(abi.encode(targets, values, calldatas, keccak256(description)))`.
    #[must_use]
    pub fn id(&self) -> U256 {
        let (targets, values, calldatas) = self.columns();
        U256::from_be_bytes(keccak256((targets, values, calldatas, self.description_hash()).abi_encode_params()).0)
    }

    fn description_hash(&self) -> B256 {
        keccak256(&self.description)
    }

    fn columns(&self) -> (Vec<Address>, Vec<U256>, Vec<Bytes>) {
        let mut columns = (Vec::new(), Vec::new(), Vec::new());
        for (target, value, data) in &self.calls {
            columns.0.push(*target);
            columns.1.push(*value);
            columns.2.push(data.clone());
        }
        columns
    }
}

impl Governance {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Has the signer's THETA, at hand and at stake, vote as `delegatee` does: the signer itself, most often. Without this it
    /// has no vote.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn delegate(&self, delegatee: Address) -> Result<TransactionReceipt, Error> {
        self.client.send(THETA, &ITheta::delegateCall { delegatee }, U256::ZERO).await
    }

    /// Votes that an account has now, wei of THETA.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn votes_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(THETA, &ITheta::getVotesCall { account }).await
    }

    /// Proposes; gives the proposal's id. Votes are those of the block before.
    ///
    /// # Errors
    /// `GovernorInsufficientProposerVotes`, `GovernorUnexpectedProposalState` when it was proposed before.
    pub async fn propose(&self, proposal: &Proposal) -> Result<U256, Error> {
        let (targets, values, calldatas) = proposal.columns();
        let description = proposal.description.clone();
        let call = Governor::proposeCall { targets, values, calldatas, description };
        self.client.send(GOVERNOR, &call, U256::ZERO).await?;
        Ok(proposal.id())
    }

    /// Casts all of the signer's votes on a proposal, once.
    ///
    /// # Errors
    /// `GovernorUnexpectedProposalState` outside of its time, `GovernorAlreadyCastVote`.
    pub async fn vote(&self, id: U256, ballot: Ballot) -> Result<TransactionReceipt, Error> {
        self.client.send(GOVERNOR, &Governor::castVoteCall { proposalId: id, support: ballot as u8 }, U256::ZERO).await
    }

    /// Hands what passed to the timelock.
    ///
    /// # Errors
    /// `GovernorUnexpectedProposalState` unless it passed.
    pub async fn queue(&self, proposal: &Proposal) -> Result<TransactionReceipt, Error> {
        let (targets, values, calldatas) = proposal.columns();
        let call = Governor::queueCall { targets, values, calldatas, descriptionHash: proposal.description_hash() };
        self.client.send(GOVERNOR, &call, U256::ZERO).await
    }

    /// Executes what was queued, after the timelock's delay.
    ///
    /// # Errors
    /// `GovernorUnexpectedProposalState`; the timelock's and the called contracts'.
    pub async fn execute(&self, proposal: &Proposal) -> Result<TransactionReceipt, Error> {
        let (targets, values, calldatas) = proposal.columns();
        let call = Governor::executeCall { targets, values, calldatas, descriptionHash: proposal.description_hash() };
        self.client.send(GOVERNOR, &call, U256::ZERO).await
    }

    /// Where a proposal stands.
    ///
    /// # Errors
    /// `GovernorNonexistentProposal`; [`Error::Answer`] for a state that OpenZeppelin's has not.
    pub async fn standing(&self, id: U256) -> Result<Standing, Error> {
        use Standing::{Active, Canceled, Defeated, Executed, Expired, Pending, Queued, Succeeded};
        let all = [Pending, Active, Canceled, Defeated, Succeeded, Queued, Expired, Executed];
        let state = self.client.call(GOVERNOR, &Governor::stateCall { proposalId: id }).await?;
        let state = state as usize;
        all.get(state).copied().ok_or_else(|| Error::Answer(format!("a proposal in state {state}")))
    }

    /// What was voted on a proposal so far.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn tally(&self, id: U256) -> Result<Tally, Error> {
        let votes = self.client.call(GOVERNOR, &Governor::proposalVotesCall { proposalId: id }).await?;
        Ok(Tally { against: votes.againstVotes, in_favour: votes.forVotes, abstaining: votes.abstainVotes })
    }

    /// A parameter's value, and what votes can make of it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn parameter(&self, parameter: Parameter) -> Result<Bounded, Error> {
        self.client.call(PARAMETERS, &IParameters::boundsOfCall { parameter }).await
    }

    /// Forks that are voted and not applied yet, in the order in which they were scheduled.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn forks(&self) -> Result<Vec<IUpgrades::Fork>, Error> {
        self.client.call(UPGRADES, &IUpgrades::pendingCall {}).await
    }
}
