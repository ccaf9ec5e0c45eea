//! What another core does while a block's transactions run, one after the other: it reads the accounts that they will ask
//! for, and computes the root of the list that they will probably be.

use alloy::primitives::{Address, B256};
use alloy_consensus::{Transaction as _, TxEnvelope, proofs::calculate_transaction_root, transaction::Recovered};
use edgeloom_state::View;
use std::sync::Arc;

/// Fewer transactions than this are not worth handing to another thread.
pub(crate) const APART_MIN: usize = 64;

/// A block's transactions, and their root.
pub(crate) struct Listed {
    pub(crate) transactions: Vec<TxEnvelope>,
    pub(crate) root: B256,
}

impl Listed {
    pub(crate) fn new(chosen: &[Arc<Recovered<TxEnvelope>>]) -> Self {
        let transactions: Vec<_> = chosen.iter().map(|transaction| transaction.inner().clone()).collect();
        Self { root: calculate_transaction_root(&transactions), transactions }
    }

    pub(crate) fn is_of(&self, chosen: &[Arc<Recovered<TxEnvelope>>]) -> bool {
        let hashes = chosen.iter().map(|transaction| transaction.tx_hash());
        self.transactions.iter().map(|transaction| transaction.tx_hash()).eq(hashes)
    }
}

/// Runs `run` on this thread while another reads the accounts of `transactions`, and then does `more`.
pub(crate) fn while_reading<'t, T, M: Send>(
    view: &View,
    transactions: impl Iterator<Item = Recovered<&'t TxEnvelope>> + Send,
    run: impl FnOnce() -> T,
    more: impl FnOnce() -> M + Send,
) -> (T, M) {
    let mut done = None;
    let ran = rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            view.read_ahead(transactions.flat_map(accounts));
            done = Some(more());
        });
        run()
    });
    (ran, done.expect("a scope waits for what it spawned"))
}

fn accounts(transaction: Recovered<&TxEnvelope>) -> impl Iterator<Item = Address> {
    [Some(transaction.signer()), transaction.to()].into_iter().flatten()
}
