//! CI's slice of the differential soak, where `cargo xtask soak differential` installed the peers.

use super::{Bench, Judges, Outcome, Peers, ours, peer, scene};
use crate::{Fault, tests::vectors};
use std::path::{Path, PathBuf};

/// In each of them some fault shows; together, all.
const CASES: u64 = 100;

/// `None`, said aloud, where they are not installed.
fn peers() -> Option<Peers> {
    let installed = PathBuf::from(std::env::var_os("HOME")?).join(".cache/edgeloom/peers");
    let python = installed.join("execution-specs/bin/python");
    let ethereumjs = installed.join("ethereumjs/peer.mjs");
    for path in [&python, &ethereumjs] {
        if !path.is_file() {
            eprintln!("not run: {} is absent; `cargo xtask soak differential` installs it", path.display());
            return None;
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/execution-specs/peer.py");
    Some(Peers { specification: (python, script), ethereumjs })
}

#[test]
fn random_cases_agree_with_both_peers_and_every_planted_fault_is_found() {
    let (Some(peers), Some(vectors)) = (peers(), vectors()) else { return };
    let inputs = vectors.inputs().expect("well-formed vectors");
    let mut bench = Bench::start(&peers).expect("both peers start");
    let mut found = Vec::new();
    for index in 0..CASES {
        let case = scene::case(7, index, &inputs);
        let question = peer::question(&case).expect("a fork of the peers'");
        let honest = ours(&case, None).expect("an outcome");
        let mut judges = vec![&mut bench.ethereumjs];
        if case.judges == Judges::Both {
            judges.push(&mut bench.specification);
        }
        for judge in judges {
            judge.ask(&question).expect("the peer listens");
            let theirs: Outcome = judge.answer().expect("the peer answers");
            assert!(honest.agrees(&theirs), "case {index}: ours {honest:?}, of {} {theirs:?}", judge.name());
        }
        let differs = |fault: &Fault| !honest.agrees(&ours(&case, Some(*fault)).expect("an outcome"));
        found.extend(Fault::IN_DIFFERENTIAL.into_iter().filter(differs));
    }
    for fault in Fault::IN_DIFFERENTIAL {
        assert!(found.contains(&fault), "{fault:?} was not found in {CASES} cases");
    }
}

#[test]
fn a_case_is_a_function_of_its_seed_and_index() {
    let transaction = |seed, index| scene::case(seed, index, &[]).transaction;
    assert_eq!(transaction(3, 4), transaction(3, 4));
    assert_ne!(transaction(3, 4), transaction(3, 5));
    assert_ne!(transaction(3, 4), transaction(4, 4));
}
