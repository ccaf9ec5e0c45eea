//! What is to be done in which block.

use std::collections::BTreeMap;

/// Stakers are their places in the cast, operators too.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Join(usize),
    Claim(usize),
    TopUp(usize),
    Unstake { staker: usize, all: bool },
    Move(usize),
    Flee { staker: usize, node: u32 },
    Redeem { staker: usize, node: u32 },
    Return(usize),
    Unjail { operator: usize, node: u32 },
    Accuse { epoch: u32, seat: usize },
    Convict { epoch: u32, seat: usize },
    Enrol(usize),
    Record { height: u64 },
    Compute { epoch: u32, round: usize },
    Answer { epoch: u32, round: usize, operator: usize },
    Open { epoch: u32, operator: usize },
    Settle { epoch: u32 },
    Post,
    Expire { job: u64 },
    Extend { height: u64 },
}

#[derive(Debug, Default)]
pub(crate) struct Agenda(BTreeMap<u64, Vec<Act>>);

impl Agenda {
    pub(crate) fn add(&mut self, block: u64, act: Act) {
        self.0.entry(block).or_default().push(act);
    }

    /// What is due in a block or was before, in the order in which it was added.
    pub(crate) fn due(&mut self, block: u64) -> Vec<Act> {
        let mut due = Vec::new();
        while let Some(first) = self.0.first_entry().filter(|first| *first.key() <= block) {
            due.extend(first.remove());
        }
        due
    }
}
