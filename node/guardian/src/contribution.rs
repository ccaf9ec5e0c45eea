//! What guardians say to each other.
//!
//! * W1 A contribution is: version, 1 byte, 1 · role, 1 byte: 0 full, 1 headers · level, 1 byte · flags, 1 byte: bit 0 an individual
//!   signature follows, bit 1 it is relayed · height, 8 bytes · block hash, 32 bytes · signers that its sender has of the receiver's half,
//!   2 bytes · aggregate, 96 bytes · with bit 0 the sender's own signature, 96 bytes · bitmap of the range, as `IBls`' are. Numbers are
//!   big-endian.
//! * W2 The range is the sender's half of the level; of what is relayed, the other half, and no individual signature comes with it.
//! * W3 At least one signer is in the bitmap, and no bit beyond the range's last.
//! * W4 The role says whether the sender executed the block itself or follows headers. It is no part of what is signed: signatures over
//!   two messages could not be one aggregate, and neither half might have a quorum. So nobody but the connection vouches for it, and
//!   nothing is decided by it: it is counted and shown.

use crate::{Bits, Subject};
use edgeloom_bls::Signature;

const VERSION: u8 = 1;
const INDIVIDUAL: u8 = 1;
const RELAYED: u8 = 2;
const SIGNATURE_BYTES: usize = 96;

/// How a guardian knows that a block is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// It executed it.
    #[default]
    Full,
    /// It checked its header and the validators' certificate.
    Headers,
}

/// Of which half of a level a contribution tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The sender's.
    Own,
    /// The other one: what the sender heard from there.
    Relayed,
}

/// Why bytes are no contribution. Whoever sent them is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("of version {0}, not {VERSION}")]
    Version(u8),
    #[error("no role has the number {0}")]
    Role(u8),
    #[error("flags {0:#04x}")]
    Flags(u8),
    #[error("on level {0}, where the sender is none of ours")]
    Level(u8),
    #[error("{actual} bytes where it has {expected}")]
    Length { expected: usize, actual: usize },
    #[error("without a signer, or with one beyond the range")]
    Signers,
}

/// Some of a half of a level, and the aggregate of their signatures: with `S` [`Signature`] one that is sent, with 96 bytes one that
/// was received and not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution<S> {
    pub role: Role,
    pub level: u8,
    pub scope: Scope,
    pub height: u64,
    pub block_hash: [u8; 32],
    /// Signers that the sender has of the receiver's half, as it says: who has them all needs no more.
    pub held: u16,
    pub signers: Bits,
    pub aggregate: S,
    /// The sender's own.
    pub individual: Option<S>,
}

impl Contribution<Signature> {
    pub fn encode(&self) -> Vec<u8> {
        let relayed = if self.scope == Scope::Relayed { RELAYED } else { 0 };
        let individual = if self.individual.is_some() { INDIVIDUAL } else { 0 };
        let role = match self.role {
            Role::Full => 0,
            Role::Headers => 1,
        };
        let mut bytes = vec![VERSION, role, self.level, relayed | individual];
        bytes.extend(self.height.to_be_bytes());
        bytes.extend(self.block_hash);
        bytes.extend(self.held.to_be_bytes());
        bytes.extend(self.aggregate.to_bytes());
        bytes.extend(self.individual.iter().flat_map(Signature::to_bytes));
        bytes.extend(self.signers.to_bytes());
        bytes
    }
}

impl Contribution<[u8; SIGNATURE_BYTES]> {
    /// `range` says how many positions the range of a level and scope has, and `None` where the sender has no say. No more is allocated
    /// than that many bits.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(bytes: &[u8], range: impl Fn(u8, Scope) -> Option<usize>) -> Result<Self, Malformed> {
        let mut rest = Rest { bytes, whole: bytes.len() };
        let [version, role, level, flags] = *rest.take::<4>()?;
        if version != VERSION {
            return Err(Malformed::Version(version));
        }
        let role = match role {
            0 => Role::Full,
            1 => Role::Headers,
            other => return Err(Malformed::Role(other)),
        };
        let (scope, individual) = match flags {
            0 => (Scope::Own, false),
            INDIVIDUAL => (Scope::Own, true),
            RELAYED => (Scope::Relayed, false),
            other => return Err(Malformed::Flags(other)),
        };
        let length = range(level, scope).ok_or(Malformed::Level(level))?;
        let height = u64::from_be_bytes(*rest.take()?);
        let block_hash = *rest.take()?;
        let held = u16::from_be_bytes(*rest.take()?);
        let aggregate = *rest.take()?;
        let individual = if individual { Some(*rest.take()?) } else { None };
        let (expected, actual) = (rest.whole - rest.bytes.len() + Bits::bytes_of(length), rest.whole);
        if expected != actual {
            return Err(Malformed::Length { expected, actual });
        }
        let signers = Bits::from_bytes(rest.bytes, length).filter(|signers| !signers.is_empty());
        let signers = signers.ok_or(Malformed::Signers)?;
        Ok(Self { role, level, scope, height, block_hash, held, signers, aggregate, individual })
    }

    /// Whether it is about this block.
    pub fn is_about(&self, subject: &Subject) -> bool {
        self.height == subject.height() && self.block_hash == *subject.block_hash()
    }
}

/// The height that bytes are about if they are a contribution, so that a caller can find its session.
pub fn height_of(bytes: &[u8]) -> Option<u64> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    rest.first_chunk().filter(|_| head[0] == VERSION).map(|height| u64::from_be_bytes(*height))
}

struct Rest<'a> {
    bytes: &'a [u8],
    whole: usize,
}

impl<'a> Rest<'a> {
    fn take<const BYTES: usize>(&mut self) -> Result<&'a [u8; BYTES], Malformed> {
        let expected = self.whole - self.bytes.len() + BYTES;
        let length = Malformed::Length { expected, actual: self.whole };
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(length)?;
        self.bytes = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests;
