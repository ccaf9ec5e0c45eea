//! What an inspector's results are made of, beside the [`crate::Replay`] that ran.

use crate::overlay::Overlay;
use alloy::primitives::{Address, B256, U256};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use alloy_evm::FromRecoveredTx;
use revm::{Database, DatabaseRef, bytecode::Bytecode, context::TxEnv, state::AccountInfo};
use std::{cell::RefCell, fmt};

/// A signed transaction as the machine takes it.
pub fn signed(transaction: Recovered<&TxEnvelope>) -> TxEnv {
    let (transaction, sender) = transaction.into_parts();
    TxEnv::from_recovered_tx(transaction, sender)
}

/// An [`Overlay`] behind a shared reference: what is read stays in the overlay for the next who asks.
pub struct Reader<'a, DB>(RefCell<&'a mut Overlay<DB>>);

impl<'a, DB> Reader<'a, DB> {
    pub const fn new(overlay: &'a mut Overlay<DB>) -> Self {
        Self(RefCell::new(overlay))
    }
}

impl<DB: Database> DatabaseRef for Reader<'_, DB> {
    type Error = DB::Error;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        self.0.borrow_mut().basic(address)
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        self.0.borrow_mut().code_by_hash(code_hash)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        self.0.borrow_mut().storage(address, slot)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Self::Error> {
        self.0.borrow_mut().block_hash(number)
    }
}

impl<DB> fmt::Debug for Reader<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}
