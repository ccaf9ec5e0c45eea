//! `GeneralStateTests`.

use crate::{
    Fault,
    environment::{Fork, environment, fork},
    fixture::{Post, Test, Tests},
    refusal::{Refused, agrees},
    tally::Tally,
    transaction::decode,
    world::{self, World},
};
use alloy::primitives::{B256, Log, keccak256};
use edgeloom_bindings::addresses::EDGE_PROOF;
use edgeloom_evm::{
    Executed, ExecutionError,
    conformance::{Installed, transact},
};
use edgeloom_state::View;
use eyre::{Result, WrapErr, bail};
use revm::primitives::hardfork::SpecId;

/// Tests of EIP-7610, by name.
const STORAGE_ALONE: [&str; 5] = [
    "InitCollisionParis",
    "RevertInCreateInInitCreate2Paris",
    "RevertInCreateInInit_Paris",
    "create2collisionStorageParis",
    "dynamicAccountOverwriteEmpty_Paris",
];
const STORAGE_ALONE_REASON: &str =
    "EIP-7610: creation over an account with storage but neither nonce nor code, which no transaction can make";

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
                Some(Fork::Runs(_)) if STORAGE_ALONE.contains(&test_name.as_str()) => {
                    tally += Tally::skipped(STORAGE_ALONE_REASON, posts.len() as u64);
                    continue;
                }
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
            Err(refused) => return Ok(Outcome::Refused(refused)),
        };
        let signer = self.fault.map_or(transaction.signer(), |fault| fault.signer(transaction.signer()));
        if signer != self.test.transaction.sender {
            bail!("signed by {signer}, expected {}", self.test.transaction.sender);
        }
        let environment = environment(self.spec, &self.test.env)?;
        let world = World::new(self.before, self.test.env.current_number)?;
        let ours_is_taken = self.test.pre.contains_key(&EDGE_PROOF);
        let installed = if ours_is_taken { Installed::Ethereums } else { Installed::Ours };
        match transact(environment.clone(), world, transaction.as_recovered_ref(), installed) {
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

/// keccak256 of the logs' RLP.
pub(crate) fn hash_of_logs(logs: &[Log]) -> B256 {
    let mut encoded = Vec::new();
    alloy_rlp::encode_list(logs, &mut encoded);
    keccak256(encoded)
}
