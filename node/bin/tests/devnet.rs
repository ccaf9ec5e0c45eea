//! A devnet of real processes, through its public doors: the command line, one line of JSON, ports and signals.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
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

/// Where the ports of a devnet begin: all of them are free right now, no other test of this process has them, and the
/// system gives none of them (32,768 and up) to whoever connects somewhere.
fn free_ports() -> u16 {
    const FIRST: u16 = 10_000;
    const DEVNETS: u16 = (32_768 - FIRST) / (3 * VALIDATORS);
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let process = u16::try_from(std::process::id() % u32::from(DEVNETS)).expect("a remainder");
    let mut places = (0..DEVNETS).map(|_| (process + NEXT.fetch_add(1, Ordering::Relaxed)) % DEVNETS);
    let place = places.find(|place| {
        let base = FIRST + place * 3 * VALIDATORS;
        (base..base + 3 * VALIDATORS).all(free)
    });
    FIRST + place.expect("free ports") * 3 * VALIDATORS
}

fn command(data: Option<&Path>, base: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
    command.args(["devnet", "--json", "--validators", &VALIDATORS.to_string()]);
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    command.args(["--base-port", &base.to_string(), "--rpc-port", &(base + VALIDATORS).to_string()]);
    command.args(["--metrics-port", &(base + 2 * VALIDATORS).to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a devnet and waits for its line.
fn start(data: Option<&Path>, base: u16) -> (Devnet, Value) {
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

/// What the validator at `port` says of a final block.
fn block(port: u16, height: u64) -> Value {
    let block = rpc(port, "eth_getBlockByNumber", json!([format!("{height:#x}"), false]));
    assert!(block["hash"].is_string() && block["stateRoot"].is_string(), "no block {height}: {block}");
    block
}

impl Devnet {
    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.0.id()).expect("a process")), signal).expect("runs");
    }

    /// The processes of its validators.
    fn validators(&self) -> Vec<Pid> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).expect("runs");
        let children = tasks.map(|task| fs::read_to_string(task.expect("readable").path().join("children")));
        let children: String = children.map(|children| children.expect("readable")).collect();
        children.split_whitespace().map(|child| Pid::from_raw(child.parse().expect("a process"))).collect()
    }

    fn end(&mut self, within: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("ours") {
                return status;
            }
            assert!(started.elapsed() < within, "still runs after {within:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_killed_devnet_leaves_no_process_and_goes_on_from_its_data() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let data = folder.path().join("net");
    let base = free_ports();
    let (mut devnet, ready) = start(Some(&data), base);
    assert_eq!(ready["chainId"], 36_127);
    assert_eq!(ready["rpc"], format!("http://127.0.0.1:{}", base + VALIDATORS));
    reach(base, 3);
    let ports = base + VALIDATORS..base + 2 * VALIDATORS;
    let tips: Vec<_> = ports.clone().map(|port| (port, height(port))).collect();
    let tips: Vec<_> = tips.into_iter().map(|(port, height)| (port, height, block(port, height))).collect();

    devnet.0.kill().expect("kill -9");
    devnet.0.wait().expect("ends");
    let all = base..base + 3 * VALIDATORS;
    wait_until("every port is free", || all.clone().all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()));

    let (devnet, again) = start(Some(&data), base);
    assert_eq!(again["genesis"], ready["genesis"]);
    let mut highest = 0;
    for (port, before, tip) in tips {
        assert!(height(port) >= before, "validator at {port} lost final blocks");
        assert_eq!(block(port, before), tip, "the block that was final before kill -9 is another now");
        highest = highest.max(before);
    }
    reach(base, highest + 2);
    let newest = block(base + VALIDATORS, highest + 2);
    for port in ports {
        assert_eq!(block(port, highest + 2)["hash"], newest["hash"], "fork");
        assert_eq!(rpc(port, "edge_supply", json!([]))["conserved"], true);
    }
    drop(devnet);
}

#[test]
fn a_devnet_without_a_quorum_ends_and_keeps_its_logs() {
    let (mut devnet, _) = start(None, free_ports());
    let validators = devnet.validators();
    assert_eq!(validators.len(), usize::from(VALIDATORS));
    kill(validators[0], Signal::SIGKILL).expect("runs");
    wait_until("the devnet has seen it", || devnet.validators().len() == 3);
    assert!(devnet.0.try_wait().expect("ours").is_none(), "three of four are a quorum");
    kill(validators[1], Signal::SIGKILL).expect("runs");
    assert!(!devnet.end(DEADLINE).success());
    let mut said = String::new();
    devnet.0.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(said.contains("2 of 4 validators are left, and 3 have to agree"), "{said}");
    let kept = said.split("logs and data are in ").nth(1).and_then(|rest| rest.split(':').next()).expect("names it");
    let kept = PathBuf::from(kept);
    assert!(kept.join("validator-0.log").exists() && kept.join("genesis.json").exists(), "{}", kept.display());
    fs::remove_dir_all(kept).expect("ours");
}

#[test]
fn a_second_signal_ends_a_devnet_at_once() {
    let base = free_ports();
    let (mut devnet, _) = start(None, base);
    // A validator that cannot stop, for which the devnet waits.
    kill(*devnet.validators().last().expect("four"), Signal::SIGSTOP).expect("runs");
    devnet.signal(Signal::SIGHUP);
    wait_until("three validators have stopped", || devnet.validators().len() == 1);
    assert!(devnet.0.try_wait().expect("ours").is_none(), "waits for the fourth");
    devnet.signal(Signal::SIGINT);
    assert_eq!(devnet.end(Duration::from_secs(2)).code(), Some(128 + 2));
    let mut said = String::new();
    devnet.0.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(said.contains("SIGHUP") && said.contains("SIGINT"), "{said}");
    let port = base + 2 * VALIDATORS - 1;
    wait_until("the fourth is gone", || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
}

#[test]
fn what_stands_in_the_way_is_named() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let refused = |data: &Path, base: u16| {
        let output = command(Some(data), base).output().expect("ends");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("text")
    };
    let base = free_ports();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, base + 2)).expect("was free");
    let said = refused(&folder.path().join("net"), base);
    assert!(said.contains(&format!("port {}", base + 2)) && said.contains("--base-port"), "{said}");
    drop(taken);
    fs::write(folder.path().join("left"), "over").expect("writable");
    let said = refused(folder.path(), base);
    assert!(said.contains("holds no devnet"), "{said}");
}
