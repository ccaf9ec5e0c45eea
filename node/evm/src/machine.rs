//! revm with the chain's precompiles, run one transaction at a time over an [`Overlay`].

use crate::{error::Stop, overlay::Overlay};
use alloy::{
    eips::eip4788::SYSTEM_ADDRESS,
    primitives::{B256, U256},
};
use alloy_evm::{
    EvmEnv,
    eth::{EthEvmBuilder, EthEvmContext},
    precompiles::PrecompilesMap,
};
use edgeloom_bindings::addresses;
use revm::{
    Database, DatabaseCommit, ExecuteEvm, SystemCallEvm,
    context::{
        ContextSetters, Evm, JournalEntry, LocalContextTr, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason, ResultGas},
    },
    context_interface::{ContextTr, JournalTr, context::take_error},
    handler::{EthFrame, EvmTr, FrameResult, Handler, instructions::EthInstructions, post_execution},
    inspector::NoOpInspector,
    interpreter::interpreter::EthInterpreter,
    precompile::Precompiles,
    state::EvmState,
};
use std::marker::PhantomData;

type Context<DB> = EthEvmContext<Overlay<DB>>;
type Inner<DB> =
    Evm<Context<DB>, NoOpInspector, EthInstructions<EthInterpreter, Context<DB>>, PrecompilesMap, EthFrame>;

pub(crate) struct Machine<DB: Database>(Inner<DB>);

/// A transaction that ran.
pub(crate) struct Ran {
    pub(crate) result: ExecutionResult,
    pub(crate) state: EvmState,
    /// Wei that SELFDESTRUCT destroyed.
    pub(crate) destroyed: U256,
}

impl<DB: Database> Machine<DB> {
    pub(crate) fn new(environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        let mut precompiles = ethereum(&environment);
        edgeloom_provider::install(&mut precompiles);
        Self::with(precompiles, environment, overlay)
    }

    /// With Ethereum's precompiles alone.
    pub(crate) fn ethereum(environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        Self::with(ethereum(&environment), environment, overlay)
    }

    fn with(precompiles: PrecompilesMap, environment: EvmEnv, overlay: Overlay<DB>) -> Self {
        Self(EthEvmBuilder::new(overlay, environment).precompiles(precompiles).build().into_inner())
    }

    /// X2.
    pub(crate) fn store_parent_hash(&mut self, parent: B256) -> Result<(), Stop<DB::Error>> {
        let call = self.0.system_call_with_caller(SYSTEM_ADDRESS, addresses::HISTORY_STORAGE, parent.into());
        let ran = call?;
        if !ran.result.is_success() {
            return Err(Stop::Fault(format!("the block hash history contract failed: {}", ran.result)));
        }
        self.commit(ran.state);
        Ok(())
    }

    /// Runs a transaction; nothing of it stays unless its state is committed.
    pub(crate) fn run(&mut self, transaction: TxEnv) -> Result<Ran, Stop<DB::Error>> {
        self.0.ctx.set_tx(transaction);
        let mut handler = Destructions { destroyed: U256::ZERO, database: PhantomData };
        let result = handler.run(&mut self.0);
        let state = self.0.finalize();
        Ok(Ran { result: result?, state, destroyed: handler.destroyed })
    }

    pub(crate) fn commit(&mut self, state: EvmState) {
        self.0.ctx.journaled_state.database.commit(state);
    }

    pub(crate) fn into_overlay(self) -> Overlay<DB> {
        self.0.ctx.journaled_state.database
    }
}

fn ethereum(environment: &EvmEnv) -> PrecompilesMap {
    PrecompilesMap::from_static(Precompiles::new(environment.cfg_env.spec.into()))
}

/// revm's own handler, which also reads the journal while it still stands: what was reverted is not in it any more.
struct Destructions<DB> {
    destroyed: U256,
    database: PhantomData<DB>,
}

impl<DB: Database> Destructions<DB> {
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

impl<DB: Database> Handler for Destructions<DB> {
    type Evm = Inner<DB>;
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
