//! Transactions that wait for a block. Admission decides from the transaction, what the caller says of its sender and
//! the block gas limit; this crate knows no state, no EVM, no network and no clock. Every queue in it is bounded.

mod entry;
mod gas;
mod lane;
mod pool;
mod rejection;
mod shelf;

pub use gas::{INITCODE_BYTES_MAX, TRANSACTION_GAS_MAX, floor_gas, intrinsic_gas};
pub use pool::{Limits, Origin, Pool, SenderState};
pub use rejection::{Rejection, TRANSACTION_BYTES_MAX};
