//! What a call request asks for, checked.

use crate::error::Fault;
use alloy::{
    primitives::{Address, Bytes, TxKind},
    rpc::types::TransactionRequest,
};
use edgeloom_txpool::Rejection;
use revm::context::TxEnv;

/// Most authorizations in a call: recovering each signer takes time.
pub(crate) const AUTHORIZATIONS_MAX: usize = 256;

/// A [`TransactionRequest`] without contradictions.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Complete but for its gas limit.
    pub(crate) transaction: TxEnv,
    pub(crate) gas: Option<u64>,
    /// Most wei per gas; zero when the caller does not care.
    pub(crate) fee_cap: u128,
}

impl Request {
    /// # Errors
    /// [`Fault::Params`] for contradictory fields, [`Fault::Refused`] when the fee cap is below `base_fee`.
    pub(crate) fn new(request: TransactionRequest, base_fee: u64, chain_id: u64) -> Result<Self, Fault> {
        if request.has_eip4844_fields() {
            return Err(Rejection::Type.into());
        }
        let (gas_price, fee_cap) = fees(&request, base_fee)?;
        let mut transaction = TxEnv {
            caller: request.from.unwrap_or_default(),
            kind: request.to.unwrap_or(TxKind::Create),
            value: request.value.unwrap_or_default(),
            data: input(&request)?,
            gas_price,
            nonce: request.nonce.unwrap_or_default(),
            chain_id: Some(request.chain_id.unwrap_or(chain_id)),
            access_list: request.access_list.unwrap_or_default(),
            ..TxEnv::default()
        };
        transaction.tx_type = u8::from(!transaction.access_list.is_empty());
        if let Some(list) = request.authorization_list {
            if list.is_empty() {
                return Err(Rejection::NoAuthorizations.into());
            }
            if list.len() > AUTHORIZATIONS_MAX {
                return Err(Fault::Params(format!("more than {AUTHORIZATIONS_MAX} authorizations")));
            }
            transaction.tx_type = 4;
            transaction.set_signed_authorization(list);
            // The price is the effective one already: no tip on top.
            transaction.gas_priority_fee = Some(gas_price);
        }
        Ok(Self { transaction, gas: request.gas, fee_cap })
    }
}

fn input(request: &TransactionRequest) -> Result<Bytes, Fault> {
    let different = |_| Fault::Params("both \"data\" and \"input\" are set and not equal".into());
    Ok(request.input.unique_input().map_err(different)?.cloned().unwrap_or_default())
}

/// (wei per gas that execution sees, most wei per gas).
fn fees(request: &TransactionRequest, base_fee: u64) -> Result<(u128, u128), Fault> {
    let (cap, tip) = (request.max_fee_per_gas, request.max_priority_fee_per_gas);
    if let Some(price) = request.gas_price {
        if cap.is_some() || tip.is_some() {
            let both = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
            return Err(Fault::Params(both.into()));
        }
        return Ok((price, price));
    }
    let Some(cap) = cap.filter(|cap| *cap > 0) else { return Ok((0, 0)) };
    let tip = tip.unwrap_or(0);
    if tip > cap {
        let sentence = format!(
            "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: {tip}, maxFeePerGas: {cap}"
        );
        return Err(Fault::Refused(sentence));
    }
    if cap < base_fee.into() {
        return Err(below_base_fee(request.from.unwrap_or_default(), cap, base_fee));
    }
    Ok((cap.min(tip.saturating_add(base_fee.into())), cap))
}

pub(crate) fn below_base_fee(sender: Address, cap: u128, base_fee: u64) -> Fault {
    let phrase = "max fee per gas less than block base fee";
    Fault::Refused(format!("{phrase}: address {sender}, maxFeePerGas: {cap}, baseFee: {base_fee}"))
}
