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
    bytecode::{Bytecode, opcode},
    context::{ContextError, ContextTr, TxEnv, result::ExecutionResult},
    interpreter::{
        CallInputs, CallOutcome, Gas, InstructionResult, Interpreter, InterpreterResult,
        interpreter_types::{Jumps, LoopControl},
    },
    primitives::{Address, B256, Bytes, U256, address},
    state::AccountInfo,
};

/// Where hardhat's and foundry's `console` send what is to be printed: their own word, in ASCII.
pub const CONSOLE: Address = address!("000000000000000000636F6e736F6c652e6c6f67");

/// What a short call may do, in simple instructions: a millisecond of them, if all state comes from the disk.
const WORK_MAX: u32 = 16_384;

/// What reading an account, a slot or code counts for.
const READ: u32 = 128;

/// What a power counts for: up to 256 squarings.
const POWER: u32 = 32;

/// Most bytes of input, or of memory, with which a machine is kept.
const KEPT_BYTES: usize = 64 * 1024;

/// Runs short calls one after the other on one machine: to make one takes longer than many a call.
#[expect(missing_debug_implementations, reason = "revm's machine has none")]
pub struct BriefCalls<DB: Database>(Option<Machine<Lent<DB>, Brief>>);

impl<DB: Database> Default for BriefCalls<DB> {
    fn default() -> Self {
        Self(None)
    }
}

impl<DB: Database> BriefCalls<DB> {
    /// As [`crate::call`] without overrides; `None` when it is not short. It runs with the gas that it asks for, and all
    /// or nothing comes of it: an outcome is the one that it has anywhere. Nothing of `db` is kept.
    ///
    /// # Errors
    /// As [`crate::call`].
    pub fn run(
        &mut self,
        environment: &BlockEnvironment,
        db: DB,
        transaction: TxEnv,
    ) -> Result<Option<ExecutionResult>, CallError<DB::Error>> {
        let mut machine = self.machine(environment, Lent(Some(db)));
        let input = transaction.data.len();
        let ran = machine.watch(transaction);
        if machine.inspector().stopped {
            return Ok(None);
        }
        // What an error leaves behind in a machine is not known: it goes with the machine.
        let result = ran?.result;
        if input.max(machine.memory()) <= KEPT_BYTES {
            machine.overlay().renew(Lent(None));
            self.0 = Some(machine);
        }
        Ok(Some(result))
    }

    fn machine(&mut self, environment: &BlockEnvironment, db: Lent<DB>) -> Machine<Lent<DB>, Brief> {
        let watch = Brief { left: WORK_MAX, stopped: false };
        // Nothing but the chain id differs in the rules of calls.
        match self.0.take().filter(|machine| machine.chain_id() == environment.chain_id) {
            Some(mut machine) => {
                machine.renew(environment.block(), db, watch);
                machine
            }
            None => Machine::new(environment.evm_for_call(), Overlay::new(db)).watched_by(watch),
        }
    }
}

/// A state that a machine has for the length of a call.
struct Lent<DB>(Option<DB>);

impl<DB: Database> Lent<DB> {
    fn get(&mut self) -> &mut DB {
        self.0.as_mut().expect("nothing runs between calls")
    }
}

impl<DB: Database> Database for Lent<DB> {
    type Error = DB::Error;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        self.get().basic(address)
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Self::Error> {
        self.get().code_by_hash(hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        self.get().storage(address, slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        self.get().block_hash(number)
    }
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
