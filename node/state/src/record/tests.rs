use super::*;
use proptest::prelude::*;

fn record(nonce: u64, balance: U256, code: Option<[u8; 32]>, storage: Option<[u8; 32]>) -> Record {
    let code_hash = code.map_or(KECCAK256_EMPTY, B256::from);
    Record { account: Account { nonce, balance, code_hash }, storage_root: storage.map_or(EMPTY_ROOT_HASH, B256::from) }
}

proptest! {
    #[test]
    fn records_round_trip_and_no_prefix_or_surplus_decodes(
        nonce in any::<u64>(), balance in any::<[u8; 32]>(), zeros in 0usize..32,
        code in any::<Option<[u8; 32]>>(), storage in any::<Option<[u8; 32]>>(),
    ) {
        let mut balance = balance;
        balance[..zeros].fill(0);
        let record = record(nonce, U256::from_be_bytes(balance), code, storage);
        let row = record.encode();
        prop_assert_eq!(Record::decode(&row).expect("our own row"), record);
        for cut in 0..row.len() {
            prop_assert!(Record::decode(&row[..cut]).is_err());
        }
        prop_assert!(Record::decode(&[row, vec![0]].concat()).is_err());
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _decoded_or_refused = Record::decode(&bytes);
    }
}

#[test]
fn a_plain_account_takes_a_few_bytes() {
    assert_eq!(record(1, U256::from(256), None, None).encode(), [1, 2, 1, 1, 0]);
}
