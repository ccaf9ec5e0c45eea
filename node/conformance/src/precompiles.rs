//! geth's precompile vectors, each as a transaction that calls the precompile.

use crate::{Fault, environment::rules, tally::Tally, world::World};
use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
use alloy_evm::EvmEnv;
use edgeloom_evm::conformance;
use edgeloom_state::Store;
use eyre::{OptionExt, Result, WrapErr, ensure};
use revm::{
    context::{BlockEnv, TxEnv, result::ExecutionResult},
    primitives::hardfork::SpecId,
};
use serde::Deserialize;

/// More than any vector needs.
const GAS_LIMIT: u64 = 1 << 40;
/// An address without code: calling it costs what calling a precompile costs, without the precompile.
const NOBODY: Address = Address::repeat_byte(0x77);

/// File stem, low bytes of the address, and the rules that the file's prices are of.
const FILES: &[(&str, u16, SpecId)] = &[
    ("ecRecover", 0x01, SpecId::OSAKA),
    ("modexp", 0x05, SpecId::BYZANTIUM),
    ("modexp_eip2565", 0x05, SpecId::BERLIN),
    ("modexp_eip7883", 0x05, SpecId::OSAKA),
    ("bn256Add", 0x06, SpecId::OSAKA),
    ("bn256ScalarMul", 0x07, SpecId::OSAKA),
    ("bn256Pairing", 0x08, SpecId::OSAKA),
    ("blake2F", 0x09, SpecId::OSAKA),
    ("fail-blake2f", 0x09, SpecId::OSAKA),
    ("pointEvaluation", 0x0a, SpecId::OSAKA),
    ("blsG1Add", 0x0b, SpecId::OSAKA),
    ("fail-blsG1Add", 0x0b, SpecId::OSAKA),
    ("blsG1Mul", 0x0c, SpecId::OSAKA),
    ("fail-blsG1Mul", 0x0c, SpecId::OSAKA),
    ("blsG1MultiExp", 0x0c, SpecId::OSAKA),
    ("fail-blsG1MultiExp", 0x0c, SpecId::OSAKA),
    ("blsG2Add", 0x0d, SpecId::OSAKA),
    ("fail-blsG2Add", 0x0d, SpecId::OSAKA),
    ("blsG2Mul", 0x0e, SpecId::OSAKA),
    ("fail-blsG2Mul", 0x0e, SpecId::OSAKA),
    ("blsG2MultiExp", 0x0e, SpecId::OSAKA),
    ("fail-blsG2MultiExp", 0x0e, SpecId::OSAKA),
    ("blsPairing", 0x0f, SpecId::OSAKA),
    ("fail-blsPairing", 0x0f, SpecId::OSAKA),
    ("blsMapG1", 0x10, SpecId::OSAKA),
    ("fail-blsMapG1", 0x10, SpecId::OSAKA),
    ("blsMapG2", 0x11, SpecId::OSAKA),
    ("fail-blsMapG2", 0x11, SpecId::OSAKA),
    ("p256Verify", 0x100, SpecId::OSAKA),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vector {
    name: String,
    input: String,
    /// Absent where the precompile must fail.
    expected: Option<String>,
    gas: Option<u64>,
}

/// What a precompile did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Returned {
        output: Bytes,
        gas: u64,
    },
    /// And took all the gas.
    Failed,
}

/// The inputs of one file, with the precompile that they are for.
///
/// # Errors
/// As [`run`]'s.
pub(crate) fn inputs(name: &str, content: &[u8]) -> Result<Vec<(Address, Bytes)>> {
    let (address, _, vectors) = read(name, content)?;
    vectors.iter().map(|vector| Ok((address, hex::decode(&vector.input)?.into()))).collect()
}

/// All vectors of one file.
///
/// # Errors
/// When the file is unknown here or malformed.
pub(crate) fn run(name: &str, content: &[u8], fault: Option<Fault>) -> Result<Tally> {
    let (address, spec, vectors) = read(name, content)?;
    let mut tally = Tally::default();
    for vector in vectors {
        let verdict = judge(&vector, address, spec, fault);
        tally += Tally::compared(&format!("{name}:{}", vector.name), verdict.map_err(|report| format!("{report:#}")));
    }
    Ok(tally)
}

fn read(name: &str, content: &[u8]) -> Result<(Address, SpecId, Vec<Vector>)> {
    let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
    let (_, low, spec) =
        FILES.iter().find(|(known, ..)| *known == stem).ok_or_else(|| eyre::eyre!("{name}: no known precompile"))?;
    let vectors = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
    Ok((Address::from_word(U256::from(*low).into()), *spec, vectors))
}

fn judge(vector: &Vector, address: Address, spec: SpecId, fault: Option<Fault>) -> Result<()> {
    let input: Bytes = hex::decode(&vector.input)?.into();
    let mut answer = answer(address, spec, input)?;
    if let Some(fault) = fault {
        fault.spoil_answer(&mut answer);
    }
    let expected = match &vector.expected {
        None => Answer::Failed,
        Some(output) => {
            let gas = vector.gas.ok_or_eyre("the vector has no gas")?;
            Answer::Returned { output: hex::decode(output)?.into(), gas }
        }
    };
    ensure!(answer == expected, "{answer:?}, expected {expected:?}");
    Ok(())
}

fn answer(address: Address, spec: SpecId, input: Bytes) -> Result<Answer> {
    let floor = call(NOBODY, spec, input.clone())?.gas().total_gas_spent();
    let result = call(address, spec, input)?;
    let spent = result.gas().total_gas_spent();
    Ok(match result {
        ExecutionResult::Success { output, .. } => Answer::Returned { output: output.into_data(), gas: spent - floor },
        ExecutionResult::Halt { reason, .. } => {
            ensure!(spent == GAS_LIMIT, "{reason:?} left gas");
            Answer::Failed
        }
        ExecutionResult::Revert { .. } => eyre::bail!("a precompile of Ethereum's reverted"),
    })
}

fn call(address: Address, spec: SpecId, input: Bytes) -> Result<ExecutionResult> {
    let mut rules = rules(spec);
    rules.tx_gas_limit_cap = Some(u64::MAX);
    let mut block = BlockEnv { gas_limit: u64::MAX, ..Default::default() };
    block.set_blob_excess_gas_and_price(0, 1);
    let transaction = TxEnv {
        kind: TxKind::Call(address),
        data: input,
        gas_limit: GAS_LIMIT,
        chain_id: Some(1),
        ..Default::default()
    };
    let world = World::new(&Store::memory().view(), U256::ZERO)?;
    Ok(conformance::call(EvmEnv::new(rules, block), world, transaction)?)
}
