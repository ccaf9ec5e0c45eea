//! On whatever adapter there is; Mesa's that runs on the processor will do.

mod faults;
mod operations;
mod random;

use crate::{Choice, Gpu};
use edgeloom_edge_proof::{Kernel, Model};

/// Set to `skip` where there can be no adapter: then these tests say so and hold nothing.
const VARIABLE: &str = "EDGELOOM_GPU_TESTS";

/// An adapter; none only where the variable says so.
fn gpu() -> Option<Gpu> {
    match Gpu::open(Choice::Any) {
        Ok(gpu) => Some(gpu),
        Err(error) if std::env::var(VARIABLE).is_ok_and(|value| value == "skip") => {
            eprintln!("NOT TESTED: {error}");
            None
        }
        Err(error) => panic!("{error}. Where that cannot be had, {VARIABLE}=skip leaves these tests out"),
    }
}

/// Holds the device's trace to that of every kernel of this machine; gives the number of outputs.
fn agree(gpu: &Gpu, model: &Model, inputs: &[Vec<u8>]) -> u64 {
    let mut program = gpu.load(model).expect("the model fits");
    for input in inputs {
        let reference = model.trace_with(Kernel::PORTABLE, input).expect("the input fits");
        if let Some(fast) = Kernel::avx2() {
            assert!(model.trace_with(fast, input).expect("the input fits") == reference, "AVX2 differs");
        }
        let trace = program.trace(input).expect("the device works");
        if trace != reference {
            let at = trace.iter().zip(&reference).position(|(ours, theirs)| ours != theirs);
            let codes: Vec<_> = model.records().iter().map(|record| record[0]).collect();
            panic!("traces of {} and {} bytes differ at {at:?}; operations {codes:?}", trace.len(), reference.len());
        }
        assert_eq!(program.infer(input).expect("the device works"), reference[model.plan().output()]);
    }
    model.cost().outputs * inputs.len() as u64
}
