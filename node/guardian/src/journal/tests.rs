use super::*;
use edgeloom_bls::Domain;
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

const DOMAIN: Domain = Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: 4 };
/// Names the journal of the process that a test starts and kills.
const CHILD: &str = "EDGELOOM_GUARDIAN_JOURNAL";

fn subject(height: u64, block: u8) -> Subject {
    Subject::new(&DOMAIN, height, [block; 32])
}

/// A process that is being started holds the locks of its parent for a moment: tests that run in one process take turns.
static TURN: Mutex<()> = Mutex::new(());

fn place() -> ((tempfile::TempDir, MutexGuard<'static, ()>), PathBuf) {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    ((folder, turn), path)
}

#[test]
fn only_what_was_recorded_is_signed_and_it_outlives_the_process() {
    let (_folder, path) = place();
    let secret = crate::committee::tests::secret(1);
    let wanted = subject(101, 7);
    let signature = Journal::open(&path).expect("opens").record(&wanted).expect("records").sign(&secret);
    assert!(signature.verify(&secret.public_key(), wanted.message()));
    let mut journal = Journal::open(&path).expect("opens again");
    assert_eq!(journal.ledger().signed_at(101), Some(&[7; 32]));
    assert_eq!(journal.record(&wanted).expect("the same block").sign(&secret), signature);
    let error = journal.record(&subject(101, 8)).expect_err("another block");
    assert!(matches!(error, JournalError::Refused(Refused::AnotherBlock { height: 101 })), "{error}");
    assert_eq!(fs::metadata(&path).expect("there").len(), 128, "refusals are not written");
}

#[test]
fn a_second_process_is_kept_out() {
    let (_folder, path) = place();
    let mut journal = Journal::open(&path).expect("opens");
    assert!(matches!(Journal::open(&path), Err(JournalError::InUse(_))));
    // The file that replaces it is locked too.
    journal.raise_floor(50).expect("compacts");
    assert!(matches!(Journal::open(&path), Err(JournalError::InUse(_))));
    drop(journal);
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn compaction_keeps_what_is_above_the_floor_and_writes_on() {
    let (_folder, path) = place();
    let mut journal = Journal::open(&path).expect("opens");
    for height in [101, 201, 301] {
        journal.record(&subject(height, 1)).expect("records");
    }
    journal.raise_floor(201).expect("compacts");
    journal.raise_floor(7).expect("nothing to do");
    journal.record(&subject(401, 1)).expect("records");
    assert_eq!(fs::metadata(&path).expect("there").len(), 4 * 64);
    drop(journal);
    let mut journal = Journal::open(&path).expect("opens again");
    assert_eq!((journal.ledger().floor(), journal.ledger().len()), (201, 3));
    let error = journal.record(&subject(101, 1)).expect_err("below the floor");
    assert!(matches!(error, JournalError::Refused(Refused::BelowFloor { .. })), "{error}");
    assert!(journal.record(&subject(401, 2)).is_err());
}

#[test]
fn what_was_cut_short_is_cut_off_and_what_is_damaged_is_refused() {
    let (_folder, path) = place();
    Journal::open(&path).expect("opens").record(&subject(101, 1)).expect("records");
    let whole = fs::read(&path).expect("there");
    let second = Ledger::default().enter(201, [1; 32]).expect("allowed").expect("new");
    for cut in 0..64 {
        fs::write(&path, [&whole[..], &second[..cut]].concat()).expect("writes");
        let mut journal = Journal::open(&path).unwrap_or_else(|error| panic!("{cut} bytes of a record: {error}"));
        assert_eq!(journal.ledger().len(), 1);
        // What comes next is found again.
        journal.record(&subject(301, 3)).expect("records");
        drop(journal);
        assert_eq!(Journal::open(&path).expect("opens").ledger().signed_at(301), Some(&[3; 32]), "{cut}");
    }
    let mut damaged = whole.clone();
    damaged[70] ^= 1;
    fs::write(&path, &damaged).expect("writes");
    let error = Journal::open(&path).expect_err("damaged");
    assert!(matches!(error, JournalError::Corrupt { error: LedgerError::Record { at: 64 }, .. }), "{error}");
    assert_eq!(fs::read(&path).expect("there"), damaged, "a damaged journal stays as it is");
}

#[test]
fn after_an_error_of_the_disk_nothing_is_recorded() {
    let (_folder, path) = place();
    let mut journal = Journal::open(&path).expect("opens");
    // A file that cannot be written to stands for a disk that cannot.
    journal.file = File::open(&path).expect("opens to read");
    assert!(matches!(journal.record(&subject(101, 1)), Err(JournalError::Disk { .. })));
    assert!(matches!(journal.record(&subject(201, 1)), Err(JournalError::Failed(_))));
    assert!(matches!(journal.raise_floor(9), Err(JournalError::Failed(_))));
}

/// Not a test by itself: what [`what_was_said_to_be_signed_is_there_after_a_kill`] starts and kills.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test that starts itself says so to itself")]
fn child_that_signs_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let mut journal = Journal::open(path).expect("opens");
    let secret = crate::committee::tests::secret(1);
    let first = journal.ledger().floor() + journal.ledger().len() as u64;
    for number in first.. {
        let wanted = subject(number, number as u8);
        let signature = journal.record(&wanted).expect("records").sign(&secret);
        println!("signed {number} {:02x?}", &signature.to_bytes()[..4]);
        if number % 16 == 15 {
            journal.raise_floor(number - 8).expect("compacts");
        }
    }
}

#[test]
fn what_was_said_to_be_signed_is_there_after_a_kill() {
    let (_folder, path) = place();
    let mut said = BTreeMap::new();
    for turn in 0..12 {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "journal::tests::child_that_signs_until_it_is_killed", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut left = 3 + turn * 2;
        for line in lines.by_ref() {
            let line = line.expect("text");
            // The first line of a test run has its name before what is printed.
            let Some((_, line)) = line.split_once("signed ") else { continue };
            let (number, signature) = line.split_once(' ').expect("a number and a signature");
            let number: u64 = number.parse().expect("a number");
            let earlier = said.insert(number, signature.to_owned());
            assert!(earlier.is_none_or(|earlier| earlier == signature), "two signatures at {number}");
            left -= 1;
            if left == 0 {
                child.kill().expect("killed");
            }
        }
        child.wait().expect("ended");
        let journal = Journal::open(&path).unwrap_or_else(|error| panic!("after kill {turn}: {error}"));
        for number in said.keys().filter(|number| **number >= journal.ledger().floor()) {
            assert_eq!(journal.ledger().signed_at(*number), Some(&[*number as u8; 32]), "after kill {turn}");
        }
    }
    assert!(said.len() > 100, "{} signatures", said.len());
}
