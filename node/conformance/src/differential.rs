//! Random cases, and other implementations' word on them: Ethereum's executable specification and EthereumJS, each a
//! child process that answers a case a line ([`peer`]).
//!
//! * D1 Case `i` of seed `s` is a function of `(s, i)`: it can be run again alone.
//! * D2 A case is one transaction of any type, by Prague's or Osaka's rules, over a state of random programs, delegations
//!   and storage ([`scene`]); or a call of a precompile with one of geth's inputs, whole or mutated.
//! * D3 Status, gas, logs and state root are equal, or all sides refuse. Why they refuse is not compared: the order of
//!   checks differs between implementations.

mod dice;
mod peer;
mod program;
mod scene;
mod signed;

use crate::{
    Fault, Tally, Vectors,
    environment::environment,
    fixture::{Env, PreAccount},
    state_tests::hash_of_logs,
    transaction::decode,
    world::{self, World},
};
use alloy::primitives::{Address, B256, Bytes};
use edgeloom_evm::{
    ExecutionError,
    conformance::{Installed, transact},
};
use edgeloom_kernels::Peer;
use eyre::{Result, WrapErr, eyre};
use revm::primitives::hardfork::SpecId;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

/// How often a run says where it is.
const PROGRESS_CASES: u64 = 1_000;

/// Where the peers are.
#[derive(Clone, Debug)]
pub struct Peers {
    /// A Python that has the package `ethereum-execution`, and the script that answers with it.
    pub specification: (PathBuf, PathBuf),
    /// The script in a folder with the package `@ethereumjs/vm`. Node.js runs it.
    pub ethereumjs: PathBuf,
}

/// Which random cases run.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub seed: u64,
    pub first: u64,
    pub cases: u64,
    /// No case begins later.
    pub time_max: Duration,
}

/// A transaction, and the block and state that it meets.
pub(crate) struct Case {
    pub(crate) spec: SpecId,
    pub(crate) env: Env,
    /// Of the blocks below, oldest first.
    pub(crate) hashes: Vec<B256>,
    pub(crate) pre: BTreeMap<Address, PreAccount>,
    pub(crate) transaction: Bytes,
    pub(crate) judges: Judges,
}

/// Whom a case is put to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judges {
    Both,
    /// The specification, being Python, takes seconds for it.
    EthereumJs,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Outcome {
    Ran { status: bool, gas: u64, logs: B256, root: B256 },
    Refused { refused: String },
    Failed { failed: String },
}

impl Outcome {
    /// D3.
    fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused { .. }, Self::Refused { .. }) => true,
            (Self::Ran { .. }, Self::Ran { .. }) => self == other,
            _ => false,
        }
    }
}

/// Runs the cases of `range` on all cores, with peers of its own for each.
///
/// # Errors
/// When a peer cannot be started or ends.
pub fn differential(peers: &Peers, vectors: &Vectors, range: Range, fault: Option<Fault>) -> Result<Tally> {
    let inputs = vectors.inputs()?;
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let started = Instant::now();
    thread::scope(|scope| {
        let work = |worker: u64| {
            let inputs = &inputs;
            scope.spawn(move || -> Result<Tally> {
                let mut bench = Bench::start(peers)?;
                let mut tally = Tally::default();
                for index in (range.first..range.first + range.cases).skip(worker as usize).step_by(workers as usize) {
                    if started.elapsed() > range.time_max {
                        break;
                    }
                    tally += bench.judge(range.seed, index, inputs, fault)?;
                    if index % PROGRESS_CASES == 0 {
                        eprintln!("at case {index}");
                    }
                }
                Ok(tally)
            })
        };
        let handles: Vec<_> = (0..workers).map(work).collect();
        handles
            .into_iter()
            .try_fold(Tally::default(), |sum, handle| Ok(sum + handle.join().map_err(|_| eyre!("a worker panicked"))??))
    })
}

struct Bench {
    specification: Peer,
    ethereumjs: Peer,
}

impl Bench {
    fn start(peers: &Peers) -> Result<Self> {
        let (python, script) = &peers.specification;
        Ok(Self {
            specification: Peer::start("the specification", python, script)?,
            ethereumjs: Peer::start("EthereumJS", "node".as_ref(), &peers.ethereumjs)?,
        })
    }

    fn judge(&mut self, seed: u64, index: u64, inputs: &[(Address, Bytes)], fault: Option<Fault>) -> Result<Tally> {
        let case = scene::case(seed, index, inputs);
        let mut judges = match case.judges {
            Judges::Both => vec![&mut self.specification, &mut self.ethereumjs],
            Judges::EthereumJs => vec![&mut self.ethereumjs],
        };
        let question = peer::question(&case)?;
        judges.iter_mut().try_for_each(|judge| judge.ask(&question))?;
        let name = format!("seed {seed} case {index}");
        let ours = ours(&case, fault).wrap_err_with(|| name.clone())?;
        let mut tally = Tally::default();
        for judge in judges {
            let theirs: Outcome = judge.answer()?;
            let verdict = if ours.agrees(&theirs) {
                Ok(())
            } else {
                Err(format!("ours {ours:?}, of {} {theirs:?}", judge.name()))
            };
            let compared = Tally::compared(&name, verdict);
            tally.violations.extend(compared.violations);
        }
        tally.cases = 1;
        Ok(tally)
    }
}

/// What our side makes of `case`.
fn ours(case: &Case, fault: Option<Fault>) -> Result<Outcome> {
    let before = world::commit(&case.pre)?;
    let refused = |refused: String| Ok(Outcome::Refused { refused });
    let transaction = match decode(&case.transaction) {
        Ok(transaction) => transaction,
        Err(malformed) => return refused(malformed.to_string()),
    };
    let environment = environment(case.spec, &case.env)?;
    let world = World::new(&before, case.env.current_number)?;
    let mut executed = match transact(environment.clone(), world, transaction.as_recovered_ref(), Installed::Ours) {
        Ok(executed) => executed,
        Err(ExecutionError::Refused { reason, .. }) if fault == Some(Fault::AcceptedRefusal) => {
            let (logs, root) = (hash_of_logs(&[]), before.root());
            return Ok(Outcome::Ran { status: reason.to_string().is_empty(), gas: 0, logs, root });
        }
        Err(ExecutionError::Refused { reason, .. }) => return refused(reason.to_string()),
        Err(error) => return Ok(Outcome::Failed { failed: error.to_string() }),
    };
    if let Some(fault) = fault {
        fault.spoil(&mut executed, &environment, &transaction);
    }
    let logs: Vec<_> = executed.receipts.iter().flat_map(|receipt| receipt.logs().to_vec()).collect();
    let root = before.extend(executed.delta)?.root();
    Ok(Outcome::Ran {
        status: executed.receipts.iter().all(|receipt| receipt.status()),
        gas: executed.gas_used,
        logs: hash_of_logs(&logs),
        root: fault.map_or(root, |fault| fault.root(before.root(), root)),
    })
}

#[cfg(test)]
mod tests;
