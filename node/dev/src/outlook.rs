//! What the next block would be, if it were sealed now.

use crate::Solo;
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use edgeloom_chain::{Liberties, Proposal};
use std::{collections::HashSet, sync::Arc};

/// The next block before it is executed.
#[derive(Clone, Debug)]
pub struct Outlook {
    pub proposal: Proposal,
    pub liberties: Liberties,
    /// What the pool holds that can run, in the order in which it is tried.
    pub candidates: Vec<Arc<Recovered<TxEnvelope>>>,
}

impl Solo {
    /// What sealing would begin with now. It uses nothing up.
    pub fn outlook(&self) -> Outlook {
        let sealer = &self.sealer;
        let chain = sealer.parts.chain.lock();
        let mut settings = *sealer.settings.lock();
        let proposal = sealer.proposal(chain.tip(), &mut settings.clock, None);
        let base_fee = sealer.next_base_fee(chain.tip());
        Outlook {
            proposal,
            liberties: Liberties { beneficiary: settings.coinbase, ..settings.next },
            candidates: sealer.parts.pool.best(base_fee, &HashSet::new()),
        }
    }
}
