use super::*;
use alloy_trie::{HashBuilder, proof::verify_proof};
use proptest::prelude::*;

type Rows = BTreeMap<Nibbles, Vec<u8>>;
type Model = BTreeMap<Nibbles, Vec<u8>>;

/// Keys that share long prefixes and differ at both ends, so that random ones make branches on branches, extensions
/// of every length, and leaves short enough to be inside their parents.
fn key(seed: u16) -> Nibbles {
    let mut nibbles = [0u8; 64];
    for (bit, nibble) in nibbles[..5].iter_mut().enumerate() {
        *nibble = (seed >> bit & 1) as u8;
    }
    nibbles[30] = (seed >> 5 & 3) as u8;
    nibbles[62] = (seed >> 7 & 1) as u8 * 15;
    nibbles[63] = (seed >> 8 & 7) as u8;
    Nibbles::from_nibbles(nibbles)
}

fn apply(root: B256, rows: &mut Rows, entries: &[Entry]) -> B256 {
    let (root, nodes) = update(root, entries, |path| Ok(rows.get(path).cloned())).expect("all rows are there");
    for (path, row) in nodes {
        match row {
            Some(row) => rows.insert(path, row),
            None => rows.remove(&path),
        };
    }
    root
}

fn reference_root(model: &Model) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in model {
        builder.add_leaf(*key, value);
    }
    builder.root()
}

fn from_scratch(model: &Model) -> (B256, Rows) {
    let entries: Vec<_> = model.iter().map(|(key, value)| Entry { key: *key, value: Some(value.clone()) }).collect();
    let mut rows = Rows::new();
    let root = apply(EMPTY_ROOT_HASH, &mut rows, &entries);
    (root, rows)
}

/// Seed of a key → its new value, or its end.
fn batch() -> impl Strategy<Value = BTreeMap<u16, Option<Vec<u8>>>> {
    let value = proptest::option::weighted(0.6, proptest::collection::vec(1u8.., 1..40));
    proptest::collection::btree_map(0u16..1 << 11, value, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn updates_give_the_root_and_exactly_the_rows_of_a_trie_built_from_scratch(
        batches in proptest::collection::vec(batch(), 1..8)
    ) {
        let (mut model, mut rows, mut root) = (Model::new(), Rows::new(), EMPTY_ROOT_HASH);
        for batch in batches {
            let mut entries: Vec<_> =
                batch.into_iter().map(|(seed, value)| Entry { key: key(seed), value }).collect();
            entries.sort_by_key(|entry| entry.key);
            root = apply(root, &mut rows, &entries);
            for entry in entries {
                match entry.value {
                    Some(value) => model.insert(entry.key, value),
                    None => model.remove(&entry.key),
                };
            }
            prop_assert_eq!(root, reference_root(&model));
            prop_assert_eq!(&(root, rows.clone()), &from_scratch(&model));
        }
    }

    #[test]
    fn every_key_is_proved_present_or_absent(
        batch in batch(), probes in proptest::collection::vec(0u16..1 << 11, 1..20)
    ) {
        let model: Model = batch.into_iter().filter_map(|(seed, value)| Some((key(seed), value?))).collect();
        let (root, rows) = from_scratch(&model);
        for key in model.keys().copied().chain(probes.into_iter().map(key)) {
            let proof = prove(root, &key, |path| Ok(rows.get(path).cloned())).expect("all rows are there");
            let value = model.get(&key).cloned();
            prop_assert_eq!(verify_proof(root, key, value, &proof), Ok(()));
            let lie = Some(b"another value".to_vec());
            prop_assert!(verify_proof(root, key, lie, &proof).is_err());
        }
    }
}

#[test]
fn nothing_has_the_empty_root_and_no_rows() {
    assert_eq!(from_scratch(&Model::new()), (EMPTY_ROOT_HASH, Rows::new()));
    let (root, mut rows) = from_scratch(&[(key(7), vec![1])].into());
    assert_ne!(root, EMPTY_ROOT_HASH);
    assert_eq!(rows.len(), 1);
    let root = apply(root, &mut rows, &[Entry { key: key(7), value: None }]);
    assert_eq!((root, rows.len()), (EMPTY_ROOT_HASH, 0));
}

#[test]
fn an_update_reads_only_the_paths_of_its_keys() {
    let spread = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let model: Model = (0..10_000).map(|index| (spread(index), vec![7; 40])).collect();
    let (root, rows) = from_scratch(&model);
    let reads = std::cell::Cell::new(0);
    let load = |path: &Nibbles| {
        reads.set(reads.get() + 1);
        Ok(rows.get(path).cloned())
    };
    let (_, nodes) = update(root, &[Entry { key: spread(5), value: Some(vec![8]) }], load).expect("rows are there");
    assert!(reads.get() <= 6, "{} reads in a trie of 10,000 leaves", reads.get());
    assert_eq!(nodes.len(), reads.get());
}

#[test]
fn a_missing_or_malformed_row_is_an_error_and_not_another_root() {
    let (root, rows) = from_scratch(&[(key(1), vec![1; 40]), (key(2), vec![2; 40])].into());
    let entry = || [Entry { key: key(1), value: Some(vec![9]) }];
    assert!(matches!(update(root, &entry(), |_| Ok(None)), Err(StoreError::Corrupt(_))));
    let cut = |path: &Nibbles| Ok(rows.get(path).map(|row| row[..row.len() - 1].to_vec()));
    assert!(matches!(update(root, &entry(), cut), Err(StoreError::Corrupt(_))));
}
