//! Transactions and receipts. A node shows a block with all of its receipts (`edge_feed`, of one block: at most 4 MiB of block, and as
//! much of receipts as the block's gas paid for; an answer of more than 32 MiB is not read), and the tries are built again here: so no
//! node of theirs is taken from anybody, and the same work gives the proofs that contracts ask for.

use alloy::{
    consensus::{ReceiptEnvelope, TxEnvelope, transaction::SignerRecoverable as _},
    eips::eip2718::{Decodable2718 as _, Encodable2718 as _},
    primitives::{Address, B256, Bytes, keccak256},
};
use alloy_rlp::Decodable as _;
use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer, root::ordered_trie_root_encoded};
use edgeloom_node_api::FeedBlock;
use edgeloom_types::Block;

use super::{LightError, LightHeader};

/// A transaction of a final block, with what it did.
#[derive(Clone, Debug)]
pub struct ProvedTransaction {
    /// Of the block.
    pub block: LightHeader,
    /// In the block.
    pub index: u64,
    /// As it was signed.
    pub transaction: TxEnvelope,
    /// Who signed it.
    pub sender: Address,
    /// Status, gas of the block up to here, logs.
    pub receipt: ReceiptEnvelope,
    /// Nodes of the trie from the header's `transactionsRoot` down, for who has only the header.
    pub transaction_proof: Vec<Bytes>,
    /// Nodes of the trie from the header's `receiptsRoot` down.
    pub receipt_proof: Vec<Bytes>,
}

/// Finds a transaction in a block that was shown.
///
/// # Errors
/// [`LightError::Malformed`], [`LightError::HeaderHash`], [`LightError::Transactions`], [`LightError::Receipts`],
/// [`LightError::NotInBlock`].
pub(super) fn find(block: &LightHeader, shown: &FeedBlock, wanted: B256) -> Result<ProvedTransaction, LightError> {
    let height = block.number();
    let malformed = |what| LightError::Malformed { what, height };
    let body = Block::decode(&shown.block).map_err(|_| malformed("block"))?;
    let found = keccak256(alloy_rlp::encode(&body.header));
    if found != block.hash {
        return Err(LightError::HeaderHash { height, expected: block.hash, found });
    }
    let transactions: Vec<Bytes> = body.transactions.iter().map(|signed| signed.encoded_2718().into()).collect();
    if ordered_trie_root_encoded(&transactions) != body.header.transactions_root {
        return Err(LightError::Transactions { height });
    }
    let receipts = receipts(&shown.receipts).ok_or_else(|| malformed("receipts"))?;
    if ordered_trie_root_encoded(&receipts) != body.header.receipts_root {
        return Err(LightError::Receipts { height });
    }
    let missing = || LightError::NotInBlock { transaction: wanted, height };
    let index = body.transactions.iter().position(|signed| *signed.tx_hash() == wanted).ok_or_else(missing)?;
    let transaction = body.transactions.into_iter().nth(index).ok_or_else(missing)?;
    let sender = transaction.recover_signer().map_err(|_| malformed("signature"))?;
    let receipt = receipts.get(index).ok_or_else(missing)?;
    let receipt = ReceiptEnvelope::decode_2718_exact(receipt).map_err(|_| malformed("receipt"))?;
    Ok(ProvedTransaction {
        block: block.clone(),
        index: index as u64,
        transaction,
        sender,
        receipt,
        transaction_proof: prove(&transactions, index),
        receipt_proof: prove(&receipts, index),
    })
}

fn receipts(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let mut rest = bytes;
    let receipts = Vec::<Bytes>::decode(&mut rest).ok()?;
    rest.is_empty().then_some(receipts)
}

/// The nodes that lead to an item, the root first.
fn prove(items: &[Bytes], wanted: usize) -> Vec<Bytes> {
    let key = |index: usize| Nibbles::unpack(alloy_rlp::encode(index));
    let mut leaves: Vec<_> = items.iter().enumerate().map(|(index, item)| (key(index), item)).collect();
    leaves.sort_by_key(|(key, _)| *key);
    let mut trie = HashBuilder::default().with_proof_retainer(ProofRetainer::new(vec![key(wanted)]));
    for (key, item) in leaves {
        trie.add_leaf(key, item);
    }
    trie.root();
    trie.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_trie::proof::verify_proof;

    #[test]
    fn every_item_of_a_list_is_proved() {
        for count in [1, 2, 16, 128, 200] {
            let items: Vec<Bytes> = (0..count).map(|item: u8| vec![item; 40].into()).collect();
            let root = ordered_trie_root_encoded(&items);
            for (index, item) in items.iter().enumerate() {
                let (proof, key) = (prove(&items, index), Nibbles::unpack(alloy_rlp::encode(index)));
                verify_proof(root, key, Some(item.to_vec()), &proof).expect("a proof");
                assert!(verify_proof(root, key, Some(vec![1; 40]), &proof).is_err() || item[0] == 1);
            }
        }
    }
}
