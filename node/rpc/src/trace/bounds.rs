//! An inspector's bounds: a deadline, and the bytes that it may hold. Charged before work and before memory.

use crate::{call, error::Fault};
use edgeloom_chain::StateDbError;
use edgeloom_evm::CallError;
use revm::{
    Inspector,
    context::{ContextError, ContextTr},
    handler::FrameResult,
    inspector::JournalExt,
    interpreter::{
        CallInputs, CallOutcome, CreateInputs, CreateOutcome, FrameInput, Interpreter, interpreter_types::LoopControl,
    },
    primitives::{Address, Log, U256},
};
use std::time::{Duration, Instant};

/// Most bytes that one transaction's trace holds before it is written.
const BYTES_MAX: usize = 192 * 1024 * 1024;

/// About what a frame costs in the arena and in the answer, without input and output.
const FRAME_BYTES: usize = 2048;

/// About what a log costs, without its data.
const LOG_BYTES: usize = 512;

/// About what a step costs where steps are kept, without what it pushed.
const STEP_BYTES: usize = 768;

/// How many steps run between two looks at the clock.
const STEPS_PER_LOOK: u32 = 1024;

/// Which bound was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Time,
    Bytes,
}

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    until: Instant,
    time: Duration,
    bytes: usize,
    /// What the caller can do about too many bytes.
    advice: &'static str,
}

impl Bounds {
    pub(crate) fn new(time: Duration) -> Self {
        let advice = "trace fewer transactions or calls at once";
        Self { until: Instant::now() + time, time, bytes: BYTES_MAX, advice }
    }

    pub(crate) const fn with_bytes(self, bytes: usize, advice: &'static str) -> Self {
        Self { bytes, advice, ..self }
    }

    /// # Errors
    /// [`Fault::Limit`] after the deadline.
    pub(crate) fn check_time(&self) -> Result<(), Fault> {
        if Instant::now() < self.until { Ok(()) } else { Err(self.fault(Bound::Time)) }
    }

    fn fault(&self, bound: Bound) -> Fault {
        Fault::Limit(match bound {
            Bound::Time => format!("execution timeout: the trace took longer than {:?}", self.time),
            Bound::Bytes => format!("the trace is larger than {} bytes: {}", self.bytes, self.advice),
        })
    }
}

/// An inspector that is stopped, and the transaction with it, when it reaches a bound.
#[derive(Debug)]
pub(crate) struct Bounded<I> {
    pub(crate) inner: I,
    bounds: Bounds,
    /// Bytes left.
    left: usize,
    steps: u32,
    reached: Option<Bound>,
    /// Bytes that the inspector took in the step that ended.
    measure: fn(&mut I, &Interpreter) -> usize,
}

impl<I> Bounded<I> {
    /// For an inspector that keeps frames and logs, not steps.
    pub(crate) const fn frames(inner: I, bounds: Bounds) -> Self {
        Self::measured(inner, bounds, |_, _| 0)
    }

    /// For an inspector that keeps steps with what they push.
    pub(crate) const fn steps(inner: I, bounds: Bounds) -> Self {
        Self::measured(inner, bounds, |_, _| STEP_BYTES)
    }

    pub(crate) const fn measured(inner: I, bounds: Bounds, measure: fn(&mut I, &Interpreter) -> usize) -> Self {
        Self { inner, bounds, left: bounds.bytes, steps: 0, reached: None, measure }
    }

    pub(crate) const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// For the next transaction, when what was held of the one before is written.
    pub(crate) const fn refill(&mut self) {
        self.left = self.bounds.bytes;
    }

    /// What came of a run, in a caller's words.
    pub(crate) fn settle<T>(&self, ran: Result<T, CallError<StateDbError>>) -> Result<T, Fault> {
        if let Some(bound) = self.reached {
            return Err(self.bounds.fault(bound));
        }
        ran.map_err(call::stopped)
    }

    fn charge(&mut self, bytes: usize) {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.reached = Some(Bound::Bytes),
        }
    }

    fn look(&mut self) {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS_PER_LOOK) && self.bounds.check_time().is_err() {
            self.reached = Some(Bound::Time);
        }
    }

    /// Makes the whole transaction fail with an error, which [`Self::settle`] puts into words.
    fn stop(&self, context: &mut impl ContextTr) {
        if self.reached.is_some() && context.error().is_ok() {
            *context.error() = Err(ContextError::Custom("a trace reached a bound".into()));
        }
    }

    fn halt(&self, interpreter: &mut Interpreter, context: &mut impl ContextTr) {
        if self.reached.is_some() {
            self.stop(context);
            // A call or a return that the step has begun must not go on either.
            interpreter.bytecode.action().take();
            interpreter.bytecode.reset_action();
            interpreter.halt_fatal();
        }
    }
}

impl<C, I> Inspector<C> for Bounded<I>
where
    C: ContextTr<Journal: JournalExt>,
    I: Inspector<C>,
{
    fn initialize_interp(&mut self, interpreter: &mut Interpreter, context: &mut C) {
        self.inner.initialize_interp(interpreter, context);
        self.halt(interpreter, context);
    }

    fn step(&mut self, interpreter: &mut Interpreter, context: &mut C) {
        self.look();
        if self.reached.is_none() {
            self.inner.step(interpreter, context);
        }
        self.halt(interpreter, context);
    }

    fn step_end(&mut self, interpreter: &mut Interpreter, context: &mut C) {
        self.inner.step_end(interpreter, context);
        let bytes = (self.measure)(&mut self.inner, interpreter);
        self.charge(bytes);
        self.halt(interpreter, context);
    }

    fn log(&mut self, context: &mut C, log: Log) {
        self.charge(LOG_BYTES + log.data.data.len());
        self.inner.log(context, log);
    }

    fn log_full(&mut self, interpreter: &mut Interpreter, context: &mut C, log: Log) {
        self.charge(LOG_BYTES + log.data.data.len());
        self.inner.log_full(interpreter, context, log);
    }

    fn call(&mut self, context: &mut C, inputs: &mut CallInputs) -> Option<CallOutcome> {
        self.look();
        self.charge(FRAME_BYTES + inputs.input.len());
        self.stop(context);
        self.inner.call(context, inputs)
    }

    fn call_end(&mut self, context: &mut C, inputs: &CallInputs, outcome: &mut CallOutcome) {
        self.charge(outcome.result.output.len());
        self.stop(context);
        self.inner.call_end(context, inputs, outcome);
    }

    fn create(&mut self, context: &mut C, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        self.look();
        self.charge(FRAME_BYTES + inputs.init_code().len());
        self.stop(context);
        self.inner.create(context, inputs)
    }

    fn create_end(&mut self, context: &mut C, inputs: &CreateInputs, outcome: &mut CreateOutcome) {
        self.charge(outcome.result.output.len());
        self.stop(context);
        self.inner.create_end(context, inputs, outcome);
    }

    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        self.inner.selfdestruct(contract, target, value);
    }

    fn frame_start(&mut self, context: &mut C, input: &mut FrameInput) -> Option<FrameResult> {
        self.inner.frame_start(context, input)
    }

    fn frame_end(&mut self, context: &mut C, input: &FrameInput, result: &mut FrameResult) {
        self.inner.frame_end(context, input, result);
    }
}
