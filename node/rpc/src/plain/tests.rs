use super::{TransactionRequest, Whole};
use serde_json::{Value, json};

#[test]
fn a_request_is_read_as_alloy_reads_it() {
    let address = "0x00000000000000000000000000000000000000aa";
    let plain = json!({
        "from": address, "to": address, "gas": "0x5208", "maxFeePerGas": "0x7", "maxPriorityFeePerGas": "0x1",
        "value": "0x10", "data": "0x1234", "input": "0x1234", "nonce": "0x3", "chainId": "0x539",
    });
    let mut changes = vec![(json!({}), true)];
    for (name, value, right) in [
        ("to", Value::Null, true),
        ("gas", Value::Null, true),
        ("gasPrice", json!("0x9"), true),
        ("accessList", json!([{"address": address, "storageKeys": []}]), true),
        ("type", json!("0x2"), true),
        ("blobVersionedHashes", json!([]), true),
        ("surplus", json!(1), true),
        ("gas", json!("much"), false),
        ("from", json!("0x12"), false),
    ] {
        changes.push((json!({ name: value }), right));
    }
    for (change, right) in changes {
        let mut asked = plain.clone();
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let text = asked.to_string();
        let (ours, theirs) = (serde_json::from_str::<TransactionRequest>(&text), serde_json::from_str::<Whole>(&text));
        assert_eq!(ours.is_ok(), right, "{text}");
        assert_eq!(ours.ok().map(|request| request.0), theirs.ok(), "{text}");
    }
}
