//! Any bytes as a graph, its constants and a trace, whether a model has them or not: a judge never panics, takes every proof that is made
//! of them, and no other bytes.

#![no_main]

use edgeloom_edge_proof::{
    Blob, CHUNK_BYTES, Commitment, Evidence, Opened, Place, Plan, SPEC_ID, Tree, Verdict, Work, adjudicate,
};
use libfuzzer_sys::fuzz_target;

const RECORD_BYTES: usize = 128;
/// Longest weights section and trace: three levels of a tree.
const CONTENT_MAX: usize = 6 * CHUNK_BYTES as usize;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, rest)) = bytes.split_first_chunk::<16>() else { return };
    let number = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let (ops, flip) = (usize::from(head[0] % 8) + 1, head[1]);
    let (weights_len, trace_len) = (number(2) % (CONTENT_MAX + 1), number(4) % (CONTENT_MAX + 1));
    // The copies of input and answer are two more.
    let op = match head[6] % 10 {
        8 => Place::INPUT,
        9 => Place::OUTPUT,
        op => op.into(),
    };
    // Now and then a number, or an input, that no graph has.
    let widened = |number: u64| if head[7] & 1 == 0 { number } else { number << (head[7] >> 2) | u64::from(head[6]) };
    let element = widened(u64::from(u32::from_le_bytes([head[8], head[9], head[10], head[11]])));
    let place = Place { op, element };
    let Some((records, rest)) = rest.split_at_checked(ops * RECORD_BYTES) else { return };
    let (weights, rest) = rest.split_at(rest.len().min(weights_len));

    let mut image = b"EIG1\x01\0\0\0".to_vec();
    image.extend(SPEC_ID.to_le_bytes());
    image.extend((ops as u32).to_le_bytes());
    let input_bytes = number(12).max(1) as u64;
    image.extend(if head[7] & 2 == 0 { input_bytes } else { widened(input_bytes) }.to_le_bytes());
    image.extend((weights_len as u64).to_le_bytes());
    image.resize(RECORD_BYTES, 0);
    image.extend_from_slice(records);
    let _plan = Plan::read(&image);
    let graph = Blob::of(&image);
    image.extend(weights.iter().chain(std::iter::repeat(&7)).take(weights_len));
    let trace: Vec<u8> = rest.iter().copied().chain((0..=255).cycle()).take(trace_len).collect();
    let constants = Blob::of(&image[graph.bytes as usize..]);
    let commitment = Commitment {
        weights_root: constants.root,
        weights_len: constants.bytes,
        weights_t_root: [0; 32],
        graph_root: graph.root,
        graph_len: graph.bytes,
        spec_id: SPEC_ID,
    };
    let copied = &trace[..trace_len.min(number(12))];
    let known = Work { input: copied, trace: &trace[..], output: copied }.map(Tree::of);
    let work = known.as_ref().map(|tree| tree.blob());

    assert_eq!(adjudicate(&commitment, &work, place, bytes), Verdict::Invalid);
    let evidence = Evidence::of(&image).expect("it has a header");
    let Some(mut proof) = evidence.prove(known.as_ref().map(|tree| tree as &dyn Opened), place) else { return };
    assert_ne!(adjudicate(&commitment, &work, place, &proof), Verdict::Invalid);
    let at = number(14) % proof.len();
    assert_eq!(adjudicate(&commitment, &work, place, &proof[..at]), Verdict::Invalid);
    if flip > 0 {
        proof[at] ^= flip;
        assert_eq!(adjudicate(&commitment, &work, place, &proof), Verdict::Invalid);
    }
});
