//! What can go wrong between a program and the chain, told apart by who is at fault and what the caller may do next.

mod fault;
mod model;
mod revert;

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::{
    Governor::GovernorErrors,
    IAttested::IAttestedErrors,
    IAuctionHouse::IAuctionHouseErrors,
    IAuctions::IAuctionsErrors,
    IAudits::IAuditsErrors,
    IBeacon::IBeaconErrors,
    IBls::IBlsErrors,
    ICheckout::ICheckoutErrors,
    ICheckpoints::ICheckpointsErrors,
    ICollection::ICollectionErrors,
    ICommittee::ICommitteeErrors,
    ICreation::ICreationErrors,
    ICredits::ICreditsErrors,
    IDeliveries::IDeliveriesErrors,
    IDisputable::IDisputableErrors,
    IDisputes::IDisputesErrors,
    IDrops::IDropsErrors,
    IEdgeProof::IEdgeProofErrors,
    IEdgeRewards::IEdgeRewardsErrors,
    IEdgeStaking::IEdgeStakingErrors,
    IEditions::IEditionsErrors,
    IExchange::IExchangeErrors,
    IInference::IInferenceErrors,
    IJobMarket::{IJobMarketErrors, Phase, Reason},
    IKeyRegistry::IKeyRegistryErrors,
    ILeases::ILeasesErrors,
    IMediaGate::IMediaGateErrors,
    IModelRegistry::IModelRegistryErrors,
    INftFactory::INftFactoryErrors,
    IPacks::IPacksErrors,
    IParameters::IParametersErrors,
    IPaymentPool::IPaymentPoolErrors,
    IPhases::IPhasesErrors,
    IRentals::IRentalsErrors,
    IRewards::IRewardsErrors,
    ISealed::ISealedErrors,
    ISplits::ISplitsErrors,
    IStakeBook::IStakeBookErrors,
    IStaking::IStakingErrors,
    ITill::ITillErrors,
};

pub use model::ModelError;
pub use revert::Library;
use revert::Library::LibraryErrors;

use crate::{LightError, SignedTx};

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
    /// What collections and editions have in common refused: a policy, a voucher, what is frozen.
    #[error("the creation reverted: {0:?}")]
    Creation(ICreationErrors),
    /// A collection reverted.
    #[error("the collection reverted: {0:?}")]
    Collection(ICollectionErrors),
    /// Editions reverted.
    #[error("the editions reverted: {0:?}")]
    Editions(IEditionsErrors),
    /// The factory of collections and editions reverted.
    #[error("the factory of collections reverted: {0:?}")]
    NftFactory(INftFactoryErrors),
    /// What sales of tokens have in common refused: a currency, a royalty, too little money.
    #[error("the sale reverted: {0:?}")]
    Checkout(ICheckoutErrors),
    /// The exchange reverted.
    #[error("the exchange reverted: {0:?}")]
    Exchange(IExchangeErrors),
    /// The auction house reverted.
    #[error("the auction house reverted: {0:?}")]
    AuctionHouse(IAuctionHouseErrors),
    /// Drops reverted.
    #[error("the contract of drops reverted: {0:?}")]
    Drops(IDropsErrors),
    /// Packs reverted.
    #[error("the contract of packs reverted: {0:?}")]
    Packs(IPacksErrors),
    /// What drops and packs have in common refused: a phase, an allowance, a sale that is closed.
    #[error("the sale reverted: {0:?}")]
    Phases(IPhasesErrors),
    /// The contract of rentals reverted.
    #[error("the contract of rentals reverted: {0:?}")]
    Rentals(IRentalsErrors),
    /// A library of the contracts reverted: `Unauthorized` for who is not the creator, `TransferFromFailed` for a currency that does not move.
    #[error("a library of the contract reverted: {0:?}")]
    Library(LibraryErrors),
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
    /// What the node shows does not verify.
    #[error(transparent)]
    Light(Box<LightError>),
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

impl From<LightError> for Error {
    fn from(fault: LightError) -> Self {
        Self::Light(Box::new(fault))
    }
}

#[cfg(test)]
mod tests;
