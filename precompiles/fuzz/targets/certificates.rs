//! Any bytes as keys, signatures, snapshots and signers: what is taken is written back as it came, and nothing panics.

#![no_main]

use edgeloom_bls::{KeySum, Manifest, PossessionProof, PublicKey, Signature, Signers, Tally};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(key) = bytes.first_chunk().and_then(|bytes| PublicKey::from_bytes(bytes).ok()) {
        assert_eq!(key.to_bytes()[..], bytes[..48]);
        assert_eq!(PublicKey::from_stored(&key.to_stored()), Ok(key));
    }
    if let Some(signature) = bytes.first_chunk().and_then(|bytes| Signature::from_bytes(bytes).ok()) {
        assert_eq!(signature.to_bytes()[..], bytes[..96]);
    }
    if let Some(proof) = bytes.first_chunk().and_then(|bytes| PossessionProof::from_bytes(bytes).ok()) {
        assert_eq!(proof.to_bytes()[..], bytes[..96]);
    }
    if let Some(sum) = bytes.first_chunk().and_then(|bytes| KeySum::from_stored(bytes).ok()) {
        assert_eq!(sum.to_stored()[..], bytes[..96]);
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        for chunk in manifest.chunks() {
            assert!((1..=248).contains(&chunk.places));
            let _stakes = chunk.stakes(bytes).map(Iterator::count);
            let _keys = chunk.keys(bytes, 0..chunk.places);
        }
    }
    let stakes: Vec<u64> = bytes.iter().map(|byte| u64::from(byte & 3)).collect();
    for signers in [Signers::bitmap(bytes, stakes.len()), Signers::multiplicities(bytes, stakes.len() / 2)] {
        let Ok(signers) = signers else { continue };
        if let Ok(tally) = Tally::of(&signers, &stakes) {
            assert!(tally.signed_stake <= tally.total_stake);
        }
    }
    let split = bytes.len() / 9;
    let (bitmap, rest) = bytes.split_at(split);
    let stakes: Vec<u64> = rest.iter().take(split * 8).map(|byte| u64::from(*byte)).collect();
    if let Ok(tally) = Signers::bitmap(bitmap, stakes.len()).and_then(|signers| Tally::of(&signers, &stakes)) {
        assert_eq!(tally.present.len() + tally.absent.len(), stakes.iter().filter(|stake| **stake > 0).count());
    }
});
