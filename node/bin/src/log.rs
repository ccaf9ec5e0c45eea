//! What this process tells of itself while it runs. Secrets are in types that do not print them.

use crate::arguments::{Log, LogFormat};
use eyre::{Result, WrapErr};
use std::{
    fs::File,
    io::{IsTerminal as _, stderr},
    sync::Arc,
};
use tracing_subscriber::{EnvFilter, fmt::writer::BoxMakeWriter};

/// Where neither the command line nor the environment says otherwise.
const USUAL: &str = "warn,edgeloom=info";

/// From here on events are logged.
///
/// # Errors
/// When the filter is none, or the file cannot be written.
pub(crate) fn start(log: &Log) -> Result<()> {
    let filter = match &log.filter {
        Some(filter) => EnvFilter::try_new(filter).wrap_err_with(|| format!("--log {filter}"))?,
        None => EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL)),
    };
    let (writer, is_terminal) = match &log.file {
        Some(path) => {
            // Appended to: a rotation may cut it short meanwhile.
            let file = File::options().create(true).append(true).open(path);
            let file = file.wrap_err_with(|| format!("cannot write {}", path.display()))?;
            (BoxMakeWriter::new(Arc::new(file)), false)
        }
        None => (BoxMakeWriter::new(stderr), stderr().is_terminal()),
    };
    // Standard error may be closed before this process ends: then there is nobody to complain to.
    let log_as = tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false);
    let log_as = log_as.with_ansi(is_terminal).with_writer(writer);
    match log.format.unwrap_or(LogFormat::Text) {
        LogFormat::Text => log_as.init(),
        LogFormat::Json => log_as.json().flatten_event(true).init(),
    }
    Ok(())
}
