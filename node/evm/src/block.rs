//! Blocks: strictly ([`execute`], for a block that exists) and choosing ([`build`], for one that is being made).

use crate::{
    BlockEnvironment,
    environment::TRANSACTION_GAS_MIN,
    error::{ExecutionError, Refusal, Stop},
    machine::{Machine, Ran},
    overlay::{Balances, Overlay},
};
use alloy::{
    eips::eip2718::Encodable2718,
    primitives::{B256, Bloom, Log, U256, map::AddressSet},
};
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, Transaction, TxEnvelope, TxType, transaction::Recovered};
use alloy_evm::FromRecoveredTx;
use edgeloom_types::StateDelta;
use revm::{
    Database,
    context::{TxEnv, result::InvalidTransaction},
};
use std::sync::Arc;

/// Most bytes of an RLP string's header for anything that fits in a block.
const STRING_HEADER_BYTES: usize = 4;

/// A block that ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Executed {
    pub receipts: Vec<ReceiptEnvelope>,
    /// Of X2's calls, in order; neither in a receipt nor in the bloom.
    pub system_logs: Vec<Log>,
    pub gas_used: u64,
    pub logs_bloom: Bloom,
    pub delta: StateDelta,
    /// Wei that left the supply in this block: base fees and self-destructs.
    pub burned: U256,
}

/// What a block being built may hold, beside the environment's gas.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Encoded size of all transactions together.
    pub bytes: usize,
}

/// A candidate that can never run on top of this state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub hash: B256,
    pub reason: Refusal,
}

/// The transactions chosen, those to forget, and the outcome.
type Built = (Vec<Arc<Recovered<TxEnvelope>>>, Vec<Rejected>, Executed);

/// Executes exactly `transactions`, in order.
///
/// # Errors
/// [`ExecutionError::Refused`] when one of them cannot run here; see [`ExecutionError`] for what is not the block's fault.
pub fn execute<DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    transactions: &[Recovered<&TxEnvelope>],
) -> Result<Executed, ExecutionError<DB::Error>> {
    let mut run = Run::begin(environment, db, transactions.len())?;
    for (index, transaction) in transactions.iter().enumerate() {
        run.apply(*transaction).map_err(|stop| stop.at(index))?;
    }
    run.finish()
}

/// Executes those of `candidates` that can run, in order, until the block is full. A candidate that must wait (its
/// nonce is ahead, it offers less than the base fee, or the block has no room for it) is left out, and everything later
/// of its sender with it.
///
/// # Errors
/// [`ExecutionError`], never `Refused`.
pub fn build<DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    limits: Limits,
) -> Result<Built, ExecutionError<DB::Error>> {
    let mut run = Run::begin(environment, db, candidates.size_hint().0)?;
    let (mut chosen, mut rejected) = (Vec::with_capacity(run.done.receipts.capacity()), Vec::new());
    let (mut waiting, mut bytes_left) = (AddressSet::default(), limits.bytes);
    for candidate in candidates {
        if run.gas_left() < TRANSACTION_GAS_MIN {
            break;
        }
        let sender = candidate.signer();
        let bytes = candidate.encode_2718_len() + STRING_HEADER_BYTES;
        if waiting.contains(&sender) {
            continue;
        }
        if bytes > bytes_left {
            waiting.insert(sender);
            continue;
        }
        match run.apply(candidate.as_recovered_ref()) {
            Ok(()) => {
                bytes_left -= bytes;
                chosen.push(candidate);
            }
            Err(Stop::Refused(reason)) if must_wait(&reason) => {
                waiting.insert(sender);
            }
            Err(Stop::Refused(reason)) => rejected.push(Rejected { hash: *candidate.tx_hash(), reason }),
            Err(stop) => return Err(stop.at(chosen.len())),
        }
    }
    Ok((chosen, rejected, run.finish()?))
}

/// Whether a later block may run what this one cannot.
fn must_wait(reason: &Refusal) -> bool {
    matches!(
        reason,
        Refusal::BlockGas { .. }
            | Refusal::Transaction(
                InvalidTransaction::NonceTooHigh { .. } | InvalidTransaction::GasPriceLessThanBasefee
            )
    )
}

/// A block under execution.
pub(crate) struct Run<DB: Database> {
    machine: Machine<DB>,
    gas_limit: u64,
    base_fee: u64,
    done: Executed,
}

impl<DB: Database> Run<DB> {
    /// For about `count` transactions, or as many as there is gas for.
    fn begin(environment: &BlockEnvironment, db: DB, count: usize) -> Result<Self, ExecutionError<DB::Error>> {
        let count = count.min(environment.transactions_max());
        // Most transactions touch one account that no other of the block does.
        let machine = Machine::new(environment.evm(), Overlay::with_room(db, count));
        let mut run = Self::over(machine, environment.gas_limit, environment.base_fee);
        run.done.receipts.reserve_exact(count);
        let begun = run.machine.begin(environment).map_err(|stop| stop.at(0))?;
        (run.done.burned, run.done.system_logs) = (begun.destroyed, begun.logs);
        Ok(run)
    }

    /// Without X2's system calls.
    pub(crate) fn over(machine: Machine<DB>, gas_limit: u64, base_fee: u64) -> Self {
        Self { machine, gas_limit, base_fee, done: Executed::default() }
    }

    const fn gas_left(&self) -> u64 {
        self.gas_limit - self.done.gas_used
    }

    fn apply(&mut self, transaction: Recovered<&TxEnvelope>) -> Result<(), Stop<DB::Error>> {
        if transaction.is_eip4844() {
            return Err(Stop::Refused(Refusal::Blobs));
        }
        self.include(transaction)
    }

    /// Any type that the rules know.
    pub(crate) fn include(&mut self, transaction: Recovered<&TxEnvelope>) -> Result<(), Stop<DB::Error>> {
        let (transaction, sender) = transaction.into_parts();
        let (wanted, left) = (transaction.gas_limit(), self.gas_left());
        if wanted > left {
            return Err(Stop::Refused(Refusal::BlockGas { wanted, left }));
        }
        let Ran { result, state, destroyed } = self.machine.run(TxEnv::from_recovered_tx(transaction, sender))?;
        self.machine.commit(state);

        let gas = result.tx_gas_used();
        self.done.gas_used += gas;
        self.done.burned += U256::from(self.base_fee) * U256::from(gas) + destroyed;
        let receipt = Receipt {
            status: Eip658Value::Eip658(result.is_success()),
            cumulative_gas_used: self.done.gas_used,
            logs: result.into_logs(),
        };
        let receipt = envelope(transaction.tx_type(), receipt);
        self.done.logs_bloom |= *receipt.logs_bloom();
        self.done.receipts.push(receipt);
        Ok(())
    }

    fn finish(self) -> Result<Executed, ExecutionError<DB::Error>> {
        let (executed, balances) = self.close();
        conserve(balances.ok_or_else(|| ExecutionError::Fault("balances overflow 256 bits".into()))?, executed.burned)?;
        Ok(executed)
    }

    /// What was done, and the sums that X4 compares unless they overflow.
    pub(crate) fn close(self) -> (Executed, Option<Balances>) {
        let (delta, balances) = self.machine.into_overlay().finish();
        (Executed { delta, ..self.done }, balances)
    }
}

/// X4.
pub(crate) fn conserve<E>(Balances { before, after }: Balances, burned: U256) -> Result<(), ExecutionError<E>> {
    if after.checked_add(burned) != Some(before) {
        return Err(ExecutionError::Conservation { before, after, burned });
    }
    Ok(())
}

fn envelope(kind: TxType, receipt: Receipt) -> ReceiptEnvelope {
    let receipt = receipt.with_bloom();
    match kind {
        TxType::Legacy => ReceiptEnvelope::Legacy(receipt),
        TxType::Eip2930 => ReceiptEnvelope::Eip2930(receipt),
        TxType::Eip1559 => ReceiptEnvelope::Eip1559(receipt),
        TxType::Eip4844 => ReceiptEnvelope::Eip4844(receipt),
        TxType::Eip7702 => ReceiptEnvelope::Eip7702(receipt),
    }
}

#[cfg(test)]
mod tests;
