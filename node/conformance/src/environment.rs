//! Forks by the names that the files use, and the environment that a case runs in.

use crate::fixture::Env;
use alloy::primitives::{B256, U256};
use alloy_evm::EvmEnv;
use eyre::{Result, eyre};
use revm::{
    context::{BlockEnv, CfgEnv},
    primitives::{
        eip4844::{BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN, BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE},
        hardfork::SpecId,
    },
};

/// What can be done with a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fork {
    Runs(SpecId),
    Skipped(&'static str),
}

const KEEPS_EMPTY_ACCOUNTS: &str = "the fork keeps empty accounts in the state, ours cannot hold them (EIP-161)";
const SUPERSEDED: &str = "EIP-1283 as first specified: revm knows only the fixed fork";

/// `None` for a name that is not known here: a violation, so that no new fork goes unnoticed.
pub(crate) fn fork(name: &str) -> Option<Fork> {
    Some(match name {
        "Frontier" | "Homestead" | "EIP150" => Fork::Skipped(KEEPS_EMPTY_ACCOUNTS),
        "EIP158" => Fork::Runs(SpecId::SPURIOUS_DRAGON),
        "Byzantium" => Fork::Runs(SpecId::BYZANTIUM),
        "Constantinople" => Fork::Skipped(SUPERSEDED),
        "ConstantinopleFix" => Fork::Runs(SpecId::PETERSBURG),
        "Istanbul" => Fork::Runs(SpecId::ISTANBUL),
        "Berlin" => Fork::Runs(SpecId::BERLIN),
        "London" => Fork::Runs(SpecId::LONDON),
        "Paris" => Fork::Runs(SpecId::MERGE),
        "Shanghai" => Fork::Runs(SpecId::SHANGHAI),
        "Cancun" => Fork::Runs(SpecId::CANCUN),
        "Prague" => Fork::Runs(SpecId::PRAGUE),
        "Osaka" => Fork::Runs(SpecId::OSAKA),
        _ => return None,
    })
}

/// Ethereum's mainnet under the rules of `spec`, with the block of `env`.
///
/// # Errors
/// When a value does not fit the header's field.
pub(crate) fn environment(spec: SpecId, env: &Env) -> Result<EvmEnv> {
    let base_fee = if spec.is_enabled_in(SpecId::LONDON) { env.current_base_fee } else { U256::ZERO };
    let random = env.current_random.unwrap_or(env.current_difficulty);
    let mut block = BlockEnv {
        number: env.current_number,
        beneficiary: env.current_coinbase,
        timestamp: env.current_timestamp,
        gas_limit: word(env.current_gas_limit)?,
        basefee: word(base_fee)?,
        difficulty: env.current_difficulty,
        prevrandao: spec.is_enabled_in(SpecId::MERGE).then(|| B256::from(random)),
        ..Default::default()
    };
    if spec.is_enabled_in(SpecId::CANCUN) {
        block.set_blob_excess_gas_and_price(word(env.current_excess_blob_gas)?, blob_fraction(spec));
    }
    Ok(EvmEnv::new(rules(spec), block))
}

/// The rules of `spec` on chain 1.
pub(crate) fn rules(spec: SpecId) -> CfgEnv {
    let mut rules = CfgEnv::new_with_spec(spec).with_chain_id(1);
    rules.max_blobs_per_tx = Some(if spec == SpecId::PRAGUE { 9 } else { 6 });
    rules.blob_base_fee_update_fraction = Some(blob_fraction(spec));
    rules
}

const fn blob_fraction(spec: SpecId) -> u64 {
    if spec.is_enabled_in(SpecId::PRAGUE) {
        BLOB_BASE_FEE_UPDATE_FRACTION_PRAGUE
    } else {
        BLOB_BASE_FEE_UPDATE_FRACTION_CANCUN
    }
}

fn word(value: U256) -> Result<u64> {
    u64::try_from(value).map_err(|_| eyre!("{value} does not fit 64 bits"))
}
