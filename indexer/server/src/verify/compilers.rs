//! Which compilers are on this machine: native binaries as svm lays them out or as Solidity's site names them, and
//! solc-js packages that npm installed.

use semver::Version;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// How a compiler is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// A binary that knows `--standard-json`.
    Native(PathBuf),
    /// The folder of the npm package `solc`, for Node.js.
    Js(PathBuf),
}

/// Compilers by version, found again whenever one is asked for: installing one needs no restart.
#[derive(Clone, Debug, Default)]
pub struct Compilers {
    folders: Vec<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no solc {wanted} here; there is {}. Put the binary as solc-{wanted} into a --solc-dir of the indexer, or install it there by `npm install solc@{wanted}`",
    if there.is_empty() { "none".to_owned() } else { there.join(", ") }
)]
pub struct NoCompiler {
    wanted: Version,
    there: Vec<String>,
}

/// Entries of one folder that are looked at.
const ENTRIES_MAX: usize = 4096;

impl Compilers {
    /// Compilers in `folders`; earlier ones go first, and a native binary goes before solc-js.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// Where svm installs for this user, if it did.
    pub fn svm_folders() -> Vec<PathBuf> {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let data = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
        [home.join(".svm"), data.join("svm")].into_iter().filter(|folder| folder.is_dir()).collect()
    }

    /// # Errors
    /// [`NoCompiler`] telling how to supply it.
    pub fn find(&self, wanted: &Version) -> Result<Compiler, NoCompiler> {
        let mut there = self.all();
        let found = there.remove(wanted);
        found.ok_or_else(|| NoCompiler { wanted: wanted.clone(), there: names(there.keys()) })
    }

    /// Versions that are here, newest first.
    pub fn versions(&self) -> Vec<String> {
        names(self.all().keys())
    }

    fn all(&self) -> BTreeMap<Version, Compiler> {
        let mut all = BTreeMap::new();
        for folder in &self.folders {
            for (version, compiler) in native(folder).chain(js(folder)) {
                all.entry(version).or_insert(compiler);
            }
        }
        all
    }
}

fn names<'v>(versions: impl DoubleEndedIterator<Item = &'v Version>) -> Vec<String> {
    versions.rev().map(Version::to_string).collect()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(ENTRIES_MAX);
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}

/// `FOLDER/solc-0.8.30`, `FOLDER/solc-linux-amd64-v0.8.30+commit.73712a01`, `FOLDER/0.8.30/solc-0.8.30`.
fn native(folder: &Path) -> impl Iterator<Item = (Version, Compiler)> {
    let nested = entries(folder).filter(|entry| entry.is_dir()).filter_map(|entry| {
        let name = entry.file_name()?.to_str()?;
        Some(entry.join(format!("solc-{}", name.parse::<Version>().ok()?)))
    });
    entries(folder).chain(nested).filter(|path| path.is_file()).filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_prefix("solc-")?;
        let version = name.strip_prefix("linux-amd64-").unwrap_or(name).trim_start_matches('v');
        let mut version: Version = version.parse().ok()?;
        version.build = semver::BuildMetadata::EMPTY;
        Some((version, Compiler::Native(path)))
    })
}

/// `FOLDER/node_modules/*` that are the package `solc`, under whatever alias npm was told.
fn js(folder: &Path) -> impl Iterator<Item = (Version, Compiler)> {
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: Version,
    }
    let packages = folder.join("node_modules");
    entries(&packages).filter_map(|path| {
        let package: Package = serde_json::from_slice(&fs::read(path.join("package.json")).ok()?).ok()?;
        (package.name == "solc").then_some((package.version, Compiler::Js(path)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_are_found_where_svm_npm_and_people_put_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        let put = |path: &str, text: &str| {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            fs::write(at(path), text).unwrap();
        };
        put("0.8.30/solc-0.8.30", "");
        put("solc-linux-amd64-v0.8.29+commit.ab55807c", "");
        put("solc-0.7.6", "");
        put("solc-notes.txt", "");
        put("node_modules/solc/package.json", r#"{"name":"solc","version":"0.8.37"}"#);
        put("node_modules/solc-old/package.json", r#"{"name":"solc","version":"0.8.30"}"#);
        put("node_modules/semver/package.json", r#"{"name":"semver","version":"7.0.0"}"#);
        let compilers = Compilers::new(vec![at("nowhere"), folder.path().into()]);
        assert_eq!(compilers.versions(), ["0.8.37", "0.8.30", "0.8.29", "0.7.6"]);
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(compilers.find(&version("0.8.30")), Ok(Compiler::Native(at("0.8.30/solc-0.8.30"))));
        assert_eq!(compilers.find(&version("0.8.37")), Ok(Compiler::Js(at("node_modules/solc"))));
        let said = compilers.find(&version("0.8.31")).unwrap_err().to_string();
        assert!(
            said.contains("no solc 0.8.31") && said.contains("0.8.37, 0.8.30") && said.contains("--solc-dir"),
            "{said}"
        );
    }
}
