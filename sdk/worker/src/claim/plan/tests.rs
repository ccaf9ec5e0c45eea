use alloy::primitives::Address;

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
        bond: 1,
        convictedAt: 2_000,
        jobId: B256::ZERO,
        modelId: B256::ZERO,
        inputRoot: B256::ZERO,
        outputRoot: B256::ZERO,
        traceRoot: B256::repeat_byte(9),
        seal: B256::ZERO,
    }
}

fn standing(claim: &Claim, now: u64, planted: bool) -> Standing<'_> {
    let terms = DisputeTerms { claim_min: U256::ONE, challenge_min: U256::ONE, window: DAY, turn: HOUR, hold: 10 };
    let (clock, trace_root) = (Clock { head: now, now }, B256::repeat_byte(9));
    Standing { claim, clock, terms, planted, trace_root, audited: false, duty: None, idle: None }
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
    // The chain may make no block before somebody sends something.
    let clock = Clock { head: 1_000, now: 1_001 + DAY };
    assert_eq!(next(Standing { clock, ..standing(&quiet, 0, false) }), Step::Uphold);
}

#[test]
fn who_is_audited_commits_to_the_trace_once() {
    let known = claim(Phase::Open, 1);
    let unknown = Claim { traceRoot: B256::ZERO, ..known.clone() };
    let audited = |claim| Standing { audited: true, idle: Some(U256::ONE), ..standing(claim, 5_000, false) };
    assert_eq!(next(audited(&unknown)), Step::Perform(Duty::CommitTrace(B256::repeat_byte(9))));
    assert_eq!(next(audited(&known)), Step::Forfeit(U256::ONE));
    assert_eq!(next(Standing { audited: false, ..audited(&unknown) }), Step::Forfeit(U256::ONE));
    let closed = Claim { phase: Phase::Convicted, ..unknown };
    assert_eq!(next(audited(&closed)), Step::Over);
}

#[test]
fn a_canary_that_nobody_found_is_refuted_by_who_planted_it_once_nobody_else_can() {
    let (quiet, disputed) = (claim(Phase::Open, 0), claim(Phase::Open, 1));
    assert_eq!(next(standing(&quiet, 1_000 + DAY, true)), Step::Wait, "others may still find it");
    assert_eq!(next(standing(&quiet, 1_001 + DAY, true)), Step::Refute);
    assert_eq!(next(standing(&disputed, 1_001 + DAY, true)), Step::Wait, "they have a bond at stake");
    let unknown = Claim { traceRoot: B256::ZERO, ..quiet.clone() };
    assert_eq!(next(standing(&unknown, 1_000 + DAY, true)), Step::Wait);
    assert_eq!(
        next(standing(&unknown, 1_001 + DAY, true)),
        Step::Perform(Duty::CommitTrace(B256::repeat_byte(9))),
        "no element can be refuted of a claim without a trace"
    );
    // It cannot be taken back: this machine's clock is no reason.
    let clock = Clock { head: 1_000 + DAY, now: 1_001 + 2 * DAY };
    assert_eq!(next(Standing { clock, ..standing(&quiet, 0, true) }), Step::Wait);
}

#[test]
fn a_canary_that_was_refuted_is_shown_while_it_can_be() {
    let caught = Claim { reason: Reason::WrongElement, ..claim(Phase::Convicted, 0) };
    assert_eq!(next(standing(&caught, 2_000 + HOUR, true)), Step::Reveal);
    assert_eq!(next(standing(&caught, 2_001 + HOUR, true)), Step::Over);
    assert_eq!(next(standing(&caught, 2_001, false)), Step::Over);
    // Only the chain says that it is too late.
    let clock = Clock { head: 2_000 + HOUR, now: 2_000 + 2 * HOUR };
    assert_eq!(next(Standing { clock, ..standing(&caught, 0, true) }), Step::Reveal);
    let silent = Claim { reason: Reason::Silence, ..claim(Phase::Convicted, 0) };
    assert_eq!(next(standing(&silent, 2_000, true)), Step::Over, "its bond is lost");
    for phase in [Phase::Upheld, Phase::Canary] {
        let ended = Claim { phase, ..caught.clone() };
        assert_eq!(next(standing(&ended, 2_001, true)), Step::Over);
    }
}
