//! A dispute with a claim that was found wrong, a move at a time. Nothing of it is journalled: whose move it is, the chain says.

use alloy::primitives::{B256, U256};
use edgeloom_bindings::IDisputes::{Claim, IDisputesErrors, Tree};
use edgeloom_sdk::{Challenge, DisputeTerms, Disputes, Error, Finding, LocalModel, Move, Proceedings, Refutation};

use crate::{
    desk::{CaseError, Clock, Desk},
    kernel::Kernel,
};

/// One side of a dispute.
pub(crate) struct Prosecution<'a> {
    desk: &'a Desk,
    kernel: &'a Kernel,
    finding: Finding,
    terms: DisputeTerms,
    /// The newest thread of one's own, which the logs may tell of later.
    opened: Option<U256>,
    /// What a look at the work told, and after how many events: it takes minutes.
    told: Option<(usize, Move)>,
    announced: Option<B256>,
    /// Said once that it is too late to challenge.
    late: bool,
}

/// Whether others' threads are waited for: a second bond is worth nothing while somebody else plays well, but who asks may be the
/// worker's friend, and stall. Who has a thread itself opens no other anyway.
fn leaves_to_others(proceedings: &Proceedings, now: u64, (claimed_at, terms): (u64, &DisputeTerms)) -> bool {
    proceedings.lines().values().any(|line| !line.ended) && now < claimed_at.saturating_add(terms.window / 2)
}

impl<'a> Prosecution<'a> {
    /// Of a claim that says something else than what was found.
    pub(crate) const fn new(desk: &'a Desk, kernel: &'a Kernel, finding: Finding, terms: DisputeTerms) -> Self {
        Self { desk, kernel, finding, terms, opened: None, told: None, announced: None, late: false }
    }

    /// One move, or a wait for the next block: challenges, asks, refutes; convicts whoever is silent.
    pub(crate) async fn step(&mut self, proceedings: &Proceedings, record: &Claim) -> Result<(), CaseError> {
        let (desk, disputes, claim) = (self.desk, self.desk.client.disputes(), proceedings.claim());
        let Clock { head, now } = desk.clock().await?;
        // A second thread takes a second bond.
        let unseen = self.opened.is_some_and(|thread| !proceedings.lines().contains_key(&thread));
        let next = if unseen { None } else { self.next(proceedings).await? };
        let sent = match next {
            None | Some(Move::Nothing) => return self.wait().await,
            Some(Move::Open(_)) if head > record.claimedAt.saturating_add(self.terms.window) => {
                if !std::mem::replace(&mut self.late, true) {
                    tracing::error!(%claim, "the claim is wrong, and cannot be challenged any more");
                }
                return self.wait().await;
            }
            Some(Move::Open(_)) if leaves_to_others(proceedings, head, (record.claimedAt, &self.terms)) => {
                return self.wait().await;
            }
            Some(Move::Open(tree)) => return Ok(self.open(claim, tree).await?),
            Some(Move::Await { tree, node, deadline }) if now > deadline => {
                let (level, index) = (node.level, node.index);
                tracing::info!(%claim, ?tree, level, index, "nobody answered for the claim: convicting its worker");
                disputes.convict_silent(claim, (tree, node)).await
            }
            Some(Move::Await { .. }) => return self.wait().await,
            Some(Move::Descend { thread, values, child }) => {
                tracing::info!(%claim, %thread, child, of = values.len(), "what differs first is further down: asking on");
                disputes.descend(thread, values, child).await
            }
            Some(Move::Turn { thread }) => {
                tracing::info!(%claim, %thread, "the trace is right, the answer is another: asking for that");
                disputes.turn_to_answer(thread).await
            }
            Some(Move::Refute(refutation)) => {
                let announced = &mut self.announced;
                return Ok(refute(desk, proceedings, (&refutation, announced), self.terms.hold).await?);
            }
        };
        desk.decided(sent).await?;
        Ok(())
    }

    async fn wait(&self) -> Result<(), CaseError> {
        self.desk.next_block().await;
        Ok(())
    }

    /// What to do, if necessary after a look at the work. `None` where that cannot be had.
    async fn next(&mut self, proceedings: &Proceedings) -> Result<Option<Move>, CaseError> {
        let me = self.desk.me;
        if let Some(foreseen) = Move::foreseen(&self.finding, proceedings, me) {
            return Ok(Some(foreseen));
        }
        let events = proceedings.events().len();
        if let Some((_, told)) = self.told.as_ref().filter(|(after, _)| *after == events) {
            return Ok(Some(told.clone()));
        }
        let known = proceedings.clone();
        let look = move |model: &LocalModel, trace: &[u8]| {
            Challenge::of(model.model(), trace).map(|challenge| challenge.next(&known, me))
        };
        let told = self.kernel.look(self.desk, proceedings, look).await?;
        self.told = told.clone().map(|told| (events, told));
        Ok(told)
    }

    async fn open(&mut self, claim: B256, tree: Tree) -> Result<(), Error> {
        let thread = match self.desk.client.disputes().challenge(claim, tree).await {
            Err(error @ Error::Unconfirmed { .. }) => Disputes::opened(&self.desk.decided(Err(error)).await?)?,
            opened => opened?,
        };
        tracing::info!(%claim, %thread, ?tree, "challenged: the worker has to show what it computed");
        self.opened = Some(thread);
        Ok(())
    }
}

/// Refutes a claim, or takes a step towards it. Where no thread counts as being at the place, the refutation is announced first,
/// unless one of the account's own only has to be there for a little longer.
pub(crate) async fn refute(
    desk: &Desk,
    proceedings: &Proceedings,
    (refutation, announced): (&Refutation, &mut Option<B256>),
    hold: u64,
) -> Result<(), Error> {
    let (disputes, claim) = (desk.client.disputes(), proceedings.claim());
    let missing = match desk.decided(disputes.refute(claim, refutation).await).await {
        Err(Error::Disputes(IDisputesErrors::NotAnnounced(missing))) => missing.announcement,
        refuted => {
            refuted?;
            let (place, bytes) = (refutation.place, refutation.proof.len());
            let (op, element) = (place.op, place.element);
            tracing::info!(%claim, op, element, bytes, "refuted: the chain finds this element wrong, too");
            return Ok(());
        }
    };
    if *announced == Some(missing) || just_came(desk, proceedings, hold).await? {
        tracing::debug!(%claim, "the refutation has to wait for a few seconds");
        desk.next_block().await;
        return Ok(());
    }
    desk.decided(disputes.announce(claim, refutation).await).await?;
    tracing::info!(%claim, "announced a refutation: no thread counts as being at its place");
    *announced = Some(missing);
    Ok(())
}

/// Whether a thread of the account's own has been where it is for less than `hold` seconds.
async fn just_came(desk: &Desk, proceedings: &Proceedings, hold: u64) -> Result<bool, Error> {
    let head = desk.client.head_time().await?;
    for (thread, _) in proceedings.running(desk.me) {
        if head <= desk.client.disputes().thread(thread).await?.movedAt.saturating_add(hold) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gets the bonds of own threads back that the end of the claim left open, and whatever is credited. What fails keeps nothing else
/// from being done; it is called again then.
pub(crate) async fn settle(desk: &Desk, proceedings: &mut Proceedings) -> Result<(), Error> {
    let disputes = desk.client.disputes();
    disputes.follow(proceedings).await?;
    let mut settled = Ok(());
    for (thread, _) in proceedings.running(desk.me) {
        match disputes.release(thread).await {
            Ok(_) | Err(Error::Disputes(IDisputesErrors::ThreadEnded(_))) => {}
            Err(error) => settled = Err(error),
        }
    }
    desk.collect().await.and(settled)
}

#[cfg(test)]
mod tests;
