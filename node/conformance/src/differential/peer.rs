//! A child process that answers a line for each line.

use super::{Case, Outcome};
use alloy::primitives::U256;
use eyre::{Result, WrapErr, bail, ensure, eyre};
use revm::primitives::hardfork::SpecId;
use serde_json::{Map, Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A peer ends with its standard input.
pub(super) struct Peer {
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// # Errors
    /// When `program` cannot be started with `script`.
    pub(super) fn start(name: &'static str, program: &Path, script: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .wrap_err_with(|| format!("{} did not start", program.display()))?;
        let output = child.stdout.take().ok_or_else(|| eyre!("{name} has no output"))?;
        let input = child.stdin.take();
        Ok(Self { name, child, input, output: BufReader::new(output) })
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// # Errors
    /// When it ended.
    pub(super) fn ask(&mut self, question: &str) -> Result<()> {
        let Some(input) = &mut self.input else { bail!("{} has no input", self.name) };
        writeln!(input, "{question}").wrap_err(self.name)?;
        input.flush().wrap_err(self.name)
    }

    /// # Errors
    /// When it ended, or says what is no outcome.
    pub(super) fn answer(&mut self) -> Result<Outcome> {
        let mut line = String::new();
        self.output.read_line(&mut line).wrap_err(self.name)?;
        ensure!(!line.is_empty(), "{} ended", self.name);
        serde_json::from_str(&line).wrap_err_with(|| format!("{} says {line}", self.name))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.input = None;
        if let Err(error) = self.child.wait() {
            eprintln!("{}: {error}", self.name);
        }
    }
}

/// The case as the peers read it.
///
/// # Errors
/// When its rules have no name there.
pub(super) fn question(case: &Case) -> Result<String> {
    let fork = match case.spec {
        SpecId::PRAGUE => "prague",
        SpecId::OSAKA => "osaka",
        other => bail!("{other:?} is not compared"),
    };
    let env = &case.env;
    let mut pre = Map::new();
    for (address, account) in &case.pre {
        let storage: Map<String, Value> =
            account.storage.iter().map(|(slot, value)| (hex(*slot), hex(*value).into())).collect();
        let account = json!({
            "nonce": hex(account.nonce), "balance": hex(account.balance), "code": account.code, "storage": storage,
        });
        pre.insert(format!("{address:?}"), account);
    }
    let question = json!({
        "fork": fork,
        "env": {
            "number": hex(env.current_number),
            "timestamp": hex(env.current_timestamp),
            "coinbase": format!("{:?}", env.current_coinbase),
            "gasLimit": hex(env.current_gas_limit),
            "baseFee": hex(env.current_base_fee),
            "random": format!("{:#066x}", env.current_random.unwrap_or_default()),
            "excessBlobGas": hex(env.current_excess_blob_gas),
            "hashes": case.hashes,
        },
        "pre": pre,
        "tx": case.transaction,
    });
    Ok(question.to_string())
}

fn hex(value: U256) -> String {
    format!("{value:#x}")
}
