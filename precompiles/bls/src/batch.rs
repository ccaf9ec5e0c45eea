//! Many signatures over one message in one check, such that each of them is known to be valid.

use crate::{PublicKey, Signature};
use blst::{MultiPoint as _, blst_p1, blst_p2, min_pk};
use std::num::NonZeroU64;

/// A signature that is claimed to be its key's, and the number by which the check multiplies both.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Of one signer, or the sum of those of an aggregate ([`crate::KeySum::key`]).
    pub key: PublicKey,
    pub signature: Signature,
    /// One that whoever made the signatures could not foresee: a sum with numbers that they know lets errors cancel out.
    pub coefficient: NonZeroU64,
}

/// Bits of a coefficient, and of the chance that a batch with an invalid signature passes.
const COEFFICIENT_BITS: usize = u64::BITS as usize;

/// Whether every signature is its key's over `message`. Takes one pairing check for all, where one by one takes one each; does not say which one
/// is wrong. No claims are not valid.
pub fn batch_verify(claims: &[Claim], message: &[u8]) -> bool {
    match claims {
        [] => false,
        [only] => only.signature.verify(&only.key, message),
        _ => {
            let keys: Vec<_> = claims.iter().map(|claim| claim.key.affine()).collect();
            let signatures: Vec<_> = claims.iter().map(|claim| claim.signature.affine()).collect();
            let coefficients: Vec<_> = claims.iter().map(|claim| claim.coefficient.get().to_le_bytes()).collect();
            let key: blst_p1 = keys.as_slice().mult(coefficients.as_flattened(), COEFFICIENT_BITS);
            let signature: blst_p2 = signatures.as_slice().mult(coefficients.as_flattened(), COEFFICIENT_BITS);
            let key = min_pk::AggregatePublicKey::from(key).to_public_key();
            let signature = min_pk::AggregateSignature::from(signature).to_signature();
            // With a sum of keys at infinity anything would verify.
            key.compress()[0] & 0x40 == 0 && Signature::from_blst(signature).verify(&PublicKey(key), message)
        }
    }
}
