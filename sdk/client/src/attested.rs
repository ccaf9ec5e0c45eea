//! Work that a committee does again: claims, and what members find.

use alloy::{
    primitives::{Address, B256, U256, b256, keccak256},
    rpc::types::TransactionReceipt,
    sol_types::{SolCall, SolValue as _},
};
use edgeloom_bindings::{
    IAttested::{self, Claim, Vote},
    ICredits,
    addresses::ATTESTED,
};
use edgeloom_bls::{Domain, SecretKey, Signature};

use crate::{Audits, Client, Error, Testimony, audits::together, jobs::event, keys::bitmap};

/// `edgeloom/attested/1`, padded with zeros.
const TAG: B256 = b256!("0x656467656c6f6f6d2f61747465737465642f3100000000000000000000000000");

/// Claims that committees decide. Writing calls wait for their block; their errors are [`Error::Attested`] and the general ones.
#[derive(Clone, Debug)]
pub struct Attested {
    client: Client,
}

/// What the contract demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttestedTerms {
    /// Members of a committee.
    pub size: u64,
    /// Members that decide.
    pub quorum: u64,
    /// Seconds to work and commit, and as many again to attest.
    pub turn: u64,
}

impl Attested {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Claims an answer to a job that the signer took, without showing it, and pays the committee; gives the claim's id.
    ///
    /// # Errors
    /// `ClaimExists`, `TooFewSeats`; [`Error::Unconfirmed`] when it may still be made: it is made once at most.
    pub async fn claim(
        &self,
        (job, price): (U256, U256),
        (subject, input_hash): (B256, B256),
        seal: B256,
    ) -> Result<B256, Error> {
        let fee = self.fee_of(price).await?;
        let call = IAttested::claimCall { jobId: job, price, subject, inputHash: input_hash, seal };
        Ok(event::<IAttested::Claimed>(ATTESTED, &self.send(&call, fee).await?)?.claimId)
    }

    /// Commits to what the signer's key found, as [`Self::commitment`] hides it.
    ///
    /// # Errors
    /// `NotSeated`, `NotDrawn`, `Committed`, `TooLate`; [`Error::Beacon`] while the mix that draws is not known.
    pub async fn commit(&self, claim: B256, key: B256, commitment: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAttested::commitCall { claimId: claim, keyId: key, commitment }, U256::ZERO).await
    }

    /// Opens the signer's claim.
    ///
    /// # Errors
    /// `TooEarly` while members may still commit, `TooLate`, `NotTheSeal`.
    pub async fn reveal(&self, job: U256, output_hash: B256, salt: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAttested::revealCall { jobId: job, outputHash: output_hash, salt }, U256::ZERO).await
    }

    /// Shows what members found, all of them the same, with one signature that is the sum of theirs.
    ///
    /// # Errors
    /// `TooEarly` while others may still commit, `TooLate`, `NotCommitted`, `NotTheCommitment`, `NothingNew`; [`Error::Answer`] for none at all.
    pub async fn attest(
        &self,
        claim: B256,
        output_hash: B256,
        members: &[Testimony],
    ) -> Result<TransactionReceipt, Error> {
        let places = self.get(claim).await?.places as usize;
        let (signature, members) =
            together(members).ok_or_else(|| Error::Answer("nobody's signatures, or such as cancel out".to_owned()))?;
        let signers: Vec<_> = members.iter().map(|member| member.place).collect();
        let call = IAttested::attestCall {
            claimId: claim,
            outputHash: output_hash,
            signers: bitmap(&signers, places).into(),
            signature: signature.to_bytes().into(),
            salts: members.iter().map(|member| member.salt).collect(),
        };
        self.send(&call, U256::ZERO).await
    }

    /// Pays the members of a claim whose time is over; anybody may.
    ///
    /// # Errors
    /// `ClaimEnded`, `TooEarly`.
    pub async fn close(&self, claim: B256) -> Result<TransactionReceipt, Error> {
        self.send(&IAttested::closeCall { claimId: claim }, U256::ZERO).await
    }

    /// Pays out the signer's credit.
    ///
    /// # Errors
    /// `NothingToWithdraw` as [`Error::Credits`].
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.send(&ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.call(&ICredits::creditOfCall { account }).await
    }

    /// The chain's record of a claim.
    ///
    /// # Errors
    /// `ClaimUnknown`.
    pub async fn get(&self, claim: B256) -> Result<Claim, Error> {
        self.call(&IAttested::claimOfCall { claimId: claim }).await
    }

    /// What the member at a place did; zeros for nothing.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn vote_of(&self, claim: B256, place: usize) -> Result<Vote, Error> {
        self.call(&IAttested::voteOfCall { claimId: claim, place: U256::from(place) }).await
    }

    /// Places of the auditors' set that were drawn.
    ///
    /// # Errors
    /// `ClaimUnknown`; [`Error::Beacon`] while the mix that draws is not known.
    pub async fn committee_of(&self, claim: B256) -> Result<Vec<usize>, Error> {
        let places = self.call(&IAttested::committeeOfCall { claimId: claim }).await?;
        let place = |place: U256| place.try_into().map_err(|_| Error::Answer(format!("{place} is no place")));
        places.into_iter().map(place).collect()
    }

    /// What a claim about a job of this price takes, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn fee_of(&self, price: U256) -> Result<U256, Error> {
        self.call(&IAttested::feeOfCall { price }).await
    }

    /// What the contract demands; it never changes.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn terms(&self) -> Result<AttestedTerms, Error> {
        let (size, quorum, turn) = futures::try_join!(
            self.call(&IAttested::SIZECall {}),
            self.call(&IAttested::QUORUMCall {}),
            self.call(&IAttested::TURNCall {}),
        )?;
        Ok(AttestedTerms { size: size.saturating_to(), quorum: quorum.saturating_to(), turn })
    }

    /// A worker's claim about a job.
    #[must_use]
    pub fn claim_id_of(worker: Address, job: U256) -> B256 {
        keccak256((worker, job).abi_encode())
    }

    /// What hides a worker's answer until it is opened.
    #[must_use]
    pub fn seal_of(worker: Address, job: U256, output_hash: B256, salt: B256) -> B256 {
        keccak256((worker, job, output_hash, salt).abi_encode())
    }

    /// What hides a member's finding. It says whose it is, so that a copy opens for nobody else.
    #[must_use]
    pub fn commitment(claim: B256, operator: Address, output_hash: B256, salt: B256) -> B256 {
        keccak256((claim, operator, output_hash, salt).abi_encode())
    }

    /// A member's signature, for an epoch of the auditors' set. `None` only if the set had no name.
    #[must_use]
    pub fn sign(key: &SecretKey, claim: B256, output_hash: B256, (chain_id, epoch): (u64, u64)) -> Option<Signature> {
        let domain = Domain::of_set(chain_id, &Audits::set().0, epoch)?;
        let payload = keccak256((TAG, ATTESTED, claim, output_hash).abi_encode());
        Some(key.sign(&domain.message(&payload.0)))
    }

    async fn send(&self, call: &impl SolCall, value: U256) -> Result<TransactionReceipt, Error> {
        self.client.send(ATTESTED, call, value).await
    }

    async fn call<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.client.call(ATTESTED, call).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_says_whose_it_is() {
        assert_eq!(TAG.0.split(|byte| *byte == 0).next(), Some(b"edgeloom/attested/1".as_slice()));
    }
}
