//! What the rest of the node hears when a block is final.

use alloy::primitives::{Address, B256};
use alloy_consensus::Transaction as _;
use edgeloom_chain::Decided;
use edgeloom_txpool::Pool;
use edgeloom_types::Height;
use std::collections::BTreeMap;

/// The newest final height, set once its block is durable. It only wakes readers, who read the store for what they have
/// not seen.
pub type Feed = tokio::sync::watch::Sender<Height>;

/// Tells the pool, then the readers.
pub(crate) fn publish(decided: &Decided, pool: &Pool, feed: &Feed) {
    let transactions = &decided.block.block().transactions;
    let mut nonces = BTreeMap::<Address, u64>::new();
    for (transaction, sender) in transactions.iter().zip(&decided.senders) {
        nonces.insert(*sender, transaction.nonce().saturating_add(1));
    }
    let nonces: Vec<_> = nonces.into_iter().collect();
    let included: Vec<B256> = transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
    pool.decided(&nonces, &included, &[]);
    feed.send_replace(decided.block.height());
}
