//! What the rest of the node hears when a block is final.

use edgeloom_chain::{Decided, next_base_fee};
use edgeloom_txpool::Pool;
use edgeloom_types::Height;

/// The newest final height, set once its block is durable. It only wakes readers, who read the store for what they have
/// not seen.
pub type Feed = tokio::sync::watch::Sender<Height>;

/// Tells the pool, then the readers.
pub(crate) fn publish(decided: &Decided, pool: &Pool, feed: &Feed) {
    pool.decided(&decided.accounts, next_base_fee(decided.block.header()));
    feed.send_replace(decided.block.height());
}

#[cfg(test)]
mod tests;
