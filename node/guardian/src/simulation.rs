//! A network of guardians that co-sign one checkpoint, event by event, by the code that a guardian runs.
//!
//! * Z1 Keys, signatures and aggregates are real; every certificate that an honest guardian gives out is checked, the first one by a pairing from
//!   its bytes. Secrets have only 24 bits and are known here: so whether a signature is its signers' is decided by making it from the sum
//!   of their secrets, which takes microseconds and says what a pairing says. Every so many checks a pairing decides as well, and has to agree.
//! * Z2 Each guardian has one core. What it does is charged at costs that the caller measured ([`Costs`]); what one thing delays comes later.
//! * Z3 A message is lost, or takes a time whose logarithm is normally distributed. Its bytes are those of a QUIC stream of its own in UDP over
//!   IPv4, acknowledged alone ([`wire_bytes`]); connections are open: whoever is a contact is one for the whole epoch. A receiver lets a
//!   sender have two streams open, so that nobody has more than two messages under way to it.
//! * Z4 Of the adversaries' stake a third is silent, a third lies (wrong aggregates of everybody, wrong signatures of its own, points off the
//!   curve, torn messages), and a third floods its contacts and as many strangers. Honest guardians begin when the block reaches them; one
//!   in a hundred restarts meanwhile, and is offered another block at the same height.
//! * Z5 The same settings give the same outcome on one machine.

mod adversary;
mod audit;
mod cast;
mod chance;
mod node;
mod truth;
mod world;

use std::time::Duration;

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub guardians: usize,
    pub seed: u64,
    /// Of 10,000 parts of all stake, those of silent, lying and flooding guardians.
    pub adversaries: u64,
    /// Half of all messages take longer.
    pub latency: Duration,
    /// Of the logarithm of a message's time.
    pub spread: f64,
    /// Messages of 10,000 that are lost.
    pub loss: u64,
    /// When it ends.
    pub horizon: Duration,
    /// A pairing decides too in one check of so many.
    pub sampled: u64,
    pub costs: Costs,
    pub pace: crate::Pace,
    pub plant: Option<Plant>,
}

/// Nanoseconds of one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Decoding a signature, with the check that it is in the subgroup.
    pub decoding: u64,
    /// Adding a key.
    pub addition: u64,
    /// Multiplying a key and a signature by 64 bits.
    pub multiplication: u64,
    /// A pairing check, with hashing the message.
    pub pairing: u64,
    /// Adding a signature.
    pub sum: u64,
    pub signing: u64,
    /// Encrypting or decrypting a packet, and the kernel's part.
    pub packet: u64,
}

/// A fault that has to turn a simulation red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Contributions are taken without a check.
    AcceptUnchecked,
    /// Where a check of many fails, all of them are thrown away, and nobody is dropped.
    DropAggregates,
    /// Where a check of many fails, all their senders are dropped.
    BlameAll,
    /// A restart forgets the journal.
    ForgetJournal,
}

impl Plant {
    pub const ALL: [(&'static str, Self); 4] = [
        ("accept-unchecked", Self::AcceptUnchecked),
        ("drop-aggregates", Self::DropAggregates),
        ("blame-all", Self::BlameAll),
        ("forget-journal", Self::ForgetJournal),
    ];
}

/// What must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    #[error("a certificate that position {0} gave out does not verify")]
    Certificate(usize),
    #[error("position {by} dropped position {honest}, which is honest")]
    HonestDropped { by: usize, honest: usize },
    #[error("position {0} signed two blocks at one height")]
    TwoBlocks(usize),
    #[error("{without} of {honest} honest guardians had no certificate after {0:?}", horizon)]
    NoCertificate { without: usize, honest: usize, horizon: Duration },
    #[error("position {by} threw away what position {of} sent, which was valid")]
    Lost { by: usize, of: usize },
    #[error("{waiting} contributions wait at position {position}")]
    Waiting { position: usize, waiting: usize },
    #[error("position {0} did not take a block, or a contribution, that it has to take")]
    Refused(usize),
    #[error("a pairing and the secrets disagree about a check of position {0}")]
    Disagreement(usize),
}

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub honest: usize,
    pub adversaries: usize,
    /// Of all stake, what adversaries have, in 10,000 parts.
    pub adversaries_stake: u64,
    /// From the block's finality until the first honest guardian had a certificate, seconds.
    pub first_certificate: f64,
    /// Until half of them had one.
    pub median_certificate: f64,
    /// Until the last one had one.
    pub last_certificate: f64,
    /// Sent and received by the median honest guardian, kilobytes of 1,000 bytes.
    pub kilobytes: f64,
    /// By the one with the most.
    pub kilobytes_most: f64,
    /// Guardians that the median honest one exchanged messages with.
    pub peers: f64,
    /// Of the median honest guardian: milliseconds of its core, and of these what checks took.
    pub cpu: f64,
    pub cpu_checks: f64,
    /// Of all stake, in 10,000 parts: in the first certificate, and in the best one at the end.
    pub first_stake: u64,
    pub best_stake: u64,
    pub messages: u64,
    pub checks: u64,
    /// Checks that a pairing decided too.
    pub paired: u64,
    /// Adversaries dropped, each as often as somebody did.
    pub dropped: u64,
}

/// Runs it.
///
/// # Errors
/// The first [`Violation`].
pub fn run(settings: &Settings) -> Result<Outcome, Violation> {
    world::World::new(settings).run()
}

/// Bytes of a message's packets, headers of IPv4, UDP and QUIC and the tag of its encryption included, and of their acknowledgement.
pub const fn wire_bytes(message: usize) -> (u64, u64) {
    // IPv4 20, UDP 8; short header of 1 with a connection id of 8 and a packet number of 2, tag 16; head of a stream's frame 8.
    const HEADERS: usize = 20 + 8 + 11 + 16 + 8;
    // Path MTU of 1,280 bytes without the headers.
    const PAYLOAD: usize = 1_280 - HEADERS;
    // Headers as above without a stream's frame, and the frame of an acknowledgement and one of stream credit.
    const ACKNOWLEDGEMENT: usize = 20 + 8 + 11 + 16 + 5 + 4;
    ((message + message.div_ceil(PAYLOAD) * HEADERS) as u64, ACKNOWLEDGEMENT as u64)
}

#[cfg(test)]
mod tests;
