//! The end of a canary that nobody found: who planted it knows what is right, and what it committed to, and refutes it.

use alloy::primitives::B256;
use edgeloom_sdk::{Challenge, Error, Proceedings, Refutation};

use super::Computed;
use crate::{desk::Desk, prosecute};

/// The refutation, made once, and what was announced of it.
#[derive(Default)]
pub(super) struct Refutal {
    refutation: Option<Refutation>,
    announced: Option<B256>,
}

impl Refutal {
    /// A step towards it.
    pub(super) async fn step(
        &mut self,
        desk: &Desk,
        proceedings: &Proceedings,
        (work, hold): (&Computed, u64),
    ) -> Result<(), Error> {
        if self.refutation.is_none() {
            tracing::info!(claim = %proceedings.claim(), "nobody found the canary: refuting it");
            let challenge = Challenge::of(work.model.model(), &work.trace);
            self.refutation = challenge.and_then(|challenge| challenge.at_once(work.work()));
        }
        match &self.refutation {
            Some(refutation) => prosecute::refute(desk, proceedings, (refutation, &mut self.announced), hold).await,
            None => Err(Error::Answer("a planted claim that nothing is wrong with".to_owned())),
        }
    }
}
