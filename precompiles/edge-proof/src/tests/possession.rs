//! Proofs of possession, and what passes for none.

use crate::{Blob, asked, possesses, prove_possession};

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| (index * 7 + index / 253) as u8).collect()
}

#[test]
fn who_has_the_bytes_proves_it() {
    for bytes in [5, 1024, 4096, 100_001] {
        let content = content(bytes);
        let blob = Blob::of(&content);
        for samples in [1, 2, 40] {
            let proof = prove_possession(&content, &[9; 32], samples);
            assert!(possesses(&blob, &[9; 32], samples, &proof), "{samples} of {bytes}");
            assert!(bytes <= 1024 || !possesses(&blob, &[8; 32], samples, &proof), "another seed asks for others");
            assert!(!possesses(&blob, &[9; 32], samples + 1, &proof));
            assert!(!possesses(&blob, &[9; 32], samples, &[&proof[..], &[0]].concat()));
            assert!(!possesses(&blob, &[9; 32], samples, &proof[..proof.len() - 1]));
        }
    }
    assert!(possesses(&Blob::of(&[]), &[9; 32], 40, &[]), "nobody lacks what has no bytes");
}

#[test]
fn who_lacks_a_share_is_found_out_as_often_as_the_formula_says() {
    let whole = content(400 * 1024);
    let blob = Blob::of(&whole);
    // A tenth of the chunks is missing, whatever else is there in their place.
    let mut missing = whole.clone();
    missing.chunks_exact_mut(10 * 1024).for_each(|ten| ten[..1024].fill(0xee));
    let (samples, tries) = (5, 400);
    let mut seeds = (0..tries).map(|seed: u32| *blake3::hash(&seed.to_le_bytes()).as_bytes());
    let passes = seeds.by_ref().filter(|seed| {
        let chunks: Vec<_> = asked(&blob, seed, samples).collect();
        let passed = chunks.iter().all(|chunk| chunk % 10 != 0);
        // What it sends has the values of the whole, as if it had kept the tree.
        let proof = prove_possession(&whole, seed, samples);
        let mut rest = &proof[..];
        let mut sent = Vec::new();
        for chunk in &chunks {
            let size = 1024 + 32 * blob.values(&(*chunk..chunk + 1)).expect("inside");
            let start = *chunk as usize * 1024;
            sent.extend_from_slice(&missing[start..start + 1024]);
            sent.extend_from_slice(&rest[1024..size]);
            rest = &rest[size..];
        }
        assert_eq!(possesses(&blob, seed, samples, &sent), passed);
        passed
    });
    let (found, expected) = (passes.count() as f64, f64::from(tries) * 0.9f64.powi(5));
    let sigma = (expected * (1.0 - 0.9f64.powi(5))).sqrt();
    assert!((found - expected).abs() < 3.0 * sigma, "{found} passed, {expected} expected");
}
