use super::*;
use std::{collections::BTreeSet, fs, path::Path};

/// Names of series in the sources of the node: what is set there and nowhere described, or the other way round.
fn named(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests" && name != "series") {
            named(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs" && name != "series.rs")
        {
            let text = fs::read_to_string(&path).expect("text");
            let quoted = text.split('"').filter(|part| part.starts_with("edgeloom_"));
            let plain = |name: &&str| {
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            };
            let groups = [
                "edgeloom_chain_",
                "edgeloom_consensus_",
                "edgeloom_p2p_",
                "edgeloom_sync_",
                "edgeloom_txpool_",
                "edgeloom_rpc_",
                "edgeloom_state_",
            ];
            let ours = quoted.filter(plain).filter(|name| groups.iter().any(|group| name.starts_with(group)));
            found.extend(ours.map(str::to_owned));
        }
    }
}

#[test]
fn every_series_is_described_and_every_description_is_a_series() {
    let mut found = BTreeSet::from(["edgeloom_build_info".to_owned()]);
    for part in ["bin", "consensus", "rpc", "txpool"] {
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(part).join("src"), &mut found);
    }
    let described: BTreeSet<_> = SERIES.iter().map(|(_, name, _)| (*name).to_owned()).collect();
    assert_eq!(described.len(), SERIES.len(), "one is described twice");
    assert_eq!(described, found);
    assert!(described.len() >= 40, "{}", described.len());
}

/// Prometheus' conventions: what counts ends in `_total`, what is in seconds or bytes says so.
#[test]
fn names_say_their_kind() {
    for (kind, name, _) in SERIES {
        assert_eq!(*kind == Counter, name.ends_with("_total"), "{name}");
        assert_eq!(*kind == Histogram, name.ends_with("_seconds") && !name.ends_with("_timestamp_seconds"), "{name}");
    }
    let counters = |name: &str| SERIES.iter().any(|(kind, series, _)| *kind == Counter && *series == name);
    assert!(FROM_ZERO.iter().all(|(name, ..)| counters(name)));
}

/// What the process tells of itself, by the library that reads it.
const PROCESS: [&str; 6] = [
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
    "process_threads",
];

/// Names of series in an expression: words with an underscore that begin as ours do.
fn series_in(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("edgeloom_") || word.starts_with("process_"))
}

fn is_exported(name: &str) -> bool {
    let of_kind =
        |kinds: &[Kind], name: &str| SERIES.iter().any(|(kind, series, _)| kinds.contains(kind) && *series == name);
    let parts = ["_bucket", "_sum", "_count"];
    PROCESS.contains(&name)
        || of_kind(&[Counter, Gauge], name)
        || parts.iter().any(|part| name.strip_suffix(part).is_some_and(|name| of_kind(&[Histogram], name)))
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_what_a_node_exports() {
    let dashboard: serde_json::Value =
        serde_json::from_str(include_str!("../../../monitoring/grafana.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let queries: Vec<_> = targets.map(|target| target["expr"].as_str().expect("a query")).collect();
    assert!(queries.len() > 50, "{}", queries.len());
    for query in &queries {
        assert!(series_in(query).next().is_some(), "{query} asks for nothing");
    }
    let alerts = include_str!("../../../monitoring/alerts.yml");
    let asked: BTreeSet<_> =
        queries.into_iter().chain(alerts.lines().filter(|line| line.contains("expr:"))).flat_map(series_in).collect();
    for name in &asked {
        assert!(is_exported(name), "{name} is no series of a node");
    }
    // What nobody looks at is not worth its memory; these are for who looks closer.
    let seldom = [
        "edgeloom_build_info",
        "edgeloom_chain_gas_limit",
        "edgeloom_consensus_seats",
        "edgeloom_state_oldest_height",
        "edgeloom_state_cache_max_bytes",
        "edgeloom_sync_heard_height",
        "edgeloom_sync_archived_height",
    ];
    for (_, name, _) in SERIES {
        assert!(seldom.contains(name) || asked.iter().any(|asked| asked.starts_with(name)), "nobody looks at {name}");
    }
}
