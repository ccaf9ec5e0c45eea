//! What the kernels of the precompiles refuse, by the million, and what other implementations say of the same bytes. This
//! crate knows no EVM and no chain: it calls the kernels as their other users do, and judges them by how a case was made.
//!
//! * K1 Case `i` of seed `s` is a function of `(s, i)`; of proofs that is a batch of cases, which share a model.
//! * K2 A case is a true claim, which must hold, and a false one made of it by its class, which must not. The true one is looked
//!   at in one case of eight where that costs a pairing.
//! * K3 A claim that peers can judge is given to two of them, as it is and with bytes changed: they must say what the
//!   kernel says.
//! * K4 A planted fault ([`Fault`], [`proofs::Fault`]) turns every class that it concerns red.
//! * K5 Of a step of a model, an honest proof is consistent; who runs the model with a byte changed, and commits to everything that
//!   follows from it, is convicted at the first element that differs; what is no proof is invalid, whatever it is made of.
//! * K6 What chance decides happens as often as its formula says, within three standard deviations.

mod bls;
mod class;
mod dice;
mod fault;
mod peer;
pub mod proofs;
mod tally;

pub use bls::{compare, negatives};
pub use class::Class;
pub use fault::Fault;
pub use peer::Peer;
pub use tally::Tally;

#[cfg(test)]
mod tests;
