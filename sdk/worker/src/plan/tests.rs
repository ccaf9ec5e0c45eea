use super::*;

fn terms() -> Terms {
    Terms {
        open: true,
        requester: Address::repeat_byte(1),
        offered_to: Address::ZERO,
        price: U256::from(10).pow(U256::from(15)),
        bond: U256::from(10).pow(U256::from(18)),
        take_by: 1_000,
        work_seconds: 60,
        infer_gas: 20_000,
        input_bytes: 64,
        output_bytes: 10,
        path_bytes: 0,
    }
}

fn situation() -> Situation {
    Situation {
        worker: Address::repeat_byte(2),
        now: 900,
        free_stake: U256::from(10).pow(U256::from(22)),
        gas_price: 1_000_000_000,
    }
}

const POLICY: Policy = Policy { min_price: U256::ONE, work_seconds_min: 5 };

#[test]
fn a_fair_job_is_taken() {
    assert_eq!(decide(&terms(), &situation(), &POLICY), Ok(()));
}

#[test]
fn every_reason_not_to_take_a_job_has_its_case() {
    let case = |change: fn(&mut Terms, &mut Situation, &mut Policy)| {
        let (mut terms, mut situation, mut policy) = (terms(), situation(), POLICY);
        change(&mut terms, &mut situation, &mut policy);
        decide(&terms, &situation, &policy).expect_err("skipped")
    };
    assert_eq!(case(|terms, _, _| terms.open = false), Skip::NotOpen);
    assert_eq!(case(|terms, at, _| terms.requester = at.worker), Skip::OwnJob);
    assert_eq!(case(|terms, _, _| terms.offered_to = Address::repeat_byte(3)), Skip::OfferedToAnother);
    assert_eq!(case(|terms, _, policy| policy.min_price = terms.price + U256::ONE), Skip::PriceTooLow);
    assert_eq!(case(|_, at, _| at.gas_price = 6_000_000_000), Skip::Unprofitable);
    assert_eq!(case(|terms, _, _| terms.infer_gas = u64::MAX), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.infer_gas = SUBMIT_GAS_MAX), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.output_bytes = 1 << 20), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.input_bytes = u64::MAX), Skip::TooLarge);
    assert_eq!(case(|terms, at, _| at.free_stake = terms.bond - U256::ONE), Skip::StakeTooSmall);
    assert_eq!(case(|terms, at, _| at.now = terms.take_by - 1), Skip::TooLate);
    assert_eq!(case(|_, at, _| at.now = u64::MAX), Skip::TooLate);
    assert_eq!(case(|terms, _, _| terms.work_seconds = 4), Skip::TooLate);
}

#[test]
fn each_job_has_one_worker_who_does_not_wait() {
    let workers: Vec<_> = (1..=5).map(Address::repeat_byte).collect();
    let mut first = [0; 5];
    for job in (1..=500).map(U256::from) {
        let waits: Vec<_> = workers.iter().map(|&worker| wait_ms(job, worker, workers.clone())).collect();
        let mut turns: Vec<_> = waits.iter().map(|wait| (wait / TURN_MS).min(TURNS)).collect();
        first[waits.iter().position(|&wait| wait == 0).expect("somebody begins")] += 1;
        turns.sort_unstable();
        assert_eq!(turns, [0, 1, 2, 3, 3]);
        assert!(waits.iter().all(|&wait| wait <= TURNS * TURN_MS + 4 * TURN_MS));
    }
    assert!(first.iter().all(|&count| count > 60), "{first:?}");
}

#[test]
fn alone_nobody_waits() {
    let me = Address::repeat_byte(9);
    assert!((0..50).all(|job| wait_ms(U256::from(job), me, [me]) == 0 && wait_ms(U256::from(job), me, []) == 0));
}

#[test]
fn the_cost_covers_what_chains_charge_for_calldata() {
    let mut terms = terms();
    let small = cost(&terms, 1).to::<u64>();
    assert!((91_000 + 122_000..260_000).contains(&small), "{small}");
    terms.input_bytes = 100_000;
    let large = cost(&terms, 1).to::<u64>();
    assert!(large > 91_000 + 21_000 + 100_000 * 40, "the floor of EIP-7623: {large}");
    terms.infer_gas = 5_000_000;
    let both = cost(&terms, 1).to::<u64>();
    assert!(both > 5_000_000 + 100_000 * 16, "execution above the floor: {both}");
    assert_eq!(cost(&terms, 3), U256::from(both) * U256::from(3));
}

#[test]
fn the_largest_job_of_the_registry_is_taken() {
    let terms = Terms { input_bytes: 100 << 10, output_bytes: 28 << 10, infer_gas: 900_000, ..terms() };
    let rich = Terms { price: U256::from(10).pow(U256::from(20)), ..terms };
    assert_eq!(decide(&rich, &situation(), &POLICY), Ok(()));
}
