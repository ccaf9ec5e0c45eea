//! What anybody may name when it calls the judge or an opening directly: lengths that nothing has, and graphs that nobody checked. None
//! of it is a proof, and none of it makes the kernel panic.

use crate::{
    Blob, Commitment, Evidence, Opened, Place, SPEC_ID, Tree, Verdict, Work, adjudicate,
    layout::{Descriptor, Header, RECORD_BYTES},
};

const CHUNK: u64 = 1024;

#[test]
fn no_length_is_too_long_to_be_refused() {
    for bits in 11..64 {
        for bytes in [(1_u64 << bits) - 1, 1 << bits, (1 << bits) + 1, u64::MAX >> (63 - bits), u64::MAX - bits] {
            let blob = Blob { root: [7; 32], bytes };
            let last = blob.chunks() - 1;
            for run in [0..1, 0..2, 1..3, last..last + 1, last - 1..last + 1, last / 2..last / 2 + 8] {
                // Of the right shape, so that it is read to its end.
                let Some(range) = blob.range(&run) else { continue };
                let data = vec![1; (range.end - range.start) as usize];
                let values = vec![[2; 32]; blob.values(&run).expect("the range is inside")];
                assert!(!blob.opens(&run, &data, &values), "{bytes}, {run:?}");
            }
        }
    }
    assert_eq!(Blob { root: [7; 32], bytes: u64::MAX }.range(&(0..1)), None);
    assert_eq!(Blob { root: [7; 32], bytes: 1 << 60 }.range(&(0..1)), Some(0..CHUNK));
}

/// What the judge says of a graph that nobody checked, shown by proofs that open.
fn judged(header: Header, descriptor: Descriptor, place: Place) -> Verdict {
    let graph = [header.encode(), descriptor.encode()].concat();
    let (weights, trace, output) = (vec![3; 9_000], vec![5; 40_000], vec![5; 70]);
    let image = [&graph[..], &weights].concat();
    let known = Work { input: &trace[..2_000], trace: &trace[..], output: &output[..] }.map(Tree::of);
    let commitment = Commitment {
        weights_root: Blob::of(&weights).root,
        weights_len: header.weights_bytes,
        weights_t_root: [0; 32],
        graph_root: Blob::of(&graph).root,
        graph_len: graph.len() as u64,
        spec_id: SPEC_ID,
    };
    let work = known.as_ref().map(|tree| tree.blob());
    let evidence = Evidence::of(&image).expect("it has a header");
    let proof = evidence.prove(known.as_ref().map(|tree| tree as &dyn Opened), place);
    // The records at least, so that it is read as far as they go.
    let records = Tree::of(&graph).data(&(0..1)).expect("one chunk");
    adjudicate(&commitment, &work, place, &proof.unwrap_or_else(|| [&records[..], &records].concat()))
}

fn header(input_bytes: u64) -> Header {
    Header { ops: 1, input_bytes, weights_bytes: 9_000 }
}

fn copy() -> Descriptor {
    Descriptor {
        op: 9,
        in_type: 1,
        out_type: 1,
        in_stride: 1,
        out_stride: 1,
        count: 4,
        n: 1,
        out_base: 64,
        ..Descriptor::default()
    }
}

#[test]
fn an_input_of_any_length_has_no_padding_beyond_the_trace() {
    for input_bytes in [0, 1 << 37, u64::MAX - 64, u64::MAX - 1, u64::MAX] {
        for element in [0, 63, input_bytes, input_bytes.wrapping_add(1), u64::MAX] {
            let verdict = judged(header(input_bytes), copy(), Place { op: Place::INPUT, element });
            assert_eq!(verdict, Verdict::Invalid, "{input_bytes}, {element}");
        }
    }
}

#[test]
fn an_operand_anywhere_is_read_nowhere_but_in_a_trace() {
    let huge = [(1 << 36, u32::MAX, u32::MAX), (0, u32::MAX, u32::MAX), (u64::MAX, 1, 4), ((1 << 36) - 3, 1, 4)];
    for (in_base, in_stride, count) in huge {
        let descriptor = Descriptor { in_base, in_stride, count, ..copy() };
        for element in [0, 3, u64::from(count) - 1] {
            let verdict = judged(header(64), descriptor, Place { op: 0, element });
            assert_eq!(verdict, Verdict::Invalid, "{in_base} + {element} * {in_stride}");
        }
    }
    // The same graph is judged where it is one.
    let verdict = judged(header(64), copy(), Place { op: 0, element: 3 });
    assert_eq!(verdict, Verdict::Consistent { at: 67, value: 5 });
}

/// Every field of a record at its extremes, by itself and beside others.
#[test]
fn no_record_makes_the_judge_panic() {
    let mut judged_at_all = 0;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..60_000 {
        let mut record: [u8; RECORD_BYTES] = copy().encode();
        record[0] = [1, 2, 3, 4, 6, 8, 9, 16, 17, 18, 21, 24, 25, 26, 27, 64, 65, 66, 67, 68][next() as usize % 20];
        for _ in 0..next() % 6 {
            let (at, width) = (next() as usize % RECORD_BYTES, 1 << (next() % 4));
            let value = [0, 1, 255, 0x7f, 2, 64][next() as usize % 6];
            record[at..(at + width).min(RECORD_BYTES)].fill(value);
        }
        let Ok(descriptor) = Descriptor::decode(&record) else { continue };
        let element = [0, 1, 3, u64::from(u32::MAX), u64::MAX - 1][next() as usize % 5];
        let op = [0, 0, 0, Place::INPUT, Place::OUTPUT][next() as usize % 5];
        judged_at_all += u64::from(judged(header(64), descriptor, Place { op, element }) != Verdict::Invalid);
    }
    assert!(judged_at_all > 500, "{judged_at_all}");
}
