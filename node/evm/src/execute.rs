//! Running the transactions of a block: all of them or none ([`execute`]), or those that can run ([`build`]).

use crate::{
    BlockEnvironment, ExecutionError, Invalid, burn::SelfDestructs, overlay::Overlay, receipt::receipt, supply::Supply,
};
use alloy::{
    eips::eip2935::HISTORY_STORAGE_ADDRESS,
    primitives::{Address, B256, Bloom, Bytes, U256},
};
use alloy_consensus::{ReceiptEnvelope, Transaction as _, TxEnvelope, TxType, Typed2718 as _, transaction::Recovered};
use alloy_evm::{Database, EthEvm, EthEvmFactory, Evm as _, EvmFactory as _, FromRecoveredTx as _, precompiles::PrecompilesMap};
use edgeloom_types::StateDelta;
use revm::{
    context::TxEnv,
    context_interface::result::{EVMError, InvalidTransaction, ResultAndState},
};
use std::sync::Arc;

/// What a block's transactions did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    pub receipts: Vec<ReceiptEnvelope>,
    pub gas_used: u64,
    pub logs_bloom: Bloom,
    pub delta: StateDelta,
    /// Base fees and self-destructed money, wei.
    pub burned: U256,
}

/// Bounds of a block under construction beyond its gas.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most bytes of EIP-2718 encodings together.
    pub transaction_bytes: usize,
}

/// A block's content as [`build`] chose it.
#[derive(Debug)]
pub struct Built {
    pub transactions: Vec<Arc<Recovered<TxEnvelope>>>,
    /// Hashes of candidates that cannot run on this state and never will; the pool drops them.
    pub rejected: Vec<B256>,
    pub executed: Executed,
}

/// Runs every transaction in order.
///
/// # Errors
/// [`Invalid`] when one of them cannot run; [`ExecutionError::State`] when `db` fails.
pub fn execute(
    environment: &BlockEnvironment,
    db: impl Database,
    transactions: &[Recovered<TxEnvelope>],
) -> Result<Executed, ExecutionError> {
    let mut run = Run::start(environment, db)?;
    for (index, transaction) in transactions.iter().enumerate() {
        run.transact(index, transaction).map_err(|refusal| match refusal {
            Refusal::Error(error) => error,
            Refusal::Later(reason) | Refusal::Never(reason) => Invalid::Transaction { index, reason }.into(),
        })?;
    }
    run.finish()
}

/// Runs those candidates, in their order, that can run and fit.
///
/// # Errors
/// [`ExecutionError::State`] when `db` fails.
pub fn build(
    environment: &BlockEnvironment,
    db: impl Database,
    candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    limits: Limits,
) -> Result<Built, ExecutionError> {
    let mut run = Run::start(environment, db)?;
    let (mut transactions, mut rejected, mut room) = (Vec::new(), Vec::new(), limits.transaction_bytes);
    for candidate in candidates {
        if run.gas_left() < MIN_TRANSACTION_GAS {
            break;
        }
        let size = alloy::eips::Encodable2718::encode_2718_len(candidate.inner());
        if size > room {
            continue;
        }
        match run.transact(transactions.len(), &candidate) {
            Ok(()) => {
                room -= size;
                transactions.push(candidate);
            }
            Err(Refusal::Later(_) | Refusal::Error(ExecutionError::Invalid(Invalid::BlockGas { .. }))) => {}
            Err(Refusal::Never(_) | Refusal::Error(ExecutionError::Invalid(_))) => rejected.push(*candidate.tx_hash()),
            Err(Refusal::Error(state @ ExecutionError::State(_))) => return Err(state),
        }
    }
    Ok(Built { transactions, rejected, executed: run.finish()? })
}

/// Intrinsic gas of the cheapest transaction.
const MIN_TRANSACTION_GAS: u64 = 21_000;

/// Why a transaction did not run.
enum Refusal {
    /// It may run on a later state (its nonce is ahead, its fee below the base fee).
    Later(String),
    Never(String),
    Error(ExecutionError),
}

impl<T: Into<ExecutionError>> From<T> for Refusal {
    fn from(error: T) -> Self {
        Self::Error(error.into())
    }
}

/// A block while it runs.
struct Run<D: Database> {
    evm: EthEvm<Overlay<D>, SelfDestructs, PrecompilesMap>,
    base_fee: u64,
    gas_limit: u64,
    gas_used: u64,
    receipts: Vec<ReceiptEnvelope>,
    logs_bloom: Bloom,
    supply: Supply,
}

impl<D: Database> Run<D> {
    fn start(environment: &BlockEnvironment, db: D) -> Result<Self, ExecutionError> {
        let overlay = Overlay::new(db);
        let mut evm =
            EthEvmFactory::default().create_evm_with_inspector(overlay, environment.evm_env(), SelfDestructs::default());
        evm.set_inspector_enabled(false);
        edgeloom_provider::install(evm.precompiles_mut());
        let mut run = Self {
            evm,
            base_fee: environment.base_fee,
            gas_limit: environment.gas_limit,
            gas_used: 0,
            receipts: Vec::new(),
            logs_bloom: Bloom::ZERO,
            supply: Supply::default(),
        };
        run.record_parent(environment.parent_hash)?;
        Ok(run)
    }

    fn gas_left(&self) -> u64 {
        self.gas_limit - self.gas_used
    }

    /// EIP-2935: the parent's hash goes into the history contract before any transaction.
    fn record_parent(&mut self, parent: B256) -> Result<(), ExecutionError> {
        const SYSTEM: Address = alloy::eips::eip4788::SYSTEM_ADDRESS;
        let called = self.evm.transact_system_call(SYSTEM, HISTORY_STORAGE_ADDRESS, Bytes::from(parent.0.to_vec()));
        let ResultAndState { result, mut state } = called.map_err(failed)?;
        if !result.is_success() {
            return Err(Invalid::SystemCall("EIP-2935").into());
        }
        state.retain(|address, _| *address == HISTORY_STORAGE_ADDRESS);
        self.evm.db_mut().commit(state).map_err(unreadable)
    }

    fn transact(&mut self, index: usize, transaction: &Recovered<TxEnvelope>) -> Result<(), Refusal> {
        let ty = transaction.tx_type();
        if ty == TxType::Eip4844 {
            return Err(Invalid::Type { index, ty: transaction.ty() }.into());
        }
        if transaction.gas_limit() > self.gas_left() {
            let (gas_limit, left) = (transaction.gas_limit(), self.gas_left());
            return Err(Invalid::BlockGas { index, gas_limit, left }.into());
        }
        let env = TxEnv::from_recovered_tx(transaction.inner(), transaction.signer());
        let destroys = |done: &ResultAndState| done.state.values().any(|account| account.is_selfdestructed());
        let mut done = self.evm.transact_raw(env.clone()).map_err(refuse)?;
        if destroys(&done) {
            // Rare: once more, watched, to count what is burned where it is burned.
            self.evm.set_inspector_enabled(true);
            let watched = self.evm.transact_raw(env);
            self.evm.set_inspector_enabled(false);
            done = watched.map_err(refuse)?;
            self.count_destroyed(&done);
        }
        self.commit(ty, done).map_err(Refusal::Error)
    }

    fn count_destroyed(&mut self, done: &ResultAndState) {
        let destroyed = |address: &Address| done.state.get(address).is_some_and(|account| account.is_selfdestructed());
        self.supply.burn(self.evm.inspector_mut().take_burned(destroyed));
        for account in done.state.values().filter(|account| account.is_selfdestructed()) {
            self.supply.burn(account.info.balance);
        }
    }

    fn commit(&mut self, ty: TxType, done: ResultAndState) -> Result<(), ExecutionError> {
        let ResultAndState { result, state } = done;
        let gas = result.tx_gas_used();
        self.supply.count(self.evm.db_mut(), &state).map_err(unreadable)?;
        self.supply.burn(U256::from(gas) * U256::from(self.base_fee));
        self.evm.db_mut().commit(state).map_err(unreadable)?;
        self.gas_used += gas;
        let success = result.is_success();
        let logs = if success { result.into_logs() } else { Vec::new() };
        let receipt = receipt(ty, success, self.gas_used, logs);
        self.logs_bloom |= *receipt.logs_bloom();
        self.receipts.push(receipt);
        Ok(())
    }

    fn finish(self) -> Result<Executed, ExecutionError> {
        let burned = self.supply.settle()?;
        let (overlay, _) = self.evm.finish();
        Ok(Executed {
            receipts: self.receipts,
            gas_used: self.gas_used,
            logs_bloom: self.logs_bloom,
            delta: overlay.into_delta(),
            burned,
        })
    }
}

fn unreadable(error: impl std::error::Error) -> ExecutionError {
    ExecutionError::State(error.to_string())
}

/// Errors of a system call: nobody's transaction is at fault.
fn failed<E: std::error::Error>(error: EVMError<E>) -> ExecutionError {
    ExecutionError::State(error.to_string())
}

fn refuse<E: std::error::Error>(error: EVMError<E>) -> Refusal {
    match error {
        EVMError::Transaction(
            reason @ (InvalidTransaction::NonceTooHigh { .. } | InvalidTransaction::GasPriceLessThanBasefee),
        ) => Refusal::Later(reason.to_string()),
        EVMError::Transaction(reason) => Refusal::Never(reason.to_string()),
        error => Refusal::Error(failed(error)),
    }
}
