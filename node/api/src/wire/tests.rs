use super::{FeedBlock, Supply};
use alloy::primitives::{Address, B256, Bytes, U256};

#[test]
fn json_is_camel_case_with_plain_heights_and_hex_bytes() {
    let block = FeedBlock {
        height: 7,
        hash: B256::repeat_byte(1),
        block: Bytes::from_static(&[1, 2]),
        senders: vec![Address::repeat_byte(3)],
        receipts: Bytes::from_static(&[0xc0]),
        system_logs: Bytes::from_static(&[0xc0]),
        timestamp_ms: 1_500,
    };
    let json = serde_json::to_value(&block).unwrap();
    assert_eq!(json["height"], 7);
    assert_eq!(json["timestampMs"], 1_500);
    assert_eq!(json["block"], "0x0102");
    assert_eq!(serde_json::from_value::<FeedBlock>(json).unwrap(), block);
    let supply = Supply {
        height: 1,
        genesis: U256::from(255),
        balances: U256::ZERO,
        burned: U256::from(255),
        minted: U256::ZERO,
        taken: U256::ZERO,
        conserved: true,
    };
    let json = serde_json::to_value(supply).unwrap();
    assert_eq!((&json["genesis"], &json["balances"]), (&"0xff".into(), &"0x0".into()));
    assert!(json.get("minted").is_none(), "a network's answer is without dev mode's ledger");
    assert_eq!(serde_json::from_value::<Supply>(json).unwrap(), supply);
}
