//! Keys.

use crate::{BlsError, DST, POSSESSION_DST, PossessionProof, Signature};
use blst::{blst_p1_affine, min_pk};
use std::fmt;

/// A secret scalar. blst wipes it when it is dropped; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SecretKey(min_pk::SecretKey);

impl SecretKey {
    /// `KeyGen` of the draft over at least 32 bytes of secret key material.
    ///
    /// # Errors
    /// [`BlsError::ShortSeed`].
    pub fn from_seed(material: &[u8]) -> Result<Self, BlsError> {
        min_pk::SecretKey::key_gen(material, &[]).map(Self).map_err(|_| BlsError::ShortSeed(material.len()))
    }

    /// The scalar, 32 bytes big-endian.
    ///
    /// # Errors
    /// [`BlsError::SecretKey`] when it is zero or not below the group order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, BlsError> {
        min_pk::SecretKey::from_bytes(bytes).map(Self).map_err(|_| BlsError::SecretKey)
    }

    /// The scalar, 32 bytes big-endian. Whoever asks has to keep it secret.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.sk_to_pk())
    }

    /// The one valid signature of this key over `message`.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_blst(self.0.sign(message, DST, &[]))
    }

    /// A proof that this key's holder knows it: a signature over the public key in a domain of its own.
    pub fn prove_possession(&self) -> PossessionProof {
        let public_key = self.public_key().to_bytes();
        PossessionProof::from_blst(self.0.sign(&public_key, POSSESSION_DST, &[]))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// A point of G1's subgroup that is not infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(crate) min_pk::PublicKey);

impl PublicKey {
    /// `KeyValidate` of the draft over the compressed encoding.
    ///
    /// # Errors
    /// [`BlsError::PublicKey`].
    pub fn from_bytes(bytes: &[u8; 48]) -> Result<Self, BlsError> {
        min_pk::PublicKey::key_validate(bytes).map(Self).map_err(|_| BlsError::PublicKey)
    }

    /// Compressed encoding.
    pub fn to_bytes(&self) -> [u8; 48] {
        self.0.compress()
    }

    /// From both coordinates, 48 bytes big-endian each, of a key that was validated before it was stored: on the curve is
    /// checked again, in the subgroup is not. Reads in a hundredth of the time of [`Self::from_bytes`].
    ///
    /// # Errors
    /// [`BlsError::PublicKey`].
    pub fn from_stored(bytes: &[u8; 96]) -> Result<Self, BlsError> {
        // The flags of compression and infinity, which this encoding has too, have no place in a stored key.
        if bytes[0] & 0xe0 != 0 {
            return Err(BlsError::PublicKey);
        }
        min_pk::PublicKey::deserialize(bytes).map(Self).map_err(|_| BlsError::PublicKey)
    }

    /// As [`Self::from_stored`] reads it.
    pub fn to_stored(&self) -> [u8; 96] {
        self.0.serialize()
    }

    pub(crate) fn affine(&self) -> blst_p1_affine {
        self.0.into()
    }
}
