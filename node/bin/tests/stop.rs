//! A node ends when it is told to, whatever its clients do meanwhile.

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// Above every deadline of a node's own.
const END: Duration = Duration::from_secs(20);

struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself: then both calls fail and that is fine.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn edgeloom(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Node {
    /// Starts it and waits for its line, which says where it serves.
    fn start(mut command: Command) -> (Self, TcpStream) {
        let mut node = Self(command.spawn().expect("starts"));
        let mut line = String::new();
        BufReader::new(node.0.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not a line of JSON: {line:?}"));
        let address = ready["rpc"].as_str().and_then(|url| url.strip_prefix("http://")).expect("an address");
        (node, TcpStream::connect(address).expect("serves"))
    }

    fn end(&mut self, signal: Signal) -> ExitStatus {
        kill(Pid::from_raw(i32::try_from(self.0.id()).expect("a process")), signal).expect("runs");
        let started = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("ours") {
                return status;
            }
            assert!(started.elapsed() < END, "still runs after {END:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn half_a_request(stream: &mut TcpStream) {
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: 1000\r\nexpect: 100-continue\r\n\r\n").expect("writable");
    let mut goes_on = [0; 25];
    stream.read_exact(&mut goes_on).expect("the server waits for the rest");
    assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{").expect("writable");
}

#[test]
fn half_a_request_does_not_keep_a_development_chain_alive() {
    let (mut node, mut stream) = Node::start(edgeloom(&["dev", "--json", "--port", "0"]));
    half_a_request(&mut stream);
    assert!(node.end(Signal::SIGHUP).success());
    let mut said = String::new();
    node.0.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(said.contains("SIGHUP"), "{said}");
}

#[test]
fn half_a_request_does_not_keep_a_validator_alive() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let written = edgeloom(&["genesis", "--validators", "1", "--out", &path("net")]).output().expect("ends");
    assert!(written.status.success());
    let files = ["--genesis", &path("net/genesis.json"), "--keys", &path("net/keys-0.json"), "--data", &path("data")];
    let ports = ["--listen", "127.0.0.1:0", "--rpc", "127.0.0.1:0"];
    let (mut node, mut stream) = Node::start(edgeloom(&[&["run", "--json"], &files[..], &ports].concat()));
    half_a_request(&mut stream);
    assert!(node.end(Signal::SIGTERM).success());
}

#[test]
fn a_log_that_nobody_reads_is_no_reason_to_end() {
    let mut command = edgeloom(&["dev", "--json", "--port", "0"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    command.env("RUST_LOG", "trace").stderr(writer);
    drop(reader);
    let (mut node, mut stream) = Node::start(command);
    write!(stream, "GET /nothing HTTP/1.0\r\n\r\n").expect("writable");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.0"), "{answer}");
    assert!(node.end(Signal::SIGTERM).success());
}
