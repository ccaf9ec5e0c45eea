//! [`Invalid`] is a verdict on a block that every node shares; the other errors are this node's own.

use alloy::primitives::{Address, B256, Bloom, U256};
use edgeloom_evm::Refusal;
use edgeloom_state::StoreError;
use edgeloom_types::{BlockError, CertificateError, Epoch, Height, MAX_CERTIFICATES};

/// Why a block cannot follow its parent. It depends on the block and its ancestors alone: never on a clock, nor on what
/// this node happens to have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("number is {found}, expected {expected}")]
    Number { expected: u64, found: u64 },
    #[error("timestamp {found_ms} ms is not above the parent's {parent_ms} ms")]
    Timestamp { parent_ms: u64, found_ms: u64 },
    #[error("gas limit is {found}, expected {expected}")]
    GasLimit { expected: u64, found: u64 },
    #[error("base fee is {found:?}, expected {expected}")]
    BaseFee { expected: u64, found: Option<u64> },
    #[error("header field `{0}` does not have its fixed value")]
    Fixed(&'static str),
    #[error("epoch is {found}, expected {expected}")]
    Epoch { expected: Epoch, found: u64 },
    #[error("leader {0} has no seat in the committee")]
    Leader(B256),
    #[error("beneficiary is {found}, the committee names {expected}")]
    Beneficiary { expected: Address, found: Address },
    #[error("reveal is not the leader's signature for this height")]
    Reveal,
    #[error("mixHash is {found}, expected {expected}")]
    MixHash { expected: B256, found: B256 },
    #[error("body has {0} certificates, more than {MAX_CERTIFICATES}")]
    Certificates(usize),
    #[error("certificates hash to {computed}, the consensus record says {found}")]
    CertificatesHash { computed: B256, found: B256 },
    #[error("certificate {index}: {fault}")]
    Certificate { index: usize, fault: CertificateFault },
    #[error("transactions have root {computed}, header says {found}")]
    TransactionsRoot { computed: B256, found: B256 },
    #[error("transaction {index} has no valid signature")]
    Signature { index: usize },
    #[error("transaction {index}: {reason}")]
    Transaction { index: usize, reason: Refusal },
    #[error("supply is not conserved: {before} wei before, {after} after, {burned} burned")]
    Conservation { before: U256, after: U256, burned: U256 },
    #[error("gas used is {computed}, header says {found}")]
    GasUsed { computed: u64, found: u64 },
    #[error("receipts have root {computed}, header says {found}")]
    ReceiptsRoot { computed: B256, found: B256 },
    #[error("the block's own calls' logs hash to {computed}, header says {found:?}")]
    RequestsHash { computed: B256, found: Option<B256> },
    #[error("logs have another bloom than the header's")]
    LogsBloom { computed: Box<Bloom> },
    #[error("state root is {computed}, header says {found}")]
    StateRoot { computed: B256, found: B256 },
}

/// Why a certificate may not stand in a body (K1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    #[error("names block {0}, which is no recent ancestor")]
    NoAncestor(B256),
    #[error("block {0} is certified already")]
    Repeated(B256),
    #[error("is of epoch {found}, its block of {expected}")]
    Epoch { expected: Epoch, found: Epoch },
    #[error(transparent)]
    Malformed(#[from] CertificateError),
}

/// Why the chain did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The proposer's fault; for a block that a quorum finalized, a bug, and the node must stop.
    #[error("invalid block: {0}")]
    Invalid(#[from] Invalid),
    /// The caller executes the ancestors first.
    #[error("parent {0} is not executed here")]
    UnknownParent(B256),
    /// Finality overtook the question.
    #[error("height {height} is not above the final tip {tip}")]
    Buried { height: Height, tip: Height },
    /// The caller finalizes the blocks between first.
    #[error("block {hash} at height {height} is not a child of the final tip {tip}")]
    NotNext { height: Height, hash: B256, tip: Height },
    /// A quorum finalized two blocks of one height: the node must stop.
    #[error("height {height}: {ours} is final here, {theirs} was finalized too")]
    Conflict { height: Height, ours: B256, theirs: B256 },
    #[error(
        "the database belongs to genesis {found}, this genesis is {expected}: use another data directory, or the genesis file it was made with"
    )]
    OtherGenesis { expected: B256, found: B256 },
    #[error("genesis does not have EIP-2935's block hash history contract at {0}: add the predeploy")]
    NoHistoryContract(Address),
    #[error("this chain follows rule {0}, which this version of edgeloom does not know: update it")]
    Rule(u32),
    #[error(transparent)]
    Block(#[from] BlockError),
    /// Our disk's fault: the node must stop.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bug in execution, or a database that lacks what it committed: the node must stop.
    #[error("{0}")]
    Fault(String),
}

impl ChainError {
    /// Whether every node says the same of this block, forever.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Invalid(_))
    }
}
