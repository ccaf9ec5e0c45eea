//! Shares of the secrets of media (`IMediaGate`): kept for those who deal them, and used for whom the chain lets in.
//!
//! G1 A share is taken if the commitments on the chain say that it is this account's; it is on disk before that is said, where nobody else reads it.
//! G2 A part of the current epoch's key goes to the account that signed the request, if the chain says that it is entitled now, and to nobody
//!    else: the answer is encrypted to the request's key.
//! G3 Of a gate the newest version is kept: what is shared anew makes the share before useless to this node.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::primitives::U256;
use axum::http::StatusCode;
use edgeloom_media::Share;
use edgeloom_sdk::{Client, KeyDoubt, KeyRequest, SealedPart, SealedShare};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;
use tokio::{sync::Semaphore, time::timeout};

use crate::shelf::to_disk;

/// Requests that may wait for the chain.
const WAITING_MAX: usize = 64;
/// Gates that a node has shares of.
const GATES_MAX: usize = 10_000;
/// To look at one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a share is not taken, or a part not given.
#[derive(Debug, ThisError)]
pub(crate) enum Refusal {
    #[error("this worker keeps no shares of media")]
    Closed,
    #[error("this worker has no share of gate {0}")]
    NoShare(U256),
    #[error("the request is of another gate")]
    OtherGate,
    #[error("too many wait")]
    Busy,
    #[error("too many are kept")]
    Full,
    #[error("the node does not answer in time")]
    Late,
    #[error("it cannot be kept: {0}")]
    Disk(#[from] io::Error),
    #[error(transparent)]
    Doubt(#[from] KeyDoubt),
}

impl Refusal {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Closed | Self::NoShare(_) => StatusCode::NOT_FOUND,
            Self::Busy | Self::Full | Self::Late | Self::Disk(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Doubt(KeyDoubt::Chain(error)) if !error.is_revert() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Doubt(KeyDoubt::NotSigned(_) | KeyDoubt::NotEntitled { .. }) => StatusCode::FORBIDDEN,
            Self::OtherGate | Self::Doubt(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// A share as it is on disk, at `gates/GATE.json`.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    node: u32,
    share: alloy::primitives::B256,
}

/// The shares of this node.
#[derive(Debug)]
pub(crate) struct Gates {
    /// `None` where none are kept.
    folder: Option<PathBuf>,
    shares: Mutex<BTreeMap<U256, (u32, Share)>>,
    waiting: Semaphore,
    /// One at a time: which is the newest is decided once.
    turn: tokio::sync::Mutex<()>,
}

impl Gates {
    /// Reads what is on disk.
    pub(crate) fn open(folder: Option<PathBuf>) -> io::Result<Self> {
        let shares = match &folder {
            Some(folder) => {
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                load(folder)?
            }
            None => BTreeMap::new(),
        };
        let (waiting, turn) = (Semaphore::new(WAITING_MAX), tokio::sync::Mutex::default());
        Ok(Self { folder, shares: Mutex::new(shares), waiting, turn })
    }

    /// How many gates there are shares of.
    pub(crate) fn count(&self) -> usize {
        self.shares.lock().len()
    }

    /// G1.
    pub(crate) async fn take(&self, client: &Client, gate: U256, sent: &SealedShare) -> Result<(), Refusal> {
        let folder = self.folder.as_ref().ok_or(Refusal::Closed)?;
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let _turn = self.turn.lock().await;
        if self.count() >= GATES_MAX && !self.shares.lock().contains_key(&gate) {
            return Err(Refusal::Full);
        }
        let media = client.media();
        let share = timeout(PATIENCE, media.receive(gate, sent)).await.map_err(|_| Refusal::Late)??;
        let kept = Kept { version: sent.version, node: share.node(), share: (*share.to_bytes()).into() };
        let json = serde_json::to_vec(&kept).map_err(io::Error::from)?;
        to_disk(&folder.join(format!("{gate}.json")), &json)?;
        self.shares.lock().insert(gate, (sent.version, share));
        tracing::info!(%gate, version = sent.version, "media: took a share");
        Ok(())
    }

    /// G2.
    pub(crate) async fn give(&self, client: &Client, gate: U256, asked: &KeyRequest) -> Result<SealedPart, Refusal> {
        if self.folder.is_none() {
            return Err(Refusal::Closed);
        }
        if asked.gate != gate {
            return Err(Refusal::OtherGate);
        }
        let share = self.shares.lock().get(&gate).map(|(_, share)| share.clone()).ok_or(Refusal::NoShare(gate))?;
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let media = client.media();
        Ok(timeout(PATIENCE, media.give(&share, asked)).await.map_err(|_| Refusal::Late)??)
    }
}

/// A file that is none of ours, or damaged, is an error and not passed over: it may be the only share that a quorum lacks.
fn load(folder: &Path) -> io::Result<BTreeMap<U256, (u32, Share)>> {
    let mut shares = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(gate) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".json"))
        else {
            continue;
        };
        let damaged = |why: String| io::Error::other(format!("{}: {why}", path.display()));
        let gate = U256::from_str_radix(gate, 10).map_err(|error| damaged(error.to_string()))?;
        let kept: Kept = serde_json::from_slice(&fs::read(&path)?).map_err(|error| damaged(error.to_string()))?;
        let share = Share::from_bytes(kept.node, &kept.share.0).map_err(|error| damaged(error.to_string()))?;
        shares.insert(gate, (kept.version, share));
    }
    Ok(shares)
}

#[cfg(test)]
mod tests;
