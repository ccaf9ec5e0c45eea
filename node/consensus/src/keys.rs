//! A validator's two secret keys.

use crate::committee::commonware_voting_key;
use alloy::primitives::{Address, B256, FixedBytes};
use bytes::Bytes;
use commonware_codec::DecodeExt as _;
use commonware_cryptography::{Signer as _, bls12381::primitives::group::Private, ed25519::PrivateKey};
use edgeloom_bls::{Domain, SecretKey};
use edgeloom_types::Validator;
use std::fmt;

/// The ed25519 identity authenticates links and names proposers; the BLS key signs votes and reveals.
#[derive(Clone)]
pub struct ValidatorKeys {
    pub(crate) identity: PrivateKey,
    pub(crate) voting: SecretKey,
    pub(crate) vote_signer: Private,
}

/// Secret bytes that are not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the identity is not an ed25519 seed of 32 bytes")]
    Identity,
    #[error("the voting key is not a BLS12-381 secret key")]
    Voting,
}

impl ValidatorKeys {
    /// `identity` is an ed25519 seed, `voting` a BLS12-381 scalar in big-endian order.
    ///
    /// # Errors
    /// [`KeyError`] naming the key that is none.
    pub fn new(identity: &[u8; 32], voting: &[u8; 32]) -> Result<Self, KeyError> {
        let identity = PrivateKey::decode(Bytes::copy_from_slice(identity)).map_err(|_| KeyError::Identity)?;
        let secret = SecretKey::from_bytes(voting).map_err(|_| KeyError::Voting)?;
        let vote_signer = commonware_voting_key(voting).ok_or(KeyError::Voting)?;
        Ok(Self { identity, voting: secret, vote_signer })
    }

    /// The public identity.
    pub fn identity(&self) -> B256 {
        B256::from_slice(self.identity.public_key().as_ref())
    }

    /// The voting key's consent to be registered for `operator` with the key registry of a chain
    /// ([`edgeloom_bls::Domain::consent`]).
    pub fn consent(&self, chain_id: u64, registry: Address, operator: Address) -> FixedBytes<96> {
        let message = Domain::consent(chain_id, registry.into_array(), operator.into_array());
        self.voting.sign(&message).to_bytes().into()
    }

    /// What genesis says of this validator.
    pub fn validator(&self, beneficiary: Address) -> Validator {
        Validator {
            identity: self.identity(),
            voting_key: self.voting.public_key().to_bytes().into(),
            possession: self.voting.prove_possession().to_bytes().into(),
            beneficiary,
        }
    }
}

/// Public parts only.
impl fmt::Debug for ValidatorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidatorKeys").field("identity", &self.identity()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
