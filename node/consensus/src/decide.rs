//! What the rest of the node hears when a block is final.

use edgeloom_chain::{Decided, next_base_fee};
use edgeloom_txpool::Pool;
use std::sync::Arc;

/// Final blocks: each once, in order, durable before it is sent. A reader that falls behind the channel's capacity
/// reads what it missed from the store.
pub type Feed = tokio::sync::broadcast::Sender<Arc<Decided>>;

/// Tells the pool, then the readers.
pub(crate) fn publish(decided: Arc<Decided>, pool: &Pool, feed: &Feed) {
    pool.decided(&decided.accounts, next_base_fee(decided.block.header()));
    // No reader is no fault: nobody may have asked for the feed.
    drop(feed.send(decided));
}

#[cfg(test)]
mod tests;
