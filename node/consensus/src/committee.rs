//! The engine's view of committees: one voting scheme per epoch, whose namespace is genesis hash ‖ epoch (CHAIN.md C6).
//!
//! The engine does not check possession of voting keys; `edgeloom_types::Committee` did when it was made.

use crate::keys::ValidatorKeys;
use alloy::primitives::B256;
use bytes::Bytes;
use commonware_codec::DecodeExt as _;
use commonware_consensus::{simplex::scheme::bls12381_multisig, types::Epoch};
use commonware_cryptography::{
    bls12381::primitives::{
        group::{G1, Private},
        variant::MinPk,
    },
    certificate::{Provider, Scoped},
    ed25519::PublicKey,
};
use commonware_utils::{ordered::BiMap, sync::RwLock};
use edgeloom_types::{Committee, Namespace};
use std::{collections::BTreeMap, sync::Arc};

/// Votes are single BLS signatures, so every one is evidence; a certificate is their aggregate and a bitmap.
pub(crate) type Scheme = bls12381_multisig::Scheme<PublicKey, MinPk>;

/// Two views of a committee, one of which may be the other.
#[derive(Clone)]
struct Schemes {
    /// With this node's key, if it has a seat.
    own: Arc<Scheme>,
    /// Without.
    follower: Arc<Scheme>,
}

/// The schemes of the epochs that blocks may still come from. Marshal asks for that of every certificate it checks; an epoch that is
/// not registered yet cannot be checked, and what belongs to it is dropped.
#[derive(Clone)]
pub(crate) struct Committees {
    genesis: B256,
    keys: Option<Arc<ValidatorKeys>>,
    epochs: Arc<RwLock<BTreeMap<Epoch, Schemes>>>,
}

impl Committees {
    /// `keys` is `None` for a node that never votes.
    pub(crate) fn new(genesis: B256, keys: Option<Arc<ValidatorKeys>>) -> Self {
        Self { genesis, keys, epochs: Arc::default() }
    }

    pub(crate) fn keys(&self) -> Option<&Arc<ValidatorKeys>> {
        self.keys.as_ref()
    }

    /// Makes an epoch's committee known. Outside the committee this node's scheme only verifies.
    pub(crate) fn register(&self, epoch: Epoch, committee: &Committee) {
        let namespace = Namespace::new(self.genesis, edgeloom_types::Epoch::new(epoch.get()));
        let members = members(committee);
        let signer = self
            .keys
            .as_ref()
            .and_then(|keys| Scheme::signer(namespace.as_bytes(), members.clone(), keys.vote_signer.clone()));
        let follower = Arc::new(Scheme::verifier(namespace.as_bytes(), members));
        let own = signer.map_or_else(|| follower.clone(), Arc::new);
        self.epochs.write().insert(epoch, Schemes { own, follower });
    }

    /// Forgets the epochs before `epoch`: nothing is checked against their committees any more.
    pub(crate) fn forget_before(&self, epoch: Epoch) {
        let mut epochs = self.epochs.write();
        *epochs = epochs.split_off(&epoch);
    }

    /// The scheme of a registered epoch.
    pub(crate) fn scheme_of(&self, epoch: Epoch) -> Option<Arc<Scheme>> {
        self.epochs.read().get(&epoch).map(|schemes| schemes.own.clone())
    }

    /// That of a registered epoch for a node that does not vote in it, whether it has a seat or not.
    pub(crate) fn follower_scheme_of(&self, epoch: Epoch) -> Option<Arc<Scheme>> {
        self.epochs.read().get(&epoch).map(|schemes| schemes.follower.clone())
    }
}

impl Provider for Committees {
    type Scope = Epoch;
    type Scheme = Scheme;

    fn scoped(&self, epoch: Epoch) -> Option<Scoped<Scheme>> {
        self.scheme_of(epoch).map(Scoped::scheme)
    }
}

/// Both orders are the same: ascending identity bytes, so a seat is a position in either.
fn members(committee: &Committee) -> BiMap<PublicKey, G1> {
    let pairs = committee.seats().map(|seat| {
        let identity = identity_key(&seat.identity).expect("a committee's identities are points of ed25519");
        let key = G1::decode(Bytes::copy_from_slice(seat.voting_key.as_slice()));
        (identity, key.expect("a committee's voting keys are points of G1"))
    });
    BiMap::try_from(pairs.collect::<Vec<_>>()).expect("a committee has no key twice")
}

/// The engine's form of an identity; `None` when the bytes are not an ed25519 key.
pub(crate) fn identity_key(identity: &B256) -> Option<PublicKey> {
    PublicKey::decode(Bytes::copy_from_slice(identity.as_slice())).ok()
}

/// The engine's form of a secret voting key; `None` when the bytes are not a scalar, or zero.
pub(crate) fn commonware_voting_key(secret: &[u8; 32]) -> Option<Private> {
    Private::decode(Bytes::copy_from_slice(secret)).ok()
}

#[cfg(test)]
mod tests;
