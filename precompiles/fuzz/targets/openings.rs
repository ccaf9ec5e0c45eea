//! Openings and proofs with bytes changed: they hold exactly where nothing was changed. And any bytes as a proof.

#![no_main]

use edgeloom_edge_proof::{Blob, Product, fold, possesses, prove_possession, values_beside};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[first, wide, at, flip, seed, samples], content)) = bytes.split_first_chunk::<6>() else { return };
    let blob = Blob::of(content);
    let first = u64::from(first) % blob.chunks();
    let run = first..(first + 1 + u64::from(wide)).min(blob.chunks());
    let range = blob.range(&run).expect("inside");
    let mut data = content[range.start as usize..range.end as usize].to_vec();
    let mut values = values_beside(content, &run).expect("inside");
    let changed = usize::from(at) * 37;
    let sound = flip == 0 || (data.is_empty() && values.is_empty());
    if let Some(byte) = data.get_mut(changed).filter(|_| at & 1 == 0) {
        *byte ^= flip;
    } else if let Some(last) = values.len().checked_sub(1) {
        values[changed % (last + 1)][changed % 32] ^= flip;
    } else if !data.is_empty() {
        let index = changed % data.len();
        data[index] ^= flip;
    }
    assert_eq!(blob.opens(&run, &data, &values), sound);

    let (seed, samples) = ([seed; 32], usize::from(samples % 8) + 1);
    assert!(possesses(&blob, &seed, samples, &prove_possession(content, &seed, samples)));
    // Lengths and roots that nobody committed to.
    let bytes = u64::from_le_bytes([first as u8, wide, at, flip, samples as u8, flip, wide, at]);
    let stranger = Blob { root: [flip; 32], bytes };
    assert!(!possesses(&stranger, &seed, samples, content));
    assert!(!stranger.opens(&(u64::from(at)..u64::from(wide)), content, &values));
    // Of the right shape, so that they are read to their end.
    let run = u64::from(at) % stranger.chunks()..(u64::from(at) % stranger.chunks() + 1 + u64::from(wide % 8));
    if let (Some(range), Some(count)) = (stranger.range(&run), stranger.values(&run)) {
        let filler = content.iter().chain(std::iter::repeat(&flip)).copied();
        let data: Vec<u8> = filler.take((range.end - range.start) as usize).collect();
        assert!(!stranger.opens(&run, &data, &vec![[at; 32]; count]));
    }
    let product = Product { seed, size: u32::from(wide) + 1 };
    assert!(!product.proves(&[flip; 32], (&seed, samples), content));
    let values: Vec<[u8; 32]> = content.as_chunks().0.to_vec();
    assert_eq!(fold(&values, true).is_some(), (2..=256).contains(&values.len()));
});
