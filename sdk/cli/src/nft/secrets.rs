//! The file that a creator of packs must not lose, nor show.

use std::{fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use alloy::{
    primitives::B256,
    signers::k256::elliptic_curve::rand_core::{OsRng, RngCore as _},
};
use edgeloom_sdk::Secrets;
use eyre::{Result, WrapErr};
use serde::{Deserialize, Serialize};

use super::taken_in;

/// What the secrets of all rounds follow from.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    seed: B256,
    rounds: u16,
}

/// Makes secrets for a sale, and writes what they follow from to a new file that only its owner reads. It is on disk when this returns.
pub(super) fn made(path: &Path, rounds: u16) -> Result<Secrets> {
    let mut seed = B256::ZERO;
    OsRng.fill_bytes(seed.as_mut_slice());
    let secrets = Secrets::new(seed, rounds)?;
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    let mut file = file.wrap_err_with(|| {
        format!("cannot write the secrets to {}: they are for one sale, and no file is overwritten", path.display())
    })?;
    writeln!(file, "{}", serde_json::to_string(&Kept { seed, rounds })?)?;
    file.sync_all()?;
    Ok(secrets)
}

/// Reads what [`made`] wrote.
pub(super) fn read(path: &Path) -> Result<Secrets> {
    let Kept { seed, rounds } = taken_in(path).wrap_err("these are no secrets of packs")?;
    Ok(Secrets::new(seed, rounds)?)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn secrets_are_read_back_by_their_owner_alone_and_never_overwritten() {
        let path = std::env::temp_dir().join(format!("edgeloom-secrets-{}", std::process::id()));
        let secrets = made(&path, 5).expect("a new file");
        assert!(read(&path).expect("written") == secrets);
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let again = made(&path, 5).expect_err("it exists");
        assert!(format!("{again:#}").contains("no file is overwritten"), "{again:#}");
        fs::write(&path, "{}").expect("mine");
        assert!(read(&path).is_err());
        fs::remove_file(&path).expect("mine");
    }
}
