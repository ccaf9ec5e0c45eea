//! `IEdgeProof` at `addresses::EDGE_PROOF`.

mod proofs;
mod receipts;

use crate::{
    entry,
    gas::{GRAPH_OP, call_gas, describe_gas, infer_gas, proofs::DATA_WORD, words},
    image,
    meter::{Exit, Meter},
};
use alloy::{
    primitives::{Address, B256, Bytes, keccak256},
    sol_types::SolCall as _,
};
use alloy_evm::{EvmInternals, precompiles::PrecompileInput};
use edgeloom_bindings::IEdgeProof::{self, IEdgeProofCalls};
use edgeloom_edge_proof::{Malformed, Outline, Plan};
use revm::precompile::PrecompileResult;

pub(crate) fn run(mut input: PrecompileInput<'_>) -> PrecompileResult {
    let errors = (IEdgeProof::NotCalledDirectly {}, IEdgeProof::MalformedCall {});
    entry::run(&mut input, &errors.0, &errors.1, |input, call, meter| match call {
        IEdgeProofCalls::infer(call) => infer(&mut input.internals, &call, meter),
        IEdgeProofCalls::describe(call) => describe(&mut input.internals, call.manifest, meter),
        IEdgeProofCalls::outline(call) => outline(&call, meter),
        IEdgeProofCalls::opens(call) => proofs::opens(&call, meter),
        IEdgeProofCalls::possession(call) => proofs::possession(&call, meter),
        IEdgeProofCalls::capacity(call) => proofs::capacity(&call, meter),
        IEdgeProofCalls::step(call) => proofs::step(&call, meter),
        IEdgeProofCalls::freivalds(call) => proofs::freivalds(&call, meter),
        IEdgeProofCalls::fold(call) => proofs::fold(&call, meter),
        IEdgeProofCalls::receipts(call) => receipts::receipts(&mut input.internals, &call, meter),
    })
}

fn infer(internals: &mut EvmInternals<'_>, call: &IEdgeProof::inferCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let Read { outline, .. } = read(internals, call.manifest, meter)?;
    let wrong_length = |expected: usize, actual: usize| {
        let [expected, actual] = [expected, actual].map(alloy::primitives::U256::from);
        Exit::revert(&IEdgeProof::InputLength { expected, actual })
    };
    if call.input.len() != outline.input_bytes() {
        return Err(wrong_length(outline.input_bytes(), call.input.len()));
    }
    meter.charge(infer_gas(&outline.cost()))?;
    let model = outline.model().map_err(malformed)?;
    let output = model.infer(&call.input).map_err(|_| wrong_length(model.input_bytes(), call.input.len()))?;
    Ok(IEdgeProof::inferCall::abi_encode_returns(&output.into()).into())
}

fn describe(internals: &mut EvmInternals<'_>, manifest: Address, meter: &mut Meter) -> Result<Bytes, Exit> {
    let Read { outline, gas } = read(internals, manifest, meter)?;
    let (cost, image_bytes) = (outline.cost(), outline.image_bytes());
    meter.charge(describe_gas(&cost, image_bytes))?;
    let model = outline.model().map_err(malformed)?;
    let shape = IEdgeProof::Shape {
        modelId: B256::from(model.commitment().model_id(|bytes| keccak256(bytes).0)),
        // The kernel bounds each of these far below 32 bits.
        inputBytes: model.input_bytes() as u32,
        outputBytes: model.output_bytes() as u32,
        imageBytes: image_bytes as u32,
        macs: cost.macs,
        inferGas: call_gas(infer_calldata(model.input_bytes())) + gas + infer_gas(&cost),
    };
    Ok(IEdgeProof::describeCall::abi_encode_returns(&shape).into())
}

fn outline(call: &IEdgeProof::outlineCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let IEdgeProof::outlineCall { graph, weightsRoot, weightsTransposedRoot } = call;
    meter.charge(Outline::claimed_ops(graph) as u64 * GRAPH_OP + words(graph.len()) * DATA_WORD)?;
    let plan = Plan::read(graph).map_err(malformed)?;
    let commitment = plan.commitment(graph, weightsRoot.0, weightsTransposedRoot.0);
    let shape = IEdgeProof::Outline {
        modelId: B256::from(commitment.model_id(|bytes| keccak256(bytes).0)),
        inputBytes: plan.input_bytes() as u64,
        outputBytes: plan.output().len() as u64,
        traceBytes: plan.trace_bytes() as u64,
    };
    Ok(IEdgeProof::outlineCall::abi_encode_returns(&shape).into())
}

/// Bytes of a call of `infer`: selector, manifest, offset, length, and the input in whole words.
const fn infer_calldata(input: usize) -> usize {
    4 + 3 * 32 + input.next_multiple_of(32)
}

/// The graph of a manifest's image, and what reading it takes when every account is cold.
struct Read {
    outline: Outline,
    gas: u64,
}

fn read(internals: &mut EvmInternals<'_>, manifest: Address, meter: &mut Meter) -> Result<Read, Exit> {
    let before = meter.used_cold();
    let image = image::load(internals, manifest, meter)?;
    meter.charge(Outline::claimed_ops(&image) as u64 * GRAPH_OP)?;
    let outline = Outline::read(image).map_err(malformed)?;
    Ok(Read { outline, gas: meter.used_cold() - before })
}

fn malformed(fault: Malformed) -> Exit {
    Exit::revert(&IEdgeProof::MalformedModel { rule: fault.rule.number(), op: fault.op })
}
