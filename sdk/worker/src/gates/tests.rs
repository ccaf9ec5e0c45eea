use std::os::unix::fs::PermissionsExt as _;

use alloy::primitives::{Address, B256, Bytes};
use edgeloom_media::Quorum;
use edgeloom_sdk::Error;

use super::*;

fn kept(folder: &Path, gate: u64, share: &Share) {
    let kept = Kept { version: 3, node: share.node(), share: (*share.to_bytes()).into() };
    fs::write(folder.join(format!("{gate}.json")), serde_json::to_vec(&kept).expect("JSON")).expect("written");
}

#[test]
fn shares_come_back_after_a_restart_and_nobody_else_reads_them() {
    let home = tempfile::tempdir().expect("a directory");
    let folder = home.path().join("gates");
    assert_eq!(Gates::open(Some(folder.clone())).expect("none yet").count(), 0);
    assert_eq!(fs::metadata(&folder).expect("made").permissions().mode() & 0o777, 0o700);
    let (_, shares) = Quorum::deal(4).expect("a secret");
    kept(&folder, 7, &shares[2]);
    fs::write(folder.join(".tmpAbc"), "half").expect("what a machine left that stopped");
    let gates = Gates::open(Some(folder)).expect("one");
    assert_eq!(gates.shares.lock()[&U256::from(7)], (3, shares[2].clone()));
}

#[test]
fn a_damaged_share_stops_the_start_and_says_which() {
    for (name, text) in [("7.json", "{}"), ("x.json", "{}"), ("7.json", r#"{"version":1,"node":0,"share":"0x00"}"#)] {
        let home = tempfile::tempdir().expect("a directory");
        fs::write(home.path().join(name), text).expect("written");
        let error = Gates::open(Some(home.path().to_owned())).expect_err("damaged");
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
    let kept = Kept { version: 1, node: 0, share: B256::ZERO };
    fs::write(home.path().join("7.json"), serde_json::to_vec(&kept).expect("JSON")).expect("written");
    Gates::open(Some(home.path().to_owned())).expect_err("no share");
}
