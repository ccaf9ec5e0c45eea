//! Which epochs an origin has keys of: the current one, and the one before for a moment, for whoever is in the middle of a piece.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use alloy::primitives::U256;
use edgeloom_media::ContentKey;
use edgeloom_sdk::Show;

/// How long the chain's word is good: as long at most goes an epoch on that is over.
const FRESH: Duration = Duration::from_secs(2);
/// How long after the end of an epoch its pieces are shown.
const GRACE: Duration = Duration::from_secs(30);

/// What the chain said, and when it was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) epoch: U256,
    /// How long it had been, by the chain's time.
    pub(super) age: Duration,
    pub(super) asked: Instant,
}

/// By its key an epoch's pieces are encrypted; by what is shown it is opened, by one version of the quorum.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) version: u32,
    pub(super) key: ContentKey,
    pub(super) show: Show,
}

/// Keys are never written down, so that nobody finds them later.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    now: Option<Now>,
    shown: BTreeMap<U256, Shown>,
}

impl Now {
    fn shows(&self, epoch: U256, at: Instant) -> bool {
        let age = self.age + at.saturating_duration_since(self.asked);
        epoch == self.epoch || (epoch.saturating_add(U256::ONE) == self.epoch && age < GRACE)
    }
}

impl Epochs {
    /// What the chain said: unless it was asked before it said what is known here.
    pub(super) fn hear(&mut self, now: Now) {
        if self.now.is_none_or(|known| known.asked <= now.asked) {
            self.now = Some(now);
            // One of several nodes of the chain may be behind the others: what is to come for it is not over.
            self.shown.retain(|epoch, _| *epoch > now.epoch || now.shows(*epoch, now.asked));
        }
    }

    /// Whether the chain has to be asked.
    pub(super) fn is_stale(&self, at: Instant) -> bool {
        self.now.is_none_or(|now| at.saturating_duration_since(now.asked) >= FRESH)
    }

    /// What an epoch is opened by, if it is of this version of the quorum or a newer one.
    pub(super) fn show(&self, epoch: U256, version: u32) -> Option<&Show> {
        self.shown.get(&epoch).filter(|shown| shown.version >= version).map(|shown| &shown.show)
    }

    /// Shows an epoch, unless somebody else did meanwhile, and says what is shown.
    pub(super) fn open(&mut self, shown: Shown) -> Show {
        let (epoch, version) = (shown.show.epoch, shown.version);
        if let Some(show) = self.show(epoch, version) {
            return show.clone();
        }
        let show = shown.show.clone();
        self.shown.insert(epoch, shown);
        show
    }

    /// The key of an epoch that is shown now.
    pub(super) fn key(&self, epoch: U256, at: Instant) -> Option<ContentKey> {
        let shows = !self.is_stale(at) && self.now.is_some_and(|now| now.shows(epoch, at));
        self.shown.get(&epoch).filter(|_| shows).map(|shown| shown.key.clone())
    }
}

#[cfg(test)]
mod tests;
