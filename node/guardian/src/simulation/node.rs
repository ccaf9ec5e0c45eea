//! One honest guardian: its session, its core, its counters.

use super::{Costs, Plant, truth::Truth};
use crate::{Check, Early, Ledger, Pairings, Position, Session, Verdict, Work, check::Candidate};
use std::{collections::BTreeSet, time::Duration};

#[derive(Debug)]
pub(super) struct Node {
    pub(super) position: Position,
    /// None before the block is there.
    pub(super) session: Option<Session>,
    pub(super) early: Early,
    /// What its journal holds.
    pub(super) journal: Vec<u8>,
    /// When its core has done all that it was given.
    free_at: Duration,
    /// Of the session, so that what an earlier one began is forgotten.
    pub(super) generation: u32,
    pub(super) certified_at: Option<Duration>,
    pub(super) stake: u128,
    pub(super) bytes: u64,
    pub(super) peers: BTreeSet<Position>,
    /// Whom it closed the connection to.
    pub(super) closed: BTreeSet<Position>,
    pub(super) busy: Duration,
    pub(super) busy_checks: Duration,
}

impl Node {
    pub(super) fn new(position: Position) -> Self {
        Self {
            position,
            session: None,
            early: Early::default(),
            journal: Ledger::default().encode(),
            free_at: Duration::ZERO,
            generation: 0,
            certified_at: None,
            stake: 0,
            bytes: 0,
            peers: BTreeSet::new(),
            closed: BTreeSet::new(),
            busy: Duration::ZERO,
            busy_checks: Duration::ZERO,
        }
    }

    /// Gives its core something to do, and says when it is done.
    pub(super) fn work(&mut self, now: Duration, nanoseconds: u64) -> Duration {
        let cost = Duration::from_nanos(nanoseconds);
        self.busy += cost;
        self.free_at = self.free_at.max(now) + cost;
        self.free_at
    }

    pub(super) fn check(&mut self, now: Duration, work: &Work, costs: &Costs) -> Duration {
        let nanoseconds = work.decodings * costs.decoding
            + work.additions * costs.addition
            + work.multiplications * costs.multiplication
            + work.pairings * costs.pairing;
        self.busy_checks += Duration::from_nanos(nanoseconds);
        self.work(now, nanoseconds)
    }
}

/// What a check says under a fault.
pub(super) fn judged(check: Check, truth: &Truth, plant: Option<Plant>) -> Verdict {
    match plant {
        Some(Plant::AcceptUnchecked) => check.run(&mut Gullible(truth)),
        Some(Plant::DropAggregates) => {
            let verdict = check.run(&mut &*truth);
            if verdict.invalid.is_empty() { verdict } else { Verdict::default() }
        }
        Some(Plant::BlameAll) => {
            let senders = check.candidates.iter().map(|candidate| candidate.from).collect();
            let verdict = check.run(&mut &*truth);
            if verdict.invalid.is_empty() { verdict } else { Verdict { invalid: senders, ..Verdict::default() } }
        }
        Some(Plant::ForgetJournal) | None => check.run(&mut &*truth),
    }
}

/// Somebody who sent what is valid by itself, and whom a check neither took it from nor blames for anything.
pub(super) fn lost(check: &Check, verdict: &Verdict, truth: &Truth) -> Option<Position> {
    let alone = |candidate: &Candidate| {
        let check = Check { candidates: vec![candidate.clone()], ..check.clone() };
        check.run(&mut &*truth).invalid.is_empty()
    };
    let taken = verdict.valid.len() + verdict.invalid.len();
    let unnamed = |candidate: &&Candidate| !verdict.invalid.contains(&candidate.from) && alone(candidate);
    // Who was taken is not named: if all are told of, nobody was lost.
    check.candidates.iter().filter(|_| taken < check.len()).find(unnamed).map(|candidate| candidate.from)
}

/// Whether pairings say the same.
pub(super) fn agrees(check: Check, truth: &Truth) -> bool {
    let (by_secrets, by_pairings) = (check.clone().run(&mut &*truth), check.run(&mut Pairings::new([7; 32])));
    let works = by_secrets.work() == by_pairings.work();
    works && by_secrets.invalid() == by_pairings.invalid() && by_secrets.valid.len() == by_pairings.valid.len()
}

/// Takes everything that is a signature.
struct Gullible<'a>(&'a Truth);

impl crate::Judge for Gullible<'_> {
    fn decode(&mut self, bytes: &[u8; 96], work: &mut Work) -> Option<edgeloom_bls::Signature> {
        (&mut &*self.0).decode(bytes, work)
    }

    fn hold(&mut self, _: &crate::Committee, _: &[u8], _: &[&crate::Statement], _: &mut Work) -> bool {
        true
    }
}
