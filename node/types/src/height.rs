//! Positions in the chain. No `From<u64>`: a height is made where it is read, never by accident.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Distance from genesis in blocks; genesis is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Height(u64);

impl Height {
    pub const GENESIS: Self = Self(0);

    pub const fn new(height: u64) -> Self {
        Self(height)
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    /// The height above this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A fixed range of heights with one committee (CHAIN.md C7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(u64);

impl Epoch {
    pub const fn new(epoch: u64) -> Self {
        Self(epoch)
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    /// The epoch that holds `height`, for epochs of `length` blocks. Epoch 0 holds genesis.
    pub const fn containing(height: Height, length: std::num::NonZeroU64) -> Self {
        Self(height.get() / length.get())
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
