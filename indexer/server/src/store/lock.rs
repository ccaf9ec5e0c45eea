//! S3: an advisory lock on `FILE.lock`, held as long as the store is open.

use fs4::FileExt;
use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{0} is in use by another indexer. Stop that one, or give this one another --db")]
    Taken(PathBuf),
    #[error("cannot lock {path}: {source}")]
    File { path: PathBuf, source: io::Error },
}

#[derive(Debug)]
pub(super) struct FileLock(#[expect(dead_code, reason = "dropping the file is what frees the lock")] File);

impl FileLock {
    pub(super) fn take(database: &Path) -> Result<Self, LockError> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let path = PathBuf::from(path);
        let failed = |source| LockError::File { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(fs4::TryLockError::WouldBlock) => Err(LockError::Taken(database.into())),
            Err(fs4::TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
