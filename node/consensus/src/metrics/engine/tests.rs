use super::*;
use metrics_exporter_prometheus::PrometheusBuilder;

/// What the registry of an engine says, as far as it is read, of two epochs and two peers.
fn text(timeouts: [u64; 2], view: u64) -> String {
    let [first, second] = timeouts;
    format!(
        "# HELP chain_driver_engine_voter_state_timeouts timed out views.\n\
         # TYPE chain_driver_engine_voter_state_timeouts counter\n\
         chain_driver_engine_voter_state_timeouts_total{{epoch=\"0\",leader=\"aa\",reason=\"LeaderTimeout\"}} {first}\n\
         chain_driver_engine_voter_state_timeouts_total{{epoch=\"1\",leader=\"bb\",reason=\"LeaderTimeout\"}} {second}\n\
         chain_driver_engine_voter_state_timeouts_total{{epoch=\"1\",leader=\"bb\",reason=\"Unheard\"}} 1\n\
         chain_driver_engine_voter_state_current_view{{epoch=\"1\"}} {view}\n\
         p2p_tracker_directory_blocked{{peer=\"aa\"}} 1790000000000\n\
         p2p_tracker_directory_blocked{{peer=\"bb\"}} 1790000000000\n\
         # EOF\n"
    )
}

#[test]
fn the_engine_s_counters_are_summed_and_go_on_when_an_epoch_ends() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let mut engine = Engine::default();
        engine.read(&text([3, 4], 17));
        engine.read(&text([5, 4], 18));
        // Epoch 0's engine is gone, and its rows with it.
        engine.read(
            "chain_driver_engine_voter_state_timeouts_total{epoch=\"1\",leader=\"bb\",reason=\"LeaderTimeout\"} 6\n",
        );
    });
    let said = handle.render();
    let has = |line: &str| assert!(said.lines().any(|said| said == line), "{line} is not in\n{said}");
    has("edgeloom_consensus_timeouts_total{reason=\"leader_timeout\"} 11");
    has("edgeloom_consensus_timeouts_total{reason=\"other\"} 1");
    has("edgeloom_consensus_timeouts_total{reason=\"retry\"} 0");
    has("edgeloom_p2p_dials_total 0");
}

#[test]
fn levels_are_those_of_the_last_look() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || Engine::default().read(&text([0, 0], 18)));
    let said = handle.render();
    assert!(said.lines().any(|line| line == "edgeloom_consensus_view 18"), "{said}");
    assert!(said.lines().any(|line| line == "edgeloom_p2p_peers_blocked 2"), "{said}");
}
