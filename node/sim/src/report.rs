//! The figures, for machines and for people. Amounts are whole tokens.

use crate::{
    cast::{Counts, EDGE_STAKE_MAX, WEI},
    founding::{BASE_FEE_FLOOR, CAPACITY_SIZE},
    measures::{Day, Part, Spread},
    tallies::Tally,
    world::{BLOCK_SECONDS, EPOCH_BLOCKS},
    year::Year,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Year {
    /// JSON, a line each: what is assumed, every part of the time, and the whole of it.
    pub fn lines(&self) -> String {
        let mut lines = vec![json!({ "assumptions": self.assumptions() })];
        for (number, part) in self.parts.iter().enumerate() {
            lines.push(json!({ "part": number + 1, "figures": self.part(number, part) }));
        }
        lines.push(json!({ "whole": self.whole() }));
        lines.iter().fold(String::new(), |text, line| text + &line.to_string() + "\n")
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for assumption in self.assumptions() {
            let _ = writeln!(text, "* {assumption}");
        }
        let header = ["part", "validators", "guardians", "capacity", "work", "commission", "burned", "reserve left"];
        let _ = writeln!(text, "\nTFUEL paid to");
        let _ = writeln!(text, "{}", header.map(|name| format!("{name:>16}")).concat());
        let mut before = Day::default();
        for (number, (part, tally)) in self.parts.iter().zip(&self.tallies.parts).enumerate() {
            let today = part.today;
            let burned = today.fees_burned + today.burned - before.fees_burned - before.burned;
            before = today;
            let amounts = [
                tally.validators,
                tally.guardians,
                tally.capacity,
                tally.work,
                tally.commission,
                burned,
                today.reserve,
            ];
            let _ = write!(text, "{:>16}", number + 1);
            let _ = writeln!(text, "{}", amounts.map(|amount| format!("{:>16}", thousands(amount))).concat());
        }
        let whole = self.whole();
        for name in ["yields", "reserve", "supply", "slashed", "counts"] {
            let _ = writeln!(text, "\n{name}");
            for (key, value) in whole[name].as_object().into_iter().flatten() {
                let _ = writeln!(text, "  {key:<42}{value}");
            }
        }
        if let Some(last) = self.parts.last() {
            let _ = writeln!(
                text,
                "\nwho has stake at the end: how many, Gini, fewest with over a third, the largest, the largest ten"
            );
            for (name, spread) in spreads(last) {
                let Spread { count, gini, nakamoto, top, top_ten } = spread;
                let (top, top_ten) = (top * 100.0, top_ten * 100.0);
                let _ = writeln!(text, "  {name:<28}{count:>8}{gini:>8.3}{nakamoto:>8}{top:>8.2}%{top_ten:>8.2}%");
            }
        }
        let _ = writeln!(text, "\nsums that hold (tokens; wei that rounding left over)");
        for sum in &self.sums {
            let _ = writeln!(text, "  {:<92}{:>18}{:>22}", sum.says, thousands(sum.amount), sum.dust);
        }
        if !self.reverted.is_empty() {
            let _ = writeln!(text, "\ncalls that reverted");
            for (reason, count) in &self.reverted {
                let _ = writeln!(text, "  {count:>8} {reason}");
            }
        }
        text
    }

    fn assumptions(&self) -> Vec<String> {
        let Counts { validators, founders, guardians, edge_nodes, stakers } = self.counts;
        let delegators = stakers - validators - guardians - edge_nodes;
        vec![
            format!("seed {}, {} days from genesis; {stakers} stakers", self.settings.seed, self.settings.days),
            format!("{validators} validators ({founders} founded in genesis), {guardians} guardians, {edge_nodes} edge nodes, {delegators} delegators; 550 million THETA"),
            format!("scaled down: an epoch is a day of {EPOCH_BLOCKS} blocks of {BLOCK_SECONDS} s (usually 10,000 of 1 s or less), a checkpoint every 4 hours"),
            format!("scaled down: {edge_nodes} edge nodes of up to {EDGE_STAKE_MAX} TFUEL (the bound of EdgeStakeMax) stand for ten times as many; a round of capacity is one product of {CAPACITY_SIZE} rows (usually 64 of 8,192)"),
            format!("base fee of at least {} gwei, Theta's (BaseFeeFloor; usually 7 wei); all other parameters as genesis has them", BASE_FEE_FLOOR / 1_000_000_000),
            "wealth by Pareto's law, exponent 8/7; of ten who choose a node, seven follow the crowd".to_owned(),
            "a delegator claims every 7 to 67 days, unstakes some once in 300 days and all once in 800, moves once in 250, adds once in 400; 15 of 100 come during the year, half of those who left come back".to_owned(),
            "a validator is down one day of 250; equivocations are four a year; guardians sign 85 to 100 of 100 checkpoints, validators 90 to 100 of 100 blocks, edge nodes answer 93 to 100 of 100 rounds".to_owned(),
            "a hundredth as many jobs a day as there are stakers, of 20 TFUEL and more (Pareto), a hundredth of them never done".to_owned(),
            "nobody signs transactions, reveals or finalizations, and no state root is computed: the executor takes all three as verified".to_owned(),
        ]
    }

    fn part(&self, number: usize, part: &Part) -> Value {
        let tally = &self.tallies.parts[number];
        let spread: serde_json::Map<_, _> =
            spreads(part).into_iter().map(|(name, spread)| (name.to_owned(), described(spread))).collect();
        let before = number.checked_sub(1).map(|before| self.parts[before].today).unwrap_or_default();
        json!({
            "days": part.day,
            "paid": paid(tally),
            "claimed": tokens(tally.claimed),
            "commission": tokens(tally.commission),
            "marketFees": tokens(tally.fees),
            "burnedBaseFees": tokens(part.today.fees_burned - before.fees_burned),
            "burnedOther": tokens(part.today.burned - before.burned),
            "thetaSlashed": tokens(part.today.theta_burned - before.theta_burned),
            "stake": stakes(&part.today),
            "seats": part.seats,
            "seatedTheta": tokens(part.seated),
            "spread": spread,
            "releasedSoFar": { "theta": tokens(part.released.0), "edge": tokens(part.released.1) },
            "givenBackSoFar": tokens(part.given_back),
            "refundedSoFar": tokens(part.refunded),
            "reserve": tokens(part.today.reserve),
            "circulating": tokens(part.today.circulating),
            "baseFeeGwei": part.today.base_fee / 1_000_000_000,
        })
    }

    fn whole(&self) -> Value {
        let tally = self.tallies.parts.iter().fold(Tally::default(), sum);
        let days = self.days.len() as f64;
        let average = |stake: fn(&Day) -> u128| self.days.iter().map(|day| stake(day) as f64).sum::<f64>() / days;
        // The last two days are not paid yet.
        let a_year = |reward: u128, stake: f64| rounded(reward as f64 / stake * 365.0 / (days - 2.0));
        let seated = self.parts.iter().map(|part| part.seated as f64).sum::<f64>() / self.parts.len() as f64;
        let (first, last) =
            (self.days.first().copied().unwrap_or_default(), self.days.last().copied().unwrap_or_default());
        let part = self.parts.last();
        let (released, given_back, refunded) =
            part.map_or(((0, 0), 0, 0), |part| (part.released, part.given_back, part.refunded));
        let facts = self.facts;
        json!({
            "paid": paid(&tally),
            "yields": {
                "validators, TFUEL a THETA and year": a_year(tally.validators, average(|day| day.validators)),
                "validators with a seat, the same": a_year(tally.validators, seated),
                "guardians, the same": a_year(tally.guardians, average(|day| day.guardians)),
                "edge nodes, TFUEL a TFUEL and year": a_year(tally.work + tally.capacity, average(|day| day.edge)),
                "commission, of all rewards": rounded(tally.commission as f64 / (tally.validators + tally.guardians + tally.work + tally.capacity) as f64),
            },
            "reserve": {
                "left": tokens(last.reserve),
                "released to stakers of THETA": tokens(released.0),
                "released to edge nodes": tokens(released.1),
                "given back": tokens(given_back),
                "refunded for certificates": tokens(refunded),
                "years at this pace": rounded(last.reserve as f64 / (crate::founding::RESERVE as f64 * WEI as f64 - last.reserve as f64) * days / 365.0),
            },
            "supply": {
                "circulating on the first day": tokens(first.circulating),
                "circulating": tokens(last.circulating),
                "inflation of it": rounded(last.circulating as f64 / first.circulating as f64 - 1.0),
                "base fees burned": tokens(last.fees_burned),
                "market fees": tokens(tally.fees),
                "market fees burned": tokens(tally.fees_burned),
            },
            "slashed": {
                "THETA burned": tokens(last.theta_burned),
                "THETA to reporters": tokens(self.tallies.theta.to_reporters),
                "TFUEL": tokens(last.burned - self.tallies.fee_burned),
                "outages of a day": facts.downtimes,
                "jailed for one": facts.jailed,
                "equivocations convicted": facts.convictions,
            },
            "counts": {
                "blocks": facts.blocks,
                "transactions": facts.transactions,
                "gas": facts.gas,
                "reverted": self.reverted.iter().map(|(_, count)| count).sum::<u64>(),
                "stakes": facts.stakes,
                "unstakings": facts.exits,
                "moves": facts.moves,
                "certificates": facts.certificates,
                "unions": facts.unions,
                "products of capacity": facts.products,
                "openings": facts.opened,
                "jobs": facts.jobs,
                "jobs never done": facts.silent,
                "fewest seats": facts.seats_min,
                "most seats of one owner": facts.seats_of_owner_max,
            },
            "reverted": self.reverted.iter().map(|(reason, count)| json!([reason, count])).collect::<Vec<_>>(),
            "sums": self.sums.iter().map(|sum| json!({ "says": sum.says, "tokens": tokens(sum.amount), "dustWei": sum.dust.to_string() })).collect::<Vec<_>>(),
        })
    }
}

pub(crate) fn spreads(part: &Part) -> [(&'static str, Spread); 5] {
    [
        ("validators, by owner", part.validators),
        ("guardians, by owner", part.guardians),
        ("edge nodes, by owner", part.edge),
        ("stakers of THETA", part.stakers_of_theta),
        ("stakers of TFUEL", part.stakers_of_tfuel),
    ]
}

/// Of one part and another together.
pub(crate) fn sum(mut all: Tally, part: &Tally) -> Tally {
    all.validators += part.validators;
    all.guardians += part.guardians;
    all.work += part.work;
    all.capacity += part.capacity;
    all.commission += part.commission;
    all.claimed += part.claimed;
    all.fees += part.fees;
    all.fees_burned += part.fees_burned;
    all
}

fn paid(tally: &Tally) -> Value {
    json!({
        "validators": tokens(tally.validators),
        "guardians": tokens(tally.guardians),
        "edgeCapacity": tokens(tally.capacity),
        "edgeWork": tokens(tally.work),
    })
}

fn stakes(day: &Day) -> Value {
    json!({ "validators": tokens(day.validators), "guardians": tokens(day.guardians), "edge": tokens(day.edge) })
}

fn described(spread: Spread) -> Value {
    let Spread { count, gini, nakamoto, top, top_ten } = spread;
    let (gini, top, top_ten) = (rounded(gini), rounded(top), rounded(top_ten));
    json!({ "count": count, "gini": gini, "nakamoto": nakamoto, "top": top, "topTen": top_ten })
}

fn tokens(wei: u128) -> u64 {
    u64::try_from(wei / WEI).unwrap_or(u64::MAX)
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn thousands(wei: u128) -> String {
    let digits = tokens(wei).to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place != 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
