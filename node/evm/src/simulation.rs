//! Blocks that nobody proposed, one after the other over one state: what `eth_simulateV1` asks for. Accounts and
//! precompiles may differ from the state in each, and nobody need have signed.

use crate::{
    BlockEnvironment, Overrides,
    error::CallError,
    machine::{Context, Machine, Ran},
    overlay::Overlay,
};
use alloy::primitives::{Address, U256};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use alloy_evm::{FromRecoveredTx, precompiles::MovePrecompileError};
use revm::{
    Database, Inspector,
    context::{TxEnv, result::ExecutionResult},
    interpreter::{CallInputs, CallOutcome, CreateInputs, CreateOutcome},
};
use revm_inspectors::transfer::{TRANSFER_EVENT_TOPIC, TRANSFER_LOG_EMITTER, TransferInspector};

/// What is different in one block.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub environment: &'a BlockEnvironment,
    pub overrides: &'a Overrides,
    /// Precompiles that answer elsewhere in this block: from, to.
    pub moves: &'a [(Address, Address)],
    /// Whether nonces, fees and signers must be as in a block that exists. Balances always must.
    pub strict: bool,
}

/// A block under simulation.
#[expect(missing_debug_implementations, reason = "revm's machine has none")]
pub struct Simulation<DB: Database>(Machine<DB, Transfers>);

impl<DB: Database> Simulation<DB> {
    /// The block of `scene` over a state, after X2's system call; `transfers` as [`Transfers::new`] says.
    ///
    /// # Errors
    /// [`CallError::Code`] and [`CallError::Precompile`] for what cannot be overridden so, [`CallError::Database`].
    pub fn begin(scene: Scene<'_>, mut state: Overlay<DB>, transfers: Transfers) -> Result<Self, CallError<DB::Error>> {
        for (address, pretended) in scene.overrides {
            state.pretend(*address, pretended)?;
        }
        let mut machine = Machine::new(scene.environment.evm_for_simulation(scene.strict), state);
        machine
            .move_precompiles(scene.moves)
            .map_err(|MovePrecompileError::NotAPrecompile(address)| CallError::Precompile(address))?;
        machine.store_parent_hash(scene.environment.parent_hash)?;
        Ok(Self(machine.watched_by(transfers)))
    }

    /// The nonce that a transaction of `sender` needs now.
    ///
    /// # Errors
    /// [`CallError::Database`].
    pub fn nonce(&mut self, sender: Address) -> Result<u64, CallError<DB::Error>> {
        let account = self.0.overlay().basic(sender).map_err(CallError::Database)?;
        Ok(account.map_or(0, |account| account.nonce))
    }

    /// Runs a transaction, whose signature counts for nothing, and keeps what it changed.
    ///
    /// # Errors
    /// [`CallError::Refused`] when it cannot even start: nothing has changed then.
    pub fn run(&mut self, transaction: Recovered<&TxEnvelope>) -> Result<ExecutionResult, CallError<DB::Error>> {
        let (transaction, sender) = transaction.into_parts();
        self.0.inspector().begin();
        let Ran { result, state, .. } = self.0.watch(TxEnv::from_recovered_tx(transaction, sender))?;
        self.0.commit(state);
        Ok(result)
    }

    /// The state after the block.
    pub fn finish(self) -> Overlay<DB> {
        self.0.into_overlay()
    }
}

/// Writes a log for each movement of value that stands: as ERC-20's, from [`TRANSFER_LOG_EMITTER`]. revm-inspectors
/// writes them as calls begin; this takes back those of calls that fail, and adds what contracts leave behind.
#[derive(Clone, Debug)]
pub struct Transfers {
    inner: Option<TransferInspector>,
    /// For each frame in progress, the logs before its own transfer's.
    marks: Vec<usize>,
    /// Of the frame that destroyed itself and now ends: from, to, wei.
    left: Option<(Address, Address, U256)>,
}

impl Transfers {
    /// Without `wanted` nothing is written.
    pub fn new(wanted: bool) -> Self {
        let inner = wanted.then(|| TransferInspector::new(false).with_logs(true));
        Self { inner, marks: Vec::new(), left: None }
    }

    /// Whether a log is one of these, and no contract's.
    pub fn wrote(log: &alloy::primitives::Log) -> bool {
        log.address == TRANSFER_LOG_EMITTER && log.topics().first() == Some(&TRANSFER_EVENT_TOPIC)
    }

    fn begin(&mut self) {
        self.marks.clear();
        self.left = None;
    }

    fn end<DB: Database>(&mut self, context: &mut Context<DB>, stands: bool) {
        let logs = &mut context.journaled_state.inner.logs;
        let mark = self.marks.pop().unwrap_or(logs.len());
        let left = self.left.take();
        if !stands {
            logs.truncate(mark);
        } else if let Some((from, to, value)) = left.filter(|(.., value)| !value.is_zero()) {
            logs.push(transfer(from, to, value));
        }
    }
}

fn transfer(from: Address, to: Address, value: U256) -> alloy::primitives::Log {
    let topics = vec![TRANSFER_EVENT_TOPIC, from.into_word(), to.into_word()];
    alloy::primitives::Log::new_unchecked(TRANSFER_LOG_EMITTER, topics, value.to_be_bytes_vec().into())
}

impl<DB: Database> Inspector<Context<DB>> for Transfers {
    fn call(&mut self, context: &mut Context<DB>, inputs: &mut CallInputs) -> Option<CallOutcome> {
        let inner = self.inner.as_mut()?;
        self.marks.push(context.journaled_state.inner.logs.len());
        inner.call(context, inputs)
    }

    fn call_end(&mut self, context: &mut Context<DB>, _: &CallInputs, outcome: &mut CallOutcome) {
        if self.inner.is_some() {
            self.end(context, outcome.result.is_ok());
        }
    }

    fn create(&mut self, context: &mut Context<DB>, inputs: &mut CreateInputs) -> Option<CreateOutcome> {
        let inner = self.inner.as_mut()?;
        self.marks.push(context.journaled_state.inner.logs.len());
        inner.create(context, inputs)
    }

    fn create_end(&mut self, context: &mut Context<DB>, _: &CreateInputs, outcome: &mut CreateOutcome) {
        if self.inner.is_some() {
            self.end(context, outcome.result.is_ok());
        }
    }

    fn selfdestruct(&mut self, contract: Address, target: Address, value: U256) {
        if self.inner.is_some() {
            self.left = Some((contract, target, value));
        }
    }
}
