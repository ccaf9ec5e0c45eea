//! Checks that a contract on the chain was compiled from given sources: parse (`input`) → compile (`compile`, a bounded child
//! process) → compare (`compare`, pure) → one batch with the job's end (`queue`).
//!
//! F1 What a stranger submits is data: it is bounded before it is parsed, compiled by a process that has a deadline, a memory
//!    limit, no environment, an empty folder of its own and, where the system permits, no network and no privileges, and whose
//!    answer is bounded, too. Files of this machine are never read for a source.
//! F2 A submission is a row before it is answered. What was not finished when the process died starts again with it, three times.
//! F3 A contract counts as verified if its runtime code matches. Creation code and constructor arguments are checked, too,
//!    where the transaction that created it is found.
//! F4 A match is replaced only by a better one.

pub mod compare;
pub mod compile;
pub mod compilers;
pub mod input;
mod judge;
mod metadata;
pub mod output;
pub mod published;
pub mod queue;
mod trailer;

pub use judge::{Court, Refusal};
pub use metadata::standard_json;
