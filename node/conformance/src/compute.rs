//! Gas a second of pure computation: blocks of a contract that hashes and multiplies in a loop, through our executor and
//! on bare revm, in turns.

use crate::{fixture::PreAccount, world};
use alloy::{
    eips::eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    primitives::{Address, B256, Bytes, Signature, TxKind, U256, address, bytes},
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::Recovered};
use alloy_evm::FromRecoveredTx;
use edgeloom_chain::StateDb;
use edgeloom_evm::BlockEnvironment;
use edgeloom_state::View;
use eyre::{Result, ensure};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::TxEnv,
    database::{CacheDB, EmptyDB},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Instant};

const SENDER: Address = address!("0x00000000000000000000000000000000000000aa");
const CONTRACT: Address = address!("0x00000000000000000000000000000000000000cc");
const BALANCE: U256 = U256::from_limbs([0, 1 << 40, 0, 0]);

/// `do { memory[0] = keccak256(memory[0..32]); 7 * 5 % 3 } while (gasleft() > 5000)`
const LOOP: Bytes = bytes!("5b60206000206000526007600502600306506113885a1160005700");

/// Gas of a transaction; a block has two.
const GAS: u64 = 15_000_000;
/// Blocks of a side's turn.
const BLOCKS: u64 = 10;

/// One turn, gas a second.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Turn {
    pub ours: f64,
    pub revm: f64,
}

/// One turn of each side.
///
/// # Errors
/// When a block cannot run, or the sides disagree about its gas.
pub fn turn() -> Result<Turn> {
    let view = world::commit(&accounts())?;
    let transactions = [transaction(0), transaction(1)];
    let (ours, gas) = timed(|| ours(&view, &transactions))?;
    let (bare, bare_gas) = timed(|| bare(&transactions))?;
    ensure!(gas == bare_gas, "{gas} gas on our executor, {bare_gas} on bare revm");
    Ok(Turn { ours, revm: bare })
}

/// Gas a second over [`BLOCKS`] blocks, and the gas of one.
fn timed(block: impl Fn() -> Result<u64>) -> Result<(f64, u64)> {
    let gas = block()?;
    let started = Instant::now();
    for _ in 0..BLOCKS {
        block()?;
    }
    Ok(((gas * BLOCKS) as f64 / started.elapsed().as_secs_f64(), gas))
}

fn ours(view: &View, transactions: &[TxEnvelope]) -> Result<u64> {
    let transactions: Vec<_> =
        transactions.iter().map(|transaction| Recovered::new_unchecked(transaction, SENDER)).collect();
    Ok(edgeloom_evm::execute(&environment(), StateDb::from(view.clone()), &transactions)?.gas_used)
}

fn bare(transactions: &[TxEnvelope]) -> Result<u64> {
    let mut db = CacheDB::new(EmptyDB::default());
    db.insert_account_info(SENDER, AccountInfo { balance: BALANCE, ..Default::default() });
    db.insert_account_info(CONTRACT, AccountInfo::from_bytecode(Bytecode::new_raw(LOOP)));
    let block = environment();
    let mut evm = Context::mainnet()
        .with_db(db)
        .modify_cfg_chained(|rules| rules.set_spec_and_mainnet_gas_params(SpecId::OSAKA))
        .modify_block_chained(|env| {
            env.number = U256::from(block.number);
            env.gas_limit = block.gas_limit;
            env.basefee = block.base_fee;
        })
        .build_mainnet();
    let mut gas = 0;
    for transaction in transactions {
        gas += evm.transact_commit(TxEnv::from_recovered_tx(transaction, SENDER))?.tx_gas_used();
    }
    Ok(gas)
}

fn transaction(nonce: u64) -> TxEnvelope {
    let transaction = TxEip1559 {
        chain_id: 1,
        nonce,
        gas_limit: GAS,
        max_fee_per_gas: 1,
        to: TxKind::Call(CONTRACT),
        ..Default::default()
    };
    transaction.into_signed(Signature::test_signature()).into()
}

const fn environment() -> BlockEnvironment {
    BlockEnvironment {
        chain_id: 1,
        number: 1,
        timestamp: 1,
        beneficiary: Address::ZERO,
        gas_limit: 2 * GAS,
        base_fee: 1,
        prevrandao: B256::ZERO,
        parent_hash: B256::ZERO,
        contracts_send: false,
        included: [None; 4],
    }
}

fn accounts() -> BTreeMap<Address, PreAccount> {
    let account = |balance, code| PreAccount { balance, nonce: U256::ZERO, code, storage: BTreeMap::new() };
    BTreeMap::from([
        (SENDER, account(BALANCE, Bytes::new())),
        (CONTRACT, account(U256::ZERO, LOOP)),
        (
            HISTORY_STORAGE_ADDRESS,
            PreAccount { nonce: U256::from(1), ..account(U256::ZERO, HISTORY_STORAGE_CODE.clone()) },
        ),
    ])
}
