//! Other implementations, as processes that answer a line for each line.

use eyre::{Result, WrapErr, bail, ensure, eyre};
use serde::de::DeserializeOwned;
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A peer ends with its standard input.
#[derive(Debug)]
pub struct Peer {
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Peer {
    /// # Errors
    /// When `program` cannot be started with `script`.
    pub fn start(name: &'static str, program: &Path, script: &Path) -> Result<Self> {
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

    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// # Errors
    /// When it ended.
    pub fn ask(&mut self, question: &str) -> Result<()> {
        let Some(input) = &mut self.input else { bail!("{} has no input", self.name) };
        writeln!(input, "{question}").wrap_err(self.name)?;
        input.flush().wrap_err(self.name)
    }

    /// # Errors
    /// When it ended, or says what is no answer.
    pub fn answer<Answer: DeserializeOwned>(&mut self) -> Result<Answer> {
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
