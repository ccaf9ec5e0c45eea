use super::*;
use alloy::primitives::{FixedBytes, hex};
use edgeloom_bls::SecretKey;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn validator(seed: u8) -> Value {
    let key = SecretKey::from_seed(&[seed; 32]).expect("32 bytes are enough");
    json!({
        "identity": B256::repeat_byte(seed),
        "votingKey": FixedBytes::<48>::from(key.public_key().to_bytes()),
        "possession": FixedBytes::<96>::from(key.prove_possession().to_bytes()),
        "beneficiary": Address::ZERO,
    })
}

/// `object` with one field of `other`.
fn with(mut object: Value, field: &str, other: &Value) -> Value {
    object[field] = other[field].clone();
    object
}

fn file() -> Value {
    json!({
        "config": { "chainId": 31337, "edgeloom": { "validators": [validator(1)] } },
        "gasLimit": "0x1c9c380", "difficulty": "0x0", "nonce": "0x0", "timestamp": "0x0", "extraData": "0x",
        "mixHash": B256::ZERO, "coinbase": Address::ZERO,
        "alloc": { "0x00000000000000000000000000000000000000aa": { "balance": "0x5", "code": "0x00", "storage": { (B256::ZERO.to_string()): B256::with_last_byte(7) } } }
    })
}

fn parse(value: &Value) -> Result<Genesis, GenesisError> {
    Genesis::parse(&value.to_string())
}

#[test]
fn geth_s_format_with_defaults() {
    let genesis = parse(&file()).expect("valid");
    assert_eq!((genesis.chain_id(), genesis.supply()), (31337, U256::from(5)));
    assert_eq!((genesis.config().block_time_ms, genesis.config().heartbeat_ms), (200, 1000));
    let delta = genesis.delta();
    let account = &delta.accounts[&Address::with_last_byte(0xaa)];
    assert_eq!(account.storage[&U256::ZERO], U256::from(7));
    assert_eq!(delta.codes.len(), 1);
}

#[test]
fn the_hash_commits_to_every_parameter_and_every_validator() {
    let hash = |value: &Value| parse(value).expect("valid").block(B256::ZERO).expect("own record").hash();
    assert_eq!(hash(&file()), hash(&file()));
    let other = validator(2);
    let two = json!([file()["config"]["edgeloom"]["validators"][0], other]);
    let changes: [(&str, Value); 9] = [
        ("/config/chainId", json!(31338)),
        ("/config/edgeloom/blockTimeMs", json!(300)),
        ("/config/edgeloom/heartbeatMs", json!(1100)),
        ("/config/edgeloom/leaderTimeoutMs", json!(3100)),
        ("/config/edgeloom/epochLength", json!(77)),
        ("/config/edgeloom/validators", two),
        ("/config/edgeloom/validators/0/identity", other["identity"].clone()),
        (
            "/config/edgeloom/validators/0",
            with(validator(2), "identity", &file()["config"]["edgeloom"]["validators"][0]),
        ),
        ("/config/edgeloom/validators/0/beneficiary", json!(Address::repeat_byte(1))),
    ];
    let mut hashes = BTreeSet::from([hash(&file())]);
    for (place, value) in changes {
        let mut changed = file();
        let (parent, key) = place.rsplit_once('/').expect("a path");
        match changed.pointer_mut(parent).expect("it is there") {
            Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
            fields => fields[key] = value,
        }
        assert!(hashes.insert(hash(&changed)), "{place} is not committed to");
    }
}

#[test]
fn each_fault_is_named() {
    let mut none = file();
    none["config"].as_object_mut().expect("object").remove("edgeloom");
    assert!(matches!(parse(&none), Err(GenesisError::NoConfig)));
    let mut typo = file();
    typo["config"]["edgeloom"]["blockTimeMS"] = json!(1);
    assert!(matches!(parse(&typo), Err(GenesisError::Config(_))));
    let mut slow = file();
    slow["config"]["edgeloom"]["heartbeatMs"] = json!(3000);
    assert!(matches!(parse(&slow), Err(GenesisError::Timing { heartbeat: 3000, .. })));
    let mut empty = file();
    empty["config"]["edgeloom"]["validators"] = json!([]);
    assert!(matches!(parse(&empty), Err(GenesisError::Committee(CommitteeError::Empty))));
    assert!(matches!(Genesis::parse("{"), Err(GenesisError::Json(_))));
    let changed = |field: &str, value: Value| parse(&with(file(), field, &json!({ field: value })));
    assert!(matches!(changed("gasLimit", json!("0x5207")), Err(GenesisError::GasLimit(20_999))));
    assert!(changed("gasLimit", json!("0x5208")).is_ok());
    assert!(changed("gasLimit", json!("0x55d4a80")).is_ok(), "90,000,000");
    let slow = changed("gasLimit", json!("0x55d4a81"));
    assert!(matches!(slow, Err(GenesisError::SlowBlocks { gas_limit: 90_000_001, most: 90_000_000 })));
    let above = U256::from(u64::MAX) + U256::ONE;
    assert!(
        matches!(changed("baseFeePerGas", json!(above)), Err(GenesisError::BaseFee(fee)) if U256::from(fee) == above)
    );
    let dear = changed("baseFeePerGas", json!(U256::from(u64::MAX))).expect("64 bits");
    assert_eq!(dear.block(B256::ZERO).expect("own record").header().base_fee_per_gas, Some(u64::MAX));
}

#[test]
fn code_that_begins_as_a_delegation_is_one() {
    let coded = |code: &[u8]| {
        let mut changed = file();
        changed["alloc"]["0x00000000000000000000000000000000000000aa"]["code"] = json!(hex::encode_prefixed(code));
        parse(&changed)
    };
    let designator = [&hex!("ef0100")[..], &[7; 20]].concat();
    for fine in [&designator[..], &hex!("ef"), &hex!("ef00"), &hex!("fe")] {
        assert!(coded(fine).is_ok(), "{fine:?}");
    }
    let long = [&designator[..], &[0]].concat();
    for broken in
        [&hex!("ef01")[..], &hex!("ef0100"), &designator[..22], &long, &[&hex!("ef0101")[..], &[7; 20]].concat()]
    {
        assert!(matches!(coded(broken), Err(GenesisError::Code(_))), "{broken:?}");
    }
}
