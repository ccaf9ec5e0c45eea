//! How far a development chain went back, and what stands there of the contracts that were verified.

use crate::{
    nodes::{NodeError, Nodes},
    source::{Source, SourceError},
    store::{
        Store, StoreError,
        rewind::{Presence, Rewind, Standing},
    },
};
use alloy::primitives::keccak256;

/// Why it cannot be told: ask again.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the index has to give up to be of the active node's chain. The node may change while it is asked: then what comes
/// next does not follow, and it is asked anew.
pub(super) async fn plan(source: &Source, store: &Store) -> Result<Rewind, BackError> {
    let node = source.status().await?;
    let to = match store.identity().await? {
        Some(ours) if ours == node.identity => common(source, store, node.head).await?,
        _ => None,
    };
    let (nodes, mut contracts) = (source.nodes()?, Vec::new());
    for contract in store.presences().await? {
        contracts.push((contract.address, standing(&nodes, &contract).await?));
    }
    Ok(Rewind { identity: node.identity, to, contracts })
}

/// The newest block in common, by bisection: what is common at a height is common below.
async fn common(source: &Source, store: &Store, head: u64) -> Result<Option<u64>, BackError> {
    let Some(top) = store.cursor().await?.map(|cursor| cursor.height.min(head)) else { return Ok(None) };
    // Below `low` all is common, from `high` on nothing.
    let (mut low, mut high) = (0_u64, top + 1);
    while low < high {
        // The top first: a chain that only lost blocks agrees there.
        let middle = if high > top { top } else { low.midpoint(high) };
        let theirs = source.block(middle).await?.map(|block| block.hash);
        if theirs.is_some() && theirs == store.hash_at(middle).await? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low.checked_sub(1))
}

async fn standing(nodes: &Nodes, contract: &Presence) -> Result<Standing, NodeError> {
    let code = nodes.code(contract.address).await?;
    if code.is_empty() || contract.code_hash != Some(keccak256(&code)) {
        return Ok(Standing::Gone);
    }
    let Some((tx, block)) = contract.created else { return Ok(Standing::Stands) };
    let receipt = nodes.receipt(tx).await?;
    let is_there = receipt.is_some_and(|receipt| receipt.block_number == Some(block));
    Ok(if is_there { Standing::Stands } else { Standing::Recreated })
}
