//! What is known of a node at one moment.

use super::exposition::Samples;
use edgeloom_node_api as api;
use eyre::{Result, WrapErr, eyre};
use serde::Serialize;
use serde_json::Value;
use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

/// What is asked of JSON-RPC.
pub(super) const METHODS: [(&str, &str); 6] = [
    ("web3_clientVersion", "[]"),
    ("edge_status", "[]"),
    ("net_peerCount", "[]"),
    ("eth_syncing", "[]"),
    ("txpool_status", "[]"),
    ("eth_getBlockByNumber", "[\"latest\", false]"),
];

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) version: String,
    pub(super) chain_id: u64,
    pub(super) genesis: String,
    /// Of the newest final block.
    pub(super) height: u64,
    /// Since that was made, seconds.
    pub(super) block_age: u64,
    /// Of the newest checkpointed block.
    pub(super) checkpoint: u64,
    /// The highest block that was heard of, while the node catches up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) syncing_to: Option<u64>,
    pub(super) peers: u64,
    /// Transactions that can execute, and those that wait for a lower nonce.
    pub(super) pool_ready: u64,
    pub(super) pool_gapped: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more: Option<More>,
    /// Why there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) no_metrics: Option<String>,
}

/// What only metrics tell.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct More {
    pub(super) epoch: u64,
    pub(super) view: u64,
    pub(super) seats: u64,
    /// This node's; none for who has no seat in this epoch.
    pub(super) seat: Option<u64>,
    /// Height of the newest block that it voted for.
    pub(super) last_signed: Option<u64>,
    pub(super) equivocations: u64,
    /// From a block's time to its being final here, seconds.
    pub(super) finality_p50: Option<f64>,
    pub(super) finality_p99: Option<f64>,
    pub(super) transactions: u64,
    pub(super) base_fee_wei: u64,
    pub(super) database_bytes: u64,
    pub(super) oldest_state: u64,
    pub(super) writes_stopped: bool,
    /// Of the process and since the Unix epoch; none where the system does not show a process to itself.
    pub(super) memory_bytes: Option<u64>,
    pub(super) started_seconds: Option<u64>,
}

impl Report {
    /// Of the answers to [`METHODS`] and the text of metrics, or why there is none.
    pub(super) fn of(answers: &[Value], metrics: Result<String, String>) -> Result<Self> {
        let [version, status, peers, syncing, pool, block] = answers else {
            return Err(eyre!("{} answers to {} calls", answers.len(), METHODS.len()));
        };
        let status: api::Status = serde_json::from_value(status.clone()).wrap_err("edge_status")?;
        let field = |object: &Value, name: &str| quantity(object.get(name)).wrap_err_with(|| name.to_owned());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (more, no_metrics) = match metrics {
            Ok(text) => (Some(More::of(&Samples::parse(&text))), None),
            Err(reason) => (None, Some(reason)),
        };
        Ok(Self {
            version: version.as_str().unwrap_or_default().to_owned(),
            chain_id: status.chain_id,
            genesis: status.genesis_hash.to_string(),
            height: status.height,
            block_age: now.saturating_sub(field(block, "timestamp")?),
            checkpoint: status.finalized,
            syncing_to: syncing.get("highestBlock").map(|height| quantity(Some(height))).transpose()?,
            peers: quantity(Some(peers)).wrap_err("net_peerCount")?,
            pool_ready: field(pool, "pending")?,
            pool_gapped: field(pool, "queued")?,
            more,
            no_metrics,
        })
    }

    /// What an operator should look after, and why.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(highest) = self.syncing_to {
            warnings.push(format!("catching up: {} of {highest}", self.height));
        } else if self.block_age > STALE_SECONDS {
            warnings.push(format!("no block for {}", duration(self.block_age)));
        }
        let Some(more) = &self.more else { return warnings };
        let unsigned = more.last_signed.map_or(self.height, |signed| self.height.saturating_sub(signed));
        if more.seat.is_some() && unsigned > UNSIGNED_MAX {
            warnings.push(format!("this validator signed none of the last {unsigned} blocks"));
        }
        if more.equivocations > 0 {
            warnings.push(format!("{} contradictory votes were seen", more.equivocations));
        }
        if more.writes_stopped {
            warnings.push("the database does not keep up: writes wait for compaction".into());
        }
        warnings
    }
}

/// Heartbeats are a second apart.
const STALE_SECONDS: u64 = 30;
/// A vote may be late once or twice.
const UNSIGNED_MAX: u64 = 16;

impl More {
    fn of(samples: &Samples) -> Self {
        let number = |name: &str| samples.get(name).unwrap_or_default().max(0.0) as u64;
        let known = |name: &str| samples.get(name).filter(|value| *value >= 0.0).map(|value| value as u64);
        let finality = |share| samples.quantile("edgeloom_chain_finality_seconds", share);
        Self {
            epoch: number("edgeloom_consensus_epoch"),
            view: number("edgeloom_consensus_view"),
            seats: number("edgeloom_consensus_seats"),
            seat: known("edgeloom_consensus_seat"),
            last_signed: known("edgeloom_consensus_last_signed_height"),
            equivocations: samples.sum("edgeloom_consensus_equivocations_total").unwrap_or_default() as u64,
            finality_p50: finality(0.5),
            finality_p99: finality(0.99),
            transactions: number("edgeloom_chain_transactions_total"),
            base_fee_wei: number("edgeloom_chain_base_fee_wei"),
            database_bytes: samples.sum("edgeloom_state_table_bytes").unwrap_or_default() as u64
                + number("edgeloom_state_memtable_bytes"),
            oldest_state: number("edgeloom_state_oldest_height"),
            writes_stopped: number("edgeloom_state_writes_stopped") > 0,
            memory_bytes: known("process_resident_memory_bytes").filter(|bytes| *bytes > 0),
            started_seconds: known("process_start_time_seconds").filter(|time| *time > 0),
        }
    }
}

/// A quantity of JSON-RPC: hex, or a number where a client wrote it so.
fn quantity(value: Option<&Value>) -> Result<u64> {
    let value = value.ok_or_else(|| eyre!("it is missing"))?;
    let hex = value.as_str().and_then(|text| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok());
    hex.or_else(|| value.as_u64()).ok_or_else(|| eyre!("{value} is no quantity"))
}

/// The lines of a report: what, and how it is.
impl Report {
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let behind = self.height.saturating_sub(self.checkpoint);
        let mut lines = vec![
            ("Node", self.version.clone()),
            ("Chain", format!("{} of genesis {}", self.chain_id, self.genesis)),
            ("Height", format!("{}, {} ago", self.height, duration(self.block_age))),
            ("Checkpoint", format!("{}, {behind} blocks before it", self.checkpoint)),
            (
                "Sync",
                self.syncing_to.map_or_else(|| "at the tip".into(), |highest| format!("{} of {highest}", self.height)),
            ),
            ("Peers", self.peers.to_string()),
            ("Pool", format!("{} ready, {} waiting for a lower nonce", self.pool_ready, self.pool_gapped)),
        ];
        if let Some(more) = &self.more {
            lines.extend(more.lines());
        }
        lines
    }
}

impl More {
    fn lines(&self) -> [(&'static str, String); 8] {
        let seconds = |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.2} s"));
        let seat = self.seat.map_or_else(|| "none".into(), |seat| format!("{seat} of {}", self.seats));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        [
            ("Epoch", format!("{}, view {}, seat {seat}", self.epoch, self.view)),
            ("Last signed", self.last_signed.map_or_else(|| "nothing".into(), |height| height.to_string())),
            ("Finality", format!("{} (p50), {} (p99)", seconds(self.finality_p50), seconds(self.finality_p99))),
            ("Base fee", format!("{} wei", self.base_fee_wei)),
            ("Since start", format!("{} transactions", self.transactions)),
            ("Database", format!("{}, states from block {} on", bytes(self.database_bytes), self.oldest_state)),
            ("Memory", self.memory_bytes.map_or_else(|| "-".into(), bytes)),
            ("Up", self.started_seconds.map_or_else(|| "-".into(), |started| duration(now.saturating_sub(started)))),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        for (index, (what, how)) in lines.iter().enumerate() {
            let end = if index + 1 == lines.len() { "" } else { "\n" };
            write!(f, "{what:<12} {how}{end}")?;
        }
        for warning in self.warnings() {
            write!(f, "\nWarning      {warning}")?;
        }
        match &self.no_metrics {
            Some(reason) => write!(f, "\nNo more      {reason}"),
            None => Ok(()),
        }
    }
}

/// Bytes in the unit that fits.
fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut value, mut unit) = (bytes as f64 / 1024.0, 0);
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        (value, unit) = (value / 1024.0, unit + 1);
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Seconds in the two units that fit.
fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
pub(super) mod tests;
