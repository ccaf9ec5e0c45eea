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
        effort: executed(20_000, 64, 10),
    }
}

fn executed(infer_gas: u64, input_bytes: u64, output_bytes: u64) -> Effort {
    Effort::Executed { infer_gas, input_bytes, output_bytes, path_bytes: 0 }
}

/// Of 10 TFUEL, of which the entry takes 4.5 and the market 0.5.
fn claimed() -> Terms {
    let [price, dues, deposit] = [10, 5, 100].map(|tfuel| U256::from(tfuel) * U256::from(10).pow(U256::from(18)));
    let effort = Effort::Claimed { sealed: false, output_bytes: 10, path_bytes: 0, dues, deposit };
    Terms { price, effort, ..terms() }
}

fn situation() -> Situation {
    Situation {
        worker: Address::repeat_byte(2),
        now: 900,
        free_stake: U256::from(10).pow(U256::from(22)),
        balance: U256::from(10).pow(U256::from(22)),
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
    assert_eq!(case(|terms, _, _| terms.effort = executed(u64::MAX, 64, 10)), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.effort = executed(SUBMIT_GAS_MAX, 64, 10)), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.effort = executed(20_000, 64, 1 << 20)), Skip::TooLarge);
    assert_eq!(case(|terms, _, _| terms.effort = executed(20_000, u64::MAX, 10)), Skip::TooLarge);
    assert_eq!(case(|terms, at, _| at.free_stake = terms.bond - U256::ONE), Skip::StakeTooSmall);
    assert_eq!(case(|terms, at, _| at.now = terms.take_by - 1), Skip::TooLate);
    assert_eq!(case(|_, at, _| at.now = u64::MAX), Skip::TooLate);
    assert_eq!(case(|terms, _, _| terms.work_seconds = 4), Skip::TooLate);
}

#[test]
fn a_claim_is_made_for_what_is_left_of_its_price() {
    assert_eq!(decide(&claimed(), &situation(), &POLICY), Ok(()));
    let tfuel = U256::from(10).pow(U256::from(18));
    let Effort::Claimed { dues, deposit, .. } = claimed().effort else { panic!("a claim") };
    let cheap = Terms { price: dues, ..claimed() };
    assert_eq!(decide(&cheap, &situation(), &POLICY), Err(Skip::Unprofitable));
    let poor = Situation { balance: deposit + dues, ..situation() };
    assert_eq!(decide(&claimed(), &poor, &POLICY), Err(Skip::BalanceTooSmall), "gas comes on top");
    assert_eq!(decide(&claimed(), &Situation { balance: poor.balance + tfuel, ..poor }, &POLICY), Ok(()));
    let sealed = Effort::Claimed { sealed: true, output_bytes: 1 << 40, path_bytes: 0, dues, deposit };
    assert!(cost(&Terms { effort: sealed, ..claimed() }, 1) > cost(&claimed(), 1), "and the key");
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
    terms.effort = executed(20_000, 100_000, 10);
    let large = cost(&terms, 1).to::<u64>();
    assert!(large > 91_000 + 21_000 + 100_000 * 40, "the floor of EIP-7623: {large}");
    terms.effort = executed(5_000_000, 100_000, 10);
    let both = cost(&terms, 1).to::<u64>();
    assert!(both > 5_000_000 + 100_000 * 16, "execution above the floor: {both}");
    assert_eq!(cost(&terms, 3), U256::from(both) * U256::from(3));
}

#[test]
fn the_largest_job_of_the_registry_is_taken() {
    let terms = Terms { effort: executed(900_000, 100 << 10, 28 << 10), ..terms() };
    let rich = Terms { price: U256::from(10).pow(U256::from(20)), ..terms };
    assert_eq!(decide(&rich, &situation(), &POLICY), Ok(()));
}
