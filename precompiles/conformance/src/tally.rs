//! Counts of a run, and what it found.

use std::collections::BTreeMap;

/// What became of the cases of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases by what they are.
    pub cases: BTreeMap<&'static str, u64>,
    /// One line each, naming the case.
    pub violations: Vec<String>,
}

impl Tally {
    pub(crate) fn add(mut self, name: &'static str, case: u64, verdict: Result<(), String>) -> Self {
        *self.cases.entry(name).or_default() += 1;
        self.violations.extend(verdict.err().map(|what| format!("case {case}, {name}: {what}")));
        self
    }

    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        for (name, cases) in other.cases {
            *self.cases.entry(name).or_default() += cases;
        }
        self.violations.extend(other.violations);
        self
    }
}
