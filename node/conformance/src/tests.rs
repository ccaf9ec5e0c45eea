//! CI's slice of the state tests, and every fault that can be planted.

use crate::{ArchiveError, Archives, Fault, Selection, Vectors};

/// `None`, said aloud, where this machine lacks the archives.
pub(crate) fn vectors() -> Option<Vectors> {
    match Vectors::read(&Archives::shared()) {
        Ok(vectors) => Some(vectors),
        Err(ArchiveError::Absent(path)) => {
            eprintln!("not run: {} is absent", path.display());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_tenth_file_of_the_public_tests_agrees() {
    let Some(vectors) = vectors() else { return };
    let tally = vectors.run(&Selection { every: 10, ..Default::default() }, None).expect("well-formed files");
    assert_eq!(tally.violations, Vec::<String>::new());
    assert!(tally.cases > 1_000, "{}", tally.cases);
}

#[test]
fn every_precompile_vector_agrees() {
    let Some(vectors) = vectors() else { return };
    let selection = Selection { only: Some("/precompiles/".into()), ..Default::default() };
    let tally = vectors.run(&selection, None).expect("well-formed files");
    assert_eq!(tally.violations, Vec::<String>::new());
    assert!(tally.skipped.is_empty());
}

/// Few files in which the fault shows.
fn where_it_shows(fault: Fault) -> &'static str {
    match fault {
        Fault::WrongStatus => unreachable!("the public tests say nothing of it"),
        Fault::WrongGas | Fault::StaleRoot | Fault::KeptNonce | Fault::UnburnedBaseFee => "stExample/eip1559",
        Fault::MissingWrite => "stSLoadTest/",
        Fault::DroppedLog => "stLogTests/log1",
        Fault::AcceptedRefusal | Fault::WrongRefusal => "stEIP1559/lowFeeCap",
        Fault::WrongOutput | Fault::WrongPrecompileGas => "precompiles/blake2F",
        Fault::AcceptedInput => "precompiles/fail-blake2f",
        Fault::WrongSigner => "TransactionTests/ttVValue",
        Fault::KeptLeaf => "TrieTests/",
        Fault::ShortString => "RLPTests/",
    }
}

#[test]
fn every_planted_fault_is_found_where_nothing_else_is() {
    let Some(vectors) = vectors() else { return };
    for fault in Fault::IN_STATE_TESTS {
        let selection = Selection { only: Some(where_it_shows(fault).into()), ..Default::default() };
        let honest = vectors.run(&selection, None).expect("well-formed files");
        assert!(honest.cases > 0 && honest.violations.is_empty(), "{fault:?}: {:?}", honest.violations);
        let planted = vectors.run(&selection, Some(fault)).expect("well-formed files");
        assert!(!planted.violations.is_empty(), "{fault:?} was not found in {} cases", planted.cases);
    }
}
