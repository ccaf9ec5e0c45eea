//! What comes before a job is this worker's: reading, deciding, computing.

use std::sync::Arc;

use alloy::primitives::Bytes;
use edgeloom_bindings::{
    IEdgeStaking::IEdgeStakingErrors,
    IJobMarket::{IJobMarketErrors, Phase},
    IModelRegistry::IModelRegistryErrors,
    ITill::ITillErrors,
};
use edgeloom_sdk::{Error, INFERENCE, Order, SEALED, SEALED_BYTES_MAX, SignedTx};
use tokio::task::spawn_blocking;

use super::{
    Candidate, Life,
    claimed::{Stop, Worked, is_claimed},
    unix_seconds,
};
use crate::{
    Skip, card,
    plan::{self, Effort, Situation, Terms},
    shared::Part,
};

/// An answer is ready before the job is taken: no bond is ever locked for work that this worker cannot do.
pub(super) struct Ready {
    pub(super) tx: SignedTx,
    /// Unix seconds.
    pub(super) take_by: u64,
    pub(super) answer: Answer,
}

/// What was computed.
pub(super) enum Answer {
    /// For the chain to check.
    Output(Bytes),
    /// To be claimed, with the money that this takes, until the claim is made.
    Claim(Worked, Part),
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

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Unfit(why) => Self::Skip(why),
            Stop::Chain(error) => error.into(),
            // Nothing was written down yet.
            Stop::Disk(error) => Self::Unreachable(Error::Answer(error.to_string())),
        }
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
            Error::Till(ITillErrors::RequirementsNotMet(_) | ITillErrors::NotYetForProviders(_)) => {
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
        let (state, stake, gas_price, balance) = futures::try_join!(
            jobs.state(&order, self.job),
            staking.standing_of(self.bench.worker),
            client.gas_price(),
            client.balance(self.bench.worker)
        )?;
        self.order = Some(Arc::clone(&order));
        // Before anything else is asked about it: what is nobody's to take costs an attacker nothing.
        if state.phase != Phase::Untaken {
            return Err(Skip::NotOpen.into());
        }
        if !order.terms.worker.is_zero() && order.terms.worker != self.bench.worker {
            return Err(Skip::OfferedToAnother.into());
        }
        let effort = self.effort(&order).await?;
        let terms = Terms {
            open: state.phase == Phase::Untaken,
            requester: order.terms.requester,
            offered_to: order.terms.worker,
            price: order.price(),
            bond: order.bond(),
            take_by: order.take_by(),
            work_seconds: order.terms.workSeconds.into(),
            effort,
        };
        let free_stake = stake.free;
        let situation = Situation { worker: self.bench.worker, now: unix_seconds(), free_stake, balance, gas_price };
        plan::decide(&terms, &situation, &self.bench.policy)?;
        let answer = if let Effort::Claimed { deposit, .. } = effort {
            let needed = deposit.saturating_add(plan::cost(&terms, gas_price));
            // Anew: to look at the model may have taken a while.
            let balance = client.balance(self.bench.worker).await?;
            let promise = self.bench.promised.part(needed, balance).ok_or(Skip::BalanceTooSmall)?;
            Answer::Claim(self.work(&order, self.bench.memory_max).await?, promise)
        } else {
            Answer::Output(self.compute(&order).await?)
        };
        let tx = jobs.sign_take(&order, &[self.job]).await?;
        Ok(Ready { tx, take_by: order.take_by(), answer })
    }

    /// What a job of this order takes beside its bond.
    async fn effort(&self, order: &Order) -> Result<Effort, Fault> {
        let client = &self.bench.client;
        let path_bytes = 32 * u64::from(order.terms.count.next_power_of_two().trailing_zeros());
        if order.terms.kind == INFERENCE {
            let model = self.bench.shelf.record(client, order.terms.subject).await?;
            let (input_bytes, output_bytes) = (model.inputBytes.into(), model.outputBytes.into());
            return Ok(Effort::Executed { infer_gas: model.inferGas, input_bytes, output_bytes, path_bytes });
        }
        if !is_claimed(order.terms.kind) {
            return Err(Skip::KindUnknown.into());
        }
        let sealed = order.terms.kind == SEALED;
        if sealed {
            self.share(order).await?;
        }
        let id = self.disputed_model(order).await?;
        let model = self.bench.shelf.disputed(client, id).await?;
        if sealed && model.output_bytes() > SEALED_BYTES_MAX {
            return Err(Skip::TooLarge.into());
        }
        let (disputable, jobs, disputes) = (client.disputable(), client.jobs(), client.disputes());
        let (entry, fee, terms, audit, pot) = futures::try_join!(
            disputable.entry_fee(order.price()),
            jobs.fee_for(order.price()),
            disputes.terms(),
            disputable.audit_fee(order.price()),
            disputable.pot()
        )?;
        let output_bytes = model.output_bytes() as u64;
        // If chance wants an audit, and the pot has not what it takes.
        let deposit = terms.claim_min + audit.saturating_sub(pot);
        Ok(Effort::Claimed { sealed, output_bytes, path_bytes, dues: entry + fee, deposit })
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
