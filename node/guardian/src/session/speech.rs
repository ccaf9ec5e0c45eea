//! What a session says, to whom and when: rules N1, N2 and G6.

use super::{Output, Session, peer::Peer};
use crate::{Bits, Contribution, Scope, tally::Part};
use edgeloom_bls::{Signature, aggregate_signatures};
use std::{sync::Arc, time::Duration};

impl Session {
    pub(super) fn is_open(&self, number: usize, known: usize, now: Duration) -> bool {
        let below = self.rungs.len() - 1 - number;
        let full = self.rungs.get(number).is_some_and(|rung| known == rung.level.ours.len());
        full || now >= self.begun + self.pace.level * u32::try_from(below).unwrap_or(u32::MAX)
    }

    /// Tells some contacts of a level what is known of the own half, which has `known` signers.
    pub(super) fn speak(&mut self, number: usize, known: usize, own: Signature, now: Duration) {
        let Some(rung) = self.rungs.get_mut(number) else { return };
        let full = known == rung.level.ours.len();
        let mut listeners = Vec::new();
        for turn in 0..rung.contacts.len() {
            let index = (rung.next_contact + turn) % rung.contacts.len();
            let Some(to) = rung.contacts.get(index) else { continue };
            if listeners.len() == self.pace.burst {
                rung.next_contact = index;
                break;
            }
            if self.peers.get(to).is_some_and(|peer| peer.wants(known, full, now, &self.pace)) {
                listeners.push(*to);
            }
        }
        if listeners.is_empty() {
            return;
        }
        let Some(said) = self.say(number, own) else { return };
        for to in listeners {
            let Some(peer) = self.peers.get_mut(&to) else { continue };
            let first = std::mem::replace(&mut peer.told, u16::try_from(known).unwrap_or(u16::MAX)) == 0;
            peer.told_at = now;
            let contribution = if first {
                Arc::clone(&said)
            } else {
                // It has the own signature already.
                Arc::new(Contribution { individual: None, ..Contribution::clone(&said) })
            };
            self.outputs.push_back(Output::Send { to, contribution });
        }
    }

    /// What is said of the own half of a level.
    fn say(&mut self, number: usize, own: Signature) -> Option<Arc<Contribution<Signature>>> {
        let (ours, held) = self.rungs.get(number).map(|rung| (rung.level.ours.clone(), rung.tally.count()))?;
        let held = u16::try_from(held).unwrap_or(u16::MAX);
        if let Some(said) = self.rungs.get(number).and_then(|rung| rung.said.as_ref()).filter(|said| said.held == held)
        {
            return Some(Arc::clone(said));
        }
        let half = self.half(ours.start, ours.end, own)?;
        let contribution = self.contribution(number, Scope::Own, &half, Some(own));
        let said = Arc::new(Contribution { held, ..contribution });
        self.rungs.get_mut(number)?.said = Some(Arc::clone(&said));
        Some(said)
    }

    /// Tells one of the own half what is known of the other.
    pub(super) fn relay(&mut self, number: usize) {
        let Some(rung) = self.rungs.get_mut(number) else { return };
        let Some(best) = rung.tally.best() else { return };
        let known = u16::try_from(best.signers.count()).unwrap_or(u16::MAX);
        let level = u8::try_from(number).unwrap_or(u8::MAX);
        let turns = rung.relays.iter().cycle().skip(rung.next_relay).take(rung.relays.len());
        let new = |peer: &Peer| !peer.dropped && peer.relayed.get(&level).is_none_or(|told| *told < known);
        let listener = turns.zip(1..).find(|(relay, _)| self.peers.get(relay).is_some_and(new));
        let Some((to, turns)) = listener.map(|(to, turns)| (*to, turns)) else { return };
        rung.next_relay = (rung.next_relay + turns) % rung.relays.len();
        let part = best.clone();
        if let Some(peer) = self.peers.get_mut(&to) {
            peer.relayed.insert(level, known);
        }
        let contribution = Arc::new(self.contribution(number, Scope::Relayed, &part, None));
        self.outputs.push_back(Output::Send { to, contribution });
    }

    fn contribution(
        &self,
        number: usize,
        scope: Scope,
        part: &Part,
        individual: Option<Signature>,
    ) -> Contribution<Signature> {
        Contribution {
            role: self.role,
            level: u8::try_from(number).unwrap_or(u8::MAX),
            scope,
            height: self.subject.height(),
            block_hash: *self.subject.block_hash(),
            held: 0,
            signers: part.signers.clone(),
            aggregate: part.aggregate,
            individual,
        }
    }

    /// What is known of positions from `start` to `end`, which are a half of a level with the own position in it.
    pub(super) fn half(&self, start: usize, end: usize, own: Signature) -> Option<Part> {
        let mut signers = Bits::none(end - start);
        signers.insert(self.me.index() - start);
        let mut stake = u128::from(self.committee.stake(self.me.index()));
        let mut signatures = vec![own];
        let within = self.rungs.iter().filter(|rung| start <= rung.level.theirs.start && rung.level.theirs.end <= end);
        for (rung, best) in within.filter_map(|rung| rung.tally.best().map(|best| (rung, best))) {
            signers.unite_at(rung.level.theirs.start - start, &best.signers);
            signatures.push(best.aggregate);
            stake += best.stake;
        }
        // They may cancel out; then there is nothing to say until another is known.
        let aggregate = aggregate_signatures(&signatures).ok()?;
        Some(Part { signers, aggregate, stake })
    }
}
