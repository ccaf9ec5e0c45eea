use super::*;

/// Costs of some machine: what is tested here depends on their order of magnitude alone.
const COSTS: Costs = Costs {
    decoding: 140_000,
    addition: 500,
    multiplication: 120_000,
    pairing: 1_200_000,
    sum: 2_000,
    signing: 500_000,
    packet: 10_000,
};

fn settings(guardians: usize, seed: u64) -> Settings {
    Settings {
        guardians,
        seed,
        adversaries: 3_300,
        latency: Duration::from_millis(50),
        spread: 0.5,
        loss: 200,
        horizon: Duration::from_secs(6),
        sampled: 50,
        costs: COSTS,
        pace: crate::Pace::default(),
        plant: None,
    }
}

#[test]
fn a_third_of_all_stake_does_not_keep_the_rest_from_certifying() {
    for seed in 1..=3 {
        let outcome = run(&settings(700, seed)).unwrap_or_else(|violation| panic!("seed {seed}: {violation}"));
        assert!(outcome.median_certificate < 5.0, "seed {seed}: {outcome:?}");
        assert!((3_280..=3_300).contains(&outcome.adversaries_stake), "seed {seed}: {outcome:?}");
        assert!(
            outcome.first_stake > 6_666 && outcome.paired > 50 && outcome.dropped > 1_000,
            "seed {seed}: {outcome:?}"
        );
    }
}

#[test]
fn the_same_settings_give_the_same_outcome() {
    assert_eq!(run(&settings(200, 7)), run(&settings(200, 7)));
    assert_ne!(run(&settings(200, 7)), run(&settings(200, 8)));
}

#[test]
fn every_plant_turns_it_red() {
    for (name, plant) in Plant::ALL {
        let violation = (1..=3).find_map(|seed| run(&Settings { plant: Some(plant), ..settings(300, seed) }).err());
        let expected = match plant {
            Plant::AcceptUnchecked => matches!(violation, Some(Violation::Certificate(_))),
            Plant::DropAggregates => matches!(violation, Some(Violation::Lost { .. })),
            Plant::BlameAll => matches!(violation, Some(Violation::HonestDropped { .. })),
            Plant::ForgetJournal => matches!(violation, Some(Violation::TwoBlocks(_))),
        };
        assert!(expected, "{name}: {violation:?}");
    }
}

#[test]
fn more_than_a_third_of_all_stake_can_prevent_a_certificate() {
    let violation = run(&Settings { adversaries: 3_400, ..settings(200, 1) }).expect_err("66 of 100 are no quorum");
    assert!(matches!(violation, Violation::NoCertificate { .. }), "{violation}");
}

#[test]
fn bytes_on_the_wire_count_headers_of_each_packet_and_an_acknowledgement() {
    assert_eq!(wire_bytes(100), (163, 64));
    assert_eq!(wire_bytes(1_217), (1_280, 64));
    assert_eq!(wire_bytes(1_218), (1_218 + 2 * 63, 64));
}
