//! Proofs of possession.

use crate::{BlsError, POSSESSION_DST, PublicKey};
use blst::{BLST_ERROR, min_pk};

/// A signature over the public key itself, in a domain where nothing else is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PossessionProof(min_pk::Signature);

impl PossessionProof {
    /// # Errors
    /// [`BlsError::Signature`].
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, BlsError> {
        min_pk::Signature::sig_validate(bytes, true).map(Self).map_err(|_| BlsError::Signature)
    }

    /// Compressed encoding.
    pub fn to_bytes(&self) -> [u8; 96] {
        self.0.compress()
    }

    /// `PopVerify` of the draft.
    pub fn verify(&self, key: &PublicKey) -> bool {
        self.0.verify(false, &key.to_bytes(), POSSESSION_DST, &[], &key.0, false) == BLST_ERROR::BLST_SUCCESS
    }

    pub(crate) const fn from_blst(proof: min_pk::Signature) -> Self {
        Self(proof)
    }
}
