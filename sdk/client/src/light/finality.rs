//! Headers by validator certificates. Pure.

use std::num::NonZeroU64;

use alloy::{
    consensus::Header,
    primitives::{B256, Bytes, keccak256},
};
use edgeloom_types::{Certificate, Committee, Epoch, Height};

use super::LightError;

/// A header with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightHeader {
    pub(crate) header: Header,
    pub(crate) hash: B256,
}

impl LightHeader {
    /// What the block says of itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The block's hash.
    #[must_use]
    pub const fn hash(&self) -> B256 {
        self.hash
    }

    /// The block's height.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.header.number
    }

    /// As the chain hashes it.
    ///
    /// # Errors
    /// [`LightError::Malformed`].
    pub(crate) fn decode(height: u64, bytes: &[u8]) -> Result<Self, LightError> {
        let header = alloy_rlp::decode_exact(bytes);
        let header = header.map_err(|_| LightError::Malformed { what: "header", height })?;
        Ok(Self { header, hash: keccak256(bytes) })
    }

    #[cfg(test)]
    pub(crate) fn of_test(header: Header) -> Self {
        Self { hash: header.hash_slow(), header }
    }

    /// A header that was shown in another form, if it is of the block with this hash.
    ///
    /// # Errors
    /// [`LightError::HeaderHash`].
    pub(crate) fn of(expected: B256, header: Header) -> Result<Self, LightError> {
        let found = header.hash_slow();
        if found != expected {
            return Err(LightError::HeaderHash { height: header.number, expected, found });
        }
        Ok(Self { header, hash: expected })
    }
}

/// Headers on top of each other, of which the first is asked for, and none is final yet.
#[derive(Clone, Debug)]
pub(crate) struct Ascent {
    asked: LightHeader,
    top: LightHeader,
}

/// What a certificate shows to be final: the header that was asked for, and the one that the certificate is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Final {
    pub(crate) asked: LightHeader,
    pub(crate) certified: LightHeader,
    /// As the node encodes it.
    pub(crate) certificate: Bytes,
}

impl Ascent {
    /// From the headers of an answer about `height`, or about the height of [`Self::top`] for the answers that follow it.
    ///
    /// # Errors
    /// [`LightError::Malformed`], [`LightError::Height`], [`LightError::Broken`].
    pub(crate) fn climb(before: Option<Self>, height: u64, headers: &[Bytes]) -> Result<Self, LightError> {
        let mut ascent = before;
        for bytes in headers {
            let expected = ascent.as_ref().map_or(height, |ascent| ascent.top.number().saturating_add(1));
            let shown = LightHeader::decode(expected, bytes)?;
            ascent = Some(match ascent {
                // The first of an answer that goes on is the last of the one before.
                Some(ascent) if shown.hash == ascent.top.hash => ascent,
                Some(ascent) if shown.header.parent_hash != ascent.top.hash => {
                    return Err(LightError::Broken { height: expected });
                }
                _ if shown.number() != expected => {
                    return Err(LightError::Height { expected, found: shown.number() });
                }
                Some(ascent) => Self { top: shown, ..ascent },
                None => Self { asked: shown.clone(), top: shown },
            });
        }
        ascent.ok_or(LightError::NoBlock { height })
    }

    /// The height from which more headers are to be asked for.
    pub(crate) const fn top(&self) -> u64 {
        self.top.number()
    }

    /// Ends it with the certificate of its highest header.
    ///
    /// # Errors
    /// [`LightError::Certificate`], [`LightError::CertificateBlock`], [`LightError::CertificateEpoch`],
    /// [`LightError::CommitteeUnknown`].
    pub(crate) fn end<'a>(
        self,
        certificate: Bytes,
        (genesis, length): (B256, NonZeroU64),
        committee_of: impl FnOnce(u64) -> Option<&'a Committee>,
    ) -> Result<Final, LightError> {
        let height = self.top.number();
        let failed = |fault| LightError::Certificate { height, fault };
        let parsed = Certificate::decode(&certificate).map_err(failed)?;
        if parsed.block_hash != self.top.hash {
            return Err(LightError::CertificateBlock { height, expected: self.top.hash, found: parsed.block_hash });
        }
        let (expected, found) = (Epoch::containing(Height::new(height), length), parsed.epoch);
        if found != expected {
            return Err(LightError::CertificateEpoch { height, expected: expected.get(), found: found.get() });
        }
        let epoch = expected.get();
        let committee = committee_of(epoch).ok_or(LightError::CommitteeUnknown { epoch })?;
        parsed.verify(genesis, committee).map_err(failed)?;
        Ok(Final { asked: self.asked, certified: self.top, certificate })
    }
}

/// What one answer shows, where one is enough.
#[cfg(test)]
pub(crate) fn read<'a>(
    height: u64,
    shown: &edgeloom_node_api::Finality,
    chain: (B256, NonZeroU64),
    committee_of: impl FnOnce(u64) -> Option<&'a Committee>,
) -> Result<Final, LightError> {
    let ascent = Ascent::climb(None, height, &shown.headers)?;
    let certificate = shown.certificate.clone().ok_or(LightError::NoCertificate { height })?;
    ascent.end(certificate, chain, committee_of)
}

#[cfg(test)]
mod tests;
