//! What the kernels of the precompiles refuse, by the million, and what other implementations say of the same bytes. This
//! crate knows no EVM and no chain: it calls the kernels as their other users do, and judges them by how a case was made.
//!
//! * K1 Case `i` of seed `s` is a function of `(s, i)`.
//! * K2 A case is a true claim, which must hold, and a false one made of it by its class, which must not. The true one is looked
//!   at in one case of eight where that costs a pairing.
//! * K3 A claim that peers can judge is given to two of them, as it is and with bytes changed: they must say what the
//!   kernel says.
//! * K4 A planted fault ([`Fault`]) turns every class that it concerns red.

mod bls;
mod class;
mod dice;
mod fault;
mod peer;

pub use bls::{Tally, compare, negatives};
pub use class::Class;
pub use fault::Fault;
pub use peer::Peer;

#[cfg(test)]
mod tests;
