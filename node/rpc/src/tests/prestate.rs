//! The prestate tracer's differences are the block: applied to the parent's state they give the block's.

use super::{
    scenario::{STORE_CODE, init},
    world::{LOGGER, World, request, sign, signer},
};
use alloy::primitives::{Address, B256, Bytes, TxKind, U256};
use alloy_consensus::TxEip1559;
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a transaction does.
#[derive(Clone, Debug)]
enum Deed {
    Transfer {
        to: u8,
        value: u64,
    },
    Store {
        slot: u8,
        value: u8,
    },
    Log,
    Create {
        value: u64,
    },
    /// Creates a contract that destroys itself at once.
    Vanish {
        heir: u8,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (any::<u8>(), 0..1_000_u64).prop_map(|(to, value)| Deed::Transfer { to, value }),
        (0..4_u8, 0..3_u8).prop_map(|(slot, value)| Deed::Store { slot, value }),
        Just(Deed::Log),
        (0..9_u64).prop_map(|value| Deed::Create { value }),
        any::<u8>().prop_map(|heir| Deed::Vanish { heir }),
    ]
}

fn transaction(deed: &Deed, nonce: u64, store: Address) -> TxEip1559 {
    let basic = TxEip1559 { gas_limit: 200_000, ..request(nonce, LOGGER) };
    match deed {
        Deed::Transfer { to, value } => {
            TxEip1559 { to: TxKind::Call(Address::repeat_byte(*to)), value: U256::from(*value), ..basic }
        }
        Deed::Store { slot, value } => {
            let input = [B256::with_last_byte(*slot), B256::with_last_byte(*value)].concat();
            TxEip1559 { to: TxKind::Call(store), input: input.into(), ..basic }
        }
        Deed::Log => TxEip1559 { input: Bytes::from(vec![7; 32]), ..basic },
        Deed::Create { value } => {
            TxEip1559 { to: TxKind::Create, input: init(&STORE_CODE), value: U256::from(*value), ..basic }
        }
        Deed::Vanish { heir } => {
            let code = [&[0x73][..], Address::repeat_byte(*heir).as_slice(), &[0xff]].concat();
            TxEip1559 { to: TxKind::Create, input: code.into(), value: U256::from(9), ..basic }
        }
    }
}

/// An account as a caller sees it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    balance: U256,
    nonce: u64,
    code: Bytes,
    slots: BTreeMap<String, B256>,
}

async fn look(world: &World, address: &str, slots: impl Iterator<Item = String>, height: &str) -> Seen {
    let get = async |method: &str| world.get(method, json!([address, height])).await;
    let mut seen = Seen {
        balance: serde_json::from_value(get("eth_getBalance").await).unwrap(),
        nonce: super::world::number(&get("eth_getTransactionCount").await),
        code: serde_json::from_value(get("eth_getCode").await).unwrap(),
        slots: BTreeMap::new(),
    };
    for slot in slots {
        let value = world.get("eth_getStorageAt", json!([address, slot, height])).await;
        seen.slots.insert(slot, serde_json::from_value(value).unwrap());
    }
    seen
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn apply(difference: &Value, state: &mut BTreeMap<String, Seen>) {
    let (before, after) = (fields(&difference["pre"]), fields(&difference["post"]));
    for (address, was) in &before {
        let seen = state.get_mut(address).expect("looked at");
        if !after.contains_key(address) {
            *seen =
                Seen { slots: seen.slots.keys().map(|slot| (slot.clone(), B256::ZERO)).collect(), ..Seen::default() };
        }
        for slot in fields(&was["storage"]).keys() {
            seen.slots.insert(slot.clone(), B256::ZERO);
        }
    }
    for (address, is) in &after {
        let seen = state.get_mut(address).expect("looked at");
        if let Some(balance) = is.get("balance") {
            seen.balance = serde_json::from_value(balance.clone()).unwrap();
        }
        if let Some(nonce) = is.get("nonce") {
            seen.nonce = nonce.as_u64().unwrap();
        }
        if let Some(code) = is.get("code") {
            seen.code = serde_json::from_value(code.clone()).unwrap();
        }
        for (slot, value) in fields(&is["storage"]) {
            seen.slots.insert(slot, serde_json::from_value(value).unwrap());
        }
    }
}

async fn holds(deeds: Vec<(u8, Deed)>) {
    let world = World::network().await;
    let store = TxEip1559 { to: TxKind::Create, input: init(&STORE_CODE), gas_limit: 200_000, ..request(0, LOGGER) };
    world.get("eth_sendRawTransaction", json!([sign(9, store)])).await;
    world.sealer.seal();
    let (store, mut nonces) = (signer(9).address().create(0), [0; 3]);
    for (from, deed) in &deeds {
        let nonce = &mut nonces[usize::from(*from)];
        world.get("eth_sendRawTransaction", json!([sign(*from, transaction(deed, *nonce, store))])).await;
        *nonce += 1;
    }
    world.sealer.seal();
    let options = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let traces = world.get("debug_traceBlockByNumber", json!(["0x2", options])).await;
    let traces = traces.as_array().unwrap();
    assert_eq!(traces.len(), deeds.len());
    let mut touched: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for side in traces.iter().flat_map(|trace| [&trace["result"]["pre"], &trace["result"]["post"]]) {
        for (address, account) in fields(side) {
            touched.entry(address).or_default().extend(fields(&account["storage"]).keys().cloned());
        }
    }
    let (mut state, mut expected) = (BTreeMap::new(), BTreeMap::new());
    for (address, slots) in touched {
        state.insert(address.clone(), look(&world, &address, slots.iter().cloned(), "0x1").await);
        expected.insert(address.clone(), look(&world, &address, slots.into_iter(), "0x2").await);
    }
    for trace in traces {
        apply(&trace["result"], &mut state);
    }
    assert_eq!(state, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn differences_of_a_block_lead_from_its_parents_state_to_its_own(deeds in vec((0..3_u8, deed()), 1..12)) {
        tokio::runtime::Runtime::new().expect("threads").block_on(holds(deeds));
    }
}
