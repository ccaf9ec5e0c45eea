//! The faucet's key: a file with 64 hex digits that nobody else can read, or an encrypted keystore.

use alloy::{primitives::B256, signers::local::PrivateKeySigner};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot read {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0} can be read by others: chmod 600 it")]
    Public(PathBuf),
    #[error("{0} holds neither a key of 64 hex digits nor a keystore")]
    NoKey(PathBuf),
    #[error("{0} is a keystore: give its password by --faucet-password-file")]
    NoPassword(PathBuf),
    #[error("{path} does not open: {reason}")]
    Keystore { path: PathBuf, reason: String },
}

/// A keystore is a few hundred bytes long.
const KEY_MAX: u64 = 64 * 1024;

/// Reads a key; `password` names a file with the keystore's.
///
/// # Errors
/// [`KeyError`] telling what to do.
pub fn read(path: &Path, password: Option<&Path>) -> Result<PrivateKeySigner, KeyError> {
    let text = private(path)?;
    let text = text.trim();
    if !text.starts_with('{') {
        let key: Option<B256> = text.parse().ok();
        let signer = key.and_then(|key| PrivateKeySigner::from_bytes(&key).ok());
        return signer.ok_or_else(|| KeyError::NoKey(path.into()));
    }
    let password = private(password.ok_or_else(|| KeyError::NoPassword(path.into()))?)?;
    let opened = PrivateKeySigner::decrypt_keystore(path, password.trim_end_matches(['\r', '\n']));
    opened.map_err(|error| KeyError::Keystore { path: path.into(), reason: error.to_string() })
}

fn private(path: &Path) -> Result<String, KeyError> {
    const OTHERS: u32 = 0o077;
    let failed = |source| KeyError::File { path: path.into(), source };
    let file = fs::metadata(path).map_err(failed)?;
    if file.permissions().mode() & OTHERS != 0 {
        return Err(KeyError::Public(path.into()));
    }
    if file.len() > KEY_MAX {
        return Err(KeyError::NoKey(path.into()));
    }
    fs::read_to_string(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_only_from_files_that_others_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str, mode: u32| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let key = PrivateKeySigner::random();
        let hex = key.to_bytes().to_string();
        assert_eq!(read(&put("a", &format!("{hex}\n"), 0o600), None).unwrap().address(), key.address());
        assert!(matches!(read(&put("b", &hex, 0o644), None), Err(KeyError::Public(_))));
        assert!(matches!(read(&put("c", "0x12", 0o600), None), Err(KeyError::NoKey(_))));
        assert!(matches!(read(&folder.path().join("d"), None), Err(KeyError::File { .. })));
        let store = folder.path().join("store");
        let mut rng = alloy::signers::k256::elliptic_curve::rand_core::OsRng;
        PrivateKeySigner::encrypt_keystore(folder.path(), &mut rng, key.to_bytes(), "secret", Some("store")).unwrap();
        fs::set_permissions(&store, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(read(&store, None), Err(KeyError::NoPassword(_))));
        let right = put("right", "secret\n", 0o600);
        assert_eq!(read(&store, Some(&right)).unwrap().address(), key.address());
        let wrong = put("wrong", "guess", 0o600);
        assert!(matches!(read(&store, Some(&wrong)), Err(KeyError::Keystore { .. })));
    }
}
