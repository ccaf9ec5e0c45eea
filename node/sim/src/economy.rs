//! What cheating pays: every strategy of the lists of attacks (`DOMAIN.md` 3, `PRECOMPILES.md` 6, by number) that is about money, many
//! rounds each, at the prices, bonds, rates and fees that the contracts of genesis say when they are asked.
//!
//! * E1 A round is one job, claim, audit, bid, voucher or lease, from the first wei that its player binds to the last that it gets back. What
//!   a player gets is what the contracts pay in that case (their tests show that they do); what happens is chance.
//! * E2 The world is hostile ([`Assumed`]): a third of auditors and of proposers are the cheat's, nobody checks but who is drawn, and what a cheat does not
//!   compute costs it nothing. Its own time, its machine's and the gas of what it sends are not counted: each would only make it lose more.
//! * E3 No strategy gains: its mean is negative by more than four standard errors ([`Economy::verdict`]). Honest ones must gain, or the rest says nothing.

mod published;
mod report;
mod strategies;

use crate::dice::{Dice, Stream};
use eyre::{Result, ensure};
pub(crate) use published::{Assumed, Kind, Published};
pub(crate) use strategies::{STRATEGIES, Strategy};

/// How many rounds of each, and which chance.
#[derive(Clone, Copy, Debug)]
pub struct EconomySettings {
    /// Of each strategy.
    pub rounds: u64,
    pub seed: u64,
}

/// What a strategy came to, TFUEL a round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) mean: f64,
    pub(crate) error: f64,
    /// For each TFUEL that is at stake for others: a job's price, a voucher's amount.
    pub(crate) share: f64,
    pub(crate) best: f64,
    pub(crate) worst: f64,
}

/// All strategies, played.
#[derive(Debug)]
pub struct Economy {
    pub(crate) settings: EconomySettings,
    pub(crate) published: Published,
    pub(crate) played: Vec<(&'static Strategy, Outcome)>,
}

impl Economy {
    /// Asks the contracts and plays every strategy; `done` is told after each.
    ///
    /// # Errors
    /// When the contracts of genesis do not answer.
    pub fn run(settings: EconomySettings, mut done: impl FnMut(usize)) -> Result<Self> {
        ensure!(settings.rounds >= 1000, "{} rounds say nothing: 1,000 at least", settings.rounds);
        let published = Published::ask(settings.seed)?;
        let mut played = Vec::new();
        for (place, strategy) in STRATEGIES.iter().enumerate() {
            played.push((strategy, play(strategy, &published, settings, place as u64)));
            done(place + 1);
        }
        Ok(Self { settings, published, played })
    }

    /// How many strategies there are.
    #[must_use]
    pub const fn strategies() -> usize {
        STRATEGIES.len()
    }

    /// E3.
    ///
    /// # Errors
    /// Names the first strategy that gains, or the honest one that does not.
    pub fn verdict(&self) -> Result<()> {
        for (strategy, outcome) in &self.played {
            let name = strategy.name;
            if strategy.honest {
                ensure!(outcome.mean > 4.0 * outcome.error, "{name} does not pay: {:.4} TFUEL a round", outcome.mean);
            } else {
                ensure!(outcome.mean + 4.0 * outcome.error < 0.0, "{name} pays: {:.4} TFUEL a round", outcome.mean);
            }
        }
        Ok(())
    }
}

fn play(strategy: &Strategy, published: &Published, settings: EconomySettings, place: u64) -> Outcome {
    let mut dice = Dice::new(settings.seed.wrapping_add(place << 32), Stream::Economy);
    let (mut sum, mut squares, mut stakes) = (0.0, 0.0, 0.0);
    let (mut best, mut worst) = (f64::MIN, f64::MAX);
    let (least, most) = ((strategy.least)(published), (strategy.most)(published));
    for _ in 0..settings.rounds {
        // TFUEL: most jobs are small, a few are hundreds of times as large.
        let price = (least * dice.tail(500.0)).min(most);
        let gain: f64 = (strategy.round)(published, &mut dice, price);
        (sum, squares, stakes) = (sum + gain, squares + gain * gain, stakes + price);
        (best, worst) = (best.max(gain), worst.min(gain));
    }
    let rounds = settings.rounds as f64;
    let mean = sum / rounds;
    let error = ((squares / rounds - mean * mean).max(0.0) / rounds).sqrt();
    Outcome { mean, error, share: sum / stakes, best, worst }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn economy(rounds: u64) -> Economy {
        Economy::run(EconomySettings { rounds, seed: 7 }, |_| {}).expect("the contracts answer")
    }

    #[test]
    fn no_strategy_pays_but_honest_ones() {
        economy(20_000).verdict().expect("as published");
    }

    /// What deters is what is published: without it, each of these would pay.
    #[test]
    fn without_what_deters_cheating_pays() {
        let published = Published::ask(7).expect("the contracts answer");
        let settings = EconomySettings { rounds: 20_000, seed: 7 };
        let mean = |name: &str, published: &Published| {
            let strategy = STRATEGIES.iter().find(|strategy| strategy.name == name).expect("a strategy");
            play(strategy, published, settings, 0).mean
        };
        let unaudited = Published { audit_rate: 0.0, ..published };
        assert!(mean("claim a wrong answer", &unaudited) > 0.0);
        let free = Kind { bond_share: 0.0, bond_min: 0.0, ..published.disputable };
        let unbonded = Published { disputable: free, claim_bond: 0.0, ..published };
        assert!(mean("claim a wrong answer", &unbonded) > 0.0);
        let uncommitted = Published { quorum: 1, ..published };
        assert!(mean("have a committee attest to nonsense", &uncommitted) > 0.0);
        let dear = Kind { price_max: 2000.0, ..published.disputable };
        assert!(
            mean("audit without computing", &Published { disputable: dear, ..published })
                > mean("audit without computing", &published)
        );
        let unfounded = Published { assumed: Assumed { canaries: 0.0, wrong: 0.0, ..published.assumed }, ..published };
        assert!(mean("audit without computing", &unfounded) > 0.0);
        assert!(
            mean("pay oneself for work", &Published { burn_share: 0.0, ..published }) < 0.0,
            "the rest is gone, too"
        );
    }

    #[test]
    fn the_same_seed_plays_the_same_game() {
        let (one, other) = (economy(2000), economy(2000));
        assert_eq!(one.lines(), other.lines());
    }
}
