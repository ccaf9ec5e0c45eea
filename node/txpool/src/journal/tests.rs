use super::Journal;
use alloy::{
    consensus::Transaction,
    primitives::{Address, Signature, TxKind},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use std::{fs, path::Path};

fn transaction(nonce: u64) -> TxEnvelope {
    let request = TxEip1559 { chain_id: 1, nonce, to: TxKind::Call(Address::ZERO), ..Default::default() };
    request.into_signed(Signature::test_signature()).into()
}

fn write(path: &Path, count: u64) -> Vec<u8> {
    let (mut journal, _) = Journal::open(path).unwrap();
    (0..count).for_each(|nonce| journal.append(&transaction(nonce)).unwrap());
    fs::read(path).unwrap()
}

fn nonces(path: &Path) -> Vec<u64> {
    Journal::open(path).unwrap().1.iter().map(Transaction::nonce).collect()
}

#[test]
fn a_torn_end_costs_no_more_than_the_torn_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let whole = write(&path, 3);
    let record = whole.len() / 3;
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(nonces(&path).len(), length / record, "{length} bytes");
    }
}

#[test]
fn nobody_else_reads_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut journal, _) = Journal::open(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    journal.rewrite(&[]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // The file that replaced the first one is the one that is written to.
    journal.append(&transaction(7)).unwrap();
    assert_eq!(nonces(&path), [7]);
}

#[test]
fn a_disk_that_refuses_is_an_error_with_the_files_name() {
    let folder = tempfile::tempdir().unwrap();
    let error = Journal::open(&folder.path().join("nowhere/journal")).unwrap_err();
    assert!(error.to_string().contains("nowhere/journal"), "{error}");
}

proptest! {
    #[test]
    fn damage_never_changes_a_transaction(position in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut bytes = write(&path, 3);
        let position = position.index(bytes.len());
        bytes[position] ^= flip;
        fs::write(&path, bytes).unwrap();
        let found = nonces(&path);
        prop_assert!(found.len() < 3);
        prop_assert_eq!(found.clone(), (0..found.len() as u64).collect::<Vec<_>>());
    }
}
