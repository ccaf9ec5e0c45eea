//! Changing accounts without a transaction (D4).

use crate::{DevError, Solo};
use alloy::primitives::{Address, Bytes, KECCAK256_EMPTY, U256, keccak256};
use edgeloom_types::{Account, AccountDelta, StateDelta};
use revm::bytecode::Bytecode;

impl Solo {
    /// # Errors
    /// [`DevError::Chain`].
    pub fn set_balance(&self, address: Address, wei: U256) -> Result<(), DevError> {
        self.change(address, |account| {
            account.balance = wei;
            Ok(())
        })
    }

    /// # Errors
    /// [`DevError::Balance`], [`DevError::Chain`].
    pub fn add_balance(&self, address: Address, wei: U256) -> Result<(), DevError> {
        self.change(address, |account| {
            account.balance = account.balance.checked_add(wei).ok_or(DevError::Balance(address))?;
            Ok(())
        })
    }

    /// # Errors
    /// [`DevError::Nonce`], [`DevError::Chain`].
    pub fn set_nonce(&self, address: Address, nonce: u64) -> Result<(), DevError> {
        if nonce == u64::MAX {
            return Err(DevError::Nonce(address));
        }
        self.change(address, |account| {
            account.nonce = nonce;
            Ok(())
        })
    }

    /// # Errors
    /// [`DevError::Code`], [`DevError::Chain`].
    pub fn set_code(&self, address: Address, code: Bytes) -> Result<(), DevError> {
        check_code(address, &code)?;
        self.amend(|account| {
            let mut delta = StateDelta::default();
            let code_hash = if code.is_empty() { KECCAK256_EMPTY } else { keccak256(&code) };
            let account = Account { code_hash, ..account(address)? };
            delta.accounts.insert(address, AccountDelta { account: Some(account), ..Default::default() });
            if !code.is_empty() {
                delta.codes.insert(code_hash, code);
            }
            Ok(delta)
        })
    }

    /// # Errors
    /// [`DevError::Empty`] when the account holds nothing else: it would not exist (EIP-161); [`DevError::Chain`].
    pub fn set_storage(&self, address: Address, slot: U256, value: U256) -> Result<(), DevError> {
        self.amend(|account| {
            let account = account(address)?;
            if account.is_empty() {
                return Err(DevError::Empty(address));
            }
            let change = AccountDelta { account: Some(account), storage: [(slot, value)].into(), ..Default::default() };
            Ok(StateDelta { accounts: [(address, change)].into(), ..Default::default() })
        })
    }

    fn change(
        &self,
        address: Address,
        change: impl FnOnce(&mut Account) -> Result<(), DevError>,
    ) -> Result<(), DevError> {
        self.amend(|account| {
            let mut account = account(address)?;
            change(&mut account)?;
            let change = AccountDelta { account: Some(account), ..Default::default() };
            Ok(StateDelta { accounts: [(address, change)].into(), ..Default::default() })
        })
    }

    /// Applies what `change` makes of the accounts as they are.
    pub(crate) fn amend(
        &self,
        change: impl FnOnce(&dyn Fn(Address) -> Result<Account, DevError>) -> Result<StateDelta, DevError>,
    ) -> Result<(), DevError> {
        let _no_admission = self.sealer.admissions.write();
        let mut chain = self.sealer.parts.chain.lock();
        let view = chain.store().view();
        let delta = change(&|address| Ok(view.account(address)?.unwrap_or_default()))?;
        chain.store().keep_preimages(&delta)?;
        chain.amend(delta)?;
        self.sealer.rebase(&chain);
        Ok(())
    }
}

/// Whoever executes code relies on nothing but delegations beginning like one.
pub(crate) fn check_code(address: Address, code: &Bytes) -> Result<(), DevError> {
    Bytecode::new_raw_checked(code.clone()).map(drop).map_err(|_| DevError::Code(address))
}
