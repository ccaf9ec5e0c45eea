//! The key that attests, in a file that only its owner reads.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use alloy::{
    hex,
    signers::k256::elliptic_curve::rand_core::{OsRng, RngCore},
};
use edgeloom_bls::SecretKey;

use crate::desk::CaseError;

/// Reads the key; with `make`, a new one is written first where there is none.
pub(super) fn open(path: &Path, make: bool) -> Result<SecretKey, CaseError> {
    let failed = |source| CaseError::Io { path: path.to_owned(), source };
    let text = match fs::read_to_string(path) {
        Err(error) if make && error.kind() == io::ErrorKind::NotFound => {
            let key = new()?;
            write(path, &key).map_err(failed)?;
            return Ok(key);
        }
        read => read.map_err(failed)?,
    };
    let malformed = || CaseError::BlsKey(path.to_owned());
    let bytes: [u8; 32] = hex::decode_to_array(text.trim()).map_err(|_| malformed())?;
    SecretKey::from_bytes(&bytes).map_err(|_| malformed())
}

fn new() -> Result<SecretKey, CaseError> {
    let mut material = [0; 32];
    OsRng.fill_bytes(&mut material);
    SecretKey::from_seed(&material).map_err(|fault| CaseError::Kernel(fault.to_string()))
}

/// On disk before anybody hears of the key. One that is there is never overwritten.
fn write(path: &Path, key: &SecretKey) -> io::Result<()> {
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    writeln!(file, "{}", hex::encode_prefixed(key.to_bytes()))?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_when_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bls.key");
        assert!(matches!(open(&path, false), Err(CaseError::Io { .. })));
        let made = open(&path, true).expect("made");
        let read = open(&path, true).expect("read");
        assert_eq!(made.public_key(), read.public_key());
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o077, 0);
        fs::write(&path, "0x1234\n").expect("written");
        assert!(matches!(open(&path, true), Err(CaseError::BlsKey(_))));
    }
}
