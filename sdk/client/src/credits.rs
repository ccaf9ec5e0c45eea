//! What contracts owe accounts (`ICredits`, which several contracts are).

use alloy::rpc::types::Log;
use edgeloom_bindings::ICredits::ICreditsEvents;

/// Whether a log tells of credits alone, which are none of what its contract is for.
pub(crate) fn is_of_credits(log: &Log) -> bool {
    log.topic0().is_some_and(|topic| ICreditsEvents::SELECTORS.contains(&topic.0))
}
