//! EIG/1 on graphics cards: a checked model is uploaded once and then run by compute shaders, whose traces are bit for bit those
//! of `edgeloom-edge-proof`. It knows that crate's models and one device through `wgpu` (Vulkan, Metal or DirectX 12); it does
//! not know the chain, jobs, proofs, files or threads, and it decides nothing about whether a card is to be trusted.
//!
//! [`Gpu::open`] chooses a card, [`Gpu::load`] gives a [`Program`], and that runs inputs. An operation is one file in `shaders/` and
//! one arm in [`shader`]; a model with an operation that has no shader is refused. All arithmetic is that of 32-bit integers, so
//! no card can round differently; sums are taken in any order, which G14 and arithmetic modulo 2^32 allow.

mod adapter;
mod error;
mod gpu;
mod program;
mod record;
mod shader;
mod trial;

pub use adapter::{Adapter, Choice, Kind};
pub use error::{DeviceError, LoadError, OpenError, RunError};
pub use gpu::Gpu;
pub use program::Program;
pub use trial::{Passed, Trial, TrialError};

#[cfg(test)]
mod tests;
