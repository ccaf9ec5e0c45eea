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
    let json = serde_json::to_value(&status).expect("JSON");
    assert_eq!(json["jobs_settled"], 1);
    assert_eq!(json["earned_wei"], "1500000000000000000");
    assert_eq!(json["refusals"]["price-too-low"], 2);
    assert_eq!(json["recent"][0]["outcome"], "settled");
}
