//! A job whose answer the chain does not compute: claimed and entered into the draw of audits before its deadline, then watched over until it
//! is paid, which takes a day. The chain takes each of the steps once, however often it is sent; only the claim's salt, of which the key of a
//! sealed answer is made, has to be on disk first.

mod seal;

use std::{ops::Deref, sync::Arc};

use alloy::{
    primitives::{B256, Bytes, U256},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    IBeacon::IBeaconErrors,
    IDisputable::IDisputableErrors,
    IDisputes::{IDisputesErrors, Phase as ClaimPhase},
    IJobMarket::Phase,
};
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{DISPUTABLE, Disputes, Error, Order, SEALED, Statement};
use parking_lot::Mutex;
use tokio::{
    task::spawn_blocking,
    time::{Duration, sleep},
};

use super::{AGAIN, End, Found, Life, Outcome, prepare::Fault};
use crate::{
    Skip,
    claim::{self, Computed},
    crash,
    desk::{self, keep, salt},
    journal::{Claiming, JournalError, Record},
    shared::Part,
};

/// Before the next look at a job that waits for hours.
const LOOK: Duration = Duration::from_secs(5);

/// Whether a job of this kind is claimed, not computed by the chain.
pub(crate) const fn is_claimed(kind: u16) -> bool {
    matches!(kind, DISPUTABLE | SEALED)
}

/// Why a step was not taken.
pub(super) enum Stop {
    /// Tried again while there is time.
    Chain(Error),
    Unfit(Skip),
    Disk(JournalError),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Chain(error)
    }
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Disk(error)
    }
}

/// What was computed, for as long as it is in memory.
pub(super) struct Worked {
    computed: Computed,
    _room: Part,
}

impl Deref for Worked {
    type Target = Computed;

    fn deref(&self) -> &Computed {
        &self.computed
    }
}

/// What a look at a job says.
enum Standing {
    Over(Outcome),
    Waits,
}

impl Life<'_> {
    /// The model of an order, which is inside what its subject stands for where answers are sealed.
    pub(super) async fn disputed_model(&self, order: &Order) -> Result<B256, Fault> {
        if order.terms.kind != SEALED {
            return Ok(order.terms.subject);
        }
        let subject = self.bench.client.seals().subject(order.terms.subject).await?;
        Ok(subject.ok_or(Skip::Unknown)?.inner)
    }

    /// Everything that a claim about this job commits to, if all traces together take no more than `memory`, bytes.
    pub(super) async fn work(&self, order: &Order, memory: U256) -> Result<Worked, Fault> {
        let input = order.committed_input(self.job).map_err(|_| Skip::InputUnknown)?;
        let id = self.disputed_model(order).await?;
        let model = self.bench.shelf.disputed(&self.bench.client, id).await?;
        let needed = U256::from(model.model().plan().trace_bytes());
        if needed > memory {
            return Err(Skip::TooLarge.into());
        }
        let _room = self.bench.memory.part(needed, memory).ok_or(Skip::MemoryFull)?;
        // The room goes along: whoever waits for this may be gone before it ends.
        let run = move || Computed::run(&model, input.to_vec(), false).map(|computed| Worked { computed, _room });
        match spawn_blocking(run).await {
            Ok(Ok(work)) => Ok(work),
            Ok(Err(_)) => Err(Skip::ModelUnfit.into()),
            Err(panicked) => {
                tracing::error!(job = %self.job, %panicked, "the kernel failed");
                Err(Skip::SelfCheckFailed.into())
            }
        }
    }

    /// Claims and enters a job that is this worker's; then it waits.
    pub(super) async fn claim(mut self, mut work: Option<Worked>) -> Result<Outcome, JournalError> {
        loop {
            let Some(Found { order, state }) = self.read().await else { return self.end(End::Unknown).await };
            if state.phase != Phase::Taken || state.worker != self.bench.worker {
                // What was claimed of it may go on.
                return Ok(Outcome::Claimed);
            }
            let (late, state) = (self.bench.passed(state.deadline).await, state);
            match self.enter(&order, state.deadline, &mut work).await {
                Ok(()) => return Ok(Outcome::Claimed),
                Err(Stop::Disk(error)) => return Err(error),
                Err(Stop::Unfit(Skip::TooLate)) => return self.give_up(End::Expired).await,
                // A node that is behind does not know what another one knows.
                Err(Stop::Unfit(why)) if !why.may_pass() && why != Skip::Unknown => {
                    return self.give_up(End::Undoable(why)).await;
                }
                Err(Stop::Unfit(_)) | Err(Stop::Chain(_)) if late => return self.give_up(End::Expired).await,
                Err(Stop::Unfit(why)) => tracing::debug!(job = %self.job, ?why, "cannot claim now"),
                Err(Stop::Chain(error)) => tracing::debug!(job = %self.job, %error, "cannot claim now"),
            }
            sleep(AGAIN).await;
        }
    }

    /// Of a job that was claimed too late to be entered, the claim goes on.
    async fn give_up(&mut self, why: End) -> Result<Outcome, JournalError> {
        let job = B256::from(self.job);
        let claimed = self.bench.claims.lock().values().any(|claiming| claiming.job == job);
        if claimed { Ok(Outcome::Claimed) } else { self.end(why).await }
    }

    /// Whatever of this is not done: the claim, the ciphertext, the entry, the key.
    async fn enter(&mut self, order: &Order, deadline: u64, work: &mut Option<Worked>) -> Result<(), Stop> {
        let (client, me) = (&self.bench.client, self.bench.worker);
        let (disputes, disputable) = (client.disputes(), client.disputable());
        let id = disputes.claim_id_of(me, self.job.into()).await?;
        let entered = disputable.entry_of(me, self.job).await?.height != 0;
        let sealed = order.terms.kind == SEALED;
        if entered && (!sealed || client.seals().get(me, self.job).await?.releasedAt != 0) {
            return Ok(());
        }
        if !entered && self.bench.passed(deadline).await {
            return Err(Stop::Unfit(Skip::TooLate));
        }
        if work.is_none() {
            // The job is taken: what it takes, it takes.
            *work = Some(self.work(order, U256::MAX).await.map_err(stop)?);
        }
        let Some(work) = work.as_ref() else { return Ok(()) };
        let claiming = self.claiming(id, work).await?;
        self.make(id, &claiming, work).await?;
        if sealed {
            self.seal(order, &claiming, work).await?;
        }
        if !entered {
            let shown = disputable.terms().await?.shown_bytes;
            let answer = if sealed || work.output.len() > shown { Vec::new() } else { work.output.clone() };
            let sent = disputable.enter(self.job, order.price(), answer.into()).await;
            match desk::decided(client, sent).await {
                Ok(receipt) => self.add_receipt(&receipt),
                Err(Error::Disputable(IDisputableErrors::EnteredAlready(_))) => {}
                Err(Error::Disputable(IDisputableErrors::TooLate(_))) => return Err(Stop::Unfit(Skip::TooLate)),
                Err(error) => return Err(error.into()),
            }
            crash::after("entered");
        }
        if sealed {
            let spent = self.release(order, &claiming).await?;
            self.gas = self.gas.saturating_add(spent);
        }
        Ok(())
    }

    /// The claim as it was decided on, before a restart or now.
    async fn claiming(&self, id: B256, work: &Computed) -> Result<Claiming, Stop> {
        if let Some(claiming) = self.bench.claiming(id) {
            return Ok(claiming);
        }
        let from_block = *self.bench.client.heads().borrow();
        let claiming =
            Claiming { job: self.job.into(), model: work.model.id(), salt: salt(), planted: false, from_block };
        let unkept = |error: desk::CaseError| {
            Stop::Unfit({
                tracing::error!(job = %self.job, %error, "what was claimed cannot be kept on disk");
                Skip::SelfCheckFailed
            })
        };
        self.bench.shelf.keep(&work.model).map_err(unkept)?;
        keep(&self.bench.input_path(id), &work.input).map_err(unkept)?;
        self.record(Record::Claiming { claim: id, claiming: claiming.clone() }, "claiming").await?;
        self.bench.claims.lock().insert(id, claiming.clone());
        Ok(claiming)
    }

    async fn make(&mut self, id: B256, claiming: &Claiming, work: &Computed) -> Result<(), Stop> {
        let disputes = self.bench.client.disputes();
        match disputes.get(id).await {
            Ok(_) => return Ok(()),
            Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) => {}
            Err(error) => return Err(error.into()),
        }
        let roots = work.work().map(|bytes| B256::from(Blob::of(bytes).root));
        let statement = Statement {
            job: claiming.job,
            model: claiming.model,
            input_root: roots.input,
            output_root: roots.output,
            // No claim without a trace is entered: auditors could attest to nothing.
            trace_root: roots.trace,
            seal: Disputes::seal_of(self.bench.worker, claiming.job, false, claiming.salt),
            // Published with the order.
            input: Bytes::new(),
            bond: disputes.terms().await?.claim_min,
        };
        let made = match disputes.claim(statement).await {
            Err(error @ Error::Unconfirmed { .. }) => desk::decided(&self.bench.client, Err(error)).await.map(drop),
            made => made.map(drop),
        };
        match made {
            Ok(()) | Err(Error::Disputes(IDisputesErrors::ClaimExists(_))) => {}
            Err(error) => return Err(error.into()),
        }
        tracing::info!(job = %self.job, claim = %id, answer = %roots.output, "claimed an answer");
        crash::after("claim-sent");
        Ok(())
    }

    /// Has the claim drawn, defends and upholds it, publishes what somebody demands, and has the job settled.
    pub(super) async fn watch_over(mut self) -> Result<Outcome, JournalError> {
        loop {
            match self.look_after().await {
                Ok(Standing::Over(outcome)) => return Ok(outcome),
                Ok(Standing::Waits) => sleep(LOOK).await,
                Err(Stop::Disk(error)) => return Err(error),
                Err(Stop::Unfit(why)) => {
                    tracing::warn!(job = %self.job, why = why.name(), "a claim cannot be answered for now");
                    sleep(LOOK).await;
                }
                Err(Stop::Chain(error)) => {
                    tracing::debug!(job = %self.job, %error, "cannot look after a claim now");
                    sleep(if error.is_revert() { LOOK } else { AGAIN }).await;
                }
            }
        }
    }

    async fn look_after(&mut self) -> Result<Standing, Stop> {
        let Some(Found { order, state }) = self.read().await else {
            return Ok(Standing::Over(self.end(End::Unknown).await?));
        };
        let over = state.phase != Phase::Taken || state.worker != self.bench.worker;
        let (client, me, disputes) = (&self.bench.client, self.bench.worker, self.bench.client.disputes());
        let id = disputes.claim_id_of(me, self.job.into()).await?;
        let (record, terms) = match futures::try_join!(disputes.get(id), disputes.terms()) {
            Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) if over => {
                return Ok(Standing::Over(self.closed(id, &order, state.phase).await?));
            }
            // It was only meant to be made.
            Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) if self.bench.passed(state.deadline).await => {
                self.forget(id).await?;
                return Ok(Standing::Over(self.end(End::Expired).await?));
            }
            read => read?,
        };
        // Whoever accepts an answer ends the job, and not its claim: the bond is bound until that is upheld.
        if over && record.phase != ClaimPhase::Open {
            return Ok(Standing::Over(self.closed(id, &order, state.phase).await?));
        }
        if !over {
            // Neither may be in the way of the defence: whoever is silent loses the claim's bond.
            let spent = self.go_on(&order, id).await?;
            self.gas = self.gas.saturating_add(spent);
        }
        match record.phase {
            ClaimPhase::Open if record.threads > 0 => self.defend(&order, id).await?,
            ClaimPhase::Open => {
                let now = self.bench.clock().await?.now;
                if now > record.claimedAt.saturating_add(terms.window)
                    && let Some(claiming) = self.bench.claiming(id)
                {
                    let receipt = desk::decided(client, disputes.uphold(id, claiming.salt).await).await?;
                    self.add_receipt(&receipt);
                    crash::after("upheld");
                }
            }
            ClaimPhase::Upheld => return self.settle_decided(&order, (id, record.claimedAt)).await,
            _ => {
                tracing::error!(job = %self.job, claim = %id, reason = ?record.reason, "convicted: both bonds are lost");
                self.forget(id).await?;
                return Ok(Standing::Over(self.end(End::Rejected).await?));
            }
        }
        Ok(Standing::Waits)
    }

    /// The draw, and what a sealed answer's worker owes: none of it may be in the way of the defence, since whoever is silent loses the claim's bond. Gives
    /// what it cost, wei.
    async fn go_on(&self, order: &Order, id: B256) -> Result<U256, Stop> {
        let mut spent = U256::ZERO;
        match self.draw().await {
            Ok(more) => spent += more,
            Err(refused) => self.put_off("drawing a claim", refused)?,
        }
        if order.terms.kind == SEALED {
            if let Some(claiming) = self.bench.claiming(id) {
                match self.release(order, &claiming).await {
                    Ok(more) => spent += more,
                    Err(refused) => self.put_off("publishing a key", refused)?,
                }
            }
            if let Err(refused) = self.publish_demanded(order, id).await {
                self.put_off("publishing a ciphertext", refused)?;
            }
        }
        Ok(spent)
    }

    /// Once the block that draws is there, and shown to the beacon.
    /// Gives what it cost, wei.
    async fn draw(&self) -> Result<U256, Stop> {
        let client = &self.bench.client;
        let entry = client.disputable().entry_of(self.bench.worker, self.job).await?;
        if entry.height == 0 || entry.drawn {
            return Ok(U256::ZERO);
        }
        let height = client.disputable().drawn_at(entry.height).await?;
        // The contract knows a block's hash from the next block on.
        if *client.heads().borrow() <= height {
            return Ok(U256::ZERO);
        }
        let sent = match client.disputable().draw(self.bench.worker, self.job).await {
            // Its own block, or the one that drew the committee of an audit that somebody else asked for.
            Err(Error::Beacon(IBeaconErrors::NotRecorded(missing))) => {
                client.beacon().record(missing.height.saturating_to()).await?;
                client.disputable().draw(self.bench.worker, self.job).await
            }
            sent => sent,
        };
        match desk::decided(client, sent).await {
            Ok(receipt) => {
                crash::after("drawn");
                let audited = client.disputable().entry_of(self.bench.worker, self.job).await?.audited;
                tracing::info!(job = %self.job, audited, "a claim was drawn");
                Ok(cost(&receipt))
            }
            Err(Error::Disputable(IDisputableErrors::DrawnAlready(_))) => Ok(U256::ZERO),
            Err(error) => Err(error.into()),
        }
    }

    /// Answers whoever challenges, until nobody does any more; meanwhile somebody may demand a ciphertext.
    async fn defend(&mut self, order: &Order, id: B256) -> Result<(), Stop> {
        let claiming = self.bench.claiming(id);
        let claiming = claiming.ok_or(Stop::Unfit(Skip::Unknown))?;
        let work = self.work(order, U256::MAX).await.map_err(stop)?;
        let spent = Mutex::new(U256::ZERO);
        // Whoever challenges before the draw, and idles, must not keep the worker from it.
        let beside = async {
            loop {
                match self.go_on(order, id).await {
                    Ok(more) => *spent.lock() += more,
                    Err(stopped) => break stopped,
                }
                sleep(LOOK).await;
            }
        };
        tokio::select! {
            defended = claim::defended(&self.bench.desk, id, &claiming, &work) => defended?,
            stopped = beside => return Err(stopped),
        }
        let spent = spent.into_inner();
        self.gas = self.gas.saturating_add(spent);
        Ok(())
    }

    /// What the chain says of a job whose claim stands. Where answers are sealed, complaints have an hour.
    async fn settle_decided(&mut self, order: &Arc<Order>, (id, claimed_at): (B256, u64)) -> Result<Standing, Stop> {
        let Ok(delivery) = order.decided(self.job) else { return Err(Stop::Unfit(Skip::InputUnknown)) };
        let client = &self.bench.client;
        match desk::decided(client, client.jobs().settle(order, vec![delivery]).await).await {
            Ok(receipt) => {
                self.add_receipt(&receipt);
                crash::after("settle-sent");
                Ok(Standing::Waits)
            }
            // Or it is settled by now, which the next look tells.
            Err(error) if error.is_revert() => {
                let life = client.disputable().terms().await?.life;
                if self.bench.clock().await?.now <= claimed_at.saturating_add(life) {
                    return Ok(Standing::Waits);
                }
                // It was not entered or drawn in time: whoever forfeits it is right.
                self.forget(id).await?;
                Ok(Standing::Over(self.end(End::Expired).await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The end of a job that was claimed: what is credited is collected, and its claim forgotten.
    async fn closed(&mut self, id: B256, order: &Arc<Order>, phase: Phase) -> Result<Outcome, JournalError> {
        self.forget(id).await?;
        match phase {
            Phase::Settled => self.settled(order).await,
            Phase::Rejected => self.end(End::Rejected).await,
            Phase::Expired => self.end(End::Expired).await,
            _ => self.end(End::NotTaken(Skip::LostRace)).await,
        }
    }

    /// Fetches the claim's bond and what demands paid, and closes the claim in the journal.
    async fn forget(&self, id: B256) -> Result<(), JournalError> {
        if self.bench.claiming(id).is_none() {
            return Ok(());
        }
        for (what, collected) in
            [("a claim's bond", self.bench.collect().await), ("deposits of demands", self.collect_deposits().await)]
        {
            if let Err(error) = collected {
                tracing::warn!(job = %self.job, %error, what, "cannot be collected now; it stays credited");
            }
        }
        self.record(Record::ClaimEnded { claim: id }, "claim-ended").await?;
        self.bench.discard_input(id);
        self.bench.claims.lock().remove(&id);
        Ok(())
    }

    /// What is tried again at the next look.
    fn put_off(&self, what: &str, refused: Stop) -> Result<(), JournalError> {
        match refused {
            Stop::Disk(error) => return Err(error),
            Stop::Chain(error) => tracing::warn!(job = %self.job, %error, what, "refused for now"),
            Stop::Unfit(why) => tracing::warn!(job = %self.job, why = why.name(), what, "not possible now"),
        }
        Ok(())
    }

    fn add_receipt(&mut self, receipt: &TransactionReceipt) {
        self.gas = self.gas.saturating_add(cost(receipt));
    }
}

/// Of a transaction, wei.
fn cost(receipt: &TransactionReceipt) -> U256 {
    U256::from(u128::from(receipt.gas_used).saturating_mul(receipt.effective_gas_price))
}

fn stop(fault: Fault) -> Stop {
    match fault {
        Fault::Skip(why) => Stop::Unfit(why),
        Fault::Unreachable(error) => Stop::Chain(error),
    }
}
