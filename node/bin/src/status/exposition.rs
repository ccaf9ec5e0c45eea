//! Prometheus' text, read: as much of it as our own pages use.

use std::collections::BTreeMap;

/// Values by series: name, then labels as they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Samples(BTreeMap<(String, String), f64>);

impl Samples {
    /// Lines that are no samples are left out.
    pub(super) fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Self(lines.filter_map(sample).collect())
    }

    /// The only sample of a name, or that without labels.
    pub(super) fn get(&self, name: &str) -> Option<f64> {
        self.0
            .range((name.to_owned(), String::new())..)
            .next()
            .filter(|((found, _), _)| found == name)
            .map(|(_, value)| *value)
    }

    /// Of all samples of a name together; `None` when there is none.
    pub(super) fn sum(&self, name: &str) -> Option<f64> {
        let mut values = self.of(name).map(|(_, value)| value).peekable();
        values.peek()?;
        Some(values.sum())
    }

    /// The value below which `share` of a histogram's samples are, as far as its buckets tell: linear within one.
    pub(super) fn quantile(&self, name: &str, share: f64) -> Option<f64> {
        let name = format!("{name}_bucket");
        let buckets = self.of(&name).filter_map(|(labels, count)| {
            let bound = labels.split(',').find_map(|label| label.strip_prefix("le=\"")?.strip_suffix('"'))?;
            Some((bound.parse::<f64>().ok()?, count))
        });
        let mut buckets: Vec<_> = buckets.collect();
        buckets.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let rank = buckets.last().map(|(_, all)| all * share).filter(|rank| *rank > 0.0)?;
        let (mut below, mut before) = (0.0, 0.0);
        for (bound, count) in buckets {
            if count >= rank {
                let within = if count > before { (rank - before) / (count - before) } else { 1.0 };
                return Some(if bound.is_finite() { below + (bound - below) * within } else { below });
            }
            (below, before) = (bound, count);
        }
        None
    }

    fn of(&self, name: &str) -> impl Iterator<Item = (&str, f64)> {
        let from = self.0.range((name.to_owned(), String::new())..);
        let name = name.to_owned();
        from.take_while(move |((found, _), _)| *found == name).map(|((_, labels), value)| (labels.as_str(), *value))
    }
}

fn sample(line: &str) -> Option<((String, String), f64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    Some(((name.to_owned(), labels.strip_suffix('}')?.to_owned()), value.parse().ok()?))
}

#[cfg(test)]
mod tests;
