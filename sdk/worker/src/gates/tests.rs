use std::{future::pending, os::unix::fs::PermissionsExt as _};

use alloy::primitives::Bytes;
use edgeloom_media::Quorum;
use edgeloom_sdk::Error;
use futures::future::join_all;
use tempfile::TempDir;

use super::*;

const OWNER: Address = Address::repeat_byte(1);

fn kept(folder: &Path, gate: u64, share: &Share) {
    let kept = Kept { version: 3, owner: OWNER, node: share.node(), share: (*share.to_bytes()).into() };
    fs::write(folder.join(format!("{gate}.json")), serde_json::to_vec(&kept).expect("JSON")).expect("written");
}

fn open(folder: &Path) -> io::Result<Gates> {
    Gates::open(folder.to_owned(), GateOwners::Anybody)
}

/// With version 3 of gate 7's share.
fn holding() -> (TempDir, Gates, Share) {
    let home = tempfile::tempdir().expect("a directory");
    let share = Quorum::deal(1).expect("a secret").1.remove(0);
    kept(home.path(), 7, &share);
    let gates = open(home.path()).expect("one");
    (home, gates, share)
}

#[test]
fn shares_come_back_after_a_restart_and_nobody_else_reads_them() {
    let home = tempfile::tempdir().expect("a directory");
    let folder = home.path().join("gates");
    assert_eq!(open(&folder).expect("none yet").count(), 0);
    assert_eq!(fs::metadata(&folder).expect("made").permissions().mode() & 0o777, 0o700);
    let (_, shares) = Quorum::deal(4).expect("a secret");
    kept(&folder, 7, &shares[2]);
    fs::write(folder.join(".tmpAbc"), "half").expect("what a machine left that stopped");
    let gates = open(&folder).expect("one");
    let held = Held { version: 3, owner: OWNER, share: shares[2].clone() };
    assert_eq!(gates.shares.lock()[&U256::from(7)], held);
}

#[test]
fn a_damaged_share_stops_the_start_and_says_which() {
    for (name, text) in [
        ("7.json", "{}"),
        ("x.json", "{}"),
        ("7.json", r#"{"version":1,"owner":"0x0101010101010101010101010101010101010101","node":0,"share":"0x00"}"#),
    ] {
        let home = tempfile::tempdir().expect("a directory");
        fs::write(home.path().join(name), text).expect("written");
        let error = open(home.path()).expect_err("damaged");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn who_is_at_fault_shows_in_the_status() {
    let (account, token) = (Address::ZERO, U256::ONE);
    for (refusal, code) in [
        (Refusal::Closed, 404),
        (Refusal::NoShare(U256::ONE), 404),
        (Refusal::Busy, 503),
        (Refusal::OtherGate, 422),
        (Refusal::TooMany(account), 403),
        (Refusal::NotFor(account), 403),
        (Refusal::Doubt(KeyDoubt::NotSigned(account)), 403),
        (Refusal::Doubt(KeyDoubt::NotEntitled { account, token }), 403),
        (Refusal::Doubt(KeyDoubt::NotTheShare), 422),
        (Refusal::Doubt(KeyDoubt::Chain(Error::Revert { data: Bytes::new() })), 422),
        (Refusal::Doubt(KeyDoubt::Chain(Error::Answer(String::new()))), 503),
    ] {
        assert_eq!(refusal.status().as_u16(), code, "{refusal}");
    }
}

#[test]
fn what_is_on_disk_is_no_secret_of_zero() {
    let home = tempfile::tempdir().expect("a directory");
    let kept = Kept { version: 1, owner: OWNER, node: 0, share: B256::ZERO };
    fs::write(home.path().join("7.json"), serde_json::to_vec(&kept).expect("JSON")).expect("written");
    open(home.path()).expect_err("no share");
}

#[tokio::test]
async fn what_was_sent_before_is_neither_looked_at_nor_kept() {
    let (home, gates, _) = holding();
    let written = |home: &TempDir| fs::metadata(home.path().join("7.json")).and_then(|file| file.modified());
    let before = written(&home).expect("a file");
    // Nobody would ever say what they are.
    gates.keep(U256::from(7), 3, pending()).await.expect("it is here");
    let old = gates.keep(U256::from(7), 2, pending()).await;
    assert!(matches!(old, Err(Refusal::Doubt(KeyDoubt::OtherVersion { offered: 2, current: 3 }))), "{old:?}");
    assert_eq!(written(&home).expect("a file"), before);
}

#[tokio::test]
async fn an_older_share_that_is_looked_at_longer_does_not_win() {
    let (_home, gates, share) = holding();
    let other = Quorum::deal(1).expect("a secret").1.remove(0);
    let (newer, older) = (share.clone(), other.clone());
    let late = gates.keep(U256::from(8), 1, async {
        gates.keep(U256::from(8), 2, async { Ok((OWNER, newer)) }).await.expect("the newest");
        Ok((OWNER, older))
    });
    assert!(matches!(late.await, Err(Refusal::Doubt(KeyDoubt::OtherVersion { offered: 1, current: 2 }))));
    assert_eq!(gates.shares.lock()[&U256::from(8)], Held { version: 2, owner: OWNER, share });
}

#[tokio::test]
async fn shares_that_wait_keep_nobody_from_parts() {
    let (_home, gates, _) = holding();
    let wait = |gate: usize| gates.keep(U256::from(gate), 1, pending());
    let waiting = join_all((100..100 + TAKING_MAX).map(wait));
    let one_more = async {
        tokio::task::yield_now().await;
        assert_eq!(gates.waiting.available_permits(), WAITING_MAX);
        gates.keep(U256::from(99), 1, pending()).await
    };
    tokio::select! {
        _ = waiting => unreachable!("nobody answers"),
        refused = one_more => assert!(matches!(refused, Err(Refusal::Busy))),
    }
}

#[tokio::test]
async fn an_owner_has_a_few_gates_and_a_share_goes_with_its_quorum() {
    let (home, gates, share) = holding();
    for gate in 10..17 {
        gates.keep(U256::from(gate), 1, async { Ok((OWNER, share.clone())) }).await.expect("few");
    }
    let many = gates.keep(U256::from(17), 1, async { Ok((OWNER, share.clone())) }).await;
    assert!(matches!(many, Err(Refusal::TooMany(OWNER))), "{many:?}");
    // What came after the chain was asked stays.
    gates.drop_before(U256::from(7), 2).await;
    assert_eq!(gates.count(), 8);
    gates.drop_before(U256::from(7), 3).await;
    assert_eq!((gates.count(), home.path().join("7.json").exists()), (7, false));
    gates.keep(U256::from(17), 1, async { Ok((OWNER, share)) }).await.expect("there is room again");
}
