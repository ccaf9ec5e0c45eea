//! What is due when, by heights alone.

use edgeloom_bindings::IEdgeRewards::Tally;

/// Epochs after it in which an epoch is settled, as a node keeps its commissions.
const SETTLED_WITHIN: u64 = 32;
/// Epochs after it from which on it is settled.
const SETTLED_AFTER: u64 = 2;

/// Blocks that come after a mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Of the block whose mix begins it. Transactions count from the next block on.
    pub height: u64,
    /// The last block in which they count.
    pub until: u64,
}

impl Window {
    /// Whether a transaction can be tried now and be in a block in time. A node tries it on its newest block, which has to be inside, too.
    const fn is_open(self, head: u64) -> bool {
        self.height < head && head < self.until
    }
}

/// When an epoch's rounds are answered, shown and settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Which epoch.
    pub epoch: u32,
    /// In which blocks each round is answered.
    pub rounds: [Window; Self::ROUNDS],
    /// In which blocks what was drawn of the answers is shown.
    pub opening: Window,
    /// The first block in which nodes are paid.
    pub settled_from: u64,
    /// The last block in which nodes are paid.
    pub settled_until: u64,
}

/// What a node can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// To answer a round, up to this block.
    Answer {
        /// Which.
        round: u8,
        /// The last block in which it counts.
        until: u64,
    },
    /// To show what was drawn of its answers, up to this block: else they count for nothing.
    Open {
        /// The last block in which it counts.
        until: u64,
    },
    /// To be paid, up to this block.
    Settle {
        /// The last block in which it counts.
        until: u64,
    },
}

impl Due {
    /// The last block in which it counts.
    #[must_use]
    pub const fn until(self) -> u64 {
        let (Self::Answer { until, .. } | Self::Open { until } | Self::Settle { until }) = self;
        until
    }
}

impl Schedule {
    /// Rounds of an epoch.
    pub const ROUNDS: usize = 4;

    pub(super) fn new(epoch: u32, rounds: [Window; Self::ROUNDS], opening: Window, length: u64) -> Self {
        let begin = |epochs: u64| u64::from(epoch).saturating_add(epochs).saturating_mul(length);
        let settled_from = begin(SETTLED_AFTER).max(opening.until.saturating_add(1));
        Self { epoch, rounds, opening, settled_from, settled_until: begin(SETTLED_WITHIN + 1).saturating_sub(1) }
    }

    /// What a node with this tally can do now that the newest block is `head`.
    #[must_use]
    pub fn due(&self, tally: &Tally, head: u64) -> Option<Due> {
        let is_answered = |round: usize| (tally.answered >> round) & 1 != 0;
        if tally.stake != 0 {
            let open = |(round, window): &(usize, &Window)| window.is_open(head) && !is_answered(*round);
            if let Some((round, window)) = self.rounds.iter().enumerate().find(open) {
                return Some(Due::Answer { round: round as u8, until: window.until });
            }
        }
        if tally.answered != 0 && !tally.opened && self.opening.is_open(head) {
            return Some(Due::Open { until: self.opening.until });
        }
        let earned = tally.burned != 0 || tally.opened;
        let settles = self.settled_from <= head && head < self.settled_until;
        (earned && !tally.paid && settles).then_some(Due::Settle { until: self.settled_until })
    }

    /// Whether a node with this tally has nothing more to do in the epoch, ever.
    #[must_use]
    pub fn is_over(&self, tally: &Tally, head: u64) -> bool {
        let earned = tally.burned != 0 || tally.opened;
        tally.paid || head >= self.settled_until || (head >= self.settled_from && !earned)
    }
}
