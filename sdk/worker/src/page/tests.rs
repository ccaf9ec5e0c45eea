use std::time::Instant;

use alloy::primitives::Address;

use super::*;
use crate::{Skip, journal::Totals, tally::Tally};

fn status() -> Status {
    let tally = Tally::new(Address::repeat_byte(0xab), 31337, Totals::default());
    let wei = U256::from(1_500_000_000_000_000_000_u64);
    tally.settled(U256::from(7), wei, U256::from(21), Instant::now());
    tally.refused(Skip::PriceTooLow);
    tally.refused(Skip::PriceTooLow);
    tally.refused(Skip::LostRace);
    tally.set(|state| (state.rounds, state.rounds_answered) = ("enrolled for epoch 9".to_owned(), 5));
    tally.epoch_ended(4, wei * U256::from(2), U256::from(9));
    tally.set(|state| (state.bids, state.leases, state.vouchers) = (6, 1, wei * U256::from(4)));
    tally.redeemed(wei * U256::from(6), U256::from(1));
    tally.lease_ended(wei * U256::from(8), U256::from(1));
    tally.spent(U256::from(1));
    tally.status()
}

#[test]
fn amounts_are_shown_in_tfuel() {
    assert_eq!(tfuel("1500000000000000000"), "1.5");
    assert_eq!(tfuel("1000000000000000000"), "1");
    assert_eq!(tfuel("123456789"), "0");
    assert_eq!(tfuel("1000000000000"), "0.000001");
    assert_eq!(tfuel(""), "0");
}

#[test]
fn metrics_are_prometheus_text_with_every_reason() {
    let text = prometheus(&status());
    assert!(text.contains("\nedgeloom_worker_earned_tfuel_total 1.5\n"));
    assert!(
        text.contains("\nedgeloom_worker_rewards_tfuel_total 3\nedgeloom") || text.contains("rewards_tfuel_total 3\n")
    );
    assert!(text.contains("\nedgeloom_worker_rounds_paid_total 4\n"));
    assert!(text.contains("edgeloom_worker_refusals_total{reason=\"price-too-low\"} 2\n"));
    assert!(text.contains("edgeloom_worker_refusals_total{reason=\"lost-race\"} 1\n"));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a sample");
        assert!(name.starts_with("edgeloom_worker_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

#[test]
fn the_page_and_the_json_show_the_same_job() {
    let status = status();
    assert!(html(&status).contains("<tr><td>7<td>settled<td>1.5<td>0<td>"));
    for shown in ["Bids<td>6<", "Leases<td>12 TFUEL (1 under way)", "Vouchers<td>9 TFUEL (6 kept)"] {
        assert!(html(&status).contains(shown), "{shown}");
    }
    for shown in ["Rewards<td>3 TFUEL", "Rounds paid<td>4 (5 answered", "Rounds<td>enrolled for epoch 9"] {
        assert!(html(&status).contains(shown), "{shown}");
    }
    let json = serde_json::to_value(&status).expect("JSON");
    assert_eq!(json["jobs_settled"], 1);
    assert_eq!(json["earned_wei"], "1500000000000000000");
    assert_eq!((&json["rewards_wei"], &json["gas_wei"]), (&"3000000000000000000".into(), &"33".into()));
    assert_eq!(json["refusals"]["price-too-low"], 2);
    assert_eq!(json["recent"][0]["outcome"], "settled");
}
