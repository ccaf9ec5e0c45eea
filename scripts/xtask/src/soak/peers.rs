//! Installs the peers of soaks from their registries, outside the checkout, when they are missing or
//! another version is asked for.

use edgeloom_tests::repository;
use eyre::{OptionExt, Result, WrapErr, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Ethereum's specification and EthereumJS are: arguments of `edgeloom-conformance differential`.
pub(super) fn executors() -> Result<Vec<String>> {
    let sources = repository().join("node/conformance/peers");
    let python = python(&sources.join("execution-specs"))?;
    let ethereumjs = javascript(&sources.join("ethereumjs"))?;
    let specification = sources.join("execution-specs/peer.py");
    Ok(arguments(&[("--python", python), ("--specification", specification), ("--ethereumjs", ethereumjs)]))
}

/// Where @noble/curves and py_ecc are: arguments of `edgeloom-kernels bls`.
pub(super) fn verifiers() -> Result<Vec<String>> {
    let sources = repository().join("precompiles/conformance/peers");
    let python = python(&sources.join("py-ecc"))?;
    let noble = javascript(&sources.join("noble"))?;
    let mut all = arguments(&[("--interpreters", "node".into())]);
    all.push(python.display().to_string());
    all.extend(arguments(&[("--peers", noble)]));
    all.push(sources.join("py-ecc/peer.py").display().to_string());
    Ok(all)
}

fn arguments(paths: &[(&str, PathBuf)]) -> Vec<String> {
    paths.iter().flat_map(|(name, path)| [(*name).to_owned(), path.display().to_string()]).collect()
}

/// Where the peer whose sources these are is installed.
fn folder(source: &Path) -> Result<PathBuf> {
    let home = env::var_os("HOME").ok_or_eyre("HOME is not set")?;
    let name = source.file_name().ok_or_eyre("a peer has a name")?;
    Ok(PathBuf::from(home).join(".cache/edgeloom/peers").join(name))
}

/// The Python that has what the peer requires.
fn python(source: &Path) -> Result<PathBuf> {
    let folder = folder(source)?;
    let python = folder.join("bin/python");
    if installed(source, &folder, "requirements.txt")? {
        return Ok(python);
    }
    eprintln!("installing the peer {}", folder.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let requirements = source.join("requirements.txt");
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))?;
    fs::copy(&requirements, folder.join("requirements.txt"))?;
    Ok(python)
}

/// The peer's script, beside its packages: Node.js looks for them where the script is.
fn javascript(source: &Path) -> Result<PathBuf> {
    let folder = folder(source)?;
    let script = folder.join("peer.mjs");
    if !installed(source, &folder, "package-lock.json")? {
        eprintln!("installing the peer {}", folder.display());
        fs::create_dir_all(&folder)?;
        fs::copy(source.join("package.json"), folder.join("package.json"))?;
        fs::copy(source.join("package-lock.json"), folder.join("package-lock.json"))?;
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        let installation = run(Command::new("npm").args(arguments).current_dir(&folder));
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
