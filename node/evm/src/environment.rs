//! What a transaction can see of the block around it.

use alloy::{
    eips::eip7825::MAX_TX_GAS_LIMIT_OSAKA,
    primitives::{Address, B256, U256},
};
use alloy_evm::EvmEnv;
use edgeloom_types::{Included, MAX_CERTIFICATES};
use revm::{
    context::{BlockEnv, CfgEnv},
    primitives::hardfork::SpecId,
};

/// Least gas of any transaction: a block with less left is full.
pub(crate) const TRANSACTION_GAS_MIN: u64 = 21_000;

/// The part of a header that execution depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockEnvironment {
    pub chain_id: u64,
    pub number: u64,
    /// Unix seconds.
    pub timestamp: u64,
    /// Receives the tips.
    pub beneficiary: Address,
    pub gas_limit: u64,
    /// Wei per gas.
    pub base_fee: u64,
    /// The header's `mixHash`.
    pub prevrandao: B256,
    /// Stored by EIP-2935's system call.
    pub parent_hash: B256,
    /// Accounts with code may send too: EIP-3607 is off, for the accounts that dev mode impersonates.
    pub contracts_send: bool,
    /// Finalization certificates that the body carries.
    pub included: [Option<Included>; MAX_CERTIFICATES],
}

impl BlockEnvironment {
    /// Most transactions that there is gas for.
    pub(crate) fn transactions_max(&self) -> usize {
        usize::try_from(self.gas_limit / TRANSACTION_GAS_MIN).unwrap_or(usize::MAX)
    }

    pub(crate) fn evm(&self) -> EvmEnv {
        let mut rules = CfgEnv::new_with_spec(SpecId::OSAKA).with_chain_id(self.chain_id);
        rules.tx_gas_limit_cap = Some(MAX_TX_GAS_LIMIT_OSAKA);
        rules.disable_eip3607 = self.contracts_send;
        EvmEnv::new(rules, self.block())
    }

    /// As the machine sees it.
    pub fn block(&self) -> BlockEnv {
        BlockEnv {
            number: U256::from(self.number),
            beneficiary: self.beneficiary,
            timestamp: U256::from(self.timestamp),
            gas_limit: self.gas_limit,
            basefee: self.base_fee,
            prevrandao: Some(self.prevrandao),
            // The default has no excess blob gas, as every header of this chain says.
            ..Default::default()
        }
    }

    /// For transactions that nobody signed and that must be paid for. `strict` adds the rules of blocks that exist, but
    /// for the gas that a block has: whoever lines transactions up counts it.
    pub(crate) fn evm_for_simulation(&self, strict: bool) -> EvmEnv {
        let mut environment = if strict { self.evm() } else { self.evm_for_call() };
        environment.cfg_env.disable_balance_check = false;
        environment.cfg_env.disable_block_gas_limit = true;
        environment
    }

    /// For questions about a state rather than transactions: who asks need not own, sign or pay.
    pub(crate) fn evm_for_call(&self) -> EvmEnv {
        let mut environment = self.evm();
        let rules = &mut environment.cfg_env;
        rules.tx_gas_limit_cap = Some(u64::MAX);
        rules.tx_chain_id_check = false;
        rules.disable_nonce_check = true;
        rules.disable_balance_check = true;
        rules.disable_base_fee = true;
        rules.disable_block_gas_limit = true;
        rules.disable_eip3607 = true;
        environment
    }
}
