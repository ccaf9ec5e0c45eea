//! The vectors as they are kept: `tar` under `zstd`, read into memory within bounds.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Largest file of an archive that is read, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// Most that the wanted files of an archive may hold together, in bytes.
const ARCHIVE_BYTES_MAX: u64 = 256 << 20;

/// The folder with the archives.
#[derive(Clone, Debug)]
pub struct Archives(PathBuf);

/// Why there are no vectors to run.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0} is absent: give the folder that holds it with --data")]
    Absent(PathBuf),
    #[error("{path}: {error}")]
    Unreadable { path: PathBuf, error: io::Error },
}

/// A file of an archive.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

impl Archives {
    /// The folder beside the repository in which its checkouts share their data.
    pub fn shared() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"))
    }

    pub const fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The JSON files of `archive`, by name.
    ///
    /// # Errors
    /// [`ArchiveError::Absent`], and [`ArchiveError::Unreadable`] when it is malformed or larger than the bounds.
    pub(crate) fn documents(&self, archive: &str) -> Result<Vec<Member>, ArchiveError> {
        let path = self.0.join(archive);
        if !path.is_file() {
            return Err(ArchiveError::Absent(path));
        }
        let mut documents = read(&path).map_err(|error| ArchiveError::Unreadable { path, error })?;
        documents.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(documents)
    }
}

fn read(path: &Path) -> io::Result<Vec<Member>> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(File::open(path)?)?);
    let (mut documents, mut total) = (Vec::new(), 0);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        if !name.ends_with(".json") {
            continue;
        }
        let size = entry.size();
        total += size;
        if size > FILE_BYTES_MAX || total > ARCHIVE_BYTES_MAX {
            return Err(io::Error::other(format!("{name} has {size} bytes, {total} with those before it")));
        }
        let mut content = Vec::with_capacity(size as usize);
        entry.read_to_end(&mut content)?;
        documents.push(Member { name, content });
    }
    Ok(documents)
}
