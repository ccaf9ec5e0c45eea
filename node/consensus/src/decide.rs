//! What the rest of the node hears when a block is final.

use edgeloom_chain::{Decided, Terms};
use edgeloom_txpool::Pool;
use edgeloom_types::Height;

/// The newest final height, set once its block is durable. It only wakes readers, who read the store for what they have
/// not seen.
pub type Feed = tokio::sync::watch::Sender<Height>;

/// Tells the pool, then the readers.
pub(crate) fn publish(decided: &Decided, terms: &Terms, pool: &Pool, feed: &Feed) {
    pool.decided(&decided.accounts, terms.next_base_fee(decided.block.header()));
    feed.send_replace(decided.block.height());
}

#[cfg(test)]
mod tests;
