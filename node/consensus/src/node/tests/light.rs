//! What light clients are shown, for those who verify it without this crate: `contracts/test/vectors/light.json`, of a run of five
//! nodes whose committee changes. The Solidity library and the SDK's are tested on it.

use super::*;
use alloy::{
    eips::eip2718::Encodable2718 as _,
    hex,
    primitives::{Bytes, U256, keccak256},
    rpc::types::{EIP1186AccountProofResponse, EIP1186StorageProof},
};
use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer};
use edgeloom_bindings::addresses::COMMITTEE as COMMITTEE_AT;
use edgeloom_bls::{DST, PublicKey, Signature, hash_to_g2};
use edgeloom_types::{Committee, Epoch};
use serde_json::{Value, json};
use std::{env, fs, path::Path};

const LENGTH: u64 = 10;
/// Those that are shown.
const EPOCHS: u64 = 4;
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts/test/vectors/light.json");

/// `Committee._terms`, and the slots before its chairs.
const TERMS_SLOT: u64 = 3;
const CHAIRS_OFFSET: u64 = 5;

fn height(number: u64) -> edgeloom_types::Height {
    edgeloom_types::Height::new(number)
}

/// As `edge_finality` shows a block, and what EIP-2537 needs beside it.
fn finality(node: &Node, world: &World, from: u64) -> Value {
    finality_by(node, world, (from, from))
}

/// Headers from a height to the nearest certificate that is not below another one.
fn finality_by(node: &Node, world: &World, (from, least): (u64, u64)) -> Value {
    let mut headers = Vec::new();
    for number in from.. {
        let header = node.store.header(height(number)).expect("readable").expect("final");
        headers.push(Bytes::from(alloy_rlp::encode(&header)));
        let certificate = node.store.certificate(height(number)).expect("readable");
        if let Some(bytes) = certificate.filter(|_| number >= least) {
            let certificate = Certificate::decode(&bytes).expect("well-formed");
            let genesis = node.block(0).hash();
            let term = node.shared.chain.lock().terms().of_epoch(certificate.epoch);
            let committee = term.map_or_else(|| world.genesis.term().committee, |term| term.committee.clone());
            certificate.verify(genesis, &committee).expect("a quorum signed");
            let point = Signature::from_bytes(certificate.signature()).expect("a signature").to_coordinates();
            return json!({
                "headers": headers,
                "certificate": bytes,
                "y": hex::encode_prefixed(&point[128..]),
                "keys": keys(&committee),
                "signers": certificate.signers,
            });
        }
    }
    unreachable!("blocks without end")
}

/// Both coordinates of each seat's key.
fn keys(committee: &Committee) -> Bytes {
    let key = |seat: &edgeloom_types::Seat| PublicKey::from_bytes(&seat.voting_key).expect("a key").to_stored();
    committee.seats().flat_map(key).collect::<Vec<u8>>().into()
}

/// As `eth_getProof` answers.
fn proof(node: &Node, address: alloy::primitives::Address, slots: &[U256], at: u64) -> EIP1186AccountProofResponse {
    let proof = node.store.proof(address, slots, height(at)).expect("an archive");
    let account = proof.account.unwrap_or_default();
    let storage = proof.storage.into_iter();
    EIP1186AccountProofResponse {
        address,
        balance: account.balance,
        code_hash: account.code_hash,
        nonce: account.nonce,
        storage_hash: proof.storage_root,
        account_proof: proof.nodes,
        storage_proof: storage
            .map(|slot| EIP1186StorageProof::new(B256::from(slot.slot).into(), slot.value, slot.nodes))
            .collect(),
    }
}

/// The term of an epoch: its head, and four slots for each of so many seats.
fn term_slots(epoch: u64, seats: u64) -> Vec<U256> {
    let key = [U256::from(epoch % 256).to_be_bytes::<32>(), U256::from(TERMS_SLOT).to_be_bytes::<32>()].concat();
    let base = U256::from_be_bytes(keccak256(key).0);
    let chairs = CHAIRS_OFFSET..CHAIRS_OFFSET + 4 * seats;
    [0].into_iter().chain(chairs).map(|offset| base + U256::from(offset)).collect()
}

/// The first block with two transactions, and what proves the second of its receipts.
fn receipt(node: &Node, world: &World) -> Value {
    let number = (1..).find(|number| node.block(*number).block().transactions.len() > 1).expect("there is one");
    let receipts = node.store.receipts(height(number)).expect("readable").expect("final");
    let encoded: Vec<_> = receipts.iter().map(|receipt| receipt.encoded_2718()).collect();
    let key = |index: usize| Nibbles::unpack(alloy_rlp::encode(index));
    let mut leaves: Vec<_> = encoded.iter().enumerate().map(|(index, receipt)| (key(index), receipt)).collect();
    leaves.sort_by_key(|(key, _)| *key);
    let mut trie = HashBuilder::default().with_proof_retainer(ProofRetainer::new(vec![key(1)]));
    for (key, receipt) in leaves {
        trie.add_leaf(key, receipt);
    }
    assert_eq!(trie.root(), node.block(number).header().receipts_root);
    let nodes: Vec<_> = trie.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node).collect();
    let block = node.block(number);
    let transaction = block.block().transactions[1].tx_hash();
    let receipts: Vec<Bytes> = encoded.iter().map(|receipt| receipt.clone().into()).collect();
    json!({
        "finality": finality(node, world, number),
        "height": number,
        "index": 1,
        "transaction": transaction,
        "receipt": hex::encode_prefixed(&encoded[1]),
        "proof": nodes,
        "block": hex::encode_prefixed(block.block().encode()),
        "receipts": hex::encode_prefixed(alloy_rlp::encode(&receipts)),
    })
}

/// For each epoch: what its last block shows of the committee of the next.
fn vectors(node: &Node, world: &World) -> Value {
    let epochs = (0..EPOCHS).map(|epoch| {
        let last = (epoch + 1) * LENGTH - 1;
        let term = node.shared.chain.lock().terms().of_epoch(Epoch::new(epoch + 1)).expect("decided");
        let slots = term_slots(epoch + 1, term.committee.len() as u64);
        json!({
            "height": last,
            "finality": finality(node, world, last),
            "proof": proof(node, COMMITTEE_AT, &slots, last),
            "keys": keys(&term.committee),
        })
    });
    let epochs: Vec<_> = epochs.collect();
    let account = world.accounts[6].address();
    let history = alloy::eips::eip2935::HISTORY_STORAGE_ADDRESS;
    let state = 2 * LENGTH + 5;
    json!({
        "genesis": node.block(0).hash(),
        "chainId": CHAIN_ID,
        "epochLength": LENGTH,
        "genesisHeader": hex::encode_prefixed(alloy_rlp::encode(node.block(0).header())),
        "founding": hex::encode_prefixed(world.genesis.founding().encode()),
        "foundingKeys": keys(world.genesis.committee()),
        "epochs": epochs,
        // By a node that has no certificate of the lower two.
        "descendant": finality_by(node, world, (LENGTH + 3, LENGTH + 5)),
        "state": {
            "height": state,
            "finality": finality(node, world, state),
            "account": proof(node, account, &[], state),
            "history": proof(node, history, &[U256::from(state - 1), U256::from(8000)], state),
            "nobody": proof(node, alloy::primitives::Address::repeat_byte(0x99), &[], state),
        },
        "receipt": receipt(node, world),
        "hashes": hashes(),
    })
}

/// Messages as points, by the scheme of signatures.
fn hashes() -> Vec<Value> {
    let messages = [vec![], b"abc".to_vec(), vec![0x5a; 89], (0..=255).collect()];
    let hash = |message: Vec<u8>| {
        let point = hash_to_g2(&message, DST).expect("a tag of its length");
        json!({ "message": hex::encode_prefixed(message), "point": hex::encode_prefixed(point) })
    };
    messages.into_iter().map(hash).collect()
}

/// The same seed gives the same run: what is committed is what happens, byte for byte. `cargo xtask bless` writes it.
#[test]
fn the_committed_vectors_are_of_a_real_run() {
    let made = runner(31).start(|context| async move {
        let world = World::staked(5, LENGTH);
        let oracle = network(&context, &world).await;
        let mut nodes = Vec::new();
        for seat in 0..5 {
            nodes.push(launch(&context, &oracle, &world, seat, &Store::memory(), 0).await);
        }
        replace_the_fourth(&context, &world, &nodes).await;
        reach(&context, &nodes.iter().collect::<Vec<_>>(), EPOCHS * LENGTH + 3).await;
        vectors(&nodes[0], &world)
    });
    let seats = |epoch: usize| made["epochs"][epoch]["keys"].clone();
    assert_eq!(made["foundingKeys"], seats(0), "epoch 1 as epoch 0");
    assert_ne!(seats(0), seats(1), "epoch 2 is another");
    let path = Path::new(VECTORS);
    let text = format!("{made:#}\n");
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(path, &text).expect("the repository can be written");
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "the run is another than the committed one: if that is meant, `cargo xtask bless`");
}
