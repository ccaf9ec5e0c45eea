//! Verdicts and failures.

use alloy::primitives::{Address, B256, U256};
use edgeloom_state::StoreError;
use edgeloom_types::{BlockError, CertificateError, GenesisError, Height};

/// Why a block does not follow from its parent. All but [`Invalid::State`] and [`Invalid::UnknownParent`] are for good:
/// every node reaches them from the same block.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    #[error("its parent {0} is not known here")]
    UnknownParent(B256),
    #[error("number is {found}, expected {expected}")]
    Number { found: u64, expected: u64 },
    #[error("{0} is not what this chain fixes it to")]
    Fixed(&'static str),
    #[error("gas limit is {found}, expected {expected}")]
    GasLimit { found: u64, expected: u64 },
    #[error("base fee is {found:?}, expected {expected}")]
    BaseFee { found: Option<u64>, expected: u64 },
    #[error("time is {found} ms, its parent's {parent} ms")]
    Timestamp { found: u64, parent: u64 },
    #[error("epoch is {found}, expected {expected}")]
    Epoch { found: u64, expected: u64 },
    #[error("leader {0} has no seat")]
    Leader(B256),
    #[error("beneficiary is {found}, the leader's is {expected}")]
    Beneficiary { found: Address, expected: Address },
    #[error("the reveal is not the leader's for this height")]
    Reveal,
    #[error("mixHash is {found}, expected {expected}")]
    Mix { found: B256, expected: B256 },
    #[error("certificatesHash is {found}, the body's is {expected}")]
    CertificatesHash { found: B256, expected: B256 },
    #[error("certificate {index}: {error}")]
    Certificate { index: usize, error: CertificateError },
    #[error("certificate {index} is for {block}, which is not an ancestor it may still certify")]
    CertificateTarget { index: usize, block: B256 },
    #[error("the signature of transaction {0} is not valid")]
    Signature(usize),
    #[error(transparent)]
    Execution(edgeloom_evm::Invalid),
    #[error("gas used is {found}, execution used {expected}")]
    GasUsed { found: u64, expected: u64 },
    #[error("the bloom is not that of the logs")]
    Bloom,
    #[error("transactionsRoot is {found}, expected {expected}")]
    TransactionsRoot { found: B256, expected: B256 },
    #[error("receiptsRoot is {found}, expected {expected}")]
    ReceiptsRoot { found: B256, expected: B256 },
    #[error("stateRoot is {found}, expected {expected}")]
    StateRoot { found: B256, expected: B256 },
    /// This node cannot judge: its own state failed.
    #[error("state could not be read: {0}")]
    State(String),
}

impl Invalid {
    /// Whether every node reaches this verdict, whenever it asks.
    pub const fn is_permanent(&self) -> bool {
        !matches!(self, Self::State(_) | Self::UnknownParent(_))
    }
}

impl From<StoreError> for Invalid {
    fn from(error: StoreError) -> Self {
        Self::State(error.to_string())
    }
}

/// Why the chain could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    #[error("the data belongs to another chain: its genesis is {stored}, the genesis file's is {given}; choose another data directory or the genesis it was made with")]
    OtherGenesis { stored: B256, given: B256 },
    #[error("the parent {0} of a proposal is not known")]
    UnknownParent(B256),
    #[error("the block at height {height} does not build on the final tip {tip}")]
    NotNext { height: Height, tip: Height },
    #[error("a final block {hash} contradicts the final block at height {height}")]
    FinalityReverted { height: Height, hash: B256 },
    /// A quorum finalized what this node finds invalid: it must stop.
    #[error("a finalized block is not valid: {0}")]
    InvalidFinal(#[source] Invalid),
    #[error("a proposal of our own is not valid: {0}")]
    OwnProposal(#[source] Invalid),
    #[error("the burned total at height {height} overflows: {burned} wei")]
    Burned { height: Height, burned: U256 },
    #[error(transparent)]
    Execution(#[from] edgeloom_evm::ExecutionError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    #[error("the database has no block at height {0}")]
    Missing(Height),
}
