//! What is said between whoever wants an epoch's key and a node that has a share of its gate's secret.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    signers::{Signature, k256::PublicKey, k256::elliptic_curve::sec1::ToEncodedPoint as _},
    sol_types::{Eip712Domain, SolStruct, SolValue as _, eip712_domain},
};
use edgeloom_bindings::addresses::MEDIA_GATE;
use serde::{Deserialize, Serialize};

use crate::{Client, Error};

mod typed {
    alloy::sol! {
        /// What EIP-712 hashes, by these names.
        struct KeyRequest {
            uint256 gate;
            uint256 epoch;
            uint256 token;
            address account;
            bytes key;
        }
    }
}

/// Asks for a node's part of an epoch's key, as an account that a token entitles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// The gate.
    pub gate: U256,
    /// The current epoch.
    pub epoch: U256,
    /// The token.
    pub token: U256,
    /// Who holds it, or has the use of it.
    pub account: Address,
    /// What the answer is encrypted to: a compressed point of secp256k1, made for this request.
    pub key: Bytes,
    /// The account's, of [`Self::digest`]: its key's, or its contract's (ERC-1271).
    pub signature: Bytes,
}

/// A node's part of an epoch's key, for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPart {
    /// The node's place, from 0.
    pub node: u32,
    /// An envelope about [`KeyRequest::about`].
    pub sealed: Bytes,
}

/// A node's share of a gate's secret, for its account alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedShare {
    /// Of the gate's quorum.
    pub version: u32,
    /// An envelope about [`share_about`].
    pub sealed: Bytes,
}

/// What a share's envelope is about: chain, gate, and the quorum's version with the node's place.
#[must_use]
pub fn share_about(chain_id: u64, gate: U256, (version, node): (u32, u32)) -> B256 {
    keccak256(("edgeloom/media/share/1", U256::from(chain_id), gate, version, node).abi_encode())
}

impl KeyRequest {
    /// Signed by the client's account.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer.
    pub fn new(client: &Client, (gate, epoch, token): (U256, U256, U256), key: &PublicKey) -> Result<Self, Error> {
        let key = Bytes::copy_from_slice(key.to_encoded_point(true).as_bytes());
        let mut request = Self { gate, epoch, token, account: client.address()?, key, signature: Bytes::new() };
        let signature = client.sign_hash(&request.digest(client.chain_id()))?;
        request.signature = signature.as_bytes().to_vec().into();
        Ok(request)
    }

    /// What is signed, for a chain (EIP-712).
    #[must_use]
    pub fn digest(&self, chain_id: u64) -> B256 {
        let Self { gate, epoch, token, account, ref key, .. } = *self;
        typed::KeyRequest { gate, epoch, token, account, key: key.clone() }.eip712_signing_hash(&domain(chain_id))
    }

    /// Whether the account's own key signed it. A contract has to be asked.
    #[must_use]
    pub fn is_signed(&self, chain_id: u64) -> bool {
        let signature = Signature::from_raw(&self.signature);
        let signer = signature.ok().and_then(|it| it.recover_address_from_prehash(&self.digest(chain_id)).ok());
        signer == Some(self.account)
    }

    /// What the answer's envelope is about: the request, as it was signed.
    #[must_use]
    pub fn about(&self) -> Vec<u8> {
        self.key.to_vec()
    }
}

fn domain(chain_id: u64) -> Eip712Domain {
    eip712_domain! {
        name: "Edgeloom MediaGate",
        version: "1",
        chain_id: chain_id,
        verifying_contract: MEDIA_GATE,
    }
}
