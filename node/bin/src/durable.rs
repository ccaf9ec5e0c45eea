//! Small files that a data directory is bound by: there whole or not at all, whatever interrupts their writing.

use eyre::{Result, WrapErr, eyre};
use std::{
    fs::{File, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

/// Writes a file that everybody may read, or replaces it, and waits until the disk has it.
///
/// # Errors
/// When it cannot be written; what was there before is still there then.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().ok_or_else(|| eyre!("{} is not a file", path.display()))?;
    let replace = || {
        let mut options = tempfile::Builder::new();
        let mut file = options.permissions(Permissions::from_mode(0o644)).tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(folder)?.sync_all()
    };
    replace().wrap_err_with(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests;
