//! What edge nodes are paid beside their jobs: by work that somebody paid for, and by computing capacity that was shown in rounds.

mod round;
mod schedule;

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
    sol_types::{SolEvent as _, SolValue as _},
};
use edgeloom_bindings::{
    IEdgeRewards::{self, Draw, Enrolled, Opening, Pot, Tally},
    IEpochs,
    IParameters::Parameter,
    ITill,
    addresses::{EDGE_REWARDS, EPOCHS, JOB_MARKET, LEASES},
};
use edgeloom_edge_proof::SIZE_MAX;

pub use round::{Round, chain_after, digest_of};
pub use schedule::{Due, Schedule, Window};

use crate::{Client, Error, staking::parameter};

/// Rewards of edge nodes. Writing calls wait for their block; their errors are [`Error::EdgeRewards`], [`Error::Beacon`] and the general ones.
#[derive(Clone, Debug)]
pub struct EdgeRewards {
    client: Client,
}

/// Which node, in which epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entrant {
    /// The epoch in which it takes part.
    pub epoch: u32,
    /// Its number in the book of edge nodes.
    pub node: u32,
}

impl EdgeRewards {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Enrols the signer's node for the rounds of the epoch after that of the transaction's block ([`Self::enrolled`] says which). To be
    /// repeated in each epoch.
    ///
    /// # Errors
    /// `NotBonded`: stake more ([`crate::EdgeStaking::bond`]), or end its jail; `AlreadyEnrolled`.
    pub async fn enrol(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_REWARDS, &IEdgeRewards::enrolCall {}, U256::ZERO).await
    }

    /// Who was enrolled by [`Self::enrol`], and for which epoch.
    ///
    /// # Errors
    /// [`Error::Answer`] for the receipt of something else.
    pub fn enrolled(receipt: &TransactionReceipt) -> Result<Entrant, Error> {
        let event = receipt.logs().iter().find_map(|log| Enrolled::decode_log(&log.inner).ok());
        let event = event.ok_or_else(|| Error::Answer("enrolled without the event Enrolled".to_owned()))?;
        Ok(Entrant { epoch: event.epoch, node: event.node })
    }

    /// Answers a round for the signer's node, with the roots of all its products.
    ///
    /// # Errors
    /// `NotAnswering` outside its window, see [`Schedule::rounds`]; `NotEnrolled`: enrol in the epoch before; `NotBonded`;
    /// `AlreadyAnswered`.
    pub async fn answer(&self, epoch: u32, round: u8, roots: &[B256]) -> Result<TransactionReceipt, Error> {
        let call = IEdgeRewards::answerCall { epoch, round: U256::from(round), digest: digest_of(roots) };
        self.client.send(EDGE_REWARDS, &call, U256::ZERO).await
    }

    /// Shows what was drawn of a node's answers: the digests of all rounds that it answered, in their order, and an opening
    /// ([`Round::open`]) of each of [`Self::draws`].
    ///
    /// # Errors
    /// `NotOpening` outside its window, see [`Schedule::opening`]; [`Error::Beacon`] with `NotRecorded`: record that height
    /// ([`crate::Beacon::record`]); `NotItsAnswers`, `NotItsRoots`, `NotComputed` for what is not what the node answered with;
    /// `AlreadyOpened`.
    pub async fn open(
        &self,
        Entrant { epoch, node }: Entrant,
        digests: Vec<B256>,
        openings: Vec<Opening>,
    ) -> Result<TransactionReceipt, Error> {
        let call = IEdgeRewards::openCall { epoch, node, digests, openings };
        self.client.send(EDGE_REWARDS, &call, U256::ZERO).await
    }

    /// Pays nodes of an epoch that were not paid yet, whoever asks. Sources and operator get theirs by [`crate::StakeBook::claim`].
    ///
    /// # Errors
    /// `NotSettling` before [`Schedule::settled_from`] and after [`Schedule::settled_until`].
    pub async fn settle(&self, epoch: u32, nodes: Vec<u32>) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_REWARDS, &IEdgeRewards::settleCall { epoch, nodes }, U256::ZERO).await
    }

    /// Gives back to the reserve what nobody earned in an epoch.
    ///
    /// # Errors
    /// `NothingToSweep` before the epoch cannot be settled any more, and when it was done.
    pub async fn sweep(&self, epoch: u32) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_REWARDS, &IEdgeRewards::sweepCall { epoch }, U256::ZERO).await
    }

    /// Counts in the current epoch what markets burned of these workers' fees since that was last counted; anybody may. A worker that is reported in
    /// each epoch in which it works is paid for each.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn report(&self, workers: Vec<Address>) -> Result<TransactionReceipt, Error> {
        self.client.send(EDGE_REWARDS, &IEdgeRewards::reportCall { workers }, U256::ZERO).await
    }

    /// What markets burned of a worker's fees that no epoch counts yet, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn unreported(&self, worker: Address) -> Result<U256, Error> {
        let (record, reported) = (ITill::recordOfCall { worker }, IEdgeRewards::reportedCall { worker });
        let (jobs, leases, reported) = futures::try_join!(
            self.client.call(JOB_MARKET, &record),
            self.client.call(LEASES, &record),
            self.client.call(EDGE_REWARDS, &reported)
        )?;
        let burned = U256::from(jobs.burned) + U256::from(leases.burned);
        Ok(burned.saturating_sub(reported))
    }

    /// What there is to be earned in an epoch, and what its rounds are of.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn pot(&self, epoch: u32) -> Result<Pot, Error> {
        self.client.call(EDGE_REWARDS, &IEdgeRewards::potOfCall { epoch }).await
    }

    /// What a node did in an epoch; all zero for who did nothing.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn tally(&self, Entrant { epoch, node }: Entrant) -> Result<Tally, Error> {
        self.client.call(EDGE_REWARDS, &IEdgeRewards::tallyOfCall { epoch, node }).await
    }

    /// What a node is paid for its work and for its capacity if the epoch is settled with what is known now, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn share(&self, Entrant { epoch, node }: Entrant) -> Result<(U256, U256), Error> {
        let share = self.client.call(EDGE_REWARDS, &IEdgeRewards::shareOfCall { epoch, node }).await?;
        Ok((share.work, share.capacity))
    }

    /// Rows of a product and products of a round, for an epoch in which nobody enrolled yet: as they are voted now.
    ///
    /// # Errors
    /// [`Error::Answer`] for numbers that no round has; [`Error::Transport`] and its like.
    pub async fn rules(&self) -> Result<(u32, u32), Error> {
        let size = parameter(&self.client, Parameter::CapacitySize);
        let links = parameter(&self.client, Parameter::CapacityLinks);
        let (size, links) = futures::try_join!(size, links)?;
        match (size.try_into(), links.try_into()) {
            (Ok(size), Ok(links)) if size <= SIZE_MAX => Ok((size, links)),
            _ => Err(Error::Answer(format!("rounds of {links} products of {size} rows"))),
        }
    }

    /// When an epoch's rounds are answered, shown and settled. It never changes.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn schedule(&self, epoch: u32) -> Result<Schedule, Error> {
        let height = |height: U256| u64::try_from(height).map_err(|_| Error::Answer(format!("height {height}")));
        let mut rounds = [Window { height: 0, until: 0 }; Schedule::ROUNDS];
        for (round, window) in rounds.iter_mut().enumerate() {
            let call = IEdgeRewards::roundOfCall { epoch, round: U256::from(round) };
            let found = self.client.call(EDGE_REWARDS, &call).await?;
            *window = Window { height: height(found.height)?, until: height(found.until)? };
        }
        let opening = self.client.call(EDGE_REWARDS, &IEdgeRewards::openingOfCall { epoch }).await?;
        let opening = Window { height: height(opening.height)?, until: height(opening.until)? };
        let length = self.client.call(EPOCHS, &IEpochs::lengthCall {}).await?;
        Ok(Schedule::new(epoch, rounds, opening, length))
    }

    /// What a node can do in an epoch in the next block, and until which: the most urgent of all.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn due(&self, entrant: Entrant) -> Result<Option<Due>, Error> {
        let head = *self.client.heads().borrow();
        let (schedule, tally) = futures::try_join!(self.schedule(entrant.epoch), self.tally(entrant))?;
        Ok(schedule.due(&tally, head))
    }

    /// A round of a node whose chain of answers before it is `chain`: what its products are to be. Its mix need not be recorded.
    ///
    /// # Errors
    /// [`Error::Answer`] before the round's block, and for an epoch in which nobody enrolled.
    pub async fn round(&self, Entrant { epoch, node }: Entrant, round: u8, chain: B256) -> Result<Round, Error> {
        let call = IEdgeRewards::roundOfCall { epoch, round: U256::from(round) };
        let (window, pot) = futures::try_join!(self.client.call(EDGE_REWARDS, &call), self.pot(epoch))?;
        if pot.size == 0 {
            return Err(Error::Answer(format!("nobody enrolled for epoch {epoch}: its rounds have no rules")));
        }
        let purpose = keccak256((node, U256::from(round), chain).abi_encode());
        if u32::from(pot.size) > SIZE_MAX {
            return Err(Error::Answer(format!("a round of products of {} rows", pot.size)));
        }
        let height = window.height.try_into().map_err(|_| Error::Answer(format!("height {}", window.height)))?;
        let seed = self.client.beacon().seed_for(EDGE_REWARDS, height, purpose).await?;
        Ok(Round { seed, size: pot.size.into(), links: pot.links.into() })
    }

    /// The products that a node has to show, drawn by a mix that is recorded.
    ///
    /// # Errors
    /// [`Error::Beacon`] with `NotRecorded`: record the height of [`Schedule::opening`]; `NothingAnswered`.
    pub async fn draws(&self, Entrant { epoch, node }: Entrant) -> Result<Vec<Draw>, Error> {
        self.client.call(EDGE_REWARDS, &IEdgeRewards::drawsOfCall { epoch, node }).await
    }
}

/// An opening of a draw: the roots of its round, and the proof.
pub(crate) fn opening(roots: &[B256], proof: Vec<u8>) -> Opening {
    Opening { roots: roots.to_vec(), proof: Bytes::from(proof) }
}

#[cfg(test)]
mod tests;
