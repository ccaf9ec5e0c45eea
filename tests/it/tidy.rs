//! The house rules that a machine can check: which crate may know which, root names, file sizes, names, dependencies.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use edgeloom_tests::repository;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

/// A folder depends only on folders to its left (and on its own). Tests and scripts come last: nothing depends on them,
/// but the command surface runs the tests' harness.
const FOLDERS: [&str; 7] = ["contracts", "precompiles", "node", "indexer", "sdk", "tests", "scripts"];

/// From `node` and `indexer`, outsiders may use only these.
const DOORS: [&str; 4] = ["edgeloom-node-api", "edgeloom-types", "edgeloom-index-api", "edgeloom-listener"];

/// Which crates a crate must never link, directly or not (the house's third table, "must never know").
const MUST_NEVER_KNOW: &[(&str, &[&str])] = &[
    ("edgeloom-bindings", &["revm", "rocksdb", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-bls", &["revm", "alloy", "tokio"]),
    ("edgeloom-edge-proof", &["revm", "alloy", "alloy-sol-types", "tokio", "rocksdb"]),
    ("edgeloom-provider", &["edgeloom-types", "rocksdb", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-types", &["revm", "rocksdb", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-state", &["revm", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-evm", &["rocksdb", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-chain", &["jsonrpsee", "commonware-consensus"]),
    ("edgeloom-txpool", &["edgeloom-state", "edgeloom-evm", "revm", "rocksdb"]),
    ("edgeloom-consensus", &["edgeloom-rpc", "jsonrpsee"]),
    (
        "edgeloom-guardian",
        &["edgeloom-consensus", "edgeloom-chain", "commonware-consensus", "revm", "rocksdb", "tokio", "jsonrpsee"],
    ),
    ("edgeloom-dev", &["edgeloom-consensus", "edgeloom-rpc", "jsonrpsee", "commonware-consensus"]),
    ("edgeloom-listener", &["alloy", "edgeloom-types", "jsonrpsee", "revm", "rocksdb", "commonware-consensus"]),
    ("edgeloom-node-api", &["edgeloom-state", "edgeloom-chain", "revm", "rocksdb", "commonware-consensus"]),
    ("edgeloom-rpc", &["edgeloom-consensus", "commonware-consensus"]),
    ("edgeloom-index-api", &["edgeloom-types", "revm", "rocksdb", "sqlx", "commonware-consensus"]),
    ("edgeloom-indexer", &["edgeloom-sdk", "revm", "rocksdb", "commonware-consensus"]),
    ("edgeloom-sdk", &["revm", "rocksdb", "commonware-consensus"]),
    ("edgeloom-gpu", &["alloy", "edgeloom-sdk", "revm", "rocksdb", "tokio"]),
    ("edgeloom-media", &["alloy", "edgeloom-sdk", "revm", "rocksdb", "jsonrpsee", "reqwest", "commonware-consensus"]),
    ("edgeloom-worker", &["revm", "rocksdb", "commonware-consensus"]),
    ("edgeloom-cli", &["edgeloom-worker", "revm", "rocksdb", "commonware-consensus"]),
];

/// Which crates a crate must not depend on directly. alloy links tokio and criterion links clap wherever they are linked
/// at all, so here it can only be seen that nobody calls them.
const MUST_NOT_NAME: &[(&str, &[&str])] = &[
    ("edgeloom-evm", &["tokio", "futures", "rand_core", "rocksdb"]),
    ("edgeloom-chain", &["tokio", "futures", "rand_core"]),
    ("edgeloom-consensus", &["clap"]),
];

/// What the owner named; each must be a direct dependency that code uses.
const NAMED: [&str; 10] =
    ["revm", "alloy", "foundry-compilers", "rocksdb", "jsonrpsee", "tokio", "serde", "k256", "eyre", "insta"];

const ROOT: [&str; 11] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "contracts",
    "indexer",
    "node",
    "precompiles",
    "scripts",
    "sdk",
    "tests",
];

/// Words that name nothing (STYLE.md rule 9), as words of type names.
const EMPTY_WORDS: [&str; 12] =
    ["Manager", "Helper", "Util", "Misc", "Service", "Processor", "Handler", "Common", "Data", "Info", "Impl", "Base"];

/// Names that standards give: GraphQL's cursor connections.
const GIVEN_NAMES: [&str; 1] = ["PageInfo"];

fn metadata() -> Metadata {
    // For this platform alone: the others' packages need not be on this machine.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let options = ["--locked", "--filter-platform", &platform].map(str::to_owned).to_vec();
    MetadataCommand::new().current_dir(repository()).other_options(options).exec().expect("cargo metadata")
}

fn folder_of(manifest: &Path) -> usize {
    let relative = manifest.strip_prefix(repository()).expect("members lie in the repository");
    let first = relative.components().next().expect("not empty").as_os_str().to_string_lossy().into_owned();
    FOLDERS.iter().position(|folder| *folder == first).unwrap_or_else(|| panic!("{first} is not a folder of the house"))
}

#[test]
fn arrows_point_left() {
    let metadata = metadata();
    let members: BTreeMap<String, usize> = metadata
        .workspace_packages()
        .iter()
        .map(|package| (package.name.to_string(), folder_of(package.manifest_path.as_std_path())))
        .collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let (name, from) = (package.name.to_string(), members[&package.name.to_string()]);
        for dependency in &package.dependencies {
            let Some(to) = members.get(&dependency.name) else { continue };
            let inside = *to == from;
            let closed = matches!(FOLDERS[*to], "node" | "indexer") && !DOORS.contains(&dependency.name.as_str());
            if *to > from || (!inside && closed) {
                wrong.push(format!("{name} -> {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows against the order {FOLDERS:?}: {wrong:?}");
}

#[test]
fn crates_do_not_know_what_they_must_not() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("resolved");
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    let edges: BTreeMap<_, Vec<_>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let normal =
                node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            (&node.id, normal.map(|dep| &dep.pkg).collect())
        })
        .collect();
    for (name, banned) in MUST_NEVER_KNOW {
        let Some(start) = metadata.workspace_packages().into_iter().find(|package| package.name.as_str() == *name)
        else {
            panic!("{name} is not a member");
        };
        let (mut seen, mut queue) = (BTreeSet::new(), vec![&start.id]);
        while let Some(id) = queue.pop() {
            if seen.insert(id) {
                queue.extend(&edges[id]);
            }
        }
        let known: Vec<_> =
            seen.iter().map(|id| &names[*id]).filter(|linked| banned.contains(&linked.as_str())).collect();
        assert!(known.is_empty(), "{name} links {known:?}");
    }
}

#[test]
fn crates_do_not_name_what_they_must_not() {
    let metadata = metadata();
    for (name, banned) in MUST_NOT_NAME {
        let members = metadata.workspace_packages();
        let package = members.into_iter().find(|package| package.name.as_str() == *name).expect("a member");
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let named: Vec<_> = normal.filter(|dependency| banned.contains(&dependency.name.as_str())).collect();
        assert!(named.is_empty(), "{name} depends on {named:?}");
    }
}

#[test]
fn the_owner_s_packages_are_direct_dependencies_that_code_uses() {
    let metadata = metadata();
    for named in NAMED {
        let ident = named.replace('-', "_");
        let used = metadata.workspace_packages().iter().any(|package| {
            let direct = package.dependencies.iter().any(|dependency| dependency.name == named);
            let folder = package.manifest_path.parent().expect("a folder").as_std_path();
            direct && sources(folder, "rs").iter().any(|file| uses(&read(file), &ident))
        });
        assert!(used, "{named} is not a direct dependency that code uses");
    }
}

fn uses(source: &str, ident: &str) -> bool {
    source.contains(&format!("{ident}::")) || source.contains(&format!("use {ident}"))
}

#[test]
fn the_root_shows_its_names_and_no_others() {
    // Whoever owns the checkout: in a container that is often somebody else.
    let git = ["-c", "safe.directory=*", "ls-files", "-z"];
    let listed = std::process::Command::new("git").args(git).current_dir(repository()).output().expect("git");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let names: BTreeSet<_> =
        listed.split('\0').filter_map(|path| path.split('/').next()).filter(|name| !name.is_empty()).collect();
    let surplus: Vec<_> = names.iter().filter(|name| !name.starts_with('.') && !ROOT.contains(name)).collect();
    assert!(surplus.is_empty(), "not a root name: {surplus:?}");
    let missing: Vec<_> = ROOT.iter().filter(|name| !names.contains(*name)).collect();
    assert!(missing.is_empty(), "missing at the root: {missing:?}");
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for folder in FOLDERS {
        for file in
            sources(&repository().join(folder), "rs").into_iter().chain(sources(&repository().join(folder), "sol"))
        {
            let name = file.to_string_lossy().into_owned();
            let test = name.ends_with("tests.rs")
                || name.contains("/tests/")
                || name.contains("/it/")
                || name.contains("/test/");
            let limit = if file.extension().is_some_and(|extension| extension == "sol") { 400 } else { 600 };
            let lines = read(&file).lines().count();
            if !test && lines > limit {
                long.push(format!("{name}: {lines}"));
            }
        }
    }
    assert!(long.is_empty(), "split by noun: {long:?}");
}

#[test]
fn names_say_something() {
    let mut empty = Vec::new();
    for file in FOLDERS.iter().flat_map(|folder| sources(&repository().join(folder), "rs")) {
        assert_ne!(file.file_name().expect("a name"), "mod.rs", "use foo.rs beside foo/: {}", file.display());
        for line in read(&file).lines() {
            let mut words =
                line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").split_whitespace();
            if matches!(words.next(), Some("struct" | "enum" | "trait"))
                && let Some(name) = words.next()
                && !GIVEN_NAMES.contains(&name)
                && words_of(name).any(|word| EMPTY_WORDS.contains(&word))
            {
                empty.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(empty.is_empty(), "names that say nothing: {empty:?}");
}

/// `JobMarketErrors<T>` → `Job`, `Market`, `Errors`.
fn words_of(name: &str) -> impl Iterator<Item = &str> {
    let ident = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let starts = ident.char_indices().filter(|(_, c)| c.is_uppercase()).map(|(at, _)| at);
    let ends =
        ident.char_indices().filter(|(at, c)| *at > 0 && c.is_uppercase()).map(|(at, _)| at).chain([ident.len()]);
    starts.zip(ends).map(|(start, end)| &ident[start..end])
}

#[test]
fn every_member_inherits_the_lint_table_and_says_what_it_claims() {
    for package in metadata().workspace_packages() {
        let folder = package.manifest_path.parent().expect("a folder").as_std_path();
        let manifest = read(package.manifest_path.as_std_path());
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} has lints of its own", package.name);
        let root = [folder.join("src/lib.rs"), folder.join("src/main.rs")].into_iter().find(|file| file.is_file());
        let root = read(&root.unwrap_or_else(|| panic!("{} has no root file", package.name)));
        assert!(root.starts_with("//!"), "{}: the root file opens with the crate's claim", package.name);
    }
}

/// The attacks on proofs and disputes that their design numbers, and where the answer to a number is not built yet.
const ATTACKS: RangeInclusive<u32> = 1..=27;
const ATTACKS_TO_COME: [(u32, &str); 1] = [(22, "evaluation hashes of models come with real models")];

#[test]
fn every_attack_of_the_design_has_a_test_with_its_number() {
    let mut tested = BTreeSet::new();
    for (folder, extension) in [("precompiles", "rs"), ("node", "rs"), ("sdk", "rs"), ("contracts/test", "sol")] {
        for file in sources(&repository().join(folder), extension) {
            let text = read(&file);
            let names = ["fn attack_", "function test_attack_"].map(|start| text.split(start).skip(1));
            let numbers = names.into_iter().flatten().filter_map(|rest| rest.split_once('_')?.0.parse::<u32>().ok());
            tested.extend(numbers);
        }
    }
    for attack in ATTACKS {
        let to_come = ATTACKS_TO_COME.iter().any(|(number, _)| *number == attack);
        assert_eq!(tested.contains(&attack), !to_come, "attack {attack}");
    }
}

/// Threats that the domain numbers, to contracts that are there.
const THREATS: [u32; 26] =
    [4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26, 27, 28, 29, 31, 33, 34];

#[test]
fn every_threat_to_the_contracts_has_a_test_with_its_number() {
    let mut tested = BTreeSet::new();
    for file in sources(&repository().join("contracts/test"), "sol") {
        let text = read(&file);
        let names = text.split("function test_threat_").skip(1);
        tested.extend(names.filter_map(|rest| rest.split_once('_')?.0.parse::<u32>().ok()));
    }
    for threat in THREATS {
        assert!(tested.contains(&threat), "threat {threat}");
    }
}

fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("readable").path();
            let skipped =
                path.file_name().is_some_and(|name| name == "node_modules" || name == "out" || name == "target");
            if path.is_dir() && !skipped {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
