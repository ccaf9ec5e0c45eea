use alloy::primitives::{Address, Bytes};
use edgeloom_bindings::IDisputes::Reason;

use super::*;
use crate::journal::JournalError;

const HOUR: u64 = 3_600;

fn owed() -> [(Tree, Node, u64); 3] {
    let node = |index| Node { level: 3, index };
    [(Tree::Trace, node(0), 10_000), (Tree::Output, node(1), 11_000), (Tree::Trace, node(2), 20_000)]
}

#[test]
fn what_was_let_lie_for_half_its_time_is_answered_while_it_can_be() {
    let numbers = |head| neglected(&owed(), (head, HOUR)).iter().map(|(_, node)| node.index).collect::<Vec<_>>();
    assert!(numbers(8_200).is_empty(), "the worker has half of its time");
    assert_eq!(numbers(8_201), [0]);
    assert_eq!(numbers(10_000), [0, 1], "the last second counts");
    assert_eq!(numbers(10_001), [1], "what is too late hides nothing else");
    assert_eq!(numbers(20_000), [2]);
    assert!(neglected(&[], (10_000, HOUR)).is_empty());
}

#[test]
fn nobody_attests_to_a_claim_that_is_lost() {
    let record = |phase| Claim {
        worker: Address::ZERO,
        claimedAt: 0,
        phase,
        reason: Reason::Running,
        threads: 1,
        bond: 1,
        convictedAt: 0,
        jobId: B256::ZERO,
        modelId: B256::ZERO,
        inputRoot: B256::ZERO,
        outputRoot: B256::ZERO,
        traceRoot: B256::ZERO,
        seal: B256::ZERO,
    };
    assert!(!is_lost(&record(Phase::Open), &owed(), 10_000));
    assert!(is_lost(&record(Phase::Open), &owed(), 10_001));
    assert!(!is_lost(&record(Phase::Open), &[], 10_001));
    assert!(!is_lost(&record(Phase::Upheld), &owed(), 10_001));
    assert!(is_lost(&record(Phase::Convicted), &[], 0) && is_lost(&record(Phase::Canary), &[], 0));
}

#[test]
fn who_found_something_goes_on_whatever_the_node_says() {
    let revert = || CaseError::Chain(Error::Revert { data: Bytes::new() });
    let internal = Error::Rpc { method: String::new(), code: -32603, message: "internal error".to_owned() };
    assert!(!internal.is_transient());
    let internal = CaseError::Chain(internal);
    let kernel = CaseError::Kernel(String::new());
    assert!(goes_on(&internal, false) && goes_on(&internal, true));
    assert!(!goes_on(&revert(), false) && goes_on(&revert(), true));
    assert!(!goes_on(&kernel, false) && goes_on(&kernel, true));
    for found in [true, false] {
        assert!(!goes_on(&CaseError::Journal(JournalError::Stopped), found));
    }
}
