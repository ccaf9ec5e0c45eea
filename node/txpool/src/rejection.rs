//! Why a transaction is not admitted. The sentences are geth's, because wallets and libraries classify by them.

use alloy::primitives::U256;

/// Largest encoded transaction, in bytes (geth's limit).
pub const TRANSACTION_BYTES_MAX: usize = 128 * 1024;

/// The sender's fault, except [`Rejection::Full`]; [`Rejection::AlreadyKnown`] is harmless.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("already known")]
    AlreadyKnown,
    #[error("transaction type not supported")]
    Type,
    #[error("oversized data: transaction size {size}, limit {TRANSACTION_BYTES_MAX}")]
    Size { size: usize },
    #[error("invalid chain id for signer: have {have} want {want}")]
    ChainId { have: u64, want: u64 },
    #[error("exceeds block gas limit")]
    BlockGasLimit,
    #[error("transaction gas limit too high (cap: {cap}, tx: {gas})")]
    GasCap { cap: u64, gas: u64 },
    #[error("max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}")]
    TipAboveCap { tip: u128, cap: u128 },
    /// No base fee ever falls to the cap. Wei per gas.
    #[error("transaction underpriced: max fee per gas {cap}, minimum needed {floor}")]
    FeeFloor { cap: u128, floor: u64 },
    #[error("max initcode size exceeded: code size {size}, limit {limit}")]
    Initcode { size: usize, limit: usize },
    #[error("EIP-7702 transaction with empty auth list")]
    NoAuthorizations,
    #[error("intrinsic gas too low: gas {have}, minimum needed {want}")]
    IntrinsicGas { have: u64, want: u64 },
    #[error("insufficient gas for floor data gas cost: gas {have}, minimum needed {want}")]
    FloorGas { have: u64, want: u64 },
    #[error("nonce has max value")]
    NonceMax,
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow { next: u64, nonce: u64 },
    /// `queued`: what the sender's transactions in the pool may cost already, wei.
    #[error("insufficient funds for gas * price + value: balance {balance}, queued cost {queued}, tx cost {cost}")]
    Funds { balance: U256, queued: U256, cost: U256 },
    #[error("insufficient funds for gas * price + value: the cost overflows 256 bits")]
    CostOverflow,
    #[error("replacement transaction underpriced")]
    Replacement,
    #[error("in-flight transaction limit reached for delegated accounts")]
    DelegatedInFlight,
    #[error("gapped-nonce tx from delegated accounts")]
    DelegatedGap,
    #[error("authority already reserved")]
    AuthorityReserved,
    #[error("account limit exceeded: pooled {0} txs")]
    SenderLimit(usize),
    #[error("transaction underpriced: the pool is full of better paying transactions")]
    Underpriced,
    #[error("txpool is full")]
    Full,
}

impl Rejection {
    /// One word for it, without the numbers: what rejections are counted by.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyKnown => "already_known",
            Self::Type => "type",
            Self::Size { .. } => "size",
            Self::ChainId { .. } => "chain_id",
            Self::BlockGasLimit => "block_gas_limit",
            Self::GasCap { .. } => "gas_cap",
            Self::TipAboveCap { .. } => "tip_above_cap",
            Self::FeeFloor { .. } => "fee_floor",
            Self::Initcode { .. } => "initcode",
            Self::NoAuthorizations => "no_authorizations",
            Self::IntrinsicGas { .. } => "intrinsic_gas",
            Self::FloorGas { .. } => "floor_gas",
            Self::NonceMax => "nonce_max",
            Self::NonceTooLow { .. } => "nonce_too_low",
            Self::Funds { .. } | Self::CostOverflow => "funds",
            Self::Replacement => "replacement",
            Self::DelegatedInFlight | Self::DelegatedGap | Self::AuthorityReserved => "delegated",
            Self::SenderLimit(_) => "sender_limit",
            Self::Underpriced => "underpriced",
            Self::Full => "full",
        }
    }
}
