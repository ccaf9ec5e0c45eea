//! One call has one encoding: whatever deviates from it is malformed.

use super::{MANIFEST, call, chain, image, infer};
use alloy::{
    primitives::U256,
    sol_types::{SolCall as _, SolError as _, SolInterface as _},
};
use edgeloom_bindings::IEdgeProof::{self, IEdgeProofCalls};
use revm::context_interface::result::ExecutionResult;

/// Places of the words of an `infer` call.
const ADDRESS: usize = 4;
const OFFSET: usize = ADDRESS + 32;
const LENGTH: usize = OFFSET + 32;
const INPUT: usize = LENGTH + 32;

fn canonical() -> Vec<u8> {
    infer(&[3, 1, 4, 1, 5, 9, 2, 6])
}

fn is_malformed(data: Vec<u8>) -> bool {
    let malformed = IEdgeProof::MalformedCall {}.abi_encode();
    matches!(call(&mut chain(&image(), 100), data), ExecutionResult::Revert { output, .. } if *output == *malformed)
}

fn put(data: &mut [u8], at: usize, value: u64) {
    data[at..at + 32].copy_from_slice(&U256::from(value).to_be_bytes::<32>());
}

#[test]
fn the_canonical_encoding_is_taken() {
    assert_eq!(canonical().len(), INPUT + 32);
    assert!(call(&mut chain(&image(), 100), canonical()).is_success());
}

#[test]
fn bytes_above_an_address_are_refused() {
    for at in [ADDRESS, ADDRESS + 11] {
        let mut data = canonical();
        data[at] = 1;
        assert!(is_malformed(data), "byte {at}");
    }
    let mut describe = IEdgeProof::describeCall { manifest: MANIFEST }.abi_encode();
    describe[ADDRESS] = 1;
    assert!(is_malformed(describe));
}

#[test]
fn trailing_bytes_are_refused() {
    for surplus in [1, 32] {
        assert!(is_malformed([canonical(), vec![0; surplus]].concat()));
        let describe = IEdgeProof::describeCall { manifest: MANIFEST }.abi_encode();
        assert!(is_malformed([describe, vec![0; surplus]].concat()));
    }
}

#[test]
fn a_gap_before_the_input_is_refused() {
    for gap in [1, 32] {
        let mut data = canonical();
        put(&mut data, OFFSET, 64 + gap as u64);
        data.splice(LENGTH..LENGTH, vec![0; gap]);
        assert!(is_malformed(data), "{gap} bytes");
    }
}

#[test]
fn an_input_that_overlaps_the_head_is_refused() {
    // The offset points at itself: 32, read as a length, is that of the word behind it.
    let mut data = canonical();
    put(&mut data, OFFSET, 32);
    data.truncate(INPUT);
    assert!(is_malformed(data));
}

#[test]
fn padding_that_is_not_zero_or_not_there_is_refused() {
    let mut dirty = canonical();
    dirty[INPUT + 31] = 1;
    assert!(is_malformed(dirty));
    assert!(is_malformed(canonical()[..INPUT + 8].to_vec()));
}

#[test]
fn lengths_beyond_the_calldata_are_refused() {
    for length in [33, u64::MAX] {
        let mut data = canonical();
        put(&mut data, LENGTH, length);
        assert!(is_malformed(data), "{length}");
    }
}

/// Not the decoder's word: what it takes has to be what encoding gives back.
#[test]
fn no_changed_byte_is_taken_unless_it_encodes_another_call() {
    for at in 0..canonical().len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut data = canonical();
            data[at] ^= change;
            let encodes = IEdgeProofCalls::abi_decode(&data).is_ok_and(|call| call.abi_encode() == data);
            assert_eq!(is_malformed(data), !encodes, "byte {at} ^ {change:#x}");
        }
    }
}
