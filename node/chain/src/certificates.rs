//! B5: which certificates a body may carry.

use crate::{Invalid, tree::Node};
use alloy::primitives::B256;
use edgeloom_state::{Store, StoreError};
use edgeloom_types::{Certificate, Committee, Epoch, Height, SealedBlock, certificates_hash};
use std::{collections::VecDeque, num::NonZeroU64};

/// How far below its block an ancestor may be certified, in heights.
pub const CERTIFICATE_WINDOW: u64 = 128;

/// The newest final blocks and what they certify, newest last.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<(Height, B256, Vec<B256>)>);

impl Recent {
    /// # Errors
    /// The disk's.
    pub(crate) fn load(store: &Store, tip: Height) -> Result<Self, StoreError> {
        let mut recent = Self::default();
        for height in tip.get().saturating_sub(CERTIFICATE_WINDOW)..=tip.get() {
            if let Some(block) = store.block(Height::new(height))? {
                recent.push(&block, certified(&block));
            }
        }
        Ok(recent)
    }

    pub(crate) fn push(&mut self, block: &SealedBlock, certified: Vec<B256>) {
        self.0.push_back((block.height(), block.hash(), certified));
        if self.0.len() as u64 > CERTIFICATE_WINDOW + 1 {
            self.0.pop_front();
        }
    }
}

/// Blocks that the body's certificates name. The body of a block that is in the chain was checked: every one decodes.
pub(crate) fn certified(block: &SealedBlock) -> Vec<B256> {
    let decoded = block.block().certificates.iter().filter_map(|bytes| Certificate::decode(bytes).ok());
    decoded.map(|certificate| certificate.block_hash).collect()
}

/// What a chain's certificates are checked against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) genesis: B256,
    pub(crate) committee: &'a Committee,
    pub(crate) epoch_length: NonZeroU64,
    pub(crate) recent: &'a Recent,
    /// The block's ancestors above the final tip, newest first.
    pub(crate) branch: &'a [&'a Node],
}

impl Context<'_> {
    /// # Errors
    /// [`Invalid::CertificatesHash`], [`Invalid::Certificate`] or [`Invalid::CertificateTarget`].
    pub(crate) fn check(&self, block: &SealedBlock) -> Result<Vec<B256>, Invalid> {
        let certificates = &block.block().certificates;
        let (found, expected) = (block.extra().certificates_hash, certificates_hash(certificates));
        if found != expected {
            return Err(Invalid::CertificatesHash { found, expected });
        }
        let mut targets = Vec::with_capacity(certificates.len());
        for (index, bytes) in certificates.iter().enumerate() {
            let wrong = |error| Invalid::Certificate { index, error };
            let certificate = Certificate::decode(bytes).map_err(wrong)?;
            let target = certificate.block_hash;
            let epoch = self.open_target(block.height(), target).filter(|_| !targets.contains(&target));
            if epoch != Some(certificate.epoch) {
                return Err(Invalid::CertificateTarget { index, block: target });
            }
            certificate.verify(self.genesis, self.committee).map_err(wrong)?;
            targets.push(target);
        }
        Ok(targets)
    }

    /// The epoch of `target` when it is an ancestor within the window whose certificate no later ancestor carries.
    fn open_target(&self, height: Height, target: B256) -> Option<Epoch> {
        let pending = self.branch.iter().map(|node| (node.block.height(), node.block.hash(), &node.certified));
        let recent = self.recent.0.iter().rev().map(|(height, hash, certified)| (*height, *hash, certified));
        for (ancestor, hash, certified) in pending.chain(recent) {
            if ancestor.get() + CERTIFICATE_WINDOW < height.get() || ancestor == Height::GENESIS {
                return None;
            }
            if hash == target {
                return Some(Epoch::containing(ancestor, self.epoch_length));
            }
            if certified.contains(&target) {
                return None;
            }
        }
        None
    }
}
