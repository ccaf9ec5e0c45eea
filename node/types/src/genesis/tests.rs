use super::*;
use alloy::primitives::Address;
use edgeloom_bls::SecretKey;
use serde_json::{Value, json};

fn file() -> Value {
    let key = SecretKey::from_seed(&[1; 32]).expect("32 bytes are enough");
    json!({
        "config": { "chainId": 31337, "edgeloom": { "validators": [{
            "identity": B256::repeat_byte(1),
            "votingKey": FixedBytes::<48>::from(key.public_key().to_bytes()),
            "possession": FixedBytes::<96>::from(key.prove_possession().to_bytes()),
            "beneficiary": Address::ZERO,
        }] } },
        "gasLimit": "0x1c9c380", "difficulty": "0x0", "nonce": "0x0", "timestamp": "0x0", "extraData": "0x",
        "mixHash": B256::ZERO, "coinbase": Address::ZERO,
        "alloc": { "0x00000000000000000000000000000000000000aa": { "balance": "0x5", "code": "0x00", "storage": { (B256::ZERO.to_string()): B256::with_last_byte(7) } } }
    })
}

use alloy::primitives::FixedBytes;

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
fn the_hash_commits_to_parameters_and_validators() {
    let hash = |value: &Value| parse(value).expect("valid").block(B256::ZERO).expect("own extraData").hash();
    let (a, mut b) = (file(), file());
    b["config"]["edgeloom"]["blockTimeMs"] = json!(300);
    let mut c = file();
    c["config"]["edgeloom"]["validators"][0]["beneficiary"] = json!(Address::repeat_byte(1));
    assert_eq!(hash(&a), hash(&file()));
    assert_ne!(hash(&a), hash(&b));
    assert_ne!(hash(&a), hash(&c));
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
}
