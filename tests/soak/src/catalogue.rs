//! Valid requests of every method that the node describes, and expensive ones.

use crate::dice::Dice;
use eyre::{OptionExt as _, Result};
use serde_json::{Value, json};

/// Drive a development chain, and break it on request.
const CHEATS: [&str; 4] = ["evm_", "hardhat_", "anvil_", "tenderly_"];

/// How many times as often one of them is asked as another method.
const CHEATS_WEIGHT: usize = 3;

/// Which methods are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// Those of every node.
    Public,
    /// The cheats of a development chain too.
    All,
}

/// Multicall3, which every chain of ours has.
pub(crate) const MULTICALL: &str = "0xca11bde05977b3631167028862be2a173976ca11";
/// An account of the node that signs for it, and is not the honest client's.
const ACCOUNT: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/// What is asked.
#[derive(Debug)]
pub(crate) struct Catalogue {
    methods: Vec<Method>,
    /// Hashes of blocks and transactions that are there.
    hashes: Vec<Value>,
}

#[derive(Debug)]
struct Method {
    name: String,
    /// Types by name, and whether they must be there.
    parameters: Vec<(Value, bool)>,
}

impl Catalogue {
    /// # Errors
    /// When the document is not OpenRPC.
    pub(crate) fn read(document: &Value, hashes: Vec<Value>, range: Range) -> Result<Self> {
        let mut methods = Vec::new();
        for method in document["methods"].as_array().ok_or_eyre("rpc.discover lists no methods")? {
            let name = method["name"].as_str().ok_or_eyre("a method without name")?.to_owned();
            let cheats = CHEATS.iter().any(|cheat| name.starts_with(cheat));
            if cheats && range == Range::Public {
                continue;
            }
            let parameters = method["params"].as_array().ok_or_eyre("a method without parameters")?;
            let parameters: Vec<_> =
                parameters.iter().map(|one| (one["schema"].clone(), one["required"] == true)).collect();
            // A quarter of the methods, and then half of what is asked.
            let weight = if cheats { CHEATS_WEIGHT } else { 1 };
            methods.extend((0..weight).map(|_| Method { name: name.clone(), parameters: parameters.clone() }));
        }
        Ok(Self { methods, hashes })
    }

    /// A request that means something.
    pub(crate) fn call(&self, dice: &mut Dice, id: u64) -> Value {
        let method = dice.pick(&self.methods);
        let mut params = Vec::new();
        for (schema, required) in &method.parameters {
            if !required && dice.one_in(3) {
                break;
            }
            params.push(self.value(schema, dice));
        }
        json!({ "jsonrpc": "2.0", "id": id, "method": method.name, "params": params })
    }

    fn value(&self, schema: &Value, dice: &mut Dice) -> Value {
        if let Some(choices) = schema["oneOf"].as_array() {
            return self.value(dice.pick(choices), dice);
        }
        if let Some(tags) = schema["enum"].as_array() {
            return dice.pick(tags).clone();
        }
        match schema["type"].as_str() {
            Some("array") => (0..dice.below(4)).map(|_| self.value(&schema["items"], dice)).collect(),
            Some("boolean") => dice.one_in(2).into(),
            Some("number") => dice.below(64).into(),
            Some("null") => Value::Null,
            _ => self.named(schema["title"].as_str().unwrap_or_default(), dice),
        }
    }

    fn named(&self, title: &str, dice: &mut Dice) -> Value {
        match title {
            "address" => json!(*dice.pick(&[ACCOUNT, MULTICALL, "0x0000000000000000000000000000000000000400"])),
            "quantity" => json!(format!("{:#x}", dice.below(40))),
            "hash" if dice.one_in(4) => json!(format!("{:#066x}", dice.next())),
            "hash" => dice.pick(&self.hashes).clone(),
            "EIP-1898" => json!({ "blockHash": dice.pick(&self.hashes) }),
            "nonce" => json!("0x0000000000000001"),
            "bytes" => json!(*dice.pick(&[
                "0x",
                "0x42cbb15c",
                "0xf86b808504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
            ])),
            "storage key" => json!(format!("{:#x}", dice.below(4))),
            "TransactionRequest" => transaction(dice),
            "Filter" => filter(dice),
            "StateOverride" => json!({ MULTICALL: { "balance": "0x1", "code": "0x5b600056", "stateDiff": {} } }),
            "BlockOverrides" => json!({ "number": "0x10", "time": "0x7fffffff", "baseFeePerGas": "0x1" }),
            "Tracing" => tracing(dice),
            "TracingCall" => json!({ "tracer": "callTracer", "stateOverrides": {} }),
            "SubscriptionKind" => json!(*dice.pick(&["newHeads", "logs", "newPendingTransactions", "syncing"])),
            "Params" => json!({ "address": MULTICALL }),
            "MineOptions" => {
                json!({ "blocks": dice.below(4), "timestamp": dice.one_in(9).then_some(4_000_000_000_u64) })
            }
            "SubscriptionId" => json!(format!("{:#x}", dice.next())),
            "Types" => json!(["trace", "stateDiff"]),
            "SimulatePayload" => {
                let calls: Vec<_> = (0..dice.below(6)).map(|_| transaction(dice)).collect();
                json!({ "blockStateCalls": [{ "calls": calls }, {}], "validation": dice.one_in(2), "traceTransfers": true })
            }
            "Slots" => json!({ MULTICALL: ["0x0", "0x1"] }),
            "TypedMessage" => json!({ "types": { "EIP712Domain": [], "A": [{ "name": "b", "type": "A[]" }] },
                "primaryType": "A", "domain": {}, "message": { "b": [] } }),
            "Number" => json!(dice.below(40)),
            _ => json!(dice.below(4)),
        }
    }
}

fn transaction(dice: &mut Dice) -> Value {
    let mut request = json!({ "from": ACCOUNT, "to": MULTICALL, "input": "0x42cbb15c", "gas": "0x186a0" });
    match dice.below(6) {
        0 => request["value"] = json!("0x1"),
        1 => request["accessList"] = json!([{ "address": ACCOUNT, "storageKeys": [] }]),
        2 => request["maxFeePerGas"] = json!("0x174876e800"),
        3 => request["to"] = Value::Null,
        _ => {}
    }
    request
}

fn filter(dice: &mut Dice) -> Value {
    let mut filter = json!({ "fromBlock": "0x0", "toBlock": "latest" });
    match dice.below(4) {
        0 => filter = json!({ "address": MULTICALL, "topics": [null, []] }),
        1 => filter["toBlock"] = json!(format!("{:#x}", dice.below(1 << 20))),
        2 => filter["topics"] = json!(vec![format!("{:#066x}", dice.next()); 5]),
        _ => {}
    }
    filter
}

fn tracing(dice: &mut Dice) -> Value {
    let tracers = ["callTracer", "prestateTracer", "4byteTracer", "flatCallTracer", "muxTracer", "noopTracer", "{}"];
    match dice.below(3) {
        0 => json!({ "enableMemory": true, "limit": dice.below(100) }),
        1 => json!({ "tracer": dice.pick(&tracers), "timeout": "1s" }),
        _ => {
            json!({ "tracer": dice.pick(&tracers), "tracerConfig": { "diffMode": dice.one_in(2), "onlyTopCall": true } })
        }
    }
}

/// A request that is as expensive as the node lets it be.
pub(crate) fn heavy(dice: &mut Dice, id: u64) -> Value {
    // JUMPDEST PUSH1 0 JUMP; and one that reads slot after slot.
    let (endless, slots) = ("0x5b600056", "0x5b80545060010180600056");
    let running = |code: &str| json!({ MULTICALL: { "code": code } });
    let call = json!({ "to": MULTICALL });
    let (method, params) = match dice.below(9) {
        0 => ("eth_call", json!([call, "latest", running(endless)])),
        1 => ("eth_estimateGas", json!([call, "latest", running(endless)])),
        2 => ("eth_createAccessList", json!([call, "latest", running(slots)])),
        3 => ("debug_traceCall", json!([call, "latest", { "stateOverrides": running(endless) }])),
        4 => ("debug_traceCall", json!([call, "latest", { "tracer": "callTracer", "stateOverrides": running(slots) }])),
        5 => ("eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "latest" }])),
        6 => ("trace_filter", json!([{ "fromBlock": "0x0", "toBlock": "latest" }])),
        7 => {
            let many = |index: usize| (format!("0x{index:040x}"), json!({ "balance": "0xffff", "code": endless }));
            let overrides: serde_json::Map<_, _> = (0..5_000).map(many).collect();
            (
                "eth_simulateV1",
                json!([{ "blockStateCalls": [{ "stateOverrides": overrides, "calls": [call] }] }, "latest"]),
            )
        }
        _ => ("eth_feeHistory", json!(["0x400", "latest", (0..100).collect::<Vec<_>>()])),
    };
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}
