//! `cargo xtask bindings`: compiles `contracts/src` and writes `contracts/bindings/artifacts`, the only way those files
//! come about. With `--check` it writes nothing and fails when a fresh compile gives something else.
//!
//! An artifact holds what Rust and clients need (ABI, runtime code, storage layout) and nothing that depends on the
//! machine: no paths, no metadata hash, no syntax tree ids. Beside it lies the metadata that solc wrote, which tells the
//! compiler, the settings and the hash of every source; `libraries.json` has those sources that are not in this repository.

mod layout;

use edgeloom_tests::npm_packages;
use eyre::{Result, WrapErr, ensure, eyre};
use foundry_compilers::{
    ConfigurableArtifacts, Project, ProjectBuilder, ProjectPathsConfig,
    artifacts::{
        BytecodeHash, ConfigurableContractArtifact, Remapping, Settings, SettingsMetadata,
        output_selection::{ContractOutputSelection, OutputSelection},
    },
    multi::{MultiCompiler, MultiCompilerLanguage, MultiCompilerSettings},
    solc::{Solc, SolcCompiler, SolcSettings},
};
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, fs, path::Path};

/// The contracts that genesis holds. Interfaces and libraries have no artifact.
const CONTRACTS: [&str; 40] = [
    "Attested",
    "AuctionHouse",
    "Auctions",
    "Audits",
    "Beacon",
    "Checkpoints",
    "Collection",
    "Committee",
    "Deliveries",
    "Disputable",
    "Disputes",
    "Drops",
    "EdgeRewards",
    "EdgeStaking",
    "Editions",
    "Emission",
    "Epochs",
    "Exchange",
    "Governor",
    "Inference",
    "JobMarket",
    "KeyRegistry",
    "Kinds",
    "Leases",
    "MediaGate",
    "ModelRegistry",
    "NftFactory",
    "Packs",
    "Parameters",
    "PaymentPool",
    "Possession",
    "Profiles",
    "Rentals",
    "Rewards",
    "Sealed",
    "Staking",
    "Theta",
    "Timelock",
    "Upgrades",
    "Wtfuel",
];

/// File name and content of every artifact.
type Artifacts = BTreeMap<String, String>;

/// The compiler settings, owned by `contracts/foundry.toml` so that forge tests the code that genesis holds.
#[derive(Deserialize)]
struct FoundryToml {
    profile: Profiles,
}

#[derive(Deserialize)]
struct Profiles {
    default: Profile,
}

#[derive(Deserialize)]
struct Profile {
    evm_version: String,
    optimizer_runs: usize,
    remappings: Vec<String>,
}

pub(crate) fn run(check: bool) -> Result<()> {
    let contracts = npm_packages("contracts")?;
    let fresh = compile(&contracts)?;
    let folder = contracts.join("bindings/artifacts");
    if check { compare(&folder, &fresh) } else { write(&folder, &fresh) }
}

fn compile(contracts: &Path) -> Result<Artifacts> {
    let scratch = tempfile::tempdir()?;
    let project = project(contracts, scratch.path())?;
    let output = project.compile().wrap_err("solc did not run")?;
    ensure!(!output.has_compiler_errors(), "the contracts do not compile:\n{output}");
    let (mut artifacts, mut libraries) = (Artifacts::new(), BTreeMap::new());
    for name in CONTRACTS {
        let compiled = output.find_first(name).ok_or_else(|| eyre!("no contract {name} in contracts/src"))?;
        let metadata = compiled.metadata.as_ref().zip(compiled.raw_metadata.as_ref());
        let (metadata, text) = metadata.ok_or_else(|| eyre!("solc gave no metadata of {name}"))?;
        let foreign = metadata.sources.inner.keys().filter(|path| path.starts_with("node_modules/"));
        for path in foreign {
            libraries.insert(path.clone(), fs::read_to_string(contracts.join(path)).wrap_err_with(|| path.clone())?);
        }
        artifacts.insert(format!("{name}.json"), render(name, compiled)?);
        artifacts.insert(format!("{name}.metadata.json"), text.clone());
    }
    artifacts.insert("libraries.json".into(), serde_json::to_string_pretty(&libraries)? + "\n");
    Ok(artifacts)
}

/// Compiles from scratch every time: a cache would be one more thing that a check has to trust.
fn project(contracts: &Path, scratch: &Path) -> Result<Project<MultiCompiler, ConfigurableArtifacts>> {
    let text = fs::read_to_string(contracts.join("foundry.toml")).wrap_err("contracts/foundry.toml")?;
    let profile = toml::from_str::<FoundryToml>(&text).wrap_err("contracts/foundry.toml")?.profile.default;
    let mut paths = ProjectPathsConfig::<MultiCompilerLanguage>::builder()
        .root(contracts)
        .sources(contracts.join("src"))
        .tests(scratch.join("no-tests"))
        .scripts(scratch.join("no-scripts"))
        .artifacts(scratch.join("out"))
        .build_infos(scratch.join("build-info"))
        .cache(scratch.join("cache.json"))
        .lib(contracts.join("node_modules"));
    for remapping in &profile.remappings {
        paths = paths.remapping(remapping.parse::<Remapping>().wrap_err_with(|| format!("remapping {remapping}"))?);
    }

    let mut settings = Settings::default();
    settings.optimizer.enabled = Some(true);
    settings.optimizer.runs = Some(profile.optimizer_runs);
    settings.evm_version = Some(profile.evm_version.parse().map_err(|error| eyre!("evm_version: {error}"))?);
    settings.metadata = Some(SettingsMetadata::new(BytecodeHash::None, false));
    let artifacts =
        ConfigurableArtifacts::new([ContractOutputSelection::StorageLayout, ContractOutputSelection::Metadata], []);
    let outputs = artifacts.output_selection().into_iter().map(|output| output.to_string());
    settings.output_selection = OutputSelection::common_output_selection(outputs);
    let settings =
        MultiCompilerSettings { solc: SolcSettings { settings, ..Default::default() }, ..Default::default() };

    let solc = Solc::new(contracts.join("solc.mjs")).wrap_err("contracts/solc.mjs did not answer --version")?;
    ProjectBuilder::<MultiCompiler>::default()
        .artifacts(artifacts)
        .paths(paths.build()?)
        .settings(settings)
        .ephemeral()
        .set_no_artifacts(true)
        .build(MultiCompiler { solc: Some(SolcCompiler::Specific(solc)), vyper: None })
        .wrap_err("the contracts project is not readable")
}

fn render(name: &str, compiled: &ConfigurableContractArtifact) -> Result<String> {
    let abi = compiled.abi.as_ref().ok_or_else(|| eyre!("solc gave no ABI of {name}"))?;
    let code = compiled
        .deployed_bytecode
        .as_ref()
        .and_then(|deployed| {
            // Genesis runs no constructor, so nothing would fill an immutable in.
            let fixed = deployed.immutable_references.is_empty();
            deployed.bytecode.as_ref().filter(|_| fixed)?.object.as_bytes()
        })
        .ok_or_else(|| eyre!("{name} has no runtime code, an unlinked library, or an immutable"))?;
    let layout = compiled.storage_layout.as_ref().ok_or_else(|| eyre!("solc gave no storage layout of {name}"))?;
    let artifact = json!({
        "contractName": name,
        "abi": abi,
        "deployedBytecode": code,
        "storageLayout": layout::describe(layout)?,
    });
    Ok(serde_json::to_string_pretty(&artifact)? + "\n")
}

fn compare(folder: &Path, fresh: &Artifacts) -> Result<()> {
    let committed = read(folder)?;
    let differing: Vec<&str> = fresh
        .keys()
        .chain(committed.keys().filter(|name| !fresh.contains_key(*name)))
        .filter(|name| fresh.get(*name) != committed.get(*name))
        .map(String::as_str)
        .collect();
    ensure!(
        differing.is_empty(),
        "contracts/bindings/artifacts differ from a fresh compile: {}. Run `cargo xtask bindings` and commit the result.",
        differing.join(", ")
    );
    println!("{} artifacts equal a fresh compile", fresh.len());
    Ok(())
}

fn write(folder: &Path, fresh: &Artifacts) -> Result<()> {
    fs::create_dir_all(folder)?;
    for stale in read(folder)?.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(stale))?;
    }
    for (name, content) in fresh {
        fs::write(folder.join(name), content).wrap_err_with(|| name.clone())?;
        println!("contracts/bindings/artifacts/{name}");
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Artifacts> {
    fs::read_dir(folder)
        .wrap_err_with(|| folder.display().to_string())?
        .map(|entry| {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, fs::read_to_string(&path)?))
        })
        .collect()
}
