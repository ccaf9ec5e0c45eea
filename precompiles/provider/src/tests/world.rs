//! The accounts of genesis with the real precompiles under them, under Osaka's limits.

use super::Db;
use crate::install;
use alloy::{
    primitives::{Address, Bytes, TxKind, U256, address},
    sol_types::SolCall,
};
use alloy_evm::{EthEvmFactory, Evm as _, EvmEnv, EvmFactory as _};
use edgeloom_bindings::predeploys;
use revm::{
    DatabaseCommit as _,
    context::{BlockEnv, CfgEnv, TxEnv},
    context_interface::result::{EVMError, ExecutionResult},
    database::{CacheDB, EmptyDB},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::{convert::Infallible, num::NonZeroU64};

pub(super) const REQUESTER: Address = address!("0x00000000000000000000000000000000000000a1");
pub(super) const WORKER: Address = address!("0x00000000000000000000000000000000000000b2");
pub(super) const TFUEL: u128 = 1_000_000_000_000_000_000;
/// EIP-7825.
pub(super) const TRANSACTION_GAS_MAX: u64 = 1 << 24;

pub(super) struct World {
    pub(super) db: Db,
    /// Seconds since 1970, of the block that each transaction is in.
    pub(super) now: u64,
}

/// A transaction's sender, recipient and money.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) value: u128,
}

pub(super) const fn route(from: Address, to: Address) -> Route {
    Route { from, to, value: 0 }
}

impl Default for World {
    fn default() -> Self {
        let mut db = CacheDB::new(EmptyDB::default());
        for predeploy in predeploys(REQUESTER, NonZeroU64::MIN) {
            super::put_code(&mut db, predeploy.address, predeploy.code.to_vec());
        }
        let mut world = Self { db, now: 1_800_000_000 };
        world.fund(REQUESTER);
        world.fund(WORKER);
        world
    }
}

impl World {
    pub(super) fn fund(&mut self, account: Address) {
        let balance = U256::from(100_000 * TFUEL);
        self.db.insert_account_info(account, AccountInfo { balance, ..Default::default() });
    }

    pub(super) fn transact(
        &mut self,
        Route { from, to, value }: Route,
        data: Vec<u8>,
        gas_limit: u64,
    ) -> Result<ExecutionResult, EVMError<Infallible>> {
        let mut rules = CfgEnv::new_with_spec(SpecId::OSAKA);
        rules.disable_nonce_check = true;
        let env = EvmEnv::new(rules, BlockEnv { basefee: 0, timestamp: U256::from(self.now), ..Default::default() });
        let mut evm = EthEvmFactory::default().create_evm(&mut self.db, env);
        install(evm.precompiles_mut());
        let transaction = TxEnv {
            caller: from,
            kind: TxKind::Call(to),
            data: data.into(),
            gas_limit,
            gas_price: 0,
            value: U256::from(value),
            ..Default::default()
        };
        let outcome = evm.transact(transaction)?;
        drop(evm);
        self.db.commit(outcome.state);
        Ok(outcome.result)
    }

    /// A transaction with all the gas there can be, which must succeed.
    pub(super) fn send<C: SolCall>(&mut self, route: Route, call: &C) -> C::Return {
        let result = self.transact(route, call.abi_encode(), TRANSACTION_GAS_MAX).expect("a valid transaction");
        assert!(result.is_success(), "{}: {result:?}", C::SIGNATURE);
        C::abi_decode_returns(result.output().expect("it succeeded")).expect("ABI")
    }

    /// One that must revert, and what it says.
    pub(super) fn refused<C: SolCall>(&mut self, route: Route, call: &C) -> Bytes {
        let result = self.transact(route, call.abi_encode(), TRANSACTION_GAS_MAX).expect("a valid transaction");
        super::reverted(&result).clone()
    }
}
