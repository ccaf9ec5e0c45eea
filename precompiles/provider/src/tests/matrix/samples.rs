//! A call of each function, in one world: a model, a set of keys, and an account with money.

use super::super::{
    CALLER, Db, MANIFEST, chain, image, infer,
    proofs::opens,
    receipts::Delivery,
    registry::{secret, votes},
};
use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolCall,
};
use edgeloom_bindings::{
    IBls, IEdgeProof,
    addresses::{BLS, EDGE_PROOF},
};
use edgeloom_bls::{aggregate_signatures, hash_to_g1, hash_to_g2};
use edgeloom_edge_proof::{Blob, Model, Product, fold, project, prove_possession};
use revm::state::AccountInfo;

/// Bytes of a chunk of the model.
const CHUNK: usize = 100;

pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) precompile: Address,
    pub(super) call: Bytes,
    /// As the kernels give it.
    pub(super) answer: Bytes,
    /// How many accounts with code it reads.
    pub(super) accounts: u64,
}

fn sample<C: SolCall>(precompile: Address, accounts: usize, (call, answer): (&C, &C::Return)) -> Sample {
    Sample {
        name: C::SIGNATURE,
        precompile,
        call: call.abi_encode().into(),
        answer: C::abi_encode_returns(answer).into(),
        accounts: accounts as u64,
    }
}

pub(super) fn samples() -> (Db, Vec<Sample>) {
    let Delivery { mut registry, call: receipts } = Delivery::of(&[(1, 5), (2, 6)]);
    let mut db = std::mem::take(&mut registry.world.db);
    db.insert_account_info(CALLER, AccountInfo { balance: U256::from(1u64 << 60), ..Default::default() });
    for (at, account) in chain(&image(), CHUNK).cache.accounts {
        db.insert_account_info(at, account.info);
    }
    let mut samples = vec![sample(
        EDGE_PROOF,
        3,
        (&receipts, &IEdgeProof::Delivery { right: true, units: U256::from(11), clients: U256::from(2) }),
    )];
    samples.extend(models(&mut db));
    samples.extend(proofs());
    let (snapshot, epoch) = (receipts.snapshot, receipts.terms.epoch);
    samples.extend(quorums(snapshot, epoch, registry.bitmap(&[1, 2]), registry.total()));
    samples.extend(signatures());
    (db, samples)
}

/// What is looked at elsewhere: here it has to be the same in every way to call it.
fn said<C: SolCall>(db: &mut Db, call: &C) -> C::Return {
    let result = super::super::send(db, EDGE_PROOF, call.abi_encode(), super::GAS, 0);
    C::abi_decode_returns(result.output().unwrap_or_else(|| panic!("{result:?}"))).expect("ABI")
}

fn models(db: &mut Db) -> [Sample; 4] {
    let model = Model::parse(&image()).expect("valid");
    let input = [3, 1, 4, 1, 5, 9, 2, 6];
    let output = Bytes::from(model.infer(&input).expect("eight bytes"));
    let accounts = 1 + image().len().div_ceil(CHUNK);
    let infer = IEdgeProof::inferCall::abi_decode(&infer(&input)).expect("ABI");
    let describe = IEdgeProof::describeCall { manifest: MANIFEST };
    let shape = said(db, &describe);
    // That nothing proves anything is a verdict as any other.
    let step = IEdgeProof::stepCall::default();
    let judgement = said(db, &step);
    assert_eq!(judgement.verdict, IEdgeProof::Verdict::Invalid);
    let outline = IEdgeProof::outlineCall {
        graph: Bytes::copy_from_slice(&image()[..image().len() - model.weights().len()]),
        weightsRoot: B256::repeat_byte(1),
        weightsTransposedRoot: B256::repeat_byte(2),
    };
    let outlined = said(db, &outline);
    assert_eq!(outlined.traceBytes, model.plan().trace_bytes() as u64);
    [
        sample(EDGE_PROOF, 0, (&outline, &outlined)),
        sample(EDGE_PROOF, accounts, (&infer, &output)),
        sample(EDGE_PROOF, accounts, (&describe, &shape)),
        sample(EDGE_PROOF, 0, (&step, &judgement)),
    ]
}

fn proofs() -> [Sample; 5] {
    let content: Vec<u8> = (0..3_000u32).map(|index| index as u8).collect();
    let blob = Blob::of(&content);
    let possession = IEdgeProof::possessionCall {
        root: blob.root.into(),
        length: blob.bytes,
        seed: B256::repeat_byte(5),
        samples: U256::from(4),
        proof: prove_possession(&content, &[5; 32], 4).into(),
    };
    let product = Product { seed: [1; 32], size: 20 };
    let entries = product.compute();
    let capacity = IEdgeProof::capacityCall {
        root: Blob::of(&entries).root.into(),
        size: U256::from(20),
        seed: B256::repeat_byte(1),
        challenge: B256::repeat_byte(2),
        samples: U256::from(4),
        proof: product.prove(&entries, &[2; 32], 4).into(),
    };
    let freivalds = IEdgeProof::freivaldsCall {
        input: Bytes::from_static(&[2, 3]),
        accumulators: 8i32.to_le_bytes().into(),
        projections: project(&[1, 2], 2, &[4; 32], 1).into(),
        seed: B256::repeat_byte(4),
    };
    let values = [[1; 32], [2; 32]];
    let folded = B256::from(fold(&values, true).expect("two"));
    let values = IEdgeProof::foldCall { values: values.map(B256::from).to_vec(), root: true };
    [
        sample(EDGE_PROOF, 0, (&opens(3, 4), &true)),
        sample(EDGE_PROOF, 0, (&possession, &true)),
        sample(EDGE_PROOF, 0, (&capacity, &true)),
        sample(EDGE_PROOF, 0, (&freivalds, &true)),
        sample(EDGE_PROOF, 0, (&values, &folded)),
    ]
}

fn quorums(snapshot: Address, epoch: u64, signers: Vec<u8>, total: u64) -> [Sample; 2] {
    let votes = votes(&[1, 2], epoch);
    let signature = Bytes::from(aggregate_signatures(&votes).expect("two").to_bytes());
    let message = Bytes::from(super::super::registry::message(epoch));
    let plain = IBls::fastAggregateVerifyCall {
        snapshot,
        message: message.clone(),
        signers: signers.into(),
        signature: signature.clone(),
    };
    let multiplicities: Bytes = (0..9).flat_map(|place| u16::from(place < 2).to_be_bytes()).collect();
    let weighted = IBls::weightedAggregateVerifyCall { snapshot, message, multiplicities, signature };
    let quorum = IBls::Quorum {
        valid: true,
        signers: U256::from(2),
        signedStake: U256::from(2 + 3),
        totalStake: U256::from(total),
    };
    [sample(BLS, 3, (&plain, &quorum)), sample(BLS, 3, (&weighted, &quorum))]
}

fn signatures() -> [Sample; 7] {
    let key = |seed| Bytes::from(secret(seed).public_key().to_bytes());
    let messages = [b"one".as_slice(), b"two"].map(Bytes::from_static);
    let signed = [1, 2].map(|seed| secret(seed).sign(&messages[seed as usize - 1]));
    let sum = Bytes::from(aggregate_signatures(&signed).expect("two").to_bytes());
    let one =
        IBls::verifyCall { publicKey: key(1), message: messages[0].clone(), signature: signed[0].to_bytes().into() };
    let aggregate = IBls::aggregateVerifyCall {
        publicKeys: vec![key(1), key(2)],
        messages: messages.to_vec(),
        signature: sum.clone(),
    };
    let possession =
        IBls::verifyPossessionCall { publicKey: key(1), proof: secret(1).prove_possession().to_bytes().into() };
    let add =
        IBls::aggregateSignaturesCall { signatures: signed.map(|signature| signature.to_bytes().into()).to_vec() };
    let point = Bytes::from(secret(1).public_key().to_stored());
    let (message, tag) = (messages[0].clone(), Bytes::from_static(b"tag"));
    let (g1, g2) = (hash_to_g1(&message, &tag).expect("a tag"), hash_to_g2(&message, &tag).expect("a tag"));
    [
        sample(BLS, 0, (&one, &true)),
        sample(BLS, 0, (&aggregate, &true)),
        sample(BLS, 0, (&possession, &true)),
        sample(BLS, 0, (&add, &sum)),
        sample(BLS, 0, (&IBls::decompressCall { publicKey: key(1) }, &point)),
        sample(BLS, 0, (&IBls::hashToG1Call { message: message.clone(), tag: tag.clone() }, &g1.into())),
        sample(BLS, 0, (&IBls::hashToG2Call { message, tag }, &g2.into())),
    ]
}
