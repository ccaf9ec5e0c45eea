use alloy::primitives::B256;
use edgeloom_bindings::IEdgeRewards::Tally;
use edgeloom_sdk::{chain_after, digest_of};

use crate::journal::Attendance;

/// What a node answered rounds with, in their order, and the chain before each.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answers(pub(super) Vec<Answer>);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) round: u8,
    pub(super) chain: B256,
    pub(super) roots: Vec<B256>,
}

impl Answers {
    /// As the journal has them. `None` where it has others than the chain.
    pub(super) fn of(tally: &Tally, known: &Attendance) -> Option<Self> {
        let mut chain = B256::ZERO;
        let mut answers = Vec::new();
        for round in (0..u8::BITS as u8).filter(|round| (tally.answered >> round) & 1 != 0) {
            let roots = known.rounds.get(&round)?.roots.clone();
            let digest = digest_of(&roots);
            answers.push(Answer { round, chain, roots });
            chain = chain_after(chain, round, digest);
        }
        (chain == tally.chain).then_some(Self(answers))
    }
}
