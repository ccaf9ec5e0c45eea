//! The chain's precompiles over accounts with code, as revm calls them.

use alloy::primitives::{Address, Bytes, U256};
use alloy_evm::{
    EvmInternals,
    precompiles::{Precompile as _, PrecompileInput, PrecompilesMap},
};
use eyre::{Result, ensure, eyre};
use revm::{
    Context, Journal, MainContext as _,
    context::{BlockEnv, CfgEnv, TxEnv},
    database::{CacheDB, EmptyDB},
    precompile::{PrecompileOutput, Precompiles},
    state::{AccountInfo, Bytecode},
};

type Database = CacheDB<EmptyDB>;

/// More gas than any call takes.
const GAS: u64 = 1 << 40;

/// Precompiles over a journal over an in-memory database.
pub(super) struct Machine {
    precompiles: PrecompilesMap,
    context: Context<BlockEnv, TxEnv, CfgEnv, Database, Journal<Database>, ()>,
}

impl Machine {
    pub(super) fn new(accounts: impl IntoIterator<Item = (Address, Vec<u8>)>) -> Self {
        let mut database = Database::default();
        for (address, code) in accounts {
            let code = Bytecode::new_raw(code.into());
            let info =
                AccountInfo { nonce: 1, code_hash: code.hash_slow(), code: Some(code), ..AccountInfo::default() };
            database.insert_account_info(address, info);
        }
        let mut precompiles = PrecompilesMap::from_static(Precompiles::latest());
        edgeloom_provider::install(&mut precompiles);
        Self { precompiles, context: Context::mainnet().with_db(database) }
    }

    /// Calls the precompile at `address` and gives the gas it charged.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn answer(&mut self, address: Address, call: &Bytes) -> Result<u64> {
        Ok(self.call(address, call)?.gas_used)
    }

    /// As [`Self::answer`], and gives what it answered.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn output(&mut self, address: Address, call: &Bytes) -> Result<Bytes> {
        Ok(self.call(address, call)?.bytes)
    }

    fn call(&mut self, address: Address, call: &Bytes) -> Result<PrecompileOutput> {
        let precompile = self.precompiles.get(&address).ok_or_else(|| eyre!("the precompile is not installed"))?;
        let output = precompile
            .call(PrecompileInput {
                data: call,
                gas: GAS,
                reservoir: 0,
                caller: Address::ZERO,
                value: U256::ZERO,
                target_address: address,
                is_static: true,
                bytecode_address: address,
                internals: EvmInternals::from_context(&mut self.context),
            })
            .map_err(|error| eyre!("{error}"))?;
        ensure!(output.is_success(), "the precompile refused: {}", output.bytes);
        Ok(output)
    }
}
