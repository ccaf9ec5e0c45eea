//! `soak contracts`: calls of every institution in any order, by forge, seed after seed, and what stays true of their sums.
//! With `--plant` faults are put into them, which have to be found. Runs in a copy of the contracts without the lines
//! `forge-config: default.invariant` of the tests, which would win over `--runs` and `--depth`.

use edgeloom_tests::{foundry, npm_packages};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use serde::Deserialize;
use serde_json::json;
use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};
use tempfile::TempDir;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long to go on
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// The first round's; each later round's is one more
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Sequences of calls an invariant and round
    #[arg(long, default_value_t = 64)]
    runs: u32,
    /// Calls of a sequence
    #[arg(long, default_value_t = 256)]
    depth: u32,
    /// Faults that are put in, one after the other, and have to be found, each in `--minutes`: names with commas, or `all`; `list` prints them
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    plant: Vec<String>,
}

/// A fault, in `contracts/test/plants/plants.json`.
#[derive(Deserialize)]
struct Plant {
    name: String,
    /// Below `contracts`.
    file: String,
    /// Stands there once.
    old: String,
    new: String,
    /// Regular expression of the contracts whose invariants find it.
    suite: String,
    /// Of its tests, where those are not its invariants.
    #[serde(default = "invariants")]
    tests: String,
    says: String,
}

fn invariants() -> String {
    "^invariant_".to_owned()
}

/// What `timeout` exits with.
const TIMED_OUT: i32 = 124;
const KILLED: i32 = 137;

/// What a round of forge came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Round {
    invariants: u64,
    calls: u64,
    reverts: u64,
    violations: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let contracts = npm_packages("contracts")?;
    let plants = plants(&contracts)?;
    let chosen: Vec<_> = match arguments.plant.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => return soak(arguments, copied(&contracts)?.path()),
        ["list"] => {
            for Plant { name, file, says, .. } in &plants {
                println!("{name}: {says} ({file})");
            }
            return Ok(());
        }
        ["all"] => plants.iter().collect(),
        ref names => names.iter().map(|name| named(&plants, name)).collect::<Result<_>>()?,
    };
    let planted = copied(&contracts)?;
    let mut missed = Vec::new();
    for plant in chosen {
        if let Err(error) = search(arguments, planted.path(), plant) {
            eprintln!("{error:#}");
            missed.push(plant.name.as_str());
        }
    }
    ensure!(missed.is_empty(), "not found: {}", missed.join(", "));
    Ok(())
}

fn named<'a>(plants: &'a [Plant], name: &str) -> Result<&'a Plant> {
    let plant = plants.iter().find(|plant| plant.name == name);
    plant.ok_or_else(|| eyre!("no plant is called {name}: see --plant list"))
}

fn plants(contracts: &Path) -> Result<Vec<Plant>> {
    let path = contracts.join("test/plants/plants.json");
    let text = fs::read_to_string(&path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).wrap_err_with(|| path.display().to_string())
}

fn soak(arguments: &Arguments, folder: &Path) -> Result<()> {
    let (started, mut seed) = (Instant::now(), arguments.seed);
    let (mut total, mut rounds) = (Round::default(), 0);
    while total.violations.is_empty() && started.elapsed() < Duration::from_secs(60 * arguments.minutes) {
        let round =
            forge(arguments, folder, (".*", &invariants()), seed, None)?.ok_or_else(|| eyre!("forge was stopped"))?;
        ensure!(round.invariants > 0, "forge ran no invariant");
        total.invariants = round.invariants;
        total.calls += round.calls;
        total.reverts += round.reverts;
        total.violations.extend(round.violations);
        (seed, rounds) = (seed + 1, rounds + 1);
        eprintln!("{} calls of {} invariants in {:.0?}", total.calls, total.invariants, started.elapsed());
    }
    let Round { invariants, calls, reverts, violations } = &total;
    println!(
        "{}",
        json!({
            "soak": "contracts", "seed": arguments.seed, "rounds": rounds, "invariants": invariants, "calls": calls,
            "reverts": reverts, "violations": violations.len(), "seconds": started.elapsed().as_secs(),
        })
    );
    ensure!(violations.is_empty(), "after seed {}: {}", seed - 1, violations.join("; "));
    Ok(())
}

/// Puts a fault into a copy of the contracts, and takes it out again.
fn search(arguments: &Arguments, copy: &Path, plant: &Plant) -> Result<()> {
    let path = copy.join(&plant.file);
    let text = fs::read_to_string(&path).wrap_err_with(|| path.display().to_string())?;
    ensure!(text.matches(&plant.old).count() == 1, "{}: what is replaced stands there not once", plant.file);
    fs::write(&path, text.replace(&plant.old, &plant.new))?;
    let found = find(arguments, copy, plant);
    fs::write(&path, text)?;
    // Sequences that failed are kept, and would be tried first on the next fault.
    match fs::remove_dir_all(copy.join("cache/invariant")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => found,
    }
}

/// Goes on until it is found, for as long as asked. What forge does not end in that time has found nothing.
fn find(arguments: &Arguments, copy: &Path, plant: &Plant) -> Result<()> {
    let (started, mut seed, mut calls) = (Instant::now(), arguments.seed, 0);
    loop {
        let left = Duration::from_secs(60 * arguments.minutes).saturating_sub(started.elapsed());
        let round =
            if left.is_zero() { None } else { forge(arguments, copy, (&plant.suite, &plant.tests), seed, Some(left))? };
        let Some(round) = round else { bail!("{}: not found by {calls} calls: {}", plant.name, plant.says) };
        if !round.violations.is_empty() {
            let seconds = started.elapsed().as_secs();
            println!("{}", json!({ "plant": plant.name, "found": round.violations, "seed": seed, "seconds": seconds }));
            return Ok(());
        }
        ensure!(round.invariants > 0, "forge ran no test {} of {}", plant.tests, plant.suite);
        calls += round.calls;
        seed += 1;
    }
}

fn copied(contracts: &Path) -> Result<TempDir> {
    let copy = tempfile::tempdir()?;
    for part in ["src", "test"] {
        copy_folder(&contracts.join(part), &copy.path().join(part))?;
    }
    for file in ["foundry.toml", "solc.mjs", "package.json"] {
        fs::copy(contracts.join(file), copy.path().join(file))?;
    }
    symlink(contracts.join("node_modules"), copy.path().join("node_modules"))?;
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        // Of suites that forge does not run.
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if target.extension().is_some_and(|extension| extension == "sol") {
            fs::write(target, unconfigured(&fs::read_to_string(entry.path())?))?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn unconfigured(solidity: &str) -> String {
    let configures = |line: &&str| line.contains("forge-config: default.invariant");
    solidity.split_inclusive('\n').filter(|line| !configures(line)).collect()
}

/// `None` when `most` was not enough.
fn forge(
    arguments: &Arguments,
    folder: &Path,
    (suite, tests): (&str, &str),
    seed: u64,
    most: Option<Duration>,
) -> Result<Option<Round>> {
    let seconds = most.map_or(0, |most| most.as_secs().max(1));
    // Of `timeout`: zero is for ever.
    let Output { status, stdout, stderr } = Command::new("timeout")
        .args(["--kill-after=5", &seconds.to_string()])
        .arg(foundry("forge")?)
        .args(["test", "--match-test", tests, "--match-contract", suite])
        .args(["--fuzz-seed", &format!("{seed:#x}")])
        .env("FOUNDRY_INVARIANT_RUNS", arguments.runs.to_string())
        .env("FOUNDRY_INVARIANT_DEPTH", arguments.depth.to_string())
        // A suite is not compiled again for a fault in what it calls.
        .env("FOUNDRY_DYNAMIC_TEST_LINKING", "true")
        // A fault may leave something unused.
        .env("FOUNDRY_DENY", "never")
        // To make a sequence of calls short takes minutes, and its seed repeats it.
        .env("FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT", "0")
        .current_dir(folder)
        .output()
        .wrap_err("timeout did not start")?;
    if [Some(TIMED_OUT), Some(KILLED)].contains(&status.code()) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&stdout);
    let round = read(&text);
    // It also fails on what does not compile.
    let explained = status.success() || !round.violations.is_empty();
    ensure!(explained, "forge ended with {status}:\n{text}{}", String::from_utf8_lossy(&stderr));
    Ok(Some(round))
}

/// `[PASS] invariant_x() (runs: 64, calls: 8192, reverts: 0)`, `[PASS] testFuzz_x(uint256) (runs: 512, μ: 5, ~: 5)`, or `[FAIL: why]`, the calls that led there, and then
/// `invariant_x() (…)` on a line of its own.
fn read(text: &str) -> Round {
    let (mut round, mut failure) = (Round::default(), None);
    // What failed is said again in the end.
    for line in text.lines().map(str::trim).take_while(|line| !line.starts_with("Failing tests:")) {
        let (verdict, rest) = line.strip_prefix('[').and_then(bracketed).unwrap_or(("", line));
        if verdict.starts_with("FAIL") {
            failure = Some(verdict);
        }
        let rest = rest.trim();
        if !rest.starts_with("invariant_") && !rest.starts_with("testFuzz_") {
            continue;
        }
        let name = rest.split('(').next().unwrap_or_default();
        round.invariants += 1;
        round.calls += number(rest, "calls: ").or_else(|| number(rest, "runs: ")).unwrap_or(0);
        round.reverts += number(rest, "reverts: ").unwrap_or(0);
        let failure = failure.take().filter(|_| verdict != "PASS");
        round.violations.extend(failure.map(|failure| format!("{name}: {failure}")));
    }
    round
}

/// What is before the last bracket, and behind it: a counterexample has brackets of its own.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once("] ").or_else(|| Some((text.strip_suffix(']')?, "")))
}

fn number(text: &str, label: &str) -> Option<u64> {
    let digits = text.split_once(label)?.1;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_forge_prints_is_counted_once() {
        let text = "Ran 2 tests for test/A.t.sol:A\n\
            [PASS] invariant_sums() (runs: 64, calls: 8192, reverts: 3)\n\
            [FAIL: held is wrong]\n\
            \t[Sequence] (original: 5, shrunk: 2)\n\
            \t\tsender=0x1 addr=[test/A.t.sol:A]0x2 calldata=take(uint256) args=[1]\n \
            invariant_held() (runs: 1, calls: 77, reverts: 0)\n\
            [PASS] test_other() (gas: 5)\n\
            [FAIL: off by one; counterexample: calldata=0x0 args=[1]] testFuzz_price(uint256) (runs: 3, μ: 5, ~: 5)\n\
            [FAIL: none] test_third() (gas: 5)\n\
            [PASS] invariant_last() (runs: 1, calls: 1, reverts: 0)\n\
            Failing tests:\n\
            [FAIL: held is wrong] invariant_held() (runs: 1, calls: 77, reverts: 0)\n";
        let price = "testFuzz_price: FAIL: off by one; counterexample: calldata=0x0 args=[1]".to_owned();
        let violations = vec!["invariant_held: FAIL: held is wrong".to_owned(), price];
        assert_eq!(read(text), Round { invariants: 4, calls: 8273, reverts: 3, violations });
    }

    #[test]
    fn only_what_sets_runs_is_dropped() {
        let text = "/// What is true.\n/// forge-config: default.invariant.runs = 24\ncontract A {}\n";
        assert_eq!(unconfigured(text), "/// What is true.\ncontract A {}\n");
        let fuzz = "/// forge-config: default.fuzz.runs = 64\n";
        assert_eq!(unconfigured(fuzz), fuzz);
    }

    /// Each stands where its plant says, so that none silently plants nothing.
    #[test]
    fn every_plant_changes_one_place() {
        let contracts = edgeloom_tests::repository().join("contracts");
        let plants = plants(&contracts).expect("listed");
        assert!(plants.len() >= 10);
        for Plant { name, file, old, new, .. } in plants {
            let text = fs::read_to_string(contracts.join(&file)).expect("a file of ours");
            assert_eq!(text.matches(&old).count(), 1, "{name}");
            assert_ne!(old, new, "{name}");
        }
    }
}
