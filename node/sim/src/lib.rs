//! Simulations. What cheating pays is in `economy`; the rest is a year of the institutions: the contracts of genesis as they are committed, run by the node's own executor (`evm`), with thousands of
//! stakers who join, leave, move and claim; validators who are down or sign twice; guardians who certify; edge nodes who compute; and
//! jobs that are paid for. It re-models nothing that a contract does, knows no consensus and no network, and nothing depends on it.
//!
//! * Y1 Everything is a transaction in a block, or what a block does by itself. Nobody signs transactions and nobody computes state
//!   roots; the keys of guardians and of who signs twice do sign.
//! * Y2 An epoch is a day of 600 blocks, 144 seconds each: the fewest in which all rounds of capacity of an epoch lie.
//! * Y3 The same settings give the same lines ([`Year::lines`]).
//! * Y4 The sums of `sums` hold: supply and reserve each day, all of them at the end. One that does not ends the run with its name.

mod agenda;
mod cast;
mod churn;
mod committee;
mod dice;
mod economy;
mod edge;
mod founding;
mod guardians;
mod market;
mod measures;
mod nodes;
mod plots;
mod report;
mod sums;
mod tallies;
mod world;
mod year;

pub use economy::{Economy, EconomySettings};
pub use year::{Settings, Year};

#[cfg(test)]
mod tests;
