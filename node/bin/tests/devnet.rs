//! A devnet of real processes, through its public doors: the command line, one line of JSON, ports and signals.

use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const VALIDATORS: u16 = 4;
const DEADLINE: Duration = Duration::from_secs(60);

struct Devnet(Child);

impl Drop for Devnet {
    fn drop(&mut self) {
        // It may have ended by itself: then both calls fail and that is fine.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The first of `count` ports in a row that nobody has right now.
fn free_ports(count: u16, from: u16) -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let start = from + u16::try_from(std::process::id() % 2000).expect("below 2000") * count;
    let mut starts = (start..60_000).step_by(usize::from(count));
    starts.find(|start| (*start..start + count).all(free)).expect("free ports")
}

fn command(data: &Path, base: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
    command.args(["devnet", "--json", "--validators", &VALIDATORS.to_string(), "--data"]).arg(data);
    command.args(["--base-port", &base.to_string(), "--rpc-port", &(base + VALIDATORS).to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a devnet and waits for its line.
fn start(data: &Path, base: u16) -> (Devnet, Value) {
    let mut devnet = Devnet(command(data, base).spawn().expect("starts"));
    let mut line = String::new();
    BufReader::new(devnet.0.stdout.take().expect("piped")).read_line(&mut line).expect("text");
    let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line:?}"));
    (devnet, ready)
}

fn rpc(port: u16, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("serves");
    stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).expect("writable");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("an answer");
    let (_, body) = response.split_once("\r\n\r\n").expect("an HTTP answer");
    let answer: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"));
    answer["result"].clone()
}

fn height(port: u16) -> u64 {
    let height = rpc(port, "eth_blockNumber", json!([]));
    u64::from_str_radix(height.as_str().expect("a number").trim_start_matches("0x"), 16).expect("hex")
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < DEADLINE, "waited {DEADLINE:?} until {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn reach(base: u16, target: u64) {
    for port in base + VALIDATORS..base + 2 * VALIDATORS {
        wait_until("every validator has the block", || height(port) >= target);
    }
}

/// The hash of a block, the same on every validator.
fn agreed(base: u16, height: u64) -> Value {
    let block = |port| rpc(port, "eth_getBlockByNumber", json!([format!("{height:#x}"), false]))["hash"].clone();
    let first = block(base + VALIDATORS);
    assert!(first.is_string());
    for port in base + VALIDATORS..base + 2 * VALIDATORS {
        assert_eq!(block(port), first);
    }
    first
}

#[test]
fn a_killed_devnet_leaves_no_process_and_goes_on_from_its_data() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let data = folder.path().join("net");
    let base = free_ports(2 * VALIDATORS, 20_000);
    let (mut devnet, ready) = start(&data, base);
    assert_eq!(ready["chainId"], 36_127);
    assert_eq!(ready["rpc"], format!("http://127.0.0.1:{}", base + VALIDATORS));
    reach(base, 3);
    let (third, genesis) = (agreed(base, 3), ready["genesis"].clone());

    devnet.0.kill().expect("kill -9");
    devnet.0.wait().expect("ends");
    let all = base..base + 2 * VALIDATORS;
    wait_until("every port is free", || all.clone().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()));

    let (devnet, ready) = start(&data, base);
    assert_eq!(ready["genesis"], genesis);
    let before = height(base + VALIDATORS);
    assert!(before >= 3, "final blocks survive kill -9");
    reach(base, before + 2);
    assert_eq!(agreed(base, 3), third);
    for port in base + VALIDATORS..base + 2 * VALIDATORS {
        assert_eq!(rpc(port, "edge_supply", json!([]))["conserved"], true);
    }
    drop(devnet);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let refused = |data: &Path, base: u16| {
        let output = command(data, base).output().expect("ends");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let base = free_ports(2 * VALIDATORS, 40_000);
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, base + 2)).expect("was free");
    let said = refused(&folder.path().join("net"), base);
    assert!(said.contains(&format!("port {}", base + 2)) && said.contains("--base-port"), "{said}");
    drop(taken);
    fs::write(folder.path().join("left"), "over").expect("writable");
    let said = refused(folder.path(), base);
    assert!(said.contains("holds no devnet"), "{said}");
}
