//! What a claimant does next. Pure: everything it judges by is an argument.

use alloy::primitives::U256;
use edgeloom_bindings::IDisputes::{Claim, Phase};
use edgeloom_sdk::{DisputeTerms, Duty};

/// The moment of the decision.
#[derive(Clone, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) claim: &'a Claim,
    /// Unix seconds.
    pub(crate) now: u64,
    pub(crate) terms: DisputeTerms,
    pub(crate) planted: bool,
    /// What somebody waits for.
    pub(crate) duty: Option<Duty>,
    /// A thread whose challenger let its time pass.
    pub(crate) idle: Option<U256>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Answer, or commit to the trace.
    Perform(Duty),
    /// End a thread whose challenger was silent.
    Forfeit(U256),
    Uphold,
    Reveal,
    Wait,
    Over,
}

pub(crate) fn next(standing: Standing<'_>) -> Step {
    let Standing { claim, now, terms, planted, duty, idle } = standing;
    match claim.phase {
        Phase::Open => {
            let over = now > claim.claimedAt.saturating_add(terms.window);
            match (duty, idle) {
                (Some(duty), _) => Step::Perform(duty),
                (None, Some(thread)) => Step::Forfeit(thread),
                // Threads that still run have their bonds back then.
                _ if over && planted => Step::Reveal,
                _ if over && claim.threads == 0 => Step::Uphold,
                _ => Step::Wait,
            }
        }
        // Nothing is lost by having been found out, but what the finder got.
        Phase::Convicted if planted && now <= claim.convictedAt.saturating_add(terms.turn) => Step::Reveal,
        _ => Step::Over,
    }
}

#[cfg(test)]
mod tests;
