//! Calls that turn out to be short, as most are: a balance, an allowance, a price. Whoever has a thread that must not be
//! held up runs a call here first, and where there is time if it was not short.

use crate::{
    BlockEnvironment,
    builtins::is_precompile,
    error::CallError,
    machine::{Context, Machine},
    overlay::Overlay,
};
use revm::{
    Database, Inspector,
    bytecode::opcode,
    context::{ContextError, ContextTr, TxEnv, result::ExecutionResult},
    interpreter::{
        CallInputs, CallOutcome, Gas, InstructionResult, Interpreter, InterpreterResult,
        interpreter_types::{Jumps, LoopControl},
    },
    primitives::{Address, Bytes, address},
};

/// Where hardhat's and foundry's `console` send what is to be printed: their own word, in ASCII.
pub const CONSOLE: Address = address!("000000000000000000636F6e736F6c652e6c6f67");

/// What a short call may do, in simple instructions: a millisecond of them, if all state comes from the disk.
const WORK_MAX: u32 = 16_384;

/// What reading an account, a slot or code counts for.
const READ: u32 = 128;

/// What a power counts for: up to 256 squarings.
const POWER: u32 = 32;

/// As [`crate::call`] without overrides; `None` when it is not short. It runs with the gas that it asks for, and all or
/// nothing comes of it: an outcome is the one that it has anywhere.
///
/// # Errors
/// As [`crate::call`].
pub fn call_briefly<DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    transaction: TxEnv,
) -> Result<Option<ExecutionResult>, CallError<DB::Error>> {
    let machine = Machine::new(environment.evm_for_call(), Overlay::new(db));
    let mut machine = machine.watched_by(Brief { left: WORK_MAX, stopped: false });
    let ran = machine.watch(transaction);
    if machine.inspector().stopped {
        return Ok(None);
    }
    Ok(Some(ran?.result))
}

/// Counts work, and stops the call when there is too much.
struct Brief {
    left: u32,
    stopped: bool,
}

impl Brief {
    fn stop<DB: Database>(&mut self, context: &mut Context<DB>) {
        self.stopped = true;
        if context.error().is_ok() {
            *context.error() = Err(ContextError::Custom("the call is not short".into()));
        }
    }
}

impl<DB: Database> Inspector<Context<DB>> for Brief {
    fn step(&mut self, interpreter: &mut Interpreter, context: &mut Context<DB>) {
        match self.left.checked_sub(work(interpreter)) {
            Some(left) if !self.stopped => self.left = left,
            _ => {
                self.stop(context);
                interpreter.bytecode.reset_action();
                interpreter.halt_fatal();
            }
        }
    }

    /// Precompiles may work for as long as the gas lasts.
    fn call(&mut self, context: &mut Context<DB>, inputs: &mut CallInputs) -> Option<CallOutcome> {
        // Who listens to the console runs the call where it can be heard.
        if !self.stopped && !is_precompile(&inputs.bytecode_address) && inputs.bytecode_address != CONSOLE {
            return None;
        }
        self.stop(context);
        let result =
            InterpreterResult::new(InstructionResult::FatalExternalError, Bytes::new(), Gas::new(inputs.gas_limit));
        Some(CallOutcome::new(result, inputs.return_memory_offset.clone()))
    }
}

/// What the next instruction counts for.
fn work(interpreter: &Interpreter) -> u32 {
    let size = |place: usize| {
        let size = interpreter.stack.peek(place).unwrap_or_default();
        u32::try_from(size).unwrap_or(u32::MAX)
    };
    match interpreter.bytecode.opcode() {
        opcode::KECCAK256 => READ.saturating_add(size(1) / 16),
        opcode::CALLDATACOPY | opcode::CODECOPY | opcode::RETURNDATACOPY | opcode::MCOPY => 1 + size(2) / 256,
        opcode::EXTCODECOPY => READ + size(3) / 256,
        opcode::LOG0..=opcode::LOG4 => READ + size(1) / 256,
        opcode::BALANCE
        | opcode::EXTCODESIZE
        | opcode::EXTCODEHASH
        | opcode::BLOCKHASH
        | opcode::SLOAD
        | opcode::SSTORE
        | opcode::CREATE..=opcode::SELFDESTRUCT => READ,
        opcode::EXP => POWER,
        _ => 1,
    }
}
