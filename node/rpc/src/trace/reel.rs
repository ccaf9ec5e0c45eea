//! A final block, run again transaction by transaction; and questions, run with an inspector looking on.

use super::{
    bounds::{Bounded, Bounds},
    options::{self, Tracing},
    recorder::{Recorder, Scene},
    text::Text,
};
use crate::{cache::Record, call::Stage, error::Fault, node::Context};
use alloy_consensus::transaction::Recovered;
use edgeloom_chain::{StateDb, environment};
use edgeloom_evm::{BlockEnvironment, Context as Machine, ExecutionError, Replay, signed};
use edgeloom_types::Height;
use revm::{
    Inspector,
    context::{TxEnv, result::ResultAndState},
};
use revm_inspectors::tracing::TransactionContext;
use std::{fmt::Display, sync::Arc};

/// A transaction that ran and is not committed.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) transaction: TxEnv,
    pub(crate) ran: ResultAndState,
}

/// A block that is being run again.
pub(crate) struct Reel<I> {
    record: Arc<Record>,
    environment: BlockEnvironment,
    pub(crate) machine: Replay<StateDb, Bounded<I>>,
    next: usize,
}

impl<I: Inspector<Machine<StateDb>>> Reel<I> {
    /// # Errors
    /// [`Fault::Refused`] for genesis, which nothing led to.
    pub(crate) fn new(context: &Context, record: Arc<Record>, inspector: Bounded<I>) -> Result<Self, Fault> {
        let parent = record.height().checked_sub(1).ok_or_else(|| Fault::Refused("genesis is not traceable".into()))?;
        let environment = BlockEnvironment {
            contracts_send: context.solo().is_some(),
            ..environment(context.chain_id(), record.block.header(), &record.block.block().certificates)
        };
        let database = context.database(Height::new(parent))?;
        let machine = Replay::block(&environment, database, inspector).map_err(impossible)?;
        Ok(Self { record, environment, machine, next: 0 })
    }

    /// Where the next transaction is.
    pub(crate) fn place(&self) -> TransactionContext {
        TransactionContext {
            block_hash: Some(self.record.hash()),
            tx_index: Some(self.next),
            tx_hash: self.record.transactions().get(self.next).map(|transaction| *transaction.tx_hash()),
        }
    }

    /// Runs everything before the transaction at `index`, unseen.
    pub(crate) fn skip_to(&mut self, index: usize) -> Result<(), Fault> {
        while self.next < index {
            self.machine.inspector().bounds().check_time()?;
            let transaction = self.transaction();
            let ran = self.machine.run(transaction);
            let ran = self.machine.inspector().settle(ran)?;
            self.keep(ran)?;
        }
        Ok(())
    }

    /// Runs the next transaction; [`Self::keep`] goes on.
    pub(crate) fn watch(&mut self) -> Result<Watched, Fault> {
        let inspector = self.machine.inspector();
        inspector.bounds().check_time()?;
        inspector.refill();
        let transaction = self.transaction();
        let ran = self.machine.watch(transaction.clone());
        let ran = self.machine.inspector().settle(ran)?;
        Ok(Watched { transaction, ran })
    }

    /// # Errors
    /// [`Fault::Internal`] when what ran is not what the block says: then nothing said about it would be true.
    pub(crate) fn keep(&mut self, ran: ResultAndState) -> Result<(), Fault> {
        let (found, receipt) = (ran.result.tx_gas_used(), self.record.gas_used(self.next));
        if found != receipt {
            let place = format!("transaction {} of block {}", self.next, self.record.height());
            return Err(Fault::Internal(format!("{place} used {found} gas now and {receipt} when it was executed")));
        }
        self.machine.commit(ran.state);
        self.next += 1;
        Ok(())
    }

    /// Runs the next transaction, writes what was recorded, and goes on.
    pub(crate) fn write_next(&mut self, text: &mut Text) -> Result<(), Fault>
    where
        I: Recorder,
    {
        let watched = self.watch()?;
        let (place, block) = (self.place(), self.environment.block());
        let (tracer, state) = self.machine.parts();
        tracer.inner.write(Scene { place, block: &block, watched: &watched, state }, text)?;
        self.keep(watched.ran)
    }

    fn transaction(&self) -> TxEnv {
        signed(Recovered::new_unchecked(&self.record.transactions()[self.next], self.record.senders[self.next]))
    }
}

fn impossible(error: ExecutionError<impl Display>) -> Fault {
    Fault::Internal(error.to_string())
}

impl Bounds {
    pub(crate) fn of(options: &Tracing) -> Result<Self, Fault> {
        Ok(Self::new(options::time(options)?))
    }
}

impl Stage<'_> {
    /// A machine for this question and for those after it.
    pub(crate) fn machine<I>(&self, inspector: Bounded<I>) -> Result<Replay<StateDb, Bounded<I>>, Fault>
    where
        I: Inspector<Machine<StateDb>>,
    {
        let database = self.database()?;
        Replay::call(&self.environment, database, &self.overrides, inspector).map_err(crate::call::stopped)
    }

    /// The question, put once.
    pub(crate) fn watch<I>(&self, machine: &mut Replay<StateDb, Bounded<I>>) -> Result<Watched, Fault>
    where
        I: Inspector<Machine<StateDb>>,
    {
        let transaction = TxEnv { gas_limit: self.gas_limit()?, ..self.request.transaction.clone() };
        watch(machine, transaction)
    }
}

pub(crate) fn watch<I>(machine: &mut Replay<StateDb, Bounded<I>>, transaction: TxEnv) -> Result<Watched, Fault>
where
    I: Inspector<Machine<StateDb>>,
{
    machine.inspector().bounds().check_time()?;
    machine.inspector().refill();
    let ran = machine.watch(transaction.clone());
    let ran = machine.inspector().settle(ran)?;
    Ok(Watched { transaction, ran })
}
