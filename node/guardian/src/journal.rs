//! The journal of what this guardian signed: record, sync, and only then sign.
//!
//! * J1 One file, one process: it is locked while it is open. It is a [`Ledger`]'s bytes: a head, and a record for each height.
//! * J2 A record is written and synced before [`Recorded`] is given, without which nothing is signed.
//! * J3 A record that was cut short, or is all zeros, was never synced: so nothing was signed for it, and it is cut off. A record that is
//!   whole and does not match its checksum is damage, after which nobody knows what was signed: the journal is refused.
//! * J4 After an error of the disk nothing is recorded any more until the journal is opened again: what a failed sync left behind is unknown.
//! * J5 Heights below the floor are never signed. Compaction raises it, in a new file that replaces the old one at once.
//!
//! An old copy of the file that somebody restores looks whole. Who restores one has to raise the floor above the chain's tip first.

mod ledger;

pub use ledger::{Ledger, LedgerError, Refused};

use crate::Subject;
use edgeloom_bls::{SecretKey, Signature};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Records above which a compaction is due, whoever asks for it or not.
const RECORDS_MAX: usize = 1 << 16;

/// Why nothing may be signed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Two guardians of one key, or one that did not end.
    #[error("{0} is open in another process")]
    InUse(PathBuf),
    /// The operator has to find out what was signed; the file stays as it is.
    #[error("{path} is no journal that this guardian wrote: {error}")]
    Corrupt { path: PathBuf, error: LedgerError },
    #[error("{path}: {error}")]
    Disk { path: PathBuf, error: io::Error },
    /// After an error of the disk.
    #[error("{0} failed before: open it again")]
    Failed(PathBuf),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("{0} is full: raise its floor")]
    Full(PathBuf),
}

/// Proof that a block was recorded for its height, and no other.
#[derive(Debug)]
pub struct Recorded<'a>(&'a Subject);

impl Recorded<'_> {
    pub fn sign(&self, secret: &SecretKey) -> Signature {
        secret.sign(self.0.message())
    }
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    ledger: Ledger,
    failed: bool,
}

impl Journal {
    /// Opens the journal at `path`, or begins one where there is none.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let path = path.into();
        let disk = |error| JournalError::Disk { path: path.clone(), error };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(disk)?;
        lock(&file, &path)?;
        // A compaction renames: the file that was opened may have been replaced before it was locked.
        if !is_at(&file, &path).map_err(disk)? {
            return Err(JournalError::InUse(path));
        }
        let mut bytes = Vec::new();
        let most = Ledger::bytes_of(RECORDS_MAX + 1) as u64;
        (&file).take(most + 1).read_to_end(&mut bytes).map_err(disk)?;
        if bytes.len() as u64 > most {
            return Err(JournalError::Full(path));
        }
        let (ledger, whole) =
            Ledger::decode(&bytes).map_err(|error| JournalError::Corrupt { path: path.clone(), error })?;
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(disk)?;
        }
        if whole == 0 {
            file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&ledger.head())).map_err(disk)?;
        }
        file.sync_all().and_then(|()| file.seek(SeekFrom::End(0))).map_err(disk)?;
        sync_folder(&path).map_err(disk)?;
        Ok(Self { path, file, ledger, failed: false })
    }

    /// Records that a block is signed for its height. The same block again needs no second record.
    ///
    /// # Errors
    /// [`JournalError::Refused`] for another block than before, or a height below the floor; the others where nothing can be recorded.
    pub fn record<'a>(&mut self, subject: &'a Subject) -> Result<Recorded<'a>, JournalError> {
        if self.failed {
            return Err(JournalError::Failed(self.path.clone()));
        }
        let Some(record) = self.ledger.enter(subject.height(), *subject.block_hash())? else {
            return Ok(Recorded(subject));
        };
        if self.ledger.len() > RECORDS_MAX {
            self.failed = true;
            return Err(JournalError::Full(self.path.clone()));
        }
        let synced = self.file.write_all(&record).and_then(|()| self.file.sync_data());
        self.note(synced)?;
        Ok(Recorded(subject))
    }

    /// Forgets what was signed below `floor`, where nothing will be signed any more. A lower floor than before changes nothing.
    ///
    /// # Errors
    /// [`JournalError::Disk`], [`JournalError::Failed`].
    pub fn raise_floor(&mut self, floor: u64) -> Result<(), JournalError> {
        if self.failed {
            return Err(JournalError::Failed(self.path.clone()));
        }
        if floor <= self.ledger.floor() {
            return Ok(());
        }
        self.ledger.raise_floor(floor);
        let replaced = self.replace();
        self.note(replaced)
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Writes all in a file beside the old one, which it replaces: whoever is cut off finds one of both.
    fn replace(&mut self) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&beside)?;
        // Before it has the name by which others find it.
        file.lock()?;
        file.write_all(&self.ledger.encode())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        sync_folder(&self.path)?;
        self.file = file;
        Ok(())
    }

    fn note(&mut self, outcome: io::Result<()>) -> Result<(), JournalError> {
        self.failed |= outcome.is_err();
        outcome.map_err(|error| JournalError::Disk { path: self.path.clone(), error })
    }
}

fn lock(file: &File, path: &Path) -> Result<(), JournalError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(JournalError::Disk { path: path.to_owned(), error }),
    }
}

/// Whether the file that `path` names is this one.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (open, named) = (file.metadata()?, fs::metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
