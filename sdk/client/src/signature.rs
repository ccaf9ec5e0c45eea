//! What somebody signed off chain, as contracts look at it.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, fixed_bytes},
    sol_types::SolCall,
};

use crate::{Client, Error};

mod erc1271 {
    alloy::sol! {
        /// Of accounts that are contracts.
        interface Erc1271 {
            function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
        }
    }
}

use erc1271::Erc1271::isValidSignatureCall;

/// Whose key signed a digest, of 65 bytes (r, s, v) or of 64 (EIP-2098), as solady's `SignatureCheckerLib` takes them.
pub(crate) fn recovered(digest: &B256, signature: &[u8]) -> Option<Address> {
    let signature = match signature.len() {
        64 => Signature::from_erc2098(signature),
        65 if matches!(signature[64], 27 | 28) => Signature::from_raw(signature).ok()?,
        _ => return None,
    };
    signature.recover_address_from_prehash(digest).ok()
}

/// Whether contracts take a signature for an account's: by its key where it has no code, else by what its code says (ERC-1271).
pub(crate) async fn is_valid(
    client: &Client,
    account: Address,
    digest: &B256,
    signature: &Bytes,
) -> Result<bool, Error> {
    let code: Bytes = client.rpc().read("eth_getCode", (account, "latest")).await?;
    if code.is_empty() {
        return Ok(recovered(digest, signature) == Some(account));
    }
    let call = isValidSignatureCall { hash: *digest, signature: signature.clone() };
    match client.call(account, &call).await {
        Ok(answer) => Ok(answer == fixed_bytes!("0x1626ba7e")),
        Err(error) if says_nothing(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Asks somebody else's contract, which need not know the question.
pub(crate) async fn asked<C: SolCall>(
    client: &Client,
    contract: Address,
    call: &C,
) -> Result<Option<C::Return>, Error> {
    match client.call(contract, call).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if says_nothing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Royalty that a token asks for, basis points of a price, rounded up; 0 of a token that knows none.
pub(crate) async fn royalty_bps(client: &Client, token: Address, id: U256) -> Result<u64, Error> {
    use edgeloom_bindings::ICreation::royaltyInfoCall;

    let call = royaltyInfoCall { id, price: ROYALTY_PROBE };
    let asks = asked(client, token, &call).await?.filter(|asks| !asks.receiver.is_zero());
    let amount = asks.map_or(U256::ZERO, |asks| asks.amount);
    Ok(amount.saturating_mul(BASIS_POINTS).div_ceil(ROYALTY_PROBE).saturating_to())
}

/// Far above any rounding.
const ROYALTY_PROBE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
const BASIS_POINTS: U256 = U256::from_limbs([10_000, 0, 0, 0]);

fn says_nothing(error: &Error) -> bool {
    error.is_revert() || matches!(error, Error::Answer(_))
}
