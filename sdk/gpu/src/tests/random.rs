use super::gpu;
use crate::{Trial, TrialError};
use edgeloom_edge_proof::random::Sizes;

/// Outputs that the test compares, at least.
const OUTPUTS: u64 = 1_000_000;
/// How often it meets every operation, at least.
const EACH: u64 = 20;
/// Codes of all operations.
const CODES: [std::ops::RangeInclusive<usize>; 3] = [1..=9, 16..=27, 64..=68];

#[test]
fn random_graphs_have_the_reference_s_traces() {
    let Some(gpu) = gpu() else { return };
    let large = Sizes { input_max: 6000, ops_max: 9, rows_max: 300 };
    let (mut outputs, mut seen) = (0, [0; 256]);
    for seed in 0..10_000 {
        let rare = CODES.into_iter().flatten().any(|code| seen[code] < EACH);
        if outputs >= OUTPUTS && !rare {
            return;
        }
        let sizes = if seed % 4 == 0 { large } else { Sizes::SMALL };
        let passed = Trial { seed, sizes }.run(&gpu, |_, _| ()).expect("the reference's bytes");
        passed.codes.iter().for_each(|code| seen[usize::from(*code)] += 1);
        outputs += passed.outputs;
    }
    panic!("{outputs} outputs of {seen:?} operations by code: too few to say anything");
}

#[test]
fn a_changed_bit_is_found_and_its_operation_named() {
    let Some(gpu) = gpu() else { return };
    gpu.prove(1, 20_000).expect("the reference's bytes");
    let last = |trace: &mut [u8]| *trace.last_mut().expect("traces have bytes") ^= 0x80;
    for seed in 1..30 {
        match (Trial { seed, sizes: Sizes::SMALL }).run(&gpu, |_, trace| last(trace)) {
            Ok(passed) => assert!(passed.codes.is_empty(), "seed {seed} passed"),
            Err(TrialError::Differs { seed: named, op, code, .. }) => {
                let graph = (Trial { seed, sizes: Sizes::SMALL }).run(&gpu, |_, _| ()).expect("untampered");
                assert_eq!((named, graph.codes.len() - 1, graph.codes.last()), (seed, op, Some(&code)));
            }
            Err(other) => panic!("{other}"),
        }
    }
}
