//! Where the workspace's binaries and files are.

use eyre::{Result, ensure, eyre};
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests folder lies in the repository")
}

/// A binary of the workspace, beside the running executable or one folder above it (tests run from `deps`).
///
/// # Errors
/// When it is not built, naming the command that builds it.
pub fn binary(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().ok_or_else(|| eyre!("{} has no folder", me.display()))?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let path = folder.join(name);
    ensure!(path.is_file(), "{} is not built: run `cargo build --workspace` first", path.display());
    Ok(path)
}
