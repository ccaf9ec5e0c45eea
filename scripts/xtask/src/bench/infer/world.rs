//! The precompile with models in accounts, as revm calls it.

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    sol_types::SolCall as _,
};
use alloy_evm::{
    EvmInternals,
    precompiles::{Precompile as _, PrecompileInput, PrecompilesMap},
};
use edgeloom_bindings::{IEdgeProof, addresses};
use eyre::{Result, ensure, eyre};
use revm::{
    Context, Journal, MainContext as _,
    context::{BlockEnv, CfgEnv, TxEnv},
    database::{CacheDB, EmptyDB},
    precompile::Precompiles,
    state::{AccountInfo, Bytecode},
};

use super::corpus::Question;

type Database = CacheDB<EmptyDB>;

/// More gas than any call of the corpus takes.
const GAS: u64 = 1 << 40;
/// Image bytes of a code chunk.
const CHUNK: usize = 24_575;

/// Precompiles over a journal over an in-memory database.
pub(super) struct World {
    precompiles: PrecompilesMap,
    context: Context<BlockEnv, TxEnv, CfgEnv, Database, Journal<Database>, ()>,
}

impl World {
    /// Model `i` has its manifest at `manifest(i)`.
    pub(super) fn with_models(images: &[Vec<u8>]) -> Self {
        let mut database = Database::default();
        let mut store = |address: Address, code: Vec<u8>| {
            let code = Bytecode::new_raw(code.into());
            let info =
                AccountInfo { nonce: 1, code_hash: code.hash_slow(), code: Some(code), ..AccountInfo::default() };
            database.insert_account_info(address, info);
        };
        for (index, image) in images.iter().enumerate() {
            let mut list = b"\0EIG1".to_vec();
            for (part, chunk) in image.chunks(CHUNK).enumerate() {
                let at = Address::from_word(keccak256([index.to_be_bytes(), part.to_be_bytes()].concat()));
                store(at, [&[0], chunk].concat());
                list.extend_from_slice(at.as_slice());
            }
            store(manifest(index), list);
        }
        let mut precompiles = PrecompilesMap::from_static(Precompiles::latest());
        edgeloom_provider::install(&mut precompiles);
        Self { precompiles, context: Context::mainnet().with_db(database) }
    }

    /// Calldata for model `index`.
    pub(super) fn call(&self, index: usize, question: &Question, input: &[u8]) -> Bytes {
        let manifest = manifest(index);
        match question {
            Question::Infer => IEdgeProof::inferCall { manifest, input: input.to_vec().into() }.abi_encode().into(),
            Question::Describe => IEdgeProof::describeCall { manifest }.abi_encode().into(),
        }
    }

    /// Calls the precompile and gives the gas it charged.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn answer(&mut self, call: &Bytes) -> Result<u64> {
        let address = addresses::EDGE_PROOF;
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
        Ok(output.gas_used)
    }
}

fn manifest(index: usize) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}
