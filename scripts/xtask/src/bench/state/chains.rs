//! The chains that were grown, kept between runs. A name says what is in it: the genesis block, accounts, blocks. It is
//! there whole or not at all: a chain grows under another name, and goes on growing when that was cut short.

use super::{beside, node};
use edgeloom_tests::binary;
use eyre::{OptionExt as _, Result, WrapErr, ensure};
use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Blocks of a grown chain that bring this many accounts each come before those with transfers.
const BROUGHT: u64 = 20_000;

/// Room that growing takes on the disk, in bytes: an account, a block.
const ROOM: (u64, u64) = (700, 6_000);

pub(super) struct Chains<'a> {
    runtime: &'a Runtime,
    folder: PathBuf,
    /// Held, so that no other process grows the same chain.
    _lock: File,
}

/// A chain with accounts and blocks.
pub(super) struct Grown {
    data: PathBuf,
    pub(super) accounts: u64,
    /// Its height.
    pub(super) blocks: u64,
}

impl<'a> Chains<'a> {
    pub(super) fn open(runtime: &'a Runtime) -> Result<Self> {
        let home = env::var_os("HOME").ok_or_eyre("HOME is not set")?;
        Self::at(runtime, PathBuf::from(home).join(".cache/edgeloom/chains"))
    }

    pub(super) fn at(runtime: &'a Runtime, folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).wrap_err_with(|| folder.display().to_string())?;
        let lock = File::create(folder.join("lock"))?;
        lock.lock()?;
        Ok(Self { runtime, folder, _lock: lock })
    }

    /// The chain of this build's genesis with `accounts` and at least `blocks`, grown when it is not there.
    pub(super) fn grown(&self, accounts: u64, blocks: u64) -> Result<Grown> {
        let fresh = tempfile::tempdir()?;
        let genesis = self.runtime.block_on(node::start(&fresh.path().join("data")))?.genesis;
        let name = format!("{}-{accounts}-accounts-{blocks}-blocks", &genesis[2..10]);
        let grown = Grown { data: self.folder.join(&name), accounts, blocks: blocks.max(accounts.div_ceil(BROUGHT)) };
        if grown.data.exists() {
            return Ok(grown);
        }
        edgeloom_tests::require_space(
            &self.folder,
            (accounts * ROOM.0 + blocks * ROOM.1) >> 20,
            "--accounts and --blocks",
        )?;
        let growing = self.folder.join(format!("{name}.growing"));
        // A whole node made it, or makes it now.
        self.runtime.block_on(node::start(&growing))?;
        eprintln!("growing {name} in {}", self.folder.display());
        let status = Command::new(binary("edgeloom-conformance")?)
            .args(["grow", "--accounts", &accounts.to_string(), "--blocks", &blocks.to_string(), "--data"])
            .arg(&growing)
            .stdout(std::process::Stdio::null())
            .status()
            .wrap_err("edgeloom-conformance did not start")?;
        ensure!(status.success(), "growing {name} ended with {status}");
        fs::rename(&growing, &grown.data)?;
        Ok(grown)
    }
}

impl Grown {
    /// A data directory with the same chain. Tables are linked: RocksDB never writes into one again.
    pub(super) fn copy(&self) -> Result<TempDir> {
        let copy = beside(&self.data)?;
        for folder in ["", "chain"] {
            let (from, to) = (self.data.join(folder), copy.path().join(folder));
            fs::create_dir_all(&to)?;
            for entry in fs::read_dir(&from)? {
                let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
                if path.extension().is_some_and(|extension| extension == "sst") {
                    fs::hard_link(&path, &target)?;
                } else if path.is_file() {
                    fs::copy(&path, &target)?;
                }
            }
        }
        Ok(copy)
    }

    /// How many its blocks hold.
    pub(super) fn transfers(&self) -> u64 {
        self.blocks - self.accounts.div_ceil(BROUGHT)
    }
}

/// Bytes of the files in `folder` whose names end so.
pub(super) fn bytes_of(folder: &Path, extension: &str) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|found| found == extension) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
