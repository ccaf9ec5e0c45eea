use alloy::primitives::Address;
use edgeloom_bindings::IDisputes::{self, IDisputesEvents};
use edgeloom_sdk::DisputeEvent;

use super::*;

const DAY: u64 = 86_400;

#[test]
fn others_are_left_to_ask_for_half_of_the_time() {
    let terms = DisputeTerms { claim_min: U256::ONE, challenge_min: U256::ONE, window: DAY, turn: 3_600, hold: 10 };
    let claim = B256::repeat_byte(1);
    let mut proceedings = Proceedings::new(claim, 0);
    let log = |proceedings: &mut Proceedings, event| {
        proceedings.apply(DisputeEvent { event, block: 1, log: 0, tx: B256::ZERO });
    };
    let leaves = |proceedings: &Proceedings, now| leaves_to_others(proceedings, now, (1_000, &terms));
    assert!(!leaves(&proceedings, 1_000), "nobody asks");
    let (thread, challenger, tree) = (U256::ONE, Address::repeat_byte(2), Tree::Trace);
    let opened = IDisputes::Challenged { claimId: claim, thread, challenger, tree, bond: 1 };
    log(&mut proceedings, IDisputesEvents::Challenged(opened));
    assert!(leaves(&proceedings, 999 + DAY / 2));
    assert!(!leaves(&proceedings, 1_000 + DAY / 2), "they may stall");
    let (returned, paid) = (U256::ZERO, U256::ZERO);
    let ended = IDisputes::ThreadClosed { claimId: claim, thread, challenger, returned, paid };
    log(&mut proceedings, IDisputesEvents::ThreadClosed(ended));
    assert!(!leaves(&proceedings, 1_000), "nobody asks any more");
}
