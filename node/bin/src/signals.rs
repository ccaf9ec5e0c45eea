//! Being told to stop.

use crate::open;
use eyre::{Result, WrapErr};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a process that a signal ended returns, by convention, above the signal's number.
const SIGNALLED: i32 = 128;

/// SIGHUP (the terminal went away), SIGINT and SIGTERM, caught from the moment this exists.
#[derive(Debug)]
pub(crate) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// # Errors
    /// Outside a tokio runtime, or when the system refuses.
    pub(crate) fn catch() -> Result<Self> {
        let catch = |kind| signal(kind).wrap_err("cannot catch signals");
        Ok(Self {
            hangup: catch(SignalKind::hangup())?,
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
        })
    }

    /// Resolves when one of them came, which is logged.
    pub(crate) async fn stop(&mut self) {
        let (name, _) = self.next().await;
        tracing::info!(signal = name, "stopping; another signal ends this at once");
    }

    /// From now on the next of them ends the process at once.
    pub(crate) fn exit_on_next(mut self) {
        tokio::spawn(async move {
            let (name, kind) = self.next().await;
            tracing::warn!(signal = name, "ending at once");
            open::end_at_once(SIGNALLED + kind.as_raw_value());
        });
    }

    async fn next(&mut self) -> (&'static str, SignalKind) {
        tokio::select! {
            _ = self.hangup.recv() => ("SIGHUP", SignalKind::hangup()),
            _ = self.interrupt.recv() => ("SIGINT", SignalKind::interrupt()),
            _ = self.terminate.recv() => ("SIGTERM", SignalKind::terminate()),
        }
    }
}
