//! Who votes in an epoch. A validator has two keys: its ed25519 identity authenticates p2p links, orders the committee
//! and names proposers; its BLS key signs votes and reveals. Possession of the BLS key is proved here, at the border:
//! a [`Committee`] that exists is safe to aggregate over.

use alloy::primitives::{Address, B256, FixedBytes, keccak256};
use curve25519_dalek::edwards::CompressedEdwardsY;
use edgeloom_bls::{PossessionProof, PublicKey, Signature};
use serde::{Deserialize, Serialize};

/// A validator as genesis names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Validator {
    /// ed25519 public key.
    pub identity: B256,
    /// Compressed BLS12-381 G1 public key.
    pub voting_key: FixedBytes<48>,
    /// Proof of possession of `voting_key`, compressed G2.
    pub possession: FixedBytes<96>,
    /// Receives the tips of the blocks this validator proposes.
    pub beneficiary: Address,
}

/// Whose a seat is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// ed25519 public key.
    pub identity: B256,
    /// Compressed BLS12-381 G1 public key.
    pub voting_key: FixedBytes<48>,
    /// Receives the tips of the blocks this validator proposes.
    pub beneficiary: Address,
}

/// Of a seat at rest.
pub(crate) const SEAT_BYTES: usize = 32 + 48 + 20;

impl Seat {
    /// At rest: identity, voting key, beneficiary.
    pub(crate) fn encode(&self) -> [u8; SEAT_BYTES] {
        let mut bytes = [0; SEAT_BYTES];
        bytes[..32].copy_from_slice(self.identity.as_slice());
        bytes[32..80].copy_from_slice(self.voting_key.as_slice());
        bytes[80..].copy_from_slice(self.beneficiary.as_slice());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8; SEAT_BYTES]) -> Self {
        Self {
            identity: B256::from_slice(&bytes[..32]),
            voting_key: FixedBytes::from_slice(&bytes[32..80]),
            beneficiary: Address::from_slice(&bytes[80..]),
        }
    }
}

/// Why validators do not form a committee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    #[error("a committee needs at least one validator")]
    Empty,
    #[error("a committee has at most {max} seats, not {0}", max = Committee::MAX_SEATS)]
    TooLarge(usize),
    #[error("validator {0} is listed twice")]
    Duplicate(B256),
    #[error("validator {0} has no valid voting key")]
    VotingKey(B256),
    #[error("validator {0} does not prove possession of its voting key")]
    Possession(B256),
}

/// The validators of one epoch in ascending order of identity; a seat is a position in this order.
#[derive(Clone, Debug)]
pub struct Committee {
    seats: Vec<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    seat: Seat,
    key: PublicKey,
}

impl Committee {
    /// Most seats (DOMAIN: the 31 validators of highest stake).
    pub const MAX_SEATS: usize = 31;

    /// # Errors
    /// [`CommitteeError`] when a key is not valid, not proved, or used twice.
    pub fn new(mut validators: Vec<Validator>) -> Result<Self, CommitteeError> {
        if validators.is_empty() {
            return Err(CommitteeError::Empty);
        }
        if validators.len() > Self::MAX_SEATS {
            return Err(CommitteeError::TooLarge(validators.len()));
        }
        validators.sort_by_key(|validator| validator.identity);
        for (index, validator) in validators.iter().enumerate() {
            let (before, voting_key) = (&validators[..index], validator.voting_key);
            if before.iter().any(|other| other.identity == validator.identity || other.voting_key == voting_key) {
                return Err(CommitteeError::Duplicate(validator.identity));
            }
        }
        let seats = validators.into_iter().map(|validator| {
            let Validator { identity, voting_key, possession, beneficiary } = validator;
            let key = PublicKey::from_bytes(&voting_key).map_err(|_| CommitteeError::VotingKey(identity))?;
            let proof = PossessionProof::from_bytes(&possession);
            match proof {
                Ok(proof) if proof.verify(&key) => Ok(Held { seat: Seat { identity, voting_key, beneficiary }, key }),
                _ => Err(CommitteeError::Possession(identity)),
            }
        });
        Ok(Self { seats: seats.collect::<Result<_, _>>()? })
    }

    /// The committee of those that were elected, in ascending order of identity as the election lists them. `None` unless
    /// there are some and all of them can vote: identities that are ed25519 keys and voting keys that are keys, each once. The
    /// contract that elects sees to that; possession of the keys was proved when they were registered.
    pub fn elected(seats: impl IntoIterator<Item = Seat>) -> Option<Self> {
        let mut held = Vec::<Held>::new();
        for seat in seats {
            CompressedEdwardsY(seat.identity.0).decompress()?;
            let key = PublicKey::from_bytes(&seat.voting_key).ok()?;
            let follows = held.last().is_none_or(|last| last.seat.identity < seat.identity);
            let taken = held.iter().any(|other| other.seat.voting_key == seat.voting_key);
            if !follows || taken || held.len() == Self::MAX_SEATS {
                return None;
            }
            held.push(Held { seat, key });
        }
        if held.is_empty() { None } else { Some(Self { seats: held }) }
    }

    /// The committee of seats that were one's before: they are in its order, and nothing but their keys is read again. `None` when
    /// those are none.
    pub(crate) fn again(seats: impl IntoIterator<Item = Seat>) -> Option<Self> {
        let held = |seat: Seat| PublicKey::from_bytes(&seat.voting_key).ok().map(|key| Held { seat, key });
        let seats: Vec<_> = seats.into_iter().map(held).collect::<Option<_>>()?;
        if seats.is_empty() { None } else { Some(Self { seats }) }
    }

    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Never: a committee has at least one seat.
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().map(|held| &held.seat)
    }

    /// The seat of the validator with this identity, if it has one.
    pub fn seat_of(&self, identity: &B256) -> Option<&Seat> {
        self.held_by(identity).map(|held| &held.seat)
    }

    pub(crate) fn voting_key(&self, seat: usize) -> Option<&PublicKey> {
        self.seats.get(seat).map(|held| &held.key)
    }

    fn held_by(&self, identity: &B256) -> Option<&Held> {
        let index = self.seats.binary_search_by_key(identity, |held| held.seat.identity).ok()?;
        self.seats.get(index)
    }

    /// Whether `reveal` is the unique signature of `proposer` for this height (CHAIN.md C11).
    pub fn verify_reveal(&self, proposer: &B256, message: &[u8], reveal: &[u8; 96]) -> bool {
        let (Some(held), Ok(signature)) = (self.held_by(proposer), Signature::from_bytes(reveal)) else {
            return false;
        };
        signature.verify(&held.key, message)
    }
}

/// What a proposer signs to reveal its randomness: `"EDGELOOM_REVEAL" ‖ genesis hash ‖ epoch u64 ‖ height u64`.
pub fn reveal_message(genesis: B256, epoch: crate::Epoch, height: crate::Height) -> Vec<u8> {
    [b"EDGELOOM_REVEAL".as_slice(), genesis.as_slice(), &epoch.get().to_be_bytes(), &height.get().to_be_bytes()]
        .concat()
}

/// `mix_h = keccak(mix_{h-1} ‖ keccak(reveal_h))` (CHAIN.md C11); a header's `mixHash`.
pub fn next_mix(mix: B256, reveal: &[u8; 96]) -> B256 {
    keccak256([mix.0, keccak256(reveal).0].concat())
}

#[cfg(test)]
mod tests;
