//! CI's slice of the soaks, and every planted fault.

use crate::{Class, Fault, Peer, compare, negatives};
use std::path::{Path, PathBuf};

const CASES: u64 = 900;

#[test]
fn every_class_is_refused_and_none_is_left_out() {
    let tally = negatives(1, 0..CASES, None, &|| {});
    assert_eq!(tally.violations, [""; 0]);
    let counted: Vec<_> = Class::ALL.iter().map(|class| tally.cases[class.name()]).collect();
    assert_eq!(counted, [CASES / 9; 9]);
}

#[test]
fn a_case_is_a_function_of_its_seed_and_index() {
    let found = |seed, first| negatives(seed, first..first + 1, Some(Fault::AcceptedEncoding), &|| {}).violations;
    assert_eq!(found(5, 9), found(5, 9));
    assert!(!found(5, 9).is_empty());
    assert_ne!(found(5, 9), found(6, 9));
}

#[test]
fn every_planted_fault_turns_its_classes_red() {
    for (fault, classes) in [
        (Fault::AcceptedEncoding, &Class::ALL[..4]),
        (Fault::AcceptedBit, &Class::ALL[4..5]),
        (Fault::AcceptedSignature, &Class::ALL[5..]),
        (Fault::RefusedTruth, &Class::ALL[..]),
    ] {
        let tally = negatives(1, 0..CASES, Some(fault), &|| {});
        for class in Class::ALL {
            let red = tally.violations.iter().any(|line| line.contains(&format!(", {}:", class.name())));
            assert_eq!(red, classes.contains(&class), "{fault:?} in {class:?}");
        }
    }
}

/// `None`, said aloud, where they are not installed.
fn peers() -> Option<Vec<Peer>> {
    let installed = PathBuf::from(std::env::var_os("HOME")?).join(".cache/edgeloom/peers");
    let (python, noble) = (installed.join("py-ecc/bin/python"), installed.join("noble/peer.mjs"));
    for path in [&python, &noble] {
        if !path.is_file() {
            eprintln!("not run: {} is absent; `cargo xtask soak bls` installs it", path.display());
            return None;
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/py-ecc/peer.py");
    let start = |name, program: &Path, script: &Path| Peer::start(name, program, script).expect("it is installed");
    Some(vec![start("@noble/curves", "node".as_ref(), &noble), start("py_ecc", &python, &script)])
}

#[test]
fn two_other_implementations_agree_and_a_wrong_verdict_is_found() {
    let Some(mut peers) = peers() else { return };
    let tally = compare(&mut peers, (1, 0..12), None, &|| {}).expect("both peers answer");
    assert_eq!(tally.violations, [""; 0]);
    assert_eq!(tally.cases.values().sum::<u64>(), 2 * 12);
    assert_eq!(tally.cases.len(), 2, "true and false claims");
    let wrong = compare(&mut peers, (1, 0..2), Some(Fault::WrongVerdict), &|| {}).expect("both peers answer");
    assert_eq!(wrong.violations.len(), 4);
}
