use super::json_bytes;
use alloy::{
    primitives::{Address, B256, Bytes, Log as Inner},
    rpc::types::Log,
};

#[test]
fn the_size_of_a_log_is_an_upper_bound_and_near() {
    for (topics, data) in [(0, 0), (4, 0), (2, 10_000)] {
        let topics = vec![B256::repeat_byte(0xff); topics];
        let inner = Inner::new_unchecked(Address::repeat_byte(0xff), topics, Bytes::from(vec![0xff; data]));
        let log = Log {
            inner,
            block_hash: Some(B256::ZERO),
            block_number: Some(u64::MAX),
            block_timestamp: Some(u64::MAX),
            transaction_hash: Some(B256::ZERO),
            transaction_index: Some(u64::MAX),
            log_index: Some(u64::MAX),
            removed: false,
        };
        let actual = serde_json::to_string(&log).unwrap().len();
        assert!((actual..actual + 40).contains(&json_bytes(&log)), "{} for {actual}", json_bytes(&log));
    }
}
