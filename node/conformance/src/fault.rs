//! Faults that can be planted between the executor and the comparison (F4).

use crate::precompiles::Answer;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, Transaction, TxEnvelope, transaction::Recovered};
use alloy_evm::EvmEnv;
use edgeloom_evm::Executed;
use revm::context_interface::Block;

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// A transaction is charged one gas too much
    WrongGas,
    /// A transaction that failed is reported as one that succeeded, and the other way around
    WrongStatus,
    /// The last log of a transaction is lost
    DroppedLog,
    /// The root of the state before is given for the one after
    StaleRoot,
    /// One storage slot that changed is not written
    MissingWrite,
    /// The sender's nonce does not move
    KeptNonce,
    /// The base fee goes to the beneficiary
    UnburnedBaseFee,
    /// What the rules refuse is reported as run
    AcceptedRefusal,
    /// Every refusal is given the same reason
    WrongRefusal,
    /// A precompile's output has one bit flipped
    WrongOutput,
    /// A precompile charges one gas too much
    WrongPrecompileGas,
    /// A precompile accepts what it should refuse
    AcceptedInput,
    /// A transaction's signer is another
    WrongSigner,
    /// A deletion from a trie is forgotten
    KeptLeaf,
    /// An RLP string loses its last byte
    ShortString,
}

impl Fault {
    /// Those that the public tests and vectors show.
    pub const IN_STATE_TESTS: [Self; 14] = [
        Self::WrongGas,
        Self::DroppedLog,
        Self::StaleRoot,
        Self::MissingWrite,
        Self::KeptNonce,
        Self::UnburnedBaseFee,
        Self::AcceptedRefusal,
        Self::WrongRefusal,
        Self::WrongOutput,
        Self::WrongPrecompileGas,
        Self::AcceptedInput,
        Self::WrongSigner,
        Self::KeptLeaf,
        Self::ShortString,
    ];

    /// Those that peers show: they see a transaction's outcome alone.
    pub const IN_DIFFERENTIAL: [Self; 8] = [
        Self::WrongGas,
        Self::WrongStatus,
        Self::DroppedLog,
        Self::StaleRoot,
        Self::MissingWrite,
        Self::KeptNonce,
        Self::UnburnedBaseFee,
        Self::AcceptedRefusal,
    ];

    /// Makes `executed` wrong, where this fault shows in what a transaction did.
    pub(crate) fn spoil(self, executed: &mut Executed, environment: &EvmEnv, transaction: &Recovered<TxEnvelope>) {
        let base_fee = environment.block_env.basefee;
        let sender = transaction.signer();
        match self {
            Self::WrongGas => {
                let price = transaction.effective_gas_price(Some(base_fee));
                alter(executed, sender, |balance, _| *balance -= U256::from(price).min(*balance));
                executed.gas_used += 1;
            }
            Self::WrongStatus => executed.receipts.iter_mut().for_each(flip_status),
            Self::DroppedLog => executed.receipts.iter_mut().for_each(drop_log),
            Self::MissingWrite => {
                let written = executed.delta.accounts.values_mut().find(|change| !change.storage.is_empty());
                written.and_then(|change| change.storage.pop_last());
            }
            Self::KeptNonce => alter(executed, sender, |_, nonce| *nonce -= 1),
            Self::UnburnedBaseFee => {
                let burned = executed.burned;
                alter(executed, environment.block_env.beneficiary(), |balance, _| *balance += burned);
            }
            _ => {}
        }
    }

    /// Makes a precompile's answer wrong.
    pub(crate) fn spoil_answer(self, answer: &mut Answer) {
        match (self, answer) {
            (Self::WrongOutput, Answer::Returned { output, .. }) => {
                let mut flipped = output.to_vec();
                flipped.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                *output = flipped.into();
            }
            (Self::WrongPrecompileGas, Answer::Returned { gas, .. }) => *gas += 1,
            (Self::AcceptedInput, answer @ Answer::Failed) => {
                *answer = Answer::Returned { output: Bytes::new(), gas: 0 };
            }
            _ => {}
        }
    }

    pub(crate) fn signer(self, signer: Address) -> Address {
        if self == Self::WrongSigner { signer.create(0) } else { signer }
    }

    pub(crate) fn root(self, before: B256, after: B256) -> B256 {
        if self == Self::StaleRoot { before } else { after }
    }
}

fn alter(executed: &mut Executed, address: Address, change: impl FnOnce(&mut U256, &mut u64)) {
    let account = executed.delta.accounts.get_mut(&address).and_then(|change| change.account.as_mut());
    if let Some(account) = account {
        change(&mut account.balance, &mut account.nonce);
    }
}

fn drop_log(receipt: &mut ReceiptEnvelope) {
    inner(receipt).logs.pop();
}

fn flip_status(receipt: &mut ReceiptEnvelope) {
    let receipt = inner(receipt);
    receipt.status = Eip658Value::Eip658(!receipt.status.coerce_status());
}

fn inner(receipt: &mut ReceiptEnvelope) -> &mut Receipt {
    use ReceiptEnvelope::{Eip1559, Eip2930, Eip4844, Eip7702, Legacy};
    let (Legacy(inner) | Eip2930(inner) | Eip1559(inner) | Eip4844(inner) | Eip7702(inner)) = receipt;
    &mut inner.receipt
}
