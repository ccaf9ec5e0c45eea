//! Sealing one block, and what the next one is to be like.

use crate::{Console, DevError, clock::Clock};
use alloy::primitives::{Address, B256};
use edgeloom_bls::SecretKey;
use edgeloom_chain::{Chain, ChainError, Decided, Liberties, Proposal, next_base_fee};
use edgeloom_txpool::Pool;
use edgeloom_types::{Epoch, Genesis, Height, SealedBlock, reveal_message};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::HashSet,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// What the sealer shares with the rest of its process.
#[derive(Clone, Debug)]
pub struct Parts {
    pub chain: Arc<Mutex<Chain>>,
    pub pool: Arc<Pool>,
    /// The newest height, set once its block is durable.
    pub feed: watch::Sender<Height>,
}

/// What a snapshot holds beside the chain (D3).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    /// Of the next block alone. Its gas limit is inherited by those after it.
    pub(crate) next: Liberties,
    pub(crate) coinbase: Option<Address>,
}

#[derive(Debug)]
pub(crate) struct Sealer {
    pub(crate) genesis: Arc<Genesis>,
    genesis_hash: B256,
    identity: B256,
    beneficiary: Address,
    voting: SecretKey,
    /// The reveal for the height after some tip, signed before it is needed.
    foreseen: Mutex<Option<(Height, [u8; 96])>>,
    pub(crate) parts: Parts,
    /// Changed only under the chain's lock.
    pub(crate) settings: Mutex<Settings>,
    /// Held for reading from looking at an account to admitting its transaction, for writing while the state goes back.
    pub(crate) admissions: RwLock<()>,
    pub(crate) console: Option<Console>,
}

impl Sealer {
    pub(crate) fn new(config: crate::Config, parts: Parts) -> Result<Self, DevError> {
        let seat = config.genesis.committee().seat_of(&config.identity).ok_or(DevError::Seat(config.identity))?;
        let voting = SecretKey::from_bytes(&config.voting.0).map_err(|_| DevError::Key)?;
        let genesis_hash = parts.chain.lock().genesis_hash();
        let sealer = Self {
            beneficiary: seat.beneficiary,
            identity: config.identity,
            genesis: config.genesis,
            genesis_hash,
            voting,
            foreseen: Mutex::default(),
            parts,
            settings: Mutex::default(),
            admissions: RwLock::default(),
            console: config.console,
        };
        sealer.parts.chain.lock().store().keep_preimages(&sealer.genesis.delta())?;
        Ok(sealer)
    }

    /// Seals one block of what the pool holds, at `time` (milliseconds) or when the clock says; `None` when the pool holds
    /// nothing that can run and `empty` is not wanted.
    pub(crate) fn seal(
        &self,
        chain: &mut Chain,
        empty: bool,
        time: Option<u64>,
    ) -> Result<Option<Arc<Decided>>, ChainError> {
        let parent = chain.tip().clone();
        let mut settings = *self.settings.lock();
        let base_fee = settings.next.base_fee.unwrap_or_else(|| next_base_fee(parent.header(), 0));
        let mut proposal = None;
        let block = loop {
            let candidates = self.parts.pool.best(base_fee, &HashSet::new());
            if candidates.is_empty() && !empty {
                return Ok(None);
            }
            let proposal = proposal.get_or_insert_with(|| self.proposal(&parent, &mut settings.clock, time));
            let liberties = Liberties { beneficiary: settings.coinbase, ..settings.next };
            let (block, rejected) = chain.propose_freely(proposal, &liberties, candidates.into_iter())?;
            self.parts.pool.discard(&rejected);
            if !block.block().transactions.is_empty() || (empty && rejected.is_empty()) {
                break block;
            }
            chain.discard(block.hash());
            if rejected.is_empty() {
                return Ok(None);
            }
            // What the pool holds behind the rejected may run.
        };
        chain.keep_preimages(block.hash())?;
        let decided = chain.finalize(&block, None)?;
        settings.next = Liberties::default();
        *self.settings.lock() = settings;
        if let Some(decided) = &decided {
            self.parts.pool.decided(&decided.accounts, next_base_fee(decided.block.header(), 0));
            self.parts.feed.send_replace(decided.block.height());
            if let Some(console) = &self.console {
                console.sealed(decided);
            }
        }
        Ok(decided)
    }

    pub(crate) fn proposal(&self, parent: &SealedBlock, clock: &mut Clock, time: Option<u64>) -> Proposal {
        let height = parent.height().next();
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        let parent_view = if parent.consensus().epoch == epoch.get() { parent.consensus().view } else { 0 };
        let timestamp_ms = match time {
            None => clock.tick(machine_ms(), parent.timestamp_ms()),
            Some(time) => {
                clock.tick_at(time, machine_ms());
                time
            }
        };
        Proposal {
            parent: parent.hash(),
            timestamp_ms,
            beneficiary: self.beneficiary,
            context: (epoch.get(), parent_view + 1, parent_view),
            leader: self.identity,
            reveal: self.reveal(height),
            certificates: Vec::new(),
        }
    }

    fn reveal(&self, height: Height) -> [u8; 96] {
        match *self.foreseen.lock() {
            Some((foreseen, reveal)) if foreseen == height => reveal,
            _ => self.sign(height),
        }
    }

    fn sign(&self, height: Height) -> [u8; 96] {
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        self.voting.sign(&reveal_message(self.genesis_hash, epoch, height)).to_bytes()
    }

    /// Signs the next block's reveal, while nobody waits: that takes longer than all else in a small block.
    pub(crate) fn foresee(&self) {
        let height = self.parts.feed.borrow().next();
        if self.foreseen.lock().is_none_or(|(foreseen, _)| foreseen != height) {
            let reveal = self.sign(height);
            *self.foreseen.lock() = Some((height, reveal));
        }
    }

    /// Wei per gas that the next block burns.
    pub(crate) fn next_base_fee(&self, tip: &SealedBlock) -> u64 {
        self.settings.lock().next.base_fee.unwrap_or_else(|| next_base_fee(tip.header(), 0))
    }

    /// After the state went back or changed in place: the pool keeps what still fits.
    pub(crate) fn rebase(&self, chain: &Chain) {
        let view = chain.store().view();
        let account = |address| match view.account(address) {
            Ok(account) => account.unwrap_or_default(),
            Err(error) => {
                tracing::error!(%error, "an account cannot be read: its transactions are dropped");
                Default::default()
            }
        };
        self.parts.pool.rebase(self.next_base_fee(chain.tip()), account);
    }
}

/// The machine's time in milliseconds since the Unix epoch.
pub(crate) fn machine_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
