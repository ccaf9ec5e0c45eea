//! Transactions that wait for a block. Admission decides from the transaction, what the caller says of its sender and
//! of the block that comes next; this crate knows no state, no EVM, no network and no clock. Every queue is bounded.
//!
//! Rules:
//! * P1 Of one sender the nonces in a row from the state's can execute; what comes after a gap waits.
//! * P2 A full pool lets go of what pays least per gas at the base fee, a peer's before its own at the same price, and
//!   only for what pays more. A transaction pays no more than those that must go before it; one after a gap displaces
//!   nothing.
//! * P3 What could not execute for [`Limits::patience`] blocks ([`Limits::local_patience`] for the node's own users)
//!   leaves, and so does what no base fee can ever admit.
//! * P4 Whoever may be drained by others (a delegated sender, or one whose authorization waits here: EIP-7702) has one
//!   transaction at a time. After each block a sender keeps what its balance still covers.
//! * P5 A sender with a transaction from this node's own users lets go of nothing for its price, and what such users send
//!   displaces any peer's: up to [`Limits::locals`] of theirs, beyond which they compete like all. Proposing, a local one
//!   comes first at the same tip. What [`Pool::keep`] named survives the process in a [`Journal`].

mod entry;
mod gas;
mod journal;
mod lane;
mod pool;
mod rejection;
mod shelf;

pub use gas::TRANSACTION_GAS_MAX;
pub use journal::{Journal, JournalError};
pub use pool::{Limits, Origin, Pool, Waiting};
pub use rejection::{Rejection, TRANSACTION_BYTES_MAX};
