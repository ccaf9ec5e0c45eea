//! Execution as a pure, synchronous function: an environment, a view of the state and transactions go in, receipts and
//! a state delta come out. This crate knows no disk, no trie, no clock, no async, no network and no block that is not
//! in its arguments; it is generic over revm's `Database`.
//!
//! Rules:
//! * X1 Osaka, its precompiles and the chain's own (`edgeloom-provider`). Transaction types 0, 1, 2 and 4; type 3 is
//!   refused, there are no blobs. A transaction has at most 2^24 gas (EIP-7825).
//! * X2 A block begins with system calls: forks that are due (`IUpgrades`, CHAIN.md C16), then EIP-2935's, which stores the
//!   parent's hash (`BLOCKHASH` reads that contract, so the state alone answers it), then `IEpochs.begin`, which is told of the
//!   certificates in the body and elects, judges and pays. Only EIP-2935's must succeed. Their logs are in no receipt
//!   ([`Executed::system_logs`]). There is no beacon root and no withdrawal.
//! * X3 The base fee is burned, the tip goes to the beneficiary (EIP-1559).
//! * X4 Supply (CHAIN.md C5): Σ balances before = Σ balances after + burned, over the accounts that the block touched. A
//!   burn is counted where it happens: base fee × gas of each transaction, and what SELFDESTRUCT destroys (EIP-6780: only
//!   in the transaction that created the contract). Anything else is an error, never a block.
//! * X5 Accounts that a block touches and leaves empty do not exist (EIP-161).

#![deny(clippy::float_arithmetic)]

mod begin;
mod block;
mod brief;
mod builtins;
mod call;
pub mod conformance;
mod environment;
mod error;
mod inspect;
mod institutions;
mod machine;
mod overlay;
mod replay;
mod simulation;

pub use block::{Executed, Limits, Rejected, build, execute};
pub use brief::{BriefCalls, CONSOLE};
pub use call::{AccountOverride, Overrides, call};
pub use environment::BlockEnvironment;
pub use error::{CallError, ExecutionError, Refusal};
pub use inspect::{Reader, signed};
pub use institutions::{checkpointed, term, unknown_rule};
pub use machine::{Context, precompiles};
pub use overlay::{Overlay, SlotsOver};
pub use replay::Replay;
pub use simulation::{Scene, Simulation, Transfers};

#[cfg(test)]
mod tests;
