//! Open files: sockets and the store's files come out of one limit of the process. When it is reached the store fails.

use crate::server::ServeError;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Enough for every connection to this port and to peers, and for the store's files.
const ENOUGH: u64 = 4096;

/// The least that does: what the port may take, and as much again.
const LEAST: u64 = 2048;

/// Raises the limit as far as the system lets and the node can use.
///
/// # Errors
/// [`ServeError::Descriptors`] when that is too little.
pub(crate) fn raise() -> Result<(), ServeError> {
    let failed = |error: nix::Error| ServeError::Limits(error.into());
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(failed)?;
    if soft < ENOUGH.min(hard) {
        setrlimit(Resource::RLIMIT_NOFILE, ENOUGH.min(hard), hard).map_err(failed)?;
    }
    if hard < LEAST {
        return Err(ServeError::Descriptors { have: hard, least: LEAST });
    }
    Ok(())
}
