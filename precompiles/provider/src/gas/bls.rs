//! The gas table of `IBls`, calibrated as that of `IEdgeProof` (`cargo xtask bench bls` prints the rate of every function at
//! its worst).

/// Reading a public key: on the curve, in the subgroup.
pub(crate) const KEY: u64 = 12_000;
/// Reading a signature: on the curve, in the subgroup.
pub(crate) const SIGNATURE: u64 = 22_000;
/// Hashing a message to G2, two pairings, one exponentiation.
pub(crate) const VERIFY: u64 = 110_000;
/// As [`VERIFY`], over the 48 bytes of a key.
pub(crate) const POSSESSION: u64 = 110_000;
/// The pairing of an aggregate's signature, and the exponentiation.
pub(crate) const AGGREGATE_VERIFY: u64 = 150_000;
/// Hashing the message of a key of an aggregate, and its pairing.
pub(crate) const AGGREGATE_KEY: u64 = 65_000;
/// Adding a signature to another.
pub(crate) const SIGNATURE_ADD: u64 = 500;
/// Hashing an empty message.
pub(crate) const HASH_G1: u64 = 15_000;
pub(crate) const HASH_G2: u64 = 40_000;
/// Each 32-byte word of a message, through SHA-256.
pub(crate) const MESSAGE_WORD: u64 = 12;
/// Reading a manifest, and one sum of keys beside another.
pub(crate) const SUM: u64 = 5_000;
/// Each place of a set, a member's or not.
pub(crate) const PLACE: u64 = 2;
/// Each key of a sum, read from its chunk.
pub(crate) const STORED_KEY: u64 = 100;
/// Its multiplicity.
pub(crate) const WEIGHTED_KEY: u64 = 250;
