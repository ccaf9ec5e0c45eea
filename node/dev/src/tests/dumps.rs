//! A state that is dumped and loaded is the same state.

use crate::{
    DevError, Sealed,
    world::{World, reopen, submit},
};
use alloy::primitives::{Address, Bytes, U256};
use edgeloom_state::Store;
use serde_json::{Value, json};

#[tokio::test]
async fn a_loaded_state_has_the_root_of_the_dumped_one() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("temporary folder");
    let (solo, parts) = world.start(Store::open(folder.path()).expect("opens"), None);
    let transaction = world.transfer(0, 0);
    submit(&parts, transaction.clone());
    assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("sealed"), Sealed::Included);
    let contract = Address::repeat_byte(7);
    solo.set_code(contract, Bytes::from_static(&[0x5f, 0x5f, 0xf3])).expect("amended");
    solo.set_storage(contract, U256::from(3), U256::MAX).expect("amended");
    drop((solo, parts));
    // The addresses are known after a restart too.
    let (solo, parts) = world.start(reopen(folder.path()), None);
    let root = parts.chain.lock().store().tip().expect("has one").state_root;
    let dump = solo.dump().expect("dumps");

    let (other, others) = world.start(Store::memory(), None);
    other.set_storage(world.contract(), U256::from(99), U256::from(1)).expect("amended");
    other.load(&dump).expect("loads");
    assert_eq!(others.chain.lock().store().tip().expect("has one").state_root, root);
    let later = world.transfer(0, 1);
    submit(&others, later.clone());
    assert_eq!(other.seal(*later.tx_hash()).await.expect("sealed"), Sealed::Included);
    let text: Value = serde_json::from_slice(&dump).expect("JSON");
    assert_eq!(text["accounts"][contract.to_string().to_lowercase()]["storage"]["0x3"], json!(U256::MAX));
    assert_eq!(text["block"]["number"], 1);
}

#[test]
fn what_is_no_state_changes_nothing() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let tip = parts.chain.lock().store().tip();
    let account = |account: Value| json!({ "accounts": { Address::repeat_byte(1).to_string(): account } }).to_string();
    for bad in ["", "{}", "[]", &account(json!({ "nonce": "0x1ffffffffffffffff" })), &account(json!({ "balance": -1 }))]
    {
        assert!(matches!(solo.load(bad.as_bytes()), Err(DevError::Dump(_))), "{bad}");
    }
    let code = account(json!({ "nonce": 1, "code": "0xef01" }));
    assert!(matches!(solo.load(code.as_bytes()), Err(DevError::Code(_))));
    assert_eq!(parts.chain.lock().store().tip(), tip);
    solo.load(account(json!({ "nonce": "0x5" })).as_bytes()).expect("hex is fine");
}
