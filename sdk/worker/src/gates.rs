//! Shares of the secrets of media (`IMediaGate`): kept for those who deal them, and used for whom the chain lets in.
//!
//! G1 A share is taken if the commitments on the chain say that it is this account's; it is on disk before that is said, where nobody else reads it.
//! G2 A part of the current epoch's key goes to the account that signed the request, if the chain says that it is entitled now, and to nobody
//!    else: the answer is encrypted to the request's key.
//! G3 Of a gate the newest version is kept: what is shared anew makes the share before useless to this node, and what was sent before is not taken
//!    again.
//! G4 How many gates there are shares of is bounded, for each owner and together, and a share is dropped once the chain names other nodes than this.
//! G5 Whoever sends shares keeps nobody waiting who asks for parts.

mod owners;

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use alloy::primitives::{Address, B256, U256};
use axum::http::StatusCode;
use edgeloom_media::Share;
use edgeloom_sdk::{Client, KeyDoubt, KeyRequest, SealedPart, SealedShare};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

pub use owners::GateOwners;

use crate::{journal::JournalError, life::Bench, shelf::to_disk};

/// Requests for parts that may wait for the chain.
const WAITING_MAX: usize = 64;
/// Shares that may.
const TAKING_MAX: usize = 4;
/// To look at one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at whether the chain still names this node.
const LOOK: Duration = Duration::from_secs(600);

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
    #[error("too many are kept: its operator can name accounts to take more for")]
    Full,
    #[error("this worker has as many gates of {0} as of anybody: its operator can name the account to take more")]
    TooMany(Address),
    #[error("this worker takes no shares of gates of {0}: its operator would have to name the account")]
    NotFor(Address),
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
            Self::TooMany(_) | Self::NotFor(_) | Self::Doubt(KeyDoubt::NotSigned(_) | KeyDoubt::NotEntitled { .. }) => {
                StatusCode::FORBIDDEN
            }
            Self::OtherGate | Self::Doubt(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// A share as it is on disk, at `gates/GATE.json`.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    owner: Address,
    node: u32,
    share: B256,
}

/// A share in use.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    version: u32,
    /// The gate's.
    owner: Address,
    share: Share,
}

/// The shares of this node.
#[derive(Debug)]
pub(crate) struct Gates {
    owners: GateOwners,
    /// Nothing is read from it, and nothing kept, for nobody.
    folder: PathBuf,
    shares: Mutex<BTreeMap<U256, Held>>,
    waiting: Semaphore,
    taking: Semaphore,
    /// One at a time: which is the newest is decided once.
    turn: tokio::sync::Mutex<()>,
}

impl Gates {
    /// Reads what is on disk.
    pub(crate) fn open(folder: PathBuf, owners: GateOwners) -> io::Result<Self> {
        let shares = match owners {
            GateOwners::Nobody => BTreeMap::new(),
            GateOwners::Anybody | GateOwners::Named(_) => {
                DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
                load(&folder)?
            }
        };
        let (waiting, taking) = (Semaphore::new(WAITING_MAX), Semaphore::new(TAKING_MAX));
        Ok(Self { owners, folder, shares: Mutex::new(shares), waiting, taking, turn: tokio::sync::Mutex::default() })
    }

    /// How many gates there are shares of.
    pub(crate) fn count(&self) -> usize {
        self.shares.lock().len()
    }

    /// G1.
    pub(crate) async fn take(&self, client: &Client, gate: U256, sent: &SealedShare) -> Result<(), Refusal> {
        let media = client.media();
        let looked_at = async {
            let owner = async { media.owner(gate).await.map_err(KeyDoubt::from) };
            futures::try_join!(owner, media.receive(gate, sent))
        };
        self.keep(gate, sent.version, looked_at).await
    }

    /// Keeps what `looked_at` says that it is of whom, which is asked only where a share is news.
    async fn keep(
        &self,
        gate: U256,
        version: u32,
        looked_at: impl Future<Output = Result<(Address, Share), KeyDoubt>>,
    ) -> Result<(), Refusal> {
        if self.owners == GateOwners::Nobody {
            return Err(Refusal::Closed);
        }
        if self.has(gate, version)? {
            return Ok(());
        }
        let _place = self.taking.try_acquire().map_err(|_| Refusal::Busy)?;
        let (owner, share) = timeout(PATIENCE, looked_at).await.map_err(|_| Refusal::Late)??;
        let _turn = self.turn.lock().await;
        // Another may have come meanwhile.
        if self.has(gate, version)? {
            return Ok(());
        }
        self.owners.admit((gate, owner), self.shares.lock().iter().map(|(gate, held)| (gate, held.owner)))?;
        let kept = Kept { version, owner, node: share.node(), share: (*share.to_bytes()).into() };
        let json = serde_json::to_vec(&kept).map_err(io::Error::from)?;
        to_disk(&self.path(gate), &json)?;
        self.shares.lock().insert(gate, Held { version, owner, share });
        tracing::info!(%gate, version, "media: took a share");
        Ok(())
    }

    /// G3: whether a share of this version is here already.
    fn has(&self, gate: U256, version: u32) -> Result<bool, KeyDoubt> {
        match self.shares.lock().get(&gate).map(|held| held.version) {
            Some(current) if current > version => Err(KeyDoubt::OtherVersion { offered: version, current }),
            Some(current) => Ok(current == version),
            None => Ok(false),
        }
    }

    /// G2.
    pub(crate) async fn give(&self, client: &Client, gate: U256, asked: &KeyRequest) -> Result<SealedPart, Refusal> {
        if self.owners == GateOwners::Nobody {
            return Err(Refusal::Closed);
        }
        if asked.gate != gate {
            return Err(Refusal::OtherGate);
        }
        let share = self.shares.lock().get(&gate).map(|held| held.share.clone()).ok_or(Refusal::NoShare(gate))?;
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let media = client.media();
        Ok(timeout(PATIENCE, media.give(&share, asked)).await.map_err(|_| Refusal::Late)??)
    }

    /// G4, for as long as the worker runs.
    pub(crate) async fn tend(bench: Arc<Bench>) -> JournalError {
        loop {
            bench.gates.look(&bench.client, bench.worker).await;
            bench.tally.set(|state| state.gates = bench.gates.count());
            sleep(LOOK).await;
        }
    }

    /// Asks the chain about each gate, and goes on another time where it does not answer.
    async fn look(&self, client: &Client, me: Address) {
        let held: Vec<_> = self.shares.lock().keys().copied().collect();
        for gate in held {
            match timeout(PATIENCE, client.media().quorum(gate)).await {
                Ok(Ok((version, record))) if !record.nodes.contains(&me) => self.drop_before(gate, version).await,
                Ok(Err(error)) if !error.is_revert() => {
                    tracing::debug!(%error, "media: the node does not answer");
                    return;
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    /// Forgets a share of a quorum that the chain does not name any more, or names without this node.
    async fn drop_before(&self, gate: U256, version: u32) {
        let _turn = self.turn.lock().await;
        if self.shares.lock().get(&gate).is_none_or(|held| held.version > version) {
            return;
        }
        match fs::remove_file(self.path(gate)) {
            Ok(()) => {
                self.shares.lock().remove(&gate);
                tracing::info!(%gate, version, "media: dropped a share, which the gate has other nodes for");
            }
            Err(error) => tracing::warn!(%gate, %error, "media: a share cannot be dropped"),
        }
    }

    fn path(&self, gate: U256) -> PathBuf {
        self.folder.join(format!("{gate}.json"))
    }
}

/// A file that is none of ours, or damaged, is an error and not passed over: it may be the only share that a quorum lacks.
fn load(folder: &Path) -> io::Result<BTreeMap<U256, Held>> {
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
        let Kept { version, owner, node, share } = kept;
        let share = Share::from_bytes(node, &share.0).map_err(|error| damaged(error.to_string()))?;
        shares.insert(gate, Held { version, owner, share });
    }
    Ok(shares)
}

#[cfg(test)]
mod tests;
