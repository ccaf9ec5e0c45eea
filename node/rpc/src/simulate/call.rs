//! A call of a simulation as a transaction, and what is said of one that cannot start.

use super::{code, fault};
use crate::{call::phrase, error::Fault, fill::unsigned, request::AUTHORIZATIONS_MAX};
use alloy::rpc::types::TransactionRequest;
use alloy_consensus::TxEnvelope;
use edgeloom_chain::StateDbError;
use edgeloom_evm::{CallError, Refusal};
use edgeloom_txpool::Rejection;
use revm::context::result::InvalidTransaction as Invalid;

/// The transaction that a request with gas and nonce asks for: free unless it says what it pays.
pub(super) fn complete(mut request: TransactionRequest, chain_id: u64) -> Result<TxEnvelope, Fault> {
    if request.has_eip4844_fields() {
        return Err(Rejection::Type.into());
    }
    if request.authorization_list.as_ref().is_some_and(|list| list.len() > AUTHORIZATIONS_MAX) {
        return Err(Fault::Params(format!("more than {AUTHORIZATIONS_MAX} authorizations")));
    }
    if request.input.unique_input().is_err() {
        return Err(Fault::Params("both \"data\" and \"input\" are set and not equal".into()));
    }
    request.normalize_input();
    request.chain_id.get_or_insert(chain_id);
    if request.to.is_none() {
        request = request.create();
    }
    if request.gas_price.is_none() {
        let tip = *request.max_priority_fee_per_gas.get_or_insert(0);
        request.max_fee_per_gas.get_or_insert(tip);
    } else if request.max_fee_per_gas.is_some() || request.max_priority_fee_per_gas.is_some() {
        let both = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
        return Err(Fault::Params(both.into()));
    }
    let typed = request.build_typed_tx();
    Ok(unsigned(typed.map_err(|_| Fault::Params("the fields do not make a transaction of one type".into()))?))
}

/// S4.
pub(super) fn refusal(error: CallError<StateDbError>) -> Fault {
    let refusal = match error {
        CallError::Refused(refusal) => refusal,
        other => return Fault::Internal(other.to_string()),
    };
    let Refusal::Transaction(invalid) = &refusal else { return Fault::Refused(refusal.to_string()) };
    let code = match invalid {
        Invalid::NonceTooLow { .. } => code::NONCE_LOW,
        Invalid::NonceTooHigh { .. } => code::NONCE_HIGH,
        Invalid::GasPriceLessThanBasefee => code::BASE_FEE,
        Invalid::CallGasCostMoreThanGasLimit { .. } | Invalid::GasFloorMoreThanGasLimit { .. } => code::INTRINSIC_GAS,
        Invalid::LackOfFundForMaxFee { .. } | Invalid::OverflowPaymentInTransaction => code::FUNDS,
        Invalid::RejectCallerWithCode => code::SENDER,
        Invalid::CreateInitCodeSizeLimit => code::INITCODE,
        _ => return Fault::Refused(phrase(&refusal)),
    };
    let sentence = match invalid {
        Invalid::NonceTooLow { tx, state } => format!("nonce too low: next nonce {state}, tx nonce {tx}"),
        Invalid::NonceTooHigh { tx, state } => format!("nonce too high: next nonce {state}, tx nonce {tx}"),
        Invalid::GasPriceLessThanBasefee => "max fee per gas less than block base fee".into(),
        Invalid::LackOfFundForMaxFee { fee, balance } => {
            format!("insufficient funds for gas * price + value: balance {balance}, tx cost {fee}")
        }
        Invalid::RejectCallerWithCode => "sender not an eoa".into(),
        _ => phrase(&refusal),
    };
    fault(code, sentence)
}
