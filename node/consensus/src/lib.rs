//! `chain` as an application of the BFT engine: proposing, verifying, finalizing, epochs, block sync, and
//! transaction gossip. This crate knows no RPC and no command line. It owns the clock and the
//! network on behalf of `chain`, which knows neither; what is not final never leaves it.

mod application;
mod archive;
mod block;
mod bounded;
mod certificates;
mod committee;
mod decide;
mod driver;
mod equivocation;
mod gossip;
mod journal;
mod keys;
mod metrics;
pub mod network;
mod node;
mod resume;
pub mod simulation;
mod sync;
mod witness;

pub use decide::Feed;
pub use equivocation::{Equivocation, Equivocations};
pub use keys::{KeyError, ValidatorKeys};
