//! A block as the engine carries it. The digest is the block hash, which covers the header alone, so decoding is where
//! the body, its consensus record first, is held to the header: a block that decodes *is* the block of its digest, whoever sent it.

use crate::committee::identity_key;
use alloy_consensus::proofs::calculate_transaction_root;
use bytes::{BufMut, Bytes};
use commonware_codec::{Buf, EncodeSize, Error, RangeCfg, Read, Write};
use commonware_consensus::{
    Block as EngineBlock, BoundedBlock, CertifiableBlock, Heightable,
    simplex::types::Context as SimplexContext,
    types::{Epoch, Height, Round, View},
};
use commonware_cryptography::{Digested, Digestible, ed25519::PublicKey, sha256};
use edgeloom_types::{Block, MAX_BLOCK_BYTES, SealedBlock, certificates_hash};
use std::sync::Arc;

/// What the engine votes on: the block hash (CHAIN.md C1). The type is only its 32 bytes; nothing here computes SHA-256.
pub(crate) type Digest = sha256::Digest;

/// Round, leader and parent of a proposal.
pub(crate) type Context = SimplexContext<Digest, PublicKey>;

/// A sealed block with its encoding and the engine's context. A block that is proposed again in a later view (the last
/// of an epoch) keeps the context of its first proposal, so it need not equal that of the call at hand.
#[derive(Clone, Debug)]
pub(crate) struct WireBlock {
    sealed: Arc<SealedBlock>,
    encoded: Bytes,
    context: Context,
}

/// Why a sealed block cannot travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("block has {0} bytes, more than {MAX_BLOCK_BYTES}")]
    TooLarge(usize),
    #[error("leader is not an ed25519 key")]
    Leader,
    #[error("body is not the header's")]
    Body,
}

impl WireBlock {
    /// # Errors
    /// [`Unfit`] when the block is too large or names no leader. The body is taken to be the header's.
    pub(crate) fn new(sealed: Arc<SealedBlock>) -> Result<Self, Unfit> {
        let encoded = Bytes::from(sealed.block().encode());
        Self::with_encoding(sealed, encoded)
    }

    fn with_encoding(sealed: Arc<SealedBlock>, encoded: Bytes) -> Result<Self, Unfit> {
        if encoded.len() > MAX_BLOCK_BYTES {
            return Err(Unfit::TooLarge(encoded.len()));
        }
        let record = sealed.consensus();
        let context = Context {
            round: Round::new(Epoch::new(record.epoch), View::new(record.view)),
            leader: identity_key(&record.leader).ok_or(Unfit::Leader)?,
            parent: (View::new(record.parent_view), Digest::from(sealed.header().parent_hash.0)),
        };
        Ok(Self { sealed, encoded, context })
    }

    pub(crate) const fn sealed(&self) -> &Arc<SealedBlock> {
        &self.sealed
    }

    /// With its digest, as marshal carries blocks.
    pub(crate) fn digested(self) -> Digested<Self> {
        let digest = self.digest();
        Digested::precomputed(self, digest)
    }
}

/// Whether the body is the one that the header commits to. The encoding must be the canonical one as well, or one
/// block would have two.
fn check_body(block: &Block, encoded: &[u8]) -> Result<(), Unfit> {
    let canonical = block.encode() == encoded;
    if canonical && calculate_transaction_root(&block.transactions) == block.header.transactions_root {
        Ok(())
    } else {
        Err(Unfit::Body)
    }
}

impl Write for WireBlock {
    fn write(&self, buf: &mut impl BufMut) {
        self.encoded.write(buf);
    }
}

impl EncodeSize for WireBlock {
    fn encode_size(&self) -> usize {
        self.encoded.encode_size()
    }
}

impl Read for WireBlock {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let encoded = Bytes::read_cfg(buf, &RangeCfg::from(..=MAX_BLOCK_BYTES))?;
        let unfit = |unfit: Unfit| Error::Wrapped("block", unfit.into());
        let block = Block::decode(&encoded).map_err(|error| Error::Wrapped("block", error.into()))?;
        check_body(&block, &encoded).map_err(unfit)?;
        let sealed = SealedBlock::new(block).map_err(|error| Error::Wrapped("block", error.into()))?;
        if certificates_hash(&sealed.block().certificates) != sealed.consensus().certificates_hash {
            return Err(unfit(Unfit::Body));
        }
        Self::with_encoding(Arc::new(sealed), encoded).map_err(unfit)
    }
}

impl BoundedBlock for WireBlock {
    fn max_encode_size((): &()) -> usize {
        MAX_BLOCK_BYTES.encode_size() + MAX_BLOCK_BYTES
    }
}

impl Digestible for WireBlock {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Digest::from(self.sealed.hash().0)
    }
}

impl Heightable for WireBlock {
    fn height(&self) -> Height {
        Height::new(self.sealed.height().get())
    }
}

impl EngineBlock for WireBlock {
    fn parent(&self) -> Digest {
        self.context.parent.1
    }
}

impl CertifiableBlock for WireBlock {
    type Context = Context;

    fn context(&self) -> Context {
        self.context.clone()
    }
}

#[cfg(test)]
mod tests;
