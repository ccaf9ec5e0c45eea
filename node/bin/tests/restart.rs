//! What a node keeps when it is killed, through its Unix socket.

use alloy::{
    eips::eip2718::Encodable2718 as _,
    network::TxSignerSync as _,
    primitives::{Address, Bytes, TxKind, hex},
    signers::local::PrivateKeySigner,
};
use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
};

struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself: then both calls fail and that is fine.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Node {
    /// Starts it and waits until it serves.
    fn start(folder: &Path) -> (Self, Value) {
        let path = |name: &str| folder.join(name).display().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
        command.args(["run", "--json", "--listen", "127.0.0.1:0", "--rpc", "127.0.0.1:0", "--data", &path("data")]);
        command.args(["--genesis", &path("net/genesis.json"), "--keys", &path("net/keys-0.json")]);
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut node = Self(spawned.expect("starts"));
        let mut line = String::new();
        BufReader::new(node.0.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line:?}"));
        (node, ready)
    }

    fn end(mut self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.0.id()).expect("a process")), signal).expect("runs");
        self.0.wait().expect("ours");
    }
}

fn ask(socket: &Path, method: &str, params: Value) -> Value {
    let mut stream = UnixStream::connect(socket).expect("the socket is there");
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    stream.write_all(call.to_string().as_bytes()).expect("writable");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("text");
    let mut answer: Value = serde_json::from_str(&line).expect("an answer");
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].take()
}

/// Waits for a nonce that never comes.
fn gapped(signer: &PrivateKeySigner, chain_id: u64) -> Bytes {
    let mut transaction = TxEip1559 {
        chain_id,
        nonce: 7,
        gas_limit: 21_000,
        max_fee_per_gas: 10_000_000_000,
        to: TxKind::Call(Address::ZERO),
        ..Default::default()
    };
    let signature = signer.sign_transaction_sync(&mut transaction).expect("a local key signs");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
}

#[test]
fn what_users_sent_waits_again_after_the_node_was_killed() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let signer = PrivateKeySigner::from_bytes(&alloy::primitives::B256::repeat_byte(7)).expect("a key");
    let mut genesis = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
    let fund = format!("{}=1000", signer.address());
    let net = folder.path().join("net").display().to_string();
    let written =
        genesis.args(["genesis", "--validators", "1", "--fund", &fund, "--out", &net]).output().expect("ends");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let socket = folder.path().join("data/edgeloom.ipc");

    let (node, ready) = Node::start(folder.path());
    let raw = gapped(&signer, ready["chainId"].as_u64().expect("a number"));
    let hash = ask(&socket, "eth_sendRawTransaction", json!([hex::encode_prefixed(&raw)]));
    node.end(Signal::SIGKILL);
    assert!(socket.exists(), "nobody was left to remove it");

    let (node, _) = Node::start(folder.path());
    assert_eq!(ask(&socket, "txpool_status", json!([])), json!({ "pending": "0x0", "queued": "0x1" }));
    let found = ask(&socket, "eth_getTransactionByHash", json!([hash]));
    assert_eq!((&found["nonce"], &found["blockHash"]), (&json!("0x7"), &json!(null)));
    node.end(Signal::SIGTERM);
    assert!(!socket.exists(), "the socket goes with the node");
}
