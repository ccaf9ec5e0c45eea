use super::*;
use crate::trie::Node;

fn path(index: u32) -> Nibbles {
    Nibbles::unpack(index.to_be_bytes())
}

fn nodes(rows: impl IntoIterator<Item = (u32, Option<Vec<u8>>)>) -> Nodes {
    let node = |row| Node { row, is_leaf: false, past: None };
    let changed = |row: Option<_>| Changed { node: row.map(node), replaced: true };
    rows.into_iter().map(|(index, row)| (path(index), changed(row))).collect()
}

#[test]
fn the_newest_row_of_a_path_is_found_and_a_node_that_is_gone_is_not() {
    let (cache, account) = (NodeCache::default(), B256::repeat_byte(7));
    cache.put_storage(&account, &nodes([(1, Some(vec![1])), (2, Some(vec![2]))]));
    cache.put_storage(&account, &nodes([(1, Some(vec![3])), (2, None)]));
    assert_eq!(cache.storage_node(&account, &path(1)), Some(vec![3]));
    assert_eq!(cache.storage_node(&account, &path(2)), None);
    assert_eq!(cache.account_node(&path(1)), None, "another trie");
    cache.clear();
    assert_eq!(cache.storage_node(&account, &path(1)), None);
}

#[test]
fn memory_is_bounded_and_no_generation_brings_an_old_row_back() {
    let cache = NodeCache::default();
    cache.put_accounts(&nodes([(0, Some(vec![1]))]));
    let half = GENERATION_BYTES / 2 + 1;
    let fill = |from: u32| cache.put_accounts(&nodes([(from, Some(vec![0; half])), (from + 1, Some(vec![0; half]))]));
    fill(10);
    assert_eq!(cache.account_node(&path(0)), Some(vec![1]), "the older generation is still there");
    cache.put_accounts(&nodes([(0, Some(vec![2]))]));
    fill(20);
    assert_eq!(cache.account_node(&path(0)), Some(vec![2]));
    fill(30);
    assert_eq!(cache.account_node(&path(0)), None, "two generations were filled since");
    let generations = cache.0.lock();
    let bytes: usize = generations.young.values().chain(generations.old.values()).map(Vec::len).sum();
    assert!(bytes <= 2 * (GENERATION_BYTES + half), "{bytes} bytes");
}
