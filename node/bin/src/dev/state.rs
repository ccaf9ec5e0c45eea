//! The state of a development chain in a file: `--state`, `--load-state`, `--dump-state`.

use crate::{arguments::Dev, durable};
use edgeloom_dev::Solo;
use eyre::{Result, WrapErr};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::sleep;

/// The file to begin with: that of `--state` need not be there yet.
pub(super) fn to_load(arguments: &Dev) -> Option<&Path> {
    let kept = arguments.state.as_deref().filter(|path| path.exists());
    kept.or(arguments.load_state.as_deref())
}

pub(super) fn load(solo: &Solo, path: &Path) -> Result<()> {
    let text = fs::read(path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
    solo.load(&text).wrap_err_with(|| format!("{}", path.display()))
}

/// Whole or not at all: what was there before stays there until the new file is complete.
pub(super) fn write(solo: &Solo, path: &Path) -> Result<()> {
    let text = String::from_utf8(solo.dump()?)?;
    // A bare name lies in the working directory.
    let path = if path.parent() == Some(Path::new("")) { Path::new(".").join(path) } else { path.to_path_buf() };
    durable::write(&path, &text)
}

/// Writes it every so many seconds; never ends.
pub(super) async fn keep(solo: &Solo, path: Option<&Path>, seconds: Option<u64>) {
    let (Some(path), Some(seconds)) = (path, seconds) else { return std::future::pending().await };
    loop {
        sleep(Duration::from_secs(seconds)).await;
        let (solo, path): (Solo, PathBuf) = (solo.clone(), path.to_path_buf());
        let written = tokio::task::spawn_blocking(move || write(&solo, &path)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(report)) => tracing::error!("the state was not written: {report:#}"),
            Err(fault) => tracing::error!(%fault, "the state was not written"),
        }
    }
}
