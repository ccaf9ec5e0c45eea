//! Merkle trees as OpenZeppelin's `StandardMerkleTree` builds them: sets of ids that an offer is for, lists of who may buy in a drop. Pure.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue,
};

use crate::Error;

/// Of ids: any of them is what somebody wants.
pub type IdSet = MerkleTree<U256>;
/// Of accounts, and how many each may buy.
pub type Allowlist = MerkleTree<(Address, U256)>;

/// A tree over values of one kind, ordered by their leaves, so that the same values have the same root whatever order they are given in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleTree<V> {
    /// With the place of each one's leaf in `nodes`.
    values: Vec<(V, usize)>,
    /// The root first; the children of node i are 2i + 1 and 2i + 2.
    nodes: Vec<B256>,
}

impl<V: SolValue + PartialEq> MerkleTree<V> {
    /// Over these values.
    ///
    /// # Errors
    /// [`Error::Settings`] for none.
    pub fn new(values: impl IntoIterator<Item = V>) -> Result<Self, Error> {
        let mut hashed: Vec<(B256, V)> = values.into_iter().map(|value| (leaf_of(&value), value)).collect();
        hashed.sort_by_key(|(leaf, _)| *leaf);
        let Some(last) = (2 * hashed.len()).checked_sub(2) else {
            return Err(Error::Settings("a Merkle tree has one leaf at least".to_owned()));
        };
        let mut nodes = vec![B256::ZERO; last + 1];
        let values: Vec<_> = (0..).zip(hashed).map(|(number, (leaf, value))| (value, last - number, leaf)).collect();
        for (_, place, leaf) in &values {
            nodes[*place] = *leaf;
        }
        for place in (0..values.len() - 1).rev() {
            nodes[place] = pair(nodes[2 * place + 1], nodes[2 * place + 2]);
        }
        Ok(Self { values: values.into_iter().map(|(value, place, _)| (value, place)).collect(), nodes })
    }

    /// What stands for all values.
    #[must_use]
    pub fn root(&self) -> B256 {
        self.nodes[0]
    }

    /// The values, in the order of their leaves.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> {
        self.values.iter().map(|(value, _)| value)
    }

    /// What shows that a value is in it; `None` if it is not.
    #[must_use]
    pub fn proof(&self, value: &V) -> Option<Vec<B256>> {
        let (_, place) = self.values.iter().find(|(known, _)| known == value)?;
        let mut proof = Vec::new();
        let mut place = *place;
        while place > 0 {
            proof.push(self.nodes[if place % 2 == 1 { place + 1 } else { place - 1 }]);
            place = (place - 1) / 2;
        }
        Some(proof)
    }
}

impl Allowlist {
    /// How many an account may buy, and what shows it; `None` for who is not on the list. Where an account is on it twice, the larger number.
    #[must_use]
    pub fn allowance(&self, account: Address) -> Option<(U256, Vec<B256>)> {
        let listed = self.values().filter(|(listed, _)| *listed == account);
        let value = listed.max_by_key(|(_, most)| *most)?;
        Some((value.1, self.proof(value)?))
    }
}

/// Whether a value is in the tree with this root.
#[must_use]
pub fn is_in(root: B256, value: &impl SolValue, proof: &[B256]) -> bool {
    proof.iter().fold(leaf_of(value), |node, sibling| pair(node, *sibling)) == root
}

/// Twice hashed, so that no leaf passes for a node.
fn leaf_of(value: &impl SolValue) -> B256 {
    keccak256(keccak256(value.abi_encode()))
}

fn pair(one: B256, other: B256) -> B256 {
    keccak256([one.min(other), one.max(other)].concat())
}

#[cfg(test)]
mod tests;
