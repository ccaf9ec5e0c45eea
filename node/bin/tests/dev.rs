//! A development chain through its public doors: the command line, its file of state, kill -9.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

struct Dev {
    process: Child,
    address: String,
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended by itself: then both calls fail and that is fine.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Dev {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
        command.args(["dev", "--json", "--port", "0"]).args(arguments);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line:?}"));
        let address = ready["rpc"].as_str().and_then(|url| url.strip_prefix("http://")).expect("an address").to_owned();
        Self { process, address }
    }

    fn get(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let mut stream = TcpStream::connect(&self.address).expect("serves");
        let head = "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("writable");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("an answer");
        let (_, body) = response.split_once("\r\n\r\n").expect("an HTTP answer");
        let answer: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"));
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn end(mut self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.process.id()).expect("a process")), signal).expect("runs");
        let started = Instant::now();
        while self.process.try_wait().expect("ours").is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "still runs");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

const WHO: &str = "0x5151515151515151515151515151515151515151";

#[test]
fn what_was_reverted_stays_reverted_after_kill_9() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let data = folder.path().display().to_string();
    let dev = Dev::start(&["--data", &data]);
    dev.get("hardhat_setBalance", json!([WHO, "0x5"]));
    dev.get("hardhat_mine", json!(["0x3"]));
    let kept = dev.get("eth_getBlockByNumber", json!(["latest", true]));
    let snapshot = dev.get("evm_snapshot", json!([]));
    dev.get("hardhat_setBalance", json!([WHO, "0x6"]));
    dev.get("hardhat_mine", json!(["0x40"]));
    assert_eq!(dev.get("evm_revert", json!([snapshot])), true);
    dev.end(Signal::SIGKILL);

    let dev = Dev::start(&["--data", &data]);
    assert_eq!(dev.get("eth_getBlockByNumber", json!(["latest", true])), kept);
    assert_eq!(dev.get("eth_getBalance", json!([WHO, "latest"])), "0x5");
    assert!(dev.get("eth_getBlockByNumber", json!(["0x4", true])).is_null());
    assert_eq!(dev.get("evm_revert", json!([snapshot])), false, "snapshots die with their process");
    dev.get("hardhat_mine", json!(["0x1"]));
    assert_eq!(dev.get("eth_blockNumber", json!([])), "0x4");
    assert_eq!(dev.get("edge_supply", json!([]))["conserved"], true);
}

#[test]
fn a_state_file_carries_accounts_from_one_chain_to_the_next() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("state.json");
    let file = path.display().to_string();
    let dev = Dev::start(&["--state", &file]);
    dev.get("hardhat_setBalance", json!([WHO, "0x5"]));
    dev.end(Signal::SIGINT);
    let state: Value = serde_json::from_str(&fs::read_to_string(&path).expect("written")).expect("JSON");
    assert_eq!(state["accounts"][WHO]["balance"], "0x5");

    let dev = Dev::start(&["--state", &file, "--state-interval", "1"]);
    assert_eq!(dev.get("eth_getBalance", json!([WHO, "latest"])), "0x5");
    dev.get("hardhat_setBalance", json!([WHO, "0x9"]));
    let began = Instant::now();
    let holds = |path: &Path, balance| fs::read_to_string(path).is_ok_and(|text| text.contains(balance));
    while !holds(&path, "{\"nonce\":0,\"balance\":\"0x9\"") {
        assert!(began.elapsed() < Duration::from_secs(20), "not written");
        std::thread::sleep(Duration::from_millis(50));
    }
    dev.end(Signal::SIGKILL);
    let other = folder.path().join("other.json").display().to_string();
    let dev = Dev::start(&["--load-state", &file, "--dump-state", &other, "--chain-id", "99", "--no-mining"]);
    assert_eq!(dev.get("eth_getBalance", json!([WHO, "latest"])), "0x9");
    assert_eq!(
        (dev.get("eth_chainId", json!([])), dev.get("anvil_getAutomine", json!([]))),
        ("0x63".into(), false.into())
    );
    dev.end(Signal::SIGTERM);
    assert!(holds(Path::new(&other), "\"0x9\""));
}
