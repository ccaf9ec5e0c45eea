use super::*;
use alloy::primitives::keccak256;
use alloy_trie::{HashBuilder, proof::verify_proof};
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let (root, nodes) =
        update(root, entries, |path: &Nibbles| Ok(rows.get(path).cloned())).expect("all rows are there");
    for (path, changed) in nodes {
        match changed.node {
            Some(node) => rows.insert(path, node.row),
            None => rows.remove(&path),
        };
    }
    root
}

/// Rows without leaves, which the values give (T4).
#[derive(Default)]
struct Leafless {
    rows: Rows,
    values: Model,
}

impl Source for &Leafless {
    fn recent(&self, _: &Nibbles) -> Option<Option<Vec<u8>>> {
        None
    }

    fn row(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows.get(path).cloned())
    }

    fn below(&self, path: &Nibbles, key: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError> {
        let probable = key.and_then(|key| self.values.get_key_value(key));
        let found = probable.or_else(|| self.values.range(*path..).next());
        Ok(found.map(|(key, value)| (*key, value.clone())))
    }
}

impl Leafless {
    /// As a commit does it.
    fn apply(&mut self, root: B256, entries: Vec<Entry>) -> B256 {
        let (root, nodes) = update(root, &entries, &*self).expect("all rows are there");
        for (path, changed) in nodes {
            match changed.node {
                Some(node) if !node.is_leaf => drop(self.rows.insert(path, node.row)),
                _ if changed.replaced => drop(self.rows.remove(&path)),
                _ => (),
            }
        }
        for Entry { key, value, .. } in entries {
            match value {
                Some(value) => self.values.insert(key, value),
                None => self.values.remove(&key),
            };
        }
        root
    }
}

fn is_leaf(row: &[u8]) -> bool {
    matches!(decode(row), Ok(TrieNode::Leaf(_)))
}

fn reference_root(model: &Model) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in model {
        builder.add_leaf(*key, value);
    }
    builder.root()
}

fn from_scratch(model: &Model) -> (B256, Rows) {
    let entries: Vec<_> =
        model.iter().map(|(key, value)| Entry { key: *key, value: Some(value.clone()), before: None }).collect();
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
                batch.into_iter().map(|(seed, value)| Entry { key: key(seed), value, before: None }).collect();
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn leaves_are_made_from_values_and_every_other_row_is_that_of_a_trie_built_from_scratch(
        batches in proptest::collection::vec(batch(), 1..8)
    ) {
        let (mut trie, mut root) = (Leafless::default(), EMPTY_ROOT_HASH);
        for batch in batches {
            // What was known of a key is right, wrong, or nothing.
            let before = |seed| match seed % 3 {
                0 => trie.values.get(&key(seed)).cloned(),
                1 => Some(vec![7; 40]),
                _ => None,
            };
            let mut entries: Vec<_> =
                batch.into_iter().map(|(seed, value)| Entry { key: key(seed), value, before: before(seed) }).collect();
            entries.sort_by_key(|entry| entry.key);
            root = trie.apply(root, entries);
            let (expected, mut rows) = from_scratch(&trie.values);
            rows.retain(|_, row| !is_leaf(row));
            prop_assert_eq!((root, &trie.rows), (expected, &rows));
        }
    }
}

#[test]
fn a_leaf_that_is_known_is_not_looked_for() {
    let key = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let old: Model = (0..1_000).map(|index| (key(index), vec![1; 40])).collect();
    let (root, rows) = from_scratch(&old);
    let changed = |before: Option<Vec<u8>>| {
        let entry = [Entry { key: key(5), value: Some(vec![2; 40]), before }];
        let asked = std::sync::Mutex::new(Vec::new());
        let load = |path: &Nibbles| {
            asked.lock().expect("no panic").push(rows.get(path).is_some_and(|row| is_leaf(row)));
            Ok(rows.get(path).cloned())
        };
        let updated = update(root, &entry, load).expect("rows are there");
        (updated, asked.into_inner().expect("no panic"))
    };
    let (unknown, asked) = changed(None);
    assert_eq!(asked.last(), Some(&true));
    let (known, asked) = changed(Some(vec![1; 40]));
    assert!(!asked.is_empty() && !asked.contains(&true));
    assert_eq!(known, unknown);
    assert_eq!(changed(Some(vec![3; 40])).0, unknown);
}

/// T4: what is below a branch that is gone is not taken for a leaf.
#[test]
fn a_row_that_is_missing_is_not_made_from_one_of_the_values_below_it() {
    let spread = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let entries = |indices: std::ops::Range<u32>, value: u8| {
        let mut entries: Vec<_> =
            indices.map(|index| Entry { key: spread(index), value: Some(vec![value; 40]), before: None }).collect();
        entries.sort_by_key(|entry| entry.key);
        entries
    };
    let mut trie = Leafless::default();
    let root = trie.apply(EMPTY_ROOT_HASH, entries(0..1_000, 1));
    let paths: Vec<_> = trie.rows.keys().copied().collect();
    assert!(paths.len() > 200);
    for path in paths {
        let row = trie.rows.remove(&path).expect("listed");
        let index = (0..1_000).find(|index| spread(*index).starts_with(&path)).expect("a branch has keys below it");
        for entries in [entries(index..index + 1, 2), entries(0..1_000, 2)] {
            let updated = update(root, &entries, &trie);
            assert!(matches!(updated, Err(StoreError::Corrupt(_))), "{path:?}");
        }
        trie.rows.insert(path, row);
    }
    assert!(update(root, &entries(0..1_000, 2), &trie).is_ok());
}

/// Rows of history by path, each with its height, ascending.
type History = BTreeMap<Nibbles, Vec<(usize, Vec<u8>)>>;

fn note(history: &mut History, height: usize, nodes: Nodes) {
    for (path, changed) in nodes {
        if let Some(past) = changed.node.map_or(Some(Vec::new()), |node| node.past) {
            history.entry(path).or_default().push((height, past));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn history_gives_back_every_row_of_every_height_and_no_other(
        batches in proptest::collection::vec(batch(), 1..8)
    ) {
        let (mut rows, mut model, mut root) = (Rows::new(), Model::new(), EMPTY_ROOT_HASH);
        let (mut history, mut heights) = (History::new(), Vec::new());
        for (height, batch) in batches.into_iter().enumerate() {
            let mut entries: Vec<_> =
                batch.into_iter().map(|(seed, value)| Entry { key: key(seed), value, before: None }).collect();
            entries.sort_by_key(|entry| entry.key);
            let (_, nodes) = update(root, &entries, |path: &Nibbles| Ok(rows.get(path).cloned())).expect("all rows are there");
            note(&mut history, height, nodes);
            root = apply(root, &mut rows, &entries);
            for Entry { key, value, .. } in entries {
                match value {
                    Some(value) => model.insert(key, value),
                    None => model.remove(&key),
                };
            }
            heights.push((rows.clone(), model.clone()));
        }
        for (height, (rows, model)) in heights.into_iter().enumerate() {
            let row = |path: &Nibbles| {
                let newest = history.get(path).into_iter().flatten().rev().find(|(at, _)| *at <= height);
                Ok(newest.map(|(_, row)| row.clone()))
            };
            let trie = PastTrie::new(row, |key| Ok(model.get(&Nibbles::unpack(key)).cloned()));
            for path in history.keys() {
                prop_assert_eq!(trie.node(path).expect("whole"), rows.get(path).cloned(), "{:?} at {}", path, height);
            }
        }
    }
}

#[test]
fn a_value_that_changes_costs_a_short_row_for_each_branch_above_it_and_none_for_its_leaf() {
    let spread = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let model: Model = (0..10_000).map(|index| (spread(index), vec![7; 40])).collect();
    let (root, rows) = from_scratch(&model);
    let entry = [Entry { key: spread(5), value: Some(vec![8; 40]), before: None }];
    let (_, nodes) = update(root, &entry, |path: &Nibbles| Ok(rows.get(path).cloned())).expect("rows are there");
    let past: Vec<_> = nodes
        .values()
        .filter_map(|changed| changed.node.as_ref())
        .map(|node| node.past.as_ref().map(Vec::len))
        .collect();
    let (leaf, branches) = past.split_last().expect("changed nodes");
    assert_eq!(*leaf, None);
    assert!(branches.len() >= 3 && branches.iter().all(|length| *length == Some(35)), "{past:?}");
}

#[test]
fn a_malformed_row_of_history_is_an_error() {
    let rows: [&[u8]; 7] = [&[], &[0], &[0, 0, 3], &[0; 36], &[1], &[1; 34], &[3, 1]];
    for row in rows {
        let trie = PastTrie::new(|_: &Nibbles| Ok(Some(row.to_vec())), |_: &B256| Ok(None));
        let made = trie.node(&Nibbles::from_nibbles([1, 2]));
        assert!(matches!(made, Err(StoreError::Corrupt(_))) || row.is_empty(), "{row:?} made {made:?}");
    }
}

#[test]
fn nothing_has_the_empty_root_and_no_rows() {
    assert_eq!(from_scratch(&Model::new()), (EMPTY_ROOT_HASH, Rows::new()));
    let (root, mut rows) = from_scratch(&[(key(7), vec![1])].into());
    assert_ne!(root, EMPTY_ROOT_HASH);
    assert_eq!(rows.len(), 1);
    let root = apply(root, &mut rows, &[Entry { key: key(7), value: None, before: None }]);
    assert_eq!((root, rows.len()), (EMPTY_ROOT_HASH, 0));
}

#[test]
fn an_update_reads_only_the_paths_of_its_keys() {
    let spread = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let model: Model = (0..10_000).map(|index| (spread(index), vec![7; 40])).collect();
    let (root, rows) = from_scratch(&model);
    let reads = AtomicUsize::new(0);
    let load = |path: &Nibbles| {
        reads.fetch_add(1, Ordering::Relaxed);
        Ok(rows.get(path).cloned())
    };
    let (_, nodes) =
        update(root, &[Entry { key: spread(5), value: Some(vec![8]), before: None }], load).expect("rows are there");
    let reads = reads.into_inner();
    assert!(reads <= 6, "{reads} reads in a trie of 10,000 leaves");
    assert_eq!(nodes.len(), reads);
}

#[test]
fn a_missing_or_malformed_row_is_an_error_and_not_another_root() {
    let (root, rows) = from_scratch(&[(key(1), vec![1; 40]), (key(2), vec![2; 40])].into());
    let entry = || [Entry { key: key(1), value: Some(vec![9]), before: None }];
    assert!(matches!(update(root, &entry(), |_: &Nibbles| Ok(None)), Err(StoreError::Corrupt(_))));
    let cut = |path: &Nibbles| Ok(rows.get(path).map(|row| row[..row.len() - 1].to_vec()));
    assert!(matches!(update(root, &entry(), cut), Err(StoreError::Corrupt(_))));
}

/// Enough entries for every core, in several branches one below the other, with deletions that pull nodes up.
#[test]
fn an_update_on_all_cores_is_that_of_a_trie_built_from_scratch() {
    let spread = |index: u32| Nibbles::unpack(keccak256(index.to_be_bytes()));
    let value = |index: u32| (!index.is_multiple_of(3)).then(|| vec![index as u8 | 1; 40]);
    let mut model: Model = (0..3_000).map(|index| (spread(index), vec![7; 40])).collect();
    let (root, mut rows) = from_scratch(&model);
    let mut entries: Vec<_> =
        (0..6_000).map(|index| Entry { key: spread(index), value: value(index), before: None }).collect();
    entries.sort_by_key(|entry| entry.key);
    let root = apply(root, &mut rows, &entries);
    for Entry { key, value, .. } in entries {
        match value {
            Some(value) => model.insert(key, value),
            None => model.remove(&key),
        };
    }
    assert_eq!(root, reference_root(&model));
    assert_eq!((root, rows), from_scratch(&model));
}
