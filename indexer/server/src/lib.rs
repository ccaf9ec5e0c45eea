//! The index of the chain: source → decode → project → store → serve. It reads final blocks from any node through
//! `edge_feed`, checks each against its own header, keeps rows of jobs, workers, models and transfers in one SQLite file,
//! and answers questions about them. It does not know how blocks came to be: no EVM, no state, no consensus, and nobody
//! below it knows that it exists. It claims that its rows are what the events of the indexed blocks say, up to exactly
//! the cursor; it does not claim that the node told it of every block, and whoever acts on a row asks the chain first.

pub mod args;
mod bar;
mod clock;
pub mod decode;
pub mod faucet;
pub mod filter;
pub mod follow;
pub mod heads;
pub mod nodes;
pub mod page;
pub mod progress;
pub mod project;
pub mod record;
pub mod run;
pub mod serve;
pub mod source;
pub mod store;
pub mod telemetry;
pub mod verify;

#[cfg(test)]
mod testing;
