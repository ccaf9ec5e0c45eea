//! `eth_call`.

use crate::{
    error::Fault,
    node::Context,
    overrides,
    pending::{Pending, is_pending},
    request::Request,
    turns::Turns,
};
use alloy::{
    eips::BlockId,
    primitives::{Address, Bytes, KECCAK256_EMPTY, U256},
    rpc::types::{BlockOverrides, TransactionRequest, state::StateOverride},
};
use edgeloom_chain::{StateDb, StateDbError};
use edgeloom_dev::{Ear, Solo};
use edgeloom_evm::{BlockEnvironment, BriefCalls, CallError, Overrides, Refusal, Replay};
use edgeloom_types::{Account, Height};
use revm::context::{
    TxEnv,
    result::{ExecutionResult, HaltReason, InvalidTransaction},
};
use std::{cell::RefCell, sync::Arc};

thread_local! {
    /// Short calls hold their thread until they are done, so one machine a thread is enough.
    static BRIEF: RefCell<BriefCalls<StateDb>> = RefCell::default();
}

/// A question about a state, as `eth_call` and `eth_estimateGas` ask it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    pub(crate) request: TransactionRequest,
    pub(crate) block: Option<BlockId>,
    pub(crate) state: Option<StateOverride>,
    pub(crate) environment: Option<Box<BlockOverrides>>,
    /// The method as which dev mode's console shows what contracts say meanwhile.
    pub(crate) shown_as: Option<&'static str>,
}

/// A question that can be put to the EVM, at any gas limit.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) context: &'a Context,
    pub(crate) height: Height,
    /// Instead of the block at that height.
    pub(crate) pending: Option<Arc<Pending>>,
    pub(crate) overrides: Overrides,
    pub(crate) environment: BlockEnvironment,
    pub(crate) request: Request,
    shown_as: Option<&'static str>,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(context: &'a Context, question: Question) -> Result<Self, Fault> {
        let height = context.state_height(question.block)?;
        let pending = context.pending_at(question.block)?;
        let environment = match &pending {
            Some(pending) => pending.environment,
            None => context.environment(height)?,
        };
        let environment = overrides::environment(environment, *question.environment.unwrap_or_default())?;
        let request = Request::new(question.request, environment.base_fee, environment.chain_id)?;
        let overrides = overrides::state(question.state.unwrap_or_default())?;
        Ok(Self { context, height, pending, overrides, environment, request, shown_as: question.shown_as })
    }

    pub(crate) fn database(&self) -> Result<StateDb, Fault> {
        match &self.pending {
            Some(pending) => Ok(pending.state.clone()),
            None => self.context.database(self.height),
        }
    }

    fn account(&self, address: Address) -> Result<Account, Fault> {
        Ok(self.database()?.account(address)?.unwrap_or_default())
    }

    fn balance(&self, address: Address) -> Result<U256, Fault> {
        let pretended = self.overrides.get(&address).and_then(|account| account.balance);
        pretended.map_or_else(|| Ok(self.account(address)?.balance), Ok)
    }

    /// Whether the request only moves value to an account without code.
    pub(crate) fn is_plain_transfer(&self) -> Result<bool, Fault> {
        let transaction = &self.request.transaction;
        let bare = transaction.data.is_empty() && transaction.tx_type == 0;
        let Some(to) = transaction.kind.to().filter(|_| bare) else { return Ok(false) };
        let pretended = self.overrides.get(to).and_then(|account| account.code.as_ref());
        match pretended {
            Some(code) => Ok(code.is_empty()),
            None => Ok(self.account(*to)?.code_hash == KECCAK256_EMPTY),
        }
    }

    /// Most gas that the sender can pay for after the value, when the request says what gas costs.
    pub(crate) fn affordable(&self) -> Result<Option<u64>, Fault> {
        let (fee_cap, value) = (self.request.fee_cap, self.request.transaction.value);
        if fee_cap == 0 && value.is_zero() {
            return Ok(None);
        }
        let sender = self.request.transaction.caller;
        let balance = self.balance(sender)?;
        let Some(left) = balance.checked_sub(value) else {
            let phrase = "insufficient funds for gas * price + value";
            return Err(Fault::Refused(format!("{phrase}: address {sender} have {balance} want {value}")));
        };
        Ok((fee_cap > 0).then(|| u64::try_from(left / U256::from(fee_cap)).unwrap_or(u64::MAX)))
    }

    /// What was asked for, and no more than a block has: reading costs nobody gas, but it must end.
    pub(crate) fn gas_limit(&self) -> Result<u64, Fault> {
        let most = self.environment.gas_limit;
        let affordable = self.affordable()?.unwrap_or(most);
        Ok(self.request.gas.unwrap_or(affordable).min(most))
    }

    /// `Err` within `Ok`: the transaction cannot start.
    pub(crate) fn run(&self, gas_limit: u64) -> Result<Result<ExecutionResult, Refusal>, Fault> {
        let transaction = TxEnv { gas_limit, ..self.request.transaction.clone() };
        let database = self.database()?;
        match edgeloom_evm::call(&self.environment, database, transaction, &self.overrides) {
            Ok(result) => Ok(Ok(result)),
            Err(CallError::Refused(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(stopped(error)),
        }
    }
}

impl Stage<'_> {
    /// As [`Self::run`], and shows what contracts say where somebody looks.
    pub(crate) fn run_aloud(&self, gas_limit: u64) -> Result<Result<ExecutionResult, Refusal>, Fault> {
        let console = self.context.solo().and_then(Solo::console);
        let Some((console, method)) = console.zip(self.shown_as) else { return self.run(gas_limit) };
        let transaction = TxEnv { gas_limit, ..self.request.transaction.clone() };
        let place = (transaction.caller, transaction.kind.to().copied());
        let machine = Replay::call(&self.environment, self.database()?, &self.overrides, Ear::default());
        let mut machine = machine.map_err(stopped)?;
        let ran = machine.watch(transaction);
        console.asked(method, place, std::mem::take(machine.inspector()));
        match ran {
            Ok(ran) => Ok(Ok(ran.result)),
            Err(CallError::Refused(refusal)) => Ok(Err(refusal)),
            Err(error) => Err(stopped(error)),
        }
    }
}

impl Question {
    /// Whether nothing but running it takes time.
    fn is_plain(&self) -> bool {
        let Self { request, state, block, .. } = self;
        // The pending block has to be made first.
        !is_pending(*block) && state.is_none() && request.access_list.is_none() && request.authorization_list.is_none()
    }
}

impl Context {
    /// Answers at once what is short, and the rest when a turn comes.
    pub(crate) async fn call(self: &Arc<Self>, question: Question, turns: &Turns) -> Result<Bytes, Fault> {
        if question.is_plain()
            && let Some(answer) = self.call_briefly(question.clone())?
        {
            return Ok(answer);
        }
        let context = self.clone();
        turns.run(move || context.call_whole(question)).await?
    }

    pub(crate) fn call_whole(&self, question: Question) -> Result<Bytes, Fault> {
        let stage = Stage::new(self, question)?;
        answer(stage.run_aloud(stage.gas_limit()?)?)
    }

    fn call_briefly(&self, question: Question) -> Result<Option<Bytes>, Fault> {
        let stage = Stage::new(self, question)?;
        let (database, gas_limit) = (stage.database()?, stage.gas_limit()?);
        let transaction = TxEnv { gas_limit, ..stage.request.transaction };
        let ran = BRIEF.with_borrow_mut(|calls| calls.run(&stage.environment, database, transaction));
        ran.map_err(stopped)?.map(|result| answer(Ok(result))).transpose()
    }
}

fn answer(ran: Result<ExecutionResult, Refusal>) -> Result<Bytes, Fault> {
    match ran {
        Ok(ExecutionResult::Success { output, .. }) => Ok(output.into_data()),
        failed => Err(failure(failed)),
    }
}

/// Whether more gas might have helped.
pub(crate) const fn is_out_of_gas(result: &ExecutionResult) -> bool {
    matches!(result, ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. })
}

/// Why a call has no outcome at all.
pub(crate) fn stopped(error: CallError<StateDbError>) -> Fault {
    match error {
        CallError::Refused(refusal) => failure(Err(refusal)),
        error @ (CallError::Code { .. } | CallError::Precompile(_)) => Fault::Params(error.to_string()),
        CallError::Database(StateDbError(error)) => error.into(),
        error => Fault::Internal(error.to_string()),
    }
}

pub(crate) fn failure(failed: Result<ExecutionResult, Refusal>) -> Fault {
    match failed {
        Ok(ExecutionResult::Success { .. }) => Fault::Internal("a call that succeeded has not failed".into()),
        Ok(ExecutionResult::Revert { output, .. }) => Fault::Reverted(output),
        Ok(ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. }) => Fault::Refused("out of gas".into()),
        Ok(ExecutionResult::Halt { reason, .. }) => Fault::Refused(format!("execution failed: {reason:?}")),
        Err(refusal) => Fault::Refused(phrase(&refusal)),
    }
}

/// geth's words where clients look for them.
pub(crate) fn phrase(refusal: &Refusal) -> String {
    let geth = match refusal {
        Refusal::Transaction(InvalidTransaction::CallGasCostMoreThanGasLimit { .. }) => "intrinsic gas too low",
        Refusal::Transaction(InvalidTransaction::GasFloorMoreThanGasLimit { .. }) => {
            "insufficient gas for floor data gas cost"
        }
        Refusal::Transaction(InvalidTransaction::CreateInitCodeSizeLimit) => "max initcode size exceeded",
        _ => return refusal.to_string(),
    };
    format!("{geth}: {refusal}")
}
