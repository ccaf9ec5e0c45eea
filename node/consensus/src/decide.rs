//! What the rest of the node hears when a block is final.

use alloy::primitives::{Address, B256};
use alloy_consensus::Transaction as _;
use edgeloom_chain::Decided;
use edgeloom_txpool::Pool;
use std::{collections::BTreeMap, sync::Arc};

/// Final blocks: each once, in order, durable before it is sent. A reader that falls behind the channel's capacity
/// reads what it missed from the store.
pub type Feed = tokio::sync::broadcast::Sender<Arc<Decided>>;

/// Tells the pool, then the readers.
pub(crate) fn publish(decided: Arc<Decided>, pool: &Pool, feed: &Feed) {
    let transactions = &decided.block.block().transactions;
    let mut nonces = BTreeMap::<Address, u64>::new();
    for (transaction, sender) in transactions.iter().zip(&decided.senders) {
        nonces.insert(*sender, transaction.nonce().saturating_add(1));
    }
    let nonces: Vec<_> = nonces.into_iter().collect();
    let included: Vec<B256> = transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
    pool.decided(&nonces, &included, &[]);
    // No reader is no fault: nobody may have asked for the feed.
    drop(feed.send(decided));
}
