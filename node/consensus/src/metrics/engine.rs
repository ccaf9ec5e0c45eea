//! What the engine and its network count of themselves, in a registry of their own: read from time to time and summed
//! over peers, leaders and epochs, of which there may be many, into series of ours.

use metrics::{counter, gauge};
use std::collections::BTreeMap;

/// A series of the engine's, by how its name begins and ends, and what becomes of it.
struct Source {
    starts: &'static str,
    ends: &'static str,
    becomes: Becomes,
}

#[derive(Clone, Copy)]
enum Becomes {
    /// The sum of what was added since the last look, by a label of the engine's where one is named.
    Counter(&'static str, Option<Label>),
    /// The sum of the values.
    Gauge(&'static str),
    /// How many of them there are.
    Count(&'static str),
    /// The largest of the values: the engines of two epochs may both be there for a moment.
    Largest(&'static str),
}

/// A label of the engine's, and the fixed values that are told apart; what is none of them is `other`.
#[derive(Clone, Copy)]
struct Label {
    theirs: &'static str,
    ours: &'static str,
    values: &'static [(&'static str, &'static str)],
}

const REASON: Label = Label {
    theirs: "reason",
    ours: "reason",
    values: &[
        ("Retry", "retry"),
        ("Inactivity", "inactivity"),
        ("LeaderNullify", "leader_nullify"),
        ("LeaderTimeout", "leader_timeout"),
        ("CertificationTimeout", "certification_timeout"),
        ("StallTimeout", "stall_timeout"),
        ("MissingProposal", "missing_proposal"),
        ("IgnoredProposal", "ignored_proposal"),
        ("InvalidProposal", "invalid_proposal"),
        ("FailedCertification", "failed_certification"),
    ],
};

const STATUS: Label = Label {
    theirs: "status",
    ours: "status",
    values: &[
        ("Success", "success"),
        ("Ambiguous", "ambiguous"),
        ("Failure", "failure"),
        ("Invalid", "invalid"),
        ("Dropped", "dropped"),
        ("Timeout", "timeout"),
    ],
};

const OTHER: &str = "other";

const SOURCES: &[Source] = &[
    Source { starts: "p2p_", ends: "_directory_tracked", becomes: Becomes::Gauge("edgeloom_p2p_peers_known") },
    Source { starts: "p2p_", ends: "_directory_blocked", becomes: Becomes::Count("edgeloom_p2p_peers_blocked") },
    Source {
        starts: "p2p_",
        ends: "_dialer_attempts_total",
        becomes: Becomes::Counter("edgeloom_p2p_dials_total", None),
    },
    Source {
        starts: "p2p_listener_handshake",
        ends: "_total",
        becomes: Becomes::Counter("edgeloom_p2p_handshakes_refused_total", None),
    },
    Source {
        starts: "p2p_",
        ends: "_messages_rate_limited_total",
        becomes: Becomes::Counter("edgeloom_p2p_messages_held_back_total", None),
    },
    Source { starts: "chain_", ends: "_state_current_view", becomes: Becomes::Largest("edgeloom_consensus_view") },
    Source {
        starts: "chain_",
        ends: "_state_timeouts_total",
        becomes: Becomes::Counter("edgeloom_consensus_timeouts_total", Some(REASON)),
    },
    Source {
        starts: "chain_marshal",
        ends: "_processed_height",
        becomes: Becomes::Largest("edgeloom_sync_archived_height"),
    },
    Source {
        starts: "chain_backfill",
        ends: "_fetch_total",
        becomes: Becomes::Counter("edgeloom_sync_backfills_total", Some(STATUS)),
    },
    Source { starts: "runtime_tasks_running", ends: "", becomes: Becomes::Gauge("edgeloom_consensus_tasks") },
];

/// What was read last.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    /// Of counters, by the whole name of their series: an epoch's begin at zero and end with it.
    counted: BTreeMap<String, u64>,
}

impl Engine {
    /// Takes over what the text of the engine's registry says.
    pub(crate) fn read(&mut self, text: &str) {
        let mut sums = Sums::default();
        let mut counted = BTreeMap::new();
        for (series, value) in text.lines().filter_map(sample) {
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let found = SOURCES.iter().find(|source| name.starts_with(source.starts) && name.ends_with(source.ends));
            let Some(Source { becomes, .. }) = found else { continue };
            match *becomes {
                Becomes::Counter(ours, label) => {
                    let now = value as u64;
                    let before = self.counted.get(series).copied().unwrap_or_default();
                    let word = label.map(|label| label.word(labels));
                    *sums.added.entry((ours, word)).or_default() += now.saturating_sub(before);
                    counted.insert(series.to_owned(), now);
                }
                Becomes::Gauge(ours) => *sums.levels.entry(ours).or_default() += value,
                Becomes::Count(ours) => *sums.levels.entry(ours).or_default() += 1.0,
                Becomes::Largest(ours) => {
                    let largest = sums.levels.entry(ours).or_insert(value);
                    *largest = largest.max(value);
                }
            }
        }
        self.counted = counted;
        sums.publish();
    }
}

#[derive(Debug, Default)]
struct Sums {
    added: BTreeMap<(&'static str, Option<&'static str>), u64>,
    levels: BTreeMap<&'static str, f64>,
}

impl Sums {
    fn publish(&self) {
        for Source { becomes, .. } in SOURCES {
            match *becomes {
                // The engine has no row for what never happened; that it never did is worth a zero.
                Becomes::Counter(ours, None) => {
                    counter!(ours).increment(self.added.get(&(ours, None)).copied().unwrap_or_default());
                }
                Becomes::Counter(ours, Some(label)) => {
                    for word in label.values.iter().map(|(_, word)| *word).chain([OTHER]) {
                        let added = self.added.get(&(ours, Some(word))).copied().unwrap_or_default();
                        counter!(ours, label.ours => word).increment(added);
                    }
                }
                Becomes::Gauge(ours) | Becomes::Count(ours) | Becomes::Largest(ours) => {
                    gauge!(ours).set(self.levels.get(ours).copied().unwrap_or_default());
                }
            }
        }
    }
}

impl Label {
    fn word(self, labels: &str) -> &'static str {
        let value = labels.split_once(self.theirs).and_then(|(_, rest)| rest.strip_prefix("=\"")?.split('"').next());
        let known = self.values.iter().find(|(theirs, _)| Some(*theirs) == value);
        known.map_or(OTHER, |(_, ours)| ours)
    }
}

/// A line's series and value; `None` for a comment.
fn sample(line: &str) -> Option<(&str, f64)> {
    let line = line.strip_prefix('#').map_or(Some(line), |_| None)?;
    let (series, value) = line.rsplit_once(' ')?;
    Some((series, value.parse().ok()?))
}

#[cfg(test)]
mod tests;
