//! The series of a node, each once, with what it means.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

const SERIES: &[(Kind, &str, &str)] = &[
    (Gauge, "edgeloom_build_info", "1, with the version as label"),
    (Gauge, "edgeloom_chain_height", "Height of the newest final block"),
    (
        Gauge,
        "edgeloom_chain_checkpoint_height",
        "Height of the newest checkpointed block; the newest final one while nobody guards",
    ),
    (Gauge, "edgeloom_chain_block_timestamp_seconds", "Time of the newest final block, since the Unix epoch"),
    (Gauge, "edgeloom_chain_base_fee_wei", "Base fee of the newest final block, wei per gas"),
    (Gauge, "edgeloom_chain_gas_limit", "Gas limit of the newest final block"),
    (Counter, "edgeloom_chain_blocks_total", "Blocks that became final here since the start"),
    (Counter, "edgeloom_chain_transactions_total", "Transactions of those blocks"),
    (Counter, "edgeloom_chain_gas_used_total", "Gas of those blocks"),
    (Counter, "edgeloom_chain_proposals_total", "Blocks built or judged, by result: built, valid, invalid, undecided"),
    (Histogram, "edgeloom_chain_block_interval_seconds", "Between the times of two final blocks"),
    (Histogram, "edgeloom_chain_execution_seconds", "Judging a proposal, its execution included"),
    (Histogram, "edgeloom_chain_build_seconds", "Building a block of the pool's transactions"),
    (
        Histogram,
        "edgeloom_chain_commit_seconds",
        "Making a final block durable; its execution too, where it was not judged before",
    ),
    (
        Histogram,
        "edgeloom_chain_finality_seconds",
        "From a block's time to its being final and durable here, at the tip",
    ),
    (Gauge, "edgeloom_consensus_epoch", "Epoch whose engine runs"),
    (Gauge, "edgeloom_consensus_view", "View of the engine"),
    (Gauge, "edgeloom_consensus_seats", "Seats of the epoch's committee"),
    (Gauge, "edgeloom_consensus_seat", "This node's seat, -1 without one"),
    (Gauge, "edgeloom_consensus_last_signed_height", "Height of the newest block that this node voted for"),
    (Gauge, "edgeloom_consensus_tasks", "Tasks of the engine and its network that run"),
    (Counter, "edgeloom_consensus_votes_seen_total", "Votes of the committee that were seen, by kind"),
    (Counter, "edgeloom_consensus_votes_signed_total", "Votes that this node signed, by kind"),
    (
        Counter,
        "edgeloom_consensus_certificates_total",
        "Certificates made or received, by kind; nullifications are views without a block",
    ),
    (Counter, "edgeloom_consensus_equivocations_total", "Pairs of contradictory votes that were seen, by kind"),
    (Counter, "edgeloom_consensus_timeouts_total", "Views that this node gave up waiting for, by reason"),
    (Counter, "edgeloom_consensus_blocks_proposed_total", "Final blocks that this node proposed"),
    (Counter, "edgeloom_consensus_certificates_included_total", "Certificates in the bodies of final blocks"),
    (
        Counter,
        "edgeloom_consensus_own_inclusions_total",
        "Those of them that this node signed: its liveness as the chain sees it",
    ),
    (Gauge, "edgeloom_p2p_peers", "Nodes that this one is linked to"),
    (Gauge, "edgeloom_p2p_peers_known", "Nodes that this one knows"),
    (Gauge, "edgeloom_p2p_peers_blocked", "Nodes that are blocked for what they sent"),
    (Counter, "edgeloom_p2p_messages_sent_total", "Messages sent, by channel, one for each peer"),
    (Counter, "edgeloom_p2p_messages_received_total", "Messages received, by channel"),
    (Counter, "edgeloom_p2p_sent_bytes_total", "Bytes of messages sent, by channel"),
    (Counter, "edgeloom_p2p_received_bytes_total", "Bytes of messages received, by channel"),
    (Counter, "edgeloom_p2p_messages_held_back_total", "Messages read later because of a channel's rate"),
    (Counter, "edgeloom_p2p_dials_total", "Attempts to link to a node"),
    (Counter, "edgeloom_p2p_handshakes_refused_total", "Connections refused before their handshake"),
    (Gauge, "edgeloom_sync_heard_height", "Highest final height that was heard of"),
    (Gauge, "edgeloom_sync_lag_blocks", "Blocks that this node is behind that"),
    (Gauge, "edgeloom_sync_archived_height", "Height up to which the engine's archive is processed"),
    (Counter, "edgeloom_sync_backfills_total", "Fetches of missing blocks and certificates, by status"),
    (Gauge, "edgeloom_txpool_transactions", "Transactions that wait: ready, or gapped for one with a lower nonce"),
    (Gauge, "edgeloom_txpool_bytes", "Encoded bytes of those"),
    (Counter, "edgeloom_txpool_admitted_total", "Transactions admitted, by origin: local or peer"),
    (Counter, "edgeloom_txpool_rejected_total", "Transactions turned down, by reason"),
    (Counter, "edgeloom_txpool_replaced_total", "Transactions replaced by one of the same sender and nonce"),
    (Counter, "edgeloom_txpool_evicted_total", "Transactions that had to go for dearer ones"),
    (Counter, "edgeloom_rpc_requests_total", "Calls answered, by class"),
    (Counter, "edgeloom_rpc_errors_total", "Of those, with an error"),
    (Counter, "edgeloom_rpc_limited_total", "Calls refused because they asked for too much, or the node was busy"),
    (Histogram, "edgeloom_rpc_request_seconds", "Time to an answer, by class"),
    (Gauge, "edgeloom_rpc_connections", "Open connections, by door: port or socket"),
    (Gauge, "edgeloom_rpc_calls_waiting", "Calls that wait for their turn, by kind"),
    (Gauge, "edgeloom_state_table_bytes", "Bytes on the disk, by table"),
    (Gauge, "edgeloom_state_oldest_height", "Lowest height whose state can be read"),
    (Gauge, "edgeloom_state_cache_bytes", "Of the database, in memory"),
    (Gauge, "edgeloom_state_cache_max_bytes", "Most of the database that may be in memory"),
    (Gauge, "edgeloom_state_memtable_bytes", "Written to the log and not to a table's file yet"),
    (Gauge, "edgeloom_state_compactions_running", "Compactions that run"),
    (Gauge, "edgeloom_state_flushes_running", "Flushes that run"),
    (Gauge, "edgeloom_state_compaction_debt_bytes", "What compaction has before it, estimated"),
    (Gauge, "edgeloom_state_delayed_write_bytes_per_second", "Rate that writes are slowed to, 0 while they are not"),
    (Gauge, "edgeloom_state_writes_stopped", "1 while writes wait for compaction"),
    (Gauge, "edgeloom_state_background_errors", "Errors of the database's background work"),
];

/// Counters, each with a label and the values of it that are told apart, none for one without: they are zero before they count.
const FROM_ZERO: &[(&str, &str, &[&str])] = &[
    ("edgeloom_chain_blocks_total", "", &[]),
    ("edgeloom_chain_transactions_total", "", &[]),
    ("edgeloom_chain_gas_used_total", "", &[]),
    ("edgeloom_chain_proposals_total", "result", &["built", "valid", "invalid", "undecided"]),
    ("edgeloom_consensus_votes_seen_total", "kind", &["notarize", "nullify", "finalize"]),
    ("edgeloom_consensus_votes_signed_total", "kind", &["notarize", "nullify", "finalize"]),
    ("edgeloom_consensus_certificates_total", "kind", &["notarization", "nullification", "finalization"]),
    ("edgeloom_consensus_equivocations_total", "kind", &["notarize", "finalize", "nullify_finalize"]),
    ("edgeloom_consensus_blocks_proposed_total", "", &[]),
    ("edgeloom_consensus_certificates_included_total", "", &[]),
    ("edgeloom_consensus_own_inclusions_total", "", &[]),
    ("edgeloom_txpool_admitted_total", "origin", &["local", "peer"]),
    ("edgeloom_txpool_rejected_total", "reason", &["already_known", "nonce_too_low", "funds", "replacement", "full"]),
    ("edgeloom_txpool_replaced_total", "", &[]),
    ("edgeloom_txpool_evicted_total", "", &[]),
];

/// Tells the recorder what every series is, and begins those that count.
pub(super) fn describe() {
    for (kind, name, help) in SERIES {
        match kind {
            Counter => describe_counter!(*name, *help),
            Gauge => describe_gauge!(*name, *help),
            Histogram => describe_histogram!(*name, *help),
        }
    }
    for (name, label, values) in FROM_ZERO {
        if values.is_empty() {
            counter!(*name).increment(0);
        }
        values.iter().for_each(|value| counter!(*name, *label => *value).increment(0));
    }
    metrics::gauge!("edgeloom_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    metrics_process::Collector::default().describe();
}

#[cfg(test)]
mod tests;
