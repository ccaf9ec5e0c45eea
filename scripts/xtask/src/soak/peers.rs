//! Installs the peers of `soak differential` from their registries, outside the checkout, when they are missing or
//! another version is asked for.

use edgeloom_tests::repository;
use eyre::{OptionExt, Result, WrapErr, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where they are: arguments of `edgeloom-conformance differential`.
pub(super) fn install() -> Result<Vec<String>> {
    let sources = repository().join("node/conformance/peers");
    let home = env::var_os("HOME").ok_or_eyre("HOME is not set")?;
    let peers = PathBuf::from(home).join(".cache/edgeloom/peers");
    let python = specification(&sources.join("execution-specs"), &peers.join("execution-specs"))?;
    let ethereumjs = ethereumjs(&sources.join("ethereumjs"), &peers.join("ethereumjs"))?;
    let paths = [
        ("--python", python),
        ("--specification", sources.join("execution-specs/peer.py")),
        ("--ethereumjs", ethereumjs),
    ];
    Ok(paths.into_iter().flat_map(|(name, path)| [name.to_owned(), path.display().to_string()]).collect())
}

/// The Python that has the package.
fn specification(source: &Path, folder: &Path) -> Result<PathBuf> {
    let python = folder.join("bin/python");
    if installed(source, folder, "requirements.txt")? {
        return Ok(python);
    }
    eprintln!("installing ethereum-execution into {}", folder.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let requirements = source.join("requirements.txt");
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))?;
    fs::copy(&requirements, folder.join("requirements.txt"))?;
    Ok(python)
}

/// The script, beside its packages: Node.js looks for them where the script is.
fn ethereumjs(source: &Path, folder: &Path) -> Result<PathBuf> {
    let script = folder.join("peer.mjs");
    if !installed(source, folder, "package-lock.json")? {
        eprintln!("installing @ethereumjs/vm into {}", folder.display());
        fs::create_dir_all(folder)?;
        fs::copy(source.join("package.json"), folder.join("package.json"))?;
        fs::copy(source.join("package-lock.json"), folder.join("package-lock.json"))?;
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        let installation = run(Command::new("npm").args(arguments).current_dir(folder));
        if installation.is_err() {
            fs::remove_file(folder.join("package-lock.json"))?;
        }
        installation?;
    }
    fs::copy(source.join("peer.mjs"), &script)?;
    Ok(script)
}

/// Whether the lock that was installed is the one that is asked for.
fn installed(source: &Path, folder: &Path, lock: &str) -> Result<bool> {
    let wanted = fs::read(source.join(lock)).wrap_err_with(|| source.join(lock).display().to_string())?;
    Ok(fs::read(folder.join(lock)).is_ok_and(|present| present == wanted))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().wrap_err_with(|| format!("{command:?} did not start"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
