//! Keys, and what they signed, made once for all cases.

use edgeloom_bls::{Domain, MESSAGE_BYTES, PublicKey, SecretKey, Signature, aggregate_signatures};

/// Keys.
pub(super) const SIZE: usize = 64;
/// Messages that each of them signed.
pub(super) const DOMAINS: usize = 8;

const CHAIN: u64 = 36_127;

pub(super) struct Crew {
    keys: Vec<PublicKey>,
    proofs: Vec<[u8; 96]>,
    consents: Vec<Signature>,
    messages: Vec<[u8; MESSAGE_BYTES]>,
    /// By message.
    votes: Vec<Vec<Signature>>,
}

impl Crew {
    pub(super) fn new() -> Self {
        let secrets: Vec<_> = (0..SIZE).map(secret).collect();
        let messages: Vec<_> = (0..DOMAINS).map(|at| domain(at).message(&payload(at))).collect();
        let votes = messages.iter().map(|message| secrets.iter().map(|secret| secret.sign(message)).collect());
        Self {
            keys: secrets.iter().map(SecretKey::public_key).collect(),
            proofs: secrets.iter().map(|secret| secret.prove_possession().to_bytes()).collect(),
            consents: secrets.iter().enumerate().map(|(own, secret)| secret.sign(&consent_message(own))).collect(),
            votes: votes.collect(),
            messages,
        }
    }

    pub(super) fn key(&self, place: usize) -> PublicKey {
        self.keys[place]
    }

    pub(super) fn proof(&self, place: usize) -> &[u8; 96] {
        &self.proofs[place]
    }

    pub(super) fn consent(&self, place: usize) -> Signature {
        self.consents[place]
    }

    pub(super) fn message(&self, at: usize) -> &[u8; MESSAGE_BYTES] {
        &self.messages[at]
    }

    pub(super) fn vote(&self, at: usize, place: usize) -> Signature {
        self.votes[at][place]
    }
}

pub(super) fn domain(at: usize) -> Domain {
    Domain { chain_id: CHAIN, owner: [0xed; 20], role: 1 + (at / 4) as u8, epoch: 10 + (at % 4) as u64 }
}

pub(super) fn payload(at: usize) -> [u8; 32] {
    [at as u8; 32]
}

/// What a key signs to be registered for the operator of this number.
pub(super) fn consent_message(operator: usize) -> [u8; MESSAGE_BYTES] {
    Domain::consent(CHAIN, [0xed; 20], [operator as u8; 20])
}

/// The aggregate of at least one signature; those of different keys do not cancel out.
pub(super) fn sum(votes: impl IntoIterator<Item = Signature>) -> Signature {
    let votes: Vec<_> = votes.into_iter().collect();
    aggregate_signatures(&votes).expect("there are votes, of one message")
}

fn secret(seed: usize) -> SecretKey {
    SecretKey::from_seed(&[seed as u8; 32]).expect("32 bytes are enough")
}
