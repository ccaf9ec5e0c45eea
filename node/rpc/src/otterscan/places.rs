//! Where in the chain something happened, without an index: the history of an account answers for any height by one
//! seek, so the height is found by bisection.

use super::internals::TIME_MAX;
use crate::{
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, Reel},
};
use alloy::{
    primitives::{Address, B256, KECCAK256_EMPTY},
    rpc::types::trace::otterscan::ContractCreator,
};
use edgeloom_types::{Account, Height};
use revm_inspectors::tracing::{TracingInspector, TracingInspectorConfig};

impl Context {
    /// The first height at which `holds` is true of the account. It must stay true: a nonce never falls, and code that
    /// a transaction has left behind stays.
    fn first_height(&self, address: Address, holds: impl Fn(&Account) -> bool) -> Result<Option<Height>, Fault> {
        let at = |height: u64| -> Result<bool, Fault> {
            Ok(holds(&self.store.at(Height::new(height))?.account(address)?.unwrap_or_default()))
        };
        let (mut low, mut high) = (0, self.tip()?.height.get());
        if !at(high)? {
            return Ok(None);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle)? { high = middle } else { low = middle + 1 }
        }
        Ok(Some(Height::new(low)))
    }

    pub(crate) fn transaction_of(&self, sender: Address, nonce: u64) -> Result<Option<B256>, Fault> {
        let Some(height) = self.first_height(sender, |account| account.nonce > nonce)? else { return Ok(None) };
        let record = self.records.get(height)?.ok_or(Fault::NoHeader)?;
        let mut sent = record.transactions().iter().zip(&record.senders);
        // Nothing is found when genesis, a contract or an authorization has used the nonce.
        let found = sent.find(|(transaction, from)| {
            **from == sender && alloy::consensus::Transaction::nonce(*transaction) == nonce
        });
        Ok(found.map(|(transaction, _)| *transaction.tx_hash()))
    }

    pub(super) fn contract_creator(&self, address: Address) -> Result<Option<ContractCreator>, Fault> {
        let has_code = |account: &Account| ![B256::ZERO, KECCAK256_EMPTY].contains(&account.code_hash);
        let Some(height) = self.first_height(address, has_code)?.filter(|height| *height > Height::GENESIS) else {
            return Ok(None);
        };
        let record = self.records.get(height)?.ok_or(Fault::NoHeader)?;
        let inspector = || TracingInspector::new(TracingInspectorConfig::none());
        let mut reel = Reel::new(self, record.clone(), Bounded::frames(inspector(), Bounds::new(TIME_MAX)))?;
        for transaction in record.transactions() {
            let watched = reel.watch()?;
            let succeeded = watched.ran.result.is_success();
            let traces = std::mem::replace(&mut reel.machine.inspector().inner, inspector()).into_traces();
            let creation = traces
                .nodes()
                .iter()
                .find(|node| node.trace.kind.is_any_create() && node.trace.success && node.trace.address == address);
            if let Some(node) = creation.filter(|_| succeeded) {
                return Ok(Some(ContractCreator { hash: *transaction.tx_hash(), creator: node.trace.caller }));
            }
            reel.keep(watched.ran)?;
        }
        // An account that delegates (EIP-7702) has code that no creation left.
        Ok(None)
    }
}
