//! What an operator has run for a lease: a program, called with `fit`, `start` or `stop`. It has a minute; success is exit status 0.
//!
//! H1 `fit` says whether this machine can serve the lease. H2 `start` makes the machine usable, and `stop` takes it away again: each is called
//! again after a crash, and finds nothing to do then. H3 `start` is done before the lease begins, so that no second is paid for that is not
//! served. H4 `stop` is called when the lease has ended, or is exhausted: a program that wants to be sure, also where this machine fails, stops by
//! itself at `EDGELOOM_LEASE_UNTIL`.

use std::{path::Path, process::Stdio, time::Duration};

use edgeloom_sdk::Lease;
use tokio::{process::Command, time::timeout};

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Fit,
    Start,
    Stop,
}

impl Verb {
    const fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Start => "start",
            Self::Stop => "stop",
        }
    }
}

/// What is to be done for which lease.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) verb: Verb,
    pub(super) lease: &'a Lease,
    /// Where what is to run is kept, as its requester published it.
    pub(super) spec: &'a Path,
    /// The first second that is not paid for, Unix seconds; 0 while nobody knows.
    pub(super) until: u64,
}

/// Whether the program succeeded.
pub(super) async fn run(program: &Path, Call { verb, lease, spec, until }: Call<'_>) -> bool {
    let mut command = Command::new(program);
    command.arg(verb.name()).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command.env("EDGELOOM_LEASE", lease.number.to_string());
    command.env("EDGELOOM_LEASE_SUBJECT", lease.terms.subject.to_string());
    command.env("EDGELOOM_LEASE_REQUESTER", lease.terms.requester.to_string());
    command.env("EDGELOOM_LEASE_SPEC", spec);
    command.env("EDGELOOM_LEASE_UNTIL", until.to_string());
    let (lease, verb) = (lease.number, verb.name());
    match timeout(PATIENCE, command.status()).await {
        Ok(Ok(status)) if status.success() => return true,
        Ok(Ok(status)) => tracing::warn!(%lease, verb, %status, "leases: the program failed"),
        Ok(Err(error)) => tracing::error!(%lease, verb, %error, "leases: the program does not start"),
        Err(_) => tracing::error!(%lease, verb, "leases: the program takes longer than a minute"),
    }
    false
}
