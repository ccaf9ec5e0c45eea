//! Parts of committed bytes, and proofs and judgements that are made of them: they read no state.

use crate::{
    gas::proofs::{DATA_WORD, FOLDED, FREIVALDS, OPENING, PRODUCTS_PER_GAS, STEP, STEP_WORD, STREAM_PER_GAS, VALUE},
    gas::words,
    meter::{Exit, Meter},
};
use alloy::{
    primitives::{Bytes, U256, keccak256},
    sol_types::SolCall as _,
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::{
    Blob, Commitment, FOLD_MAX, Layer, MalformedLayer, Place, Product, SAMPLES_MAX, SIZE_MAX, SPEC_ID, Verdict,
    WORK_MAX, Work, adjudicate, possesses,
};

pub(super) fn opens(call: &IEdgeProof::opensCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let blob = Blob { root: call.root.0, bytes: call.length };
    // Both ends of the run have a path to the root, and the tree is walked twice.
    meter.charge(2 * opening_gas(&blob) + words(call.data.len()) * DATA_WORD)?;
    let values: Vec<_> = call.values.iter().map(|value| value.0).collect();
    let end = call.first.checked_add(call.count);
    let part = end.is_some_and(|end| blob.opens(&(call.first..end), &call.data, &values));
    Ok(IEdgeProof::opensCall::abi_encode_returns(&part).into())
}

pub(super) fn possession(call: &IEdgeProof::possessionCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let blob = Blob { root: call.root.0, bytes: call.length };
    let samples = count(call.samples, SAMPLES_MAX as u64)?;
    meter.charge(samples * opening_gas(&blob) + words(call.proof.len()) * DATA_WORD)?;
    let held = possesses(&blob, &call.seed.0, samples as usize, &call.proof);
    Ok(IEdgeProof::possessionCall::abi_encode_returns(&held).into())
}

pub(super) fn capacity(call: &IEdgeProof::capacityCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let size = count(call.size, SIZE_MAX.into())?;
    let samples = count(call.samples, (WORK_MAX / size).min(SAMPLES_MAX as u64))?;
    let product = Product { seed: call.seed.0, size: size as u32 };
    let blob = product.blob(&call.root.0);
    let streams = (2 * samples * size).div_ceil(STREAM_PER_GAS);
    meter.charge(samples * opening_gas(&blob) + words(call.proof.len()) * DATA_WORD + streams)?;
    let computed = product.proves(&call.root.0, (&call.challenge.0, samples as usize), &call.proof);
    Ok(IEdgeProof::capacityCall::abi_encode_returns(&computed).into())
}

pub(super) fn freivalds(call: &IEdgeProof::freivaldsCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let layer = Layer { input: &call.input, accumulators: &call.accumulators, projections: &call.projections };
    let malformed = |_: MalformedLayer| Exit::revert(&IEdgeProof::MalformedLayer {});
    let (rows, challenges) = layer.shape().map_err(malformed)?;
    let products = challenges as u64 * (2 * rows + call.input.len()) as u64;
    meter.charge(FREIVALDS + products.div_ceil(PRODUCTS_PER_GAS))?;
    let right = layer.holds(&call.seed.0).map_err(malformed)?;
    Ok(IEdgeProof::freivaldsCall::abi_encode_returns(&right).into())
}

pub(super) fn fold(call: &IEdgeProof::foldCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(call.values.len() as u64 * FOLDED)?;
    let values: Vec<_> = call.values.iter().map(|value| value.0).collect();
    let value = edgeloom_edge_proof::fold(&values, call.root);
    let value = value.ok_or_else(|| wrong_count(FOLD_MAX as u64, U256::from(values.len())))?;
    Ok(IEdgeProof::foldCall::abi_encode_returns(&value.into()).into())
}

pub(super) fn step(call: &IEdgeProof::stepCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(STEP + words(call.proof.len()) * STEP_WORD)?;
    let IEdgeProof::Commitment {
        weightsRoot,
        weightsLength,
        weightsTransposedRoot,
        graphRoot,
        graphLength,
        specification,
    } = call.model;
    let model = Commitment {
        weights_root: weightsRoot.0,
        weights_len: weightsLength,
        weights_t_root: weightsTransposedRoot.0,
        graph_root: graphRoot.0,
        graph_len: graphLength,
        spec_id: specification,
    };
    let work = Work {
        input: Blob { root: call.work.inputRoot.0, bytes: call.work.inputLength },
        trace: Blob { root: call.work.traceRoot.0, bytes: call.work.traceLength },
        output: Blob { root: call.work.outputRoot.0, bytes: call.work.outputLength },
    };
    let place = Place { op: call.place.op, element: call.place.element };
    let known = specification == SPEC_ID && model.model_id(|bytes| keccak256(bytes).0) == call.modelId.0;
    let verdict = if known { adjudicate(&model, &work, place, &call.proof) } else { Verdict::Invalid };
    let judgement = match verdict {
        Verdict::Invalid => {
            IEdgeProof::Judgement { verdict: IEdgeProof::Verdict::Invalid, position: 0, expected: 0, found: 0 }
        }
        Verdict::Consistent { at, value } => IEdgeProof::Judgement {
            verdict: IEdgeProof::Verdict::Consistent,
            position: at,
            expected: value,
            found: value,
        },
        Verdict::Fraud { at, expected, found } => {
            IEdgeProof::Judgement { verdict: IEdgeProof::Verdict::Fraud, position: at, expected, found }
        }
    };
    Ok(IEdgeProof::stepCall::abi_encode_returns(&judgement).into())
}

/// Of one path from a chunk to the root.
fn opening_gas(blob: &Blob) -> u64 {
    let depth = u64::from(u64::BITS - blob.chunks().leading_zeros());
    OPENING + depth * VALUE
}

pub(super) fn count(actual: U256, limit: u64) -> Result<u64, Exit> {
    let count = actual.try_into().ok().filter(|count| (1..=limit).contains(count));
    count.ok_or_else(|| wrong_count(limit, actual))
}

fn wrong_count(limit: u64, actual: U256) -> Exit {
    Exit::revert(&IEdgeProof::WrongCount { limit: U256::from(limit), actual })
}
