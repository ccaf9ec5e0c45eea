//! What a light client asks a node for, and believes when it is proved.

use alloy::{
    consensus::TrieAccount,
    eips::eip2935::{HISTORY_SERVE_WINDOW, HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U64, U256, keccak256},
    rpc::types::{EIP1186AccountProofResponse, Header as ShownHeader},
};
use edgeloom_bindings::{
    addresses::{COMMITTEE, EPOCHS},
    code_hash_of,
};
use edgeloom_types::Committee;
use jsonrpsee::rpc_params;

use super::{
    LightError, LightHeader,
    proof::{self, StateOf},
    term,
};
use crate::{Error, Node};

/// `Epochs.genesisHash`.
const GENESIS_HASH: U256 = U256::from_limbs([2, 0, 0, 0]);

/// An untrusted node.
#[derive(Clone, Debug)]
pub(super) struct Prover {
    pub(super) node: Node,
}

/// An account with some of its storage, as proved.
#[derive(Clone, Debug)]
pub(super) struct Proved {
    pub(super) account: TrieAccount,
    pub(super) values: Vec<U256>,
}

impl Prover {
    /// The account in the state that `at` left.
    pub(super) async fn account(&self, at: &LightHeader, address: Address, slots: &[B256]) -> Result<Proved, Error> {
        let params = rpc_params![address, slots, U64::from(at.number())];
        let shown: EIP1186AccountProofResponse = self.node.ask("eth_getProof", &params).await?;
        let state = StateOf { height: at.number(), root: at.header.state_root };
        let account = state.account(address, &shown)?;
        let values = state.slots((address, &account), slots, &shown)?;
        Ok(Proved { account, values })
    }

    /// A contract of genesis, whose storage is laid out as this client knows; `None` where there is none.
    pub(super) async fn contract(
        &self,
        at: &LightHeader,
        address: Address,
        slots: &[B256],
    ) -> Result<Option<Proved>, Error> {
        let proved = self.account(at, address, slots).await?;
        let found = proved.account.code_hash;
        if found == KECCAK256_EMPTY {
            return Ok(None);
        }
        let known = match address {
            HISTORY_STORAGE_ADDRESS => Some(keccak256(&HISTORY_STORAGE_CODE)),
            ours => code_hash_of(ours),
        };
        if known == Some(found) { Ok(Some(proved)) } else { Err(LightError::UnknownContract { address, found }.into()) }
    }

    /// The code of an account that was proved.
    pub(super) async fn code(
        &self,
        at: &LightHeader,
        (address, account): (Address, &TrieAccount),
    ) -> Result<Bytes, Error> {
        if account.code_hash == KECCAK256_EMPTY {
            return Ok(Bytes::new());
        }
        let params = rpc_params![address, U64::from(at.number())];
        let shown = self.node.ask("eth_getCode", &params).await?;
        Ok(proof::code(address, account.code_hash, shown)?)
    }

    pub(super) async fn header_of(&self, hash: B256) -> Result<Option<LightHeader>, Error> {
        let shown: Option<ShownHeader> = self.node.ask("eth_getHeaderByHash", &rpc_params![hash]).await?;
        Ok(shown.map(|shown| LightHeader::of(hash, shown.inner)).transpose()?)
    }

    /// The header of the block at a height, which has to have this hash.
    pub(super) async fn header_at(&self, height: u64, hash: B256) -> Result<LightHeader, Error> {
        let params = rpc_params![U64::from(height)];
        let shown: Option<ShownHeader> = self.node.ask("eth_getHeaderByNumber", &params).await?;
        let shown = shown.ok_or(LightError::NoBlock { height })?.inner;
        let header = LightHeader::of(hash, shown);
        // Whatever number it claims: this is the one that was asked for.
        Ok(header.map_err(|error| match error {
            LightError::HeaderHash { expected, found, .. } => LightError::HeaderHash { height, expected, found },
            other => other,
        })?)
    }

    /// The committee of an epoch, if the state that `at` left says one that can vote.
    pub(super) async fn committee(
        &self,
        at: &LightHeader,
        epoch: u64,
        seats: usize,
    ) -> Result<Option<Committee>, Error> {
        let mut seats = seats.clamp(1, Committee::MAX_SEATS);
        loop {
            let Some(proved) = self.contract(at, COMMITTEE, &term::slots(epoch, seats)).await? else { return Ok(None) };
            let Some((head, chairs)) = proved.values.split_first() else { return Ok(None) };
            let Some(held) = term::seats(epoch, *head) else { return Ok(None) };
            let Some(chairs) = chairs.get(..4 * held) else {
                // More than were asked for: once again, with the number that was proved.
                seats = held;
                continue;
            };
            return Ok(term::committee(chairs));
        }
    }

    /// The hash of block 0, as the state that `at` left has it, which is that of no earlier block than the first.
    pub(super) async fn genesis_hash(&self, at: &LightHeader) -> Result<B256, Error> {
        let proved = self.contract(at, EPOCHS, &[B256::from(GENESIS_HASH)]).await?;
        let value = proved.and_then(|proved| proved.values.first().copied()).unwrap_or_default();
        Ok(B256::from(value))
    }

    /// The hash of one of the 8,191 blocks before `at` (EIP-2935).
    pub(super) async fn hash_before(&self, at: &LightHeader, height: u64) -> Result<B256, Error> {
        let slot = B256::from(U256::from(height % HISTORY_SERVE_WINDOW as u64));
        let proved = self.contract(at, HISTORY_STORAGE_ADDRESS, &[slot]).await?;
        let value = proved.and_then(|proved| proved.values.first().copied()).unwrap_or_default();
        Ok(B256::from(value))
    }
}
