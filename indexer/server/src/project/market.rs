//! The life of a job: posted → taken → (answered →) closed.

use super::{Contradiction, Rows};
use crate::{
    decode::Event,
    record::{Job, JobEvent, Order},
};
use alloy::primitives::{Bytes, U256, keccak256};
use edgeloom_bindings::{IJobMarket, IJobMarket::IJobMarketEvents};
use edgeloom_index_api::{JobEventKind, Phase, Reason};

/// Number of the kind of jobs whose subject is a model of the registry (`IKinds`).
const INFERENCE: u16 = 1;
const BASIS_POINTS: u64 = 10_000;

impl Rows {
    pub(super) fn market(&mut self, event: &Event, market: &IJobMarketEvents) -> Result<(), Contradiction> {
        match market {
            IJobMarketEvents::JobsPosted(posted) => return self.posted(event, posted),
            IJobMarketEvents::JobsReturned(returned) => return self.returned(event, returned),
            // Its order's posting said so.
            IJobMarketEvents::JobListed(_) => return Ok(()),
            _ => {}
        }
        let (id, kind) = match market {
            IJobMarketEvents::JobTaken(taken) => (self.taken(event, taken)?, JobEventKind::Taken),
            IJobMarketEvents::JobAnswered(answered) => (self.answered(answered)?, JobEventKind::Answered),
            IJobMarketEvents::JobClosed(closed) => (self.closed(event, closed)?, JobEventKind::Closed),
            _ => return Ok(()),
        };
        self.happened(id, kind, event)
    }

    fn happened(&mut self, job: u64, kind: JobEventKind, event: &Event) -> Result<(), Contradiction> {
        let phase = self.jobs.get(&job).ok_or(Contradiction::JobUnknown(job))?.phase;
        self.job_events.push(JobEvent {
            job,
            kind,
            phase,
            actor: event.actor,
            at: event.at,
            tx_index: event.tx_index,
            log_index: event.log_index.unwrap_or(0),
        });
        Ok(())
    }

    /// Every job of an order.
    fn posted(&mut self, event: &Event, posted: &IJobMarket::JobsPosted) -> Result<(), Contradiction> {
        let (order, terms) = (number(posted.order)?, &posted.terms);
        if terms.kind == INFERENCE {
            let model = self.models.get_mut(&posted.subject).ok_or(Contradiction::ModelUnknown(posted.subject))?;
            model.jobs_posted += u64::from(terms.count);
        }
        self.orders.insert(order, Order::new(order, posted, event.at));
        for place in 0..terms.count {
            let id = order.checked_add(place.into()).ok_or(Contradiction::JobNumber(posted.order))?;
            if self.jobs.contains_key(&id) {
                return Err(Contradiction::JobKnown(id));
            }
            let input = input(posted, place as usize);
            let input_hash = if terms.kind == INFERENCE { keccak256(&input) } else { terms.inputRoot };
            self.jobs.insert(
                id,
                Job {
                    id,
                    order,
                    kind: terms.kind,
                    requester: posted.requester,
                    model: posted.subject,
                    price: U256::from(terms.price),
                    bond: U256::from(terms.bond),
                    phase: Phase::Open,
                    reason: Reason::Running,
                    worker: None,
                    input_bytes: length(&input),
                    input_hash,
                    output_bytes: None,
                    evidence: None,
                    paid: None,
                    fee: None,
                    burn_share: terms.burnShare,
                    take_by: terms.takeBy.to(),
                    work_seconds: terms.workSeconds.into(),
                    submit_by: None,
                    posted: event.at,
                    taken: None,
                    closed: None,
                },
            );
            self.inputs.push((id, input));
            self.happened(id, JobEventKind::Posted, event)?;
        }
        Ok(())
    }

    /// Those jobs of an order end that nobody took.
    fn returned(&mut self, event: &Event, returned: &IJobMarket::JobsReturned) -> Result<(), Contradiction> {
        let order = number(returned.order)?;
        let (phase, reason) = ending(order, returned.phase, returned.reason)?;
        let open = |job: &&mut Job| job.order == order && job.phase == Phase::Open;
        let mut ended = Vec::new();
        for job in self.jobs.values_mut().filter(open) {
            (job.phase, job.reason, job.closed) = (phase, reason, Some(event.at));
            ended.push(job.id);
        }
        if U256::from(ended.len()) != returned.count {
            return Err(Contradiction::JobPhase(order));
        }
        self.order_returned(returned, (phase, reason), &event.at)?;
        ended.into_iter().try_for_each(|job| self.happened(job, JobEventKind::Closed, event))
    }

    fn taken(&mut self, event: &Event, taken: &IJobMarket::JobTaken) -> Result<u64, Contradiction> {
        let job = self.job_in(taken.jobId, &[Phase::Open])?;
        job.phase = Phase::Taken;
        job.worker = Some(taken.worker);
        job.submit_by = Some(taken.deadline.saturating_to());
        job.taken = Some(event.at);
        let id = job.id;
        self.worker(taken.worker, &event.at).jobs_taken += 1;
        self.order_taken(taken.order, &event.at)?;
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
        let job = self.job_in(closed.jobId, &[Phase::Taken])?;
        let id = job.id;
        (job.phase, job.reason) = ending(id, closed.phase, closed.reason)?;
        job.closed = Some(event.at);
        job.evidence = (!closed.evidence.is_zero()).then_some(closed.evidence);
        let (phase, reason, worker) = (job.phase, job.reason, job.worker);
        if phase == Phase::Settled {
            let fee = job.price.saturating_sub(closed.paid);
            (job.paid, job.fee) = (Some(closed.paid), Some((fee, burned(fee, job.burn_share))));
            let (kind, model) = (job.kind, job.model);
            if kind == INFERENCE {
                self.models.get_mut(&model).ok_or(Contradiction::ModelUnknown(model))?.jobs_settled += 1;
            }
        }
        self.order_closed(closed, phase, &event.at)?;
        let Some(address) = worker else { return Ok(id) };
        let worker = self.workers.get_mut(&address).ok_or(Contradiction::WorkerUnknown(address))?;
        (worker.last_block, worker.last_ms) = (event.at.block, event.at.ms);
        match phase {
            Phase::Settled => {
                worker.jobs_settled += 1;
                worker.earned = worker.earned.saturating_add(closed.paid);
            }
            Phase::Rejected => worker.jobs_rejected += 1,
            Phase::Expired if reason == Reason::NotSubmitted => worker.jobs_missed += 1,
            Phase::Open | Phase::Taken | Phase::Cancelled | Phase::Expired => {}
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
pub(super) fn number(id: U256) -> Result<u64, Contradiction> {
    i64::try_from(id).ok().and_then(|id| u64::try_from(id).ok()).ok_or(Contradiction::JobNumber(id))
}

/// Far below 2^32: it was an argument of a transaction.
fn length(bytes: &Bytes) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// What of the inputs is a job's: where they divide, its part of them.
fn input(posted: &IJobMarket::JobsPosted, place: usize) -> Bytes {
    let (inputs, count) = (&posted.inputs, posted.terms.count as usize);
    let each = inputs.len() / count.max(1);
    if each * count == inputs.len() { inputs.slice(place * each..(place + 1) * each) } else { Bytes::new() }
}

/// As the market rounds.
fn burned(fee: U256, share: u16) -> U256 {
    fee.saturating_mul(U256::from(share)) / U256::from(BASIS_POINTS)
}

fn ending(id: u64, phase: IJobMarket::Phase, reason: IJobMarket::Reason) -> Result<(Phase, Reason), Contradiction> {
    let phase = match phase {
        IJobMarket::Phase::Settled => Phase::Settled,
        IJobMarket::Phase::Cancelled => Phase::Cancelled,
        IJobMarket::Phase::Expired => Phase::Expired,
        IJobMarket::Phase::Rejected => Phase::Rejected,
        _ => return Err(Contradiction::JobEnum(id)),
    };
    let reason = match reason {
        IJobMarket::Reason::CorrectAnswer => Reason::CorrectAnswer,
        IJobMarket::Reason::CancelledByRequester => Reason::CancelledByRequester,
        IJobMarket::Reason::NotTaken => Reason::NotTaken,
        IJobMarket::Reason::NotSubmitted => Reason::NotSubmitted,
        IJobMarket::Reason::WrongAnswer => Reason::WrongAnswer,
        IJobMarket::Reason::AcceptedByRequester => Reason::AcceptedByRequester,
        IJobMarket::Reason::Undecided => Reason::Undecided,
        _ => return Err(Contradiction::JobEnum(id)),
    };
    Ok((phase, reason))
}
