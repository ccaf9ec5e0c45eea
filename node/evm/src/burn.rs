//! Money that self-destruction burns: since EIP-6780 only what a contract created in the same transaction holds when it
//! names itself as heir, and what reaches it after that.

use alloy::primitives::{Address, U256};
use revm::{
    Inspector,
    interpreter::{CallInputs, CallOutcome, CreateInputs, CreateOutcome, interpreter::EthInterpreter},
};

/// Watches the self-destructs of a transaction. What a reverted frame did is forgotten.
#[derive(Debug, Default)]
pub(crate) struct SelfDestructs {
    /// Contracts that named themselves heir, with what they held, wei.
    own_heirs: Vec<(Address, U256)>,
    /// Length of `own_heirs` where each open frame began.
    frames: Vec<usize>,
}

impl SelfDestructs {
    /// Takes what contracts burned by naming themselves heir; only contracts that are `destroyed` in the end did.
    pub(crate) fn take_burned(&mut self, destroyed: impl Fn(&Address) -> bool) -> U256 {
        self.frames.clear();
        let burned = self.own_heirs.drain(..).filter(|(contract, _)| destroyed(contract));
        burned.fold(U256::ZERO, |sum, (_, wei)| sum.wrapping_add(wei))
    }

    fn leave(&mut self, kept: bool) {
        let start = self.frames.pop().unwrap_or(0);
        if !kept {
            self.own_heirs.truncate(start);
        }
    }
}

impl<C> Inspector<C, EthInterpreter> for SelfDestructs {
    fn call(&mut self, _: &mut C, _: &mut CallInputs) -> Option<CallOutcome> {
        self.frames.push(self.own_heirs.len());
        None
    }

    fn call_end(&mut self, _: &mut C, _: &CallInputs, outcome: &mut CallOutcome) {
        self.leave(outcome.result.is_ok());
    }

    fn create(&mut self, _: &mut C, _: &mut CreateInputs) -> Option<CreateOutcome> {
        self.frames.push(self.own_heirs.len());
        None
    }

    fn create_end(&mut self, _: &mut C, _: &CreateInputs, outcome: &mut CreateOutcome) {
        self.leave(outcome.result.is_ok());
    }

    fn selfdestruct(&mut self, contract: Address, heir: Address, wei: U256) {
        if contract == heir {
            self.own_heirs.push((contract, wei));
        }
    }
}
