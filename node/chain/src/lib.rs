//! The tree of executed blocks over the final tip: propose, verify, finalize. All of it is synchronous and a function of
//! its arguments and the store: this crate knows no network, no clock, no async and no BFT engine, so a verdict is the
//! same on every node, and the whole chain runs inside a deterministic simulator.
//!
//! Rules (CHAIN.md C1–C3, C5, C10, C11):
//! * H0 `extraData` commits to the consensus record in the body: a [`edgeloom_types::SealedBlock`] is the proof.
//! * H1 number = parent's + 1; seconds · 1000 + milliseconds strictly above the parent's (so seconds never decrease).
//!   Drift against a clock is for `consensus`.
//! * H2 The gas limit is that of the epoch. The base fee follows EIP-1559 with Ethereum's parameters, but is at least the
//!   epoch's floor.
//! * H3 The epoch is the one that holds the height; the leader has a seat in its committee, and the beneficiary is the one
//!   the committee names for the leader. View and parent view are for the engine to check.
//! * H4 `reveal` is the leader's signature for this height; `mixHash` folds it into the parent's.
//! * H5 What a chain without ommers, withdrawals, blobs and beacon has in those fields never changes.
//! * K1 A certificate in the body finalizes an ancestor among the [`LOOK_BACK`] blocks below, by that ancestor's
//!   committee; no block between the two, and nothing else in this body, certifies the same ancestor; at most four.
//! * E1 Roots, gas and bloom are those of executing the body (`edgeloom-evm`), and `requestsHash` is that of what its own calls logged.
//! * T1 Committee and rules of epoch 0 are genesis's; those of epoch e + 1 are what the state says after the first block of e
//!   (block 1 for epoch 0), and where it says nothing, those of e (CHAIN.md C7).
//! * F1 Only a child of the tip becomes final. Its branch stays, every other is dropped.
//!
//! `chain/dev` is for dev mode alone: blocks that take liberties with H2, H3 and H4, and a tip that goes back.

#![deny(clippy::float_arithmetic)]

mod ahead;
mod audit;
mod certificates;
mod chain;
mod codes;
mod decided;
mod error;
mod founding;
mod header;
mod open;
mod state_db;
mod terms;
mod tree;

pub use audit::{Audit, AuditError, BlockFault};
pub use certificates::LOOK_BACK;
pub use chain::{Chain, Liberties, Lookup, Pending, Proposal, environment};
pub use decided::Decided;
pub use error::{CertificateFault, ChainError, Invalid};
pub use founding::{Founder, FoundingError, found};
pub use header::next_base_fee;
pub use state_db::{StateDb, StateDbError};
pub use terms::Terms;

#[cfg(test)]
mod tests;
