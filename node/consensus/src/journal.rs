//! The journal of votes, which the engine writes before a vote leaves: one of each epoch. Read here before its engine runs, to know
//! what this node says it signed.

use crate::{
    block::Digest,
    committee::Scheme,
    node::Runtime,
    witness::{Statement, statement},
};
use commonware_consensus::{
    Viewable as _,
    simplex::types::{Artifact, Certificate, Vote},
    types::{Epoch, View},
};
use commonware_cryptography::certificate::Verifier as _;
use commonware_runtime::{ReadOptions, buffer::paged::CacheRef};
use commonware_storage::journal::segmented::variable::{Config, Journal};
use commonware_utils::NZUsize;
use std::{collections::BTreeSet, num::NonZeroUsize};

pub(crate) const REPLAY_BUFFER: NonZeroUsize = NZUsize!(1024 * 1024);
pub(crate) const WRITE_BUFFER: NonZeroUsize = NZUsize!(64 * 1024);

/// The partition of an epoch's journal: part of the data directory's format.
pub(crate) fn partition(prefix: &str, epoch: Epoch) -> String {
    format!("{prefix}-votes-{epoch}")
}

/// That of who follows an epoch without a vote. The engine takes no journal with votes for one without a key.
pub(crate) fn follower_partition(prefix: &str, epoch: Epoch) -> String {
    format!("{prefix}-follow-{epoch}")
}

/// What a journal holds.
#[derive(Debug, Default)]
pub(crate) struct Recalled {
    /// Own votes.
    pub(crate) votes: BTreeSet<Statement>,
    /// The oldest view that it holds anything of: those before were final long ago.
    pub(crate) oldest: Option<View>,
    pub(crate) certificates: Vec<Certificate<Scheme, Digest>>,
}

impl Recalled {
    /// Whether a statement of ours is one that this journal should hold and does not.
    pub(crate) fn lacks(&self, statement: &Statement) -> bool {
        self.oldest.is_none_or(|oldest| statement.view >= oldest) && !self.votes.contains(statement)
    }

    fn note(&mut self, artifact: Artifact<Scheme, Digest>) {
        let view = artifact.view();
        self.oldest = Some(self.oldest.map_or(view, |oldest| oldest.min(view)));
        match artifact {
            Artifact::Notarize(vote) => drop(self.votes.insert(statement(&Vote::Notarize(vote)))),
            Artifact::Nullify(vote) => drop(self.votes.insert(statement(&Vote::Nullify(vote)))),
            Artifact::Finalize(vote) => drop(self.votes.insert(statement(&Vote::Finalize(vote)))),
            Artifact::Notarization(of) => self.certificates.push(Certificate::Notarization(of)),
            Artifact::Nullification(of) => self.certificates.push(Certificate::Nullification(of)),
            Artifact::Finalization(of) => self.certificates.push(Certificate::Finalization(of)),
            Artifact::Certification(..) => {}
        }
    }
}

/// Reads an epoch's journal; an empty one where there is none. What a crash tore off at its end is cut off, as the engine would.
///
/// # Errors
/// When the disk fails, or what is on it is no journal.
pub(crate) async fn recall<E: Runtime>(
    context: &E,
    prefix: &str,
    epoch: Epoch,
    page_cache: CacheRef,
) -> Result<Recalled, String> {
    let config = Config {
        partition: partition(prefix, epoch),
        compression: None,
        codec_config: Scheme::certificate_codec_config_unbounded(),
        page_cache,
        write_buffer: WRITE_BUFFER,
    };
    let context = context.child("recall").with_attribute("epoch", epoch);
    let read = async {
        let journal = Journal::<_, Artifact<Scheme, Digest>>::init(context, config).await?;
        let mut recalled = Recalled::default();
        let mut replay = journal.replay(0, 0, REPLAY_BUFFER, ReadOptions::DONT_CACHE).await?;
        while let Some(item) = replay.next().await {
            let (_, _, _, artifact) = item?;
            recalled.note(artifact);
        }
        replay.finish()?;
        Ok::<_, commonware_storage::journal::Error>(recalled)
    };
    read.await.map_err(|error| error.to_string())
}
