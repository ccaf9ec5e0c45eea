//! Votes for those who read C6 without this crate: `contracts/test/vectors/votes.json`. Evidence contracts are tested on
//! them, and so can be whatever verifies signatures. A vote here is honest or not; every signature is good.

use crate::{Epoch, Namespace, VoteKind, certificate::write_varint};
use alloy::{hex, primitives::B256};
use edgeloom_bls::{SecretKey, Signature};
use serde_json::{Map, Value, json};

const COMMITTED: &str = include_str!("../../../../../contracts/test/vectors/votes.json");
const EPOCH: u64 = 7;
const VIEW: u64 = 300;
const GENESIS: B256 = B256::repeat_byte(0x11);
const A: [u8; 32] = [0xaa; 32];
const B: [u8; 32] = [0xbb; 32];

fn round(epoch: u64, view: u64) -> Vec<u8> {
    let mut content = Vec::new();
    write_varint(&mut content, epoch);
    write_varint(&mut content, view);
    content
}

fn proposal(view: u64, parent: u64, payload: [u8; 32]) -> Vec<u8> {
    let mut content = round(EPOCH, view);
    write_varint(&mut content, parent);
    content.extend(payload);
    content
}

/// Who signs what, and in the name of which epoch of which chain.
struct Signer {
    seed: u8,
    genesis: B256,
    epoch: u64,
}

const HERE: Signer = Signer { seed: 1, genesis: GENESIS, epoch: EPOCH };

impl Signer {
    fn sign(&self, kind: VoteKind, content: Vec<u8>) -> Value {
        let key = SecretKey::from_seed(&[self.seed; 32]).expect("32 bytes are enough");
        let message = Namespace::new(self.genesis, Epoch::new(self.epoch)).message(kind, &content);
        let signature = key.sign(&message).to_bytes();
        let parsed = Signature::from_bytes(&signature).expect("just made");
        assert!(parsed.verify(&key.public_key(), &message));
        json!({
            "kind": format!("{kind:?}"),
            "genesis": self.genesis,
            "publicKey": hex::encode_prefixed(key.public_key().to_bytes()),
            "content": hex::encode_prefixed(content),
            "message": hex::encode_prefixed(message),
            "signature": hex::encode_prefixed(signature),
        })
    }
}

/// A change here would break evidence that exists.
#[test]
fn the_committed_votes_are_what_keys_sign() {
    use VoteKind::{Finalize, Notarize, Nullify};
    let next_epoch = Signer { epoch: EPOCH + 1, ..HERE };
    let padded = [&[0x80 | EPOCH as u8, 0x00][..], &proposal(VIEW, VIEW - 1, B)[1..]].concat();
    let trailing = [&proposal(VIEW, VIEW - 1, B)[..], &[0x00][..]].concat();
    let largest = [round(0, u64::MAX), [0].into(), A.into()].concat();
    let votes = [
        ("notarizeA", HERE.sign(Notarize, proposal(VIEW, VIEW - 1, A))),
        ("notarizeB", HERE.sign(Notarize, proposal(VIEW, VIEW - 1, B))),
        ("notarizeAOfAnotherParent", HERE.sign(Notarize, proposal(VIEW, VIEW - 2, A))),
        ("notarizeBPadded", HERE.sign(Notarize, padded)),
        ("notarizeBTrailing", HERE.sign(Notarize, trailing)),
        ("finalizeA", HERE.sign(Finalize, proposal(VIEW, VIEW - 1, A))),
        ("finalizeB", HERE.sign(Finalize, proposal(VIEW, VIEW - 1, B))),
        ("finalizeBOfTheNextView", HERE.sign(Finalize, proposal(VIEW + 1, VIEW - 1, B))),
        ("finalizeBInTheNextEpochsName", next_epoch.sign(Finalize, proposal(VIEW, VIEW - 1, B))),
        ("nullify", HERE.sign(Nullify, round(EPOCH, VIEW))),
        ("nullifyOfTheNextView", HERE.sign(Nullify, round(EPOCH, VIEW + 1))),
        ("nullifyOfTheNextEpoch", next_epoch.sign(Nullify, round(EPOCH + 1, VIEW))),
        (
            "nullifyOfAnotherChain",
            Signer { genesis: B256::repeat_byte(0x22), ..HERE }.sign(Nullify, round(EPOCH, VIEW)),
        ),
        ("nullifyOfAnotherKey", Signer { seed: 2, ..HERE }.sign(Nullify, round(EPOCH, VIEW))),
        ("nullifyOfTheLargestView", Signer { epoch: 0, ..HERE }.sign(Nullify, round(0, u64::MAX))),
        ("finalizeOfTheLargestView", Signer { epoch: 0, ..HERE }.sign(Finalize, largest)),
    ];
    let votes: Map<String, Value> = votes.into_iter().map(|(name, vote)| (name.into(), vote)).collect();
    let committed: Value = serde_json::from_str(COMMITTED).expect("JSON");
    let made = Value::Object(votes);
    assert!(committed == made, "the votes are now\n{made:#}");
}
