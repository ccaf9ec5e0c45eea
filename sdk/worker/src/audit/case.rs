//! One audit, from the draw to whatever the claim deserves. Each step asks the chain what is done already, so that any can be the
//! first after a restart; what was found is in the journal before anybody sees its hash. Who attested to a claim answers for it: it
//! loses its seat where everybody is silent.

use alloy::primitives::B256;
use edgeloom_bindings::{
    IAudits::{Audit, IAuditsErrors},
    IBeacon::IBeaconErrors,
    IDisputes::{Claim, Phase, Tree},
};
use edgeloom_edge_proof::{Blob, Node};
use edgeloom_sdk::{Defence, DisputeTerms, Error, Finding, Proceedings, Testimony};

use super::Auditor;
use crate::{
    crash,
    desk::{CaseError, Clock, paid, pause_for, salt},
    journal::{Record, Testifying},
    prosecute::{self, Prosecution},
};

/// One claim under audit.
pub(super) struct Case<'a> {
    auditor: &'a Auditor,
    claim: B256,
    /// What was found before a restart.
    known: Option<Testifying>,
}

/// A committee that has this auditor.
struct Drawn {
    audit: Audit,
    committee: Vec<usize>,
    place: usize,
}

/// Why a claim is not watched any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    Over,
    AskedAgain,
}

impl<'a> Case<'a> {
    pub(super) const fn new(auditor: &'a Auditor, claim: B256, known: Option<Testifying>) -> Self {
        Self { auditor, claim, known }
    }

    /// Whether the case goes on after an error.
    pub(super) const fn goes_on(&self, error: &CaseError) -> bool {
        goes_on(error, self.known.is_some())
    }

    /// From wherever it stands to its end. It is called again after an error, if it goes on.
    pub(super) async fn see_through(&mut self) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let drawn = self.drawn().await?;
        if let (None, None) = (&drawn, &self.known) {
            return Ok(());
        }
        let mut proceedings = desk.client.disputes().proceedings(claim, 0).await?;
        let found = match self.known.clone() {
            Some(found) => found,
            None => match self.find(&proceedings).await? {
                Some(found) => found,
                None => return Ok(()),
            },
        };
        let terms = desk.client.disputes().terms().await?;
        let mut prosecution = Prosecution::new(desk, &self.auditor.kernel, finding(&found), terms);
        loop {
            let attested = match &drawn {
                Some(drawn) => self.testify(drawn, &found, (&mut proceedings, &mut prosecution)).await?,
                // It may have been.
                None => true,
            };
            if self.watch(&finding(&found), (&mut proceedings, &mut prosecution), attested).await? == Watched::Over {
                break;
            }
            tracing::info!(%claim, "somebody asked for the audit again: there is another hour to commit");
        }
        while let Err(error) = prosecute::settle(desk, &mut proceedings).await {
            pause_for(claim, "getting bonds back", &error).await;
        }
        if let Some(Drawn { committee, place, .. }) = &drawn {
            self.judge_members(committee, *place).await;
        }
        self.collect().await?;
        desk.journal.record(Record::AuditEnded { claim }).await?;
        Ok(())
    }

    /// The audit, its committee and this auditor's place in it. `None` where it has none, or the audit is over.
    async fn drawn(&self) -> Result<Option<Drawn>, CaseError> {
        let desk = &self.auditor.desk;
        let audits = desk.client.audits();
        let turn = audits.terms().await?.turn;
        loop {
            let (audit, seat, Clock { head, .. }) =
                futures::try_join!(audits.get(self.claim), audits.seat_of(self.auditor.key_id), desk.clock())?;
            let late = head > audit.requestedAt.saturating_add(2 * turn);
            if self.known.is_none() && (late || seat.since > audit.epoch) {
                return Ok(None);
            }
            match audits.committee_of(self.claim).await {
                Ok(committee) => {
                    let place = usize::try_from(seat.place).unwrap_or(usize::MAX);
                    let members = committee.len();
                    let drawn = committee.contains(&place).then_some(Drawn { audit, committee, place });
                    if drawn.is_some() {
                        tracing::info!(claim = %self.claim, place, members, "drawn to audit a claim");
                    }
                    return Ok(drawn);
                }
                // Nobody was drawn in time, and nobody will be.
                Err(error) if late && error.is_revert() => return Ok(None),
                Err(Error::Beacon(IBeaconErrors::NotRecorded(missing))) => {
                    self.record(missing.height.saturating_to()).await
                }
                Err(Error::Beacon(IBeaconErrors::NotYet(_))) => desk.next_block().await,
                Err(error) => pause_for(self.claim, "drawing the committee", &error).await,
            }
        }
    }

    /// Shows the contract the header of the block that draws, where nobody has.
    async fn record(&self, height: u64) {
        let desk = &self.auditor.desk;
        // The contract knows a block's hash from the next block on.
        if *desk.client.heads().borrow() <= height {
            return desk.next_block().await;
        }
        match desk.client.beacon().record(height).await {
            Ok(_) => tracing::info!(claim = %self.claim, height, "recorded the block that draws the committee"),
            Err(error) => pause_for(self.claim, "recording a block's header", &error).await,
        }
    }

    /// Computes what was claimed, and journals what came of it. `None` where it cannot be computed.
    async fn find(&mut self, proceedings: &Proceedings) -> Result<Option<Testifying>, CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let roots = self.auditor.kernel.look(desk, proceedings, |model, trace| {
            Some(model.model().plan().work(trace)?.map(|bytes| B256::from(Blob::of(bytes).root)))
        });
        let Some(roots) = roots.await? else { return Ok(None) };
        let found = Testifying { output_root: roots.output, trace_root: roots.trace, salt: salt() };
        match finding(&found).dispute(proceedings) {
            None => tracing::info!(%claim, answer = %found.output_root, "the claim is right"),
            Some(tree) => tracing::warn!(%claim, answer = %found.output_root, differs = ?tree, "the claim is WRONG"),
        }
        desk.journal.record(Record::Testifying { claim, testifying: found.clone() }).await?;
        crash::after("testifying");
        self.known = Some(found.clone());
        Ok(Some(found))
    }

    /// Commits, and attests, unless that is done. Whether this auditor has attested.
    async fn testify(
        &self,
        drawn: &Drawn,
        found: &Testifying,
        sides: (&mut Proceedings, &mut Prosecution<'_>),
    ) -> Result<bool, CaseError> {
        // When it is too late for either, the chain does not say that it is done.
        let vote = self.auditor.desk.client.audits().vote_of(self.claim, drawn.place).await?;
        if !vote.traceRoot.is_zero() {
            return Ok(true);
        }
        let committed = !vote.commitment.is_zero() || self.commit(found).await?;
        Ok(committed && self.attest(drawn, found, sides).await?)
    }

    /// Whether the commitment is on chain.
    async fn commit(&self, found: &Testifying) -> Result<bool, CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let commitment = finding(found).commitment(claim, desk.me, found.salt);
        loop {
            match desk.client.audits().commit(claim, self.auditor.key_id, commitment).await {
                Ok(_) => {
                    crash::after("commit-sent");
                    tracing::info!(%claim, "committed to what was found");
                    return Ok(true);
                }
                Err(Error::Audits(IAuditsErrors::Committed(_))) => return Ok(true),
                Err(Error::Beacon(IBeaconErrors::NotRecorded(missing))) => {
                    self.record(missing.height.saturating_to()).await
                }
                // It is too late for this only when the time to commit is over.
                Err(Error::Audits(IAuditsErrors::NoTrace(_))) => {
                    tracing::debug!(%claim, "the worker has not committed to its trace yet");
                    desk.next_block().await;
                }
                Err(Error::Audits(error)) => {
                    tracing::warn!(%claim, ?error, "not committed");
                    return Ok(false);
                }
                Err(error) => pause_for(claim, "committing", &error).await,
            }
        }
    }

    /// Shows what was found, once nobody can copy it any more; whether it was shown. A claim that is wrong is disputed meanwhile: whoever adds to the fee hour
    /// after hour does not put that off.
    async fn attest(
        &self,
        Drawn { audit, committee, place }: &Drawn,
        found: &Testifying,
        (proceedings, prosecution): (&mut Proceedings, &mut Prosecution<'_>),
    ) -> Result<bool, CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let (audits, disputes) = (desk.client.audits(), desk.client.disputes());
        let finding = finding(found);
        let signed = finding.sign(&self.auditor.key, claim, (desk.client.chain_id(), audit.epoch));
        let signature = signed.ok_or_else(|| CaseError::Kernel("the auditors' set has no name".to_owned()))?;
        let own = Testimony { place: *place, salt: found.salt, signature };
        let (turn, terms) = futures::try_join!(audits.terms(), disputes.terms())?;
        let turn = turn.turn;
        loop {
            let (newest, record, clock) = futures::try_join!(audits.get(claim), disputes.get(claim), desk.clock())?;
            disputes.follow(proceedings).await?;
            let agrees = finding.dispute(proceedings).is_none();
            if agrees && is_lost(&record, &proceedings.owed(), clock.head) {
                tracing::warn!(%claim, "nobody answered for the claim: attesting to it would cost the seat");
                return Ok(false);
            }
            let early = clock.now <= newest.requestedAt.saturating_add(turn);
            if (newest.committed as usize) < committee.len() && early {
                if agrees {
                    self.answer(proceedings, &terms).await?;
                    desk.next_block().await;
                } else if record.phase == Phase::Open {
                    prosecution.step(proceedings, &record).await?;
                } else {
                    desk.next_block().await;
                }
                continue;
            }
            match audits.attest(claim, &finding, &[own]).await {
                Ok(_) => {
                    crash::after("attest-sent");
                    tracing::info!(%claim, "attested to what was found");
                    return Ok(true);
                }
                Err(Error::Audits(IAuditsErrors::Attested(_))) => return Ok(true),
                Err(Error::Audits(IAuditsErrors::TooEarly(_))) => desk.next_block().await,
                Err(Error::Audits(error)) => {
                    tracing::warn!(%claim, ?error, "not attested");
                    return Ok(false);
                }
                Err(error) => pause_for(claim, "attesting", &error).await,
            }
        }
    }

    /// Disputes a claim that is wrong, answers for one that was `attested` to, and waits for the end of any, or for another hour to commit in.
    async fn watch(
        &self,
        found: &Finding,
        (proceedings, prosecution): (&mut Proceedings, &mut Prosecution<'_>),
        attested: bool,
    ) -> Result<Watched, CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let (disputes, audits) = (desk.client.disputes(), desk.client.audits());
        let (terms, audit_terms, audit) = futures::try_join!(disputes.terms(), audits.terms(), audits.get(claim))?;
        let abandoned_at = audit.requestedAt.saturating_add(audit_terms.unbonding);
        loop {
            let step = async {
                let (record, head) = futures::try_join!(disputes.get(claim), desk.client.head_time())?;
                disputes.follow(proceedings).await?;
                if record.phase != Phase::Open {
                    tracing::info!(%claim, phase = ?record.phase, reason = ?record.reason, "the claim is closed");
                    return Ok(Some(Watched::Over));
                }
                if !attested && audits.get(claim).await?.requestedAt > audit.requestedAt {
                    return Ok(Some(Watched::AskedAgain));
                }
                if head > abandoned_at && record.threads == 0 {
                    tracing::warn!(%claim, "nobody closes the claim, and nobody disputes it: leaving it");
                    return Ok(Some(Watched::Over));
                }
                match found.dispute(proceedings) {
                    Some(_) => prosecution.step(proceedings, &record).await?,
                    None if attested => {
                        self.answer(proceedings, &terms).await?;
                        desk.next_block().await;
                    }
                    None => desk.next_block().await,
                }
                Ok::<_, CaseError>(None)
            };
            match step.await {
                Ok(Some(why)) => return Ok(why),
                Ok(None) => {}
                Err(CaseError::Chain(error)) => pause_for(claim, "watching", &error).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Answers for the worker what it has let lie for too long.
    async fn answer(&self, proceedings: &Proceedings, terms: &DisputeTerms) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let nodes = neglected(&proceedings.owed(), (desk.client.head_time().await?, terms.turn));
        if nodes.is_empty() {
            return Ok(());
        }
        let answers = self.auditor.kernel.look(desk, proceedings, move |model, trace| {
            let defence = Defence::of(model.model().plan().work(trace)?);
            let answer = |(tree, node)| Some(((tree, node), defence.answer(tree, node)?));
            Some(nodes.into_iter().filter_map(answer).collect::<Vec<_>>())
        });
        for ((tree, node), answer) in answers.await?.unwrap_or_default() {
            let (level, index) = (node.level, node.index);
            match desk.decided(desk.client.disputes().answer(claim, (tree, node), &answer).await).await {
                Ok(_) => tracing::warn!(%claim, ?tree, level, index, "answered for a worker who was silent"),
                Err(error) if error.is_revert() => tracing::debug!(%claim, %error, "somebody else answered"),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Has members slashed who attested to what was refuted, or not answered for.
    async fn judge_members(&self, committee: &[usize], own: usize) {
        let (claim, audits) = (self.claim, self.auditor.desk.client.audits());
        for place in committee.iter().copied().filter(|place| *place != own) {
            loop {
                match audits.contradict(claim, place).await {
                    Ok(_) => tracing::warn!(%claim, place, "what became of the claim contradicts a member: slashed"),
                    Err(error) if error.is_revert() => {
                        tracing::debug!(%claim, place, %error, "nothing against a member")
                    }
                    Err(error) => {
                        pause_for(claim, "telling on a member", &error).await;
                        continue;
                    }
                }
                break;
            }
        }
    }

    /// Ends the audit when its time is over, so that its fee is shared.
    async fn collect(&self) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let audits = desk.client.audits();
        let turn = audits.terms().await?.turn;
        loop {
            let (audit, Clock { now, .. }) = futures::try_join!(audits.get(claim), desk.clock())?;
            if audit.closed {
                return Ok(self.withdraw().await?);
            }
            if now <= audit.requestedAt.saturating_add(2 * turn) {
                desk.next_block().await;
                continue;
            }
            match audits.close(claim).await {
                Ok(_) => tracing::info!(%claim, "ended the audit: its fee is shared"),
                Err(error) => pause_for(claim, "ending the audit", &error).await,
            }
        }
    }

    async fn withdraw(&self) -> Result<(), Error> {
        let audits = self.auditor.desk.client.audits();
        if audits.credit_of(self.auditor.desk.me).await?.is_zero() {
            return Ok(());
        }
        paid(audits.withdraw().await)
    }
}

/// Once something was found, a seat and perhaps a bond are at stake, and nothing ends the case but the journal's own errors; before,
/// what the chain or the kernel says for good.
const fn goes_on(error: &CaseError, found: bool) -> bool {
    match error {
        CaseError::Journal(_) => false,
        CaseError::Chain(error) => found || !error.is_revert(),
        _ => found,
    }
}

/// Nodes that nobody has answered for more than half of their time, and that still can be answered when the chain's time is `head`.
fn neglected(owed: &[(Tree, Node, u64)], (head, turn): (u64, u64)) -> Vec<(Tree, Node)> {
    let open = owed.iter().filter(|(_, _, deadline)| head <= *deadline && head > deadline.saturating_sub(turn / 2));
    open.map(|(tree, node, _)| (*tree, *node)).collect()
}

/// Whether a claim was found guilty, or will be: somebody asked for a node, and it is too late to answer.
fn is_lost(record: &Claim, owed: &[(Tree, Node, u64)], head: u64) -> bool {
    match record.phase {
        Phase::Open => owed.iter().any(|(_, _, deadline)| *deadline < head),
        phase => phase != Phase::Upheld,
    }
}

const fn finding(found: &Testifying) -> Finding {
    Finding { output_root: found.output_root, trace_root: found.trace_root }
}

#[cfg(test)]
mod tests;
