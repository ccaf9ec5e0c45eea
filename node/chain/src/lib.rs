//! The block tree over the final tip: propose, verify, finalize. This crate knows state, execution and the rules that a
//! header must keep (CHAIN.md C1–C3, C5, C11); it knows no network, no async, no clock and no consensus engine. Whoever
//! drives it brings finality; what is not final never leaves it (C10).
//!
//! Rules of a block against its parent, all from the two headers, the body and the committee:
//! * B1 `parentHash`, `number`; `gasLimit` as in genesis; base fee by EIP-1559; fields that this chain fixes.
//! * B2 `timestamp` in seconds does not decrease, in milliseconds it increases. (Drift against a clock is not checked here.)
//! * B3 `extraData` names the epoch of the height and a leader with a seat; the beneficiary is that seat's.
//! * B4 The reveal is the leader's unique signature for the height; `mixHash` follows from it.
//! * B5 At most four certificates, each of an ancestor at most [`CERTIFICATE_WINDOW`] below, verified, not included since.
//! * B6 Executing the transactions gives the header's gas, bloom, and the three roots.

mod certificates;
mod chain;
mod db;
mod decided;
mod error;
mod rules;
mod tree;

pub use certificates::CERTIFICATE_WINDOW;
pub use chain::{Chain, Proposal};
pub use db::{HistoryDb, StateDb};
pub use decided::Decided;
pub use error::{ChainError, Invalid};
pub use tree::Lookup;

#[cfg(test)]
mod tests;
