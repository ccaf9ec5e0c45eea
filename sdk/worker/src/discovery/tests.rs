use edgeloom_index_api::{Phase, Reason};

use super::*;

fn row(id: u64) -> JobRow {
    JobRow {
        id,
        order: id,
        kind: 1,
        requester: String::new(),
        model_id: String::new(),
        price_wei: "1".to_owned(),
        bond_wei: "1".to_owned(),
        phase: Phase::Open,
        reason: Reason::Running,
        worker: None,
        input_bytes: 0,
        input_hash: String::new(),
        output_bytes: None,
        evidence: None,
        paid_wei: None,
        fee_wei: None,
        burned_wei: None,
        take_by: 0,
        work_seconds: 1,
        submit_by: None,
        posted_block: id,
        posted_tx: String::new(),
        posted_ms: 0,
        taken_block: None,
        taken_tx: None,
        taken_ms: None,
        closed_block: None,
        closed_tx: None,
        closed_ms: None,
    }
}

fn peer(address: Address, last_block: u64) -> WorkerRow {
    WorkerRow {
        address: format!("{address:#x}"),
        stake_wei: "1".to_owned(),
        free_wei: "1".to_owned(),
        locked_wei: "0".to_owned(),
        node: Some(1),
        unbonding_wei: "0".to_owned(),
        unbonding_until: None,
        slashed_wei: "0".to_owned(),
        earned_wei: "0".to_owned(),
        jobs_taken: 0,
        jobs_settled: 0,
        jobs_rejected: 0,
        jobs_missed: 0,
        first_block: 0,
        first_ms: 0,
        last_block,
        last_ms: 0,
    }
}

const ME: Address = Address::repeat_byte(1);
const OTHER: Address = Address::repeat_byte(2);

#[test]
fn jobs_come_in_order_and_only_once() {
    let now = Instant::now();
    let mut discovery = Discovery::new(ME);
    assert!(!discovery.add(vec![row(2), row(1)], Some("c".to_owned()), now));
    assert_eq!(discovery.query().expect("room").after.as_deref(), Some("c"));
    discovery.add(vec![row(2)], None, now);
    assert_eq!(discovery.query().expect("room").after.as_deref(), Some("c"), "an empty page keeps the place");
    let ids = [(); 2].map(|()| discovery.next(now).expect("due").id);
    assert_eq!(ids, [U256::from(1), U256::from(2)]);
    assert!(discovery.next(now).is_none() && discovery.due().is_none());
}

#[test]
fn a_job_that_is_put_back_waits() {
    let now = Instant::now();
    let mut discovery = Discovery::new(ME);
    discovery.add(vec![row(1)], None, now);
    let candidate = discovery.next(now).expect("due");
    discovery.again(candidate, now + Duration::from_secs(5));
    assert!(discovery.next(now).is_none());
    assert_eq!(discovery.due(), Some(now + Duration::from_secs(5)));
    assert!(discovery.next(now + Duration::from_secs(6)).is_some());
}

#[test]
fn a_full_queue_asks_for_nothing_more() {
    let now = Instant::now();
    let mut discovery = Discovery::new(ME);
    for id in 0..QUEUE_MAX as u64 {
        discovery.add(vec![row(id)], None, now);
    }
    assert!(discovery.query().is_none());
    discovery.next(now);
    assert!(discovery.query().is_some());
}

#[test]
fn a_peer_that_lets_its_turns_pass_is_not_waited_for_until_it_works_again() {
    let now = Instant::now();
    let mut discovery = Discovery::new(ME);
    discovery.meet(&[peer(ME, 1), peer(OTHER, 5)]);
    let behind: Vec<u64> = (1..200).filter(|&id| plan::wait_ms(U256::from(id), ME, [OTHER]) > 0).take(4).collect();
    discovery.add(vec![row(behind[0])], None, now);
    assert!(discovery.next(now).is_none(), "it is the other's turn");

    discovery.took(U256::from(behind[0]));
    discovery.took(U256::from(behind[1]));
    discovery.add(vec![row(behind[2])], None, now);
    assert_eq!(discovery.next(now).map(|candidate| candidate.id), Some(U256::from(behind[2])));

    discovery.meet(&[peer(OTHER, 6)]);
    discovery.add(vec![row(behind[3])], None, now);
    assert!(discovery.next(now).is_none(), "it is back");
}
