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
    pub(super) fn mined_hash(&self, sender: Address, nonce: u64) -> Result<Option<B256>, Fault> {
        let mined = self.mined(sender, nonce)?;
        Ok(mined.map(|(record, index)| *record.transactions()[index].tx_hash()))
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
