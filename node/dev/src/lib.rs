//! Dev mode: the same chain without votes, one validator, no network, and what a test suite expects of one on top: blocks
//! on demand, a clock that can be set, a state that can be amended, snapshots to go back to, transactions without a
//! signature. This crate knows no RPC, no command line and no BFT engine; no network's node runs it.
//!
//! Rules:
//! * D1 Everything that changes the chain happens under its lock, so what is asked for at the same time happens one after
//!   the other. Each change is one durable batch of the store.
//! * D2 A transaction that can run is in a durable block when [`Solo::seal`] returns, while every transaction is sealed.
//! * D3 A snapshot holds the chain, the clock and the liberties of the next block. Going back to it uses it up, and later
//!   ones. Time goes on from the moment of the snapshot, as with hardhat. How blocks come stays as it is.
//! * D4 An amendment changes the state of the newest block and makes no block; that block's header keeps the root that it
//!   had. Wei that it makes or takes is booked ([`edgeloom_state::Cheated`]).

mod amendments;
mod clock;
mod console;
mod dump;
mod error;
mod impersonation;
mod outlook;
mod sealer;
mod snapshots;
mod solo;

pub use clock::ClockError;
pub use console::{Console, Ear};
pub use error::DevError;
pub use impersonation::unsigned;
pub use outlook::Outlook;
pub use sealer::Parts;
pub use solo::{Config, Mode, Sealed, Solo};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
