//! `GeneralStateTests`.

use crate::{
    Fault,
    environment::{Fork, environment, fork},
    fixture::{Post, Test, Tests},
    refusal::{Refused, agrees},
    tally::Tally,
    world::{self, World},
};
use alloy::{
    eips::eip2718::Decodable2718,
    primitives::{Address, B256, Bytes, Log, keccak256},
};
use alloy_consensus::{TxEnvelope, transaction::{Recovered, SignerRecoverable}};
use edgeloom_evm::{Executed, ExecutionError, conformance};
use edgeloom_state::View;
use eyre::{Result, WrapErr, bail};
use revm::primitives::hardfork::SpecId;

/// What our side made of a case.
enum Outcome {
    Ran { root: B256, logs: B256 },
    Refused(Refused),
}

/// All cases of one file.
///
/// # Errors
/// When the file is not what [`Tests`] says.
pub(crate) fn run(name: &str, content: &[u8], fault: Option<Fault>) -> Result<Tally> {
    let tests: Tests = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
    let mut tally = Tally::default();
    for (test_name, test) in &tests {
        let before = world::commit(&test.pre).wrap_err_with(|| name.to_owned())?;
        for (fork_name, posts) in &test.post {
            let spec = match fork(fork_name) {
                Some(Fork::Runs(spec)) => spec,
                Some(Fork::Skipped(reason)) => {
                    tally += Tally::skipped(&format!("{fork_name}: {reason}"), posts.len() as u64);
                    continue;
                }
                None => bail!("{name}: unknown fork {fork_name}"),
            };
            for post in posts {
                let at = post.indexes;
                let case = format!("{name}:{test_name}:{fork_name}:d{}g{}v{}", at.data, at.gas, at.value);
                let verdict = Case { test, spec, post, before: &before, fault }.judge();
                tally += Tally::compared(&case, verdict.map_err(|report| format!("{report:#}")));
            }
        }
    }
    Ok(tally)
}

struct Case<'a> {
    test: &'a Test,
    spec: SpecId,
    post: &'a Post,
    before: &'a View,
    fault: Option<Fault>,
}

impl Case<'_> {
    /// F3.
    fn judge(&self) -> Result<()> {
        let mut outcome = self.execute()?;
        match (self.fault, &mut outcome) {
            (Some(Fault::AcceptedRefusal), Outcome::Refused(_)) => {
                outcome = Outcome::Ran { root: self.before.root(), logs: hash_of_logs(&[]) };
            }
            (Some(Fault::WrongRefusal), Outcome::Refused(refused)) => *refused = Refused::Malformed("planted".into()),
            _ => {}
        }
        let (root, logs) = match (&self.post.exception, outcome) {
            (None, Outcome::Ran { root, logs }) => (root, logs),
            (Some(expected), Outcome::Refused(refused)) if agrees(expected, &refused) => {
                (self.before.root(), hash_of_logs(&[]))
            }
            (None, Outcome::Refused(refused)) => bail!("refused: {refused}"),
            (Some(expected), Outcome::Refused(refused)) => bail!("refused with `{refused}`, expected {expected}"),
            (Some(expected), Outcome::Ran { .. }) => bail!("ran, expected {expected}"),
        };
        if root != self.post.hash {
            bail!("state root {root}, expected {}", self.post.hash);
        }
        if logs != self.post.logs {
            bail!("logs {logs}, expected {}", self.post.logs);
        }
        Ok(())
    }

    fn execute(&self) -> Result<Outcome> {
        let transaction = match decode(&self.post.txbytes) {
            Ok(transaction) => transaction,
            Err(reason) => return Ok(Outcome::Refused(Refused::Malformed(reason))),
        };
        let signer = self.fault.map_or(transaction.signer(), |fault| fault.signer(transaction.signer()));
        if signer != self.test.transaction.sender {
            bail!("signed by {signer}, expected {}", self.test.transaction.sender);
        }
        let environment = environment(self.spec, &self.test.env)?;
        let world = World::new(self.before, self.test.env.current_number)?;
        match conformance::transact(environment.clone(), world, transaction.as_recovered_ref()) {
            Ok(mut executed) => {
                if let Some(fault) = self.fault {
                    fault.spoil(&mut executed, &environment, &transaction);
                }
                self.extend(executed)
            }
            Err(ExecutionError::Refused { reason, .. }) => Ok(Outcome::Refused(Refused::Rules(reason))),
            Err(error) => bail!("{error}"),
        }
    }

    fn extend(&self, executed: Executed) -> Result<Outcome> {
        let logs: Vec<Log> = executed.receipts.iter().flat_map(|receipt| receipt.logs().to_vec()).collect();
        let root = self.before.extend(executed.delta)?.root();
        let root = self.fault.map_or(root, |fault| fault.root(self.before.root(), root));
        Ok(Outcome::Ran { root, logs: hash_of_logs(&logs) })
    }
}

/// A transaction as it is sent to the node: exactly its bytes, with its signer.
pub(crate) fn decode(bytes: &Bytes) -> Result<Recovered<TxEnvelope>, String> {
    let mut rest = bytes.as_ref();
    let transaction = TxEnvelope::decode_2718(&mut rest).map_err(|error| error.to_string())?;
    if !rest.is_empty() {
        return Err("surplus bytes".into());
    }
    let signer: Address = transaction.recover_signer().map_err(|error| error.to_string())?;
    Ok(Recovered::new_unchecked(transaction, signer))
}

fn hash_of_logs(logs: &[Log]) -> B256 {
    let mut encoded = Vec::new();
    alloy_rlp::encode_list(logs, &mut encoded);
    keccak256(encoded)
}
