use super::*;
use crate::{
    decode::decode,
    testing::{
        Blocks, ETHER, MODEL, NODE, REQUESTER, Tx, WORKER, busy, cancel, closed, opening, post, post_many, settle,
        slash, take, take_of, theta,
    },
};
use alloy::primitives::{aliases::U40, keccak256};
use edgeloom_bindings::{IEdgeStaking, IJobMarket, IStakeBook, addresses};
use edgeloom_index_api::{JobEventKind, Phase, Reason};

const PRICE: u128 = 3 * ETHER;
const OTHER: Address = Address::repeat_byte(0x77);

fn project(blocks: &Blocks) -> Result<Rows, Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn after(txs: Vec<Tx>) -> Result<Rows, Inconsistent> {
    let mut blocks = Blocks::new(0);
    blocks.push(opening());
    for tx in txs {
        blocks.push(vec![tx]);
    }
    project(&blocks)
}

fn contradiction(txs: Vec<Tx>) -> Contradiction {
    after(txs).expect_err("contradicts").what
}

#[test]
fn a_job_lives_from_posted_to_settled() {
    let rows = after(vec![post(1, PRICE), take(1, PRICE), settle(1, PRICE)]).unwrap();
    let row = rows.jobs[&1].row();
    assert_eq!((row.phase, row.reason), (Phase::Settled, Reason::CorrectAnswer));
    assert_eq!((row.price_wei.as_str(), row.paid_wei.as_deref()), ("3000000000000000000", Some("3000000000000000000")));
    assert_eq!(row.requester, "0x1111111111111111111111111111111111111111");
    assert_eq!(row.worker.as_deref(), Some("0x2222222222222222222222222222222222222222"));
    assert_eq!((row.posted_block, row.taken_block, row.closed_block), (2, Some(3), Some(4)));
    assert_eq!(
        (row.posted_ms, row.taken_ms, row.closed_ms),
        (1_700_000_000_500, Some(1_700_000_000_750), Some(1_700_000_001_000))
    );
    assert_eq!((row.input_bytes, row.output_bytes), (64, Some(10)));
    assert_eq!(row.input_hash, keccak256([1; 64]).to_string());
    assert_eq!((rows.inputs, rows.outputs), (vec![(1, vec![1; 64].into())], vec![(1, vec![7; 10].into())]));
    assert_eq!((row.take_by, row.work_seconds, row.submit_by), (1_700_000_600, 60, Some(1_700_000_900)));
    let history: Vec<_> = rows.job_events.iter().map(|event| (event.kind, event.phase, event.actor)).collect();
    assert_eq!(
        history,
        [
            (JobEventKind::Posted, Phase::Open, REQUESTER),
            (JobEventKind::Taken, Phase::Taken, WORKER),
            (JobEventKind::Answered, Phase::Taken, WORKER),
            (JobEventKind::Closed, Phase::Settled, WORKER),
        ]
    );
    let worker = &rows.workers[&WORKER];
    assert_eq!((worker.jobs_taken, worker.jobs_settled, worker.earned), (1, 1, U256::from(PRICE)));
    assert_eq!((worker.free, worker.locked), (U256::from(20_000 * ETHER), U256::ZERO));
    assert_eq!((rows.models[&MODEL].jobs_posted, rows.models[&MODEL].jobs_settled), (1, 1));
}

#[test]
fn every_other_ending_has_its_phase_reason_and_cost() {
    let wrong = after(vec![post(1, PRICE), take(1, PRICE), slash(1, PRICE, IJobMarket::Reason::WrongAnswer)]).unwrap();
    assert_eq!((wrong.jobs[&1].phase, wrong.jobs[&1].reason), (Phase::Rejected, Reason::WrongAnswer));
    let worker = &wrong.workers[&WORKER];
    assert_eq!((worker.jobs_rejected, worker.jobs_missed, worker.earned), (1, 0, U256::ZERO));
    assert_eq!((worker.slashed, worker.locked), (U256::from(PRICE), U256::ZERO));
    assert_eq!(worker.stake(), U256::from(20_000 * ETHER - PRICE));
    assert_eq!(wrong.jobs[&1].paid, None);

    let silent =
        after(vec![post(1, PRICE), take(1, PRICE), slash(1, PRICE, IJobMarket::Reason::NotSubmitted)]).unwrap();
    assert_eq!((silent.jobs[&1].phase, silent.jobs[&1].reason), (Phase::Expired, Reason::NotSubmitted));
    assert_eq!((silent.workers[&WORKER].jobs_rejected, silent.workers[&WORKER].jobs_missed), (0, 1));

    let cancelled = after(vec![post(1, PRICE), cancel(1, 1)]).unwrap();
    assert_eq!((cancelled.jobs[&1].phase, cancelled.jobs[&1].reason), (Phase::Cancelled, Reason::CancelledByRequester));
    assert_eq!((cancelled.jobs[&1].worker, cancelled.jobs[&1].evidence), (None, None));
    assert_eq!(cancelled.workers.len(), 1, "nobody took it");
}

#[test]
fn jobs_of_an_order_live_each_for_itself() {
    let inputs = [[1; 64], [2; 64], [3; 64]].concat();
    let rows = after(vec![post_many(5, PRICE, 3, inputs.clone()), take_of(5, 6, PRICE), cancel(5, 2)]).unwrap();
    let phases: Vec<_> = rows.jobs.values().map(|job| (job.id, job.order, job.phase)).collect();
    assert_eq!(phases, [(5, 5, Phase::Cancelled), (6, 5, Phase::Taken), (7, 5, Phase::Cancelled)]);
    assert_eq!(rows.jobs[&6].input_hash, keccak256([2; 64]));
    assert_eq!(rows.inputs[2], (7, vec![3; 64].into()));
    assert_eq!(rows.models[&MODEL].jobs_posted, 3);
    let closed = rows.job_events.iter().filter(|event| event.kind == JobEventKind::Closed);
    assert_eq!(closed.map(|event| event.job).collect::<Vec<_>>(), [5, 7]);
    let miscounted = vec![post_many(5, PRICE, 3, inputs), take_of(5, 6, PRICE), cancel(5, 3)];
    assert!(matches!(contradiction(miscounted), Contradiction::JobPhase(5)));
}

#[test]
fn stake_is_free_locked_unbonding_or_slashed() {
    let amount = U256::from(4 * ETHER);
    let until = 1_701_382_400;
    let staking = |tx: Tx| Tx { to: alloy::primitives::TxKind::Call(addresses::EDGE_STAKING), ..tx };
    let release = U40::from(until);
    let (node, source) = (NODE, WORKER);
    let start = IStakeBook::Unstaked { node, source, amount, shares: amount, epoch: 0, release };
    let start = staking(theta(WORKER, WORKER, 0)).log(addresses::EDGE_STAKING, &start);
    let rows = after(vec![start.clone()]).unwrap();
    let row = rows.workers[&WORKER].row();
    assert_eq!((row.unbonding_wei.as_str(), row.unbonding_until), ("4000000000000000000", Some(until)));
    assert_eq!(row.stake_wei, (19_996 * ETHER).to_string());
    let done = IStakeBook::Redeemed { node, source, amount, lost: U256::ZERO };
    let rows = after(vec![start, staking(theta(WORKER, WORKER, 0)).log(addresses::EDGE_STAKING, &done)]).unwrap();
    let row = rows.workers[&WORKER].row();
    assert_eq!((row.unbonding_wei.as_str(), row.unbonding_until), ("0", None));
}

/// The contract rounds for itself: a slash can take a few wei more than the job's bond, and all else may be locked to other jobs.
#[test]
fn a_slash_may_take_a_little_of_what_other_jobs_lock() {
    let all = 20_000 * ETHER;
    let unstaked = IStakeBook::Unstaked {
        node: NODE,
        source: WORKER,
        amount: U256::from(all - 2 * PRICE),
        shares: U256::ZERO,
        epoch: 0,
        release: U40::ZERO,
    };
    let mut slashed = slash(1, PRICE, IJobMarket::Reason::NotSubmitted);
    let lost = IStakeBook::NodeSlashed {
        node: NODE,
        epoch: 0,
        lost: U256::from(PRICE + 2),
        unstaking: U256::ZERO,
        toReporter: U256::ZERO,
        reporter: Address::ZERO,
        reason: 4,
    };
    slashed.logs.pop();
    let slashed = slashed.log(addresses::EDGE_STAKING, &lost);
    let leaves = Tx::new(WORKER, addresses::EDGE_STAKING).log(addresses::EDGE_STAKING, &unstaked);
    let rows = after(vec![post(1, PRICE), take(1, PRICE), post(2, PRICE), take(2, PRICE), leaves, slashed]).unwrap();
    let worker = &rows.workers[&WORKER];
    assert_eq!((worker.free, worker.locked), (U256::ZERO, U256::from(PRICE - 2)));
    assert_eq!(worker.slashed, U256::from(PRICE + 2));
}

#[test]
fn events_without_their_past_are_contradictions() {
    assert!(matches!(contradiction(vec![take(1, PRICE)]), Contradiction::JobUnknown(1)));
    assert!(matches!(contradiction(vec![post(1, PRICE), post(1, PRICE)]), Contradiction::JobKnown(1)));
    assert!(matches!(contradiction(vec![post(1, PRICE), settle(1, PRICE)]), Contradiction::JobPhase(1)));
    let settled = vec![post(1, PRICE), take(1, PRICE), settle(1, PRICE), cancel(1, 1)];
    assert!(matches!(contradiction(settled), Contradiction::JobPhase(1)));
    assert!(matches!(contradiction(opening()), Contradiction::ModelKnown(MODEL)));
    let unknown = closed(1, (IJobMarket::Phase::Untaken, IJobMarket::Reason::Running), Address::ZERO, 0);
    let unknown = Tx::new(REQUESTER, addresses::JOB_MARKET).log(addresses::JOB_MARKET, &unknown);
    assert!(matches!(contradiction(vec![post(1, PRICE), take(1, PRICE), unknown]), Contradiction::JobEnum(1)));
    let huge = IJobMarket::JobAnswered { jobId: U256::MAX, output: Default::default() };
    let huge = Tx::new(REQUESTER, addresses::JOB_MARKET).log(addresses::JOB_MARKET, &huge);
    assert!(matches!(contradiction(vec![huge]), Contradiction::JobNumber(U256::MAX)));
    let unlocked = |node| {
        let (one, market) = (U256::from(1), addresses::JOB_MARKET);
        let unlocked = IEdgeStaking::Unlocked { worker: WORKER, node, jobId: one, amount: one, market };
        Tx::new(WORKER, addresses::EDGE_STAKING).log(addresses::EDGE_STAKING, &unlocked)
    };
    assert!(matches!(contradiction(vec![unlocked(NODE)]), Contradiction::Stake(NODE)));
    assert!(matches!(contradiction(vec![unlocked(NODE + 1)]), Contradiction::NodeUnknown(2)));
}

#[test]
fn a_node_takes_its_stake_to_whoever_runs_it_next() {
    let of_book = |log: &dyn Fn(Tx) -> Tx| log(Tx::new(WORKER, addresses::EDGE_STAKING));
    let changed = IStakeBook::OperatorChanged { node: NODE, before: WORKER, operator: REQUESTER };
    let moved = IStakeBook::Redelegated {
        from: NODE,
        to: NODE + 1,
        source: WORKER,
        amount: U256::from(ETHER),
        epoch: 0,
        until: U40::ZERO,
    };
    let other = IStakeBook::NodeRegistered { node: NODE + 1, owner: WORKER, operator: OTHER, role: 0 };
    let rows = after(vec![
        post(1, PRICE),
        take(1, PRICE),
        of_book(&|tx| tx.log(addresses::EDGE_STAKING, &changed)),
        settle(1, PRICE),
        of_book(&|tx| tx.log(addresses::EDGE_STAKING, &other).log(addresses::EDGE_STAKING, &moved)),
    ])
    .unwrap();
    let (old, new) = (&rows.workers[&WORKER], &rows.workers[&REQUESTER]);
    assert_eq!((old.node, old.stake(), old.jobs_settled), (None, U256::ZERO, 1));
    assert_eq!((new.node, new.free, new.locked), (Some(NODE), U256::from(19_999 * ETHER), U256::ZERO));
    assert_eq!(rows.workers[&OTHER].free, U256::from(ETHER));
}

/// Σ over workers of what the market paid, and of stake, equals what the jobs say.
#[test]
fn sums_over_rows_agree() {
    let rows = project(&busy(40)).unwrap();
    let sum = |amounts: &mut dyn Iterator<Item = U256>| amounts.fold(U256::ZERO, |sum, amount| sum + amount);
    let worker = &rows.workers[&WORKER];
    assert_eq!(rows.jobs.len(), 80);
    assert_eq!(worker.earned, sum(&mut rows.jobs.values().filter_map(|job| job.paid)));
    assert_eq!(worker.jobs_settled + worker.jobs_rejected + worker.jobs_missed, worker.jobs_taken);
    assert_eq!(worker.stake() + worker.slashed, U256::from(20_000 * ETHER));
    let lost = rows.jobs.values().filter(|job| matches!(job.phase, Phase::Rejected | Phase::Expired));
    assert_eq!(worker.slashed, sum(&mut lost.map(|job| job.bond)));
    assert!(worker.jobs_rejected > 0 && worker.jobs_missed > 0);
    let ids: Vec<u64> = rows.transfers.iter().map(|transfer| transfer.id).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    assert_eq!(ids.len(), 1 + 40 * 3);
}
