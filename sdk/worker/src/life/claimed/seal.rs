//! Answers that only the requester can read: the ciphertext, its key, and what somebody demands of it.

use alloy::primitives::{B256, U256, keccak256};
use edgeloom_bindings::ISealed::ISealedErrors;
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{Envelope, Error, Order, sealed_pieces, seed_of};

use super::{Life, Stop, cost, stop};
use crate::{
    Skip,
    claim::Computed,
    crash,
    desk::{self, paid},
    journal::Claiming,
};

/// A sealed answer's key, which the journal has as soon as it has the claim's salt. Both are shown in the end, the key first.
fn key_of(salt: B256) -> B256 {
    keccak256([b"edgeloom sealed answer's key".as_slice(), salt.as_slice()].concat())
}

impl Life<'_> {
    /// What opens an order's answers beside the key; none where the subject is of another share than this worker's and the requester's.
    pub(in crate::life) async fn share(&self, order: &Order) -> Result<B256, Stop> {
        let seals = self.bench.client.seals();
        let subject = seals.subject(order.terms.subject).await?.ok_or(Stop::Unfit(Skip::Unknown))?;
        let share = match seals.share_with_requester(order, subject.inner).await {
            // Not whoever sent it is the requester, so that nobody knows the requester's key.
            Err(Error::Answer(_)) => return Err(Stop::Unfit(Skip::ShareUnknown)),
            share => share?,
        };
        if keccak256(share) == subject.shareHash { Ok(share) } else { Err(Stop::Unfit(Skip::ShareUnknown)) }
    }

    async fn cipher(&self, order: &Order, claiming: &Claiming, output: &[u8]) -> Result<Vec<u8>, Stop> {
        let job = (self.bench.worker, self.job);
        let seed = seed_of(self.bench.client.chain_id(), job, key_of(claiming.salt), self.share(order).await?);
        Envelope::encrypt(output, seed).ok_or(Stop::Unfit(Skip::TooLarge))
    }

    /// Commits to the ciphertext, unless that is done.
    pub(super) async fn seal(&mut self, order: &Order, claiming: &Claiming, work: &Computed) -> Result<(), Stop> {
        let (client, me) = (&self.bench.client, self.bench.worker);
        match client.seals().get(me, self.job).await {
            Ok(_) => return Ok(()),
            Err(Error::Sealed(ISealedErrors::SealUnknown(_))) => {}
            Err(error) => return Err(error.into()),
        }
        let cipher = self.cipher(order, claiming, &work.output).await?;
        let (output, root) = (Blob::of(&work.output), B256::from(Blob::of(&cipher).root));
        let about = (self.job, order.terms.subject);
        let sent = client.seals().seal(about, (output, root), key_of(claiming.salt)).await;
        match desk::decided(client, sent).await {
            Ok(receipt) => self.add_receipt(&receipt),
            Err(Error::Sealed(ISealedErrors::SealExists(_))) => {}
            Err(error) => return Err(error.into()),
        }
        crash::after("sealed");
        Ok(())
    }

    /// Publishes the key of what is entered, unless that is done: the price is in escrow. Gives what it cost, wei.
    pub(super) async fn release(&self, order: &Order, claiming: &Claiming) -> Result<U256, Stop> {
        let (client, me) = (&self.bench.client, self.bench.worker);
        let entered = client.disputable().entry_of(me, self.job).await?.height != 0;
        if !entered || client.seals().get(me, self.job).await?.releasedAt != 0 {
            return Ok(U256::ZERO);
        }
        let state = client.jobs().state(order, self.job).await?;
        let sent = client.seals().release(order, (self.job, &state), key_of(claiming.salt)).await;
        match desk::decided(client, sent).await {
            Ok(receipt) => {
                crash::after("released");
                Ok(cost(&receipt))
            }
            Err(Error::Sealed(ISealedErrors::Released(_))) => Ok(U256::ZERO),
            Err(error) => Err(error.into()),
        }
    }

    /// Publishes what somebody paid to have published, each piece once.
    pub(super) async fn publish_demanded(&self, order: &Order, claim: B256) -> Result<(), Stop> {
        let (client, me) = (&self.bench.client, self.bench.worker);
        let demand = client.seals().demand_of(me, self.job).await?;
        if demand.payer.is_zero() || demand.left == 0 || self.bench.passed(demand.answerBy).await {
            return Ok(());
        }
        let claiming = self.bench.claiming(claim);
        let claiming = claiming.ok_or(Stop::Unfit(Skip::Unknown))?;
        tracing::info!(job = %self.job, pieces = demand.left, "somebody demands the ciphertext: publishing it");
        let work = self.work(order, U256::MAX).await.map_err(stop)?;
        let cipher = self.cipher(order, &claiming, &work.output).await?;
        for (piece, shown) in (0..).zip(sealed_pieces(&cipher)).filter(|(piece, _)| demand.answered >> piece & 1 == 0) {
            match desk::decided(client, client.seals().answer((me, self.job), piece, shown).await).await {
                Ok(_) | Err(Error::Sealed(ISealedErrors::PieceAnswered(_))) => crash::after("piece-sent"),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What published pieces were paid.
    pub(super) async fn collect_deposits(&self) -> Result<(), Error> {
        let seals = self.bench.client.seals();
        if seals.credit_of(self.bench.worker).await?.is_zero() {
            return Ok(());
        }
        paid(seals.withdraw().await)
    }
}
