//! A chain of random state changes over a store, beside a model of it that is nothing but maps.

use crate::{Commit, Layer, Store, Tip, View};
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_consensus::Header;
use alloy_trie::{
    TrieAccount,
    root::{state_root_unhashed, storage_root_unhashed},
};
use edgeloom_types::{Account, AccountDelta, Block, ConsensusRecord, SealedBlock, StateDelta};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Who and which slots there are to change.
pub(super) const PEOPLE: u8 = 24;
pub(super) const SLOTS: u8 = 40;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model(pub(super) BTreeMap<Address, (Account, BTreeMap<U256, U256>)>);

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A balance and a nonce; both zero leaves an account that EIP-161 calls empty.
    Pay {
        who: u8,
        amount: u64,
        nonce: u64,
    },
    Deploy {
        who: u8,
        code: u8,
    },
    Write {
        who: u8,
        slot: u8,
        value: u64,
    },
    Destroy {
        who: u8,
    },
    /// Storage goes, the account stays.
    Clear {
        who: u8,
    },
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let who = 0..PEOPLE;
    // Small numbers leave storage leaves short enough to be inside their parents, and zero deletes.
    let value = prop_oneof![2 => Just(0), 3 => 1u64..9, 1 => any::<u64>()];
    prop_oneof![
        4 => (who.clone(), 0u64..3, 0u64..2).prop_map(|(who, amount, nonce)| Op::Pay { who, amount, nonce }),
        1 => (who.clone(), any::<u8>()).prop_map(|(who, code)| Op::Deploy { who, code }),
        12 => (0..PEOPLE / 4, 0..SLOTS, value).prop_map(|(who, slot, value)| Op::Write { who, slot, value }),
        1 => who.clone().prop_map(|who| Op::Destroy { who }),
        1 => who.prop_map(|who| Op::Clear { who }),
    ]
}

pub(super) fn address(who: u8) -> Address {
    Address::repeat_byte(who + 1)
}

impl Model {
    /// What a block of `ops` changes, in the form in which execution says it.
    pub(super) fn delta(&self, ops: &[Op]) -> StateDelta {
        let mut delta = StateDelta::default();
        for op in ops {
            let (Op::Pay { who, .. }
            | Op::Deploy { who, .. }
            | Op::Write { who, .. }
            | Op::Destroy { who }
            | Op::Clear { who }) = op;
            let change = delta.accounts.entry(address(*who)).or_insert_with(|| AccountDelta {
                account: self.0.get(&address(*who)).map(|(account, _)| *account),
                ..Default::default()
            });
            match op {
                Op::Pay { amount, nonce, .. } => {
                    let code_hash = change.account.unwrap_or_default().code_hash;
                    change.account = Some(Account { nonce: *nonce, balance: U256::from(*amount), code_hash });
                }
                Op::Deploy { code, .. } => {
                    let code = Bytes::from(vec![*code; 3]);
                    change.account.get_or_insert_default().code_hash = keccak256(&code);
                    delta.codes.insert(keccak256(&code), code);
                }
                Op::Write { slot, value, .. } => {
                    change.account.get_or_insert_default().nonce |= 1;
                    change.storage.insert(U256::from(*slot), U256::from(*value));
                }
                Op::Destroy { .. } => *change = AccountDelta { storage_cleared: true, ..Default::default() },
                Op::Clear { .. } => {
                    change.storage_cleared = true;
                    change.storage.clear();
                }
            }
        }
        delta
    }

    pub(super) fn apply(&mut self, delta: &StateDelta) {
        for (address, change) in &delta.accounts {
            let Some(account) = change.account.filter(|account| !account.is_empty()) else {
                self.0.remove(address);
                continue;
            };
            let (held, slots) = self.0.entry(*address).or_default();
            *held = account;
            if change.storage_cleared {
                slots.clear();
            }
            slots.extend(&change.storage);
            slots.retain(|_, value| !value.is_zero());
        }
    }

    /// From scratch, by another implementation.
    pub(super) fn root(&self) -> B256 {
        state_root_unhashed(self.0.iter().map(|(address, (account, slots))| {
            let storage = slots.iter().map(|(slot, value)| (B256::from(*slot), *value));
            let root = storage_root_unhashed(storage);
            (*address, TrieAccount::new(account.nonce, account.balance, root, account.code_hash))
        }))
    }

    pub(super) fn account(&self, address: Address) -> Option<Account> {
        self.0.get(&address).map(|(account, _)| *account)
    }

    pub(super) fn slot(&self, address: Address, slot: U256) -> U256 {
        self.0.get(&address).and_then(|(_, slots)| slots.get(&slot).copied()).unwrap_or_default()
    }

    pub(super) fn assert_shown_by(&self, view: &View) {
        assert_eq!(view.root(), self.root());
        for who in 0..PEOPLE {
            let address = address(who);
            assert_eq!(view.account(address).expect("reads"), self.account(address));
            for slot in (0..SLOTS).map(U256::from) {
                assert_eq!(view.storage(address, slot).expect("reads"), self.slot(address, slot));
            }
        }
    }
}

/// Commits a block of `ops` over the tip, whose state is `model`, and gives the model after it.
pub(super) fn grow(store: &Store, model: &Model, ops: &[Op]) -> Model {
    let delta = model.delta(ops);
    let mut model = model.clone();
    model.apply(&delta);
    commit(store, &store.view().extend(delta).expect("the view is over the tip"));
    model
}

/// A block without transactions over `parent` that leads to `layer`'s root.
pub(super) fn empty_block(parent: Option<Tip>, layer: &Layer) -> SealedBlock {
    let consensus = ConsensusRecord::GENESIS;
    let header = Header {
        parent_hash: parent.map_or(B256::ZERO, |tip| tip.hash),
        number: parent.map_or(0, |tip| tip.height.get() + 1),
        state_root: layer.root(),
        extra_data: consensus.commitment().into(),
        ..Default::default()
    };
    SealedBlock::new(Block { header, consensus, transactions: Vec::new(), certificates: Vec::new() })
        .expect("our record")
}

pub(super) fn commit(store: &Store, layer: &Layer) {
    let block = empty_block(store.tip(), layer);
    let burned = U256::from(block.header().number * 7);
    let commit = Commit {
        block: &block,
        senders: &[],
        receipts: &[],
        system_logs: &[],
        layer,
        burned,
        term: None,
        certificate: None,
    };
    store.commit(commit).expect("the layer is over the tip");
}
