//! The default tracer of `debug_*`: every step with stack, memory and storage.
//!
//! A step becomes text at once, since steps are too many to be kept: what the caller gets is all that is held.

use super::{
    bounds::{Bounded, Bounds},
    options::Tracing,
    recorder::{Recorder, Scene},
    text::{TEXT_BYTES_MAX, Text},
};
use crate::error::Fault;
use alloy::{
    primitives::{B256, Bytes, U256, hex, map::AddressMap},
    rpc::types::trace::geth::{GethDefaultTracingOptions, StructLog},
};
use revm::{
    Inspector,
    bytecode::opcode::{OpCode, SLOAD, SSTORE},
    context::{ContextTr, JournalTr},
    interpreter::{
        InstructionResult, Interpreter,
        interpreter_types::{InputsTr, Jumps, LoopControl, MemoryTr, ReturnData},
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

const ADVICE: &str = "ask for fewer steps (limit), for less of each (disableStack, disableStorage, enableMemory: false), \
                      or for the callTracer";

#[derive(Debug)]
pub(crate) struct StructLogger {
    options: GethDefaultTracingOptions,
    /// Most steps that are logged.
    limit: u64,
    logged: u64,
    /// The steps, with commas between them.
    steps: Vec<u8>,
    /// How many bytes of them are charged.
    charged: usize,
    /// A step that has begun.
    current: Option<StructLog>,
    /// What the transaction has read and written so far.
    slots: AddressMap<BTreeMap<B256, B256>>,
}

/// All but the steps, in geth's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    gas: u64,
    failed: bool,
    return_value: &'a Bytes,
}

impl StructLogger {
    pub(crate) fn bounded(options: &Tracing, bounds: Bounds) -> Bounded<Self> {
        let options = options.config;
        let limit = options.limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX);
        let logger = Self {
            options,
            limit,
            logged: 0,
            steps: Vec::new(),
            charged: 0,
            current: None,
            slots: AddressMap::default(),
        };
        Bounded::measured(logger, bounds.with_bytes(TEXT_BYTES_MAX, ADVICE), |logger, _| {
            let written = logger.steps.len() - logger.charged;
            logger.charged += written;
            written
        })
    }

    /// Storage of the contract after `step`, which reads or writes a slot of it.
    fn slots(&mut self, interpreter: &Interpreter, step: &StructLog) -> Option<BTreeMap<B256, B256>> {
        let is_read = step.op == "SLOAD";
        if (!is_read && step.op != "SSTORE") || self.options.disable_storage == Some(true) {
            return None;
        }
        let slots = self.slots.entry(interpreter.input.target_address()).or_default();
        let written = step.storage.as_ref().and_then(BTreeMap::first_key_value).map(|(slot, value)| (*slot, *value));
        if let (Some((slot, value)), None) = (written, &step.error) {
            let read = interpreter.stack.data().last().map(|value| B256::from(*value));
            slots.insert(slot, if is_read { read.unwrap_or_default() } else { value });
        }
        Some(slots.clone())
    }
}

impl<C: ContextTr> Inspector<C> for StructLogger {
    fn step(&mut self, interpreter: &mut Interpreter, context: &mut C) {
        if self.logged >= self.limit {
            return;
        }
        let options = &self.options;
        let opcode = interpreter.bytecode.opcode();
        let stack = interpreter.stack.data();
        let refund = u64::try_from(interpreter.gas.refunded()).unwrap_or(0);
        let name = OpCode::new(opcode).map(OpCode::as_str);
        self.current = Some(StructLog {
            pc: interpreter.bytecode.pc() as u64,
            op: name.map_or_else(|| format!("opcode {opcode:#x} not defined").into(), Into::into),
            gas: interpreter.gas.remaining(),
            depth: context.journal_ref().depth() as u64,
            stack: options.is_stack_enabled().then(|| stack.to_vec()),
            memory: options.is_memory_enabled().then(|| words(&interpreter.memory.slice(0..interpreter.memory.size()))),
            return_data: options.is_return_data_enabled().then(|| interpreter.return_data.buffer().clone()),
            refund_counter: (refund > 0).then_some(refund),
            storage: touched(opcode, stack).map(|touched| [touched].into()),
            ..StructLog::default()
        });
    }

    fn step_end(&mut self, interpreter: &mut Interpreter, _: &mut C) {
        let Some(mut step) = self.current.take() else { return };
        step.gas_cost = step.gas.saturating_sub(interpreter.gas.remaining());
        let result = interpreter.bytecode.action().as_ref().and_then(|action| action.instruction_result());
        step.error = result.filter(|result| result.is_halt()).map(sentence);
        step.storage = self.slots(interpreter, &step);
        if self.logged > 0 {
            self.steps.push(b',');
        }
        self.logged += 1;
        serde_json::to_writer(&mut self.steps, &step).expect("a step is JSON, and memory does not fail");
    }
}

/// The slot that a step is about, with what it would write.
fn touched(opcode: u8, stack: &[U256]) -> Option<(B256, B256)> {
    match (opcode, stack) {
        (SLOAD, [.., slot]) => Some((B256::from(*slot), B256::ZERO)),
        (SSTORE, [.., value, slot]) => Some((B256::from(*slot), B256::from(*value))),
        _ => None,
    }
}

fn words(memory: &[u8]) -> Vec<String> {
    memory.chunks(32).map(hex::encode_prefixed).collect()
}

/// geth's.
fn sentence(result: InstructionResult) -> String {
    match result {
        InstructionResult::InvalidJump => "invalid jump destination".into(),
        InstructionResult::StackUnderflow => "stack underflow".into(),
        InstructionResult::StackOverflow => "stack limit reached 1024".into(),
        InstructionResult::StateChangeDuringStaticCall | InstructionResult::CallNotAllowedInsideStatic => {
            "write protection".into()
        }
        InstructionResult::OutOfOffset => "return data out of bounds".into(),
        InstructionResult::OpcodeNotFound | InstructionResult::InvalidFEOpcode => "invalid opcode".into(),
        result if format!("{result:?}").ends_with("OOG") || result == InstructionResult::OutOfGas => {
            "out of gas".into()
        }
        result => format!("{result:?}"),
    }
}

impl Recorder for StructLogger {
    fn write(&mut self, scene: Scene<'_>, text: &mut Text) -> Result<(), Fault> {
        let result = &scene.watched.ran.result;
        let empty = Bytes::new();
        text.open(&Outcome {
            gas: result.tx_gas_used(),
            failed: !result.is_success(),
            return_value: result.output().unwrap_or(&empty),
        })?;
        text.raw(",\"structLogs\":[")?;
        let steps = std::mem::take(&mut self.steps);
        let steps = std::str::from_utf8(&steps).map_err(|error| Fault::Internal(error.to_string()))?;
        text.raw(steps)?;
        (self.logged, self.charged) = (0, 0);
        self.slots.clear();
        text.raw("]}")
    }
}
