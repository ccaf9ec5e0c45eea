//! What a node with shares does, and for whom it does it.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, U256},
    signers::k256::{PublicKey, SecretKey},
};
use edgeloom_media::{Envelope, Share};
use thiserror::Error as ThisError;

use super::{KeyRequest, Media, SealedPart, SealedShare, quorum_of, share_about};
use crate::Error;

mod wallet {
    alloy::sol! {
        /// ERC-1271.
        interface IWallet {
            function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4 magic);
        }
    }
}

/// Of a signature that a contract may want to read.
const SIGNATURE_BYTES_MAX: usize = 2048;
/// For a contract that looks at one: its code is anybody's, and its answer is no longer than this gas pays for.
const SIGNATURE_GAS: u64 = 200_000;

/// Why a node does not take a share, or gives no part.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum KeyDoubt {
    /// Its account is not among them.
    #[error("{0} is no node of this gate")]
    NotANode(Address),
    /// The gate's secret was shared anew.
    #[error("the gate's quorum is version {current}, not {offered}")]
    OtherVersion {
        /// Of what was sent.
        offered: u32,
        /// On the chain.
        current: u32,
    },
    /// It cannot be read, or the commitments say otherwise.
    #[error("this is not the share of this node")]
    NotTheShare,
    /// Only the current one's key is given.
    #[error("epoch {asked} is not the current one: {current} is")]
    WrongEpoch {
        /// What was asked for.
        asked: U256,
        /// On the chain.
        current: U256,
    },
    /// The key for the answer is none.
    #[error("the key of the request is no compressed point of secp256k1")]
    WrongKey,
    /// Not by the account's key, nor by its contract.
    #[error("{0} did not sign this request")]
    NotSigned(Address),
    /// Not by this token, or not since before the epoch began.
    #[error("{account} had neither held nor rented token {token} when the epoch began, and since")]
    NotEntitled {
        /// Who asked.
        account: Address,
        /// By what.
        token: U256,
    },
    /// The chain could not be asked.
    #[error(transparent)]
    Chain(#[from] Error),
}

impl Media {
    /// The share that was meant for the signer, an edge node, if the commitments on the chain say that it is.
    ///
    /// # Errors
    /// [`KeyDoubt`]; [`Error::Missing`] without a signer.
    pub async fn receive(&self, gate: U256, sent: &SealedShare) -> Result<Share, KeyDoubt> {
        let (me, (version, record)) = (self.client.address()?, self.quorum(gate).await?);
        if version != sent.version {
            return Err(KeyDoubt::OtherVersion { offered: sent.version, current: version });
        }
        let place = record.nodes.iter().position(|node| *node == me).ok_or(KeyDoubt::NotANode(me))?;
        let place = u32::try_from(place).map_err(|_| KeyDoubt::NotANode(me))?;
        let about = share_about(self.client.chain_id(), gate, (version, place));
        let own = SecretKey::from(self.client.signer()?.credential());
        let not_it = |_| KeyDoubt::NotTheShare;
        let bytes = Envelope::from_bytes(sent.sealed.to_vec()).open(&own, about.as_slice()).map_err(not_it)?;
        let bytes = bytes.as_slice().try_into().map_err(|_| KeyDoubt::NotTheShare)?;
        let share = Share::from_bytes(place, bytes).map_err(not_it)?;
        if quorum_of(&record)?.holds(&share) { Ok(share) } else { Err(KeyDoubt::NotTheShare) }
    }

    /// A share's part of the current epoch's key, for whoever signed the request, if the chain says that it is its. Whoever asks has least done for it
    /// that it can be refused by: a contract, whose code is anybody's, is asked last, and only where the key would be its.
    ///
    /// # Errors
    /// [`KeyDoubt`].
    pub async fn give(&self, share: &Share, request: &KeyRequest) -> Result<SealedPart, KeyDoubt> {
        let KeyRequest { gate, epoch, token, account, ref key, .. } = *request;
        let key = PublicKey::from_sec1_bytes(key).ok().filter(|_| key.len() == 33).ok_or(KeyDoubt::WrongKey)?;
        let signed = request.is_signed(self.client.chain_id());
        if !signed && request.signature.len() > SIGNATURE_BYTES_MAX {
            return Err(KeyDoubt::NotSigned(account));
        }
        let (block, current, entitled) = self.entitlement(gate, (token, account)).await?;
        if epoch != current {
            return Err(KeyDoubt::WrongEpoch { asked: epoch, current });
        }
        if !entitled {
            return Err(KeyDoubt::NotEntitled { account, token });
        }
        if !signed && !self.is_signed_by_contract(request, block).await? {
            return Err(KeyDoubt::NotSigned(account));
        }
        let message = self.message(gate, epoch).await?;
        let part = share.sign(&message.0).to_bytes();
        let sealed = Envelope::seal(&key, &part, &request.about());
        Ok(SealedPart { node: share.node(), sealed: Bytes::copy_from_slice(sealed.as_bytes()) })
    }

    async fn is_signed_by_contract(&self, request: &KeyRequest, block: BlockId) -> Result<bool, Error> {
        let hash: B256 = request.digest(self.client.chain_id());
        let call = wallet::IWallet::isValidSignatureCall { hash, signature: request.signature.clone() };
        match self.client.call_at(request.account, &call, (block, Some(SIGNATURE_GAS))).await {
            Ok(magic) => Ok(magic.0 == <wallet::IWallet::isValidSignatureCall as alloy::sol_types::SolCall>::SELECTOR),
            Err(error) if error.is_transient() => Err(error),
            // Whatever it says instead, or whether there is no contract at all: it is no consent.
            Err(_) => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests;
