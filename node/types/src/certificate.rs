//! Votes and finalization certificates, byte for byte (CHAIN.md C6), so that evidence contracts and light clients can
//! read them without the consensus engine.
//!
//! ```text
//! namespace   = genesis hash 32 ‖ epoch u64 big-endian
//! proposal    = epoch varint ‖ view varint ‖ parent view varint ‖ payload 32 (the block hash)
//! vote        = BLS signature over  varint(len(ns)) ‖ ns ‖ content,   ns = namespace ‖ suffix
//!               notarize: suffix "_NOTARIZE", content = proposal
//!               finalize: suffix "_FINALIZE", content = proposal
//!               nullify:  suffix "_NULLIFY",  content = epoch varint ‖ view varint
//! certificate = proposal ‖ seats u64 big-endian ‖ bitmap ⌈seats / 8⌉ bytes ‖ signature 96 (compressed G2)
//! ```
//! Varints are unsigned LEB128 in shortest form. Seat i is bit i mod 8 (lowest first) of bitmap byte ⌊i / 8⌋; bits past
//! the last seat are zero. The ciphersuite is `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_`. The height is not signed:
//! it is in the block that the payload hashes. One vote per seat: stake does not weigh (to fork, more than a third of
//! the seats must equivocate).

use crate::{Committee, Epoch};
use alloy::primitives::B256;
use edgeloom_bls::{Signature, fast_aggregate_verify};

/// What separates the votes of one epoch of one chain from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Namespace([u8; 40]);

impl Namespace {
    pub fn new(genesis: B256, epoch: Epoch) -> Self {
        let mut bytes = [0; 40];
        bytes[..32].copy_from_slice(genesis.as_slice());
        bytes[32..].copy_from_slice(&epoch.get().to_be_bytes());
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 40] {
        &self.0
    }

    /// The bytes that a vote of `kind` signs.
    pub fn message(&self, kind: VoteKind, content: &[u8]) -> Vec<u8> {
        let suffix = kind.suffix();
        let mut out = Vec::with_capacity(1 + self.0.len() + suffix.len() + content.len());
        write_varint(&mut out, (self.0.len() + suffix.len()) as u64);
        out.extend(self.0);
        out.extend(suffix);
        out.extend(content);
        out
    }
}

/// The three votes of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteKind {
    Notarize,
    Finalize,
    Nullify,
}

impl VoteKind {
    const fn suffix(self) -> &'static [u8] {
        match self {
            Self::Notarize => b"_NOTARIZE",
            Self::Finalize => b"_FINALIZE",
            Self::Nullify => b"_NULLIFY",
        }
    }
}

/// A parsed finalization certificate. Parsing proves its shape only; [`Certificate::verify`] its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub epoch: Epoch,
    pub view: u64,
    pub parent_view: u64,
    /// The finalized block.
    pub block_hash: B256,
    /// Seats that signed, ascending.
    pub signers: Vec<usize>,
    seats: usize,
    proposal: Vec<u8>,
    signature: [u8; 96],
}

/// Why a certificate was turned down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("malformed certificate")]
    Malformed,
    #[error("certificate is for a committee of {certificate} seats, not {committee}")]
    Committee { certificate: usize, committee: usize },
    #[error("certificate has {signers} of the {quorum} votes needed")]
    Quorum { signers: usize, quorum: usize },
    #[error("the aggregate signature does not verify")]
    Signature,
}

/// Votes needed among `seats`: all but the at most ⌊(seats − 1) / 3⌋ faulty ones.
pub const fn quorum(seats: usize) -> usize {
    seats - seats.saturating_sub(1) / 3
}

impl Certificate {
    /// # Errors
    /// [`CertificateError::Malformed`] unless `bytes` is exactly one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, CertificateError> {
        let mut input = Input(bytes);
        let (epoch, view, parent_view) = (input.varint()?, input.varint()?, input.varint()?);
        let block_hash = B256::from(input.array::<32>()?);
        let proposal = bytes[..bytes.len() - input.0.len()].to_vec();
        let seats = usize::try_from(u64::from_be_bytes(input.array()?)).map_err(|_| CertificateError::Malformed)?;
        if seats > Committee::MAX_SEATS {
            return Err(CertificateError::Malformed);
        }
        let bitmap = input.take(seats.div_ceil(8))?;
        let signature = input.array()?;
        let is_set = |seat: usize| bitmap[seat / 8] >> (seat % 8) & 1 == 1;
        if !input.0.is_empty() || (seats..bitmap.len() * 8).any(is_set) {
            return Err(CertificateError::Malformed);
        }
        let signers = (0..seats).filter(|seat| is_set(*seat)).collect();
        Ok(Self { epoch: Epoch::new(epoch), view, parent_view, block_hash, signers, seats, proposal, signature })
    }

    /// The aggregate of the signers' votes, compressed G2.
    pub const fn signature(&self) -> &[u8; 96] {
        &self.signature
    }

    /// Whether a quorum of `committee` finalized [`Self::block_hash`] on the chain of `genesis`.
    ///
    /// # Errors
    /// [`CertificateError`] naming the first thing that is wrong.
    pub fn verify(&self, genesis: B256, committee: &Committee) -> Result<(), CertificateError> {
        if self.seats != committee.len() {
            return Err(CertificateError::Committee { certificate: self.seats, committee: committee.len() });
        }
        let quorum = quorum(self.seats);
        if self.signers.len() < quorum {
            return Err(CertificateError::Quorum { signers: self.signers.len(), quorum });
        }
        let keys: Vec<_> = self.signers.iter().filter_map(|seat| committee.voting_key(*seat)).collect();
        let signature = Signature::from_bytes(&self.signature).map_err(|_| CertificateError::Signature)?;
        let message = Namespace::new(genesis, self.epoch).message(VoteKind::Finalize, &self.proposal);
        if fast_aggregate_verify(&keys, &message, &signature) { Ok(()) } else { Err(CertificateError::Signature) }
    }
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], CertificateError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(CertificateError::Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CertificateError> {
        self.take(N)?.try_into().map_err(|_| CertificateError::Malformed)
    }

    /// Unsigned LEB128 in shortest form.
    fn varint(&mut self) -> Result<u64, CertificateError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array::<1>()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(CertificateError::Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(CertificateError::Malformed) } else { Ok(value) };
            }
        }
        Err(CertificateError::Malformed)
    }
}

#[cfg(test)]
mod tests;
