//! How far this node is behind the newest final block that it heard of.

use crate::{error::Fault, node::Context};
use alloy::primitives::U64;
use edgeloom_types::Height;
use parking_lot::Mutex;
use serde::{Serialize, Serializer};

/// Blocks are heard of before they are executed and durable here: fewer than this many are no backlog.
const BEHIND_MIN: u64 = 8;

/// Heights of a node that catches up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    starting_block: U64,
    current_block: U64,
    highest_block: U64,
}

/// False, or how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syncing(pub(crate) Option<Progress>);

impl Serialize for Syncing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(progress) => progress.serialize(serializer),
            None => serializer.serialize_bool(false),
        }
    }
}

/// Where catching up began, while it lasts.
#[derive(Debug)]
pub(crate) struct Start(Mutex<Option<u64>>);

impl Start {
    pub(crate) fn at(height: Height) -> Self {
        Self(Mutex::new(Some(height.get())))
    }

    fn look(&self, current: u64, highest: u64) -> Option<Progress> {
        let mut start = self.0.lock();
        if highest.saturating_sub(current) < BEHIND_MIN {
            *start = None;
            return None;
        }
        let starting = *start.get_or_insert(current);
        Some(Progress {
            starting_block: U64::from(starting),
            current_block: U64::from(current),
            highest_block: U64::from(highest),
        })
    }
}

impl Context {
    pub(crate) fn syncing(&self) -> Result<Syncing, Fault> {
        let highest = self.heard.borrow().get();
        Ok(Syncing(self.start.look(self.tip()?.height.get(), highest)))
    }
}

#[cfg(test)]
mod tests;
