//! Where a password comes from, and files that only their owner may read.

use eyre::{Result, WrapErr, ensure, eyre};
use std::{env, fs, os::unix::fs::PermissionsExt as _, path::Path, path::PathBuf};
use zeroize::Zeroizing;

/// The password itself, for who can give it in no better way.
const PASSWORD_VARIABLE: &str = "EDGELOOM_PASSWORD";
/// Where systemd puts what a unit's `LoadCredential` names, and the name that is looked for there.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
const CREDENTIAL: &str = "password";
/// Longest file that is read for a secret, bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// A password: the first line of `file`, else of systemd's credential `password`, else EDGELOOM_PASSWORD.
///
/// # Errors
/// When there is none, or its file is not its owner's alone.
pub(crate) fn password(file: Option<&Path>) -> Result<Zeroizing<String>> {
    let credential = || Some(PathBuf::from(env::var_os(CREDENTIALS_VARIABLE)?).join(CREDENTIAL));
    let path = file.map(Path::to_owned).or_else(|| credential().filter(|path| path.exists()));
    if let Some(path) = path {
        let text = Zeroizing::new(read(&path)?);
        let line = text.lines().next().filter(|line| !line.is_empty());
        let line = line.ok_or_else(|| eyre!("{}: the first line is the password, and it is empty", path.display()))?;
        return check(Zeroizing::new(line.to_owned()));
    }
    let password = env::var(PASSWORD_VARIABLE).ok().filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| {
        eyre!("the keys are encrypted: give --password-file FILE, systemd's credential `{CREDENTIAL}`, or {PASSWORD_VARIABLE}")
    })?;
    check(Zeroizing::new(password))
}

/// EIP-2335 has other characters changed to a compatible form first; a password without them is the same for everybody.
fn check(password: Zeroizing<String>) -> Result<Zeroizing<String>> {
    ensure!(
        password.chars().all(|c| c.is_ascii() && !c.is_ascii_control()),
        "the password has characters beyond printable ASCII"
    );
    Ok(password)
}

/// The text of a file that holds a secret.
///
/// # Errors
/// When others than its owner may read it. What lies among systemd's credentials only this process can reach.
pub(crate) fn read(path: &Path) -> Result<String> {
    let told = || format!("cannot read {}", path.display());
    let found = fs::metadata(path).wrap_err_with(told)?;
    ensure!(found.len() <= FILE_BYTES_MAX, "{} has {} bytes: it is no file of secrets", path.display(), found.len());
    let is_credential = env::var_os(CREDENTIALS_VARIABLE).is_some_and(|folder| path.starts_with(folder));
    let mode = found.permissions().mode() & 0o777;
    ensure!(
        mode & 0o077 == 0 || is_credential,
        "others may read {} (mode {mode:04o}): chmod 600 {}",
        path.display(),
        path.display()
    );
    fs::read_to_string(path).wrap_err_with(told)
}

#[cfg(test)]
mod tests;
