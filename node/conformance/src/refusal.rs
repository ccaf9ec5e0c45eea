//! Expected exceptions by the names of the files, and the refusals that they stand for here.

use edgeloom_evm::Refusal;
use revm::context::result::InvalidTransaction as Invalid;
use std::fmt;

/// Why our side did not run a transaction.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    /// It does not decode, or nobody signed it.
    Malformed(String),
    /// It offers 2^128 wei a gas or more. No account can pay that for the least gas of a transaction, so our types do not
    /// hold it; Ethereum decodes it and then misses the funds.
    Unpayable,
    Rules(Refusal),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(reason) => write!(f, "malformed: {reason}"),
            Self::Unpayable => f.write_str("2^128 wei a gas or more"),
            Self::Rules(refusal) => write!(f, "{refusal}"),
        }
    }
}

/// Whether `refused` is what one of the alternatives of `expected` (`A|B`) says.
pub(crate) fn agrees(expected: &str, refused: &Refused) -> bool {
    expected.split('|').any(|name| is(name.trim_start_matches("TransactionException."), refused))
}

fn is(name: &str, refused: &Refused) -> bool {
    let invalid = match refused {
        // A blob transaction that creates a contract has no form in which it could be decoded.
        Refused::Malformed(_) => return matches!(name, "RLP_INVALID_VALUE" | "TYPE_3_TX_CONTRACT_CREATION"),
        Refused::Unpayable => {
            return matches!(name, "GASLIMIT_PRICE_PRODUCT_OVERFLOW" | "INSUFFICIENT_ACCOUNT_FUNDS");
        }
        Refused::Rules(Refusal::BlockGas { .. }) => return name == "GAS_ALLOWANCE_EXCEEDED",
        Refused::Rules(Refusal::Blobs) => return false,
        Refused::Rules(Refusal::Transaction(invalid)) => invalid,
    };
    match name {
        "GASLIMIT_PRICE_PRODUCT_OVERFLOW" => matches!(invalid, Invalid::OverflowPaymentInTransaction),
        "INITCODE_SIZE_EXCEEDED" => matches!(invalid, Invalid::CreateInitCodeSizeLimit),
        "INSUFFICIENT_ACCOUNT_FUNDS" => matches!(invalid, Invalid::LackOfFundForMaxFee { .. }),
        "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS" => matches!(invalid, Invalid::BlobGasPriceGreaterThanMax { .. }),
        "INSUFFICIENT_MAX_FEE_PER_GAS" => matches!(invalid, Invalid::GasPriceLessThanBasefee),
        "INTRINSIC_GAS_TOO_LOW" => {
            matches!(invalid, Invalid::CallGasCostMoreThanGasLimit { .. } | Invalid::GasFloorMoreThanGasLimit { .. })
        }
        "NONCE_IS_MAX" => matches!(invalid, Invalid::NonceOverflowInTransaction),
        "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS" => matches!(invalid, Invalid::PriorityFeeGreaterThanMaxFee),
        "SENDER_NOT_EOA" => matches!(invalid, Invalid::RejectCallerWithCode),
        "TYPE_3_TX_BLOB_COUNT_EXCEEDED" => matches!(invalid, Invalid::TooManyBlobs { .. }),
        "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH" => matches!(invalid, Invalid::BlobVersionNotSupported),
        "TYPE_3_TX_PRE_FORK" => matches!(invalid, Invalid::Eip4844NotSupported),
        "TYPE_3_TX_ZERO_BLOBS" => matches!(invalid, Invalid::EmptyBlobs),
        _ => false,
    }
}
