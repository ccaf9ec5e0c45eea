//! Other implementations, as processes that answer a line for each line.

use crate::bls::Claim;
use eyre::{Result, WrapErr, bail, ensure, eyre};
use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// What a peer is started with.
#[derive(Clone, Debug)]
pub struct Program {
    pub interpreter: PathBuf,
    pub script: PathBuf,
}

/// A peer ends with its standard input.
#[derive(Debug)]
pub struct Peer {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &str, Program { interpreter, script }: &Program) -> Result<Self> {
        let mut child = Command::new(interpreter)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .wrap_err_with(|| format!("{} did not start", interpreter.display()))?;
        let output = child.stdout.take().ok_or_else(|| eyre!("{name} has no output"))?;
        let input = child.stdin.take();
        Ok(Self { name: name.to_owned(), child, input, output: BufReader::new(output) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn ask(&mut self, claim: &Claim) -> Result<()> {
        let Some(input) = &mut self.input else { bail!("{} has no input", self.name) };
        writeln!(input, "{}", serde_json::to_string(claim)?).wrap_err_with(|| self.name.clone())?;
        input.flush().wrap_err_with(|| self.name.clone())
    }

    pub(crate) fn answer(&mut self) -> Result<bool> {
        let mut line = String::new();
        self.output.read_line(&mut line).wrap_err_with(|| self.name.clone())?;
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
