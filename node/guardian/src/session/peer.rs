//! What a session knows of another guardian.

use super::Pace;
use crate::{Malformed, Role, Scope};
use std::{collections::BTreeMap, time::Duration};

/// Why a guardian is not listened to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a signature that is none, or not that of its signers")]
    Invalid,
    #[error("{0}")]
    Malformed(Malformed),
    #[error("too many messages")]
    Flood,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Peer {
    /// The level on which it is a contact.
    pub(super) contact: Option<u8>,
    /// Levels on which it may relay.
    pub(super) relays: Vec<u8>,
    pub(super) dropped: bool,
    /// What it says of itself.
    pub(super) role: Option<Role>,
    /// Signers of the own half that it said it has, and that it was told of last.
    pub(super) held: u16,
    pub(super) told: u16,
    pub(super) told_at: Duration,
    /// Signers of the other half that it was told of, by level.
    pub(super) relayed: BTreeMap<u8, u16>,
    /// The most signers that it said something of, by level and scope, and how often it said no more than before.
    said: BTreeMap<(u8, Scope), usize>,
    repeated: u32,
    window_from: Duration,
    window_count: u32,
}

/// Messages without news that a sender may send: what overtook another on the way, or was sent again after a restart.
const REPEATED_MAX: u32 = 5;

impl Peer {
    /// Counts a message; whether it is one too many.
    pub(super) fn admits(&mut self, now: Duration, pace: &Pace) -> bool {
        if now.saturating_sub(self.window_from) >= pace.window {
            (self.window_from, self.window_count) = (now, 0);
        }
        self.window_count += 1;
        self.window_count <= pace.window_max
    }

    /// Notes how many signers it told of; whether it said too often what it had said.
    pub(super) fn repeats(&mut self, level: u8, scope: Scope, signers: usize) -> bool {
        let before = self.said.entry((level, scope)).or_default();
        if signers <= *before {
            self.repeated += 1;
        }
        *before = signers.max(*before);
        self.repeated > REPEATED_MAX
    }

    /// Notes how many of the own half it says that it has. If these are fewer than it was told of some time ago, that was lost, or the peer
    /// has started again: it will be told once more.
    pub(super) fn hear(&mut self, held: u16, now: Duration, pace: &Pace) {
        self.held = held;
        if now >= self.told_at + pace.resend {
            self.told = self.told.min(held);
        }
    }

    pub(super) fn may_speak(&self, level: u8, scope: Scope) -> bool {
        match scope {
            Scope::Own => self.contact == Some(level),
            Scope::Relayed => self.relays.contains(&level),
        }
    }

    /// Whether it is to be told of `known` signers, who may be all of the half.
    pub(super) fn wants(&self, known: usize, full: bool, now: Duration, pace: &Pace) -> bool {
        if self.dropped || known <= usize::from(self.told.max(self.held)) {
            return false;
        }
        // Growth of one in a thousand can wait for more.
        let grown = known - usize::from(self.told);
        let patience = if grown * 100 >= known { pace.resend } else { pace.resend * 3 };
        self.told == 0 || full || now >= self.told_at + patience
    }
}
