//! A graphics card that computes answers, where the operator wants one. It is tried with random graphs before the first job, and
//! each answer is still held to the reference's: a card that goes bad costs a job, never a bond.

use edgeloom_edge_proof::Kernel;
use edgeloom_gpu::{Choice, Gpu, OpenError, TrialError};
use edgeloom_sdk::{LocalModel, ModelError};
use serde::Deserialize;
use thiserror::Error;

use crate::life::unix_seconds;

/// Outputs of random graphs that a card has to give right before it is used: a few seconds' work.
const TRIAL_OUTPUTS: u64 = 50_000;

/// What computes answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// A graphics card that passes its trial; without one, the processor
    Auto,
    /// The processor
    #[default]
    Cpu,
    /// A graphics card, or a driver that emulates one; without, the worker does not start
    Gpu,
}

/// Why a card is not used.
#[derive(Debug, Error)]
pub enum CardError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the graphics card computes wrong: {0}. Update its driver, or run with --device cpu")]
    Trial(#[from] TrialError),
}

/// The card that this choice comes to, tried. Takes seconds.
pub(crate) fn open(device: Device) -> Result<Option<Gpu>, CardError> {
    match device {
        Device::Cpu => Ok(None),
        Device::Gpu => tried(Choice::Any).map(Some),
        Device::Auto => {
            Ok(tried(Choice::Card).inspect_err(|error| tracing::info!(%error, "the processor computes")).ok())
        }
    }
}

fn tried(choice: Choice<'_>) -> Result<Gpu, CardError> {
    let gpu = Gpu::open(choice)?;
    // Other graphs at every start; an error names the seed.
    gpu.prove(unix_seconds(), TRIAL_OUTPUTS)?;
    Ok(gpu)
}

/// The answer of the card or, without one or where it fails, of the processor's fastest kernel; and whether the portable kernel gives
/// the same. (Where that is the fastest, there is nothing to compare. The fast one and it differ in the linear steps alone.)
pub(crate) fn answer(card: Option<&Gpu>, model: &LocalModel, input: &[u8]) -> Result<(Vec<u8>, bool), ModelError> {
    let by_card = card.and_then(|gpu| by_card(gpu, model, input));
    let compare = by_card.is_some() || Kernel::avx2().is_some();
    let answer = match by_card {
        Some(answer) => answer,
        None => model.infer(input)?,
    };
    let agreed = !compare || answer == model.infer_by_reference(input)?;
    Ok((answer, agreed))
}

fn by_card(gpu: &Gpu, model: &LocalModel, input: &[u8]) -> Option<Vec<u8>> {
    let mut program = match gpu.load(model.model()) {
        Ok(program) => program,
        Err(error) => {
            tracing::warn!(%error, model = %model.id(), "the card does not take a model; the processor computes");
            return None;
        }
    };
    program.infer(input).inspect_err(|error| tracing::warn!(%error, "the card failed; the processor computes")).ok()
}

#[cfg(test)]
mod tests;
