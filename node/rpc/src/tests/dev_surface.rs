//! What anvil has beside hardhat's methods: tokens, blocks in detail, and what this chain refuses.

use super::world::{CHAIN_ID, LOGGER, World, local, number, request, sign, signer, transfer};
use alloy::{
    primitives::{Address, B256, Bytes, U256, hex, keccak256},
    sol_types::SolValue as _,
};
use alloy_consensus::TxEip1559;
use edgeloom_dev::Console;
use edgeloom_state::Store;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    sync::mpsc::{Sender, channel},
};

const TOKEN: Address = Address::repeat_byte(0x20);
const HOLDER: Address = Address::repeat_byte(0x68);
const SPENDER: Address = Address::repeat_byte(0x73);

/// Keeps what Solidity's `mapping(address => uint)` and `mapping(address => mapping(address => uint))` at slot 0 keep, and
/// answers with the word for one address in its calldata, or for two.
const MAPPINGS: [u8; 43] =
    hex!("6004355f5260405f2060243611601757545f5260205ff35b6020526024355f5260405f20545f5260205ff3");

fn question(signature: &str, addresses: &[Address]) -> Bytes {
    let words = addresses.iter().flat_map(|address| address.into_word().0);
    keccak256(signature)[..4].iter().copied().chain(words).collect()
}

async fn ask(world: &World, question: &Bytes) -> U256 {
    let said = world.get("eth_call", json!([{ "to": TOKEN, "input": question }, "latest"])).await;
    said.as_str().expect("a word").parse().expect("a number")
}

#[tokio::test]
async fn tokens_are_dealt_wherever_their_compiler_keeps_them() {
    let world = World::dev().await;
    world.get("anvil_setCode", json!([TOKEN, Bytes::from_static(&MAPPINGS)])).await;
    let balance = question("balanceOf(address)", &[HOLDER]);
    let allowance = question("allowance(address,address)", &[HOLDER, SPENDER]);
    let amount = U256::from(10).pow(U256::from(21));
    assert_eq!(ask(&world, &balance).await, U256::ZERO);
    for method in ["anvil_dealERC20", "hardhat_dealERC20", "anvil_setERC20Balance"] {
        let amount = amount + U256::from(method.len());
        world.get(method, json!([HOLDER, TOKEN, amount])).await;
        assert_eq!(ask(&world, &balance).await, amount, "{method}");
    }
    let kept = ask(&world, &balance).await;
    world.get("anvil_setERC20Allowance", json!([HOLDER, SPENDER, TOKEN, U256::MAX])).await;
    assert_eq!(ask(&world, &allowance).await, U256::MAX);
    assert_eq!(ask(&world, &balance).await, kept, "another slot");
    world.get("anvil_setERC20Allowance", json!([HOLDER, SPENDER, TOKEN, U256::ZERO])).await;
    assert_eq!(ask(&world, &allowance).await, U256::ZERO);
    for none in [LOGGER, HOLDER] {
        let (code, said) = world.fail("anvil_dealERC20", json!([HOLDER, none, amount])).await;
        assert!(code == -32000 && said.contains("no storage slot"), "{said}");
    }
}

#[tokio::test]
async fn blocks_are_mined_and_shown_whole() {
    let world = World::dev().await;
    world.get("evm_setAutomine", json!([false])).await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let mined = world.get("anvil_mine_detailed", json!([{ "blocks": 2 }])).await;
    assert_eq!(mined.as_array().expect("blocks").len(), 2);
    assert_eq!((&mined[0]["number"], &mined[0]["transactions"][0]["hash"]), (&json!("0x1"), &hash));
    assert_eq!((&mined[1]["number"], &mined[1]["transactions"]), (&json!("0x2"), &json!([])));
    assert_eq!(world.get("evm_mine_detailed", json!([])).await[0]["number"], "0x3");
    assert_eq!(world.fail("evm_mine_detailed", json!([{ "blocks": 257 }])).await.0, -32005);
}

#[tokio::test]
async fn accounts_and_codes_are_read_whole() {
    let world = World::dev().await;
    let account = world.get("eth_getAccount", json!([LOGGER, "latest"])).await;
    let code = world.get("eth_getCode", json!([LOGGER])).await;
    let hash = keccak256(serde_json::from_value::<Bytes>(code.clone()).expect("bytes"));
    assert_eq!((&account["nonce"], &account["codeHash"]), (&json!("0x1"), &json!(hash)));
    let proof = world.get("eth_getProof", json!([LOGGER, [], "latest"])).await;
    assert_eq!(account["storageRoot"], proof["storageHash"]);
    let whole = world.get("eth_getAccountInfo", json!([signer(0).address()])).await;
    assert_eq!((number(&whole["nonce"]), &whole["code"]), (0, &json!("0x")));
    assert_eq!(whole["balance"], world.get("eth_getBalance", json!([signer(0).address()])).await);
    assert_eq!(world.get("debug_codeByHash", json!([hash])).await, code);
    assert!(world.get("debug_codeByHash", json!([B256::ZERO])).await.is_null());
    let row = Bytes::from([&b"c"[..], &hash[..]].concat());
    assert_eq!(world.get("debug_dbGet", json!([row])).await, code);
    assert_eq!(world.fail("debug_dbGet", json!(["0x01"])).await.0, -32004);
}

#[tokio::test]
async fn small_words_of_anvils_are_known() {
    let world = World::dev().await;
    assert_eq!(world.get("eth_networkId", json!([])).await, CHAIN_ID.to_string());
    assert_eq!(world.get("anvil_getGenesisTime", json!([])).await, 1_700_000_000);
    world.get("tenderly_setBalance", json!([HOLDER, "0x5"])).await;
    world.get("tenderly_addBalance", json!([HOLDER, "0x2"])).await;
    assert_eq!(world.get("eth_getBalance", json!([HOLDER])).await, "0x7");
    let send = json!([{ "from": signer(0).address(), "to": HOLDER, "value": "0x1" }]);
    let receipt = world.get("eth_sendTransactionSync", send).await;
    assert_eq!((&receipt["status"], &receipt["to"]), (&json!("0x1"), &json!(HOLDER)));
    for (method, params) in [
        ("anvil_rollback", json!([1])),
        ("anvil_rollback", json!([])),
        ("anvil_reorg", json!([1, []])),
        ("anvil_setChainId", json!([5])),
        ("anvil_setRpcUrl", json!(["http://127.0.0.1"])),
        ("anvil_impersonateSignature", json!(["0x", HOLDER])),
        ("anvil_getBlobByHash", json!([B256::ZERO])),
        ("anvil_getBlobsByTransactionHash", json!([B256::ZERO])),
    ] {
        let (code, said) = world.fail(method, params).await;
        assert!(code == -32004 && said.starts_with("this node cannot say: "), "{method}: {said}");
    }
}

struct Pipe(Sender<String>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        self.0.send(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Says its calldata to the console.
const SPEAKER: [u8; 23] = hex!("365f5f375f5f365f6a636f6e736f6c652e6c6f675afa00");

#[tokio::test]
async fn what_a_call_says_is_shown_once() {
    let store = Store::memory();
    let (sender, printed) = channel();
    let console = Console::start(store.clone(), CHAIN_ID, Pipe(sender)).expect("a thread");
    let world = World::with_console(store, true, local(), Some(console)).await;
    world.get("anvil_setCode", json!([TOKEN, Bytes::from_static(&SPEAKER)])).await;
    let input = Bytes::from([&keccak256("log(string)")[..4], &("hello",).abi_encode_params()].concat());
    let call = json!([{ "from": HOLDER, "to": TOKEN, "input": input }]);
    for method in ["eth_call", "eth_estimateGas"] {
        world.get(method, call.clone()).await;
        let text = printed.recv().expect("printed");
        assert_eq!(text, format!("\n{method} {HOLDER} → {TOKEN}\n  console.log  hello\n"));
    }
    // Neither what says nothing, nor what asks for no show, nor what was silenced.
    world.get("eth_call", json!([{ "to": LOGGER }])).await;
    world.get("debug_traceCall", json!([call[0], "latest"])).await;
    world.get("anvil_setLoggingEnabled", json!([false])).await;
    world.get("eth_call", call.clone()).await;
    world.get("anvil_setLoggingEnabled", json!([true])).await;
    let said = sign(0, TxEip1559 { to: TOKEN.into(), input, ..request(0, TOKEN) });
    let hash: Value = world.get("eth_sendRawTransaction", json!([said])).await;
    let text = printed.recv().expect("printed");
    assert!(text.contains(hash.as_str().expect("a hash")) && text.contains("console.log  hello\n"), "{text}");
}
