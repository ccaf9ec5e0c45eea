use super::*;
use crate::{
    decode::decode,
    testing::{
        REQUESTER, Tx, WORKER,
        market::{EVIDENCE, RATE, begun, collected, deals, extended, lease, lease_ended, lease_taken, offered},
    },
};
use edgeloom_index_api::MarketContract;

fn after(txs: Vec<Tx>) -> Result<Rows, super::super::Inconsistent> {
    let mut blocks = crate::testing::Blocks::new(0);
    blocks.push(txs);
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn ended(reason: ILeases::Reason) -> Rows {
    after(vec![
        lease(REQUESTER, &offered(1)),
        lease(WORKER, &lease_taken(1)),
        lease(WORKER, &begun(1)),
        lease(WORKER, &collected(1, 10, 9_500)),
        lease(REQUESTER, &extended(1)),
        lease(REQUESTER, &lease_ended(1, reason, 20, 9_500)),
    ])
    .expect("consistent")
}

#[test]
fn a_lease_lives_from_offered_to_ended() {
    let row = ended(ILeases::Reason::EndedByRequester).leases[&1].row();
    assert_eq!((row.phase, row.reason), (LeasePhase::Ended, Some(LeaseReason::EndedByRequester)));
    assert_eq!((row.ended_by.as_deref(), row.evidence), (Some(row.requester.as_str()), Some(EVIDENCE.to_string())));
    assert_eq!(row.worker.as_deref(), Some("0x2222222222222222222222222222222222222222"));
    assert_eq!((row.rate_wei.as_str(), row.bond_wei.as_str()), ("1000", "1000000000000000000"));
    assert_eq!((row.term_seconds, row.exhausts_at, row.served_seconds), (180, Some(1_700_000_181), 20));
    // What was collected, and the rest at the end: a twentieth of twenty seconds is the fee.
    assert_eq!((row.paid_wei.as_str(), row.fee_wei.as_str()), ("19000", "1000"));
    assert_eq!(row.refunded_wei, Some((160 * RATE).to_string()));
    assert_eq!((row.begin_by, row.spec_bytes, row.offered_to), (Some(1_700_000_660), 300, None));
    assert_eq!((row.taken_block, row.begun_block, row.ended_block), (Some(1), Some(1), Some(1)));
}

#[test]
fn every_reason_has_its_name() {
    use ILeases::Reason;
    let reasons = [
        (Reason::CancelledByRequester, LeaseReason::CancelledByRequester),
        (Reason::NotTaken, LeaseReason::NotTaken),
        (Reason::NotBegun, LeaseReason::NotBegun),
        (Reason::EndedByRequester, LeaseReason::EndedByRequester),
        (Reason::EndedByWorker, LeaseReason::EndedByWorker),
        (Reason::LeftEarly, LeaseReason::LeftEarly),
        (Reason::Exhausted, LeaseReason::Exhausted),
    ];
    for (code, name) in reasons {
        assert_eq!(ended(code).leases[&1].row().reason, Some(name));
    }
    let none = lease_ended(1, Reason::None, 1, 0);
    let wrong = after(vec![lease(REQUESTER, &offered(1)), lease(REQUESTER, &none)]).expect_err("no reason");
    assert!(matches!(wrong.what, Contradiction::LeaseEnum(1)));
}

#[test]
fn a_lease_that_nobody_offered_is_a_contradiction() {
    let wrong = after(vec![lease(WORKER, &lease_taken(1))]).expect_err("was never offered");
    assert!(matches!(wrong.what, Contradiction::LeaseUnknown(id) if id == U256::from(1)));
    let wrong = after(vec![lease(REQUESTER, &offered(1)), lease(REQUESTER, &offered(1))]).expect_err("twice");
    assert!(matches!(wrong.what, Contradiction::LeaseKnown(1)));
}

/// Every event is kept in its order, with who caused it, whatever rows make of it.
#[test]
fn all_events_of_the_market_are_kept() {
    let mut rows = Rows::default();
    for block in &deals().feed {
        rows.project(&decode(block).expect("a block of ours")).expect("consistent");
    }
    let of = |contract, subject: &str| {
        let its = rows.market_events.iter().filter(|event| event.contract == contract);
        let its = its.filter(|event| event.subject.as_deref() == Some(subject));
        its.map(|event| event.name.as_str()).collect::<Vec<_>>()
    };
    let names = ["LeaseOffered", "LeaseTaken", "LeaseBegun", "LeaseCollected", "LeaseExtended", "LeaseEnded"];
    assert_eq!(of(MarketContract::Leases, "1"), names);
    assert_eq!(of(MarketContract::PaymentPool, "1").len(), 9);
    let ids: Vec<_> = rows.market_events.iter().map(|event| event.id).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    let end = rows.market_events.iter().find(|event| event.name == "LeaseEnded" && event.evidence.is_some());
    let end = end.expect("lease 1 ended");
    assert_eq!((end.actor, end.reason.as_deref(), end.at.block), (REQUESTER, Some("endedByRequester"), 6));
    assert_eq!(rows.claims.len(), 3);
}
