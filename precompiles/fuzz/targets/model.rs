//! Any bytes as a model's image: a rule refuses them, or they run, and both kernels give the same.

#![no_main]

use edgeloom_edge_proof::{Blob, Kernel, Model, Place, Plan, Rule, Verdict, adjudicate, prove_step};
use libfuzzer_sys::fuzz_target;

/// What a run may take, so that the time goes into new inputs.
const WORK_MAX: u64 = 1 << 14;

fuzz_target!(|bytes: &[u8]| {
    let Ok(model) = Model::parse(bytes) else { return };
    // Whoever has not the weights comes to the same graph.
    let graph = &bytes[..bytes.len() - model.weights().len()];
    let plan = Plan::read(graph).inspect_err(|fault| assert_eq!(fault.rule, Rule::Proof)).ok();
    let cost = model.cost();
    assert!(plan.as_ref().is_none_or(|plan| plan.cost() == cost));
    if cost.macs + cost.reads + cost.outputs > WORK_MAX {
        return;
    }
    let input: Vec<u8> = (0..model.input_bytes()).map(|index| bytes[index % bytes.len()]).collect();
    let answer = model.infer_with(Kernel::best(), &input).expect("the input has its length");
    assert_eq!(answer, model.infer_with(Kernel::PORTABLE, &input).expect("the input has its length"));
    assert_eq!(answer.len(), model.output_bytes());
    let Some(plan) = plan else { return };
    // The judge of disputes is a second implementation of every operation.
    let trace = model.trace(&input).expect("the input has its length");
    let (commitment, work) = (model.commitment(), plan.work(&trace).expect("it is the graph's").map(Blob::of));
    for op in 0..cost.ops as u32 {
        let place = Place { op, element: u64::from(bytes[op as usize % bytes.len()]) };
        let Some(proof) = prove_step(bytes, &trace, place) else { continue };
        assert!(matches!(adjudicate(&commitment, &work, place, &proof), Verdict::Consistent { .. }));
    }
});
