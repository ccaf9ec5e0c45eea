//! Transactions without a signature of their own, from accounts whose key nobody has.

use crate::Solo;
use alloy::primitives::{Address, Signature, U256};
use alloy_consensus::{TxEnvelope, TypedTransaction, transaction::Recovered};
use std::collections::HashSet;

/// Most accounts at a time.
const ACCOUNTS_MAX: usize = 65_536;

/// "impersonated", in front of the address that stands for a signature's r.
const MARK: [u8; 12] = *b"impersonated";

#[derive(Debug, Default)]
pub(crate) struct Impersonated {
    all: bool,
    accounts: HashSet<Address>,
}

impl Solo {
    /// False when there are too many.
    pub fn impersonate(&self, address: Address) -> bool {
        let mut impersonated = self.impersonated.lock();
        let room = impersonated.accounts.len() < ACCOUNTS_MAX;
        if room {
            impersonated.accounts.insert(address);
        }
        room
    }

    pub fn stop_impersonating(&self, address: Address) {
        self.impersonated.lock().accounts.remove(&address);
    }

    /// Everybody, or only those named.
    pub fn impersonate_all(&self, all: bool) {
        self.impersonated.lock().all = all;
    }

    pub fn impersonates(&self, address: &Address) -> bool {
        let impersonated = self.impersonated.lock();
        impersonated.all || impersonated.accounts.contains(address)
    }
}

/// `transaction` as if `sender` had signed it. What stands for the signature names the sender, so that the hashes of two
/// senders differ; it is no signature, and who sent is known from the block's senders alone.
pub fn unsigned(transaction: TypedTransaction, sender: Address) -> Recovered<TxEnvelope> {
    let mut r = [0; 32];
    r[..12].copy_from_slice(&MARK);
    r[12..].copy_from_slice(sender.as_slice());
    let mark = Signature::new(U256::from_be_bytes(r), U256::ONE, false);
    Recovered::new_unchecked(transaction.into_envelope(mark), sender)
}
