//! Which committee and rules hold in which epoch.

use crate::{certificates::LOOK_BACK, error::ChainError, header::next_base_fee};
use alloy_consensus::Header;
use edgeloom_state::Store;
use edgeloom_types::{Epoch, Genesis, Height, Term};
use parking_lot::RwLock;
use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};

/// The terms of the epochs that final blocks decided, back to those whose certificates a block may still carry. A clone
/// is another handle on the same.
#[derive(Clone, Debug)]
pub struct Terms {
    length: NonZeroU64,
    decided: Arc<RwLock<Arc<Decided>>>,
}

/// The terms on one branch.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// An epoch without a term of its own has that of the epoch before.
    terms: BTreeMap<Epoch, Arc<Term>>,
    /// Those after it are not decided yet.
    newest: Epoch,
}

impl Terms {
    /// As the store's tip says it.
    pub(crate) fn of(store: &Store, genesis: &Genesis, tip: &Header) -> Result<Self, ChainError> {
        let length = genesis.config().epoch_length;
        let decided = Decided::read(store, genesis, tip)?;
        Ok(Self { length, decided: Arc::new(RwLock::new(Arc::new(decided))) })
    }

    /// After the store's tip became another one.
    pub(crate) fn read_again(&self, store: &Store, genesis: &Genesis, tip: &Header) -> Result<(), ChainError> {
        *self.decided.write() = Arc::new(Decided::read(store, genesis, tip)?);
        Ok(())
    }

    pub(crate) fn snapshot(&self) -> Arc<Decided> {
        self.decided.read().clone()
    }

    /// After the block at `height` became final, which decided `term` if it was the first of its epoch.
    pub(crate) fn advance(&self, height: Height, term: Option<Arc<Term>>) {
        let mut decided = self.decided.write();
        let newest = newest_after(height, self.length);
        if newest == decided.newest && term.is_none() {
            return;
        }
        let next = Arc::make_mut(&mut decided);
        next.newest = newest;
        next.terms.extend(term.map(|term| (newest, term)));
        next.forget_before(oldest_needed(height, self.length));
    }

    /// That of an epoch that final blocks decided; `None` before they did.
    pub fn of_epoch(&self, epoch: Epoch) -> Option<Arc<Term>> {
        let decided = self.snapshot();
        (epoch <= decided.newest).then(|| decided.term(epoch))
    }

    /// That of the block at `height`; the nearest one that is known where that is not.
    pub fn of_block(&self, height: Height) -> Arc<Term> {
        self.snapshot().term(Epoch::containing(height, self.length))
    }

    /// What a child of `parent`, a header of this chain, burns, wei per gas (H2).
    pub fn next_base_fee(&self, parent: &Header) -> u64 {
        next_base_fee(parent, self.of_block(Height::new(parent.number).next()).rules.base_fee_floor)
    }
}

impl Decided {
    fn read(store: &Store, genesis: &Genesis, tip: &Header) -> Result<Self, ChainError> {
        let (height, length) = (Height::new(tip.number), genesis.config().epoch_length);
        let mut decided = Self { terms: BTreeMap::new(), newest: newest_after(height, length) };
        decided.terms.insert(Epoch::default(), Arc::new(genesis.term()));
        let oldest = oldest_needed(height, length);
        for epoch in (oldest.get().max(1)..=decided.newest.get()).map(Epoch::new) {
            // With epochs of one block, that after genesis was decided by none.
            decided.terms.extend(store.term(epoch)?.map(|term| (epoch, Arc::new(term))));
        }
        decided.forget_before(oldest);
        Ok(decided)
    }

    /// That of `epoch`, or the newest before it; the oldest that is left for what is older.
    pub(crate) fn term(&self, epoch: Epoch) -> Arc<Term> {
        let before = self.terms.range(..=epoch).next_back();
        let (_, term) = before.or_else(|| self.terms.first_key_value()).expect("one stays, whichever are forgotten");
        term.clone()
    }

    /// With what blocks above the final tip decide.
    pub(crate) fn with(self: Arc<Self>, more: impl IntoIterator<Item = (Epoch, Arc<Term>)>) -> Arc<Self> {
        let mut terms = self;
        for (epoch, term) in more {
            let changed = Arc::make_mut(&mut terms);
            changed.newest = changed.newest.max(epoch);
            changed.terms.insert(epoch, term);
        }
        terms
    }

    /// All but the newest of those before `epoch`, which may still be that of `epoch`.
    fn forget_before(&mut self, epoch: Epoch) {
        if let Some((first, _)) = self.terms.range(..=epoch).next_back() {
            let first = *first;
            self.terms = self.terms.split_off(&first);
        }
    }
}

/// The epoch whose term the block at `height` decides: the next one, if it is the first of its own. (Genesis, which nothing
/// was executed for, is not.)
pub(crate) fn decides(height: Height, length: NonZeroU64) -> Option<Epoch> {
    let first = height.get() % length == 0 || height.get() == 1;
    (first && height != Height::GENESIS).then(|| Epoch::new(Epoch::containing(height, length).get() + 1))
}

/// The newest epoch that is decided after the block at `height`.
fn newest_after(height: Height, length: NonZeroU64) -> Epoch {
    let epoch = Epoch::containing(height, length).get();
    // With epochs of one block, that after genesis has genesis's term.
    let next = if height == Height::GENESIS { Epoch::containing(height.next(), length).get() } else { epoch + 1 };
    Epoch::new(next)
}

/// The epoch of the lowest block that a block above `height` may carry a certificate of.
fn oldest_needed(height: Height, length: NonZeroU64) -> Epoch {
    Epoch::containing(Height::new(height.get().saturating_sub(LOOK_BACK as u64)), length)
}
