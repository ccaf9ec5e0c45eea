//! What a host looks up.

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::Filter,
    sol_types::SolEvent as _,
};
use edgeloom_bindings::{
    ILeases::{LeaseCollected, LeaseOffered},
    IProfiles, ITill,
    addresses::{LEASES, PROFILES},
};

use super::{Lease, Leases};
use crate::{Error, jobs::decode};

impl Leases {
    /// Leases that were offered in blocks from `from_block` on, in order, and the block to go on with.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn offered(&self, from_block: u64) -> Result<(Vec<Lease>, u64), Error> {
        let filter = Filter::new().address(LEASES).event_signature(LeaseOffered::SIGNATURE_HASH);
        let (logs, next) = self.client.rpc().logs_since(&filter, from_block).await?;
        Ok((logs.iter().map(Lease::of_log).collect::<Result<_, _>>()?, next))
    }

    /// As [`Self::get`], of a lease whose block is known.
    ///
    /// # Errors
    /// [`Error::Answer`] if the block has no log of it.
    pub async fn offered_in(&self, number: U256, block: u64) -> Result<Lease, Error> {
        let (rpc, signature) = (self.client.rpc(), LeaseOffered::SIGNATURE_HASH);
        let filter = Filter::new().address(LEASES).event_signature(signature).topic1(B256::from(number));
        let logs = rpc.logs(&filter, block..=block, rpc.deadlines.read).await?;
        let log = logs.first().ok_or_else(|| Error::Answer(format!("block {block} offers no lease {number}")))?;
        Lease::of_log(log)
    }

    /// Whether an account is what a lease asks for, by its profile.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn admits(&self, lease: &Lease, worker: Address) -> Result<bool, Error> {
        let requirements = lease.terms.requirements;
        if requirements.is_zero() {
            return Ok(true);
        }
        self.client.call(PROFILES, &IProfiles::meetsCall { worker, requirements }).await
    }

    /// What of an amount is the protocol's, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn fee_for(&self, price: U256) -> Result<U256, Error> {
        self.client.call(LEASES, &ITill::feeForCall { price }).await
    }

    /// What a lease's worker was paid for it so far, or credited with at its end, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn earned(&self, lease: &Lease) -> Result<U256, Error> {
        let collected = self.logs_of(lease.number, LeaseCollected::SIGNATURE_HASH, lease.block).await?;
        let collected = collected.iter().map(decode::<LeaseCollected>).collect::<Result<Vec<_>, _>>()?;
        let ended = self.ending(lease).await?.map(|ended| ended.paid).unwrap_or_default();
        Ok(collected.into_iter().fold(ended, |sum, one| sum.saturating_add(one.paid)))
    }
}
