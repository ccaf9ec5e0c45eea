//! `eth_estimateGas`: the least gas limit with which a transaction succeeds, within 1.5% (geth's tolerance).

use crate::{
    call::{Question, Stage, failure, is_out_of_gas},
    error::Fault,
    node::Context,
};
use edgeloom_evm::Refusal;
use edgeloom_txpool::TRANSACTION_GAS_MAX;
use revm::context::result::{ExecutionResult, InvalidTransaction};

const TRANSFER_GAS: u64 = 21_000;

impl Context {
    pub(crate) fn estimate_gas(&self, question: Question) -> Result<u64, Fault> {
        let stage = Stage::new(self, question)?;
        let most = stage.environment.gas_limit.min(TRANSACTION_GAS_MAX);
        let wanted = stage.request.gas.filter(|gas| *gas >= TRANSFER_GAS).map_or(most, |gas| gas.min(most));
        let high = stage.affordable()?.map_or(wanted, |affordable| wanted.min(affordable));
        let succeeds = |gas| Ok(matches!(stage.run(gas)?, Ok(ExecutionResult::Success { .. })));
        if high >= TRANSFER_GAS && stage.is_plain_transfer()? && succeeds(TRANSFER_GAS)? {
            return Ok(TRANSFER_GAS);
        }
        let used = match stage.run_aloud(high)? {
            Ok(result @ ExecutionResult::Success { .. }) => result.tx_gas_used(),
            Ok(result) if is_out_of_gas(&result) => return Err(above(high)),
            Err(Refusal::Transaction(
                InvalidTransaction::CallGasCostMoreThanGasLimit { .. }
                | InvalidTransaction::GasFloorMoreThanGasLimit { .. },
            )) => return Err(above(high)),
            failed => return Err(failure(failed)),
        };
        search(used, high, succeeds)
    }
}

fn above(allowance: u64) -> Fault {
    Fault::Refused(format!("gas required exceeds allowance ({allowance})"))
}

/// `high` succeeds and uses `used` after refunds. Succeeding is taken to be monotonic.
fn search(used: u64, mut high: u64, succeeds: impl Fn(u64) -> Result<bool, Fault>) -> Result<u64, Fault> {
    let mut low = used.saturating_sub(1);
    // Most calls need what they use, a stipend that comes back, and the 64th that every call leaves behind.
    let guess = used.saturating_add(2_300).saturating_mul(64) / 63;
    for exact in [used, guess] {
        if exact < high && exact > low {
            if succeeds(exact)? {
                high = exact;
                break;
            }
            low = exact;
        }
    }
    while low + 1 < high && (high - low) * 1000 > high * 15 {
        // What is needed is seldom far above what was used: do not start in the middle.
        let middle = (low + (high - low) / 2).min(low.saturating_mul(2));
        if succeeds(middle)? { high = middle } else { low = middle }
    }
    Ok(high)
}

#[cfg(test)]
mod tests;
