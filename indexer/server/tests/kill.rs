//! The program itself: killed with -9 again and again while it backfills, it ends with exactly the rows of the chain; a
//! second one on the same file and one for another chain are refused; SIGTERM ends it cleanly.

#[path = "../src/testing.rs"]
#[expect(dead_code, reason = "shared with the unit tests, which use all of it")]
mod testing;

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{process::Stdio, time::Duration};
use tempfile::TempDir;
use testing::{Blocks, Node, busy};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{sleep, timeout},
};
use url::Url;

const LONG: Duration = Duration::from_secs(60);

fn command(folder: &TempDir, rpc: &Url) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgeloom-indexer"));
    command
        .args(["--listen", "127.0.0.1:0", "--json", "--rpc", rpc.as_str(), "--db"])
        .arg(folder.path().join("index.db"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Starts it and reads where it serves.
async fn start(folder: &TempDir, rpc: &Url) -> (Child, String) {
    let mut child = command(folder, rpc).spawn().expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let line = timeout(LONG, lines.next_line()).await.expect("in time").expect("reads").expect("a ready line");
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready["event"], "ready");
    (child, ready["indexer"].as_str().expect("a URL").to_owned())
}

async fn get(url: &str) -> (u16, Value) {
    let answer = reqwest::get(url).await.expect("answers");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn until_ready(index: &str) {
    let ready = async {
        while get(&format!("{index}/ready")).await.0 != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LONG, ready).await.expect("backfills in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_it_ends_with_the_rows_of_the_chain() {
    rustls::crypto::ring::default_provider().install_default().expect("first in this process");
    let (length, folder) = (1500, TempDir::new().unwrap());
    let node = Node::new(busy(length));
    let (rpc, _server) = node.serve("127.0.0.1:0").await;
    let mut heights = Vec::new();
    for life_ms in [30, 60, 90, 120, 150, 180] {
        let (mut child, index) = start(&folder, &rpc).await;
        heights.push(get(&format!("{index}/ready")).await.1["block"].as_u64());
        sleep(Duration::from_millis(life_ms)).await;
        child.kill().await.expect("killed with -9");
    }
    println!("found on each start: {heights:?}");
    assert!(heights.is_sorted(), "{heights:?}");
    let (mut child, index) = start(&folder, &rpc).await;
    until_ready(&index).await;
    let (_, meta) = get(&format!("{index}/api/meta")).await;
    assert_eq!(meta["block"]["number"], 2 * length + 1);
    for (list, count) in [("jobs", 2 * length), ("transfers", 1 + 3 * length), ("workers", 1), ("models", 1)] {
        let (_, page) = get(&format!("{index}/api/{list}?limit=1")).await;
        assert_eq!(page["totalCount"], count, "{list}");
    }
    let (_, worker) = get(&format!("{index}/api/workers/{}", testing::WORKER)).await;
    let ended = ["jobsSettled", "jobsRejected", "jobsMissed"].map(|name| worker[name].as_u64().expect("a count"));
    assert_eq!(ended.iter().sum::<u64>(), 2 * length);
    assert_eq!(worker["lockedWei"], "0");

    let second = timeout(LONG, command(&folder, &rpc).output()).await.expect("in time").expect("runs");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("in use by another indexer"), "{said}");

    let pid = child.id().and_then(|id| i32::try_from(id).ok()).expect("runs");
    kill(Pid::from_raw(pid), Signal::SIGTERM).expect("it is told to end");
    let ended = timeout(LONG, child.wait()).await.expect("ends in time").expect("is waited for");
    assert!(ended.success(), "{ended}");

    let (other, _server) = Node::new(Blocks::new(7)).serve("127.0.0.1:0").await;
    let wrong = timeout(LONG, command(&folder, &other).output()).await.expect("in time").expect("runs");
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && said.contains("never mixed") && said.contains("--db"), "{said}");
}
