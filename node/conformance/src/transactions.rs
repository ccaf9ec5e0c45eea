//! `TransactionTests`: what a transaction's bytes say, and which of them no block may carry.

use crate::{
    Fault,
    environment::{Fork, fork, rules},
    fixture::PreAccount,
    refusal::Refused,
    tally::Tally,
    transaction::decode,
    world::{self, World},
};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy_consensus::{Transaction, TxEnvelope, transaction::Recovered};
use alloy_evm::EvmEnv;
use edgeloom_evm::{
    ExecutionError, Refusal,
    conformance::{Installed, transact},
};
use eyre::{OptionExt, Result, WrapErr, bail, ensure};
use revm::{
    context::{BlockEnv, result::InvalidTransaction},
    primitives::hardfork::SpecId,
};
use serde::Deserialize;
use std::collections::BTreeMap;

const UNPAYABLE: &str = "TransactionTests: valid, but offers 2^128 wei a gas or more, which no account can pay";

#[derive(Debug, Deserialize)]
struct Test {
    /// By fork.
    result: BTreeMap<String, Expected>,
    txbytes: Bytes,
}

#[derive(Debug, Deserialize)]
struct Expected {
    exception: Option<String>,
    hash: Option<B256>,
    sender: Option<Address>,
}

/// All cases of one file.
///
/// # Errors
/// When the file is malformed.
pub(crate) fn run(name: &str, content: &[u8], fault: Option<Fault>) -> Result<Tally> {
    let tests: BTreeMap<String, Test> = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
    let mut tally = Tally::default();
    for (test_name, test) in &tests {
        for (fork_name, expected) in &test.result {
            match fork(fork_name) {
                Some(Fork::Runs(spec)) => {
                    let case = format!("{name}:{test_name}:{fork_name}");
                    tally += match judge(&test.txbytes, expected, spec, fault) {
                        Ok(None) => Tally::skipped(UNPAYABLE, 1),
                        Ok(Some(())) => Tally::compared(&case, Ok(())),
                        Err(report) => Tally::compared(&case, Err(format!("{report:#}"))),
                    };
                }
                Some(Fork::Skipped(reason)) => tally += Tally::skipped(&format!("{fork_name}: {reason}"), 1),
                None => bail!("{name}: unknown fork {fork_name}"),
            }
        }
    }
    Ok(tally)
}

/// `Ok(None)` where our types cannot hold what is valid but cannot be paid.
fn judge(bytes: &Bytes, expected: &Expected, spec: SpecId, fault: Option<Fault>) -> Result<Option<()>> {
    let accepted = match (fault, decode(bytes)) {
        (Some(Fault::AcceptedRefusal), _) if expected.exception.is_some() => bail!("accepted, as planted"),
        (_, Ok(transaction)) => match refusal(&transaction, spec)? {
            Some(refusal) if expected.exception.is_some() || !of_the_state(&refusal) => Err(Refused::Rules(refusal)),
            _ => Ok(transaction),
        },
        (_, Err(refused)) => Err(refused),
    };
    match (&expected.exception, accepted) {
        (Some(_), Err(_)) => Ok(Some(())),
        (Some(exception), Ok(_)) => bail!("accepted, expected {exception}"),
        (None, Err(Refused::Unpayable)) => Ok(None),
        (None, Err(refused)) => bail!("refused: {refused}"),
        (None, Ok(transaction)) => {
            let signer = fault.map_or(transaction.signer(), |fault| fault.signer(transaction.signer()));
            ensure!(signer == expected.sender.ok_or_eyre("no sender")?, "signed by {signer}");
            ensure!(*transaction.tx_hash() == expected.hash.ok_or_eyre("no hash")?, "another hash");
            Ok(Some(()))
        }
    }
}

/// Whether the account is to blame: these tests are of transactions without a state.
const fn of_the_state(refusal: &Refusal) -> bool {
    use InvalidTransaction::{LackOfFundForMaxFee, OverflowPaymentInTransaction};
    matches!(refusal, Refusal::Transaction(LackOfFundForMaxFee { .. } | OverflowPaymentInTransaction))
}

/// Why no block under the rules of `spec` may carry it, from an account that is rich and has its nonce.
fn refusal(transaction: &Recovered<TxEnvelope>, spec: SpecId) -> Result<Option<Refusal>> {
    let rich = PreAccount {
        balance: U256::MAX >> 1,
        nonce: U256::from(transaction.nonce()),
        code: Bytes::new(),
        storage: BTreeMap::new(),
    };
    let before = world::commit(&BTreeMap::from([(transaction.signer(), rich)]))?;
    let mut block = BlockEnv { gas_limit: u64::MAX, ..Default::default() };
    block.set_blob_excess_gas_and_price(0, 1);
    let (environment, world) = (EvmEnv::new(rules(spec), block), World::new(&before, U256::ZERO)?);
    match transact(environment, world, transaction.as_recovered_ref(), Installed::Ours) {
        Ok(_) => Ok(None),
        Err(ExecutionError::Refused { reason, .. }) => Ok(Some(reason)),
        Err(error) => bail!("{error}"),
    }
}
