//! On what a real network of five nodes showed (`node/consensus`, `node/tests/light.rs`): epochs of ten blocks, the committee another from
//! the third on.

use std::sync::OnceLock;

use alloy::rpc::types::EIP1186AccountProofResponse;
use edgeloom_bindings::addresses::COMMITTEE;
use edgeloom_bls::PublicKey;
use edgeloom_node_api::{FeedBlock, Finality};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{proof::StateOf, *};

const VECTORS: &str = include_str!("../../../../contracts/test/vectors/light.json");

pub(super) fn vectors() -> &'static Value {
    static READ: OnceLock<Value> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(VECTORS).expect("JSON"))
}

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("as it was written")
}

pub(super) fn finality(value: &Value) -> Finality {
    Finality { headers: read(&value["headers"]), certificate: read(&value["certificate"]) }
}

/// Genesis hash, and length of epochs.
pub(super) fn chain() -> (B256, NonZeroU64) {
    (read(&vectors()["genesis"]), read(&vectors()["epochLength"]))
}

pub(super) fn founding() -> Founding {
    let bytes: Bytes = read(&vectors()["founding"]);
    Founding::decode(&bytes).expect("a founding")
}

/// Proof after proof, from what genesis commits to.
pub(super) fn committees() -> Vec<Committee> {
    let mut committees = vec![Committee::elected(founding().seats).expect("a committee")];
    for epoch in vectors()["epochs"].as_array().expect("a list") {
        let (shown, number) = (finality(&epoch["finality"]), committees.len() as u64);
        let height = epoch["height"].as_u64().expect("a number");
        let shown = finality::read(height, &shown, chain(), |epoch| committees.get(epoch as usize)).expect("final");
        let state = StateOf { height, root: shown.asked.header().state_root };
        let proof: EIP1186AccountProofResponse = read(&epoch["proof"]);
        let account = state.account(COMMITTEE, &proof).expect("a proof");
        let slots = term::slots(number, 4);
        let values = state.slots((COMMITTEE, &account), &slots, &proof).expect("proofs");
        assert_eq!(term::seats(number, values[0]), Some(4));
        assert_eq!(term::seats(number + 256, values[0]), None, "of an epoch that has the same place");
        committees.push(term::committee(&values[1..]).expect("it can vote"));
    }
    committees
}

fn stored(committee: &Committee) -> Bytes {
    let key = |seat: &edgeloom_types::Seat| PublicKey::from_bytes(&seat.voting_key).expect("a key").to_stored();
    committee.seats().flat_map(key).collect::<Vec<_>>().into()
}

#[test]
fn one_hash_gives_the_chain_and_every_committee() {
    let header: Bytes = read(&vectors()["genesisHeader"]);
    let genesis = LightHeader::decode(0, &header).expect("a header");
    assert_eq!(genesis.hash(), chain().0);
    assert_eq!(founding().commitment(), genesis.header().mix_hash);
    assert_eq!((founding().chain_id, founding().epoch_length), (31_337, chain().1));
    let committees = committees();
    assert_eq!(stored(&committees[0]), read::<Bytes>(&vectors()["foundingKeys"]));
    for (committee, epoch) in committees[1..].iter().zip(vectors()["epochs"].as_array().expect("a list")) {
        assert_eq!(stored(committee), read::<Bytes>(&epoch["keys"]));
    }
    assert_ne!(stored(&committees[1]), stored(&committees[2]), "it changes");
}

#[test]
fn a_committee_that_cannot_vote_is_none() {
    let epoch = &vectors()["epochs"][0];
    let proof: EIP1186AccountProofResponse = read(&epoch["proof"]);
    let values: Vec<U256> = proof.storage_proof.iter().map(|slot| slot.value).collect();
    assert!(term::committee(&values[1..]).is_some());
    assert!(term::committee(&[]).is_none());
    let mut changed = values.clone();
    // No point has these coordinates.
    changed[2] ^= U256::from(1);
    assert!(term::committee(&changed[1..]).is_none());
    let swapped = [&values[5..9], &values[1..5], &values[9..]].concat();
    assert!(term::committee(&swapped).is_none(), "out of order");
    assert_eq!(term::seats(0, U256::ZERO), None);
}

#[test]
fn a_transaction_is_found_with_its_receipt_and_what_was_changed_is_named() {
    let shown = &vectors()["receipt"];
    let height = shown["height"].as_u64().expect("a number");
    let committees = committees();
    let header = finality::read(height, &finality(&shown["finality"]), chain(), |epoch| committees.get(epoch as usize));
    let header = header.expect("final").asked;
    let block = FeedBlock {
        height,
        hash: header.hash(),
        block: read(&shown["block"]),
        senders: Vec::new(),
        receipts: read(&shown["receipts"]),
        system_logs: Bytes::new(),
        timestamp_ms: 0,
    };
    let wanted: B256 = read(&shown["transaction"]);
    let found = body::find(&header, &block, wanted).expect("it is there");
    assert_eq!((found.index, *found.transaction.tx_hash()), (1, wanted));
    use alloy::eips::eip2718::Encodable2718 as _;
    assert!(found.receipt.status());
    assert_eq!(Bytes::from(found.receipt.encoded_2718()), read::<Bytes>(&shown["receipt"]));
    assert_eq!(found.receipt_proof, read::<Vec<Bytes>>(&shown["proof"]));

    let refused = |block: FeedBlock| body::find(&header, &block, wanted).expect_err("changed");
    let changed = |bytes: &Bytes, at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        Bytes::from(bytes)
    };
    let last = block.receipts.len() - 1;
    let other = refused(FeedBlock { receipts: changed(&block.receipts, last), ..block.clone() });
    assert_eq!(other, LightError::Receipts { height });
    let other = refused(FeedBlock { receipts: Bytes::from([0xc0]), ..block.clone() });
    assert_eq!(other, LightError::Receipts { height });
    let other = refused(FeedBlock { receipts: Bytes::from([0x80]), ..block.clone() });
    assert_eq!(other, LightError::Malformed { what: "receipts", height });
    // In the first of its bytes that are a transaction's: the last ones are certificates.
    let body = edgeloom_types::Block::decode(&block.block).expect("a block");
    let swapped = edgeloom_types::Block { transactions: body.transactions.iter().rev().cloned().collect(), ..body };
    let other = refused(FeedBlock { block: swapped.encode().into(), ..block.clone() });
    assert_eq!(other, LightError::Transactions { height });
    let mut forged = swapped;
    forged.header.gas_used += 1;
    let other = refused(FeedBlock { block: forged.encode().into(), ..block.clone() });
    assert!(matches!(other, LightError::HeaderHash { .. }), "{other}");
    let missing = body::find(&header, &block, B256::ZERO).expect_err("not there");
    assert_eq!(missing, LightError::NotInBlock { transaction: B256::ZERO, height });
}

#[test]
fn what_is_kept_is_what_is_read() {
    let (genesis, epoch_length) = chain();
    let mut committees: BTreeMap<_, _> = (0..).zip(committees()).collect();
    let shown = finality(&vectors()["state"]["finality"]);
    let head = finality::read(25, &shown, chain(), |epoch| committees.get(&epoch)).expect("final").certified;
    let epoch = head.number() / epoch_length.get();
    committees.retain(|kept, _| *kept == epoch || *kept == epoch + 1);
    let chain = Chain { genesis, chain_id: 31_337, epoch_length };
    let kept = LightState::of(&Trusted { chain, head: head.clone(), committees });
    let text = serde_json::to_string(&kept).expect("JSON");
    let state: LightState = serde_json::from_str(&text).expect("as it was written");
    assert_eq!(state, kept);
    let trusted = state.read().expect("whole");
    assert_eq!((trusted.chain, &trusted.head), (chain, &head));
    assert_eq!(trusted.committees.keys().copied().collect::<Vec<_>>(), [epoch, epoch + 1]);

    let with = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        serde_json::from_value::<LightState>(value).map(|state| state.read().map(drop))
    };
    let state = |why| Ok::<_, String>(Err(LightError::State(why)));
    let read = |change: &dyn Fn(&mut Value)| with(change).map_err(|error| error.to_string());
    assert_eq!(read(&|value| value["version"] = json!(2)), state("it is of another version"));
    assert_eq!(read(&|value| value["head"] = json!("0x00")), state("its head is no header"));
    assert_eq!(read(&|value| value["committees"] = json!({})), state("it lacks the committee of its head"));
    let nobody = json!({ epoch.to_string(): [] });
    assert_eq!(read(&|value| value["committees"] = nobody.clone()), state("a committee of it cannot vote"));
    assert!(read(&|value| value["more"] = json!(1)).is_err());
}

#[test]
fn epochs_begin_and_end_where_consensus_has_it() {
    let chain = Chain { genesis: B256::ZERO, chain_id: 1, epoch_length: NonZeroU64::new(10).unwrap() };
    assert_eq!((chain.first_of(0), chain.last_of(0)), (1, 9));
    assert_eq!((chain.first_of(3), chain.last_of(3), chain.epoch(39), chain.epoch(40)), (30, 39, 3, 4));
    assert_eq!(chain.last_of(u64::MAX), u64::MAX - 1);
}

#[test]
fn what_is_relayed_has_every_node_once_and_every_proof_whole() {
    let proof: EIP1186AccountProofResponse = read(&vectors()["epochs"][0]["proof"]);
    let elected = relay::bundle(&proof, 4, Bytes::new()).expect("few nodes");
    let path = |places: &Bytes| -> Vec<Bytes> {
        places.iter().map(|place| elected.nodes[usize::from(*place)].clone()).collect()
    };
    assert_eq!(path(&elected.account), proof.account_proof);
    let wanted = [0, 2, 3, 6, 7, 10, 11, 14, 15];
    assert_eq!(elected.slots.len(), wanted.len());
    for (slot, places) in wanted.into_iter().zip(&elected.slots) {
        assert_eq!(path(places), proof.storage_proof[slot].proof, "slot {slot}");
    }
    let mut once = elected.nodes.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), elected.nodes.len());
    let most = |nodes: u8| {
        let mut proof = proof.clone();
        proof.account_proof = (0..=nodes).flat_map(|node| [Bytes::from([node]), Bytes::from([node, 1])]).collect();
        relay::bundle(&proof, 0, Bytes::new())
    };
    assert!(most(100).is_ok() && most(200).is_err(), "places are told by one byte");
}
