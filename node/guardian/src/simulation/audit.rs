//! What a simulation looks at: each certificate, and what came of it all.

use super::{
    Outcome, Violation,
    cast::Conduct,
    node::Node,
    world::{Event, World},
};
use crate::{Bits, Certificate, Session, Statement};
use edgeloom_bls::{KeySum, Signature};
use std::time::Duration;

/// One honest guardian of so many may have no certificate at the end: all of its contacts on some level can be adversaries, with ten of them
/// and a third adversaries on one level in 59,000. Relays would help it, but they rest once the chain has a certificate.
const WITHOUT: usize = 1_000;
/// From the first certificate until a block has it.
const ON_CHAIN: Duration = Duration::from_secs(1);

impl World<'_> {
    /// Whether a certificate is what it says.
    pub(super) fn audit(&mut self, index: usize, certificate: &Certificate, now: Duration) -> Result<(), Violation> {
        let committee = &self.cast.committee;
        let wrong = Violation::Certificate(index);
        let places = Bits::from_bytes(&certificate.signers, committee.places()).ok_or_else(|| wrong.clone())?;
        let mut signers = Bits::none(committee.len());
        let positions = places.iter().map(|place| committee.position_of(place));
        for position in positions {
            signers.insert(position.ok_or_else(|| wrong.clone())?.index());
        }
        let range = 0..committee.len();
        let stake = committee.stake_in(&range, &signers);
        let statement = Statement { range, signers, signature: certificate.signature };
        if stake != certificate.signed_stake
            || stake * 3 <= committee.total_stake() * 2
            || !self.truth.holds(&statement)
        {
            return Err(wrong);
        }
        if self.first.is_none() {
            self.first = Some((now, stake));
            let members = statement.signers.iter().filter_map(|index| committee.member(committee.position(index)?));
            let key = KeySum::of(members.map(|member| &member.key)).key();
            let signature = Signature::from_bytes(&certificate.signature.to_bytes()).map_err(|_| wrong.clone())?;
            if !key.is_some_and(|key| signature.verify(&key, self.subject.message())) {
                return Err(wrong);
            }
            for node in 0..self.nodes.len() {
                let seen = now + ON_CHAIN + self.delay();
                self.at(seen, Event::OnChain(node));
            }
        }
        Ok(())
    }

    pub(super) fn outcome(self) -> Result<Outcome, Violation> {
        let nodes: Vec<_> = self.nodes.iter().flatten().collect();
        let (total, horizon) = (self.cast.committee.total_stake(), self.settings.horizon);
        let certified: Vec<_> =
            nodes.iter().filter_map(|node| node.certified_at).map(|moment| moment.as_secs_f64()).collect();
        let without = nodes.len() - certified.len();
        let Some((first, first_stake)) = self.first.filter(|_| without * WITHOUT <= nodes.len()) else {
            return Err(Violation::NoCertificate { without, honest: nodes.len(), horizon });
        };
        let of = |figure: &dyn Fn(&Node) -> f64| sorted(nodes.iter().map(|node| figure(node)).collect());
        let median = |sorted: &[f64]| sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let parts = |stake: u128| u64::try_from(stake * 10_000 / total).unwrap_or(u64::MAX);
        let certified = sorted(certified);
        let kilobytes = of(&|node| node.bytes as f64 / 1e3);
        let stake_of = |index| u128::from(self.cast.committee.stake(index));
        let adversaries: Vec<_> = [Conduct::Silent, Conduct::Lying, Conduct::Flooding]
            .into_iter()
            .flat_map(|conduct| self.cast.of(conduct))
            .collect();
        let stake = |node: &&Node| node.session.as_ref().map_or(0, Session::stake);
        Ok(Outcome {
            honest: nodes.len(),
            adversaries: adversaries.len(),
            adversaries_stake: parts(adversaries.iter().map(|index| stake_of(*index)).sum()),
            first_certificate: first.as_secs_f64(),
            median_certificate: median(&certified),
            last_certificate: certified.last().copied().unwrap_or_default(),
            kilobytes: median(&kilobytes),
            kilobytes_most: kilobytes.last().copied().unwrap_or_default(),
            peers: median(&of(&|node| node.peers.len() as f64)),
            cpu: median(&of(&|node| node.busy.as_secs_f64() * 1e3)),
            cpu_checks: median(&of(&|node| node.busy_checks.as_secs_f64() * 1e3)),
            first_stake: parts(first_stake),
            best_stake: parts(nodes.iter().map(stake).max().unwrap_or_default()),
            messages: self.messages,
            checks: self.checks,
            paired: self.paired,
            dropped: self.dropped,
        })
    }
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}
