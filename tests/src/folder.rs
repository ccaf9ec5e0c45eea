//! What a data folder must be like.

use eyre::{Result, WrapErr, ensure};
use std::{fs, path::Path};

/// # Errors
/// When the disk that holds `folder` (or will: it need not exist yet) has less than `need_mib` MiB free, saying how much
/// there is and which option chooses another place.
pub fn require_space(folder: &Path, need_mib: u64, option: &str) -> Result<()> {
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let free = fs4::available_space(there).wrap_err_with(|| format!("how much is free at {}", there.display()))?;
    let free_mib = free >> 20;
    ensure!(
        free_mib >= need_mib,
        "{free_mib} MiB free at {}, {need_mib} MiB needed: free some or choose another disk with {option}",
        folder.display()
    );
    Ok(())
}

/// # Errors
/// When `folder` exists and is not empty.
pub fn require_empty(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let empty = fs::read_dir(folder).wrap_err_with(|| folder.display().to_string())?.next().is_none();
    ensure!(empty, "{} holds data of an earlier run: delete it or choose another folder", folder.display());
    Ok(())
}
