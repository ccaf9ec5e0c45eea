use super::Index;
use edgeloom_tests::{Dev, Process, dev_signer, foundry, npm_packages};
use eyre::{Result, WrapErr as _, ensure, eyre};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

/// One contract of each kind: an immutable and arguments, a library and its user, one that creates another.
const SOURCE: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

library Twice {
    function twice(uint256 x) external pure returns (uint256) { return 2 * x; }
}

contract Doubler {
    function double(uint256 x) external pure returns (uint256) { return Twice.twice(x); }
}

contract Box {
    uint256 public immutable start;
    string public label;
    error TooSmall(uint256 least);
    constructor(uint256 start_, string memory label_) { start = start_; label = label_; }
    function add(uint256 x) external view returns (uint256) {
        if (x < start) revert TooSmall(start);
        return start + x;
    }
}

contract Factory {
    Box public last;
    function make(uint256 start) external { last = new Box(start, "made"); }
}
"#;

/// A project, and a machine that has the compiler of npm where svm would have put it.
pub(super) struct Forge {
    program: PathBuf,
    folder: TempDir,
    release: String,
    proxy: String,
    rpc: String,
    _releases: Process,
}

#[derive(Deserialize)]
struct Releases {
    port: u16,
    release: String,
}

impl Forge {
    async fn new(dev: &Dev) -> Result<Self> {
        let contracts = npm_packages("contracts")?;
        let folder = tempfile::tempdir()?;
        let at = |path: &str| folder.path().join(path);
        let solc = contracts.join("solc.mjs");
        fs::create_dir_all(at("project/src"))?;
        fs::write(at("project/src/Box.sol"), SOURCE)?;
        let toml = format!("[profile.default]\nsrc = \"src\"\nsolc = {:?}\noffline = true\noptimizer = true\n", solc);
        fs::write(at("project/foundry.toml"), toml)?;
        certify(folder.path())?;
        let mut command = Command::new("node");
        let script = edgeloom_tests::repository().join("tests/clients/verify-releases.mjs");
        command.arg(script).args([at("tls.key"), at("tls.crt")]).current_dir(&contracts);
        let mut releases = Process::start("releases", command, folder.path())?;
        let Releases { port, release } = releases.ready(Duration::from_secs(60)).await?;
        let version = release.split('+').next().ok_or_else(|| eyre!("solc has no version"))?;
        let svm = at("home/.svm").join(version);
        fs::create_dir_all(&svm)?;
        symlink(&solc, svm.join(format!("solc-{version}")))?;
        let proxy = format!("http://127.0.0.1:{port}");
        Ok(Self { program: foundry("forge")?, rpc: dev.url(), folder, release, proxy, _releases: releases })
    }

    /// Standard output, if it succeeds.
    fn run(&self, arguments: &[&str]) -> Result<String> {
        let at = |path: &str| self.folder.path().join(path);
        let output = Command::new(&self.program)
            .args(arguments)
            .current_dir(at("project"))
            .env("HOME", at("home"))
            .env("HTTPS_PROXY", &self.proxy)
            .env("NO_PROXY", "127.0.0.1")
            .env("SSL_CERT_FILE", at("tls.crt"))
            .output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        ensure!(output.status.success(), "forge {arguments:?}:\n{said}");
        Ok(said)
    }

    /// Deploys a contract of the project and gives its address.
    pub(super) fn create(&self, contract: &str, more: &[&str]) -> Result<String> {
        let key = dev_signer(1)?.to_bytes().to_string();
        let contract = format!("src/Box.sol:{contract}");
        let fixed = ["create", &contract, "--broadcast", "--rpc-url", &self.rpc, "--private-key", &key];
        let said = self.run(&[&fixed, more].concat())?;
        let line = said.lines().find_map(|line| line.strip_prefix("Deployed to: "));
        Ok(line.ok_or_else(|| eyre!("nothing was deployed:\n{said}"))?.to_owned())
    }

    fn verify(&self, address: &str, contract: &str, more: &[&str]) -> Result<String> {
        let (contract, version) = (format!("src/Box.sol:{contract}"), format!("v{}", self.release));
        let fixed =
            ["verify-contract", address, &contract, "--chain", "31337", "--compiler-version", &version, "--watch"];
        self.run(&[&fixed, more].concat())
    }
}

/// A certificate for the one host that the stand-in answers for.
fn certify(folder: &Path) -> Result<()> {
    let subject = ["-subj", "/CN=binaries.soliditylang.org", "-addext", "subjectAltName=DNS:binaries.soliditylang.org"];
    let kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    let uses = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"];
    let output = Command::new("openssl")
        .args(kind)
        .args(subject)
        .args(uses)
        .args(["-keyout", "tls.key", "-out", "tls.crt"])
        .current_dir(folder)
        .output()
        .wrap_err("openssl is needed: install it")?;
    ensure!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

pub(super) async fn index() -> Result<(Index, Forge)> {
    let dev = Dev::start().await?;
    let forge = Forge::new(&dev).await?;
    let compilers = npm_packages("contracts")?.display().to_string();
    let index = Index::start(dev, vec!["--solc-dir".into(), compilers]).await?;
    Ok((index, forge))
}

#[tokio::test(flavor = "multi_thread")]
async fn forge_verifies_by_sourcify_and_by_etherscans_form() -> Result<()> {
    let (mut index, forge) = index().await?;
    let (sourcify, etherscan) = (index.url("/"), index.url("/api"));
    let sourcify = ["--verifier", "sourcify", "--verifier-url", sourcify.as_str()];

    let arguments = ["--constructor-args", "7", "a label"];
    let one = forge.create("Box", &arguments)?;
    let said = forge.verify(&one, "Box", &sourcify)?;
    assert!(said.contains("exact_match"), "{said}");
    let (_, row) = index.get(&format!("/api/contracts/{one}")).await?;
    assert_eq!(
        (&row["match"], &row["creationMatch"], &row["runtimeMatch"]),
        (&json!("exact_match"), &json!("exact_match"), &json!("exact_match"))
    );
    assert_eq!(row["deployer"], dev_signer(1)?.address().to_string().to_lowercase());
    assert!(
        row["constructorArguments"].as_str().is_some_and(|hex| hex.starts_with("0x0000") && hex.len() == 2 + 64 * 4)
    );
    assert_eq!(row["sources"][0]["content"], SOURCE);
    let (_, values) = index.get(&format!("/v2/contract/31337/{one}?fields=runtimeBytecode,abi")).await?;
    let immutables = values["runtimeBytecode"]["transformationValues"]["immutables"].as_object().cloned();
    let seven = format!("{:#066x}", 7);
    assert_eq!(immutables.unwrap_or_default().values().collect::<Vec<_>>(), [&json!(seven)]);
    let said = forge.verify(&one, "Box", &sourcify)?;
    assert!(said.contains("already verified"), "{said}");
    let (_, created) =
        index.get(&format!("/api?module=contract&action=getcontractcreation&contractaddresses={one}")).await?;
    assert_eq!(created["result"][0]["txHash"], row["creationTx"], "{created}");

    let encoded = row["constructorArguments"].as_str().unwrap_or_default().to_owned();
    for verifier in ["custom", "blockscout"] {
        let form = ["--verifier", verifier, "--verifier-url", &etherscan, "--verifier-api-key", "any"];
        let given = [&form[..], &["--constructor-args", &encoded]].concat();
        let next = forge.create("Box", &arguments)?;
        let said = forge.verify(&next, "Box", &given)?;
        assert!(said.contains("Pass - Verified"), "{verifier}: {said}");
        if verifier == "custom" {
            let wrong = forge.create("Box", &["--constructor-args", "8", "a label"])?;
            let refused = forge.verify(&wrong, "Box", &given).expect_err("other arguments").to_string();
            assert!(refused.contains("not given these arguments"), "{refused}");
            let flat = forge.create("Box", &arguments)?;
            let said = forge.verify(&flat, "Box", &[&form[..], &["--flatten"]].concat())?;
            assert!(said.contains("Pass - Verified"), "one file: {said}");
        }
    }

    let twice = forge.create("Twice", &[])?;
    let link = format!("src/Box.sol:Twice:{twice}");
    let doubler = forge.create("Doubler", &["--libraries", &link])?;
    for (address, name) in [(&twice, "Twice"), (&doubler, "Doubler")] {
        // The library's address is not given: it is read from the code.
        let said = forge.verify(address, name, &sourcify)?;
        assert!(said.contains("Contract successfully verified"), "{name}: {said}");
    }
    let (_, linked) = index.get(&format!("/v2/contract/31337/{doubler}?fields=runtimeBytecode")).await?;
    let libraries = &linked["runtimeBytecode"]["transformationValues"]["libraries"];
    assert_eq!(libraries["src/Box.sol:Twice"], twice.to_lowercase());

    let refused = forge.verify(&doubler, "Box", &sourcify).expect_err("another contract").to_string();
    assert!(refused.contains("is not what the sources compile to") || refused.contains("already"), "{refused}");

    index.kill_9()?;
    index.launch().await?;
    let (_, row) = index.get(&format!("/api/contracts/{one}")).await?;
    assert_eq!(row["name"], "Box", "verified sources survive kill -9");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn forge_verifies_what_it_creates_and_changed_comments_are_a_match() -> Result<()> {
    let (index, forge) = index().await?;
    let url = index.url("/");
    let created = forge.create("Factory", &["--verify", "--verifier", "sourcify", "--verifier-url", &url])?;
    let (_, row) = index.get(&format!("/api/contracts/{created}")).await?;
    assert_eq!((&row["name"], &row["match"]), (&json!("Factory"), &json!("exact_match")), "{row}");

    // The factory holds the hash of another contract's metadata inside its code.
    let other = forge.create("Factory", &[])?;
    let source = forge.folder.path().join("project/src/Box.sol");
    fs::write(&source, SOURCE.replace("pragma", "// Another comment.\npragma"))?;
    let said = forge.verify(&other, "Factory", &["--verifier", "sourcify", "--verifier-url", &url])?;
    assert!(said.contains("Status: `match`"), "{said}");
    fs::write(&source, SOURCE.replace("\"made\"", "\"mode\""))?;
    let third = forge.create("Factory", &[])?;
    fs::write(&source, SOURCE)?;
    let refused = forge.verify(&third, "Factory", &["--verifier", "sourcify", "--verifier-url", &url]);
    let refused = refused.expect_err("one letter differs").to_string();
    assert!(refused.contains("is not what the sources compile to"), "{refused}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_that_a_crash_cut_off_is_done_after_it() -> Result<()> {
    let (mut index, forge) = index().await?;
    let address = forge.create("Box", &["--constructor-args", "7", "a label"])?;
    let input = json!({
        "language": "Solidity",
        "sources": { "src/Box.sol": { "content": SOURCE } },
        "settings": { "optimizer": { "enabled": true, "runs": 200 }, "evmVersion": "osaka" },
    });
    let body =
        json!({ "stdJsonInput": input, "compilerVersion": forge.release, "contractIdentifier": "src/Box.sol:Box" });
    let answer = index.post(&format!("/v2/verify/31337/{address}"), &body).await?;
    assert_eq!(answer.status(), 202);
    let id = answer.json::<Value>().await?["verificationId"].as_str().map(str::to_owned);
    // solc-js takes a second to load: it is not finished.
    index.kill_9()?;
    index.launch().await?;
    let path = format!("/v2/verify/{}", id.unwrap_or_default());
    let done = async || {
        let (_, job) = index.get(&path).await?;
        Ok((job["isJobCompleted"] == true).then_some(job))
    };
    let job = edgeloom_tests::wait_for("the verification", Duration::from_secs(60), done).await?;
    assert_eq!(job["contract"]["match"], "exact_match", "{job}");
    let missing =
        json!({ "stdJsonInput": input, "compilerVersion": "0.4.11", "contractIdentifier": "src/Box.sol:Box" });
    let other = forge.create("Box", &["--constructor-args", "9", "b"])?;
    let answer: Value = index.post(&format!("/v2/verify/31337/{other}"), &missing).await?.json().await?;
    let path = format!("/v2/verify/{}", answer["verificationId"].as_str().unwrap_or_default());
    let done = async || {
        let (_, job) = index.get(&path).await?;
        Ok((job["isJobCompleted"] == true).then_some(job))
    };
    let job = edgeloom_tests::wait_for("the verification", Duration::from_secs(60), done).await?;
    let said = job["error"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("no solc 0.4.11") && said.contains("--solc-dir"), "{job}");
    Ok(())
}
