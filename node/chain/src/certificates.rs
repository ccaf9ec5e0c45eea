//! Which finalization certificates a body may carry: K1.

use crate::{
    error::{CertificateFault, Invalid},
    header::Rules,
    tree::Ancestor,
};
use alloy::primitives::{B256, Bytes};
use edgeloom_types::{Certificate, Height, MAX_CERTIFICATES, SealedBlock, certificates_hash};

/// How many blocks below a block its certificates may reach.
pub const LOOK_BACK: usize = 64;

/// Checks the certificates of `block`; `ancestors` are its [`LOOK_BACK`] nearest, the parent first. Returns the blocks
/// that they certify.
pub(crate) fn check(rules: &Rules, block: &SealedBlock, ancestors: &[Ancestor]) -> Result<Vec<B256>, Invalid> {
    let certificates = &block.block().certificates;
    if certificates.len() > MAX_CERTIFICATES {
        return Err(Invalid::Certificates(certificates.len()));
    }
    let (computed, found) = (certificates_hash(certificates), block.consensus().certificates_hash);
    if computed != found {
        return Err(Invalid::CertificatesHash { computed, found });
    }
    let mut certified = Vec::with_capacity(certificates.len());
    for (index, certificate) in certificates.iter().enumerate() {
        let fault = |fault| Invalid::Certificate { index, fault };
        certified.push(check_one(rules, certificate, ancestors, &certified).map_err(fault)?);
    }
    Ok(certified)
}

/// Those of `held` that a child of `ancestors[0]` may carry, in order, at most [`MAX_CERTIFICATES`].
pub(crate) fn admissible(rules: &Rules, held: Vec<Bytes>, ancestors: &[Ancestor]) -> Vec<Bytes> {
    let (mut chosen, mut certified) = (Vec::new(), Vec::new());
    for certificate in held {
        if chosen.len() == MAX_CERTIFICATES {
            break;
        }
        if let Ok(hash) = check_one(rules, &certificate, ancestors, &certified) {
            certified.push(hash);
            chosen.push(certificate);
        }
    }
    chosen
}

/// The blocks that the certificates of a stored block certify.
pub(crate) fn certified(block: &SealedBlock) -> Result<Vec<B256>, CertificateFault> {
    let decoded = block.block().certificates.iter().map(|certificate| Certificate::decode(certificate));
    Ok(decoded.map(|certificate| certificate.map(|certificate| certificate.block_hash)).collect::<Result<_, _>>()?)
}

fn check_one(
    rules: &Rules,
    bytes: &[u8],
    ancestors: &[Ancestor],
    certified: &[B256],
) -> Result<B256, CertificateFault> {
    let certificate = Certificate::decode(bytes)?;
    let hash = certificate.block_hash;
    let position = ancestors.iter().take(LOOK_BACK).position(|ancestor| ancestor.hash == hash);
    let position = position.ok_or(CertificateFault::NoAncestor(hash))?;
    let ancestor = &ancestors[position];
    // Genesis is final by definition; nobody voted for it.
    if ancestor.height == Height::GENESIS {
        return Err(CertificateFault::NoAncestor(hash));
    }
    let between = ancestors[..position].iter().any(|ancestor| ancestor.certified.contains(&hash));
    if between || certified.contains(&hash) {
        return Err(CertificateFault::Repeated(hash));
    }
    let expected = rules.epoch(ancestor.height);
    if certificate.epoch != expected {
        return Err(CertificateFault::Epoch { expected, found: certificate.epoch });
    }
    certificate.verify(rules.genesis_hash, &rules.term(expected).committee)?;
    Ok(hash)
}
