//! One checkpoint, from the own signature to a certificate.
//!
//! A caller gives it what arrives ([`Session::receive`]), the own signature once the block is verified ([`Session::start`]) and the time
//! ([`Session::tick`], at [`Session::deadline`]); runs the checks that it asks for ([`Session::next_check`]) wherever it likes and brings
//! back their verdict ([`Session::checked`]); and after each of these calls does what it is told ([`Session::next_output`]). Times are
//! distances from any moment that the caller chose.
//!
//! * N1 A level is told of as soon as those below it had time to fill, or at once when nobody is missing in the own half.
//! * N2 A contact is told what it has not been told: the whole own half, once at first, and again when it has grown and some time has passed,
//!   unless it said that it has as many.
//!   Who has no quorum for long says it all again, so that contacts hear how little it has: they tell it again what was lost.
//! * N3 Of each sender one contribution waits on a level: a newer one replaces it. So what waits is bounded by how many may speak.
//! * N4 What would gain most stake is checked first, one contribution of each level in a check. What would gain nothing is never checked.
//! * N5 A certificate is given out when it has more than two thirds of all stake, and again with each further twentieth, and with the last.

mod certificate;
mod pace;
mod peer;
mod rung;
mod speech;

pub use certificate::Certificate;
pub use pace::Pace;
pub use peer::Fault;

use crate::{
    Check, Committee, Contribution, Malformed, Position, Role, Scope, Subject, Tally, Verdict, check::Candidate,
};
use edgeloom_bls::Signature;
use peer::Peer;
use rung::Rung;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

/// A union is given out where it gains one of so many parts of all stake: what `ICheckpoints.extend` refunds whole.
const UNION_GAIN: u128 = 20;

/// What a caller is to do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send this to a guardian. It may be lost.
    Send { to: Position, contribution: Arc<Contribution<Signature>> },
    /// Close the connection to a guardian and open none to it in this epoch.
    Drop { peer: Position, fault: Fault },
    /// Submit this, the first or one with more signers.
    Certificate(Box<Certificate>),
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the sender is nobody's contact here")]
    Stranger,
    #[error("the sender was dropped before")]
    Dropped,
    #[error("the sender is dropped: {0}")]
    Fault(Fault),
    /// Not the sender's fault as far as this guardian knows: it only knows its own chain.
    #[error("about another block")]
    AnotherBlock,
}

/// Why a session does not begin. The caller is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStarted {
    #[error("there is no such position")]
    NotAMember,
    #[error("this is not the signature of the position's key over the block")]
    NotOurSignature,
}

#[derive(Debug)]
pub struct Session {
    committee: Arc<Committee>,
    subject: Arc<Subject>,
    me: Position,
    role: Role,
    pace: Pace,
    own: Option<Signature>,
    begun: Duration,
    next_tick: Duration,
    next_relays: Duration,
    next_plea: Duration,
    /// The largest level first.
    rungs: Vec<Rung>,
    peers: BTreeMap<Position, Peer>,
    checking: bool,
    /// Whether the chain has a certificate.
    on_chain: bool,
    /// Stake of the certificate that was last given out.
    certified: u128,
    outputs: VecDeque<Output>,
}

impl Session {
    /// For the member at `me`. `dropped` are those whom it dropped earlier in the epoch.
    ///
    /// # Errors
    /// [`NotStarted::NotAMember`].
    pub fn new(
        (committee, subject): (Arc<Committee>, Arc<Subject>),
        (me, role): (Position, Role),
        pace: Pace,
        dropped: &[Position],
    ) -> Result<Self, NotStarted> {
        committee.member(me).ok_or(NotStarted::NotAMember)?;
        let mut peers: BTreeMap<Position, Peer> = BTreeMap::new();
        let mut rungs = Vec::new();
        for (number, level) in (0..).zip(committee.levels(me)) {
            let (contacts, relays) = (committee.contacts(me, &level), committee.relays(me, &level));
            contacts.iter().for_each(|contact| peers.entry(*contact).or_default().contact = Some(number));
            relays.iter().for_each(|relay| peers.entry(*relay).or_default().relays.push(number));
            let tally = Tally::new(level.theirs.clone());
            rungs.push(Rung {
                level,
                contacts,
                relays,
                next_contact: 0,
                next_relay: 0,
                tally,
                waiting: BTreeMap::new(),
                said: None,
            });
        }
        for position in dropped {
            peers.entry(*position).and_modify(|peer| peer.dropped = true);
        }
        Ok(Self {
            committee,
            subject,
            me,
            role,
            pace,
            own: None,
            begun: Duration::ZERO,
            next_tick: Duration::MAX,
            next_relays: Duration::MAX,
            next_plea: Duration::MAX,
            rungs,
            peers,
            checking: false,
            on_chain: false,
            certified: 0,
            outputs: VecDeque::new(),
        })
    }

    /// With the own signature, after the block was verified and recorded. A second call changes nothing.
    ///
    /// # Errors
    /// [`NotStarted::NotOurSignature`].
    pub fn start(&mut self, own: Signature, now: Duration) -> Result<(), NotStarted> {
        let member = self.committee.member(self.me).ok_or(NotStarted::NotAMember)?;
        if !own.verify(&member.key, self.subject.message()) {
            return Err(NotStarted::NotOurSignature);
        }
        self.begin(own, now);
        Ok(())
    }

    /// As [`Self::start`], by a caller who just signed.
    pub(crate) fn begin(&mut self, own: Signature, now: Duration) {
        if self.own.is_none() {
            self.own = Some(own);
            self.begun = now;
            self.next_tick = now;
            self.next_relays = now + self.pace.fallback;
            self.next_plea = self.next_relays;
            self.certify();
        }
    }

    /// Takes a message that came from `from`, which the connection vouches for.
    ///
    /// # Errors
    /// [`Refusal`]. Where the sender is at fault, an output says so too.
    pub fn receive(&mut self, from: Position, bytes: &[u8], now: Duration) -> Result<(), Refusal> {
        // Who may only relay has nothing to say before others can have begun to.
        let relays = self.own.is_some() && now >= self.begun + self.pace.fallback / 2;
        let peer =
            self.peers.get_mut(&from).filter(|peer| peer.contact.is_some() || relays).ok_or(Refusal::Stranger)?;
        if peer.dropped {
            return Err(Refusal::Dropped);
        }
        if !peer.admits(now, &self.pace) {
            return self.fault(from, Fault::Flood);
        }
        let (rungs, spoken) = (&self.rungs, &*peer);
        let heard = Contribution::decode(bytes, |level, scope| {
            let rung = rungs.get(usize::from(level)).filter(|_| spoken.may_speak(level, scope))?;
            // The sender's own half is the other one here; what it relays is of that half too.
            Some(rung.level.theirs.len())
        });
        let heard = match heard {
            Ok(heard) => heard,
            Err(malformed) => return self.fault(from, Fault::Malformed(malformed)),
        };
        if !heard.is_about(&self.subject) {
            return Err(Refusal::AnotherBlock);
        }
        let Some(rung) = self.rungs.get_mut(usize::from(heard.level)) else {
            return self.fault(from, Fault::Malformed(Malformed::Level(heard.level)));
        };
        if peer.repeats(heard.level, heard.scope, heard.signers.count()) {
            return self.fault(from, Fault::Flood);
        }
        peer.role = Some(heard.role);
        if heard.scope == Scope::Own {
            peer.hear(heard.held, now, &self.pace);
        }
        let candidate = Candidate {
            from,
            level: heard.level,
            range: rung.level.theirs.clone(),
            scope: heard.scope,
            signers: heard.signers,
            aggregate: heard.aggregate,
            individual: heard.individual,
        };
        rung.waiting.insert(from, candidate);
        Ok(())
    }

    /// What is to be checked next; `None` where nothing that waits would gain anything, or a check was given out and not brought back.
    pub fn next_check(&mut self) -> Option<Check> {
        if self.checking {
            return None;
        }
        let committee = &self.committee;
        let candidates: Vec<_> = self.rungs.iter_mut().filter_map(|rung| rung.next_candidate(committee)).collect();
        if candidates.is_empty() {
            return None;
        }
        self.checking = true;
        Some(Check { committee: Arc::clone(committee), subject: Arc::clone(&self.subject), candidates })
    }

    /// Takes what came of the check that was given out.
    pub fn checked(&mut self, verdict: Verdict) {
        self.checking = false;
        for valid in verdict.valid {
            let level = usize::from(valid.level);
            let Some(rung) = self.rungs.get_mut(level) else { continue };
            let before = rung.tally.stake();
            rung.tally.add(&self.committee, &valid.signers, valid.aggregate, valid.individual);
            if rung.tally.stake() > before {
                // It is part of the own half on every larger level.
                self.rungs.iter_mut().take(level).for_each(|rung| rung.said = None);
            }
        }
        for liar in verdict.invalid {
            self.drop_peer(liar, Fault::Invalid);
        }
        self.certify();
    }

    /// Says what is due at `now`.
    pub fn tick(&mut self, now: Duration) {
        let Some(own) = self.own.filter(|_| now >= self.next_tick) else { return };
        self.next_tick = now + self.pace.period;
        if now >= self.next_plea {
            self.next_plea = now + self.pace.fallback;
            if !self.has_quorum() {
                // They hear what is missing here, and tell it again.
                self.peers.values_mut().for_each(|peer| peer.told = 0);
            }
        }
        let mut known = 1;
        for number in (0..self.rungs.len()).rev() {
            // Levels are gone through from the smallest: what is known of all before this one is the own half.
            if self.is_open(number, known, now) {
                self.speak(number, known, own, now);
            }
            known += self.rungs.get(number).map_or(0, |rung| rung.tally.count());
        }
        if now >= self.next_relays {
            self.next_relays = now + self.pace.relay;
            if !self.on_chain {
                (0..self.rungs.len()).for_each(|number| self.relay(number));
            }
        }
    }

    /// The chain has a certificate of this block: nothing is relayed any more, and levels go on for a union.
    pub const fn note_certified(&mut self) {
        self.on_chain = true;
    }

    /// When [`Self::tick`] has something to do; [`Duration::MAX`] before the start.
    pub const fn deadline(&self) -> Duration {
        self.next_tick
    }

    pub fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// What is known so far, whatever stake it has; `None` before the start.
    pub fn certificate(&self) -> Option<Certificate> {
        let whole = self.half(0, self.committee.len(), self.own?);
        whole.map(|whole| Certificate::new(&self.committee, &self.subject, &whole))
    }

    /// Stake of what is known so far, gwei.
    pub fn stake(&self) -> u128 {
        let own = self.own.map_or(0, |_| u128::from(self.committee.stake(self.me.index())));
        own + self.rungs.iter().map(|rung| rung.tally.stake()).sum::<u128>()
    }

    pub fn has_quorum(&self) -> bool {
        self.stake() * 3 > self.committee.total_stake() * 2
    }

    /// Contacts that were heard from, by what they say of themselves: how many execute blocks, how many follow headers.
    pub fn roles(&self) -> (usize, usize) {
        let count = |role| self.peers.values().filter(|peer| peer.role == Some(role)).count();
        (count(Role::Full), count(Role::Headers))
    }

    /// Contributions that wait for a check.
    pub fn waiting(&self) -> usize {
        self.rungs.iter().map(|rung| rung.waiting.len()).sum()
    }

    fn certify(&mut self) {
        let (stake, total) = (self.stake(), self.committee.total_stake());
        let first = self.certified == 0 && self.has_quorum();
        let more = self.certified > 0 && stake > self.certified;
        let worth = first || (more && (stake == total || (stake - self.certified) * UNION_GAIN >= total));
        if worth && let Some(certificate) = self.certificate() {
            self.certified = stake;
            self.outputs.push_back(Output::Certificate(Box::new(certificate)));
        }
    }

    fn fault(&mut self, peer: Position, fault: Fault) -> Result<(), Refusal> {
        self.drop_peer(peer, fault);
        Err(Refusal::Fault(fault))
    }

    /// What it said and was not checked is forgotten.
    fn drop_peer(&mut self, position: Position, fault: Fault) {
        let Some(peer) = self.peers.get_mut(&position).filter(|peer| !peer.dropped) else { return };
        peer.dropped = true;
        self.rungs.iter_mut().for_each(|rung| drop(rung.waiting.remove(&position)));
        self.outputs.push_back(Output::Drop { peer: position, fault });
    }
}

#[cfg(test)]
mod tests;
