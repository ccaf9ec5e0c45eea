//! Conservation of native supply (CHAIN.md C5): over a block, the sum of balance changes plus everything burned is zero.
//! Each burn is counted where it happens; nothing is ever taken as the rest.

use crate::{Invalid, overlay::Overlay};
use alloy::primitives::{I256, U256};
use revm::{Database, state::EvmState};

/// The running sums of one block.
#[derive(Debug, Default)]
pub(crate) struct Supply {
    /// Signed sum of balance changes, wei. Balances sum to far less than 2^255 wei.
    change: I256,
    burned: U256,
}

impl Supply {
    /// Adds the balance changes of a transaction that is about to be committed.
    ///
    /// # Errors
    /// When an account's earlier balance cannot be read.
    pub(crate) fn count<D: Database>(&mut self, before: &mut Overlay<D>, state: &EvmState) -> Result<(), D::Error> {
        for (address, touched) in state.iter().filter(|(_, touched)| touched.is_touched()) {
            let old = before.basic(*address)?.map_or(U256::ZERO, |info| info.balance);
            let new = if touched.is_selfdestructed() { U256::ZERO } else { touched.info.balance };
            // Addition modulo 2^256: the order of accounts cannot matter.
            self.change = self.change.wrapping_add(I256::from_raw(new.wrapping_sub(old)));
        }
        Ok(())
    }

    pub(crate) fn burn(&mut self, wei: U256) {
        self.burned = self.burned.wrapping_add(wei);
    }

    /// What the block burned.
    ///
    /// # Errors
    /// [`Invalid::Conservation`].
    pub(crate) fn settle(self) -> Result<U256, Invalid> {
        if self.change.wrapping_add(I256::from_raw(self.burned)).is_zero() {
            Ok(self.burned)
        } else {
            Err(Invalid::Conservation { change: self.change, burned: self.burned })
        }
    }
}
