//! What an operator can measure of consensus: blocks, votes, links and how far behind this node is, in Prometheus' terms.
//! In a process without a recorder, as a simulation is, nothing is kept. Nothing that decides reads any of it.
//!
//! The label values are fixed words, so that the number of series is: no peer, no hash and no view is one.

mod channels;
mod engine;
mod votes;

use crate::{Feed, application::ChainApp, committee::Scheme};
use commonware_consensus::types::Epoch;
use commonware_cryptography::certificate::Scheme as _;
use edgeloom_chain::Decided;
use edgeloom_types::{Certificate, SealedBlock};
use metrics::{counter, gauge, histogram};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(crate) use channels::counted;
pub(crate) use engine::Engine;
pub(crate) use votes::Watched;

/// What became of a block that was executed or built here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Judged {
    Built,
    Valid,
    Invalid,
    /// Finality overtook the question, or this node's disk failed.
    Undecided,
}

impl Judged {
    const fn word(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Undecided => "undecided",
        }
    }
}

/// A block was executed, or built, in so long: waiting for the chain's lock is part of that.
pub(crate) fn judged(judged: Judged, started: Instant) {
    let took = started.elapsed();
    match judged {
        Judged::Built => histogram!("edgeloom_chain_build_seconds").record(took),
        _ => histogram!("edgeloom_chain_execution_seconds").record(took),
    }
    counter!("edgeloom_chain_proposals_total", "result" => judged.word()).increment(1);
}

/// The engine of an epoch starts.
pub(crate) fn entered(epoch: Epoch, scheme: &Scheme) {
    let seat = scheme.me().and_then(|me| me.signer());
    gauge!("edgeloom_consensus_epoch").set(epoch.get() as f64);
    gauge!("edgeloom_consensus_seats").set(scheme.participants().len() as f64);
    gauge!("edgeloom_consensus_seat").set(seat.map_or(-1.0, |seat| f64::from(seat.get())));
}

/// How many nodes this one is linked to.
pub(crate) fn linked(peers: usize) {
    gauge!("edgeloom_p2p_peers").set(peers as f64);
}

/// What is told of final blocks, one after the other.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// The highest final height that was heard of.
    heard: Feed,
    /// Height and time of the one before, milliseconds since the Unix epoch.
    before: Option<(u64, u64)>,
}

impl Blocks {
    pub(crate) const fn new(heard: Feed) -> Self {
        Self { heard, before: None }
    }

    /// A block is durable; this node began to make it so at `started`.
    pub(crate) fn note(&mut self, decided: &Decided, started: Instant, app: &ChainApp) {
        let block = &decided.block;
        let (header, height, time_ms) = (block.header(), block.height().get(), block.timestamp_ms());
        histogram!("edgeloom_chain_commit_seconds").record(started.elapsed());
        gauge!("edgeloom_chain_height").set(height as f64);
        gauge!("edgeloom_chain_block_timestamp_seconds").set(time_ms as f64 / 1000.0);
        gauge!("edgeloom_chain_base_fee_wei").set(header.base_fee_per_gas.unwrap_or_default() as f64);
        gauge!("edgeloom_chain_gas_limit").set(header.gas_limit as f64);
        counter!("edgeloom_chain_blocks_total").increment(1);
        counter!("edgeloom_chain_transactions_total").increment(block.block().transactions.len() as u64);
        counter!("edgeloom_chain_gas_used_total").increment(header.gas_used);
        if let Some((_, before_ms)) = self.before.filter(|(before, _)| before + 1 == height) {
            let between = Duration::from_millis(time_ms.saturating_sub(before_ms));
            histogram!("edgeloom_chain_block_interval_seconds").record(between);
        }
        self.before = Some((height, time_ms));
        // The age of what is caught up on says nothing about finality.
        if height >= self.heard.borrow().get() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            histogram!("edgeloom_chain_finality_seconds").record(now.saturating_sub(Duration::from_millis(time_ms)));
        }
        note_seats(block, app);
    }
}

/// What the block says of who proposed and who signed.
fn note_seats(block: &SealedBlock, app: &ChainApp) {
    let certificates = &block.block().certificates;
    counter!("edgeloom_consensus_certificates_included_total").increment(certificates.len() as u64);
    let Some(identity) = app.committees.keys().map(|keys| keys.identity()) else { return };
    let ours = block.consensus().leader == identity;
    counter!("edgeloom_consensus_blocks_proposed_total").increment(ours.into());
    let signed = |certificate: &Certificate| {
        let seat =
            app.terms.of_epoch(certificate.epoch)?.committee.seats().position(|seat| seat.identity == identity)?;
        certificate.signers.contains(&seat).then_some(())
    };
    let decoded = certificates.iter().filter_map(|bytes| Certificate::decode(bytes).ok());
    let signed = decoded.filter(|certificate| signed(certificate).is_some()).count();
    counter!("edgeloom_consensus_own_inclusions_total").increment(signed as u64);
}
