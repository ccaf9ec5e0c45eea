//! The requester's command line, beside a worker that answers.

use alloy::primitives::Bytes;
use edgeloom_tests::{Market, binary};
use eyre::{Result, ensure, eyre};
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};
use tokio::task::spawn_blocking;

use super::market::bonded;

/// Development account 0, which posts in this market.
const REQUESTER: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

struct Terminal {
    rpc: String,
    folder: PathBuf,
}

impl Terminal {
    fn of(market: &Market) -> Self {
        Self { rpc: market.net.rpc(0), folder: market.net.config().folder.clone() }
    }

    /// The file of a job's input.
    fn input(&self, market: &Market, sample: usize) -> Result<String> {
        let path = self.folder.join(format!("input-{sample}"));
        fs::write(&path, &market.digits.samples[sample].pixels)?;
        Ok(path.display().to_string())
    }

    async fn run(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(binary("edgeloom-cli")?);
        command.args(["--rpc", &self.rpc]).args(arguments).env_remove("EDGELOOM_KEY");
        Ok(spawn_blocking(move || command.output()).await??)
    }

    /// As the requester, with events as JSON. It must end well.
    async fn events(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let output = self.run(&[&["--json", "--key", REQUESTER, "job"], arguments].concat()).await?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout)?;
        lines.lines().map(|line| serde_json::from_str(line).map_err(|error| eyre!("{line:?}: {error}"))).collect()
    }

    /// What people read, of a command that must fail.
    async fn complaint(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments).await?;
        ensure!(!output.status.success(), "{arguments:?} ended well");
        Ok(format!("{}{}", String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["event"].as_str()).collect()
}

#[tokio::test]
async fn shards_of_a_large_job_are_posted_followed_and_joined() -> Result<()> {
    let mut market = Market::start(1).await?;
    market.net.start_worker(0).await?;
    let terminal = Terminal::of(&market);
    let (model, joined) = (market.model.to_string(), terminal.folder.join("joined").display().to_string());
    let inputs = [terminal.input(&market, 0)?, terminal.input(&market, 1)?, terminal.input(&market, 2)?];
    let mut arguments = vec!["post", "--model", &model, "--price", "0.01", "--output", &joined];
    arguments.extend(inputs.iter().flat_map(|path| ["--input", path]));
    let events = terminal.events(&arguments).await?;
    let count = |name: &str| names(&events).iter().filter(|event| **event == name).count();
    assert_eq!((names(&events)[0], count("closed")), ("posted", 3), "{events:?}");
    assert_eq!(events[0]["escrowWei"], "30000000000000000");
    let local = market.requester.models().load(market.model).await?;
    let answers = (0..3).map(|sample| Ok(local.infer(&market.digits.samples[sample].pixels)?));
    assert_eq!(fs::read(&joined)?, answers.collect::<Result<Vec<_>>>()?.concat(), "joined in the order of the inputs");
    for closed in events.iter().filter(|event| event["event"] == "closed") {
        assert_eq!((&closed["phase"], &closed["paidWei"]), (&"settled".into(), &"9500000000000000".into()));
        assert_ne!(closed["evidence"], Bytes::from([0; 32]).to_string());
    }
    // Who comes later sees the same, and may not ask for what is no order.
    let order = events[0]["order"].as_str().ok_or_else(|| eyre!("no order"))?;
    let again = terminal.events(&["watch", order, "--all"]).await?;
    assert_eq!(names(&again), ["closed"; 3]);
    assert_eq!(terminal.events(&["show", order]).await?[0]["reason"], "correct answer");
    let unknown = terminal.complaint(&["job", "show", "99"]).await?;
    assert!(unknown.starts_with("error: ") && unknown.contains("99"), "{unknown}");
    Ok(())
}

#[tokio::test]
async fn jobs_are_cancelled_and_accepted_and_say_so() -> Result<()> {
    let market = Market::start(0).await?;
    let worker = bonded(&market, 1).await?;
    let terminal = Terminal::of(&market);
    let (model, input) = (market.model.to_string(), terminal.input(&market, 0)?);
    let post = ["post", "--model", &model, "--input", &input, "--price", "0.5"];
    let stranger = worker.address()?.to_string();
    let first = terminal.events(&[&post[..], &["--worker", &stranger, "--take-within", "1h"]].concat()).await?;
    let first = first[0]["order"].as_str().ok_or_else(|| eyre!("no order"))?.to_owned();
    let shown = terminal.run(&["job", "show", &first]).await?;
    let shown = String::from_utf8(shown.stdout)?;
    assert!(shown.contains("open (running)") && shown.contains("0.5"), "{shown}");
    assert_eq!(names(&terminal.events(&["cancel", &first]).await?), ["cancelled"]);
    let ended = terminal.complaint(&["job", "watch", &first]).await?;
    assert!(ended.contains("cancelled by its requester"), "{ended}");
    let twice = terminal.complaint(&["--key", REQUESTER, "job", "cancel", &first]).await?;
    assert!(twice.contains("NothingUntaken"), "{twice}");

    let second = terminal.events(&post).await?;
    let second = second[0]["order"].as_str().ok_or_else(|| eyre!("no order"))?.to_owned();
    let job = second.parse()?;
    let order = worker.jobs().order_of(job).await?;
    worker.jobs().take(&order, &[job]).await?;
    assert_eq!(names(&terminal.events(&["accept", &second]).await?), ["accepted"]);
    let closed = terminal.events(&["watch", &second]).await?;
    assert_eq!((&closed[0]["reason"], &closed[0]["answer"]), (&"accepted by its requester".into(), &Value::Null));

    // What costs money needs a key; what is wrong is named.
    let keyless = terminal.complaint(&["job", "cancel", &second]).await?;
    assert!(keyless.contains("--keystore"), "{keyless}");
    let mistaken = terminal
        .complaint(&["--key", REQUESTER, "job", "post", "--model", &model, "--input", &input, "--price", "lots"])
        .await?;
    assert!(mistaken.contains("\"lots\" is not an amount of TFUEL"), "{mistaken}");
    let missing = terminal
        .complaint(&["--key", REQUESTER, "job", "post", "--model", &model, "--input", "nowhere", "--price", "1"])
        .await?;
    assert!(missing.contains("cannot read the input nowhere"), "{missing}");
    Ok(())
}
