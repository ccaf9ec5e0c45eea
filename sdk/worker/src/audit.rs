//! A staked auditor: it takes a seat, follows what audits are asked for, and sees those through for which chance draws it.

mod case;
mod key;
mod seat;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use alloy::{
    primitives::{Address, B256},
    signers::local::PrivateKeySigner,
};
use edgeloom_bindings::IAudits::IAuditsEvents;
use edgeloom_bls::SecretKey;
use edgeloom_sdk::Error;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Config,
    desk::{CaseError, Desk, pause_for},
    kernel::Kernel,
};
use case::Case;

/// Blocks before the newest in which audits are looked for at start. What was asked for earlier is too late to be seen through,
/// unless the journal has it.
const LOOK_BACK: u64 = 10_000;

/// How to audit.
#[derive(Clone, Debug, clap::Args)]
pub struct AuditOrder {
    /// File with the key that attests, 32 bytes in hexadecimal digits; with --enlist it is made where there is none
    #[arg(long, value_name = "FILE")]
    pub bls_key: PathBuf,
    /// Folder with ID.eig for each model that is not on chain
    #[arg(long, value_name = "DIR")]
    pub models: Option<PathBuf>,
    /// Take a seat where the key has none, for its deposit
    #[arg(long)]
    pub enlist: bool,
}

/// An account with a seat.
#[derive(Debug)]
pub(crate) struct Auditor {
    pub(crate) desk: Desk,
    pub(crate) key: SecretKey,
    pub(crate) key_id: B256,
    pub(crate) kernel: Kernel,
}

/// Who audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Seated {
    pub auditor: Address,
    pub key: B256,
    pub place: u64,
}

/// An auditor that holds its data directory and its seat.
#[derive(Debug)]
pub struct Audit {
    auditor: Arc<Auditor>,
    unfinished: BTreeSet<B256>,
    journalled: crate::journal::Ledger,
    seated: Seated,
}

impl Audit {
    /// Opens the directory and, when told, takes a seat and has the set sealed.
    ///
    /// # Errors
    /// [`CaseError`] says what is missing.
    pub async fn start(config: &Config, order: &AuditOrder, signer: PrivateKeySigner) -> Result<Self, CaseError> {
        let (mut desk, journalled) = Desk::open(config, signer).await?;
        desk.shelf = desk.shelf.beside(order.models.clone());
        let key = key::open(&order.bls_key, order.enlist)?;
        let (key_id, place) = seat::take(&desk, &key, order.enlist).await?;
        let seated = Seated { auditor: desk.me, key: key_id, place };
        let auditor = Arc::new(Auditor { desk, key, key_id, kernel: Kernel::default() });
        Ok(Self { auditor, unfinished: journalled.audits.keys().copied().collect(), journalled, seated })
    }

    /// Who audits.
    #[must_use]
    pub const fn seated(&self) -> Seated {
        self.seated
    }

    /// Follows audits until `stop` becomes true. What is under way goes on at the next start.
    ///
    /// # Errors
    /// [`CaseError::Journal`] when the disk fails: who cannot write down what it found must not say it.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), CaseError> {
        let Self { auditor, unfinished, journalled, .. } = self;
        let head = *auditor.desk.client.heads().borrow();
        let mut next = head.saturating_sub(LOOK_BACK);
        let mut docket = Docket { running: unfinished.clone(), again: BTreeSet::new() };
        let mut cases = JoinSet::new();
        for claim in unfinished {
            spawn(&mut cases, &auditor, claim, journalled.audits.get(&claim).cloned());
        }
        while !*stop.borrow() {
            seat::keep_sealed(&auditor).await;
            match requested(&auditor, &mut next).await {
                Ok(claims) => {
                    for claim in claims.into_iter().filter(|claim| docket.asked(*claim)) {
                        spawn(&mut cases, &auditor, claim, None);
                    }
                }
                Err(error) => tracing::warn!(%error, "cannot look for audits now"),
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                Some(done) = cases.join_next() => {
                    let claim = finished(done)?;
                    if docket.ended(claim) {
                        spawn(&mut cases, &auditor, claim, None);
                    }
                }
                () = auditor.desk.next_block() => {}
            }
        }
        Ok(())
    }
}

/// Which claims are looked at. Whoever asks once more for an audit gives it another hour, and has the claim looked at again.
#[derive(Debug, Default)]
struct Docket {
    running: BTreeSet<B256>,
    /// Asked for while they were looked at.
    again: BTreeSet<B256>,
}

impl Docket {
    /// Whether to begin now.
    fn asked(&mut self, claim: B256) -> bool {
        let is_new = self.running.insert(claim);
        if !is_new {
            self.again.insert(claim);
        }
        is_new
    }

    /// Whether to begin again.
    fn ended(&mut self, claim: B256) -> bool {
        self.running.remove(&claim);
        self.again.remove(&claim) && self.asked(claim)
    }
}

type Done = (B256, Result<(), CaseError>);

fn spawn(cases: &mut JoinSet<Done>, auditor: &Arc<Auditor>, claim: B256, known: Option<crate::journal::Testifying>) {
    let auditor = Arc::clone(auditor);
    cases.spawn(async move {
        let mut case = Case::new(&auditor, claim, known);
        loop {
            match case.see_through().await {
                Err(error) if case.goes_on(&error) => match error {
                    CaseError::Chain(error) => pause_for(claim, "auditing", &error).await,
                    error => {
                        tracing::error!(%claim, %error, "an audit does not go on for now; trying again");
                        auditor.desk.next_block().await;
                    }
                },
                done => return (claim, done),
            }
        }
    });
}

fn finished(done: Result<Done, tokio::task::JoinError>) -> Result<B256, CaseError> {
    match done {
        Ok((claim, Ok(()))) => Ok(claim),
        Ok((_, Err(error @ CaseError::Journal(_)))) => Err(error),
        Ok((claim, Err(error))) => {
            tracing::error!(%claim, %error, "an audit was given up");
            Ok(claim)
        }
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// Claims of which an audit was asked for since.
async fn requested(auditor: &Auditor, next: &mut u64) -> Result<Vec<B256>, Error> {
    let (events, read_to) = auditor.desk.client.audits().since(*next).await?;
    *next = read_to;
    let claims = events.into_iter().filter_map(|found| match found.event {
        IAuditsEvents::AuditRequested(asked) => Some(asked.claimId),
        _ => None,
    });
    Ok(claims.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_is_looked_at_again_once() {
        let (mut docket, claim) = (Docket::default(), B256::repeat_byte(1));
        assert!(docket.asked(claim), "nobody looks at it");
        assert!(!docket.asked(claim) && !docket.asked(claim), "somebody does");
        assert!(docket.ended(claim), "it was asked for meanwhile");
        assert!(!docket.asked(B256::repeat_byte(1)), "it is looked at again");
        assert!(docket.ended(claim));
        assert!(!docket.ended(claim), "nobody asked");
        assert!(docket.asked(claim), "until somebody does");
    }
}
