//! The life of a job: posted → taken → (answered →) closed.

use super::{Contradiction, Rows};
use crate::{
    decode::Event,
    record::{Job, JobEvent},
};
use alloy::primitives::{Bytes, U256, keccak256};
use edgeloom_bindings::{IJobMarket, IJobMarket::IJobMarketEvents};
use edgeloom_index_api::{JobEventKind, Phase, Reason};

impl Rows {
    pub(super) fn market(&mut self, event: &Event, market: &IJobMarketEvents) -> Result<(), Contradiction> {
        let (id, kind) = match market {
            IJobMarketEvents::JobPosted(posted) => (self.posted(event, posted)?, JobEventKind::Posted),
            IJobMarketEvents::JobTaken(taken) => (self.taken(event, taken)?, JobEventKind::Taken),
            IJobMarketEvents::JobAnswered(answered) => (self.answered(answered)?, JobEventKind::Answered),
            IJobMarketEvents::JobClosed(closed) => (self.closed(event, closed)?, JobEventKind::Closed),
            // Nothing becomes of the job by it.
            IJobMarketEvents::FeeTaken(taken) => {
                let id = number(taken.jobId)?;
                let job = self.jobs.get_mut(&id).ok_or(Contradiction::JobUnknown(id))?;
                job.fee = Some((U256::from(taken.fee), U256::from(taken.burned)));
                return Ok(());
            }
        };
        let phase = self.jobs.get(&id).ok_or(Contradiction::JobUnknown(id))?.phase;
        self.job_events.push(JobEvent {
            job: id,
            kind,
            phase,
            actor: event.actor,
            at: event.at,
            tx_index: event.tx_index,
            log_index: event.log_index.unwrap_or(0),
        });
        Ok(())
    }

    fn posted(&mut self, event: &Event, posted: &IJobMarket::JobPosted) -> Result<u64, Contradiction> {
        let id = number(posted.jobId)?;
        if self.jobs.contains_key(&id) {
            return Err(Contradiction::JobKnown(id));
        }
        let model = self.models.get_mut(&posted.modelId).ok_or(Contradiction::ModelUnknown(posted.modelId))?;
        model.jobs_posted += 1;
        self.jobs.insert(
            id,
            Job {
                id,
                requester: posted.requester,
                model: posted.modelId,
                price: U256::from(posted.price),
                bond: U256::from(posted.bond),
                phase: Phase::Open,
                reason: Reason::Running,
                worker: None,
                input_bytes: length(&posted.input),
                input_hash: keccak256(&posted.input),
                output_bytes: None,
                evidence: None,
                paid: None,
                fee: None,
                take_by: posted.takeBy,
                work_seconds: posted.workSeconds,
                submit_by: None,
                posted: event.at,
                taken: None,
                closed: None,
            },
        );
        self.inputs.push((id, posted.input.clone()));
        Ok(id)
    }

    fn taken(&mut self, event: &Event, taken: &IJobMarket::JobTaken) -> Result<u64, Contradiction> {
        let job = self.job_in(taken.jobId, &[Phase::Open])?;
        job.phase = Phase::Taken;
        job.worker = Some(taken.worker);
        job.submit_by = Some(taken.submitBy);
        job.taken = Some(event.at);
        let id = job.id;
        self.worker(taken.worker, &event.at).jobs_taken += 1;
        Ok(id)
    }

    fn answered(&mut self, answered: &IJobMarket::JobAnswered) -> Result<u64, Contradiction> {
        let job = self.job_in(answered.jobId, &[Phase::Taken])?;
        job.output_bytes = Some(length(&answered.output));
        let id = job.id;
        self.outputs.push((id, answered.output.clone()));
        Ok(id)
    }

    fn closed(&mut self, event: &Event, closed: &IJobMarket::JobClosed) -> Result<u64, Contradiction> {
        let job = self.job_in(closed.jobId, &[Phase::Open, Phase::Taken])?;
        let id = job.id;
        (job.phase, job.reason) = ending(id, closed)?;
        job.closed = Some(event.at);
        job.evidence = (!closed.evidence.is_zero()).then_some(closed.evidence);
        let (phase, model, worker) = (job.phase, job.model, job.worker);
        if phase == Phase::Settled {
            job.paid = Some(U256::from(closed.paid));
            self.models.get_mut(&model).ok_or(Contradiction::ModelUnknown(model))?.jobs_settled += 1;
        }
        let Some(address) = worker else { return Ok(id) };
        let worker = self.workers.get_mut(&address).ok_or(Contradiction::WorkerUnknown(address))?;
        (worker.last_block, worker.last_ms) = (event.at.block, event.at.ms);
        match phase {
            Phase::Settled => {
                worker.jobs_settled += 1;
                worker.earned = worker.earned.saturating_add(U256::from(closed.paid));
            }
            Phase::Rejected => worker.jobs_rejected += 1,
            Phase::Expired => worker.jobs_missed += 1,
            Phase::Open | Phase::Taken | Phase::Cancelled => {}
        }
        Ok(id)
    }

    fn job_in(&mut self, id: U256, phases: &[Phase]) -> Result<&mut Job, Contradiction> {
        let id = number(id)?;
        let job = self.jobs.get_mut(&id).ok_or(Contradiction::JobUnknown(id))?;
        if phases.contains(&job.phase) { Ok(job) } else { Err(Contradiction::JobPhase(id)) }
    }
}

/// Job numbers count from 1: one that does not fit a database key cannot come from the market.
fn number(id: U256) -> Result<u64, Contradiction> {
    i64::try_from(id).ok().and_then(|id| u64::try_from(id).ok()).ok_or(Contradiction::JobNumber(id))
}

/// Far below 2^32: it was an argument of a transaction.
fn length(bytes: &Bytes) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn ending(id: u64, closed: &IJobMarket::JobClosed) -> Result<(Phase, Reason), Contradiction> {
    let phase = match closed.phase {
        IJobMarket::Phase::Settled => Phase::Settled,
        IJobMarket::Phase::Cancelled => Phase::Cancelled,
        IJobMarket::Phase::Expired => Phase::Expired,
        IJobMarket::Phase::Rejected => Phase::Rejected,
        _ => return Err(Contradiction::JobEnum(id)),
    };
    let reason = match closed.reason {
        IJobMarket::Reason::CorrectAnswer => Reason::CorrectAnswer,
        IJobMarket::Reason::CancelledByRequester => Reason::CancelledByRequester,
        IJobMarket::Reason::NotTaken => Reason::NotTaken,
        IJobMarket::Reason::NotSubmitted => Reason::NotSubmitted,
        IJobMarket::Reason::WrongAnswer => Reason::WrongAnswer,
        _ => return Err(Contradiction::JobEnum(id)),
    };
    Ok((phase, reason))
}
