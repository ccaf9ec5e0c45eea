//! Committed world state and chain rows, durable in one write batch per block. This crate knows keys, rows and
//! Merkle-Patricia tries; it knows no EVM, no consensus, no network and no async.
//!
//! * S1 A [`Store`] is the final chain: the tip, everything below it, and nothing that could be undone.
//! * S2 What is executed but not final lives in [`Layer`]s, which a [`View`] stacks over the tip: the layer carries the
//!   state delta and the trie nodes it changes, so the root of a child is known before anything is written.
//! * S3 [`Store::commit`] writes state, trie, history, block, receipts and tip in one batch, synced before it returns.
//! * S4 History rows hold the value that a key took at a height and are never rewritten, so a [`HistoryView`] needs no
//!   lock: whatever is committed while it reads lies above its height.
//!   What views of the tip have read they share in memory (`warm`), until the tip moves.
//! * S5 Accounts and slots are keyed by keccak256; trie nodes by their path, so the trie never accumulates dead nodes. Leaves
//!   are not stored: an account's or a slot's row is its leaf.
//! * S6 Trie nodes have history as accounts and slots do, so every committed state can be proved.
//! * S7 With pruning, states below [`Store::oldest`] are refused, never answered wrongly; blocks and receipts stay.
//! * S8 Dev mode alone takes back: [`Store::revert`] undoes whole batches in one, [`Store::amend`] changes the tip's state
//!   in place. Who reads blocks in order does so with a [`Cursor`], which notices; a network's store never moves one.
//!
//! `kv` is the one place that knows there are two backends; everything above it is the same code over both.

mod amend;
mod audit;
mod blocks;
mod commit;
pub mod conformance;
mod cursor;
mod error;
mod history;
mod kv;
mod layer;
mod leaves;
mod log_index;
mod logs;
mod node_cache;
mod preimages;
mod proof;
mod prune;
mod range;
mod receipts;
mod record;
mod store;
mod table;
mod trie;
mod undo;
mod view;
mod warm;

pub use amend::Cheated;
pub use commit::Commit;
pub use cursor::Cursor;
pub use error::StoreError;
pub use history::HistoryView;
pub use kv::Load;
pub use layer::Layer;
pub use logs::{BlockLogs, LogQuery, LogView, LogsFound};
pub use proof::{AccountProof, StorageProof};
pub use range::StorageRange;
pub use store::{Closing, Store, Tip};
pub use view::View;

#[cfg(test)]
mod tests;
