//! Other people's answers against ours: Ethereum's public state, transaction, trie and RLP tests, geth's precompile
//! vectors, and what other implementations make of random cases ([`differential`]), run by the chain's own executor
//! (`evm`), state and trie (`state`, in memory). Beside them it grows chains as large as years make them
//! ([`LargeChain`], on disk, through `chain`). It knows no consensus and no network, and nothing depends on it: it judges
//! the crates below, and changes nothing.
//!
//! * F1 A case is one fork of one test with one choice of its data, gas and value; a vector; or a trie or RLP document.
//! * F2 A case runs or is skipped for a reason that is printed with its count. Whatever runs and differs is a violation.
//! * F3 What is compared of a transaction: that it decodes, who signed it, the refusal's kind where one is expected, the
//!   hash of the logs, the state root before (the files' accounts, committed) and after (the same trie's next root), and
//!   the supply (X4 of `evm`).
//! * F4 A [`Fault`] can be planted between the executor and the comparison; each must turn the run red.

mod archive;
mod compute;
mod differential;
mod environment;
mod fault;
mod fixture;
mod large;
mod precompiles;
mod refusal;
mod rlp;
mod run;
mod state_tests;
mod tally;
mod transaction;
mod transactions;
mod tries;
mod world;

pub use archive::{ArchiveError, Archives};
pub use compute::{Turn, turn};
pub use differential::{Peers, Range, differential};
pub use fault::Fault;
pub use large::{LargeChain, Spent, Writes};
pub use run::{Selection, Vectors};
pub use tally::Tally;

#[cfg(test)]
mod tests;
