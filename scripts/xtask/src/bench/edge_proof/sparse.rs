//! Proofs over blobs that are too large to be made.

use alloy::{
    primitives::{B256, Bytes, U256},
    sol_types::SolCall as _,
};
use blake3::hazmat::{
    ChainingValue, HasherExt as _, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root,
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::{Blob, CHUNK_BYTES, Product, asked};
use std::{collections::BTreeMap, ops::Range};

const SEED: [u8; 32] = [7; 32];

pub(super) fn possession(bytes: u64, samples: usize) -> Bytes {
    let asked: Vec<_> = asked(&Blob { root: [0; 32], bytes }, &SEED, samples).collect();
    let chunks = asked.iter().map(|chunk| (*chunk, vec![*chunk as u8; chunk_bytes(bytes, *chunk)])).collect();
    let tree = Tree::grow(bytes, &chunks);
    let call = IEdgeProof::possessionCall {
        root: tree.root.into(),
        length: bytes,
        seed: SEED.into(),
        samples: U256::from(samples),
        proof: tree.proof(&asked, &chunks).into(),
    };
    call.abi_encode().into()
}

pub(super) fn capacity(size: u32, samples: usize) -> Bytes {
    let product = Product { seed: SEED, size };
    let bytes = u64::from(size).pow(2) * 4;
    let entries: Vec<_> = product.asked(&SEED, samples).collect();
    let mut chunks = BTreeMap::new();
    for entry in &entries {
        let (chunk, at) = (entry * 4 / CHUNK_BYTES, (entry * 4 % CHUNK_BYTES) as usize);
        let data: &mut Vec<u8> = chunks.entry(chunk).or_insert_with(|| vec![0; chunk_bytes(bytes, chunk)]);
        data[at..at + 4].copy_from_slice(&product.entry(*entry).to_le_bytes());
    }
    let asked: Vec<_> = entries.iter().map(|entry| entry * 4 / CHUNK_BYTES).collect();
    let tree = Tree::grow(bytes, &chunks);
    let call = IEdgeProof::capacityCall {
        root: tree.root.into(),
        size: U256::from(size),
        seed: SEED.into(),
        challenge: SEED.into(),
        samples: U256::from(samples),
        proof: tree.proof(&asked, &chunks).into(),
    };
    call.abi_encode().into()
}

/// The first chunk.
pub(super) fn opens(bytes: u64) -> Bytes {
    let chunks = BTreeMap::from([(0, vec![1; chunk_bytes(bytes, 0)])]);
    let tree = Tree::grow(bytes, &chunks);
    let call = IEdgeProof::opensCall {
        root: tree.root.into(),
        length: bytes,
        first: 0,
        count: 1,
        data: chunks[&0].clone().into(),
        values: tree.paths[&0].iter().map(|value| B256::from(*value)).collect(),
    };
    call.abi_encode().into()
}

fn chunk_bytes(bytes: u64, chunk: u64) -> usize {
    (bytes - chunk * CHUNK_BYTES).min(CHUNK_BYTES) as usize
}

/// The paths of some chunks, by chunk.
type Paths = BTreeMap<u64, Vec<ChainingValue>>;

struct Tree {
    root: [u8; 32],
    paths: Paths,
}

impl Tree {
    fn grow(bytes: u64, chunks: &BTreeMap<u64, Vec<u8>>) -> Self {
        if bytes <= CHUNK_BYTES {
            return Self { root: blake3::hash(&chunks[&0]).into(), paths: BTreeMap::from([(0, Vec::new())]) };
        }
        let middle = left_subtree_len(bytes);
        let (left, right) = (subtree(0..middle, chunks), subtree(middle..bytes, chunks));
        Self { root: merge_subtrees_root(&left.0, &right.0, Mode::Hash).into(), paths: join(left, right) }
    }

    fn proof(&self, asked: &[u64], chunks: &BTreeMap<u64, Vec<u8>>) -> Vec<u8> {
        asked.iter().flat_map(|chunk| [&chunks[chunk], self.paths[chunk].as_flattened()].concat()).collect()
    }
}

fn subtree(range: Range<u64>, chunks: &BTreeMap<u64, Vec<u8>>) -> (ChainingValue, Paths) {
    let run = range.start / CHUNK_BYTES..range.end.div_ceil(CHUNK_BYTES);
    if chunks.range(run.clone()).next().is_none() {
        return (blake3::hash(&range.start.to_le_bytes()).into(), Paths::new());
    }
    if run.end - run.start == 1 {
        let data = &chunks[&run.start];
        let value = blake3::Hasher::new().set_input_offset(range.start).update(data).finalize_non_root();
        return (value, BTreeMap::from([(run.start, Vec::new())]));
    }
    let middle = range.start + left_subtree_len(range.end - range.start);
    let (left, right) = (subtree(range.start..middle, chunks), subtree(middle..range.end, chunks));
    (merge_subtrees_non_root(&left.0, &right.0, Mode::Hash), join(left, right))
}

/// Paths of a node's children, with the other child's value where it lies.
fn join((left, left_paths): (ChainingValue, Paths), (right, right_paths): (ChainingValue, Paths)) -> Paths {
    let from_left = left_paths.into_iter().map(|(chunk, path)| (chunk, [path, vec![right]].concat()));
    let from_right = right_paths.into_iter().map(|(chunk, path)| (chunk, [vec![left], path].concat()));
    from_left.chain(from_right).collect()
}
