//! `cargo xtask bench guardians`: certificates of ten thousand guardians, in a network that is simulated event by event
//! (`guardian::simulation`, run by `edgeloom-sim guardians`), one for each run with a seed of its own. Messages take 50 ms (median), 2 of 100
//! are lost; 33 of 100 parts of all stake are silent, lie or flood; costs of cryptography are measured in the same run and charged to
//! one core each. What is asked for is more than two thirds of all stake, so that 199 of 200 parts of the honest stake have to be in.
//!
//! * `certificate_s_10k`: from the block's finality until the first honest guardian has a certificate; the median one and the last one
//!   beside it. The limit is 14 halvings of the set, each at least one message of 50 ms after the one below: 0.75 s with the block's own.
//! * `kb_per_node_10k`: what the median honest guardian sends and receives, with the headers of IPv4, UDP and QUIC, acknowledgements, and what
//!   is flooded. Connections are open: contacts stay the same for an epoch. `kb_per_node_10k_cold` adds a handshake of 4.0 kB for each
//!   peer. The limit is one contribution of each level in both directions: some 13 kB.
//! * `aggregate_10k_cpu_s`: ten thousand signatures from their bytes, each checked to be in its subgroup, added up and verified together, on one
//!   core; one by one beside it. The limit is decoding them: 10,000 × `decoding_us`.

use super::{emit, pairs::Pairs};
use edgeloom_tests::binary;
use eyre::{Result, WrapErr as _, ensure, eyre};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// A QUIC handshake with raw public keys: both first packets are padded to 1,200 bytes; certificates, tickets and acknowledgements.
const HANDSHAKE_KB: f64 = 4.0;

pub(super) fn run(runs: usize) -> Result<()> {
    let mut command = Command::new(binary("edgeloom-sim")?);
    let output = command.args(["guardians", "--runs", &runs.to_string()]).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "edgeloom-sim guardians ended with {}", output.status);
    let figures: Value = serde_json::from_slice(&output.stdout).wrap_err("no figures of edgeloom-sim")?;
    let of = |name: &str| -> Result<Vec<f64>> {
        let samples = figures[name].as_array().ok_or_else(|| eyre!("no {name}"))?;
        samples.iter().map(|sample| sample.as_f64().ok_or_else(|| eyre!("{name} is no number"))).collect()
    };
    let median = |name: &str| -> Result<f64> { Ok(super::pairs::sorted_median(&of(name)?)) };
    let network = json!({
        "limit": 5, "median_node": median("median_certificate_s")?, "last_node": median("last_certificate_s")?, "honest": median("honest")?,
        "adversaries_stake_bp": median("adversaries_stake_bp")?, "first_stake_bp": median("first_stake_bp")?,
        "best_stake_bp": median("best_stake_bp")?,
    });
    emit("guardians", "certificate_s_10k", "s", &of("first_certificate_s")?, network);
    let (kilobytes, peers) = (of("kilobytes")?, of("peers")?);
    let most = json!({"limit": 200, "most": median("kilobytes_most")?, "peers": median("peers")?});
    emit("guardians", "kb_per_node_10k", "kB", &kilobytes, most);
    let cold: Vec<_> = kilobytes.iter().zip(&peers).map(|(warm, peers)| warm + peers * HANDSHAKE_KB).collect();
    emit("guardians", "kb_per_node_10k_cold", "kB", &cold, json!({}));
    emit("guardians", "cpu_ms_per_node_10k", "ms", &of("cpu_ms")?, json!({"checks": median("cpu_checks_ms")?}));
    let costs = json!({
        "limit": 1.7, "decoding_us": median("decoding_us")?, "addition_us": median("addition_us")?, "pairing_us": median("pairing_us")?,
    });
    let aggregates = Pairs { ours: of("aggregate_s")?, theirs: of("one_by_one_s")? };
    aggregates.emit(("guardians", "aggregate_10k_cpu_s", "s"), "one by one", costs);
    Ok(())
}
