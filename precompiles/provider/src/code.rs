//! Immutable code as data, read through the journal: gas is charged before the account is loaded and before its bytes are
//! looked at.

use crate::{
    gas::{CODE_WORD, COLD_ACCOUNT, WARM_ACCOUNT, words},
    meter::{Exit, Meter},
};
use alloy::primitives::{Address, Bytes};
use alloy_evm::EvmInternals;
use revm::precompile::PrecompileError;

/// The code of an account, for the gas of its first access in this transaction or a later one.
pub(crate) fn code(internals: &mut EvmInternals<'_>, address: Address, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(COLD_ACCOUNT)?;
    let failed = |error: &dyn std::fmt::Display| Exit::Fatal(PrecompileError::Fatal(error.to_string()));
    let loaded = internals.load_account_code(address).map_err(|error| failed(&error))?;
    if !loaded.is_cold {
        meter.give_back(COLD_ACCOUNT - WARM_ACCOUNT);
    }
    let code = loaded.data.account().info.code.as_ref().map(|code| code.original_bytes());
    let code = code.ok_or_else(|| failed(&format_args!("the journal loaded {address} without its code")))?;
    meter.charge(words(code.len()) * CODE_WORD)?;
    Ok(code)
}
