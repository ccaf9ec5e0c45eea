//! What a claimant does next. Pure: everything it judges by is an argument.

use alloy::primitives::{B256, U256};
use edgeloom_bindings::IDisputes::{Claim, Phase, Reason};
use edgeloom_sdk::{DisputeTerms, Duty};

use crate::desk::Clock;

/// The moment of the decision.
#[derive(Clone, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) clock: Clock,
    pub(crate) terms: DisputeTerms,
    pub(crate) planted: bool,
    /// What the worker commits to as its trace.
    pub(crate) trace_root: B256,
    /// Somebody paid for an audit: nobody can find anything before the worker commits to its trace.
    pub(crate) audited: bool,
    /// What somebody waits for, and is not late.
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
    /// Show oneself that the claim is wrong: nobody else did.
    Refute,
    Reveal,
    Wait,
    Over,
}

pub(crate) fn next(standing: Standing<'_>) -> Step {
    let Standing { claim, clock, terms, planted, trace_root, audited, duty, idle } = standing;
    let ends = claim.claimedAt.saturating_add(terms.window);
    // To refute what others still could find cannot be taken back, to uphold too early is refused.
    let over = claim.threads == 0 && if planted { clock.head > ends } else { clock.now > ends };
    let unknown = claim.traceRoot.is_zero();
    match claim.phase {
        Phase::Open => match (duty, idle) {
            (Some(duty), _) => Step::Perform(duty),
            _ if unknown && (audited || (planted && over)) => Step::Perform(Duty::CommitTrace(trace_root)),
            (None, Some(thread)) => Step::Forfeit(thread),
            _ if over && planted => Step::Refute,
            _ if over => Step::Uphold,
            _ => Step::Wait,
        },
        // Nothing is lost by having been found out, but what the finder got.
        Phase::Convicted if planted && is_revealable(claim, clock.head, &terms) => Step::Reveal,
        _ => Step::Over,
    }
}

/// Who was silent cannot say that it was on purpose.
fn is_revealable(claim: &Claim, head: u64, terms: &DisputeTerms) -> bool {
    claim.reason == Reason::WrongElement && head <= claim.convictedAt.saturating_add(terms.turn)
}

#[cfg(test)]
mod tests;
