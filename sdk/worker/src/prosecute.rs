//! A dispute with a claim that was found wrong, played to its end. Nothing of it is journalled: whose move it is, the chain says.

use alloy::primitives::B256;
use edgeloom_bindings::IDisputes::{IDisputesErrors, Phase};
use edgeloom_sdk::{Challenge, DisputeTerms, Error, Move, Proceedings};

use crate::desk::{Desk, pause_for};

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The claim is closed.
    Closed(Phase),
    /// Nothing differs any more: the worker committed to what is right.
    Agreed,
    /// It cannot be challenged any more.
    Late,
}

/// Others' threads, and whether one still waits for them: a second bond is worth nothing while somebody else plays well, but who
/// asks may be the worker's friend, and stall.
fn leaves_to_others(
    proceedings: &Proceedings,
    desk: &Desk,
    (now, claimed_at): (u64, u64),
    terms: &DisputeTerms,
) -> bool {
    let mut running = proceedings.lines().values().filter(|line| !line.ended).peekable();
    let own = running.clone().any(|line| line.challenger == desk.me);
    !own && running.peek().is_some() && now < claimed_at.saturating_add(terms.window / 2)
}

/// Challenges, asks, refutes; convicts whoever is silent.
pub(crate) async fn see_through(
    desk: &Desk,
    challenge: &Challenge<'_>,
    proceedings: &mut Proceedings,
) -> Result<Ending, Error> {
    let claim = proceedings.claim();
    let terms = desk.client.disputes().terms().await?;
    loop {
        match step(desk, challenge, proceedings, &terms).await {
            Ok(Some(Ending::Closed(phase))) => {
                settle(desk, proceedings).await?;
                return Ok(Ending::Closed(phase));
            }
            Ok(Some(ending)) => return Ok(ending),
            Ok(None) => {}
            Err(Error::Disputes(IDisputesErrors::TooLate(_))) => return Ok(Ending::Late),
            Err(error) => pause_for(claim, "disputing", &error).await,
        }
    }
}

/// One move, or a wait for the next block.
async fn step(
    desk: &Desk,
    challenge: &Challenge<'_>,
    proceedings: &mut Proceedings,
    terms: &DisputeTerms,
) -> Result<Option<Ending>, Error> {
    let (disputes, claim) = (desk.client.disputes(), proceedings.claim());
    let (record, now) = futures::try_join!(disputes.get(claim), desk.now())?;
    disputes.follow(proceedings).await?;
    if record.phase != Phase::Open {
        return Ok(Some(Ending::Closed(record.phase)));
    }
    match challenge.next(proceedings, desk.me) {
        Move::Nothing => return Ok(Some(Ending::Agreed)),
        Move::Open(_) if leaves_to_others(proceedings, desk, (now, record.claimedAt), terms) => desk.next_block().await,
        Move::Open(tree) => {
            let thread = disputes.challenge(claim, tree).await?;
            tracing::info!(%claim, %thread, ?tree, "challenged: the worker has to show what it computed");
        }
        Move::Await { tree, node, deadline } if now > deadline => {
            tracing::info!(%claim, ?tree, level = node.level, index = node.index, "the worker was silent: convicting it");
            disputes.convict_silent(claim, (tree, node)).await?;
        }
        Move::Await { .. } => desk.next_block().await,
        Move::Descend { thread, values, child } => {
            tracing::info!(%claim, %thread, child, of = values.len(), "what differs first is further down: asking on");
            disputes.descend(thread, values, child).await?;
        }
        Move::Refute(refutation) => {
            let (place, bytes) = (refutation.place, refutation.proof.len());
            match disputes.refute(claim, &refutation, B256::ZERO).await {
                Ok(_) => {
                    let (op, element) = (place.op, place.element);
                    tracing::info!(%claim, op, element, bytes, "refuted: the chain finds this element wrong, too");
                }
                // A thread counts as being at a place only some seconds after it came there.
                Err(Error::Disputes(IDisputesErrors::NotAnnounced(_))) => {
                    tracing::debug!(%claim, "the thread has not been here for long enough yet");
                    desk.next_block().await;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

/// Gets the bonds of own threads back that the end of the claim left open, and whatever is credited.
async fn settle(desk: &Desk, proceedings: &mut Proceedings) -> Result<(), Error> {
    let disputes = desk.client.disputes();
    disputes.follow(proceedings).await?;
    for (thread, line) in proceedings.lines() {
        if line.challenger == desk.me && !line.ended {
            disputes.release(*thread).await?;
        }
    }
    desk.collect().await
}
