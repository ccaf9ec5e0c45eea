//! What callers want done, as most of them write it: read in one pass.

use alloy::{
    primitives::{Address, Bytes, TxKind, U256},
    rpc::types::{TransactionInput, TransactionRequest as Whole},
    serde::quantity,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// alloy's, which tries on its own every shape of blobs on each request.
#[derive(Clone, Debug)]
pub(crate) struct TransactionRequest(pub(crate) Whole);

impl<'de> Deserialize<'de> for TransactionRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let plain = serde_json::from_str::<Plain>(text.get());
        let whole = plain.map(Into::<Whole>::into).or_else(|_| serde_json::from_str(text.get()));
        // The caller adds where: the place within the request would stand beside it.
        let said = whole.map_err(|error| error.to_string());
        said.map(Self).map_err(|said| D::Error::custom(said.split(" at line ").next().unwrap_or_default()))
    }
}

/// What nearly all have, and no more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Plain {
    from: Option<Address>,
    to: Option<TxKind>,
    #[serde(default, with = "quantity::opt")]
    gas: Option<u64>,
    #[serde(default, with = "quantity::opt")]
    gas_price: Option<u128>,
    #[serde(default, with = "quantity::opt")]
    max_fee_per_gas: Option<u128>,
    #[serde(default, with = "quantity::opt")]
    max_priority_fee_per_gas: Option<u128>,
    value: Option<U256>,
    data: Option<Bytes>,
    input: Option<Bytes>,
    #[serde(default, with = "quantity::opt")]
    nonce: Option<u64>,
    #[serde(default, with = "quantity::opt")]
    chain_id: Option<u64>,
}

impl From<Plain> for Whole {
    fn from(plain: Plain) -> Self {
        let Plain {
            from, to, gas, gas_price, max_fee_per_gas, max_priority_fee_per_gas, value, nonce, chain_id, ..
        } = plain;
        let input = TransactionInput { input: plain.input, data: plain.data };
        let fees = Self { gas_price, max_fee_per_gas, max_priority_fee_per_gas, ..Self::default() };
        Self { from, to, gas, value, input, nonce, chain_id, ..fees }
    }
}

#[cfg(test)]
mod tests;
