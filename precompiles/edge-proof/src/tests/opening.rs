//! Openings of every run of small blobs, and bytes that are none; folds against BLAKE3 itself.

use crate::{Blob, FOLD_MAX, Opened, Tree, fold, values_beside};
use blake3::hazmat::HasherExt as _;
use proptest::prelude::{ProptestConfig, any, proptest};
use std::ops::Range;

const CHUNK: usize = 1024;

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| (index * 31 + index / 251) as u8).collect()
}

fn part(content: &[u8], first: usize, end: usize) -> &[u8] {
    &content[first * CHUNK..(end * CHUNK).min(content.len())]
}

#[test]
fn every_run_of_chunks_opens() {
    for bytes in [0, 1, 1023, 1024, 1025, 2048, 3000, 4096, 5 * CHUNK, 7 * CHUNK + 1, 8 * CHUNK, 13 * CHUNK + 500] {
        let content = content(bytes);
        let (blob, tree) = (Blob::of(&content), Tree::of(&content));
        assert_eq!(blob.chunks(), (bytes as u64).div_ceil(1024).max(1));
        assert_eq!(tree.blob(), blob);
        for first in 0..blob.chunks() {
            for end in first + 1..=blob.chunks() {
                let run = first..end;
                let data = part(&content, first as usize, end as usize);
                let values = values_beside(&content, &run).expect("inside");
                assert_eq!(blob.values(&run), Some(values.len()), "{run:?} of {bytes}");
                assert!(blob.opens(&run, data, &values), "{run:?} of {bytes}");
                assert_eq!(tree.values_beside(&run), Some(values), "{run:?} of {bytes}");
            }
        }
    }
}

#[test]
fn runs_that_are_not_inside_have_no_opening() {
    let content = content(3000);
    let blob = Blob::of(&content);
    for run in [0..0, 3..3, 0..4, 3..4, Range { start: 2, end: 1 }, u64::MAX - 1..u64::MAX] {
        assert_eq!((blob.range(&run), blob.values(&run), values_beside(&content, &run)), (None, None, None), "{run:?}");
        assert_eq!(Tree::of(&content).values_beside(&run), None, "{run:?}");
        assert!(!blob.opens(&run, &[], &[]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_else_is_the_opening(bytes in 1usize..9000, at in any::<usize>(), bit in 0u8..8, wide in 1usize..4) {
        let content = content(bytes);
        let blob = Blob::of(&content);
        let first = at % blob.chunks() as usize;
        let end = (first + wide).min(blob.chunks() as usize);
        let run = first as u64..end as u64;
        let data = part(&content, first, end).to_vec();
        let values = values_beside(&content, &run).expect("inside");
        assert!(blob.opens(&run, &data, &values));
        let mut flipped = data.clone();
        flipped[at % data.len()] ^= 1 << bit;
        assert!(!blob.opens(&run, &flipped, &values));
        assert!(!blob.opens(&run, &data[1..], &values));
        assert!(!blob.opens(&run, &[&data[..], &[0]].concat(), &values));
        assert!(!blob.opens(&run, &data, &[&values[..], &[[0; 32]]].concat()));
        // Only the last chunk shows the length.
        let other_length = Blob { bytes: blob.bytes + 1, ..blob };
        assert!(run.end < blob.chunks() || !other_length.opens(&run, &data, &values));
        if let Some(value) = values.len().checked_sub(1) {
            assert!(!blob.opens(&run, &data, &values[..value]));
            let mut wrong = values.clone();
            wrong[at % values.len()][at % 32] ^= 1 << bit;
            assert!(!blob.opens(&run, &data, &wrong));
        }
        if first > 0 && data.len() == CHUNK {
            let elsewhere = run.start - 1..run.end - 1;
            assert!(!blob.opens(&elsewhere, &data, &values), "the place is part of the opening");
        }
    }
}

#[test]
fn folds_are_levels_of_the_tree() {
    for chunks in [2usize, 3, 5, 8, 100, 256] {
        let content = content(chunks * CHUNK - 7);
        let value = |index: usize| {
            let data = part(&content, index, index + 1);
            blake3::Hasher::new().set_input_offset((index * CHUNK) as u64).update(data).finalize_non_root()
        };
        let values: Vec<_> = (0..chunks).map(value).collect();
        assert_eq!(fold(&values, true), Some(*blake3::hash(&content).as_bytes()), "{chunks} chunks");
        assert_ne!(fold(&values, false), fold(&values, true));
    }
    // Two levels: four subtrees of 256 chunks each.
    let content = content(1024 * CHUNK);
    let subtree = |index: usize| {
        let value = |chunk: usize| {
            let chunk = index * 256 + chunk;
            let data = part(&content, chunk, chunk + 1);
            blake3::Hasher::new().set_input_offset((chunk * CHUNK) as u64).update(data).finalize_non_root()
        };
        fold(&(0..256).map(value).collect::<Vec<_>>(), false).expect("256 values")
    };
    let top: Vec<_> = (0..4).map(subtree).collect();
    assert_eq!(fold(&top, true), Some(*blake3::hash(&content).as_bytes()));
    assert_eq!((fold(&[], true), fold(&top[..1], true)), (None, None));
    assert_eq!(fold(&vec![[0; 32]; FOLD_MAX + 1], true), None);
}
