//! CI's slice: seconds of the soak, and every fault red in it.

use super::{Report, Settings, rpc};
use crate::Fault;
use std::time::Duration;

/// The ratio is generous: other tests run beside this one.
fn slice(fault: Option<Fault>) -> Report {
    let settings = Settings {
        seed: 1,
        requests: 6_000,
        time_max: Duration::from_secs(10),
        rate: 400,
        heavy: 0.5,
        turns: (Duration::from_secs(2), Duration::from_secs(4)),
        connections: (6, 2),
        answer_max: Duration::from_secs(if fault == Some(Fault::DroppedAnswer) { 3 } else { 60 }),
        ratio_max: 8.0,
        fault,
    };
    rpc(settings).expect("the node starts")
}

#[test]
fn a_slice_without_a_fault_is_clean() {
    let report = slice(None);
    assert_eq!(report.violations, 0, "{}\n{:#?}", report.line, report.sentences);
    assert!(report.line["answered"].as_u64() > Some(500), "{}", report.line);
}

/// Red, and for the fault's own reason.
fn red(fault: Fault, reason: &str) {
    let report = slice(Some(fault));
    let found = report.sentences.iter().any(|sentence| sentence.contains(reason));
    assert!(found, "{fault:?} does not show as {reason:?}: {}\n{:#?}", report.line, report.sentences);
}

#[test]
fn faults_of_the_process_are_found() {
    red(Fault::Panic, "panicked at");
    red(Fault::Crash, "ended by itself");
    red(Fault::Leak, "memory grew");
}

#[test]
fn faults_of_answers_are_found() {
    red(Fault::ServerError, "status 500");
    red(Fault::Unavailable, "status 503");
    red(Fault::WrongCode, "undefined code");
    red(Fault::InternalError, "undefined code");
    red(Fault::Garbled, "not JSON");
    red(Fault::DroppedAnswer, "no answer within");
}

#[test]
fn faults_that_honest_traffic_feels_are_found() {
    red(Fault::SlowLane, "honest traffic's p99");
    red(Fault::AlteredState, "wei were sent");
    red(Fault::Stuck, "the chain does not go on");
}

#[test]
fn every_fault_is_tried() {
    let me = include_str!("tests.rs");
    for fault in Fault::ALL {
        assert!(me.contains(&format!("red(Fault::{fault:?},")), "{fault:?}");
    }
}
