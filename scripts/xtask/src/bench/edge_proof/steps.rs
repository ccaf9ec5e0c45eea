//! Steps of operations of every shape.

use crate::bench::infer::corpus::{self, Question};
use alloy::{
    primitives::{B256, Bytes, keccak256},
    sol_types::SolCall as _,
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::{Blob, Commitment, Limits, Model, Place, prove_step};
use eyre::{OptionExt as _, Result};

/// As many columns as a layer of a language model has; an image holds no more rows of them.
pub(super) fn dense() -> Result<Bytes> {
    step(&corpus::dense(4_096, 300, 1, 1))
}

pub(super) fn all() -> Result<Vec<(&'static str, Bytes)>> {
    let cases = corpus::cases().into_iter().filter(|case| matches!(case.question, Question::Infer) && !case.cold);
    let images = cases.map(|case| (case.name, (case.build)(1)));
    // Those of whose elements a transaction could not carry the proof (G19) are not to be judged.
    let judged = images.filter(|(_, image)| Model::within(image.clone(), &Limits::DISPUTED).is_ok());
    judged.map(|(name, image)| Ok((&*format!("step, {name}").leak(), step(&image)?))).collect()
}

/// The first operation's last element but few.
fn step(image: &[u8]) -> Result<Bytes> {
    let model = Model::parse(image)?;
    let trace = model.trace(&corpus::noise(model.input_bytes(), 1))?;
    let elements = model.operations().next().map_or(0, |operation| operation.elements() as u64);
    let place = Place { op: 0, element: elements.min(100).checked_sub(1).ok_or_eyre("an operation has an element")? };
    let proof = prove_step(image, &trace, place).ok_or_eyre("the place is there")?;
    let Commitment { weights_root, weights_len, weights_t_root, graph_root, graph_len, spec_id } = model.commitment();
    let work = model.plan().work(&trace).ok_or_eyre("the trace has its length")?.map(Blob::of);
    let call = IEdgeProof::stepCall {
        modelId: B256::from(model.commitment().model_id(|bytes| keccak256(bytes).0)),
        model: IEdgeProof::Commitment {
            weightsRoot: weights_root.into(),
            weightsLength: weights_len,
            weightsTransposedRoot: weights_t_root.into(),
            graphRoot: graph_root.into(),
            graphLength: graph_len,
            specification: spec_id,
        },
        work: IEdgeProof::Work {
            inputRoot: work.input.root.into(),
            inputLength: work.input.bytes,
            traceRoot: work.trace.root.into(),
            traceLength: work.trace.bytes,
            outputRoot: work.output.root.into(),
            outputLength: work.output.bytes,
        },
        place: IEdgeProof::Place { op: place.op, element: place.element },
        proof: proof.into(),
    };
    Ok(call.abi_encode().into())
}
