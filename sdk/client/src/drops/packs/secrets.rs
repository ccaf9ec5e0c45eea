//! What a creator commits to.

use alloy::primitives::{B256, keccak256};

use crate::Error;

/// A creator's secrets, one for each round: of each the next one's hash is it. Who loses them loses the bond, and who shows one too early
/// lets others choose; never take them for two sales.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Of the last round.
    last: B256,
    rounds: u16,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Secrets").field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

impl Secrets {
    /// Of a seed that nobody can guess, for so many rounds, 1 to 512.
    ///
    /// # Errors
    /// [`Error::Settings`] for no rounds, or more.
    pub fn new(seed: B256, rounds: u16) -> Result<Self, Error> {
        match rounds {
            1..=512 => Ok(Self { last: keccak256(seed), rounds }),
            _ => Err(Error::Settings(format!("packs are sold in 1 to 512 rounds, not in {rounds}"))),
        }
    }

    /// How many rounds they are for.
    #[must_use]
    pub const fn rounds(&self) -> u16 {
        self.rounds
    }

    /// What a creator commits to.
    #[must_use]
    pub fn commitment(&self) -> B256 {
        self.hashed(self.rounds)
    }

    /// The secret of a round, from 0; `None` after the last.
    #[must_use]
    pub fn of(&self, round: u16) -> Option<B256> {
        Some(self.hashed(self.rounds.checked_sub(1)?.checked_sub(round)?))
    }

    fn hashed(&self, times: u16) -> B256 {
        (0..times).fold(self.last, |secret, _| keccak256(secret))
    }
}
