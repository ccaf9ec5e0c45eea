mod batch;
mod domain;
mod hash;
mod receipt;
mod snapshot;
mod sums;
mod wycheproof;

use super::*;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32]).expect("32 bytes are enough")
}

#[test]
fn signs_and_verifies_and_nothing_else_verifies() {
    let signature = key(1).sign(b"message");
    assert!(signature.verify(&key(1).public_key(), b"message"));
    assert!(!signature.verify(&key(2).public_key(), b"message"));
    assert!(!signature.verify(&key(1).public_key(), b"massage"));
    assert_eq!(signature, key(1).sign(b"message"), "signatures are unique");
}

#[test]
fn encodings_round_trip() {
    let (secret, public, signature) = (key(1), key(1).public_key(), key(1).sign(b"m"));
    assert_eq!(SecretKey::from_bytes(&secret.to_bytes()).expect("valid").public_key(), public);
    assert_eq!(PublicKey::from_bytes(&public.to_bytes()), Ok(public));
    assert_eq!(Signature::from_bytes(&signature.to_bytes()), Ok(signature));
}

#[test]
fn aggregates_verify_only_with_exactly_their_signers() {
    let signatures: Vec<_> = (1..=4).map(|seed| key(seed).sign(b"m")).collect();
    let keys: Vec<_> = (1..=4).map(|seed| key(seed).public_key()).collect();
    let aggregate = aggregate_signatures(&signatures).expect("not empty");
    assert!(fast_aggregate_verify(&keys.iter().collect::<Vec<_>>(), b"m", &aggregate));
    assert!(!fast_aggregate_verify(&keys[..3].iter().collect::<Vec<_>>(), b"m", &aggregate));
    assert!(!fast_aggregate_verify(&[], b"m", &aggregate));
    assert_eq!(aggregate_signatures(&[]), Err(BlsError::Empty));
}

#[test]
fn possession_is_bound_to_its_key_and_is_not_a_signature() {
    let proof = key(1).prove_possession();
    assert!(proof.verify(&key(1).public_key()));
    assert!(!proof.verify(&key(2).public_key()));
    let signed = key(1).sign(&key(1).public_key().to_bytes());
    let disguised = PossessionProof::from_bytes(&signed.to_bytes()).expect("a point of the subgroup");
    assert!(!disguised.verify(&key(1).public_key()), "a signature over the key passed for a proof");
}

#[test]
fn infinity_is_neither_key_nor_signature() {
    let mut infinity = [0; 96];
    infinity[0] = 0xc0;
    assert_eq!(Signature::from_bytes(&infinity), Err(BlsError::Signature));
    assert_eq!(PossessionProof::from_bytes(&infinity), Err(BlsError::Signature));
    let mut infinity = [0; 48];
    infinity[0] = 0xc0;
    assert_eq!(PublicKey::from_bytes(&infinity), Err(BlsError::PublicKey));
    assert_eq!(SecretKey::from_bytes(&[0; 32]).map(|_| ()), Err(BlsError::SecretKey));
    assert_eq!(SecretKey::from_bytes(&[0xff; 32]).map(|_| ()), Err(BlsError::SecretKey));
}

#[test]
fn keys_that_cancel_out_do_not_verify() {
    let public = key(1).public_key();
    let mut negated = public.to_bytes();
    negated[0] ^= 0x20; // the sign of y in the compressed encoding
    let negated = PublicKey::from_bytes(&negated).expect("the negation is a valid key");
    assert!(!fast_aggregate_verify(&[&public, &negated], b"m", &key(2).sign(b"m")));
}

#[test]
fn no_mutation_of_a_key_or_signature_verifies() {
    let (public, signature) = (key(1).public_key(), key(1).sign(b"m"));
    for bit in 0..48 * 8 {
        let mut bytes = public.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !PublicKey::from_bytes(&bytes).is_ok_and(|key| signature.verify(&key, b"m")),
            "key with bit {bit} flipped"
        );
    }
    for bit in 0..96 * 8 {
        let mut bytes = signature.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !Signature::from_bytes(&bytes).is_ok_and(|mutated| mutated.verify(&public, b"m")),
            "signature with bit {bit} flipped"
        );
    }
}

#[test]
fn points_outside_the_subgroup_are_refused() {
    // Compressed x coordinates counted up until one is on the curve: the subgroup is 2^-125 of the curve, so such a point
    // is outside it.
    let on_curve = (0..=255u8).filter_map(|x| {
        let mut bytes = [0; 48];
        bytes[0] = 0x80;
        bytes[47] = x;
        blst::min_pk::PublicKey::from_bytes(&bytes).ok().map(|_| bytes)
    });
    let found: Vec<_> = on_curve.collect();
    assert!(found.len() > 50);
    assert!(found.iter().all(|bytes| PublicKey::from_bytes(bytes).is_err()));
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(format!("{:?}", key(1)), "SecretKey(..)");
}

/// From the IETF draft's ecosystem: ethereum/bls12-381-tests `sign_case_11b8c7cad5238946` (CC0).
#[test]
fn agrees_with_a_published_vector() {
    let mut secret = [0; 32];
    decode("47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138", &mut secret);
    let mut expected = [0; 96];
    decode(
        "b23c46be3a001c63ca711f87a005c200cc550b9429d5f4eb38d74322144f1b63926da3388979e5321012fb1a0526bcd100b5ef5fe72628ce4cd5e904aeaa3279527843fae5ca9ca675f4f51ed8f83bbf7155da9ecc9663100a885d5dc6df96d9",
        &mut expected,
    );
    let secret = SecretKey::from_bytes(&secret).expect("valid");
    assert_eq!(secret.sign(&[0; 32]).to_bytes(), expected);
}

fn decode(hex: &str, out: &mut [u8]) {
    for (byte, pair) in out.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let text = std::str::from_utf8(pair).expect("ASCII");
        *byte = u8::from_str_radix(text, 16).expect("hex");
    }
}
