//! Project Wycheproof's vectors of this curve. Those of the basic scheme differ from our ciphersuite in the tag alone, so they
//! are checked under theirs.

use crate::{DST, PublicKey, Signature, hash_to_g2};
use wycheproof_ng_bls::{Test, TestGroup, TestName, TestSet};

const BASIC: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";

fn key(bytes: &[u8]) -> Option<PublicKey> {
    bytes.try_into().ok().and_then(|bytes| PublicKey::from_bytes(bytes).ok())
}

fn signature(bytes: &[u8]) -> Option<Signature> {
    bytes.try_into().ok().and_then(|bytes| Signature::from_bytes(bytes).ok())
}

fn vectors(name: TestName, check: impl Fn(&TestGroup, &Test) -> bool) -> usize {
    let set = TestSet::load(name).expect("the crate parses its own vectors");
    for group in &set.test_groups {
        for test in &group.tests {
            let id = test.tc_id;
            assert_eq!(check(group, test), !test.result.must_fail(), "{name:?} {id}: {}", test.comment);
        }
    }
    set.number_of_tests
}

/// Whether everything decodes and verifies.
fn verifies(group: &TestGroup, test: &Test, tag: &[u8]) -> bool {
    let public = group.public_key.as_ref().and_then(|key| key["pk"].as_str()).expect("a key");
    let (Some(key), Some(signature)) = (key(&hex(public)), signature(test.sig.as_ref().expect("a signature"))) else {
        return false;
    };
    signature.verify_under(tag, &key, test.msg.as_ref().expect("a message"))
}

fn hex(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; text.len() / 2];
    super::decode(text, &mut bytes);
    bytes
}

#[test]
fn signatures_of_the_possession_scheme() {
    assert_eq!(vectors(TestName::BlsSigG2PopVerify, |group, test| verifies(group, test, DST)), 26);
}

#[test]
fn signatures_of_the_basic_scheme() {
    assert_eq!(vectors(TestName::BlsSigG2BasicVerify, |group, test| verifies(group, test, BASIC)), 88);
}

#[test]
fn aggregates_of_the_basic_scheme() {
    let count = vectors(TestName::BlsSigG2AggregateVerify, |_, test| {
        let (keys, messages) = (test.pubkeys.as_ref().expect("keys"), test.messages.as_ref().expect("messages"));
        let decoded: Option<Vec<_>> = keys.iter().map(|bytes| key(bytes)).collect();
        let (Some(keys), Some(signature)) = (decoded, signature(test.sig.as_ref().expect("a signature"))) else {
            return false;
        };
        let signed: Vec<_> = keys.iter().zip(messages.iter().map(AsRef::as_ref)).collect();
        keys.len() == messages.len() && crate::signature::aggregate_verify_under(BASIC, &signed, &signature)
    });
    assert_eq!(count, 19);
}

#[test]
fn messages_on_the_curve() {
    let count = vectors(TestName::BlsHashToG2, |group, test| {
        let tag = group.dst.as_ref().expect("a tag").as_bytes();
        let point = hash_to_g2(test.msg.as_ref().expect("a message"), tag).expect("a short tag");
        // EIP-2537 pads each part and has the real one first, compression has it second.
        let parts: Vec<&[u8]> = point.chunks_exact(64).map(|part| &part[16..]).collect();
        let point = [parts[1], parts[0], parts[3], parts[2]].concat();
        let point = blst::min_pk::Signature::deserialize(&point).expect("on the curve").compress();
        let expected: &[u8] = test.expected.as_ref().expect("a point");
        expected == point
    });
    assert_eq!(count, 34);
}
