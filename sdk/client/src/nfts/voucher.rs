//! What a creator signs so that others mint. Pure.

use alloy::{
    primitives::{Address, B256, Bytes, U256, aliases::U40},
    sol_types::{Eip712Domain, SolStruct, eip712_domain},
};
use edgeloom_bindings::ICreation;
use serde::{Deserialize, Serialize};

use super::CreationKind;
use crate::{Error, decimal, signature};

/// How long a voucher is good unless its creator says otherwise, seconds.
const MONTH: u64 = 30 * 86_400;

/// What a creator lets others mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintDraft {
    /// Below the creation's split.
    pub id: U256,
    /// Who receives the tokens: the creator for what it sells by a signed order, or whom it is a gift for.
    pub to: Address,
    /// Of all that the voucher can mint; 1 of a collection.
    pub amount: u128,
    /// BLAKE3 of the token's metadata ([`crate::content_of`]), 0 for none.
    pub content: B256,
    /// For how long, from now.
    pub seconds: u64,
}

/// The same, with what the chain says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MintVoucher {
    /// Below the creation's split.
    #[serde(with = "decimal")]
    pub id: U256,
    /// Who receives the tokens.
    pub to: Address,
    /// Of all that the voucher can mint, below 2^128.
    #[serde(with = "decimal")]
    pub amount: U256,
    /// BLAKE3 of the token's metadata, 0 for none.
    pub content: B256,
    /// The last second in which it can be used, Unix.
    pub until: u64,
    /// The creator's when it signed.
    pub counter: u32,
}

/// A voucher that a creator signed: as JSON, what people send each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedMint {
    /// Of which collection or editions.
    pub creation: Address,
    /// Which of the two.
    pub kind: CreationKind,
    /// What can be minted.
    pub voucher: MintVoucher,
    /// By the creator's key, or what its contract takes for one (ERC-1271).
    pub signature: Bytes,
}

impl MintDraft {
    /// One token for an account, without metadata of its own, for 30 days.
    #[must_use]
    pub const fn new(id: U256, to: Address) -> Self {
        Self { id, to, amount: 1, content: B256::ZERO, seconds: MONTH }
    }

    /// With metadata.
    #[must_use]
    pub const fn with_content(mut self, content: B256) -> Self {
        self.content = content;
        self
    }

    /// So many, of editions.
    #[must_use]
    pub const fn of(mut self, amount: u128) -> Self {
        self.amount = amount;
        self
    }
}

impl MintVoucher {
    /// What is signed: `ICreation.voucherDigest` on this chain.
    ///
    /// # Errors
    /// [`Error::Settings`] for an amount or a time that the contract has no room for.
    pub fn digest(&self, chain_id: u64, kind: CreationKind, creation: Address) -> Result<B256, Error> {
        Ok(self.record()?.eip712_signing_hash(&domain(chain_id, kind, creation)))
    }

    pub(crate) fn record(&self) -> Result<ICreation::Voucher, Error> {
        let wide = || Error::Settings(format!("a voucher cannot mint {}", self.amount));
        Ok(ICreation::Voucher {
            id: self.id,
            to: self.to,
            amount: u128::try_from(self.amount).map_err(|_| wide())?,
            content: self.content,
            until: unix(self.until)?,
            counter: self.counter,
        })
    }
}

impl SignedMint {
    /// Whose key signed it for a chain; `None` where nobody's did, as where a contract did. Whether that is the creator, the creation says.
    #[must_use]
    pub fn signer(&self, chain_id: u64) -> Option<Address> {
        let digest = self.voucher.digest(chain_id, self.kind, self.creation).ok()?;
        signature::recovered(&digest, &self.signature)
    }
}

/// A time that contracts have room for.
pub(crate) fn unix(seconds: u64) -> Result<U40, Error> {
    let wide = || Error::Settings(format!("second {seconds} is more than 34,000 years away"));
    U40::try_from(seconds).map_err(|_| wide())
}

pub(crate) fn domain(chain_id: u64, kind: CreationKind, creation: Address) -> Eip712Domain {
    eip712_domain! {
        name: kind.domain_name(),
        version: "1",
        chain_id: chain_id,
        verifying_contract: creation,
    }
}
