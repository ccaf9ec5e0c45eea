//! A key on disk, in the encrypted form that all Ethereum tools read.

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
pub enum KeystoreError {
    /// The disk refuses.
    #[error("{path}: {source}")]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// Why it was not.
        source: io::Error,
    },
    /// There is a key at this path.
    #[error("{0} exists; a key is never overwritten. Choose another --keystore")]
    Exists(PathBuf),
    /// The password is wrong, or the file damaged.
    #[error("{path}: {source}. Is the password in the file right?")]
    Keystore {
        /// Of the key.
        path: PathBuf,
        /// What is wrong with it.
        source: LocalSignerError,
    },
    /// It names no file.
    #[error("{0} is not a path to a file")]
    Path(PathBuf),
    /// The flag that is missing.
    #[error("no {0} is given")]
    Missing(&'static str),
    /// The first line of this file is empty.
    #[error("the password file {0} is empty")]
    NoPassword(PathBuf),
}

/// Makes a new key and writes it to `keystore`, which only its owner can read. It is on disk when this returns: money that
/// is sent to the address cannot be lost with a machine that stops.
///
/// # Errors
/// [`KeystoreError::Exists`] rather than losing a key; [`KeystoreError::Io`].
pub fn create(keystore: &Path, password_file: &Path) -> Result<PrivateKeySigner, KeystoreError> {
    if keystore.exists() {
        return Err(KeystoreError::Exists(keystore.to_owned()));
    }
    let password = password(password_file)?;
    let name = keystore.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| KeystoreError::Path(keystore.to_owned()))?;
    let directory = match keystore.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |source| KeystoreError::Io { path: keystore.to_owned(), source };
    fs::create_dir_all(directory).map_err(failed)?;
    // The keystore's writer knows neither permissions nor whether a file exists: it writes where nobody else looks.
    let private = directory.join(format!(".{name}.{}", std::process::id()));
    DirBuilder::new().mode(0o700).create(&private).map_err(failed)?;
    let made = PrivateKeySigner::new_keystore(&private, &mut OsRng, password, Some(name))
        .map_err(|source| KeystoreError::Keystore { path: keystore.to_owned(), source })
        .and_then(|(signer, _)| place(&private.join(name), keystore, directory).map(|()| signer));
    fs::remove_dir_all(&private).map_err(failed)?;
    made
}

/// Puts a written file in its place, durably, unless something is there.
fn place(written: &Path, keystore: &Path, directory: &Path) -> Result<(), KeystoreError> {
    let linked = fs::set_permissions(written, Permissions::from_mode(0o600))
        .and_then(|()| File::open(written)?.sync_all())
        .and_then(|()| fs::hard_link(written, keystore))
        .and_then(|()| File::open(directory)?.sync_all());
    linked.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeystoreError::Exists(keystore.to_owned()),
        _ => KeystoreError::Io { path: keystore.to_owned(), source },
    })
}

/// Reads the key.
///
/// # Errors
/// [`KeystoreError::Keystore`] for a wrong password or a damaged file.
pub fn open(keystore: Option<&Path>, password_file: Option<&Path>) -> Result<PrivateKeySigner, KeystoreError> {
    let keystore = keystore.ok_or(KeystoreError::Missing("--keystore"))?;
    let password = password(password_file.ok_or(KeystoreError::Missing("--password-file"))?)?;
    if let Err(source) = fs::metadata(keystore) {
        return Err(KeystoreError::Io { path: keystore.to_owned(), source });
    }
    PrivateKeySigner::decrypt_keystore(keystore, password)
        .map_err(|source| KeystoreError::Keystore { path: keystore.to_owned(), source })
}

fn password(path: &Path) -> Result<String, KeystoreError> {
    let text = fs::read_to_string(path).map_err(|source| KeystoreError::Io { path: path.to_owned(), source })?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(KeystoreError::NoPassword(path.to_owned())),
    }
}

#[cfg(test)]
mod tests;
