//! When dev mode takes the chain back or changes accounts: everything is admitted again, to the state as it is now.

use super::Shelf;
use alloy::primitives::{Address, B256};
use edgeloom_types::Account;

impl Shelf {
    /// What no longer fits is forgotten. `account` gives accounts as they are now.
    pub(crate) fn rebase(&mut self, base_fee: u64, account: impl Fn(Address) -> Account) {
        let fresh = Self { blocks: self.blocks, admitted: self.admitted, ..Self::new(base_fee, self.limits) };
        let old = std::mem::replace(self, fresh);
        let mut entries: Vec<_> = old.lanes.values().flat_map(|lane| lane.entries().cloned()).collect();
        entries.sort_unstable_by_key(|entry| entry.sequence);
        for entry in entries {
            let now = account(entry.sender());
            // Refused: mined meanwhile, or not paid for any more. That is what it is looked at for.
            drop(self.admit(entry, now));
        }
    }

    /// The transactions that wait of `sender`, or of everybody.
    pub(crate) fn hashes(&self, sender: Option<Address>) -> Vec<B256> {
        let wanted = |owner: &Address| sender.is_none_or(|sender| sender == *owner);
        self.places.iter().filter(|(_, (owner, _))| wanted(owner)).map(|(hash, _)| *hash).collect()
    }
}
