//! What calls charge, and when.

use super::{EDGE_PROOF, MANIFEST, call, chain, image, infer, reverted, send};
use crate::gas::{COLD_ACCOUNT, WARM_ACCOUNT, describe_gas, infer_gas};
use alloy::{
    primitives::hex,
    sol_types::{SolCall as _, SolError as _},
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::{Affine, Cost, Element, GraphBuilder, Outline, Rule, Scale};
use revm::context_interface::result::ExecutionResult;

fn describe() -> Vec<u8> {
    IEdgeProof::describeCall { manifest: MANIFEST }.abi_encode()
}

fn shape(result: &ExecutionResult) -> IEdgeProof::Shape {
    let output = result.output().unwrap_or_else(|| panic!("{result:?}"));
    IEdgeProof::describeCall::abi_decode_returns(output).expect("ABI")
}

/// What a transaction pays before it runs anything.
fn intrinsic(data: &[u8]) -> u64 {
    21_000 + data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum::<u64>()
}

#[test]
fn too_little_gas_halts_at_every_stage_and_enough_is_exact() {
    let mut db = chain(&image(), 100);
    let full = call(&mut db, infer(&[0; 8]));
    assert!(full.is_success());
    let needed = full.tx_gas_used();
    assert!(needed > 21_000 + 3 * COLD_ACCOUNT);
    assert!(send(&mut db, EDGE_PROOF, infer(&[0; 8]), needed, 0).is_success());
    let floor = 25_000;
    for limit in (floor..needed).step_by(97).chain([needed - 1]) {
        let result = send(&mut db, EDGE_PROOF, infer(&[0; 8]), limit, 0);
        assert!(result.is_halt(), "limit {limit} of {needed}: {result:?}");
    }
}

#[test]
fn gas_depends_on_nothing_that_a_node_may_have_cached() {
    let mut db = chain(&image(), 100);
    let first = call(&mut db, infer(&[0; 8])).tx_gas_used();
    let second = call(&mut db, infer(&[0; 8])).tx_gas_used();
    let elsewhere = call(&mut chain(&image(), 100), infer(&[0; 8])).tx_gas_used();
    assert_eq!((first, first), (second, elsewhere));
}

/// Gas of the transaction's execution alone.
fn execution(result: &ExecutionResult, data: &[u8]) -> u64 {
    result.tx_gas_used() - intrinsic(data)
}

#[test]
fn the_described_gas_is_all_that_a_cold_infer_charges() {
    for size in [64, 100, 10_000] {
        let mut db = chain(&image(), size);
        let data = infer(&[200; 8]);
        let charged = execution(&call(&mut db, data.clone()), &data);
        assert_eq!(shape(&call(&mut db, describe())).inferGas, charged, "chunks of {size}");
    }
}

/// STATICCALLs the precompile with the calldata twice and returns the second answer.
const TWICE: &[u8] = &hex!("365f5f37 5f5f365f6104005afa50 5f5f365f6104005afa50 3d5f5f3e 3d5ff3");

#[test]
fn the_described_gas_does_not_depend_on_what_was_accessed_before() {
    let mut db = chain(&image(), 100);
    let first = shape(&call(&mut db, describe()));
    super::put_code(&mut db, super::FORWARDER, TWICE.to_vec());
    let once = send(&mut db, EDGE_PROOF, describe(), 5_000_000, 0).tx_gas_used();
    let twice = send(&mut db, super::FORWARDER, describe(), 5_000_000, 0);
    assert_eq!(shape(&twice), first);
    // Manifest and chunks were warm, so the second call was cheaper than the first.
    let accounts = 1 + image().len().div_ceil(100) as u64;
    assert!(twice.tx_gas_used() < 21_000 + 2 * (once - 21_000) - (accounts - 1) * (COLD_ACCOUNT - WARM_ACCOUNT));
}

/// A long requantisation whose one scale record is not normalised, which only reading the weights shows.
fn broken_weights() -> (Vec<u8>, Cost) {
    let mut graph = GraphBuilder::new(8);
    let x = graph.input().vectors(20_000, 8, 0);
    graph.requantise(x, &Affine { scales: &[Scale::IDENTITY], out: Element::I8, lo: -128, hi: 127 });
    let mut image = graph.finish().expect("a well-formed graph");
    let multiplier = image.len() - 4;
    image[multiplier..multiplier + 2].fill(0);
    let cost = Outline::read(image.clone()).expect("the graph alone is well formed").cost();
    (image, cost)
}

#[test]
fn gas_is_charged_before_weights_are_read() {
    let (image, cost) = broken_weights();
    let mut db = chain(&image, 10_000);
    let (infer, describe) = (infer(&[0; 8]), describe());
    let malformed = IEdgeProof::MalformedModel { rule: Rule::ScaleRecord.number(), op: 0 }.abi_encode();
    for (data, work) in [(&infer, infer_gas(&cost)), (&describe, describe_gas(&cost, image.len()))] {
        let result = call(&mut db, data.clone());
        assert_eq!(reverted(&result), &malformed);
        let needed = result.tx_gas_used();
        assert_eq!(reverted(&send(&mut db, EDGE_PROOF, data.clone(), needed, 0)), &malformed);
        for short in [1, work / 2, work] {
            let result = send(&mut db, EDGE_PROOF, data.clone(), needed - short, 0);
            assert!(result.is_halt(), "{short} gas short of {needed}: {result:?}");
        }
        // A graph that breaks another rule costs the same but for the work that is not begun.
        let mut unread = image.clone();
        unread[128] = 0;
        let refused = call(&mut chain(&unread, 10_000), data.clone());
        assert_ne!(reverted(&refused), &malformed);
        assert_eq!(needed - intrinsic(data), execution(&refused, data) + work);
    }
}
