//! What members of a committee say, and how several say it with one signature. Pure.

use alloy::{
    primitives::{Address, B256, b256, keccak256},
    sol_types::SolValue,
};
use edgeloom_bls::{Domain, SecretKey, Signature, aggregate_signatures};

use super::Audits;

/// `edgeloom/audit/1`, padded with zeros: what is signed for audits is signed for nothing else.
const TAG: B256 = b256!("0x656467656c6f6f6d2f61756469742f3100000000000000000000000000000000");

/// What an auditor computed from a claim's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// BLAKE3 of the answer.
    pub output_root: B256,
    /// BLAKE3 of everything computed on the way.
    pub trace_root: B256,
}

/// What one member adds to an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// Of the audit's snapshot.
    pub place: usize,
    /// That of the commitment.
    pub salt: B256,
    /// By [`Finding::sign`].
    pub signature: Signature,
}

impl Finding {
    /// What hides a finding until it is shown. It says whose it is, so that a copy opens for nobody else.
    #[must_use]
    pub fn commitment(&self, claim: B256, operator: Address, salt: B256) -> B256 {
        keccak256((claim, operator, self.output_root, self.trace_root, salt).abi_encode())
    }

    /// What members sign who found this.
    #[must_use]
    pub fn payload(&self, claim: B256) -> B256 {
        keccak256((TAG, claim, self.output_root, self.trace_root).abi_encode())
    }

    /// A member's signature, for an epoch of the auditors' set. `None` only if the set had no name.
    #[must_use]
    pub fn sign(&self, key: &SecretKey, claim: B256, (chain_id, epoch): (u64, u64)) -> Option<Signature> {
        let domain = Domain::of_set(chain_id, &Audits::set().0, epoch)?;
        Some(key.sign(&domain.message(&self.payload(claim).0)))
    }
}

/// The sum of the members' signatures, and the members in the order of their places. `None` for none, and for signatures that
/// cancel out.
pub(crate) fn together(members: &[Testimony]) -> Option<(Signature, Vec<Testimony>)> {
    let mut members = members.to_vec();
    members.sort_by_key(|member| member.place);
    members.dedup_by_key(|member| member.place);
    let signatures: Vec<_> = members.iter().map(|member| member.signature).collect();
    Some((aggregate_signatures(&signatures).ok()?, members))
}
