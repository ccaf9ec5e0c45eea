//! Signatures and their aggregates.

use crate::{BlsError, DST, KeySum, PublicKey};
use blst::{BLST_ERROR, blst_p2_affine, min_pk};

/// A point of G2's subgroup that is not infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(min_pk::Signature);

impl Signature {
    /// # Errors
    /// [`BlsError::Signature`].
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, BlsError> {
        min_pk::Signature::sig_validate(bytes, true).map(Self).map_err(|_| BlsError::Signature)
    }

    /// Compressed encoding.
    pub fn to_bytes(&self) -> [u8; 96] {
        self.0.compress()
    }

    /// As EIP-2537's precompiles take it: both parts of x, both parts of y, the real one first, 64 bytes big-endian each.
    pub fn to_coordinates(&self) -> [u8; 256] {
        // The imaginary parts come first here.
        let serialized = self.0.serialize();
        let (parts, _) = serialized.as_chunks::<48>();
        let mut out = [0; 256];
        for (padded, part) in out.chunks_exact_mut(64).zip([1, 0, 3, 2]) {
            padded[16..].copy_from_slice(&parts[part]);
        }
        out
    }

    /// Whether this is `key`'s signature over `message`.
    pub fn verify(&self, key: &PublicKey, message: &[u8]) -> bool {
        self.verify_under(DST, key, message)
    }

    /// Under the tag of another scheme.
    pub(crate) fn verify_under(&self, tag: &[u8], key: &PublicKey, message: &[u8]) -> bool {
        // Neither point is checked again: the types are the proof.
        self.0.verify(false, message, tag, &[], &key.0, false) == BLST_ERROR::BLST_SUCCESS
    }

    pub(crate) fn affine(&self) -> blst_p2_affine {
        self.0.into()
    }

    pub(crate) const fn from_blst(signature: min_pk::Signature) -> Self {
        Self(signature)
    }
}

/// The sum of `signatures`: what a guardian makes of the votes it collected, for [`fast_aggregate_verify`] to check.
///
/// # Errors
/// [`BlsError::Empty`] for none, [`BlsError::Signature`] when they cancel out to infinity.
pub fn aggregate_signatures(signatures: &[Signature]) -> Result<Signature, BlsError> {
    let references: Vec<_> = signatures.iter().map(|signature| &signature.0).collect();
    let sum = min_pk::AggregateSignature::aggregate(&references, false).map_err(|_| BlsError::Empty)?;
    let sum = sum.to_signature();
    // A sum of points of the subgroup is in it: what is left to look at is infinity, which has no coordinates.
    if sum.compress()[0] & 0x40 != 0 {
        return Err(BlsError::Signature);
    }
    Ok(Signature(sum))
}

/// Whether `signature` is the aggregate of every key's signature over the same `message`. Only safe for keys whose
/// possession was proved: without it a rogue key forges for others.
pub fn fast_aggregate_verify(keys: &[&PublicKey], message: &[u8], signature: &Signature) -> bool {
    let sum = KeySum::of(keys.iter().copied());
    sum.key().is_some_and(|key| signature.verify(&key, message))
}

/// Whether `signature` is the aggregate of a signature of each key over the message beside it. Messages may be the same for
/// keys whose possession was proved, and for no others.
pub fn aggregate_verify(signed: &[(&PublicKey, &[u8])], signature: &Signature) -> bool {
    aggregate_verify_under(DST, signed, signature)
}

/// Under the tag of another scheme.
pub(crate) fn aggregate_verify_under(tag: &[u8], signed: &[(&PublicKey, &[u8])], signature: &Signature) -> bool {
    let keys: Vec<_> = signed.iter().map(|(key, _)| &key.0).collect();
    let messages: Vec<_> = signed.iter().map(|(_, message)| *message).collect();
    !signed.is_empty() && signature.0.aggregate_verify(false, &messages, tag, &keys, false) == BLST_ERROR::BLST_SUCCESS
}
