//! What can go wrong between a program and the chain, told apart by who is at fault and what the caller may do next.

use std::time::Duration;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::json_rpc::ErrorPayload,
    sol_types::SolInterface,
    transports::{RpcError, TransportError},
};
use edgeloom_bindings::{
    Governor::GovernorErrors,
    IAttested::IAttestedErrors,
    IAuctions::IAuctionsErrors,
    IAudits::IAuditsErrors,
    IBeacon::IBeaconErrors,
    IBls::IBlsErrors,
    ICheckpoints::ICheckpointsErrors,
    ICommittee::ICommitteeErrors,
    ICredits::ICreditsErrors,
    IDeliveries::IDeliveriesErrors,
    IDisputable::IDisputableErrors,
    IDisputes::IDisputesErrors,
    IEdgeProof::IEdgeProofErrors,
    IEdgeRewards::IEdgeRewardsErrors,
    IEdgeStaking::IEdgeStakingErrors,
    IInference::IInferenceErrors,
    IJobMarket::{IJobMarketErrors, Phase, Reason},
    IKeyRegistry::IKeyRegistryErrors,
    ILeases::ILeasesErrors,
    IMediaGate::IMediaGateErrors,
    IModelRegistry::IModelRegistryErrors,
    IParameters::IParametersErrors,
    IPaymentPool::IPaymentPoolErrors,
    IRewards::IRewardsErrors,
    ISealed::ISealedErrors,
    ISplits::ISplitsErrors,
    IStakeBook::IStakeBookErrors,
    IStaking::IStakingErrors,
    ITill::ITillErrors,
    addresses,
};
use edgeloom_edge_proof::{InputLength, Malformed};

use crate::SignedTx;

/// What nodes say while they cannot answer a request that they may answer later.
const PASSING: [&str; 3] = ["beyond current head block", "the node is busy", "too many answers wait"];

/// Everything an `edgeloom-sdk` call can fail with.
///
/// Reads have been retried when this is returned; transactions are never sent twice under another nonce unless the first
/// one provably cannot run. After [`Error::Unconfirmed`] alone a transaction may still run: any other error of a call that
/// sends says that nothing was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The node or the index could not be reached, or answered something that is not its protocol.
    #[error("{method}: {source}")]
    Transport {
        /// JSON-RPC method or URL path.
        method: String,
        /// What the transport said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The node refused the request: its code and its words.
    #[error("the node refused {method}: {message} (code {code})")]
    Rpc {
        /// JSON-RPC method.
        method: String,
        /// JSON-RPC error code.
        code: i64,
        /// The node's message.
        message: String,
    },
    /// A wait ended at its deadline; whatever was waited for may still happen.
    #[error("{what}: nothing within {after:?}")]
    Timeout {
        /// What was waited for.
        what: String,
        /// The deadline that passed.
        after: Duration,
    },
    /// A transaction was handed to the node and is in no block yet, but may still get there: whoever repeats the call may
    /// pay twice. [`crate::Client::see_through`] waits on.
    #[error("transaction {hash} is in no block after {after:?}, and may still get there")]
    Unconfirmed {
        /// The newest of `bids`.
        hash: B256,
        /// Every transaction signed for the call, all under one nonce, so that at most one of them ever runs.
        bids: Vec<SignedTx>,
        /// How long was waited.
        after: Duration,
    },
    /// The job market reverted.
    #[error("the job market reverted: {0:?}")]
    Market(IJobMarketErrors),
    /// The auctions' contract reverted.
    #[error("the auctions' contract reverted: {0:?}")]
    Auctions(IAuctionsErrors),
    /// The verifier of disputable jobs reverted.
    #[error("the verifier of disputable jobs reverted: {0:?}")]
    Disputable(IDisputableErrors),
    /// The contract of attested jobs reverted.
    #[error("the contract of attested jobs reverted: {0:?}")]
    Attested(IAttestedErrors),
    /// The contract of sealed answers reverted.
    #[error("the contract of sealed answers reverted: {0:?}")]
    Sealed(ISealedErrors),
    /// The contract of leases reverted.
    #[error("the contract of leases reverted: {0:?}")]
    Leases(ILeasesErrors),
    /// The contract of media reverted.
    #[error("the contract of media reverted: {0:?}")]
    Media(IMediaGateErrors),
    /// Too few nodes gave their part of an epoch's key.
    #[error("{have} nodes gave a part of the key, and {need} are needed: {said}")]
    Refused {
        /// Parts that are right.
        have: usize,
        /// Of the gate.
        need: usize,
        /// What the other nodes said.
        said: String,
    },
    /// The payment pool reverted.
    #[error("the payment pool reverted: {0:?}")]
    Payments(IPaymentPoolErrors),
    /// The payment pool's rules that divide payments reverted.
    #[error("a rule that divides payments reverted: {0:?}")]
    Splits(ISplitsErrors),
    /// What jobs and leases have in common refused: who is not what was asked for, a bond that nobody can lock.
    #[error("the market reverted: {0:?}")]
    Till(ITillErrors),
    /// The contract of deliveries reverted.
    #[error("the contract of deliveries reverted: {0:?}")]
    Deliveries(IDeliveriesErrors),
    /// The verifier of inferences reverted.
    #[error("the verifier of inferences reverted: {0:?}")]
    Inference(IInferenceErrors),
    /// Staking of THETA reverted.
    #[error("staking reverted: {0:?}")]
    Staking(IStakingErrors),
    /// Staking of edge nodes reverted.
    #[error("staking of edge nodes reverted: {0:?}")]
    EdgeStaking(IEdgeStakingErrors),
    /// The book that stake is kept by reverted.
    #[error("the book of stakes reverted: {0:?}")]
    Stake(IStakeBookErrors),
    /// The parameters' contract reverted.
    #[error("the parameters' contract reverted: {0:?}")]
    Parameters(IParametersErrors),
    /// The committee's contract reverted.
    #[error("the committee's contract reverted: {0:?}")]
    Committee(ICommitteeErrors),
    /// The checkpoints' contract reverted.
    #[error("the checkpoints' contract reverted: {0:?}")]
    Checkpoints(ICheckpointsErrors),
    /// The contract of rewards reverted.
    #[error("the contract of rewards reverted: {0:?}")]
    Rewards(IRewardsErrors),
    /// The contract of edge nodes' rewards reverted.
    #[error("the contract of edge nodes' rewards reverted: {0:?}")]
    EdgeRewards(IEdgeRewardsErrors),
    /// The governor reverted.
    #[error("the governor reverted: {0:?}")]
    Governor(GovernorErrors),
    /// The model registry reverted.
    #[error("the model registry reverted: {0:?}")]
    Models(IModelRegistryErrors),
    /// The edge-proof precompile reverted.
    #[error("the edge-proof precompile reverted: {0:?}")]
    EdgeProof(IEdgeProofErrors),
    /// The key registry reverted.
    #[error("the key registry reverted: {0:?}")]
    Keys(IKeyRegistryErrors),
    /// The BLS precompile reverted.
    #[error("the BLS precompile reverted: {0:?}")]
    Bls(IBlsErrors),
    /// The beacon reverted.
    #[error("the beacon reverted: {0:?}")]
    Beacon(IBeaconErrors),
    /// The disputes' contract reverted.
    #[error("the disputes' contract reverted: {0:?}")]
    Disputes(IDisputesErrors),
    /// The audits' contract reverted.
    #[error("the audits' contract reverted: {0:?}")]
    Audits(IAuditsErrors),
    /// A contract that was called does not pay out.
    #[error("the contract does not pay out: {0:?}")]
    Credits(ICreditsErrors),
    /// A revert that is no custom error of these contracts.
    #[error("reverted with {}", if .data.is_empty() { "no data".to_owned() } else { .data.to_string() })]
    Revert {
        /// Raw revert data, possibly empty.
        data: Bytes,
    },
    /// The transaction is in a block but failed there, and replaying it did not show why (most often: out of gas).
    #[error("transaction {tx} failed in its block without a reason")]
    Failed {
        /// Hash of the failed transaction.
        tx: B256,
    },
    /// Another transaction of the same account took this one's nonce; this one can never run.
    #[error("transaction {tx} can no longer run: its nonce {nonce} is used")]
    Replaced {
        /// Hash of the transaction that lost.
        tx: B256,
        /// The nonce both wanted.
        nonce: u64,
    },
    /// The call needs more gas than one transaction may have (EIP-7825).
    #[error("the call needs {needed} gas; one transaction may have {cap}")]
    GasCap {
        /// Gas that the node's estimate asks for.
        needed: u64,
        /// The protocol's cap.
        cap: u64,
    },
    /// The job reached a terminal phase without a paid answer.
    #[error("job {id} ended without an answer: {phase:?} because {reason:?}")]
    NotSettled {
        /// Job number.
        id: U256,
        /// Terminal phase.
        phase: Phase,
        /// The chain's reason code.
        reason: Reason,
        /// The worker, zero when nobody took the job.
        worker: Address,
    },
    /// The index answered with an error status.
    #[error("the index answered {status}: {message}")]
    Index {
        /// HTTP status.
        status: u16,
        /// Its message, at most 500 characters.
        message: String,
    },
    /// A model image that the kernel refuses, or that is not the model it claims to be.
    #[error("model: {0}")]
    Model(#[from] ModelError),
    /// The node serves another chain than the caller asked for.
    #[error("the node serves chain {actual}, expected {expected}")]
    WrongChain {
        /// Chain id the caller asked for.
        expected: u64,
        /// Chain id the node reports.
        actual: u64,
    },
    /// The answer of the node decodes, but cannot be.
    #[error("the node's answer makes no sense: {0}")]
    Answer(String),
    /// The client was built without what this call needs.
    #[error("this client was built without {0}")]
    Missing(&'static str),
    /// An URL or another setting that cannot be used.
    #[error("{0}")]
    Settings(String),
}

/// Why bytes are not the model that a caller wants.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The image breaks a rule of the format.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The input has the wrong length.
    #[error(transparent)]
    Input(#[from] InputLength),
    /// The image on chain commits to another id.
    #[error("the image commits to {actual}, not to {expected}")]
    Identity {
        /// Id asked for.
        expected: B256,
        /// Id that the image commits to.
        actual: B256,
    },
    /// The manifest's code is not a manifest.
    #[error("the code at {0} is no manifest")]
    Manifest(Address),
    /// A chunk of the manifest has no code.
    #[error("chunk {0} has no code")]
    Chunk(Address),
    /// An image that no manifest can hold.
    #[error("the image has {actual} bytes; a model holds 1 to {limit}")]
    Size {
        /// Bytes given.
        actual: usize,
        /// Most bytes a manifest can name.
        limit: usize,
    },
}

impl Error {
    /// Sorts a transport failure of `method`, whose call went to `to` if it was a contract call.
    pub(crate) fn from_transport(method: &str, to: Option<Address>, error: TransportError) -> Self {
        match error {
            RpcError::ErrorResp(payload) => Self::from_payload(method, to, &payload),
            other => Self::Transport { method: method.to_owned(), source: Box::new(other) },
        }
    }

    fn from_payload(method: &str, to: Option<Address>, payload: &ErrorPayload) -> Self {
        match payload.as_revert_data() {
            Some(data) => Self::from_revert(to, data),
            None if payload.message.contains("execution reverted") => Self::Revert { data: Bytes::new() },
            None => Self::Rpc { method: method.to_owned(), code: payload.code, message: payload.message.to_string() },
        }
    }

    /// Decodes revert data. Some errors are declared by two contracts; the one that was called is asked first, then those
    /// it calls.
    pub(crate) fn from_revert(to: Option<Address>, data: Bytes) -> Self {
        let market = || IJobMarketErrors::abi_decode(&data).ok().map(Self::Market);
        let leases = || ILeasesErrors::abi_decode(&data).ok().map(Self::Leases);
        let auctions = || IAuctionsErrors::abi_decode(&data).ok().map(Self::Auctions);
        let disputable = || IDisputableErrors::abi_decode(&data).ok().map(Self::Disputable);
        let attested = || IAttestedErrors::abi_decode(&data).ok().map(Self::Attested);
        let sealed = || ISealedErrors::abi_decode(&data).ok().map(Self::Sealed);
        let media = || IMediaGateErrors::abi_decode(&data).ok().map(Self::Media);
        let payments = || IPaymentPoolErrors::abi_decode(&data).ok().map(Self::Payments);
        let till = || ITillErrors::abi_decode(&data).ok().map(Self::Till);
        let splits = || ISplitsErrors::abi_decode(&data).ok().map(Self::Splits);
        let deliveries = || IDeliveriesErrors::abi_decode(&data).ok().map(Self::Deliveries);
        let inference = || IInferenceErrors::abi_decode(&data).ok().map(Self::Inference);
        let staking = || IStakingErrors::abi_decode(&data).ok().map(Self::Staking);
        let edge = || IEdgeStakingErrors::abi_decode(&data).ok().map(Self::EdgeStaking);
        let stake = || IStakeBookErrors::abi_decode(&data).ok().map(Self::Stake);
        let parameters = || IParametersErrors::abi_decode(&data).ok().map(Self::Parameters);
        let committee = || ICommitteeErrors::abi_decode(&data).ok().map(Self::Committee);
        let checkpoints = || ICheckpointsErrors::abi_decode(&data).ok().map(Self::Checkpoints);
        let rewards = || IRewardsErrors::abi_decode(&data).ok().map(Self::Rewards);
        let edge_rewards = || IEdgeRewardsErrors::abi_decode(&data).ok().map(Self::EdgeRewards);
        let governor = || GovernorErrors::abi_decode(&data).ok().map(Self::Governor);
        let models = || IModelRegistryErrors::abi_decode(&data).ok().map(Self::Models);
        let proof = || IEdgeProofErrors::abi_decode(&data).ok().map(Self::EdgeProof);
        let keys = || IKeyRegistryErrors::abi_decode(&data).ok().map(Self::Keys);
        let bls = || IBlsErrors::abi_decode(&data).ok().map(Self::Bls);
        let beacon = || IBeaconErrors::abi_decode(&data).ok().map(Self::Beacon);
        let disputes = || IDisputesErrors::abi_decode(&data).ok().map(Self::Disputes);
        let audits = || IAuditsErrors::abi_decode(&data).ok().map(Self::Audits);
        let credits = || ICreditsErrors::abi_decode(&data).ok().map(Self::Credits);
        let decoded = match to {
            Some(addresses::JOB_MARKET) => {
                let checks = || inference().or_else(disputable).or_else(attested).or_else(sealed);
                market().or_else(till).or_else(checks).or_else(credits)
            }
            Some(addresses::AUCTIONS) => auctions().or_else(market).or_else(till).or_else(credits).or_else(beacon),
            Some(addresses::DISPUTABLE) => disputable().or_else(disputes).or_else(audits).or_else(beacon),
            Some(addresses::ATTESTED) => attested().or_else(credits).or_else(beacon).or_else(keys),
            Some(addresses::SEALED) => sealed().or_else(credits).or_else(proof).or_else(disputable),
            Some(addresses::LEASES) => leases().or_else(till).or_else(credits),
            Some(addresses::MEDIA_GATE) => media(),
            Some(addresses::PAYMENT_POOL) => payments().or_else(splits).or_else(credits),
            Some(addresses::DELIVERIES) => deliveries().or_else(payments).or_else(proof).or_else(keys),
            Some(addresses::EDGE_STAKING) => edge().or_else(stake),
            Some(addresses::STAKING) => staking().or_else(stake),
            Some(addresses::PARAMETERS) => parameters(),
            Some(addresses::COMMITTEE) => committee().or_else(staking).or_else(stake),
            Some(addresses::CHECKPOINTS) => checkpoints().or_else(keys).or_else(bls),
            Some(addresses::REWARDS) => rewards(),
            Some(addresses::EDGE_REWARDS) => edge_rewards().or_else(beacon).or_else(proof),
            Some(addresses::GOVERNOR) => governor().or_else(parameters),
            Some(addresses::MODEL_REGISTRY) => models(),
            Some(addresses::EDGE_PROOF) => proof(),
            // Some of what the precompile says, the edge-proof precompile says, too.
            Some(addresses::KEY_REGISTRY) => keys().or_else(bls),
            Some(addresses::BLS) => bls(),
            Some(addresses::BEACON) => beacon(),
            Some(addresses::DISPUTES) => disputes().or_else(credits).or_else(proof),
            Some(addresses::AUDITS) => audits().or_else(credits).or_else(disputes).or_else(keys),
            _ => None,
        };
        let decoded = decoded.or_else(market).or_else(edge).or_else(stake).or_else(models).or_else(proof);
        let decoded = decoded.or_else(keys).or_else(bls).or_else(beacon);
        let decoded = decoded.or_else(staking).or_else(parameters);
        let decoded = decoded.or_else(committee).or_else(checkpoints).or_else(rewards).or_else(governor);
        let decoded = decoded.or_else(auctions).or_else(disputable).or_else(attested).or_else(sealed);
        let decoded = decoded.or_else(till).or_else(payments).or_else(splits).or_else(deliveries);
        decoded.or_else(leases).or_else(edge_rewards).or_else(disputes).or_else(audits).unwrap_or(Self::Revert { data })
    }

    /// Whether trying the same read again can help: the fault lies with the connection, not with the request.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transport { .. } | Self::Timeout { .. })
            // A node that is behind another, which was asked before, or that has too much to do.
            || matches!(self, Self::Rpc { message, .. } if PASSING.iter().any(|phrase| message.contains(phrase)))
            || matches!(self, Self::Index { status, .. } if *status >= 500 || *status == 429)
    }

    /// Whether the chain itself said no, so that repeating the call unchanged is pointless.
    #[must_use]
    pub const fn is_revert(&self) -> bool {
        matches!(
            self,
            Self::Market(_)
                | Self::Auctions(_)
                | Self::Disputable(_)
                | Self::Attested(_)
                | Self::Sealed(_)
                | Self::Leases(_)
                | Self::Media(_)
                | Self::Payments(_)
                | Self::Splits(_)
                | Self::Till(_)
                | Self::Deliveries(_)
                | Self::Inference(_)
                | Self::Staking(_)
                | Self::EdgeStaking(_)
                | Self::Stake(_)
                | Self::Parameters(_)
                | Self::Committee(_)
                | Self::Checkpoints(_)
                | Self::Rewards(_)
                | Self::EdgeRewards(_)
                | Self::Governor(_)
                | Self::Models(_)
                | Self::EdgeProof(_)
                | Self::Keys(_)
                | Self::Bls(_)
                | Self::Beacon(_)
                | Self::Disputes(_)
                | Self::Audits(_)
                | Self::Credits(_)
                | Self::Revert { .. }
                | Self::Failed { .. }
        )
    }
}

#[cfg(test)]
mod tests;
