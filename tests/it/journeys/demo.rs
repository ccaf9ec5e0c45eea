//! `scripts/demo` itself, with fewer images: four validators, kills on the way, every check of its own; and what it says
//! and leaves behind when something is in its way.

use edgeloom_tests::{Process, Signal, binary, free_ports, repository, wait_for};
use eyre::{Result, ensure};
use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Duration};
use tempfile::TempDir;

/// From the first port to the last worker's.
const PORTS: u16 = 23;

/// A demo with its data in a folder of the test's.
struct Demo {
    process: Process,
    data: String,
}

impl Demo {
    fn start(folder: &TempDir, data: &Path, more: &[&str]) -> Result<Self> {
        let (data, base_port) = (data.display().to_string(), free_ports(PORTS)?);
        Self::start_at(folder, base_port, data, more)
    }

    fn start_at(folder: &TempDir, base_port: u16, data: String, more: &[&str]) -> Result<Self> {
        let mut command = Command::new(binary("xtask")?);
        command.args(["demo", "--data", &data, "--base-port", &base_port.to_string()]).args(more);
        Ok(Self { process: Process::start("demo", command, folder.path())?, data })
    }

    async fn says(&self, words: &str) -> Result<()> {
        let said = async || Ok(self.process.lines()?.iter().any(|line| line.contains(words)).then_some(()));
        wait_for(words, Duration::from_secs(60), said).await
    }

    /// The words in which it gives up before it starts anything.
    async fn refuses(mut self) -> Result<String> {
        let status = self.process.wait(Duration::from_secs(20)).await?;
        ensure!(!status.success(), "it did not refuse:\n{}", self.process.tail());
        Ok(self.process.lines()?.join("\n"))
    }

    /// Processes whose command lines name its data: its validators, indexer and workers.
    fn children(&self) -> Result<usize> {
        let names_data = |process: &fs::DirEntry| {
            // A process that has just ended has no command line.
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(&self.data) && !line.contains("xtask")
        };
        Ok(fs::read_dir("/proc")?.filter_map(Result::ok).filter(names_data).count())
    }

    async fn leaves_no_child(&self) -> Result<()> {
        let none = async || Ok((self.children()? == 0).then_some(()));
        wait_for("the last child to end", Duration::from_secs(5), none).await
    }
}

#[tokio::test]
async fn the_demo_holds() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("figures.json");
    let more = ["--exit", "--jobs", "100", "--json", &json.display().to_string()];
    let mut demo = Demo::start(&folder, &folder.path().join("net"), &more)?;
    let status = demo.process.wait(Duration::from_secs(240)).await?;
    let said = demo.process.lines()?.join("\n");
    ensure!(status.success(), "the demo ended with {status}:\n{said}");
    let figures: Value = serde_json::from_slice(&fs::read(json)?)?;
    assert_eq!(figures["validators"], 4);
    assert_eq!((&figures["jobs_posted"], &figures["jobs_settled"]), (&100.into(), &100.into()));
    assert_eq!(figures["supply_conserved"], true);
    assert!(figures["accuracy"].as_f64().is_some_and(|accuracy| accuracy >= 0.9), "{figures}");
    for words in ["kill -9", "started again", "Nothing was lost"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains('\x1b'), "colours go to terminals only: {said}");
    demo.leaves_no_child().await
}

#[tokio::test]
async fn killed_or_interrupted_it_leaves_no_child() -> Result<()> {
    for (signal, code) in [(Signal::SIGKILL, None), (Signal::SIGINT, Some(130)), (Signal::SIGTERM, Some(143))] {
        let folder = tempfile::tempdir()?;
        let mut demo = Demo::start(&folder, &folder.path().join("net"), &[])?;
        demo.says("Registering the model").await?;
        // Validators, indexer, workers.
        assert_eq!(demo.children()?, 4 + 1 + 2);
        demo.process.signal(signal)?;
        let status = demo.process.wait(Duration::from_secs(10)).await?;
        assert_eq!(status.code(), code, "after {signal}: {}", demo.process.tail());
        demo.leaves_no_child().await?;
    }
    Ok(())
}

#[tokio::test]
async fn interrupted_while_a_process_starts_it_ends_at_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut demo = Demo::start(&folder, &folder.path().join("net"), &[])?;
    demo.says("Starting").await?;
    demo.process.signal(Signal::SIGINT)?;
    assert_eq!(demo.process.wait(Duration::from_secs(2)).await?.code(), Some(130));
    Ok(())
}

#[tokio::test]
async fn a_port_in_use_is_named() -> Result<()> {
    let (folder, port) = (tempfile::tempdir()?, free_ports(PORTS)?);
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port + 1))?;
    let data = folder.path().join("net").display().to_string();
    let said = Demo::start_at(&folder, port, data, &[])?.refuses().await?;
    assert!(said.contains(&format!("port {}", port + 1)) && said.contains("--base-port"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_stale_data_directory_a_full_disk_and_an_unwritable_file_are_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stale = folder.path().join("stale");
    fs::create_dir(&stale)?;
    fs::write(stale.join("left"), "over")?;
    let said = Demo::start(&folder, &stale, &[])?.refuses().await?;
    assert!(said.contains("earlier run"), "{said}");
    // The process file system has no room at all.
    let said = Demo::start(&folder, Path::new("/proc/net-of-the-demo"), &[])?.refuses().await?;
    assert!(said.contains("0 MiB free") && said.contains("--data"), "{said}");
    let net = folder.path().join("net");
    let said = Demo::start(&folder, &net, &["--json", "/nowhere/figures.json"])?.refuses().await?;
    assert!(said.contains("/nowhere/figures.json"), "{said}");
    Ok(())
}

/// The script answers before it builds anything, so it has a text of its own.
#[tokio::test]
async fn the_script_s_help_is_the_program_s() -> Result<()> {
    let options = |output: std::process::Output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '-');
        let mut options: Vec<_> = words.filter(|word| word.starts_with("--")).map(str::to_owned).collect();
        options.sort();
        options.dedup();
        options
    };
    let script = repository().join("scripts/demo");
    let ours = options(Command::new(&script).arg("--help").output()?);
    assert_eq!(ours, options(Command::new(binary("xtask")?).args(["demo", "--help"]).output()?));
    let refused = Command::new(&script).arg("--job=3").output()?;
    assert_eq!(refused.status.code(), Some(2), "refused before the build");
    Ok(())
}
