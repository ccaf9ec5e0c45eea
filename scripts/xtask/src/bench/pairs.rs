//! A figure of ours beside a peer's, measured in the same turns.

use super::{emit, median};
use serde_json::{Value, json};

/// Samples of one figure, one of each side a turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    pub(super) ours: Vec<f64>,
    pub(super) theirs: Vec<f64>,
}

impl Pairs {
    /// `extra` joins the line; the ratio is the median of the turns' ratios, ours over theirs.
    pub(super) fn emit(&self, (bench, metric, unit): (&str, &str, &str), peer: &str, extra: Value) {
        let mut fields = json!({});
        if !self.theirs.is_empty() {
            fields = json!({"peer": peer, "peer_median": sorted_median(&self.theirs), "ratio": self.ratio()});
        }
        if let (Value::Object(fields), Value::Object(extra)) = (&mut fields, extra) {
            fields.extend(extra);
        }
        emit(bench, metric, unit, &self.ours, fields);
    }

    fn ratio(&self) -> f64 {
        let ratios: Vec<_> = self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| ours / theirs).collect();
        sorted_median(&ratios)
    }
}

pub(super) fn sorted_median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    median(&sorted)
}
