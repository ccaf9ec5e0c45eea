//! What comes before a job is this worker's: reading, deciding, computing.

use alloy::primitives::{Bytes, U256, keccak256};
use edgeloom_bindings::{
    IEdgeStaking::IEdgeStakingErrors,
    IJobMarket::{IJobMarketErrors, Job, Phase},
    IModelRegistry::IModelRegistryErrors,
};
use edgeloom_sdk::{Error, SignedTx};
use tokio::task::spawn_blocking;

use super::{Life, unix_seconds};
use crate::{
    Skip, card,
    plan::{self, Situation, Terms},
};

/// An answer is ready before the job is taken: no bond is ever locked for work that this worker cannot do.
pub(super) struct Ready {
    pub(super) tx: SignedTx,
    /// Unix seconds.
    pub(super) take_by: u64,
    pub(super) input: Bytes,
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
            Error::Market(IJobMarketErrors::JobUnknown(_) | IJobMarketErrors::ModelUnknown(_))
            | Error::Models(IModelRegistryErrors::ModelUnknown(_)) => Self::Skip(Skip::Unknown),
            Error::Market(IJobMarketErrors::TooLate(_)) => Self::Skip(Skip::TooLate),
            Error::Market(IJobMarketErrors::OwnJob(_)) => Self::Skip(Skip::OwnJob),
            Error::Market(IJobMarketErrors::NotBonded(_))
            | Error::EdgeStaking(IEdgeStakingErrors::InsufficientFreeStake(_)) => Self::Skip(Skip::StakeTooSmall),
            Error::Model(_) => Self::Skip(Skip::ModelUnfit),
            error if error.is_revert() => Self::Skip(Skip::NotOpen),
            _ => Self::Unreachable(error),
        }
    }
}

impl Life<'_> {
    /// Looks at the job on chain, decides, computes, and signs the taking.
    pub(super) async fn prepare(&self) -> Result<Ready, Fault> {
        let client = &self.bench.client;
        let (jobs, staking) = (client.jobs(), client.edge_staking());
        let (job, stake, gas_price) =
            futures::try_join!(jobs.get(self.job), staking.standing_of(self.bench.worker), client.gas_price())?;
        let model = self.bench.shelf.record(client, job.modelId).await?;
        let terms = Terms {
            open: job.phase == Phase::Open,
            requester: job.requester,
            price: U256::from(job.price),
            bond: U256::from(job.bond),
            take_by: job.takeBy,
            work_seconds: job.workSeconds.into(),
            infer_gas: model.inferGas,
            input_bytes: model.inputBytes.into(),
            output_bytes: model.outputBytes.into(),
        };
        let free_stake = stake.free;
        let situation = Situation { worker: self.bench.worker, now: unix_seconds(), free_stake, gas_price };
        plan::decide(&terms, &situation, &self.bench.policy)?;
        let input = self.input(&job).await?;
        let output = self.compute(&job, input.clone()).await?;
        let tx = jobs.sign_take(self.job).await?;
        Ok(Ready { tx, take_by: job.takeBy, input, output })
    }

    /// The input, as it was posted, with the hash that the chain has.
    pub(super) async fn input(&self, job: &Job) -> Result<Bytes, Fault> {
        let fits = |input: &Bytes| keccak256(input) == job.inputHash;
        match self.bench.client.jobs().input(self.job, self.posted_block).await {
            Ok(input) if fits(&input) => Ok(input),
            Ok(_) | Err(Error::Answer(_)) => Err(Skip::InputUnknown.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// The answer of what this worker computes with, if the reference gives the same.
    pub(super) async fn compute(&self, job: &Job, input: Bytes) -> Result<Bytes, Fault> {
        let model = self.bench.shelf.model(&self.bench.client, job.modelId).await?;
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
