use super::*;
use serde_json::json;

pub(in super::super) fn answers() -> Vec<Value> {
    let genesis = "0x1111111111111111111111111111111111111111111111111111111111111111";
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    vec![
        json!("edgeloom/v0.1.0/linux-x86_64/rust"),
        json!({ "chainId": 36_127, "genesisHash": genesis, "height": 1000, "hash": genesis, "finalized": 900 }),
        json!("0x3"),
        json!(false),
        json!({ "pending": "0x5", "queued": "0x2" }),
        json!({ "timestamp": format!("{:#x}", now - 90) }),
    ]
}

const METRICS: &str = "\
edgeloom_consensus_epoch 2
edgeloom_consensus_view 55
edgeloom_consensus_seats 4
edgeloom_consensus_seat 1
edgeloom_consensus_last_signed_height 999
edgeloom_consensus_equivocations_total{kind=\"notarize\"} 0
edgeloom_chain_finality_seconds_bucket{le=\"0.5\"} 10
edgeloom_chain_finality_seconds_bucket{le=\"+Inf\"} 10
edgeloom_state_table_bytes{table=\"accounts\"} 1048576
edgeloom_state_table_bytes{table=\"codes\"} 1048576
";

#[test]
fn a_report_says_what_both_doors_say() {
    let report = Report::of(&answers(), Ok(METRICS.into())).expect("a report");
    let text = report.to_string();
    for line in [
        "Chain        36127 of genesis 0x1111111111111111111111111111111111111111111111111111111111111111",
        "Checkpoint   900, 100 blocks before it",
        "Sync         at the tip",
        "Peers        3",
        "Pool         5 ready, 2 waiting for a lower nonce",
        "Epoch        2, view 55, seat 1 of 4",
        "Last signed  999",
        "Finality     0.25 s (p50), 0.49 s (p99)",
        "Database     2.0 MiB, states from block 0 on",
        "Up           -",
        "Warning      no block for 1 min 30 s",
    ] {
        assert!(text.lines().any(|said| said == line), "{line}\nis not in\n{text}");
    }
    assert!(report.warnings().len() == 1, "{:?}", report.warnings());
    let json: Value = serde_json::to_value(&report).expect("JSON");
    assert_eq!((&json["height"], &json["more"]["lastSigned"]), (&1000.into(), &999.into()));
}

#[test]
fn without_metrics_it_says_why_there_is_no_more() {
    let mut answers = answers();
    answers[3] = json!({ "startingBlock": "0x0", "currentBlock": "0x3e8", "highestBlock": "0x7d0" });
    let report = Report::of(&answers, Err("no metrics at http://x".into())).expect("a report");
    assert_eq!((report.syncing_to, &report.more), (Some(2000), &None));
    let text = report.to_string();
    assert!(
        text.contains("Sync         1000 of 2000") && text.contains("No more      no metrics at http://x"),
        "{text}"
    );
    assert_eq!(report.warnings(), ["catching up: 1000 of 2000"]);
}

#[test]
fn what_should_worry_is_said() {
    let worrying = METRICS
        .replace("last_signed_height 999", "last_signed_height 900")
        .replace("\"notarize\"} 0", "\"notarize\"} 2");
    let report = Report::of(&answers(), Ok(worrying + "edgeloom_state_writes_stopped 1\n")).expect("a report");
    let all = report.warnings().join("\n");
    for warning in ["none of the last 100 blocks", "2 contradictory votes", "wait for compaction"] {
        assert!(all.contains(warning), "{all}");
    }
    let follower = METRICS.replace("seat 1\n", "seat -1\n").replace("height 999", "height 1");
    let report = Report::of(&answers(), Ok(follower)).expect("a report");
    assert!(report.warnings().iter().all(|warning| !warning.contains("signed")), "{:?}", report.warnings());
    assert!(report.to_string().contains("seat none"));
}

#[test]
fn answers_that_are_none_are_refused() {
    let with = |place: usize, value: Value| {
        let mut answers = answers();
        answers[place] = value;
        format!("{:#}", Report::of(&answers, Err(String::new())).expect_err("no answer"))
    };
    assert!(with(1, json!({})).contains("edge_status"));
    assert!(with(2, json!("three")).contains("net_peerCount"));
    assert!(with(4, json!({ "pending": "0x1" })).contains("queued"));
}

#[test]
fn amounts_have_the_unit_that_fits() {
    assert_eq!([512, 3 << 20, 5 << 30].map(bytes), ["0.5 KiB", "3.0 MiB", "5.0 GiB"]);
    assert_eq!([59, 61, 7260, 90_000].map(duration), ["59 s", "1 min 1 s", "2 h 1 min", "1 d 1 h"]);
}
