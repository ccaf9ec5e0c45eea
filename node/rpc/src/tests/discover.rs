//! What is registered, what the document says, and what clients call (`clients.json`, read from their published
//! packages; anvil's are those that it answers) are the same.

use super::world::World;
use crate::discover::METHODS;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CLIENTS: &str = include_str!("clients.json");

async fn documented(world: &World) -> BTreeSet<String> {
    let document = world.get("rpc.discover", json!([])).await;
    let name = |method: &Value| method["name"].as_str().unwrap().to_owned();
    document["methods"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn the_document_names_every_method_and_no_other() {
    let world = World::dev().await;
    let registered: BTreeSet<String> = world.registered.iter().map(|name| (*name).to_owned()).collect();
    let documented = documented(&world).await;
    let hidden: Vec<_> = registered.difference(&documented).collect();
    assert!(hidden.is_empty(), "registered without an RPC trait that the build script finds: {hidden:?}");
    let declared: BTreeSet<String> = METHODS.iter().map(|method| method.name.to_owned()).collect();
    let unserved: Vec<_> = declared.difference(&registered).collect();
    assert!(unserved.is_empty(), "declared in an RPC trait and not registered: {unserved:?}");
    let modules = world.get("rpc_modules", json!([])).await;
    for module in ["admin", "edge", "eth", "net", "rpc", "txpool", "web3"] {
        assert_eq!(modules[module], "1.0", "{module}");
    }
}

#[tokio::test]
async fn every_method_that_a_client_calls_is_there() {
    let world = World::dev().await;
    let documented = documented(&world).await;
    let clients: BTreeMap<String, Vec<String>> = serde_json::from_str(CLIENTS).unwrap();
    let mut missing = BTreeMap::<&str, Vec<&str>>::new();
    for (client, methods) in &clients {
        for method in methods.iter().filter(|method| !documented.contains(*method)) {
            missing.entry(method).or_default().push(client);
        }
    }
    assert!(missing.is_empty(), "clients call these and they are not there: {missing:#?}");
}

#[tokio::test]
async fn a_method_is_described_as_its_trait_declares_it() {
    let world = World::dev().await;
    let document = world.get("rpc.discover", json!([])).await;
    let methods = document["methods"].as_array().unwrap();
    let method = |name: &str| methods.iter().find(|method| method["name"] == name).unwrap();
    let balance = method("eth_getBalance");
    assert_eq!((&balance["params"][0]["name"], &balance["params"][0]["required"]), (&json!("address"), &json!(true)));
    assert_eq!((&balance["params"][1]["name"], &balance["params"][1]["required"]), (&json!("block"), &json!(false)));
    assert_eq!(balance["result"]["schema"]["title"], "quantity");
    assert_eq!(method("edge_status")["summary"], "Where the node is, and which chain it follows.");
    assert_eq!(method("eth_unsubscribe")["result"]["schema"]["type"], "boolean");
    assert_eq!(method("eth_getBlockReceipts")["result"]["schema"]["oneOf"][1]["items"]["title"], "TransactionReceipt");
    let silent: Vec<_> =
        methods.iter().filter(|method| method["summary"] == "").map(|method| &method["name"]).collect();
    assert!(silent.is_empty(), "say in the trait's documentation what these do: {silent:?}");
}
