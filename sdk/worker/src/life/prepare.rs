//! What comes before a job is this worker's: reading, deciding, computing.

use std::sync::Arc;

use alloy::primitives::Bytes;
use edgeloom_bindings::{
    IEdgeStaking::IEdgeStakingErrors,
    IJobMarket::{IJobMarketErrors, Phase},
    IModelRegistry::IModelRegistryErrors,
};
use edgeloom_sdk::{Error, INFERENCE, Order, SignedTx};
use tokio::task::spawn_blocking;

use super::{Candidate, Life, unix_seconds};
use crate::{
    Skip, card,
    plan::{self, Situation, Terms},
};

/// An answer is ready before the job is taken: no bond is ever locked for work that this worker cannot do.
pub(super) struct Ready {
    pub(super) tx: SignedTx,
    /// Unix seconds.
    pub(super) take_by: u64,
    pub(super) output: Bytes,
}

/// Why a job is not begun.
pub(super) enum Fault {
    Skip(Skip),
    Unreachable(Error),
}

impl From<Skip> for Fault {
    fn from(why: Skip) -> Self {
        Self::Skip(why)
    }
}

/// A revert is an answer about the job; all else is the node's trouble.
impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match &error {
            // The index may be a block ahead of this node.
            Error::Market(IJobMarketErrors::JobUnknown(_) | IJobMarketErrors::NotTheTerms(_))
            | Error::Models(IModelRegistryErrors::ModelUnknown(_)) => Self::Skip(Skip::Unknown),
            Error::Market(IJobMarketErrors::TooLate(_)) => Self::Skip(Skip::TooLate),
            Error::Market(IJobMarketErrors::OwnJob(_)) => Self::Skip(Skip::OwnJob),
            Error::Market(IJobMarketErrors::RequirementsNotMet(_) | IJobMarketErrors::NotYetForProviders(_)) => {
                Self::Skip(Skip::RequirementsNotMet)
            }
            Error::EdgeStaking(IEdgeStakingErrors::NotBonded(_))
            | Error::EdgeStaking(IEdgeStakingErrors::InsufficientFreeStake(_)) => Self::Skip(Skip::StakeTooSmall),
            Error::Model(_) => Self::Skip(Skip::ModelUnfit),
            error if error.is_revert() => Self::Skip(Skip::NotOpen),
            _ => Self::Unreachable(error),
        }
    }
}

impl Life<'_> {
    /// Looks at the job on chain, decides, computes, and signs the taking.
    pub(super) async fn prepare(&mut self, candidate: &Candidate) -> Result<Ready, Fault> {
        let client = &self.bench.client;
        let (jobs, staking) = (client.jobs(), client.edge_staking());
        let order = Arc::new(jobs.order(candidate.order, candidate.posted_block).await?);
        let (state, stake, gas_price) = futures::try_join!(
            jobs.state(&order, self.job),
            staking.standing_of(self.bench.worker),
            client.gas_price()
        )?;
        self.order = Some(Arc::clone(&order));
        if order.terms.kind != INFERENCE {
            return Err(Skip::KindUnknown.into());
        }
        let model = self.bench.shelf.record(client, order.terms.subject).await?;
        let terms = Terms {
            open: state.phase == Phase::Untaken,
            requester: order.terms.requester,
            offered_to: order.terms.worker,
            price: order.price(),
            bond: order.bond(),
            take_by: order.take_by(),
            work_seconds: order.terms.workSeconds.into(),
            infer_gas: model.inferGas,
            input_bytes: model.inputBytes.into(),
            output_bytes: model.outputBytes.into(),
            path_bytes: 32 * u64::from(order.terms.count.next_power_of_two().trailing_zeros()),
        };
        let free_stake = stake.free;
        let situation = Situation { worker: self.bench.worker, now: unix_seconds(), free_stake, gas_price };
        plan::decide(&terms, &situation, &self.bench.policy)?;
        let output = self.compute(&order).await?;
        let tx = jobs.sign_take(&order, &[self.job]).await?;
        Ok(Ready { tx, take_by: order.take_by(), output })
    }

    /// The answer of what this worker computes with, if the reference gives the same.
    pub(super) async fn compute(&self, order: &Order) -> Result<Bytes, Fault> {
        // As it was posted, with the hash that the chain has.
        let input = order.answer(self.job, Bytes::new()).map_err(|_| Skip::InputUnknown)?.proof;
        let model = self.bench.shelf.model(&self.bench.client, order.terms.subject).await?;
        let card = self.bench.card.clone();
        let run = spawn_blocking(move || card::answer(card.as_ref(), &model, &input));
        match run.await {
            Ok(Ok((answer, true))) => Ok(answer.into()),
            Ok(Ok((_, false))) => {
                tracing::error!(job = %self.job, "the two kernels disagree on this machine; run `edgeloom-worker doctor`");
                Err(Skip::SelfCheckFailed.into())
            }
            Ok(Err(_)) => Err(Skip::ModelUnfit.into()),
            Err(panicked) => {
                tracing::error!(job = %self.job, %panicked, "the kernel failed");
                Err(Skip::SelfCheckFailed.into())
            }
        }
    }
}

#[cfg(test)]
mod tests;
