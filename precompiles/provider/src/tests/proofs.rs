//! Openings, and the proofs and judgements made of them, through a real EVM.

use super::{EDGE_PROOF, chain, image, reverted, send};
use alloy::{
    primitives::{B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolError as _},
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::{
    Blob, Commitment, Model, Place, Product, fold, project, prove_possession, prove_step, values_beside,
};
use revm::context_interface::result::ExecutionResult;

fn call(of: &impl SolCall) -> ExecutionResult {
    send(&mut chain(&image(), 100), EDGE_PROOF, of.abi_encode(), 16_000_000, 0)
}

fn answer<Call: SolCall>(of: &Call) -> Call::Return {
    let result = call(of);
    assert!(result.is_success(), "{result:?}");
    Call::abi_decode_returns(result.output().expect("succeeds")).expect("ABI")
}

fn content() -> Vec<u8> {
    (0..10_000u32).map(|index| (index * 13 + index / 256) as u8).collect()
}

pub(super) fn opens(first: u64, count: u64) -> IEdgeProof::opensCall {
    let content = content();
    let blob = Blob::of(&content);
    let run = first..first + count;
    let range = blob.range(&run).expect("inside");
    let values = values_beside(&content, &run).expect("inside");
    IEdgeProof::opensCall {
        root: blob.root.into(),
        length: blob.bytes,
        first,
        count,
        data: Bytes::copy_from_slice(&content[range.start as usize..range.end as usize]),
        values: values.into_iter().map(B256::from).collect(),
    }
}

#[test]
fn parts_of_committed_bytes_open() {
    for (first, count) in [(0, 1), (9, 1), (3, 4), (0, 10)] {
        assert!(answer(&opens(first, count)), "{first}, {count}");
    }
    let right = opens(3, 4);
    for wrong in [
        IEdgeProof::opensCall { first: 2, ..right.clone() },
        IEdgeProof::opensCall { count: 5, ..right.clone() },
        IEdgeProof::opensCall { length: 100_000, ..right.clone() },
        IEdgeProof::opensCall { root: B256::ZERO, ..right.clone() },
        IEdgeProof::opensCall { first: u64::MAX, count: u64::MAX, ..right.clone() },
        IEdgeProof::opensCall { values: right.values[1..].to_vec(), ..right.clone() },
        IEdgeProof::opensCall { data: right.data.slice(1..), ..right },
    ] {
        assert!(!answer(&wrong), "{wrong:?}");
    }
}

#[test]
fn possession_and_capacity_are_proved() {
    let content = content();
    let blob = Blob::of(&content);
    let possession = IEdgeProof::possessionCall {
        root: blob.root.into(),
        length: blob.bytes,
        seed: B256::repeat_byte(5),
        samples: U256::from(20),
        proof: prove_possession(&content, &[5; 32], 20).into(),
    };
    assert!(answer(&possession));
    assert!(!answer(&IEdgeProof::possessionCall { seed: B256::ZERO, ..possession.clone() }));

    let product = Product { seed: [1; 32], size: 40 };
    let entries = product.compute();
    let capacity = IEdgeProof::capacityCall {
        root: Blob::of(&entries).root.into(),
        size: U256::from(40),
        seed: B256::repeat_byte(1),
        challenge: B256::repeat_byte(2),
        samples: U256::from(10),
        proof: product.prove(&entries, &[2; 32], 10).into(),
    };
    assert!(answer(&capacity));
    assert!(!answer(&IEdgeProof::capacityCall { seed: B256::ZERO, ..capacity.clone() }));

    let wrong = |limit: u64, actual: U256| {
        Bytes::from(IEdgeProof::WrongCount { limit: U256::from(limit), actual }.abi_encode())
    };
    for actual in [U256::ZERO, U256::from(257), U256::MAX] {
        let many = IEdgeProof::possessionCall { samples: actual, ..possession.clone() };
        assert_eq!(reverted(&call(&many)), &wrong(256, actual));
        let many = IEdgeProof::capacityCall { samples: actual, ..capacity.clone() };
        assert_eq!(reverted(&call(&many)), &wrong(256, actual));
    }
    for actual in [U256::ZERO, U256::from(32_769), U256::MAX] {
        let large = IEdgeProof::capacityCall { size: actual, ..capacity.clone() };
        assert_eq!(reverted(&call(&large)), &wrong(32_768, actual));
    }
    let heavy = IEdgeProof::capacityCall { size: U256::from(32_768), samples: U256::from(33), ..capacity };
    assert_eq!(reverted(&call(&heavy)), &wrong(32, U256::from(33)));
}

#[test]
fn a_dense_layer_is_checked_without_its_weights() {
    let (weights, input) = ([1i8, -2, 3, 4, 5, -6], [7i8, 8, -9]);
    let sums: [i32; 2] = [7 - 16 - 27, 28 + 40 + 54];
    let octets = |values: &[i8]| values.iter().map(|value| *value as u8).collect::<Vec<_>>();
    let seed = [4; 32];
    let layer = |sums: [i32; 2]| IEdgeProof::freivaldsCall {
        input: octets(&input).into(),
        accumulators: sums.iter().flat_map(|sum| sum.to_le_bytes()).collect(),
        projections: project(&octets(&weights), 3, &seed, 2).into(),
        seed: seed.into(),
    };
    assert!(answer(&layer(sums)));
    assert!(!answer(&layer([sums[0] + 1, sums[1]])));
    assert!(!answer(&IEdgeProof::freivaldsCall { seed: B256::ZERO, ..layer(sums) }));
    let cut = IEdgeProof::freivaldsCall { input: Bytes::from_static(&[1]), ..layer(sums) };
    assert_eq!(reverted(&call(&cut)), &IEdgeProof::MalformedLayer {}.abi_encode());
}

#[test]
fn a_step_is_judged_by_what_was_committed_to() {
    let model = Model::parse(&image()).expect("valid");
    let Commitment { weights_root, weights_len, weights_t_root, graph_root, graph_len, spec_id } = model.commitment();
    let honest = model.trace(&[3, 1, 4, 1, 5, 9, 2, 6]).expect("eight bytes");
    let claim = |trace: &[u8]| {
        let place = Place { op: 0, element: 0 };
        let work = model.plan().work(trace).expect("the trace has its length").map(Blob::of);
        IEdgeProof::stepCall {
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
            proof: prove_step(&image(), trace, place).expect("the place is there").into(),
        }
    };
    let judged = |call: &IEdgeProof::stepCall| {
        let IEdgeProof::Judgement { verdict, position, expected, found } = answer(call);
        (verdict, position, expected, found)
    };
    let at = model.plan().output().start as u64;
    assert_eq!(judged(&claim(&honest)), (IEdgeProof::Verdict::Consistent, at, 5, 5));
    let mut cheating = honest.clone();
    *cheating.last_mut().expect("an output") = 3;
    assert_eq!(judged(&claim(&cheating)), (IEdgeProof::Verdict::Fraud, at, 5, 3));
    let invalid = (IEdgeProof::Verdict::Invalid, 0, 0, 0);
    let right = claim(&cheating);
    assert_eq!(judged(&IEdgeProof::stepCall { modelId: B256::ZERO, ..right.clone() }), invalid);
    assert_eq!(judged(&IEdgeProof::stepCall { proof: right.proof.slice(1..), ..right.clone() }), invalid);
    assert_eq!(judged(&IEdgeProof::stepCall { work: claim(&honest).work, ..right }), invalid);
}

#[test]
fn a_graph_is_outlined_without_its_weights() {
    let model = Model::parse(&image()).expect("valid");
    let commitment = model.commitment();
    let image = image();
    let call = IEdgeProof::outlineCall {
        graph: Bytes::copy_from_slice(&image[..image.len() - model.weights().len()]),
        weightsRoot: commitment.weights_root.into(),
        weightsTransposedRoot: commitment.weights_t_root.into(),
    };
    let plan = model.plan();
    let shape = IEdgeProof::Outline {
        modelId: commitment.model_id(|bytes| keccak256(bytes).0).into(),
        inputBytes: plan.input_bytes() as u64,
        outputBytes: plan.output().len() as u64,
        traceBytes: plan.trace_bytes() as u64,
    };
    assert_eq!(answer(&call), shape);
    let other = IEdgeProof::outlineCall { weightsRoot: B256::ZERO, ..call.clone() };
    assert_ne!(answer(&other).modelId, shape.modelId);
    let cut = IEdgeProof::outlineCall { graph: call.graph.slice(1..), ..call };
    let malformed = IEdgeProof::MalformedModel { rule: 1, op: u16::MAX };
    assert_eq!(reverted(&self::call(&cut)), &malformed.abi_encode());
}

#[test]
fn values_fold() {
    let values = [[1; 32], [2; 32], [3; 32]];
    for root in [true, false] {
        let call = IEdgeProof::foldCall { values: values.map(B256::from).to_vec(), root };
        assert_eq!(Some(answer(&call).0), fold(&values, root));
    }
    for actual in [0, 1, 257] {
        let call = IEdgeProof::foldCall { values: vec![B256::ZERO; actual], root: false };
        let wrong = IEdgeProof::WrongCount { limit: U256::from(256), actual: U256::from(actual) };
        assert_eq!(reverted(&self::call(&call)), &wrong.abi_encode());
    }
}

#[test]
fn attack_15_gas_covers_all_that_is_named_before_it_is_read() {
    // A blob of the greatest length has the longest paths, and costs no more than they do.
    let far = IEdgeProof::possessionCall {
        root: B256::ZERO,
        length: u64::MAX,
        seed: B256::ZERO,
        samples: U256::from(256),
        proof: Bytes::new(),
    };
    let mut db = chain(&image(), 100);
    let needed = send(&mut db, EDGE_PROOF, far.abi_encode(), 5_000_000, 0).tx_gas_used();
    assert!(needed > 256 * 2_000, "{needed} gas");
    assert!(send(&mut db, EDGE_PROOF, far.abi_encode(), needed, 0).is_success());
    assert!(send(&mut db, EDGE_PROOF, far.abi_encode(), needed - 1, 0).is_halt());
}
