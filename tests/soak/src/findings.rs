//! What a run found, from all its tasks.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Most violations whose words are kept; all are counted.
const KEPT_MAX: usize = 200;

#[derive(Debug, Default)]
pub(crate) struct Findings {
    violations: AtomicU64,
    sentences: Mutex<Vec<String>>,
    /// Requests sent, and how they were answered.
    pub(crate) sent: AtomicU64,
    pub(crate) answered: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) hung_up: AtomicU64,
}

impl Findings {
    pub(crate) fn violation(&self, sentence: String) {
        self.violations.fetch_add(1, Ordering::Relaxed);
        let mut sentences = self.sentences.lock().unwrap_or_else(PoisonError::into_inner);
        if sentences.len() < KEPT_MAX {
            sentences.push(sentence);
        }
    }

    /// One that explains others, whose words come first however many there are.
    pub(crate) fn cause(&self, sentence: String) {
        self.violations.fetch_add(1, Ordering::Relaxed);
        self.sentences.lock().unwrap_or_else(PoisonError::into_inner).insert(0, sentence);
    }

    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn violations(&self) -> u64 {
        self.violations.load(Ordering::Relaxed)
    }

    pub(crate) fn sentences(&self) -> Vec<String> {
        self.sentences.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
