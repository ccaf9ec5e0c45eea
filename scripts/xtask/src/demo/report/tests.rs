use super::{super::Victims, *};

/// A run of two workers with two jobs each, in which everything held.
fn good() -> Report {
    let earner =
        |byte| Earner { address: Address::repeat_byte(byte), jobs: 2, earned: U256::from(20), indexed: U256::from(20) };
    Report {
        validators: 4,
        blocks: 9,
        posted: 4,
        settled: 4,
        correct: 3,
        same_as_local: 4,
        gas_per_inference: 100_000,
        latencies: vec![1.0, 2.0, 3.0, 4.0],
        workers: vec![earner(1), earner(2)],
        supply_conserved: true,
        roots: vec![B256::repeat_byte(7); 4],
        elapsed: Duration::from_secs(1),
        confusion: [[0; 10]; 10],
        recovery: Recovery {
            victims: Victims { validator: 3, worker: 1 },
            killed_at: 5,
            back_at: 5,
            worker_away_until: 6,
        },
        paid_after_return: 1,
    }
}

#[test]
fn what_does_not_hold_is_said_in_one_sentence() {
    type Spoil = fn(&mut Report);
    good().check().expect("everything holds");
    let cases: [(Spoil, &str); 8] = [
        (|run| run.settled = 3, "1 of 4 jobs were not paid"),
        (|run| run.same_as_local = 2, "2 answers differ from the local run of the same net"),
        (|run| run.supply_conserved = false, "the supply is not conserved"),
        (|run| run.roots[2] = B256::ZERO, "validators have different state roots at height 9"),
        (|run| run.workers[1].indexed = U256::from(19), "the index says worker"),
        (|run| run.recovery.back_at = 4, "validator 3 was killed at height 5 and came back at 4"),
        (|run| run.paid_after_return = 0, "worker 1 was paid for nothing after its return"),
        (|run| run.workers[0].jobs = 1, "a stranger was paid"),
    ];
    for (spoil, sentence) in cases {
        let mut run = good();
        spoil(&mut run);
        let error = run.check().expect_err(sentence).to_string();
        assert!(error.starts_with(sentence) && !error.contains('\n'), "{error}");
    }
}
