//! `IBls` through a real EVM: what each function answers, and every custom error.

use super::{chain, image, reverted, send};
use alloy::{
    primitives::{Bytes, U256},
    sol_types::{SolCall, SolError as _},
};
use edgeloom_bindings::{IBls, addresses::BLS};
use edgeloom_bls::{SecretKey, aggregate_signatures, hash_to_g1, hash_to_g2};
use revm::context_interface::result::ExecutionResult;

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32]).expect("32 bytes are enough")
}

fn key(seed: u8) -> Bytes {
    secret(seed).public_key().to_bytes().into()
}

fn signature(seed: u8, message: &[u8]) -> Bytes {
    secret(seed).sign(message).to_bytes().into()
}

fn call(call: &impl SolCall) -> ExecutionResult {
    send(&mut chain(&image(), 100), BLS, call.abi_encode(), 16_000_000, 0)
}

fn answer<Call: SolCall>(of: &Call) -> Call::Return {
    let result = call(of);
    assert!(result.is_success(), "{result:?}");
    Call::abi_decode_returns(result.output().expect("succeeds")).expect("ABI")
}

fn verify(key: &Bytes, message: &'static [u8], signature: &Bytes) -> IBls::verifyCall {
    IBls::verifyCall { publicKey: key.clone(), message: message.into(), signature: signature.clone() }
}

fn aggregate_of(seeds: [u8; 3]) -> IBls::aggregateVerifyCall {
    let signatures = seeds.map(|seed| secret(seed).sign(&[seed]));
    IBls::aggregateVerifyCall {
        publicKeys: seeds.map(key).to_vec(),
        messages: seeds.map(|seed| vec![seed].into()).to_vec(),
        signature: aggregate_signatures(&signatures).expect("not empty").to_bytes().into(),
    }
}

#[test]
fn a_signature_verifies_with_its_key_and_message_alone() {
    let signed = signature(1, b"message");
    assert!(answer(&verify(&key(1), b"message", &signed)));
    assert!(!answer(&verify(&key(2), b"message", &signed)));
    assert!(!answer(&verify(&key(1), b"massage", &signed)));
}

#[test]
fn an_aggregate_verifies_with_exactly_its_keys_and_messages() {
    let right = aggregate_of([1, 2, 3]);
    assert!(answer(&right));
    let mut swapped = right.clone();
    swapped.messages.swap(0, 1);
    assert!(!answer(&swapped));
    let mut fewer = right;
    fewer.publicKeys.truncate(2);
    fewer.messages.truncate(2);
    assert!(!answer(&fewer));
}

#[test]
fn possession_is_of_one_key() {
    let proof = Bytes::from(secret(1).prove_possession().to_bytes());
    let of = |key| IBls::verifyPossessionCall { publicKey: key, proof: proof.clone() };
    assert!(answer(&of(key(1))));
    assert!(!answer(&of(key(2))));
    let signed = IBls::verifyPossessionCall { publicKey: key(1), proof: signature(1, &key(1)) };
    assert!(!answer(&signed), "a signature over the key is no proof");
}

#[test]
fn signatures_add_up_and_messages_hash_as_in_the_library() {
    let signatures = [1, 2, 3].map(|seed| secret(seed).sign(b"m"));
    let expected = aggregate_signatures(&signatures).expect("not empty").to_bytes();
    let bytes = signatures.map(|signature| signature.to_bytes().into()).to_vec();
    assert_eq!(answer(&IBls::aggregateSignaturesCall { signatures: bytes })[..], expected);
    let (message, tag) = (Bytes::from_static(b"message"), Bytes::from_static(b"tag"));
    let point = answer(&IBls::hashToG1Call { message: message.clone(), tag: tag.clone() });
    assert_eq!(point[..], hash_to_g1(&message, &tag).expect("a short tag"));
    let point = answer(&IBls::hashToG2Call { message: message.clone(), tag: tag.clone() });
    assert_eq!(point[..], hash_to_g2(&message, &tag).expect("a short tag"));
}

#[test]
fn every_fault_reverts_with_the_error_that_names_it() {
    let fault = |result: ExecutionResult| reverted(&result).clone();
    let malformed_key = |index| Bytes::from(IBls::MalformedKey { index: U256::from(index) }.abi_encode());
    let malformed_signature = |index| Bytes::from(IBls::MalformedSignature { index: U256::from(index) }.abi_encode());
    let [short, infinity] = [key(1).slice(..47), [&[0xc0][..], &[0; 47]].concat().into()];
    for wrong in [short, infinity, Bytes::new()] {
        assert_eq!(fault(call(&verify(&wrong, b"m", &signature(1, b"m")))), malformed_key(0));
        let mut aggregate = aggregate_of([1, 2, 3]);
        aggregate.publicKeys[2] = wrong.clone();
        assert_eq!(fault(call(&aggregate)), malformed_key(2));
        let possession = IBls::verifyPossessionCall { publicKey: wrong, proof: signature(1, b"m") };
        assert_eq!(fault(call(&possession)), malformed_key(0));
    }
    let infinity = Bytes::from([&[0xc0][..], &[0; 95]].concat());
    for wrong in [infinity, signature(1, b"m").slice(1..), Bytes::new()] {
        assert_eq!(fault(call(&verify(&key(1), b"m", &wrong))), malformed_signature(0));
        let possession = IBls::verifyPossessionCall { publicKey: key(1), proof: wrong.clone() };
        assert_eq!(fault(call(&possession)), malformed_signature(0));
        let signatures = vec![signature(1, b"m"), wrong.clone()];
        assert_eq!(fault(call(&IBls::aggregateSignaturesCall { signatures })), malformed_signature(1));
        let aggregate = IBls::aggregateVerifyCall { signature: wrong, ..aggregate_of([1, 2, 3]) };
        assert_eq!(fault(call(&aggregate)), malformed_signature(0));
    }
    let mut negated = signature(1, b"m").to_vec();
    negated[0] ^= 0x20; // the sign of y in the compressed encoding
    let signatures = vec![signature(1, b"m"), negated.into()];
    let cancelled = IBls::SignaturesCancelOut {}.abi_encode();
    assert_eq!(fault(call(&IBls::aggregateSignaturesCall { signatures })), cancelled);
    for tag in [vec![], vec![1; 256]] {
        let length = IBls::TagLength { actual: U256::from(tag.len()) }.abi_encode();
        assert_eq!(fault(call(&IBls::hashToG1Call { message: Bytes::new(), tag: tag.clone().into() })), length);
        assert_eq!(fault(call(&IBls::hashToG2Call { message: Bytes::new(), tag: tag.into() })), length);
    }
}

#[test]
fn counts_are_bounded() {
    let wrong = |limit: u64, actual: u64| {
        Bytes::from(IBls::WrongCount { limit: U256::from(limit), actual: U256::from(actual) }.abi_encode())
    };
    for actual in [0, 257] {
        let signatures = vec![signature(1, b"m"); actual];
        let result = call(&IBls::aggregateSignaturesCall { signatures });
        assert_eq!(reverted(&result), &wrong(256, actual as u64));
    }
    for actual in [0, 65] {
        let (keys, messages) = (vec![key(1); actual], vec![Bytes::new(); actual]);
        let signature = signature(1, b"m");
        let result = call(&IBls::aggregateVerifyCall { publicKeys: keys, messages, signature });
        assert_eq!(reverted(&result), &wrong(64, actual as u64));
    }
    let mut uneven = aggregate_of([1, 2, 3]);
    uneven.messages.pop();
    let differ = IBls::CountsDiffer { keys: U256::from(3), messages: U256::from(2) }.abi_encode();
    assert_eq!(reverted(&call(&uneven)), &differ);
}

#[test]
fn gas_is_charged_before_work_and_work_halts_without_it() {
    let data = verify(&key(1), b"m", &signature(1, b"m")).abi_encode();
    let mut db = chain(&image(), 100);
    let spent = send(&mut db, BLS, data.clone(), 5_000_000, 0).tx_gas_used();
    assert!(send(&mut db, BLS, data.clone(), spent, 0).is_success());
    assert!(matches!(send(&mut db, BLS, data, spent - 1, 0), ExecutionResult::Halt { .. }));
}
