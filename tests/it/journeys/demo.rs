//! `scripts/demo` itself, with fewer images: four validators, kills on the way, every check of its own.

use edgeloom_tests::{Process, binary, free_port};
use eyre::{Result, ensure};
use serde_json::Value;
use std::time::Duration;

#[test]
fn the_demo_holds() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (json, port) = (folder.path().join("figures.json"), free_port()?.min(60_000).to_string());
    let file = json.display().to_string();
    let arguments = ["demo", "--exit", "--jobs", "40", "--json", &file, "--base-port", &port];
    let mut demo = Process::spawn("demo", &binary("xtask")?, &arguments, folder.path())?;
    let status = demo.wait(Duration::from_secs(240))?;
    ensure!(status.success(), "the demo ended with {status}:\n{}", demo.lines()?.join("\n"));
    let figures: Value = serde_json::from_slice(&std::fs::read(json)?)?;
    assert_eq!(figures["validators"], 4);
    assert_eq!((&figures["jobs_posted"], &figures["jobs_settled"]), (&40.into(), &40.into()));
    assert_eq!(figures["supply_conserved"], true);
    assert!(figures["accuracy"].as_f64().is_some_and(|accuracy| accuracy >= 0.9), "{figures}");
    let said = demo.lines()?.join("\n");
    assert!(said.contains("kill -9") && said.contains("started again"), "{said}");
    Ok(())
}

#[test]
fn a_port_in_use_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let port = free_port()?.min(60_000);
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port + 1))?;
    let mut demo =
        Process::spawn("demo", &binary("xtask")?, &["demo", "--base-port", &port.to_string()], folder.path())?;
    let status = demo.wait(Duration::from_secs(20))?;
    assert!(!status.success());
    let said = demo.lines()?.join("\n");
    assert!(said.contains(&format!("port {}", port + 1)) && said.contains("--base-port"), "{said}");
    Ok(())
}

#[test]
fn a_stale_data_directory_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stale = folder.path().join("stale");
    std::fs::create_dir(&stale)?;
    std::fs::write(stale.join("left"), "over")?;
    let (data, port) = (stale.display().to_string(), free_port()?.min(60_000).to_string());
    let mut demo =
        Process::spawn("demo", &binary("xtask")?, &["demo", "--data", &data, "--base-port", &port], folder.path())?;
    assert!(!demo.wait(Duration::from_secs(20))?.success());
    assert!(demo.lines()?.join("\n").contains("earlier run"), "{}", demo.tail());
    Ok(())
}
