//! What another core does while a block's transactions run, one after the other: it reads the accounts that they will ask
//! for, and computes the root of the list that they will probably be.

use alloy::{
    eips::eip2718::Encodable2718 as _,
    primitives::{Address, B256},
};
use alloy_consensus::{Transaction as _, TxEnvelope, proofs::calculate_transaction_root, transaction::Recovered};
use edgeloom_state::View;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Fewer transactions than this are not worth handing to another thread.
pub(crate) const APART_MIN: usize = 64;

/// Most bytes that a transaction's list takes beside it.
const STRING_HEADER_BYTES: usize = 4;

type Candidate = Arc<Recovered<TxEnvelope>>;

/// A block's transactions, and their root.
pub(crate) struct Listed {
    pub(crate) transactions: Vec<TxEnvelope>,
    pub(crate) root: B256,
}

impl Listed {
    pub(crate) fn new(chosen: &[Candidate]) -> Self {
        let transactions: Vec<_> = chosen.iter().map(|transaction| transaction.inner().clone()).collect();
        Self { root: calculate_transaction_root(&transactions), transactions }
    }

    pub(crate) fn is_of(&self, chosen: &[Candidate]) -> bool {
        let hashes = chosen.iter().map(|transaction| transaction.tx_hash());
        self.transactions.iter().map(|transaction| transaction.tx_hash()).eq(hashes)
    }
}

/// The first of `candidates`, as many as a block of `gas` and `bytes` surely has room for.
pub(crate) fn fitting(candidates: &[Candidate], mut gas: u64, mut bytes: usize) -> &[Candidate] {
    let fits = |candidate: &&Candidate| {
        let left = gas.checked_sub(candidate.gas_limit());
        let room = bytes.checked_sub(candidate.encode_2718_len() + STRING_HEADER_BYTES);
        left.zip(room).map(|left| (gas, bytes) = left).is_some()
    };
    &candidates[..candidates.iter().take_while(fits).count()]
}

/// Runs `run` on this thread while another reads the accounts of `transactions`, and then does `more`. The other stops
/// reading when `run` has ended, and does not begin with `more` after that: nobody waits for it long.
pub(crate) fn while_reading<'t, T, M: Send>(
    view: &View,
    transactions: impl Iterator<Item = Recovered<&'t TxEnvelope>> + Send,
    run: impl FnOnce() -> T,
    more: impl FnOnce() -> M + Send,
) -> (T, Option<M>) {
    let (mut done, ended) = (None, AtomicBool::new(false));
    let ran = rayon::in_place_scope(|scope| {
        scope.spawn(|_| {
            let wanted = |_: &Address| !ended.load(Ordering::Relaxed);
            view.read_ahead(transactions.flat_map(accounts).take_while(wanted));
            if !ended.load(Ordering::Relaxed) {
                done = Some(more());
            }
        });
        let ran = run();
        ended.store(true, Ordering::Relaxed);
        ran
    });
    (ran, done)
}

fn accounts(transaction: Recovered<&TxEnvelope>) -> impl Iterator<Item = Address> {
    [Some(transaction.signer()), transaction.to()].into_iter().flatten()
}
