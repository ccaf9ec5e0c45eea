use super::*;

#[test]
fn a_directory_serves_one_process_one_chain_and_one_validator() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let genesis = |accounts| Arc::new(genesis::dev(genesis::DevGenesis::of(accounts)).expect("accounts").genesis);
    let first = store(folder.path(), &arguments::Storage::default()).expect("new");
    let second = store(folder.path(), &arguments::Storage::default()).expect_err("open already").to_string();
    assert!(second.contains("in use by another process"), "{second}");
    drop(shared(first.clone(), genesis(1)).expect("a new chain"));
    assert!(shared(first.clone(), genesis(1)).is_ok(), "the same chain");
    let other = shared(first, genesis(2)).expect_err("another chain").to_string();
    assert!(other.contains("genesis"), "{other}");

    bind(folder.path(), B256::repeat_byte(1)).expect("free");
    bind(folder.path(), B256::repeat_byte(1)).expect("its own");
    let foreign = bind(folder.path(), B256::repeat_byte(2)).expect_err("taken").to_string();
    assert!(foreign.contains("belongs to validator 0x0101"), "{foreign}");
}
