use alloy::primitives::{B256, U256};
use edgeloom_sdk::SignedTx;

use super::*;
use crate::journal::load;

const CHAIN: Chain = Chain { id: 7, genesis: B256::repeat_byte(7) };

fn folded(path: &Path) -> Ledger {
    let mut ledger = Ledger::default();
    let loaded = load(&fs::read(path).expect("readable")).expect("whole lines");
    assert_eq!(loaded.records[0], Record::Chain { chain: CHAIN }, "the first line names the chain");
    loaded.records.iter().for_each(|record| ledger.apply(record));
    ledger
}

#[test]
fn a_file_that_grows_while_it_is_open_is_rewritten_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    let mut journal = JournalFile::open(&path, CHAIN, 0, Ledger::default()).expect("opens");
    let raw = vec![1; 100 << 10];
    let mut longest = 0;
    for job in 1..=150 {
        let (id, tx) = (U256::from(job), SignedTx { hash: B256::ZERO, nonce: job, raw: raw.clone().into() });
        let mut records = vec![Record::Taking { job: id, tx }, Record::Taken { job: id }];
        if job % 50 != 0 {
            records.push(Record::Settled { job: id, paid_wei: U256::ONE, gas_wei: U256::ZERO });
        }
        journal.append(&records).expect("written");
        journal.compact_if_large().expect("in place");
        longest = longest.max(fs::metadata(&path).expect("there").len());
    }
    // 150 jobs of 200 KiB in hex are 30 MB.
    assert!(longest < COMPACT_BYTES + (1 << 20), "{longest}");
    assert_eq!(journal.length, fs::metadata(&path).expect("there").len());
    let ledger = folded(&path);
    assert_eq!(ledger, journal.ledger);
    assert_eq!((ledger.totals.settled, ledger.open.len()), (147, 3));
}

#[test]
fn a_file_that_cannot_be_rewritten_goes_on_as_it_is() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    let mut journal = JournalFile::open(&path, CHAIN, 0, Ledger::default()).expect("opens");
    fs::create_dir(path.with_extension("new")).expect("in the way");
    journal.compact_at = 1;
    journal.append(&[Record::Taken { job: U256::ONE }]).expect("written");
    journal.compact_if_large().expect("the old file stays");
    journal.append(&[Record::Taken { job: U256::from(2) }]).expect("written");
    assert_eq!(folded(&path).open.len(), 2);
}

#[test]
fn a_rewritten_file_keeps_the_ledger_of_every_history() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    let mut journal = JournalFile::open(&path, CHAIN, 0, Ledger::default()).expect("opens");
    for record in crate::journal::tests::history() {
        journal.append(&[record]).expect("written");
        journal.compact_at = 0;
        journal.compact_if_large().expect("rewritten");
        assert_eq!(folded(&path), journal.ledger);
    }
}
