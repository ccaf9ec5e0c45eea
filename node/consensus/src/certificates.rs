//! Which finalization certificates a proposer still has to include (CHAIN.md C2): those of ancestors that it holds and
//! that no block before its own carries. Nodes hold different ones, so this only ever decides one's own proposals.

use alloy::primitives::{B256, Bytes};
use edgeloom_chain::LOOK_BACK;
use edgeloom_types::{Certificate, Height, MAX_CERTIFICATES, SealedBlock};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Certificates of blocks that are not final here yet. The engine runs at most a few views ahead.
const EARLY_MAX: usize = 64;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Certificates of final blocks, by height.
    held: BTreeMap<Height, (B256, Bytes)>,
    /// Blocks whose certificate some final block within the window carries, by the carrier's height.
    carried: BTreeSet<(Height, B256)>,
    /// Executed blocks above the final tip: height, parent, and whose certificates they carry.
    open: HashMap<B256, (Height, B256, Vec<B256>)>,
    /// Certificates that came before their block was final here, by round.
    early: BTreeMap<(u64, u64), (B256, Bytes)>,
}

impl Ledger {
    /// Keeps a certificate whose block is not final here yet.
    pub(crate) fn keep_early(&mut self, round: (u64, u64), hash: B256, certificate: Bytes) {
        self.early.insert(round, (hash, certificate));
        if self.early.len() > EARLY_MAX {
            self.early.pop_first();
        }
    }

    /// The certificate that [`Self::keep_early`] kept for a block.
    pub(crate) fn early(&self, hash: B256) -> Option<Bytes> {
        self.early.values().find(|(block, _)| *block == hash).map(|(_, certificate)| certificate.clone())
    }

    /// Notes a certificate of a final block.
    pub(crate) fn hold(&mut self, height: Height, hash: B256, certificate: Bytes) {
        self.held.entry(height).or_insert((hash, certificate));
    }

    /// Notes a block that was executed and may become final.
    pub(crate) fn opened(&mut self, block: &SealedBlock) {
        self.open.insert(block.hash(), (block.height(), block.header().parent_hash, carried(block)));
    }

    /// The height of a block that was executed and is not final yet.
    pub(crate) fn height_of(&self, block: &B256) -> Option<Height> {
        self.open.get(block).map(|(height, ..)| *height)
    }

    /// Notes a final block and forgets what it decides.
    pub(crate) fn finalized(&mut self, block: &SealedBlock) {
        let height = block.height();
        self.carried.extend(carried(block).into_iter().map(|hash| (height, hash)));
        self.open.retain(|_, (open, ..)| *open > height);
        self.early.retain(|_, (hash, _)| *hash != block.hash());
        let oldest = Height::new(height.get().saturating_sub(LOOK_BACK as u64));
        self.held = self.held.split_off(&oldest);
        self.carried = self.carried.split_off(&(oldest, B256::ZERO));
    }

    /// What a child of `parent` should carry at `height`, oldest first.
    pub(crate) fn due(&self, parent: B256, height: Height) -> Vec<Bytes> {
        let mut taken: BTreeSet<B256> = self.carried.iter().map(|(_, hash)| *hash).collect();
        let mut ancestor = parent;
        while let Some((_, above, carried)) = self.open.get(&ancestor) {
            taken.extend(carried);
            ancestor = *above;
        }
        let oldest = Height::new(height.get().saturating_sub(LOOK_BACK as u64));
        let due = self.held.range(oldest..height).map(|(_, held)| held).filter(|(hash, _)| !taken.contains(hash));
        due.take(MAX_CERTIFICATES).map(|(_, certificate)| certificate.clone()).collect()
    }
}

/// Hashes of the blocks whose certificates `block` carries.
fn carried(block: &SealedBlock) -> Vec<B256> {
    let decoded = block.block().certificates.iter().filter_map(|bytes| Certificate::decode(bytes).ok());
    decoded.map(|certificate| certificate.block_hash).collect()
}

#[cfg(test)]
mod tests;
