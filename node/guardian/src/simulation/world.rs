//! The events of a simulation.

use super::{
    Outcome, Plant, Settings, Violation, adversary,
    cast::{Cast, Conduct},
    chance::Chance,
    node::{Node, agrees, judged, lost},
    truth::Truth,
    wire_bytes,
};
use crate::{Ledger, Output, Position, Refusal, Role, Session, Subject, Verdict};
use edgeloom_bls::Domain;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

const HEIGHT: u64 = 1_000_001;
const INTERVAL: u64 = 100;
/// One honest guardian of so many restarts.
const RESTARTS: u64 = 100;
/// In one check of so many each contribution is looked at alone.
const LOOKED_AT: u64 = 16;
/// Messages that a receiver lets a sender have under way.
const CREDIT: usize = 2;

#[derive(Debug)]
pub(super) enum Event {
    /// The block is final, and here.
    Begin(usize),
    Restart(usize),
    Tick {
        node: usize,
        generation: u32,
    },
    Arrive {
        from: Position,
        node: usize,
        bytes: Rc<[u8]>,
    },
    Done {
        node: usize,
        generation: u32,
        verdict: Box<Verdict>,
    },
    /// The chain has the first certificate, as the guardian sees.
    OnChain(usize),
    /// An adversary's turn towards one guardian.
    Attack {
        from: Position,
        to: Position,
    },
}

pub(super) struct World<'a> {
    pub(super) settings: &'a Settings,
    pub(super) cast: Cast,
    pub(super) truth: Truth,
    pub(super) subject: Arc<Subject>,
    pub(super) chance: Chance,
    /// By position; none of adversaries.
    pub(super) nodes: Vec<Option<Node>>,
    pub(super) events: BTreeMap<u64, Event>,
    pub(super) queue: BinaryHeap<Reverse<(Duration, u64)>>,
    pub(super) numbered: u64,
    pub(super) first: Option<(Duration, u128)>,
    pub(super) signed: BTreeMap<(usize, u64), [u8; 32]>,
    pub(super) messages: u64,
    pub(super) checks: u64,
    pub(super) paired: u64,
    pub(super) dropped: u64,
}

impl<'a> World<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        let cast = Cast::new(settings);
        let domain = Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: settings.seed };
        let subject = Subject::new(&domain, HEIGHT, [9; 32]);
        let truth = Truth::new(cast.secrets.clone(), subject.message());
        let node = |index: usize| {
            let position = cast.committee.position(index)?;
            (cast.conduct(position) == Conduct::Honest).then(|| Node::new(position))
        };
        let nodes = (0..cast.committee.len()).map(node).collect();
        let mut world = Self {
            settings,
            truth,
            subject: Arc::new(subject),
            chance: Chance::new(settings.seed, 2),
            nodes,
            events: BTreeMap::new(),
            queue: BinaryHeap::new(),
            numbered: 0,
            first: None,
            signed: BTreeMap::new(),
            messages: 0,
            checks: 0,
            paired: 0,
            dropped: 0,
            cast,
        };
        world.schedule();
        world
    }

    /// Everybody's beginning.
    fn schedule(&mut self) {
        for index in 0..self.cast.committee.len() {
            let Some(position) = self.cast.committee.position(index) else { continue };
            let begins = self.delay();
            match self.cast.conduct(position) {
                Conduct::Honest => {
                    self.at(begins, Event::Begin(index));
                    if self.chance.below(RESTARTS) == 0 {
                        let later = self.chance.below(1_500);
                        self.at(begins + Duration::from_millis(later), Event::Restart(index));
                    }
                }
                Conduct::Silent => {}
                Conduct::Lying => self.attack(position, begins, 0),
                Conduct::Flooding => {
                    // As many strangers as it has contacts.
                    let levels = self.cast.committee.levels(position).len();
                    self.attack(position, begins, levels * crate::CONTACTS);
                }
            }
        }
    }

    fn attack(&mut self, from: Position, begins: Duration, strangers: usize) {
        let committee = Arc::clone(&self.cast.committee);
        let mut targets: Vec<_> =
            committee.levels(from).iter().flat_map(|level| committee.contacts(from, level)).collect();
        for _ in 0..strangers {
            targets.extend(committee.position(self.chance.below(committee.len() as u64) as usize));
        }
        for to in targets {
            if self.cast.conduct(to) == Conduct::Honest && to != from {
                let moment = begins + Duration::from_millis(self.chance.below(1_000));
                self.at(moment, Event::Attack { from, to });
            }
        }
    }

    pub(super) fn run(mut self) -> Result<Outcome, Violation> {
        while let Some(Reverse((now, number))) = self.queue.pop() {
            if now > self.settings.horizon {
                break;
            }
            let Some(event) = self.events.remove(&number) else { continue };
            match event {
                Event::Begin(node) => self.begin(node, now)?,
                Event::Restart(node) => self.restart(node, now)?,
                Event::Tick { node, generation } => self.tick(node, generation, now)?,
                Event::Arrive { from, node, bytes } => self.arrive(from, node, &bytes, now)?,
                Event::Done { node, generation, verdict } => self.done(node, generation, *verdict, now)?,
                Event::OnChain(node) => {
                    let session = self.nodes[node].as_mut().and_then(|node| node.session.as_mut());
                    session.into_iter().for_each(Session::note_certified);
                }
                Event::Attack { from, to } => self.strike(from, to, now),
            }
        }
        self.outcome()
    }

    pub(super) fn at(&mut self, moment: Duration, event: Event) {
        self.numbered += 1;
        self.events.insert(self.numbered, event);
        self.queue.push(Reverse((moment, self.numbered)));
    }

    pub(super) fn delay(&mut self) -> Duration {
        self.chance.delay(self.settings.latency, self.settings.spread)
    }

    /// A guardian verified the block: it records and signs it, and takes what came before.
    fn begin(&mut self, index: usize, now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
        let (mut ledger, _) = Ledger::decode(&node.journal).map_err(|_| Violation::Refused(index))?;
        if let Some(record) = ledger.enter(HEIGHT, *self.subject.block_hash()).map_err(|_| Violation::Refused(index))? {
            node.journal.extend(record);
        }
        sign(&mut self.signed, index, HEIGHT, self.subject.block_hash())?;
        let own = self.truth.signature(std::iter::once(index)).ok_or(Violation::Refused(index))?;
        self.truth.learn(own);
        let ready = node.work(now, self.settings.costs.signing);
        let world = (Arc::clone(&self.cast.committee), Arc::clone(&self.subject));
        let dropped: Vec<_> = node.closed.iter().copied().collect();
        let mut session = Session::new(world, (node.position, Role::Full), self.settings.pace, &dropped)
            .map_err(|_| Violation::Refused(index))?;
        session.begin(own, ready);
        node.session = Some(session);
        node.generation += 1;
        let generation = node.generation;
        let early: Vec<_> = node.early.take(HEIGHT).collect();
        self.at(ready, Event::Tick { node: index, generation });
        for (from, bytes) in early {
            self.hear(from, index, &bytes, now)?;
        }
        self.settle(index, now)
    }

    /// A guardian ends and starts again, with what its journal holds; and somebody shows it another block of the same height.
    fn restart(&mut self, index: usize, now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
        if self.settings.plant == Some(Plant::ForgetJournal) {
            node.journal = Ledger::default().encode();
        }
        let another = [8; 32];
        let (mut ledger, _) = Ledger::decode(&node.journal).map_err(|_| Violation::Refused(index))?;
        if ledger.enter(HEIGHT, another).is_ok() {
            sign(&mut self.signed, index, HEIGHT, &another)?;
        }
        self.begin(index, now)
    }

    fn tick(&mut self, index: usize, generation: u32, now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut().filter(|node| node.generation == generation) else { return Ok(()) };
        let Some(session) = node.session.as_mut() else { return Ok(()) };
        session.tick(now);
        let next = session.deadline();
        self.at(next, Event::Tick { node: index, generation });
        self.settle(index, now)
    }

    fn arrive(&mut self, from: Position, index: usize, bytes: &[u8], now: Duration) -> Result<(), Violation> {
        let (message, acknowledgement) = wire_bytes(bytes.len());
        if let Some(Some(sender)) = self.nodes.get_mut(from.index()) {
            sender.bytes += acknowledgement;
        }
        let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
        node.bytes += message + acknowledgement;
        node.peers.insert(from);
        node.work(now, self.settings.costs.packet);
        if node.closed.contains(&from) {
            return Ok(());
        }
        if node.session.is_none() {
            node.early.keep(from, bytes, HEIGHT - INTERVAL, INTERVAL);
            return Ok(());
        }
        self.hear(from, index, bytes, now)?;
        self.settle(index, now)
    }

    fn hear(&mut self, from: Position, index: usize, bytes: &[u8], now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
        let Some(session) = node.session.as_mut() else { return Ok(()) };
        match session.receive(from, bytes, now) {
            Err(Refusal::Stranger) => {
                node.closed.insert(from);
                if self.cast.conduct(from) == Conduct::Honest { Err(Violation::Refused(index)) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn done(&mut self, index: usize, generation: u32, verdict: Verdict, now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut().filter(|node| node.generation == generation) else { return Ok(()) };
        let Some(session) = node.session.as_mut() else { return Ok(()) };
        session.checked(verdict);
        self.settle(index, now)
    }

    /// Does what a guardian's session asks for.
    fn settle(&mut self, index: usize, now: Duration) -> Result<(), Violation> {
        let costs = &self.settings.costs;
        loop {
            let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
            let Some(session) = node.session.as_mut() else { return Ok(()) };
            let Some(output) = session.next_output() else { break };
            match output {
                Output::Send { to, contribution } => {
                    let parts = u64::from(self.cast.committee.len().ilog2()) + 1;
                    let leaves = node.work(now, costs.packet + costs.sum * parts);
                    let bytes: Rc<[u8]> = contribution.encode().into();
                    node.bytes += wire_bytes(bytes.len()).0;
                    node.peers.insert(to);
                    let from = node.position;
                    self.truth.learn(contribution.aggregate);
                    self.send(from, to, bytes, leaves);
                }
                Output::Drop { peer, .. } => {
                    node.closed.insert(peer);
                    self.dropped += 1;
                    if self.cast.conduct(peer) == Conduct::Honest {
                        return Err(Violation::HonestDropped { by: index, honest: peer.index() });
                    }
                }
                Output::Certificate(certificate) => {
                    node.certified_at.get_or_insert(now);
                    node.stake = certificate.signed_stake;
                    self.audit(index, &certificate, now)?;
                }
            }
        }
        self.check(index, now)
    }

    fn check(&mut self, index: usize, now: Duration) -> Result<(), Violation> {
        let Some(node) = self.nodes[index].as_mut() else { return Ok(()) };
        let Some(session) = node.session.as_mut() else { return Ok(()) };
        let most = crate::CONTACTS + crate::RELAYS;
        if session.waiting() > most * usize::BITS as usize {
            return Err(Violation::Waiting { position: index, waiting: session.waiting() });
        }
        let Some(check) = session.next_check() else { return Ok(()) };
        self.checks += 1;
        if self.checks.is_multiple_of(self.settings.sampled.max(1)) {
            self.paired += 1;
            if !agrees(check.clone(), &self.truth) {
                return Err(Violation::Disagreement(index));
            }
        }
        let look = self.checks.is_multiple_of(LOOKED_AT).then(|| check.clone());
        let verdict = Box::new(judged(check, &self.truth, self.settings.plant));
        if let Some(of) = look.and_then(|check| lost(&check, &verdict, &self.truth)) {
            return Err(Violation::Lost { by: index, of: of.index() });
        }
        let done = node.check(now, verdict.work(), &self.settings.costs);
        let generation = node.generation;
        self.at(done, Event::Done { node: index, generation, verdict });
        Ok(())
    }

    fn send(&mut self, from: Position, to: Position, bytes: Rc<[u8]>, leaves: Duration) {
        self.messages += 1;
        let delay = self.delay();
        if !self.chance.chance(self.settings.loss) && self.nodes[to.index()].is_some() {
            self.at(leaves + delay, Event::Arrive { from, node: to.index(), bytes });
        }
    }

    /// Until its connection is closed, an adversary sends as much as the receiver lets it, or a lie now and then.
    fn strike(&mut self, from: Position, to: Position, now: Duration) {
        // It learns of the close once that has travelled; what is under way arrives.
        if self.nodes[to.index()].as_ref().is_none_or(|node| node.closed.contains(&from)) {
            return;
        }
        let flood = self.cast.conduct(from) == Conduct::Flooding;
        let pair = (from, to);
        let said = if flood {
            adversary::flood(&self.cast, &self.truth, &self.subject, pair)
        } else {
            adversary::lie(&self.cast, &self.truth, &self.subject, pair, &mut self.chance)
        };
        let Some(said) = said else { return };
        let bytes: Rc<[u8]> = said.into();
        for _ in 0..if flood { CREDIT } else { 1 } {
            self.send(from, to, Rc::clone(&bytes), now);
        }
        let there_and_back = self.delay() + self.delay();
        let pause = if flood { there_and_back } else { Duration::from_millis(300) };
        self.at(now + pause, Event::Attack { from, to });
    }
}

/// Notes a signature. Two for one height are what must not be.
fn sign(
    signed: &mut BTreeMap<(usize, u64), [u8; 32]>,
    index: usize,
    height: u64,
    block: &[u8; 32],
) -> Result<(), Violation> {
    let before = signed.insert((index, height), *block);
    if before.is_some_and(|before| before != *block) { Err(Violation::TwoBlocks(index)) } else { Ok(()) }
}
