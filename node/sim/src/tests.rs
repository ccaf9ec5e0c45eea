//! The whole, small; and what has a formula.

use crate::{
    Settings, Year,
    cast::WEI,
    dice::{Dice, Stream},
    measures::Spread,
    report,
    sums::{daily, last},
    tallies::Tally,
    year::Stage,
};
use alloy::primitives::U256;

const SMALL: Settings = Settings { stakers: 60, days: 6, seed: 1 };

fn run(settings: Settings) -> Year {
    Year::run(settings, |_| {}).unwrap_or_else(|error| panic!("{settings:?}: {error:#}"))
}

#[test]
fn the_same_settings_give_the_same_lines_and_another_seed_gives_others() {
    let first = run(SMALL).lines();
    assert_eq!(first, run(SMALL).lines());
    assert_ne!(first, run(Settings { seed: 2, ..SMALL }).lines());
}

#[test]
fn everybody_is_paid_and_who_fails_is_slashed() {
    let year = run(SMALL);
    let paid = year.tallies.parts.iter().fold(Tally::default(), report::sum);
    let roles = [paid.validators, paid.guardians, paid.capacity, paid.work, paid.commission, paid.claimed];
    // Claims begin after a week.
    assert!(roles[..5].iter().all(|amount| *amount > 0), "{roles:?}");
    let facts = year.facts;
    assert!(facts.downtimes >= 1 && facts.jailed >= 1, "nobody is jailed for an outage: {facts:?}");
    assert_eq!(facts.convictions, 1);
    assert!(facts.stakes > 50 && facts.certificates >= 15 && facts.unions > 0 && facts.opened >= 8, "{facts:?}");
    assert!(facts.seats_min >= 4 && facts.jobs >= 12, "{facts:?}");
    let last = year.days.last().expect("six");
    assert!(last.theta_burned > 1_000 * WEI, "a convicted validator had more than that: {last:?}");
    assert!(last.fees_burned > WEI && last.burned > 0 && last.reserve < 45_000_000_000 * WEI, "{last:?}");
    assert_eq!(year.reverted, [], "everybody asks before it calls");
}

#[test]
fn a_sum_that_does_not_hold_is_named() {
    let mut stage = Stage::new(SMALL).expect("founded");
    for day in 0..3 {
        stage.day(day).expect("a day");
    }
    last(&mut stage).expect("all hold");
    type Plant = fn(&mut Stage, i8);
    let plants: [(&str, Plant); 8] = [
        ("TFUEL of all accounts", |stage, by| stage.supply = U256::from(shifted(stage.supply.to(), by))),
        ("THETA staked = redeemed", |stage, by| stage.founded = shifted(stage.founded, by)),
        ("TFUEL staked + rewards", |stage, by| stage.tallies.edge.staked = shifted(stage.tallies.edge.staked, by)),
        ("rewards of THETA", |stage, by| stage.tallies.theta.claimed = shifted(stage.tallies.theta.claimed, by)),
        ("TFUEL at the burn address", |stage, by| stage.tallies.fee_burned = shifted(stage.tallies.fee_burned, by)),
        ("fees taken", |stage, by| {
            let part = &mut stage.tallies.parts[0];
            part.fees = shifted(part.fees, by);
        }),
        ("released to stakers", |stage, by| stage.schedule.shift(by)),
        ("paid by seat and place", |stage, by| {
            let part = &mut stage.tallies.parts[0];
            part.guardians = shifted(part.guardians, by);
        }),
    ];
    for (name, plant) in plants {
        plant(&mut stage, 1);
        let error = last(&mut stage).err().unwrap_or_else(|| panic!("{name}: a wei too many is not seen"));
        assert!(error.to_string().starts_with(name), "{name}: {error}");
        plant(&mut stage, -1);
    }
    stage.supply += U256::ONE;
    assert!(daily(&mut stage).is_err(), "each day, too");
}

fn shifted(amount: u128, by: i8) -> u128 {
    amount.checked_add_signed(by.into()).expect("a wei")
}

#[test]
fn plots_say_what_they_show() {
    let plots = run(SMALL).plots().expect("drawn");
    assert_eq!(plots.len(), 6);
    for (name, plot) in plots {
        assert!(plot.starts_with("<svg") && plot.len() < 100_000, "{name}: {} bytes", plot.len());
        assert!(plot.contains("validators") || plot.contains("released") || plot.contains("base fees"), "{name}");
        assert!(plot.contains("polyline") || name.contains("rewards"), "{name} shows nothing");
    }
}

#[test]
fn spreads_are_by_their_formulas() {
    let even = Spread::of(vec![5; 10]);
    assert!(even.gini.abs() < 1e-12 && even.nakamoto == 4 && (even.top - 0.1).abs() < 1e-12, "{even:?}");
    let one = Spread::of([vec![0; 9], vec![7]].concat());
    assert!((one.gini - 0.9).abs() < 1e-12 && one.nakamoto == 1 && one.top_ten == 1.0, "{one:?}");
    // Of 2 and 4: the mean difference, 1, over the mean, 3, halved twice.
    assert!((Spread::of(vec![4, 2]).gini - 1.0 / 6.0).abs() < 1e-12);
    // A third is not more than a third.
    assert_eq!(Spread::of(vec![1, 1, 1]).nakamoto, 2);
    assert_eq!(Spread::of(Vec::new()).count, 0);
}

#[test]
fn a_fifth_of_the_tail_has_most_of_it() {
    let mut dice = Dice::new(1, Stream::Cast);
    let mut drawn: Vec<_> = (0..10_000).map(|_| dice.tail(2_000.0)).collect();
    drawn.sort_by(f64::total_cmp);
    assert!(drawn[0] >= 1.0 && drawn[9_999] <= 2_000.0);
    let (rich, all): (f64, f64) = (drawn[8_000..].iter().sum(), drawn.iter().sum());
    assert!((0.65..0.85).contains(&(rich / all)), "{}", rich / all);
}
