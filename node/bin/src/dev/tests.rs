use super::*;

#[test]
fn a_stored_chain_keeps_its_accounts() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let first = stored(folder.path(), Some(3)).expect("new");
    for asked in [None, Some(3)] {
        let again = stored(folder.path(), asked).expect("the same chain");
        assert_eq!(again.file(), first.file());
    }
    let refused = stored(folder.path(), Some(4)).expect_err("another chain").to_string();
    assert!(refused.contains("3 accounts") && refused.contains("--accounts"), "{refused}");
}
