//! Ways in which a claim can be false.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Flags or coordinates that the encoding does not have
    NonCanonical,
    /// A coordinate that no point has
    OffCurve,
    /// A point of the curve outside the subgroup
    Subgroup,
    /// The point at infinity, in every way to write it
    Infinity,
    /// A set bit beyond the last place, or at one that nobody has
    TrailingBits,
    /// A signer counted more often than it signed, or less often
    Duplicate,
    /// Keys of a set of another epoch
    StaleSnapshot,
    /// A proof of possession, or a consent, of somebody else
    CopiedProof,
    /// A message of another chain, set, epoch or payload
    OtherDomain,
}

impl Class {
    pub const ALL: [Self; 9] = [
        Self::NonCanonical,
        Self::OffCurve,
        Self::Subgroup,
        Self::Infinity,
        Self::TrailingBits,
        Self::Duplicate,
        Self::StaleSnapshot,
        Self::CopiedProof,
        Self::OtherDomain,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NonCanonical => "non-canonical",
            Self::OffCurve => "off-curve",
            Self::Subgroup => "subgroup",
            Self::Infinity => "infinity",
            Self::TrailingBits => "trailing-bits",
            Self::Duplicate => "duplicate",
            Self::StaleSnapshot => "stale-snapshot",
            Self::CopiedProof => "copied-proof",
            Self::OtherDomain => "other-domain",
        }
    }
}
