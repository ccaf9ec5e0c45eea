//! Claims that any implementation of the ciphersuite can judge (K3).

use super::{
    crew::{self, Crew},
    encoding::Point,
};
use crate::{Class, dice::Dice};
use alloy::hex;
use edgeloom_bls::{DST, POSSESSION_DST, PossessionProof, PublicKey, Signature, aggregate_verify};
use serde::Serialize;

/// What is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One key's signature.
    One,
    /// One aggregate of several keys, each over a message of its own or not.
    Aggregate,
    Possession,
}

/// That `signature` is the aggregate of each key's over the message beside it, under `tag`. All but the tag is hex.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claim {
    tag: String,
    keys: Vec<String>,
    messages: Vec<String>,
    signature: String,
    #[serde(skip)]
    kind: Kind,
}

impl Claim {
    /// A true one or, in half of the cases, one with something of it changed.
    pub(super) fn new(kind: Kind, crew: &Crew, dice: &mut Dice) -> Self {
        let first = dice.below(crew::SIZE);
        let count = if kind == Kind::Aggregate { 2 + dice.below(3) } else { 1 };
        let places: Vec<_> = (0..count).map(|index| (first + index * 5) % crew::SIZE).collect();
        let mut keys: Vec<_> = places.iter().map(|place| crew.key(*place).to_bytes().to_vec()).collect();
        let (tag, mut messages, mut signature) = if kind == Kind::Possession {
            (POSSESSION_DST, keys.clone(), crew.proof(first).to_vec())
        } else {
            let signed: Vec<_> = places.iter().map(|place| (dice.below(crew::DOMAINS), *place)).collect();
            let messages = signed.iter().map(|(at, _)| crew.message(*at).to_vec()).collect();
            let votes = signed.iter().map(|(at, place)| crew.vote(*at, *place));
            (DST, messages, crew::sum(votes).to_bytes().to_vec())
        };
        if dice.one_of(2) {
            let changed = dice.below(count);
            let class = [Class::NonCanonical, Class::OffCurve, Class::Subgroup, Class::Infinity][dice.below(4)];
            match dice.below(6) {
                0 => keys[changed] = crew.key((places[changed] + 1) % crew::SIZE).to_bytes().to_vec(),
                1 if kind != Kind::Possession => messages[changed] = vec![0; dice.below(70)],
                2 => flip(&mut signature, dice),
                3 => flip(&mut keys[changed], dice),
                4 => keys[changed] = Point::Key.wrong(class, &keys[changed], dice).unwrap_or_default(),
                _ => signature = Point::Signature.wrong(class, &signature, dice).unwrap_or_default(),
            }
        }
        if kind == Kind::Possession {
            messages = keys.clone();
        }
        let tag = String::from_utf8_lossy(tag).into_owned();
        let [keys, messages] = [keys, messages].map(|all| all.iter().map(hex::encode).collect());
        Self { tag, keys, messages, signature: hex::encode(&signature), kind }
    }

    /// What the kernel says.
    pub(super) fn holds(&self) -> bool {
        let signature = bytes(&self.signature);
        let keys = self.keys.iter().map(|key| array(&bytes(key)).and_then(|key| PublicKey::from_bytes(&key).ok()));
        let (Some(keys), Some(signature)) = (keys.collect::<Option<Vec<_>>>(), array(&signature)) else {
            return false;
        };
        if self.kind == Kind::Possession {
            return PossessionProof::from_bytes(&signature).is_ok_and(|proof| proof.verify(&keys[0]));
        }
        let messages: Vec<_> = self.messages.iter().map(|message| bytes(message)).collect();
        let Ok(signature) = Signature::from_bytes(&signature) else { return false };
        match self.kind {
            Kind::One => signature.verify(&keys[0], &messages[0]),
            _ => aggregate_verify(&keys.iter().zip(messages.iter().map(Vec::as_slice)).collect::<Vec<_>>(), &signature),
        }
    }
}

fn flip(bytes: &mut [u8], dice: &mut Dice) {
    bytes[dice.below(bytes.len())] ^= 1 << dice.below(8);
}

fn array<const BYTES: usize>(bytes: &[u8]) -> Option<[u8; BYTES]> {
    bytes.try_into().ok()
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap_or_default()
}
