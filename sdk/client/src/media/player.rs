//! Plays media as long as a token lets its holder in: an epoch's key is asked for when it is needed, and anew when the epoch is over.

use alloy::primitives::U256;
use edgeloom_media::{ContentKey, Manifest};
use tokio::sync::Mutex;
use url::Url;

use super::{Media, Origin, Show};
use crate::Error;

/// The media behind a gate, for the signer, who holds or rents a token.
#[derive(Debug)]
pub struct Player {
    media: Media,
    gate: U256,
    token: U256,
    origin: Origin,
    nodes: Vec<Url>,
    /// Of what was opened last: an epoch has more than one key where its origin began anew within it, or its quorum is another.
    key: Mutex<Option<(Show, ContentKey)>>,
}

impl Player {
    /// Finds the media; opens nothing yet. Without addresses of nodes it takes those that the origin names.
    ///
    /// # Errors
    /// [`Error::Settings`] where there are no media or no nodes; as [`Origin::open`].
    pub async fn new(media: Media, (gate, token): (U256, U256), nodes: Vec<Url>) -> Result<Self, Error> {
        let content = media.content(gate).await?;
        if content.root.is_zero() {
            return Err(Error::Settings(format!("there are no media behind gate {gate} yet")));
        }
        let origin = Origin::open(&content).await?;
        let nodes = if nodes.is_empty() { origin.nodes().await? } else { nodes };
        if nodes.is_empty() {
            return Err(Error::Settings(format!("no node of gate {gate} is known: name their addresses")));
        }
        Ok(Self { media, gate, token, origin, nodes, key: Mutex::default() })
    }

    /// What is played.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        self.origin.manifest()
    }

    /// Asks the nodes for the current epoch's key, unless it is there, and gives the epoch.
    ///
    /// # Errors
    /// [`Error::Refused`] for whom the nodes do not let in; as [`Media::unlock`].
    pub async fn unlock(&self) -> Result<U256, Error> {
        let mut held = self.key.lock().await;
        let show = self.origin.show().await?;
        let epoch = show.epoch;
        if held.as_ref().is_none_or(|(opened, _)| *opened != show) {
            let key = self.media.unlock((self.gate, self.token), &show, &self.nodes).await?;
            *held = Some((show, key));
        }
        Ok(epoch)
    }

    /// A piece, decrypted and checked.
    ///
    /// # Errors
    /// As [`Self::unlock`] and [`Origin::piece`].
    pub async fn piece(&self, piece: usize) -> Result<Vec<u8>, Error> {
        let held = self.key.lock().await.clone();
        if let Some((show, key)) = held {
            match self.origin.piece(show.epoch, &key, piece).await {
                // The origin shows the epoch no more, or by another key.
                Err(Error::Answer(_)) => {}
                found => return found,
            }
        }
        let epoch = self.unlock().await?;
        let held = self.key.lock().await.clone();
        let Some((_, key)) = held.filter(|(show, _)| show.epoch == epoch) else {
            return Err(Error::Answer(format!("epoch {epoch} ended meanwhile")));
        };
        self.origin.piece(epoch, &key, piece).await
    }
}
