//! CI's slice of the soak of proofs, and every planted fault.

use super::{BATCH, Fault, Malformation, Outcome, cheat::Cheat, rates, run};

const BATCHES: u64 = 96;
const TRIES: u64 = 160_000;

fn red(outcome: &Outcome, name: &str) -> bool {
    outcome.tally.violations.iter().any(|line| line.contains(&format!(", {name}: ")))
}

#[test]
fn honest_proofs_hold_cheats_are_convicted_and_the_rest_is_invalid() {
    let outcome = run(1, 0..BATCHES, None, &|| {});
    assert_eq!(outcome.tally.violations, [""; 0]);
    assert_eq!((outcome.honest(), outcome.cheats()), (BATCHES * BATCH, BATCHES * BATCH));
    let (cases, turns) = (&outcome.tally.cases, Cheat::TURNS.len() as u64);
    for cheat in Cheat::TURNS {
        assert!(cases[cheat.name()] > BATCHES * BATCH * 9 / 10 / turns, "{}", cheat.name());
    }
    for malformation in Malformation::ALL {
        assert!(cases[malformation.name()] > BATCHES * BATCH / 10, "{}", malformation.name());
    }
    assert_eq!(outcome.mix.lacks(), [""; 0]);
}

#[test]
fn a_batch_is_a_function_of_its_seed_and_number() {
    let (all, again) = (run(3, 0..4, None, &|| {}), run(3, 0..2, None, &|| {}).and(run(3, 2..4, None, &|| {})));
    assert_eq!(all, again);
    let found = |seed| run(seed, 7..8, Some(Fault::MissedFraud), &|| {}).tally.violations;
    assert_eq!(found(3), found(3));
    assert_ne!(found(3), found(4));
}

#[test]
fn every_planted_fault_turns_its_classes_red() {
    let judged = ["weight", "scale", "table", "intermediate", "answer"].map(|what| format!("cheat: {what}"));
    let judged: Vec<_> = judged.iter().map(String::as_str).collect();
    let malformed = Malformation::ALL.map(Malformation::name);
    let faults: [(_, &[&str]); 6] = [
        (Fault::MissedFraud, &judged),
        (Fault::IgnoredTable, &[Cheat::Table.name()]),
        (Fault::IgnoredInput, &[Cheat::Input.name()]),
        (Fault::OffByOne, &["honest"]),
        (Fault::AcceptedOpening, &malformed),
        (Fault::ConvictingOpening, &malformed),
    ];
    for (fault, concerns) in faults {
        let outcome = run(1, 0..32, Some(fault), &|| {});
        for name in Cheat::TURNS.map(Cheat::name).into_iter().chain(malformed).chain(["honest"]) {
            // Whoever changes a scale or a result of a table passes as well, where it is not looked at.
            let beside = [Cheat::Scale, Cheat::Intermediate, Cheat::Answer].iter().any(|cheat| cheat.name() == name);
            let maybe = fault == Fault::IgnoredTable && beside;
            assert!(maybe || red(&outcome, name) == concerns.contains(&name), "{fault:?} in {name}");
        }
    }
}

#[test]
fn chance_has_its_way_as_often_as_the_formulas_say_and_planted_faults_show() {
    let unlikely = |fault| {
        let rates = rates(1, TRIES, fault);
        rates.iter().map(|rate| !rate.is_chance()).collect::<Vec<_>>()
    };
    assert_eq!(unlikely(None), [false; 6]);
    assert_eq!(unlikely(Some(Fault::SecondChallenge))[..3], [true; 3]);
    assert_eq!(unlikely(Some(Fault::RepeatedSample))[3..], [true; 3]);
}
