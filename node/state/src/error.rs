use alloy::primitives::B256;
use edgeloom_types::{BlockError, Height};
use std::{io, path::PathBuf};

/// Why the store did not do what was asked. [`Self::Locked`], [`Self::Version`] and [`Self::OldBlocks`] are for the
/// operator to fix; [`Self::UnknownHeight`], [`Self::Pruned`] and [`Self::Amended`] are the reader's; [`Self::NotNext`], [`Self::Root`],
/// [`Self::Rows`] and [`Self::Stale`] are bugs of the caller; the rest is the disk's fault, and the process should stop.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("data directory {0} is in use by another process: stop that one, or choose another directory")]
    Locked(PathBuf),
    #[error(
        "data directory {path} has layout version {found}, this build reads version {expected}: \
         use the build that wrote it, or start from an empty directory and sync again"
    )]
    Version { path: PathBuf, found: u32, expected: u32 },
    #[error(
        "database {path} has layout version {found}, whose blocks hold their consensus record in extraData; in version \
         {expected} extraData is its hash, so the chain would have other block hashes and cannot be migrated: \
         use the build that wrote it, or start a new chain in an empty directory"
    )]
    OldBlocks { path: PathBuf, found: u32, expected: u32 },
    #[error("height {asked} is not committed, the tip is at {}", tip.map_or("nothing".into(), |tip| tip.to_string()))]
    UnknownHeight { asked: Height, tip: Option<Height> },
    #[error(
        "state of block {asked} is pruned, this node keeps states from block {oldest} on: \
         ask an archive node, which runs without --history"
    )]
    Pruned { asked: Height, oldest: Height },
    #[error(
        "the state of block {asked} is not the one that its header names: a development method changed it after the \
         block was made, so no proof leads to it"
    )]
    Amended { asked: Height },
    #[error("block {hash} at height {height} does not follow the committed tip")]
    NotNext { height: Height, hash: B256 },
    #[error("state root {header} in the header is not {computed} of the layer that would be committed")]
    Root { header: B256, computed: B256 },
    #[error("block has {transactions} transactions but {senders} senders and {receipts} receipts")]
    Rows { transactions: usize, senders: usize, receipts: usize },
    #[error("view is over root {0}, which is neither the tip's nor one of its layers'")]
    Stale(B256),
    #[error("stored row is malformed: {0}")]
    Corrupt(String),
    #[error("stored block is malformed: {0}")]
    Block(#[from] BlockError),
    #[error("database: {0}")]
    Database(#[from] rocksdb::Error),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

impl StoreError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }
}
