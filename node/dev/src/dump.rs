//! A whole state as a file, in the shape of anvil's:
//!
//! ```json
//! { "block": { "number": 12, "timestamp": 1800000000 },
//!   "accounts": { "0x…": { "nonce": 1, "balance": "0x0", "code": "0x…", "storage": { "0x…": "0x…" } } } }
//! ```
//!
//! Loading sets the accounts that the file names to what it says of them, storage and all, and leaves the others; the
//! chain's height stays what it is. What a file of anvil's says beside accounts (blocks, transactions) is not read.

use crate::{DevError, Solo, amendments::check_code};
use alloy::primitives::{Address, Bytes, KECCAK256_EMPTY, U256, keccak256};
use edgeloom_types::{Account, AccountDelta, StateDelta};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most bytes of a dump that is loaded.
const BYTES_MAX: usize = 1 << 30;

/// Where a dump was taken. For readers; loading does not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    number: u64,
    timestamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Dump {
    block: Place,
    accounts: BTreeMap<Address, AccountDump>,
}

/// What is read of a dump.
#[derive(Clone, Debug, Deserialize)]
struct Load {
    accounts: BTreeMap<Address, AccountDump>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct AccountDump {
    #[serde(default)]
    nonce: Number,
    #[serde(default)]
    balance: U256,
    #[serde(default)]
    code: Bytes,
    #[serde(default)]
    storage: BTreeMap<U256, U256>,
}

/// A nonce, which some write as a number and some in hex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "U256")]
struct Number(u64);

impl TryFrom<U256> for Number {
    type Error = String;

    fn try_from(number: U256) -> Result<Self, String> {
        u64::try_from(number).map(Self).map_err(|_| format!("the nonce {number} does not fit in 64 bits"))
    }
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl Solo {
    /// The state of the newest block, in JSON.
    ///
    /// # Errors
    /// [`DevError::Chain`], also when part of the state was made by a build that kept no addresses.
    pub fn dump(&self) -> Result<Vec<u8>, DevError> {
        let chain = self.sealer.parts.chain.lock();
        let header = chain.tip().header();
        let block = Place { number: header.number, timestamp: header.timestamp };
        let (store, mut accounts) = (chain.store(), BTreeMap::new());
        store.accounts(&mut |address, account, storage| {
            let Account { nonce, balance, code_hash } = account;
            let code = store.code(code_hash)?.unwrap_or_default();
            accounts.insert(address, AccountDump { nonce: Number(nonce), balance, code, storage });
            Ok(())
        })?;
        serde_json::to_vec(&Dump { block, accounts }).map_err(|error| DevError::Dump(error.to_string()))
    }

    /// Makes the accounts that `dump` names what it says of them.
    ///
    /// # Errors
    /// [`DevError::Dump`], [`DevError::Code`], [`DevError::Nonce`]: nothing is changed; [`DevError::Chain`].
    pub fn load(&self, dump: &[u8]) -> Result<(), DevError> {
        if dump.len() > BYTES_MAX {
            return Err(DevError::Dump(format!("{} bytes, at most {BYTES_MAX} are read", dump.len())));
        }
        let load: Load = serde_json::from_slice(dump).map_err(|error| DevError::Dump(error.to_string()))?;
        let mut delta = StateDelta::default();
        for (address, AccountDump { nonce, balance, code, storage }) in load.accounts {
            check_code(address, &code)?;
            if nonce.0 == u64::MAX {
                return Err(DevError::Nonce(address));
            }
            let code_hash = if code.is_empty() { KECCAK256_EMPTY } else { keccak256(&code) };
            let account = Some(Account { nonce: nonce.0, balance, code_hash });
            delta.accounts.insert(address, AccountDelta { account, storage_cleared: true, storage });
            if !code.is_empty() {
                delta.codes.insert(code_hash, code);
            }
        }
        self.amend(|_| Ok(delta))
    }
}
