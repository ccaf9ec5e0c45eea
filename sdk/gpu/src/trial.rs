use crate::{Gpu, LoadError, RunError};
use edgeloom_edge_proof::{
    Kernel, Model,
    random::{Dice, Sizes, image_within},
};
use thiserror::Error;

/// A random graph with random inputs, which a device and the reference run.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Names graph and inputs.
    pub seed: u64,
    pub sizes: Sizes,
}

/// A trial that was passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Elements that were computed and compared; padding between tensors was compared, too.
    pub outputs: u64,
    /// Code of each operation of the graph. None where the seed's graph breaks a limit, so that nothing was run.
    pub codes: Vec<u8>,
}

/// A device that must not be trusted, or could not be tried.
#[derive(Debug, Error)]
pub enum TrialError {
    /// A byte of the trace is another. The device, its driver or a shader is wrong.
    #[error("seed {seed}: byte {at} of the trace, made by operation {op} with code {code}, is not the reference's")]
    Differs { seed: u64, at: usize, op: usize, code: u8 },
    /// The processor's own kernels differ.
    #[error("seed {seed}: the processor's kernels differ")]
    Processor { seed: u64 },
    #[error("seed {seed}: {source}")]
    Load { seed: u64, source: LoadError },
    #[error("seed {seed}: {source}")]
    Run { seed: u64, source: RunError },
}

impl Trial {
    /// Inputs of a graph: random bytes twice, so that the second finds the first one's trace.
    const INPUTS: usize = 2;

    /// Holds every byte of the device's traces to the reference's. `tamper` gets each trace of the device before that.
    pub fn run(self, gpu: &Gpu, mut tamper: impl FnMut(&Model, &mut [u8])) -> Result<Passed, TrialError> {
        let Self { seed, sizes } = self;
        // A graph that breaks a limit is no fault of the device.
        let Some(model) = image_within(seed, sizes).ok().and_then(|image| Model::from_image(image).ok()) else {
            return Ok(Passed::default());
        };
        let mut program = gpu.load(&model).map_err(|source| TrialError::Load { seed, source })?;
        let failed = |source: RunError| TrialError::Run { seed, source };
        let mut dice = Dice::new(!seed);
        for _ in 0..Self::INPUTS {
            let input: Vec<_> = dice.bytes(model.input_bytes()).iter().map(|byte| byte.cast_unsigned()).collect();
            let by = |kernel| model.trace_with(kernel, &input).map_err(|length| failed(length.into()));
            let reference = by(Kernel::PORTABLE)?;
            if let Some(fast) = Kernel::avx2()
                && by(fast)? != reference
            {
                return Err(TrialError::Processor { seed });
            }
            let mut trace = program.trace(&input).map_err(failed)?;
            tamper(&model, &mut trace);
            if trace != reference {
                let same = trace.iter().zip(&reference).take_while(|(ours, theirs)| ours == theirs).count();
                let (op, code) = maker(&model, same);
                return Err(TrialError::Differs { seed, at: same, op, code });
            }
        }
        let codes = model.records().iter().map(|record| record[0]).collect();
        Ok(Passed { outputs: model.cost().outputs * Self::INPUTS as u64, codes })
    }
}

/// The operation whose output, or the padding behind it, holds a byte of the trace; the first, where it is the input's.
fn maker(model: &Model, at: usize) -> (usize, u8) {
    let starts = model.records().iter().map(|record| {
        let base: [u8; 8] = std::array::from_fn(|i| record[24 + i]);
        u64::from_le_bytes(base) as usize
    });
    let op = starts.take_while(|start| *start <= at).count().saturating_sub(1);
    (op, model.records()[op][0])
}
