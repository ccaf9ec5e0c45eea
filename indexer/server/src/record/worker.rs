use super::{Stamp, address_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::WorkerRow;

/// A worker's stake and score, as its events add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    pub address: Address,
    /// That it runs.
    pub node: Option<u32>,
    pub free: U256,
    pub locked: U256,
    pub unbonding: U256,
    pub unbonding_until: Option<u64>,
    pub slashed: U256,
    pub earned: U256,
    pub jobs_taken: u64,
    pub jobs_settled: u64,
    pub jobs_rejected: u64,
    pub jobs_missed: u64,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// How a node's stake changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StakeMove {
    /// By staking, or from another node.
    Join,
    /// To another node.
    Leave,
    /// Unix seconds until which it is unbonding.
    StartUnbonding(u64),
    FinishUnbonding,
    Lock,
    Unlock,
    Slash,
}

/// An event takes more from a part of the stake than earlier events put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NegativeStake;

impl Worker {
    pub fn new(address: Address, at: &Stamp) -> Self {
        Self {
            address,
            node: None,
            free: U256::ZERO,
            locked: U256::ZERO,
            unbonding: U256::ZERO,
            unbonding_until: None,
            slashed: U256::ZERO,
            earned: U256::ZERO,
            jobs_taken: 0,
            jobs_settled: 0,
            jobs_rejected: 0,
            jobs_missed: 0,
            first_block: at.block,
            first_ms: at.ms,
            last_block: at.block,
            last_ms: at.ms,
        }
    }

    /// What backs work, wei. Saturates, though the supply is far below 256 bits.
    pub const fn stake(&self) -> U256 {
        self.free.saturating_add(self.locked)
    }

    /// # Errors
    /// [`NegativeStake`] when the events before this one are not all here. The worker is then as before.
    pub fn move_stake(&mut self, change: StakeMove, amount: U256) -> Result<(), NegativeStake> {
        let less = |part: U256| part.checked_sub(amount).ok_or(NegativeStake);
        let more = |part: U256| part.checked_add(amount).ok_or(NegativeStake);
        match change {
            StakeMove::Join => self.free = more(self.free)?,
            StakeMove::Leave => self.free = less(self.free)?,
            StakeMove::StartUnbonding(until) => {
                (self.free, self.unbonding) = (less(self.free)?, more(self.unbonding)?);
                self.unbonding_until = self.unbonding_until.max(Some(until));
            }
            StakeMove::FinishUnbonding => {
                self.unbonding = less(self.unbonding)?;
                if self.unbonding.is_zero() {
                    self.unbonding_until = None;
                }
            }
            StakeMove::Lock => (self.free, self.locked) = (less(self.free)?, more(self.locked)?),
            StakeMove::Unlock => (self.locked, self.free) = (less(self.locked)?, more(self.free)?),
            StakeMove::Slash => {
                // The contract rounds for itself: a few wei more than were set free, which jobs hold where there is no other.
                let held = amount.saturating_sub(self.free);
                let locked = self.locked.checked_sub(held).ok_or(NegativeStake)?;
                (self.free, self.locked, self.slashed) =
                    (self.free.saturating_sub(amount), locked, more(self.slashed)?);
            }
        }
        Ok(())
    }

    /// Runs the node of `before` from now on.
    pub fn take_over(&mut self, before: &mut Self) {
        self.node = before.node.take();
        self.free = std::mem::take(&mut before.free);
        self.locked = std::mem::take(&mut before.locked);
        self.unbonding = std::mem::take(&mut before.unbonding);
        self.unbonding_until = before.unbonding_until.take();
    }

    pub fn row(&self) -> WorkerRow {
        WorkerRow {
            address: address_text(&self.address),
            node: self.node,
            stake_wei: self.stake().to_string(),
            free_wei: self.free.to_string(),
            locked_wei: self.locked.to_string(),
            unbonding_wei: self.unbonding.to_string(),
            unbonding_until: self.unbonding_until,
            slashed_wei: self.slashed.to_string(),
            earned_wei: self.earned.to_string(),
            jobs_taken: self.jobs_taken,
            jobs_settled: self.jobs_settled,
            jobs_rejected: self.jobs_rejected,
            jobs_missed: self.jobs_missed,
            first_block: self.first_block,
            first_ms: self.first_ms,
            last_block: self.last_block,
            last_ms: self.last_ms,
        }
    }
}
