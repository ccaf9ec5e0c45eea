//! BLS signatures as the whole chain uses them: ciphersuite `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_` of
//! draft-irtf-cfrg-bls-signature (public keys in G1, 48 bytes; signatures in G2, 96 bytes; proof-of-possession scheme), on
//! blst. This crate is pure: it knows no EVM, no gas and no clock, and reads no state: of the key registry it knows the bytes that
//! it writes ([`Manifest`]) and the messages that keys of it sign ([`Domain`], [`Terms`]). A value of one of its types was checked
//! when it was made: on the curve, in the subgroup, canonically encoded, and not the point at infinity. Two exceptions say so:
//! a key that was validated before it was stored ([`PublicKey::from_stored`]), and a sum of keys ([`KeySum`]).

mod batch;
mod domain;
mod hash;
mod key;
mod possession;
mod receipt;
mod signature;
mod snapshot;
mod sum;

pub use batch::{Claim, batch_verify};
pub use domain::{Domain, MESSAGE_BYTES};
pub use hash::{hash_to_g1, hash_to_g2};
pub use key::{PublicKey, SecretKey};
pub use possession::PossessionProof;
pub use receipt::{Amounts, AmountsError, DIGITS, Terms, UNITS_MAX};
pub use signature::{Signature, aggregate_signatures, aggregate_verify, fast_aggregate_verify};
pub use snapshot::{CHUNK_PLACES, Chunk, Manifest, PLACES_MAX, Signers, SignersError, SnapshotError, Tally};
pub use sum::{KeySet, KeySum};

/// Domain separation tag of signatures.
pub const DST: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// Domain separation tag of proofs of possession.
pub const POSSESSION_DST: &[u8] = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// Why bytes are not a key or a signature. The supplier of the bytes is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlsError {
    #[error("key material has {0} bytes, fewer than 32")]
    ShortSeed(usize),
    #[error("not a secret key: zero, or not below the group order")]
    SecretKey,
    #[error("not a public key: infinity, off the curve, outside the subgroup, or not canonical")]
    PublicKey,
    #[error("not a signature: infinity, off the curve, outside the subgroup, or not canonical")]
    Signature,
    #[error("nothing to aggregate")]
    Empty,
    #[error("{0} units, and a receipt is of at most {UNITS_MAX}")]
    Units(u8),
    #[error("a domain separation tag has 1 to 255 bytes, this one {0}")]
    Tag(usize),
}

#[cfg(test)]
mod tests;
