//! Large chains: as many accounts or blocks as a chain has after years, made by the chain's own executor, tries and store
//! in the data directory of a development chain, which `edgeloom dev` then runs on.
//!
//! * L1 The first blocks bring accounts, [`BROUGHT`] each, as dev mode changes balances: before the block, in the state
//!   that it is executed on. The emission reserve pays, so the supply is genesis's. They come in the order of their
//!   hashes: each block's part of the trie is its own, and the disk gets sorted rows.
//! * L2 The other blocks hold transfers between those accounts, executed, rooted and committed as `edgeloom dev` does it.
//!   Every account sends once before one sends twice; who receives is drawn.
//! * L3 Signatures are random numbers, as long as real ones: whoever signed was recovered before a block is built, and
//!   nobody recovers it after. The leader's reveal is zero for the same reason.
//! * L4 What a block holds follows from its height, so a chain whose making was cut short is continued.

mod roster;
mod spent;
#[cfg(test)]
mod tests;
mod transfers;

pub use spent::Spent;

use alloy::primitives::{Address, U256};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use edgeloom_bindings::addresses::EMISSION;
use edgeloom_chain::{Chain, Liberties, Proposal};
use edgeloom_state::Store;
use edgeloom_types::{Account, AccountDelta, Epoch, Genesis, StateDelta};
use eyre::{Result, WrapErr, ensure, eyre};
use roster::Roster;
use std::{fs, path::Path, sync::Arc};
use transfers::transfer;

/// Accounts that one block brings.
const BROUGHT: u64 = 20_000;

/// What an account gets, TFUEL. As much as real ones hold: nine bytes of wei.
const GIFT_TFUEL: u64 = 1_000;

/// When a block is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// Before the next one is begun, as a node does it.
    Synced,
    /// When the chain is whole.
    AtTheEnd,
}

/// A development chain that is being made large. One process at a time.
#[derive(Debug)]
pub struct LargeChain {
    chain: Chain,
    genesis: Arc<Genesis>,
}

impl LargeChain {
    /// Opens the chain in `data`, a data directory that `edgeloom dev` made.
    ///
    /// # Errors
    /// When there is none, or a process has it open.
    pub fn open(data: &Path, writes: Writes) -> Result<Self> {
        let path = data.join("genesis.json");
        let text =
            fs::read_to_string(&path).wrap_err_with(|| format!("{}: run `edgeloom dev` first", path.display()))?;
        let genesis = Arc::new(Genesis::parse(&text)?);
        let store = match writes {
            Writes::Synced => Store::open(&data.join("chain"))?,
            Writes::AtTheEnd => Store::open_unsynced(&data.join("chain"))?,
        };
        Ok(Self { chain: Chain::open(store, genesis.clone())?, genesis })
    }

    pub const fn store(&self) -> &Store {
        self.chain.store()
    }

    /// Brings `accounts` accounts and goes on to the block `height` with one transfer a block, from wherever the chain is.
    /// `made` hears of every block. On the disk, and compact, when this returns. Takes 16 bytes of memory an account.
    ///
    /// # Errors
    /// When the reserve does not hold enough, or the chain was not made for as many accounts; the disk's.
    pub fn grow(&mut self, accounts: u64, height: u64, made: &mut dyn FnMut()) -> Result<()> {
        let bringing = Self::bringing(accounts);
        if self.height() < bringing {
            let roster = Roster::new(accounts);
            for block in self.height()..bringing {
                self.bring(&roster, block)?;
                made();
            }
        }
        for at in self.height()..height {
            self.seal(vec![transfer(at - bringing, accounts, self.genesis.chain_id())])?;
            made();
        }
        let last = accounts.checked_sub(1).ok_or_else(|| eyre!("no accounts"))?;
        let there = self.chain.store().view().account(roster::address(last))?.is_some();
        let beyond = self.chain.store().view().account(roster::address(accounts))?.is_some();
        ensure!(there && !beyond, "the chain was not made for {accounts} accounts: delete it");
        Ok(self.chain.store().compact()?)
    }

    /// Blocks that bring accounts.
    pub const fn bringing(accounts: u64) -> u64 {
        accounts.div_ceil(BROUGHT)
    }

    pub fn height(&self) -> u64 {
        self.chain.tip().height().get()
    }

    /// Executes, roots and commits `blocks` blocks of `each` transfers among `accounts`; the first of all is the one of
    /// index `first`. Gives what that took, the making of transactions left out.
    ///
    /// # Errors
    /// When a transfer cannot run: the ones before `first` were not made. The disk's.
    pub fn run(&mut self, accounts: u64, first: u64, (blocks, each): (u64, u64)) -> Result<Spent> {
        let id = self.genesis.chain_id();
        let of_block = |block| (first + block * each..first + (block + 1) * each).map(|at| transfer(at, accounts, id));
        let ready: Vec<Vec<_>> = (0..blocks).map(|block| of_block(block).collect()).collect();
        let meter = spent::Meter::start()?;
        for transactions in ready {
            self.seal(transactions)?;
        }
        meter.stop(blocks * each)
    }

    /// L1.
    fn bring(&mut self, roster: &Roster, block: u64) -> Result<()> {
        let gift = U256::from(GIFT_TFUEL) * U256::from(10).pow(U256::from(18));
        let funded = (block * BROUGHT)..((block + 1) * BROUGHT).min(roster.len());
        let mut delta = StateDelta::default();
        for address in roster.range(funded.clone()) {
            set_balance(&mut delta, address, Account { balance: gift, ..Account::default() });
        }
        let reserve = self.store().view().account(EMISSION)?.unwrap_or_default();
        // From genesis, not from what it holds: the block may be missing after an amendment that is there.
        let full = self.genesis.file().alloc.get(&EMISSION).map_or(U256::ZERO, |account| account.balance);
        let balance =
            full.checked_sub(gift * U256::from(funded.end)).ok_or_else(|| eyre!("the reserve is too small"))?;
        set_balance(&mut delta, EMISSION, Account { balance, ..reserve });
        self.chain.amend(delta)?;
        self.seal(Vec::new())
    }

    /// The next block, of exactly these.
    fn seal(&mut self, transactions: Vec<Arc<Recovered<TxEnvelope>>>) -> Result<()> {
        let (parent, count) = (self.chain.tip().clone(), transactions.len());
        let leader = self.genesis.committee().seats().next().ok_or_else(|| eyre!("genesis has no validator"))?;
        let epoch = Epoch::containing(parent.height().next(), self.genesis.config().epoch_length);
        let proposal = Proposal {
            parent: parent.hash(),
            timestamp_ms: parent.timestamp_ms() + 1_000,
            beneficiary: leader.beneficiary,
            context: (epoch.get(), parent.height().get() + 1, parent.height().get()),
            leader: leader.identity,
            reveal: [0; 96],
            certificates: Vec::new(),
        };
        let (block, rejected) =
            self.chain.propose_freely(&proposal, &Liberties::default(), transactions.into_iter())?;
        let sealed = block.block().transactions.len();
        ensure!(sealed == count, "{sealed} of {count} transfers fit or can run, {} cannot", rejected.len());
        self.chain.finalize(&block, None)?;
        Ok(())
    }
}

fn set_balance(delta: &mut StateDelta, address: Address, account: Account) {
    delta.accounts.insert(address, AccountDelta { account: Some(account), ..AccountDelta::default() });
}
