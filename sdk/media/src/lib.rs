//! Media that open epoch by epoch: shares of a gate's secret, an epoch's key out of a quorum's parts, pieces that are encrypted by it,
//! and envelopes for one account. This crate is pure: it knows no chain, no HTTP and no clock. Who may have a part is `IMediaGate`'s to say, and
//! the worker's to ask.
//!
//! A gate's secret is a polynomial's constant; node i has its value at i + 1 (Shamir), and everybody the commitments to its coefficients in G1 (Feldman).
//! A part is the node's BLS signature of the epoch's digest; a quorum of them interpolates to the secret's signature of it, which nobody can make
//! alone. A content key is encrypted to that signature before anybody made it (Boneh and Franklin's identity-based encryption; the epoch is
//! the identity), so that whoever encrypts needs the commitments alone. All of that is `commonware-cryptography`'s.

mod envelope;
mod piece;
mod quorum;

pub use envelope::Envelope;
pub use piece::{ContentKey, MANIFEST_BYTES_MAX, Making, Manifest, PIECE_BYTES};
pub use quorum::{EpochSignature, NODES_MAX, POINT_BYTES, Part, Quorum, Share, WRAP_BYTES};

/// Why bytes are not what they should be. Whoever sent them is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("a quorum has 1 to {NODES_MAX} nodes, not {0}")]
    Nodes(u32),
    #[error("not commitments to a polynomial: a point is none of G1, or there are more than nodes")]
    Commitments,
    #[error("not a share: zero, or not below the group order")]
    Share,
    #[error("not a part: no signature in G2, or of a node that is none")]
    Part,
    #[error("{have} parts that are right, and {need} are needed")]
    TooFewParts { have: usize, need: usize },
    #[error("not an encrypted key, or of another epoch or gate")]
    Wrap,
    #[error("not a manifest: {0}")]
    Manifest(&'static str),
    #[error("the manifest is not the one that the chain names")]
    WrongRoot,
    #[error("piece {0} is not what the manifest says, or encrypted by another key")]
    Piece(usize),
    #[error("not an envelope for this key")]
    Envelope,
}

#[cfg(test)]
mod tests;
