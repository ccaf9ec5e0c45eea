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

#[test]
fn a_database_in_use_is_waited_for_and_not_for_ever() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let used = Store::open(folder.path()).expect("new");
    let closing = used.closing();
    assert_eq!(wait(&closing, Duration::ZERO), Closed::StillUsed);
    let later = std::thread::spawn(move || drop(used));
    assert_eq!(wait(&closing, Duration::from_secs(60)), Closed::Whole);
    later.join().expect("ends");
}

/// What a library would do when a process ends.
extern "C" fn tidy_up() {
    end_at_once(9);
}

/// This test is run again as a process of its own, which ends with the code of its command.
#[test]
fn no_library_tidies_up_when_the_process_ends_at_once() {
    const ENDS: &str = "EDGELOOM_TEST_ENDS_AT_ONCE";
    if std::env::var_os(ENDS).is_some() {
        // SAFETY: `tidy_up` needs nothing that may be gone when it is called.
        assert_eq!(unsafe { nix::libc::atexit(tidy_up) }, 0);
        end_at_once(7);
    }
    let mut again = std::process::Command::new(std::env::current_exe().expect("runs"));
    again.args(["--exact", "open::tests::no_library_tidies_up_when_the_process_ends_at_once"]).env(ENDS, "1");
    assert_eq!(again.output().expect("runs").status.code(), Some(7));
}
