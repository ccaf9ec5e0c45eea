use std::{
    collections::BTreeMap,
    ops::{Add, AddAssign},
};

/// What became of the cases of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Compared.
    pub cases: u64,
    /// Not run, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// One line each, naming the case.
    pub violations: Vec<String>,
}

impl Tally {
    /// A case that was compared.
    pub(crate) fn compared(case: &str, verdict: Result<(), String>) -> Self {
        let violations = verdict.err().map(|difference| format!("{case}: {difference}")).into_iter().collect();
        Self { cases: 1, violations, ..Self::default() }
    }

    pub(crate) fn skipped(reason: &str, cases: u64) -> Self {
        Self { skipped: BTreeMap::from([(reason.to_owned(), cases)]), ..Self::default() }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.cases += other.cases;
        for (reason, cases) in other.skipped {
            *self.skipped.entry(reason).or_default() += cases;
        }
        self.violations.extend(other.violations);
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}
