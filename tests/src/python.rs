//! The Python packages that a folder of the repository names.

use crate::{npm::cache, repository};
use eyre::{Result, WrapErr, ensure};
use std::{fs, path::PathBuf, process::Command};

const REQUIREMENTS: &str = "requirements.txt";

/// The Python of an environment outside the checkout that holds what `requirements.txt` in `folder` (relative to the
/// repository) names. It is made when it is missing or holds something else.
///
/// # Errors
/// When Python or its venv module is missing, or pip fails.
pub fn python_packages(folder: &str) -> Result<PathBuf> {
    let wanted = repository().join(folder).join(REQUIREMENTS);
    let (cache, _lock) = cache(folder)?;
    let environment = cache.join("python");
    let python = environment.join("bin/python");
    let text = fs::read(&wanted).wrap_err_with(|| wanted.display().to_string())?;
    // Copied last, so it is there when the installation is complete.
    let installed = environment.join(REQUIREMENTS);
    if fs::read(&installed).is_ok_and(|present| present == text) {
        return Ok(python);
    }
    eprintln!("installing the Python packages of {folder} into {}", environment.display());
    let run = |command: &mut Command| {
        let status = command.status().wrap_err("Python is needed: install python3 and python3-venv")?;
        ensure!(status.success(), "{command:?} ended with {status}: is python3-venv installed?");
        Ok(())
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(&wanted))?;
    fs::write(installed, text)?;
    Ok(python)
}
