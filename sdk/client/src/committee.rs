//! Who finalizes blocks: candidates, elected committees, and evidence against who signs two votes that exclude each other.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
    sol_types::SolValue,
};
use edgeloom_bindings::{
    ICommittee::{self, Seat},
    IEquivocation::Vote,
    addresses::COMMITTEE,
};

use crate::{Client, Error};

/// The committee's contract. Writing calls wait for their block; their errors are [`Error::Committee`] and the general ones.
#[derive(Clone, Debug)]
pub struct Committee {
    client: Client,
}

impl Committee {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Makes a validator that the signer operates a candidate: `identity` is its ed25519 key, `voting_key` a BLS key that the
    /// signer registered ([`crate::Keys::register`]). The tips of its blocks go to `beneficiary`.
    ///
    /// # Errors
    /// `OnlyOperator`, `NotAValidator`, `KeyOfAnother`, `NoIdentity`, `IdentityTaken`, `CandidatesFull`.
    pub async fn enter(
        &self,
        node: u32,
        identity: B256,
        voting_key: &[u8; 48],
        beneficiary: Address,
    ) -> Result<TransactionReceipt, Error> {
        let key = Bytes::copy_from_slice(voting_key);
        self.client
            .send(COMMITTEE, &ICommittee::enterCall { node, identity, publicKey: key, beneficiary }, U256::ZERO)
            .await
    }

    /// Takes a candidate out of elections to come.
    ///
    /// # Errors
    /// `OnlyOperator`, `NotACandidate`.
    pub async fn resign(&self, node: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(COMMITTEE, &ICommittee::resignCall { node }, U256::ZERO).await
    }

    /// The seats of an epoch, up to the next one.
    ///
    /// # Errors
    /// `TermUnknown`.
    pub async fn seats(&self, epoch: u32) -> Result<Vec<Seat>, Error> {
        self.client.call(COMMITTEE, &ICommittee::seatsOfCall { epoch }).await
    }

    /// How many certificates of an epoch blocks carried, and in how many of them each seat signed.
    ///
    /// # Errors
    /// `TermUnknown`.
    pub async fn participation(&self, epoch: u32) -> Result<(U256, Vec<U256>), Error> {
        let found = self.client.call(COMMITTEE, &ICommittee::participationOfCall { epoch }).await?;
        Ok((found.included, found.signed))
    }

    /// Announces evidence that the signer will [`Self::report`] in a later block, so that the reporter's share is its own.
    ///
    /// # Errors
    /// `AnnouncedAlready`.
    pub async fn announce(&self, first: &Vote, second: &Vote) -> Result<TransactionReceipt, Error> {
        let evidence = (first.clone(), second.clone()).abi_encode_params();
        let commitment = keccak256([self.client.address()?.as_slice(), &evidence].concat());
        self.client.send(COMMITTEE, &ICommittee::announceCall { commitment }, U256::ZERO).await
    }

    /// Has the seat's node slashed and banned for two votes that exclude each other.
    ///
    /// # Errors
    /// `AlreadyBanned`, `TermUnknown`, `SeatUnknown`; those of `IEquivocation`, as [`Error::Committee`] too.
    pub async fn report(&self, seat: u64, first: Vote, second: Vote) -> Result<TransactionReceipt, Error> {
        let call = ICommittee::reportCall { seat: U256::from(seat), first, second };
        self.client.send(COMMITTEE, &call, U256::ZERO).await
    }
}
