//! One audit, from the draw to whatever the claim deserves. Each step asks the chain what is done already, so that any can be the
//! first after a restart; what was found is in the journal before anybody sees its hash.

use std::sync::Arc;

use alloy::primitives::B256;
use edgeloom_bindings::{
    IAudits::{Audit, IAuditsErrors},
    IBeacon::IBeaconErrors,
    IDisputes::Phase,
};
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{Challenge, Error, Finding, LocalModel, Proceedings, Testimony};
use tokio::task::spawn_blocking;

use super::Auditor;
use crate::{
    crash,
    desk::{CaseError, pause_for},
    journal::{Record, Testifying},
    prosecute::{self, Ending},
};

/// One claim under audit.
pub(super) struct Case<'a> {
    auditor: &'a Auditor,
    claim: B256,
    /// What was found before a restart.
    known: Option<Testifying>,
}

/// An auditor's own computation of what was claimed.
struct Evidence {
    model: Arc<LocalModel>,
    trace: Vec<u8>,
    proceedings: Proceedings,
}

impl<'a> Case<'a> {
    pub(super) const fn new(auditor: &'a Auditor, claim: B256, known: Option<Testifying>) -> Self {
        Self { auditor, claim, known }
    }

    /// From wherever it stands to its end. After an error of the connection it is called again.
    pub(super) async fn see_through(&mut self) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let Some((audit, committee, place)) = self.drawn().await? else { return Ok(()) };
        tracing::info!(%claim, place, members = committee.len(), "drawn to audit a claim");
        let Some(mut evidence) = self.compute().await? else { return Ok(()) };
        let (model, trace) = (Arc::clone(&evidence.model), std::mem::take(&mut evidence.trace));
        let lengths = || CaseError::Kernel("the trace has another length than the model's".to_owned());
        let challenge = Challenge::of(model.model(), &trace).ok_or_else(lengths)?;
        let (output_root, trace_root) = (challenge.output_root(), challenge.trace_root());
        let found = match self.known.clone() {
            Some(found) => found,
            None => {
                let found = Testifying { output_root, trace_root, salt: B256::random() };
                desk.journal.record(Record::Testifying { claim, testifying: found.clone() }).await?;
                crash::after("testifying");
                self.known = Some(found.clone());
                found
            }
        };
        match challenge.subject(&evidence.proceedings) {
            None => tracing::info!(%claim, answer = %output_root, "the claim is right"),
            Some(tree) => tracing::warn!(%claim, answer = %output_root, differs = ?tree, "the claim is WRONG"),
        }
        if self.commit(&found).await? {
            self.attest(&audit, (committee.len(), place), &found).await?;
        }
        self.dispute(&challenge, &mut evidence.proceedings).await?;
        self.judge_members(&committee, place).await?;
        self.collect().await?;
        desk.journal.record(Record::AuditEnded { claim }).await?;
        Ok(())
    }

    /// The audit, its committee and this auditor's place in it. `None` where it has none, or the audit is over.
    async fn drawn(&self) -> Result<Option<(Audit, Vec<usize>, usize)>, CaseError> {
        let desk = &self.auditor.desk;
        let audits = desk.client.audits();
        let turn = audits.terms().await?.turn;
        loop {
            let (audit, seat, now) =
                futures::try_join!(audits.get(self.claim), audits.seat_of(self.auditor.key_id), desk.now())?;
            let late = now > audit.requestedAt.saturating_add(2 * turn);
            if self.known.is_none() && (late || seat.since > audit.epoch) {
                return Ok(None);
            }
            match audits.committee_of(self.claim).await {
                Ok(committee) => {
                    let place = usize::try_from(seat.place).unwrap_or(usize::MAX);
                    return Ok(committee.contains(&place).then_some((audit, committee, place)));
                }
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

    /// Computes what was claimed. `None` where the input or the model cannot be had.
    async fn compute(&self) -> Result<Option<Evidence>, CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let proceedings = desk.client.disputes().proceedings(claim, 0).await?;
        let Some(claimed) = proceedings.claimed() else {
            tracing::error!(%claim, "the node has no log of the claim");
            return Ok(None);
        };
        let input = claimed.input.clone();
        if Blob::of(&input).root != claimed.inputRoot.0 {
            tracing::warn!(%claim, bytes = input.len(), "the input was not published with the claim: cannot audit it");
            return Ok(None);
        }
        let model = match desk.shelf.disputed(&desk.client, claimed.modelId).await {
            Ok(model) => model,
            Err(error) => {
                tracing::warn!(%claim, model = %claimed.modelId, %error, "the model cannot be had: see --models");
                return Ok(None);
            }
        };
        let _alone = self.auditor.kernel.lock().await;
        let kernel = Arc::clone(&model);
        let run = spawn_blocking(move || kernel.trace(&input)).await;
        match run.map_err(|panicked| CaseError::Kernel(panicked.to_string()))? {
            Ok(trace) => Ok(Some(Evidence { model, trace, proceedings })),
            Err(fault) => {
                tracing::warn!(%claim, %fault, "what was published is no input of the model: cannot audit it");
                Ok(None)
            }
        }
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
                Err(Error::Audits(error)) => {
                    tracing::warn!(%claim, ?error, "not committed");
                    return Ok(false);
                }
                Err(error) => pause_for(claim, "committing", &error).await,
            }
        }
    }

    /// Shows what was found, once nobody can copy it any more.
    async fn attest(
        &self,
        audit: &Audit,
        (members, place): (usize, usize),
        found: &Testifying,
    ) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let audits = desk.client.audits();
        let signed = finding(found).sign(&self.auditor.key, claim, (desk.client.chain_id(), audit.epoch));
        let signature = signed.ok_or_else(|| CaseError::Kernel("the auditors' set has no name".to_owned()))?;
        let own = Testimony { place, salt: found.salt, signature };
        let turn = audits.terms().await?.turn;
        loop {
            let (newest, now) = futures::try_join!(audits.get(claim), desk.now())?;
            if (newest.committed as usize) < members && now <= newest.requestedAt.saturating_add(turn) {
                desk.next_block().await;
                continue;
            }
            match audits.attest(claim, &finding(found), &[own]).await {
                Ok(_) => {
                    crash::after("attest-sent");
                    tracing::info!(%claim, "attested to what was found");
                    return Ok(());
                }
                Err(Error::Audits(IAuditsErrors::Attested(_))) => return Ok(()),
                Err(Error::Audits(IAuditsErrors::TooEarly(_))) => desk.next_block().await,
                Err(Error::Audits(error)) => {
                    tracing::warn!(%claim, ?error, "not attested");
                    return Ok(());
                }
                Err(error) => pause_for(claim, "attesting", &error).await,
            }
        }
    }

    /// Challenges a wrong claim, and waits for the end of any.
    async fn dispute(&self, challenge: &Challenge<'_>, proceedings: &mut Proceedings) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let disputes = desk.client.disputes();
        loop {
            match disputes.get(claim).await {
                Ok(record) if record.phase != Phase::Open => {
                    tracing::info!(%claim, phase = ?record.phase, reason = ?record.reason, "the claim is closed");
                    return Ok(());
                }
                Ok(_) => {}
                Err(error) => {
                    pause_for(claim, "reading the claim", &error).await;
                    continue;
                }
            }
            disputes.follow(proceedings).await?;
            if challenge.subject(proceedings).is_none() {
                desk.next_block().await;
                continue;
            }
            match prosecute::see_through(desk, challenge, proceedings).await {
                Ok(Ending::Late) => {
                    tracing::error!(%claim, "the claim is wrong, and cannot be challenged any more");
                    return Ok(());
                }
                Ok(Ending::Agreed | Ending::Closed(_)) => {}
                Err(error) => pause_for(claim, "disputing", &error).await,
            }
        }
    }

    /// Has members slashed who attested to something else than what was shown.
    async fn judge_members(&self, committee: &[usize], own: usize) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let audits = desk.client.audits();
        for place in committee.iter().copied().filter(|place| *place != own) {
            match audits.contradict(claim, place).await {
                Ok(_) => tracing::warn!(%claim, place, "what became of the claim contradicts a member: slashed"),
                Err(error) if error.is_revert() => tracing::debug!(%claim, place, %error, "nothing against a member"),
                Err(error) => tracing::warn!(%claim, place, %error, "cannot tell on a member now"),
            }
        }
        self.withdraw().await
    }

    /// Ends the audit when its time is over, so that its fee is shared.
    async fn collect(&self) -> Result<(), CaseError> {
        let (claim, desk) = (self.claim, &self.auditor.desk);
        let audits = desk.client.audits();
        let turn = audits.terms().await?.turn;
        loop {
            let (audit, now) = futures::try_join!(audits.get(claim), desk.now())?;
            if audit.closed {
                return self.withdraw().await;
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

    async fn withdraw(&self) -> Result<(), CaseError> {
        let audits = self.auditor.desk.client.audits();
        if !audits.credit_of(self.auditor.desk.me).await?.is_zero() {
            audits.withdraw().await?;
        }
        Ok(())
    }
}

const fn finding(found: &Testifying) -> Finding {
    Finding { output_root: found.output_root, trace_root: found.trace_root }
}
