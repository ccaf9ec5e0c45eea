//! Properties of execution over a small state that applies deltas as a store would.

mod begin;
mod blocks;
mod burns;
mod calls;
mod contracts;
mod guardians;
mod stakers;
pub(crate) mod world;
