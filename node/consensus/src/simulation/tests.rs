use super::*;

/// How many seeds a planted fault may take.
const SEEDS_MAX: u64 = 60;

fn run_all(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        if let Err(violation) = run(seed, None) {
            panic!("seed {seed}: {violation}");
        }
    }
}

macro_rules! seeds {
    ($($name:ident: $seeds:expr;)*) => {
        $(#[test]
        fn $name() {
            run_all($seeds);
        })*
    };
}

// In parts, which run side by side.
seeds! {
    networks_of_seeds_to_25: 0..25;
    networks_of_seeds_to_50: 25..50;
    networks_of_seeds_to_75: 50..75;
    networks_of_seeds_to_100: 75..100;
    networks_of_seeds_to_125: 100..125;
    networks_of_seeds_to_150: 125..150;
    networks_of_seeds_to_175: 150..175;
    networks_of_seeds_to_200: 175..200;
}

fn is_found(plant: Plant, expected: impl Fn(&Violation) -> bool) -> bool {
    (0..SEEDS_MAX).any(|seed| run(seed, Some(plant)).is_err_and(|violation| expected(&violation)))
}

#[test]
fn the_same_seed_is_the_same_run() {
    let first = run(3, None).expect("no violation");
    assert_eq!(run(3, None), Ok(first.clone()));
    assert_ne!(run(4, None).expect("no violation").transcript, first.transcript);
}

#[test]
fn more_twins_than_the_protocol_bears_fork_the_chain() {
    assert!(is_found(Plant::Conspiracy, |found| matches!(found, Violation::Fork(..) | Violation::Stopped(..))));
}

#[test]
fn a_lost_journal_makes_a_node_contradict_itself() {
    assert!(is_found(Plant::Amnesia, |found| matches!(found, Violation::Contradiction(_))));
}

#[test]
fn a_node_that_trusts_an_old_journal_contradicts_itself() {
    assert!(is_found(Plant::Trust, |found| matches!(found, Violation::Contradiction(_))));
}

#[test]
fn a_state_of_its_own_stops_a_node() {
    assert!(is_found(Plant::Drift, |found| matches!(found, Violation::Stopped(..) | Violation::Root(_))));
}

#[test]
fn links_that_do_not_heal_stall_the_chain() {
    assert!(is_found(Plant::Unhealed, |found| matches!(found, Violation::Stalled(_))));
}
