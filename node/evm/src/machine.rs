//! revm with the chain's precompiles, run one transaction at a time over an [`Overlay`].

use crate::{
    builtins::{self, Builtins},
    error::Stop,
    overlay::Overlay,
};
use alloy::{
    eips::eip4788::SYSTEM_ADDRESS,
    primitives::{Address, Bytes, TxKind, U256},
};
use alloy_evm::{
    EvmEnv,
    eth::{EthEvmBuilder, EthEvmContext},
    precompiles::{MovePrecompileError, Precompile as _},
};
use revm::{
    Database, DatabaseCommit, Inspector,
    context::{
        BlockEnv, ContextSetters, Evm, JournalEntry, LocalContextTr, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason, ResultGas},
    },
    context_interface::{ContextTr, JournalTr, context::take_error},
    handler::{EthFrame, EvmTr, FrameResult, Handler, instructions::EthInstructions, post_execution},
    inspector::{InspectorHandler, NoOpInspector},
    interpreter::interpreter::EthInterpreter,
    primitives::hardfork::SpecId,
    state::EvmState,
};
use std::{collections::BTreeMap, marker::PhantomData};

/// Of each call in a block's own name; it counts towards no block.
const SYSTEM_GAS: u64 = 30_000_000;

/// What an inspector sees of the machine.
pub type Context<DB> = EthEvmContext<Overlay<DB>>;
type Inner<DB, I> = Evm<Context<DB>, I, EthInstructions<EthInterpreter, Context<DB>>, Builtins, EthFrame>;

/// `I` watches those transactions that run through [`Self::watch`].
pub(crate) struct Machine<DB: Database, I = NoOpInspector>(Inner<DB, I>);

/// A transaction that ran.
pub(crate) struct Ran {
    pub(crate) result: ExecutionResult,
    pub(crate) state: EvmState,
    /// Wei that SELFDESTRUCT destroyed.
    pub(crate) destroyed: U256,
}

impl<DB: Database> Machine<DB> {
    pub(crate) fn new(environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        Self::with(Builtins::chain(environment.cfg_env.spec), environment, overlay)
    }

    /// With Ethereum's precompiles alone.
    pub(crate) fn ethereum(environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        Self::with(Builtins::ethereum(environment.cfg_env.spec), environment, overlay)
    }

    fn with(precompiles: Builtins, environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        Self(EthEvmBuilder::new(overlay, environment).build().into_inner().with_precompiles(precompiles))
    }

    pub(crate) fn watched_by<I>(self, inspector: I) -> Machine<DB, I> {
        Machine(self.0.with_inspector(inspector))
    }

    /// Has precompiles answer at other addresses than their own.
    pub(crate) fn move_precompiles(&mut self, moves: &[(Address, Address)]) -> Result<(), MovePrecompileError> {
        self.0.precompiles.relocate(moves)
    }

    /// Calls a contract in the block's name (EIP-4788), with [`SYSTEM_GAS`]. Nothing of it stays unless its state is
    /// committed.
    pub(crate) fn call_as_system(&mut self, contract: Address, data: Bytes) -> Result<Ran, Stop<DB::Error>> {
        let (caller, gas_limit) = (SYSTEM_ADDRESS, SYSTEM_GAS);
        self.0.ctx.set_tx(TxEnv { caller, kind: TxKind::Call(contract), data, gas_limit, ..Default::default() });
        let mut handler = Destructions::default();
        let result = handler.run_system_call(&mut self.0);
        self.ran(result, handler.destroyed)
    }
}

impl<DB: Database, I> Machine<DB, I> {
    /// As a new machine with the same rules: for another block, another state and another onlooker. What ran before must
    /// have ended with an outcome.
    pub(crate) fn renew(&mut self, block: BlockEnv, db: DB, inspector: I) {
        self.0.ctx.set_block(block);
        self.0.inspector = inspector;
        self.overlay().renew(db);
    }

    pub(crate) const fn chain_id(&self) -> u64 {
        self.0.ctx.cfg.chain_id
    }

    /// Bytes of memory that calls have left allocated.
    pub(crate) fn memory(&self) -> usize {
        self.0.ctx.local.shared_memory_buffer.borrow().capacity()
    }

    /// Runs a transaction; nothing of it stays unless its state is committed.
    pub(crate) fn run(&mut self, transaction: TxEnv) -> Result<Ran, Stop<DB::Error>> {
        self.0.ctx.set_tx(transaction);
        let mut handler = Destructions::default();
        let result = handler.run(&mut self.0);
        self.ran(result, handler.destroyed)
    }

    /// As [`Self::run`], with the inspector looking on.
    pub(crate) fn watch(&mut self, transaction: TxEnv) -> Result<Ran, Stop<DB::Error>>
    where
        I: Inspector<Context<DB>>,
    {
        self.0.ctx.set_tx(transaction);
        let mut handler = Destructions::default();
        let result = handler.inspect_run(&mut self.0);
        self.ran(result, handler.destroyed)
    }

    fn ran(
        &mut self,
        result: Result<ExecutionResult, EVMError<DB::Error>>,
        destroyed: U256,
    ) -> Result<Ran, Stop<DB::Error>> {
        let state = self.0.ctx.journaled_state.finalize();
        Ok(Ran { result: result?, state, destroyed })
    }

    pub(crate) const fn inspector(&mut self) -> &mut I {
        &mut self.0.inspector
    }

    pub(crate) const fn overlay(&mut self) -> &mut Overlay<DB> {
        &mut self.0.ctx.journaled_state.database
    }

    pub(crate) const fn parts(&mut self) -> (&mut I, &mut Overlay<DB>) {
        (&mut self.0.inspector, &mut self.0.ctx.journaled_state.database)
    }

    pub(crate) fn commit(&mut self, state: EvmState) {
        self.0.ctx.journaled_state.database.commit(state);
    }

    pub(crate) fn into_overlay(self) -> Overlay<DB> {
        self.0.ctx.journaled_state.database
    }
}

/// Every precompile (X1) by its name: EIP-7910's, and the chain's own in the same style.
pub fn precompiles() -> BTreeMap<String, Address> {
    let all = builtins::whole(SpecId::OSAKA);
    let name = |address: &Address| all.get(address).map(|found| found.precompile_id().name().to_owned());
    let named = all.addresses().filter_map(|address| Some((name(address)?, *address)));
    named.map(|(name, address)| (name.replace('-', "_").to_uppercase(), address)).collect()
}

/// revm's own handler, which also reads the journal while it still stands: what was reverted is not in it any more.
struct Destructions<DB, I> {
    destroyed: U256,
    machine: PhantomData<(DB, I)>,
}

impl<DB, I> Default for Destructions<DB, I> {
    fn default() -> Self {
        Self { destroyed: U256::ZERO, machine: PhantomData }
    }
}

impl<DB: Database, I> Destructions<DB, I> {
    /// X4: a contract that destroys itself in favour of itself burns its balance at once; what it is sent afterwards,
    /// in the same transaction, is burned with it at the end.
    fn count(&mut self, context: &Context<DB>) {
        let journal = &context.journaled_state.inner;
        for entry in &journal.journal {
            if let JournalEntry::AccountDestroyed { had_balance, address, target, .. } = entry
                && address == target
            {
                self.destroyed += *had_balance;
            }
        }
        for address in &journal.selfdestructed_addresses {
            let account = journal.state.get(address).filter(|account| account.is_selfdestructed());
            self.destroyed += account.map_or(U256::ZERO, |account| account.info.balance);
        }
    }
}

impl<DB: Database, I> Handler for Destructions<DB, I> {
    type Evm = Inner<DB, I>;
    type Error = EVMError<DB::Error>;
    type HaltReason = HaltReason;

    fn execution_result(
        &mut self,
        evm: &mut Self::Evm,
        result: FrameResult,
        gas: ResultGas,
    ) -> Result<ExecutionResult, Self::Error> {
        take_error::<Self::Error, _>(evm.ctx().error())?;
        if !evm.ctx.journaled_state.inner.selfdestructed_addresses.is_empty() {
            self.count(&evm.ctx);
        }
        let result = post_execution::output(evm.ctx(), result, gas);
        evm.ctx().journal_mut().commit_tx();
        evm.ctx().local_mut().clear();
        evm.frame_stack().clear();
        Ok(result)
    }
}

impl<DB: Database, I: Inspector<Context<DB>>> InspectorHandler for Destructions<DB, I> {
    type IT = EthInterpreter;
}
