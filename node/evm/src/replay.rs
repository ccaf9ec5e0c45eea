//! Transactions run one at a time with an inspector looking on: those of a block that exists, or questions.

use crate::{
    BlockEnvironment, Overrides,
    error::{CallError, ExecutionError, Stop},
    machine::{Context, Machine, Ran},
    overlay::Overlay,
};
use revm::{
    Database, Inspector,
    context::{TxEnv, result::ResultAndState},
    state::EvmState,
};

/// A machine over a state, to which only [`Self::commit`] adds.
#[expect(missing_debug_implementations, reason = "revm's machine has none")]
pub struct Replay<DB: Database, I>(Machine<DB, I>);

impl<DB: Database, I: Inspector<Context<DB>>> Replay<DB, I> {
    /// The machine of the block of `environment`, over the state of its parent: under the rules of [`crate::execute`],
    /// after X2's system calls.
    ///
    /// # Errors
    /// [`ExecutionError`], never `Refused`.
    pub fn block(environment: &BlockEnvironment, db: DB, inspector: I) -> Result<Self, ExecutionError<DB::Error>> {
        let mut machine = Machine::new(environment.evm(), Overlay::new(db));
        machine.begin(environment).map_err(|stop| stop.at(0))?;
        Ok(Self(machine.watched_by(inspector)))
    }

    /// The machine that [`crate::call`] runs on: nobody need own, sign or pay.
    ///
    /// # Errors
    /// [`CallError::Code`], [`CallError::Database`].
    pub fn call(
        environment: &BlockEnvironment,
        db: DB,
        overrides: &Overrides,
        inspector: I,
    ) -> Result<Self, CallError<DB::Error>> {
        let overlay = Overlay::with(db, overrides)?;
        Ok(Self(Machine::new(environment.evm_for_call(), overlay).watched_by(inspector)))
    }

    /// Runs `transaction`, watched. Nothing of it stays unless its state is committed.
    ///
    /// # Errors
    /// As [`crate::call`]'s.
    pub fn watch(&mut self, transaction: TxEnv) -> Result<ResultAndState, CallError<DB::Error>> {
        settled(self.0.watch(transaction))
    }

    /// Runs `transaction` unwatched, on the way to one that matters.
    ///
    /// # Errors
    /// As [`crate::call`]'s.
    pub fn run(&mut self, transaction: TxEnv) -> Result<ResultAndState, CallError<DB::Error>> {
        settled(self.0.run(transaction))
    }

    pub fn commit(&mut self, state: EvmState) {
        self.0.commit(state);
    }

    pub const fn inspector(&mut self) -> &mut I {
        self.0.inspector()
    }

    /// The inspector, and the state that it is to be read against.
    pub const fn parts(&mut self) -> (&mut I, &mut Overlay<DB>) {
        self.0.parts()
    }

    /// Ends it, for what was committed.
    pub fn into_state(self) -> Overlay<DB> {
        self.0.into_overlay()
    }

    /// The state after what was committed.
    pub const fn state(&mut self) -> &mut Overlay<DB> {
        self.0.overlay()
    }
}

fn settled<E>(ran: Result<Ran, Stop<E>>) -> Result<ResultAndState, CallError<E>> {
    let Ran { result, state, .. } = ran?;
    Ok(ResultAndState::new(result, state))
}
