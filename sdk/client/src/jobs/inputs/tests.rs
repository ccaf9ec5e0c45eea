use super::*;

/// OpenZeppelin's `MerkleProof.processProof`.
fn processed(path: &[B256], leaf: B256) -> B256 {
    path.iter().fold(leaf, |node, other| keccak256([node.min(*other), node.max(*other)].concat()))
}

#[test]
fn every_input_of_every_count_is_shown_by_its_path() {
    for count in 1..=17 {
        let hashes: Vec<_> = (0..count).map(|place| keccak256([place as u8])).collect();
        let (tree, root) = (Tree::over(hashes.clone()), root(&hashes));
        assert_eq!(tree.path(count), None);
        for (place, leaf) in leaves(&hashes).into_iter().enumerate() {
            assert_eq!(tree.path(place).map(|(_, path)| processed(&path, leaf)), Some(root), "{place} of {count}");
        }
        // No two places have the same leaf, whatever their inputs are.
        let same = vec![hashes[0]; count];
        let mut leaves = leaves(&same);
        leaves.dedup();
        assert_eq!(leaves.len(), count);
    }
    assert_eq!(root(&[B256::repeat_byte(7)]), B256::repeat_byte(7));
}
