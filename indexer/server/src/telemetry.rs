//! Prometheus series. The recorder is the process's; whoever asks first installs it.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Seconds; from a row read to a request that runs into its deadline.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];

/// What renders the series as text.
pub fn recorder() -> PrometheusHandle {
    RECORDER.get_or_init(install).clone()
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let recorder = match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS) {
        Ok(builder) => builder.build_recorder(),
        // Only an empty list of buckets is refused.
        Err(_) => PrometheusBuilder::new().build_recorder(),
    };
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("another metrics recorder is installed: /metrics shows nothing of this program");
    }
    describe();
    handle
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_gauge!("edgeloom_index_block", "Height of the newest indexed block, -1 before the first");
    describe_gauge!("edgeloom_index_head_block", "Height of the newest block of the node, -1 before it was reached");
    describe_gauge!("edgeloom_index_blocks_behind", "Blocks of the node that are not indexed yet");
    describe_gauge!(
        "edgeloom_index_lag_seconds",
        Unit::Seconds,
        "Time since the index last held every block of its node"
    );
    describe_gauge!("edgeloom_index_ready", "1 once backfilled");
    describe_gauge!("edgeloom_index_source_up", "1 while the node answers");
    describe_gauge!("edgeloom_index_failed", "1 when indexing stopped on an error");
    describe_gauge!("edgeloom_index_build_info", "1, with the version as label");
    describe_counter!("edgeloom_index_source_errors_total", "Requests to the node that failed");
    describe_counter!("edgeloom_index_blocks_total", "Blocks indexed by this process");
    describe_counter!("edgeloom_index_transactions_total", "Transactions indexed by this process");
    describe_counter!("edgeloom_index_events_total", "Events projected by this process");
    describe_histogram!(
        "edgeloom_index_commit_duration_seconds",
        Unit::Seconds,
        "Projecting and committing a batch of blocks"
    );
    describe_histogram!(
        "edgeloom_index_block_latency_seconds",
        Unit::Seconds,
        "From a block's timestamp to its rows, at the tip"
    );
    describe_counter!("edgeloom_index_http_requests_total", "HTTP requests by route and status");
    describe_histogram!("edgeloom_index_http_request_duration_seconds", Unit::Seconds, "HTTP requests by route");
    metrics::gauge!("edgeloom_index_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
