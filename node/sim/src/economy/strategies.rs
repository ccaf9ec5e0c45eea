//! Each strategy: one round of it, TFUEL that its player has more at the end.

use super::Published;
use crate::dice::Dice;

/// Samples that a requester asks of content that is to be kept, and what a cheat keeps of it.
const SAMPLES: u32 = 20;
const KEPT: f64 = 0.9;
/// Nodes that one machine answers for.
const SPREAD: f64 = 4.0;
/// What a node is paid for its capacity in an epoch, for each TFUEL of a round's price: only the proportion counts.
const CAPACITY_PAY: f64 = 1.0;
/// Of a refuted claim's bond, what the challenger gets.
const CONVICTION_REWARD: f64 = 0.1;

#[derive(Debug)]
pub(crate) struct Strategy {
    pub(crate) name: &'static str,
    /// Numbers in the lists of attacks.
    pub(crate) attacks: &'static str,
    pub(crate) honest: bool,
    /// The least price that it is played for.
    pub(crate) least: fn(&Published) -> f64,
    /// And the most.
    pub(crate) most: fn(&Published) -> f64,
    /// Of a job at this price, or a bid, a voucher or a lease of that amount.
    pub(crate) round: fn(&Published, &mut Dice, f64) -> f64,
}

const fn cheat(name: &'static str, attacks: &'static str, round: fn(&Published, &mut Dice, f64) -> f64) -> Strategy {
    Strategy { name, attacks, honest: false, least: |_| 1.0, most: |_| f64::INFINITY, round }
}

/// With a claim, which auditors look at.
const fn claimed(name: &'static str, attacks: &'static str, round: fn(&Published, &mut Dice, f64) -> f64) -> Strategy {
    Strategy { most: |p| p.disputable.price_max, ..cheat(name, attacks, round) }
}

const fn honest(name: &'static str, round: fn(&Published, &mut Dice, f64) -> f64) -> Strategy {
    Strategy { name, attacks: "", honest: true, least: |_| 1.0, most: |_| f64::INFINITY, round }
}

pub(crate) const STRATEGIES: [Strategy; 24] = [
    cheat("answer nonsense to what the chain runs", "D10 P14", |p, _, price| -p.executed.bond(price)),
    cheat("take a job and deliver nothing", "D10 P8", |p, _, price| -p.executed.bond(price)),
    cheat("keep nine tenths of the content", "D30", |p, dice, price| {
        let shown = (0..SAMPLES).all(|_| luck(dice, KEPT));
        if shown { p.paid(price) } else { -p.proven.bond(price) }
    }),
    claimed("claim a wrong answer", "D11 P2 P10", |p, dice, price| {
        let drawn = luck(dice, p.audit_rate);
        p.claim(price, drawn && p.is_seen(dice), 0.0)
    }),
    claimed("claim a wrong answer and convict oneself", "D5 D28 P16", |p, dice, price| {
        // A friend refutes it as soon as an audit is drawn, before auditors can.
        let drawn = luck(dice, p.audit_rate);
        p.claim(price, drawn, CONVICTION_REWARD * p.claim_bond)
    }),
    claimed("claim a wrong answer and withhold the block that draws", "D4 P1", |p, dice, price| {
        // Its own block was to draw, by its choice of when to enter; the next one is somebody's.
        let mut drawn = luck(dice, p.audit_rate) && luck(dice, p.audit_rate);
        while drawn && luck(dice, p.assumed.proposers) {
            drawn = luck(dice, p.audit_rate);
        }
        p.claim(price, drawn && p.is_seen(dice), 0.0)
    }),
    claimed("plant a canary in a stranger's job", "D29", |p, _, price| -p.disputable.bond(price) - p.entry_fee(price)),
    claimed("audit without computing", "D11 P10", |p, dice, price| {
        p.attest(dice, price, p.assumed.canaries + p.assumed.wrong)
    }),
    claimed("attest to what a bribe says", "D11 P11", |p, dice, price| {
        // Of a claim that is wrong, for what its worker gains at most: one honest member sees it.
        let bribe = p.paid(price);
        let seen = (1..p.audit_size).any(|_| !luck(dice, p.assumed.liars));
        if seen { bribe - p.audit_deposit } else { bribe + p.audit_fee(price) / f64::from(p.audit_size) }
    }),
    cheat("challenge answers that are right", "D29 P9", |p, _, _| -p.challenge_bond),
    Strategy {
        name: "have a committee attest to nonsense",
        attacks: "D11 P11 P20",
        honest: false,
        least: |p| p.attested.price_min,
        most: |p| p.attested.price_max,
        round: |p, dice, price| {
            let liars = (0..p.committee).filter(|_| luck(dice, p.assumed.liars)).count();
            let (liars, honest) = (liars as u32, p.committee - liars as u32);
            if liars >= p.quorum {
                p.paid(price) - p.committee_fee(price)
            } else if honest >= p.quorum {
                -p.attested.bond(price) - p.committee_fee(price)
            } else {
                0.0
            }
        },
    },
    claimed("seal an answer and keep the key", "D10", |p, _, price| -p.disputable.bond(price) - p.entry_fee(price)),
    claimed("seal something else than the answer", "D33", |p, _, price| -p.disputable.bond(price) - p.entry_fee(price)),
    cheat("pay oneself for work", "D16 D34 P20", |p, _, price| {
        let fee = price * p.fee_share;
        let burned = fee * p.burn_share;
        // At best all of what burned comes back for work, and of what is shared its own part of the capacity's half.
        -fee + burned + (fee - burned) / 2.0 * p.assumed.proposers
    }),
    cheat("answer for several nodes with one machine", "D8 P20 P21", |_, _, price| {
        // Against the same stake on one node: each is paid by the square of what it made.
        CAPACITY_PAY * price * (1.0 / SPREAD - 1.0)
    }),
    cheat("bid and never reveal", "D9", |p, _, price| -p.bid_share * price),
    cheat("win an auction and not take", "D9 D10", |p, _, price| -p.bid_share * price),
    cheat("sign more than the pool has", "D5 D6 D32", |p, dice, price| {
        // Payees serve what is earmarked for them, and no more: nothing is gained. Friends claim with them for half of the collateral.
        let friends = luck(dice, p.assumed.liars);
        if friends { -price / 2.0 } else { -price }
    }),
    cheat("take a lease and not begin it", "D10", |p, _, price| -p.executed.bond(price)),
    honest("run a job that the chain checks", |p, _, price| p.paid(price) - p.assumed.work * price),
    Strategy {
        name: "audit by computing",
        attacks: "",
        honest: true,
        least: |_| 1.0,
        most: |p| p.disputable.price_max,
        round: |p, dice, price| {
            // Where the claim is refuted nobody is paid for having found that.
            let share = p.audit_fee(price) / f64::from(p.audit_size);
            let is_agreed = luck(dice, 1.0 - p.assumed.canaries - p.assumed.wrong);
            let paid = if is_agreed { share } else { 0.0 };
            paid - p.assumed.work_audited * price
        },
    },
    Strategy {
        name: "claim a right answer",
        attacks: "",
        honest: true,
        // Below that an entry is the least that there is.
        least: |p| p.audit_fee_min / p.audit_share,
        most: |p| p.disputable.price_max,
        round: |p, _, price| p.paid(price) - p.entry_fee(price) - p.assumed.work_audited * price,
    },
    Strategy {
        name: "have a right answer attested",
        attacks: "",
        honest: true,
        least: |p| p.attested.price_min,
        most: |p| p.attested.price_max,
        round: |p, _, price| p.paid(price) - p.committee_fee(price) - p.assumed.work_attested * price,
    },
    Strategy {
        name: "attest by computing",
        attacks: "",
        honest: true,
        least: |p| p.attested.price_min,
        most: |p| p.attested.price_max,
        round: |p, _, price| p.committee_fee(price) / f64::from(p.committee) - p.assumed.work_attested * price,
    },
];

/// With this probability. A 53-bit fraction, as every machine has it.
fn luck(dice: &mut Dice, probability: f64) -> bool {
    ((dice.next() >> 11) as f64 / (1u64 << 53) as f64) < probability
}

impl Published {
    /// To a worker whose work is right.
    fn paid(&self, price: f64) -> f64 {
        price * (1.0 - self.fee_share)
    }

    /// Whether one member of the committee of an audit is not the cheat's.
    fn is_seen(&self, dice: &mut Dice) -> bool {
        (0..self.audit_size).any(|_| !luck(dice, self.assumed.liars))
    }

    /// A claim of a wrong answer, entered, with a friend's reward for refuting it.
    fn claim(&self, price: f64, caught: bool, reward: f64) -> f64 {
        let stakes = self.disputable.bond(price) + self.claim_bond;
        -self.entry_fee(price) + if caught { reward - stakes } else { self.paid(price) }
    }

    /// A seat that agrees with whatever was claimed.
    fn attest(&self, dice: &mut Dice, price: f64, wrong: f64) -> f64 {
        if luck(dice, wrong) { -self.audit_deposit } else { self.audit_fee(price) / f64::from(self.audit_size) }
    }
}
