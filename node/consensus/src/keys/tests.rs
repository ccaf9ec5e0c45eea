use super::*;
use crate::{committee::commonware_voting_key, simulation::world::validator_keys};
use commonware_codec::Encode as _;
use commonware_cryptography::bls12381::primitives::{
    ops::{compute_public, sign_message},
    variant::MinPk,
};
use edgeloom_bls::Signature;

#[test]
fn the_engine_s_keys_and_signatures_are_ours() {
    let keys = validator_keys(3);
    let engine = commonware_voting_key(&keys.voting.to_bytes()).expect("a key");
    assert_eq!(compute_public::<MinPk>(&engine).encode().as_ref(), keys.voting.public_key().to_bytes());
    let signature = sign_message::<MinPk>(&engine, b"namespace", b"message").encode();
    let signature = Signature::from_bytes(signature.as_ref().try_into().expect("96 bytes")).expect("a signature");
    // The engine signs varint(len(namespace)) ‖ namespace ‖ message.
    assert!(signature.verify(&keys.voting.public_key(), b"\x09namespacemessage"));
    assert!(!signature.verify(&keys.voting.public_key(), b"\x09namespacemessagf"));
    assert_eq!(signature.to_bytes(), keys.voting.sign(b"\x09namespacemessage").to_bytes());
}

#[test]
fn only_scalars_are_voting_keys() {
    let refused = |voting: [u8; 32]| ValidatorKeys::new(&[1; 32], &voting).map(|_| ());
    assert_eq!(refused([0; 32]), Err(KeyError::Voting));
    assert_eq!(refused([0xff; 32]), Err(KeyError::Voting));
    assert_eq!(refused([1; 32]), Ok(()));
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", validator_keys(4));
    assert!(shown.contains("identity") && !shown.contains("0505050505"), "{shown}");
}
