//! The worker's key, in the encrypted form that all Ethereum tools read.

use std::{
    fs::{self, DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use alloy::signers::{
    k256::elliptic_curve::rand_core::OsRng,
    local::{LocalSignerError, PrivateKeySigner},
};
use thiserror::Error;

/// Why there is no key.
#[derive(Debug, Error)]
pub enum AccountError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{0} exists; a key is never overwritten. Choose another --keystore")]
    Exists(PathBuf),
    #[error("{path}: {source}. Is the password in the file right?")]
    Keystore { path: PathBuf, source: LocalSignerError },
    #[error("{0} is not a path to a file")]
    Path(PathBuf),
    #[error("no {0} is given")]
    Missing(&'static str),
    #[error("the password file {0} is empty")]
    NoPassword(PathBuf),
}

/// Makes a new key and writes it to `keystore`, which only its owner can read. It is on disk when this returns: money that
/// is sent to the address cannot be lost with a machine that stops.
///
/// # Errors
/// [`AccountError::Exists`] rather than losing a key; [`AccountError::Io`].
pub fn create(keystore: &Path, password_file: &Path) -> Result<PrivateKeySigner, AccountError> {
    if keystore.exists() {
        return Err(AccountError::Exists(keystore.to_owned()));
    }
    let password = password(password_file)?;
    let name = keystore.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| AccountError::Path(keystore.to_owned()))?;
    let directory = match keystore.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |source| AccountError::Io { path: keystore.to_owned(), source };
    fs::create_dir_all(directory).map_err(failed)?;
    // The keystore's writer knows neither permissions nor whether a file exists: it writes where nobody else looks.
    let private = directory.join(format!(".{name}.{}", std::process::id()));
    DirBuilder::new().mode(0o700).create(&private).map_err(failed)?;
    let made = PrivateKeySigner::new_keystore(&private, &mut OsRng, password, Some(name))
        .map_err(|source| AccountError::Keystore { path: keystore.to_owned(), source })
        .and_then(|(signer, _)| place(&private.join(name), keystore, directory).map(|()| signer));
    fs::remove_dir_all(&private).map_err(failed)?;
    made
}

/// Puts a written file in its place, durably, unless something is there.
fn place(written: &Path, keystore: &Path, directory: &Path) -> Result<(), AccountError> {
    let linked = fs::set_permissions(written, Permissions::from_mode(0o600))
        .and_then(|()| File::open(written)?.sync_all())
        .and_then(|()| fs::hard_link(written, keystore))
        .and_then(|()| File::open(directory)?.sync_all());
    linked.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => AccountError::Exists(keystore.to_owned()),
        _ => AccountError::Io { path: keystore.to_owned(), source },
    })
}

/// Reads the key.
///
/// # Errors
/// [`AccountError::Keystore`] for a wrong password or a damaged file.
pub fn open(keystore: Option<&Path>, password_file: Option<&Path>) -> Result<PrivateKeySigner, AccountError> {
    let keystore = keystore.ok_or(AccountError::Missing("--keystore"))?;
    let password = password(password_file.ok_or(AccountError::Missing("--password-file"))?)?;
    if let Err(source) = fs::metadata(keystore) {
        return Err(AccountError::Io { path: keystore.to_owned(), source });
    }
    PrivateKeySigner::decrypt_keystore(keystore, password)
        .map_err(|source| AccountError::Keystore { path: keystore.to_owned(), source })
}

fn password(path: &Path) -> Result<String, AccountError> {
    let text = fs::read_to_string(path).map_err(|source| AccountError::Io { path: path.to_owned(), source })?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(AccountError::NoPassword(path.to_owned())),
    }
}

#[cfg(test)]
mod tests;
