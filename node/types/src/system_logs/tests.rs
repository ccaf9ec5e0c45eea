use super::*;
use alloy::{
    eips::eip7685::EMPTY_REQUESTS_HASH,
    primitives::{Address, b256},
};

fn log(byte: u8) -> Log {
    Log::new_unchecked(Address::repeat_byte(byte), vec![B256::repeat_byte(byte)], vec![byte; usize::from(byte)].into())
}

#[test]
fn what_is_encoded_is_decoded_and_nothing_else() {
    for logs in [vec![], vec![log(1)], vec![log(1), log(200)]] {
        let bytes = encode_system_logs(&logs);
        assert_eq!(decode_system_logs(&bytes), Ok(logs));
        assert!(decode_system_logs(&[&bytes[..], &[0]].concat()).is_err(), "surplus");
        assert!(decode_system_logs(&bytes[..bytes.len() - 1]).is_err(), "cut");
    }
}

#[test]
fn the_hash_is_of_the_logs_in_their_order() {
    assert_eq!(system_logs_hash(&[]), EMPTY_REQUESTS_HASH);
    let (one, two) = (log(1), log(2));
    let hashes = [&[one.clone(), two.clone()][..], &[two, one.clone()], &[one]].map(system_logs_hash);
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    // sha256(sha256(0xe1 ‖ RLP)), reckoned with Python's hashlib.
    assert_eq!(hashes[2], b256!("37bbe4defb85ed31dbc82deaa7814f1cbc370e8312fd13a6b450b816a17c9976"));
}
