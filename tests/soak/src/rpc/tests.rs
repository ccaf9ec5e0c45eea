//! CI's slice: seconds of the soak, and every fault red in it. A test each, so that they run beside one another.

use super::{Report, Settings, rpc};
use crate::{Fault, cheats};
use std::time::Duration;

/// The ratio is generous: other tests run beside this one.
fn slice(fault: Option<Fault>) -> Settings {
    Settings {
        seed: 1,
        requests: 6_000,
        time_max: Duration::from_secs(10),
        rate: 400,
        heavy: 0.5,
        turns: (Duration::from_secs(2), Duration::from_secs(4)),
        connections: (6, 2, 2),
        answer_max: Duration::from_secs(60),
        ratio_max: 8.0,
        fault,
    }
}

/// One turn: as long as a fault needs that shows in the first hundreds of answers.
fn glance(fault: Fault) -> Settings {
    Settings {
        time_max: Duration::from_secs(1),
        turns: (Duration::from_millis(100), Duration::from_secs(4)),
        answer_max: Duration::from_secs(3),
        ..slice(Some(fault))
    }
}

fn clean(report: &Report) {
    assert_eq!(report.violations, 0, "{}\n{:#?}", report.line, report.sentences);
    assert!(report.line["answered"].as_u64() > Some(500), "{}", report.line);
}

#[test]
fn a_slice_without_a_fault_is_clean() {
    clean(&rpc(slice(None)).expect("the node starts"));
}

#[test]
fn a_slice_of_cheats_without_a_fault_is_clean() {
    clean(&cheats(slice(None)).expect("the node starts"));
}

/// Red, and for the fault's own reason.
fn red(settings: Settings, reason: &str) {
    let fault = settings.fault.expect("one is planted");
    let report = if fault.is_of_cheats() { cheats(settings) } else { rpc(settings) }.expect("the node starts");
    let found = report.sentences.iter().any(|sentence| sentence.contains(reason));
    assert!(found, "{fault:?} does not show as {reason:?}: {}\n{:#?}", report.line, report.sentences);
}

/// A test for each fault, and the list of those that have one.
macro_rules! faults {
    ($($name:ident: $settings:expr, $fault:ident, $reason:literal;)*) => {
        $(
            #[test]
            fn $name() {
                red($settings(Fault::$fault), $reason);
            }
        )*

        const TRIED: &[Fault] = &[$(Fault::$fault),*];
    };
}

fn whole(fault: Fault) -> Settings {
    slice(Some(fault))
}

faults! {
    a_panic_is_found: glance, Panic, "panicked at";
    a_crash_is_found: whole, Crash, "ended by itself";
    a_leak_is_found: whole, Leak, "memory grew";
    a_server_error_is_found: glance, ServerError, "status 500";
    an_unavailable_node_is_found: glance, Unavailable, "status 503";
    a_wrong_code_is_found: glance, WrongCode, "undefined code";
    an_internal_error_is_found: glance, InternalError, "undefined code";
    a_garbled_answer_is_found: glance, Garbled, "not JSON";
    a_dropped_answer_is_found: glance, DroppedAnswer, "no answer within";
    a_slow_lane_is_found: whole, SlowLane, "honest traffic's p99";
    an_altered_state_is_found: whole, AlteredState, "wei were sent";
    a_stuck_chain_is_found: whole, Stuck, "the chain does not go on";
    a_silent_socket_is_found: glance, IpcSilence, "over IPC: no answer within";
    a_panic_of_a_cheat_is_found: glance, CheatPanic, "panicked at";
}

#[test]
fn every_fault_is_tried() {
    for fault in Fault::ALL {
        assert!(TRIED.contains(&fault), "{fault:?}");
    }
}
