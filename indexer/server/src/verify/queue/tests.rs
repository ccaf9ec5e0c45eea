use super::*;
use crate::{
    nodes::Nodes,
    verify::{compile::Limits, compilers::Compilers},
};
use alloy::primitives::Address;
use tempfile::TempDir;

/// Who asks right after the submission gets the verdict, not that there is none yet.
#[tokio::test]
async fn a_question_waits_for_the_end() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&folder.path().join("index.db")).await.unwrap();
    let nodes = Nodes::new(&["http://127.0.0.1:1".parse().unwrap()]).unwrap();
    let court = Court { nodes, compilers: Compilers::default(), limits: Limits::default() };
    let (desk, bench) = queue(store, court);
    let (end, ended) = watch::channel(false);
    let judging = tokio::spawn(bench.run(ended));
    let submission = Submission {
        address: Address::repeat_byte(1),
        compiler: semver::Version::new(0, 8, 37),
        file: None,
        name: "A".into(),
        input: "{}".into(),
        creation_tx: None,
        arguments: None,
    };
    for _ in 0..20 {
        let id = desk.submit(&submission).await.unwrap().expect("there is room");
        let found = desk.end(id).await.unwrap().expect("it was submitted");
        let (code, _) = found.end.expect("it ended").error.expect("no node is there");
        assert_eq!(code, "cannot_fetch_bytecode");
    }
    end.send_replace(true);
    judging.await.unwrap().unwrap();
}
