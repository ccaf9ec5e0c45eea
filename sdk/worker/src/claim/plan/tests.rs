use alloy::primitives::{Address, B256};
use edgeloom_bindings::IDisputes::Reason;

use super::*;

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

fn claim(phase: Phase, threads: u32) -> Claim {
    Claim {
        worker: Address::ZERO,
        claimedAt: 1_000,
        phase,
        reason: Reason::Running,
        threads,
        challenges: threads,
        bond: 1,
        convictedAt: 2_000,
        jobId: B256::ZERO,
        modelId: B256::ZERO,
        inputRoot: B256::ZERO,
        outputRoot: B256::ZERO,
        traceRoot: B256::ZERO,
        seal: B256::ZERO,
    }
}

fn standing(claim: &Claim, now: u64, planted: bool) -> Standing<'_> {
    let terms = DisputeTerms { claim_min: U256::ONE, challenge_min: U256::ONE, window: DAY, turn: HOUR, hold: 10 };
    Standing { claim, now, terms, planted, duty: None, idle: None }
}

#[test]
fn an_open_claim_is_answered_for_first_and_upheld_when_its_time_is_over() {
    let (quiet, disputed) = (claim(Phase::Open, 0), claim(Phase::Open, 1));
    let duty = Duty::CommitTrace(B256::repeat_byte(1));
    let busy = Standing { duty: Some(duty.clone()), idle: Some(U256::ONE), ..standing(&disputed, 5_000, false) };
    assert_eq!(next(busy.clone()), Step::Perform(duty));
    assert_eq!(next(Standing { duty: None, ..busy }), Step::Forfeit(U256::ONE));
    assert_eq!(next(standing(&quiet, 1_000 + DAY, false)), Step::Wait, "the last second counts");
    assert_eq!(next(standing(&quiet, 1_001 + DAY, false)), Step::Uphold);
    assert_eq!(next(standing(&disputed, 1_001 + DAY, false)), Step::Wait);
    assert_eq!(next(standing(&disputed, 1_001 + DAY, true)), Step::Reveal);
}

#[test]
fn a_canary_that_was_caught_is_shown_while_it_can_be() {
    let caught = claim(Phase::Convicted, 0);
    assert_eq!(next(standing(&caught, 2_000 + HOUR, true)), Step::Reveal);
    assert_eq!(next(standing(&caught, 2_001 + HOUR, true)), Step::Over);
    assert_eq!(next(standing(&caught, 2_001, false)), Step::Over);
    for phase in [Phase::Upheld, Phase::Canary] {
        assert_eq!(next(standing(&claim(phase, 0), 2_001, true)), Step::Over);
    }
}
