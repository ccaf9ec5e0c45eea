//! Cases in the words of the peers.

use super::Case;
use alloy::primitives::U256;
use eyre::{Result, bail};
use revm::primitives::hardfork::SpecId;
use serde_json::{Map, Value, json};

/// The case as the peers read it.
///
/// # Errors
/// When its rules have no name there.
pub(super) fn question(case: &Case) -> Result<String> {
    let fork = match case.spec {
        SpecId::PRAGUE => "prague",
        SpecId::OSAKA => "osaka",
        other => bail!("{other:?} is not compared"),
    };
    let env = &case.env;
    let mut pre = Map::new();
    for (address, account) in &case.pre {
        let storage: Map<String, Value> =
            account.storage.iter().map(|(slot, value)| (hex(*slot), hex(*value).into())).collect();
        let account = json!({
            "nonce": hex(account.nonce), "balance": hex(account.balance), "code": account.code, "storage": storage,
        });
        pre.insert(format!("{address:?}"), account);
    }
    let question = json!({
        "fork": fork,
        "env": {
            "number": hex(env.current_number),
            "timestamp": hex(env.current_timestamp),
            "coinbase": format!("{:?}", env.current_coinbase),
            "gasLimit": hex(env.current_gas_limit),
            "baseFee": hex(env.current_base_fee),
            "random": format!("{:#066x}", env.current_random.unwrap_or_default()),
            "excessBlobGas": hex(env.current_excess_blob_gas),
            "hashes": case.hashes,
        },
        "pre": pre,
        "tx": case.transaction,
    });
    Ok(question.to_string())
}

fn hex(value: U256) -> String {
    format!("{value:#x}")
}
