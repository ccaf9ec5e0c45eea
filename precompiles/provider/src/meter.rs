//! What is left of a call's gas, and how a call ends early.

use alloy::primitives::Bytes;
use alloy::sol_types::SolError;
use revm::precompile::PrecompileError;

/// How a call ends without an answer.
#[derive(Debug)]
pub(crate) enum Exit {
    OutOfGas,
    /// ABI-encoded custom error.
    Revert(Bytes),
    /// The node's own database failed: no verdict is possible.
    Fatal(PrecompileError),
}

impl Exit {
    pub(crate) fn revert(error: &impl SolError) -> Self {
        Self::Revert(error.abi_encode().into())
    }
}

/// Counts gas down from a call's limit.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: u64,
    left: u64,
    returned: u64,
}

impl Meter {
    pub(crate) const fn new(limit: u64) -> Self {
        Self { limit, left: limit, returned: 0 }
    }

    /// # Errors
    /// [`Exit::OutOfGas`] when less than `gas` is left.
    pub(crate) fn charge(&mut self, gas: u64) -> Result<(), Exit> {
        self.left = self.left.checked_sub(gas).ok_or(Exit::OutOfGas)?;
        Ok(())
    }

    /// Returns part of what was charged, for an account that the transaction had accessed before.
    pub(crate) const fn give_back(&mut self, gas: u64) {
        self.left += gas;
        self.returned += gas;
    }

    pub(crate) const fn used(&self) -> u64 {
        self.limit - self.left
    }

    /// What the same work takes when nothing was accessed before.
    pub(crate) const fn used_cold(&self) -> u64 {
        self.used() + self.returned
    }
}
