//! Bids in auctions of jobs (`IAuctions`): sealed with a salt that is in the journal first, revealed in their time, and what they won taken and
//! handed to the life of jobs. Deposits come back when a bid is over.
//!
//! Whoever loses the salt loses the deposit, and who does not take what it won a part of it: so a bid goes before any new one.

mod attend;
mod plan;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use alloy::{
    primitives::{B256, Bytes, U256, keccak256, utils::format_ether},
    rpc::types::TransactionReceipt,
};
use edgeloom_sdk::{Auction, Error, INFERENCE, input_root};
use tokio::{
    sync::mpsc,
    task::spawn_blocking,
    time::{Duration, sleep},
};

use plan::{Asked, Means};

use crate::{
    Skip, card, crash,
    desk::{decided, paid, salt},
    errand::{self, Fault},
    journal::{Bidding, JournalError, Record},
    life::{Bench, unix_seconds},
    plan::{Effort, Situation, Terms},
};

const ERRAND: &str = "bids";
/// How far back the first look for open auctions goes, blocks: none is open for bids longer.
const BACK: u64 = 100_000;
/// Auctions that wait to be looked at; beyond that they are left to others.
const WAITING_MAX: usize = 256;
/// Before an auction is looked at again that may become worth a bid.
const LATER: Duration = Duration::from_secs(5);
/// Gas of a withdrawal.
const WITHDRAW_GAS: u64 = 40_000;

/// What this process knows of auctions; the rest it asks.
#[derive(Debug)]
pub(crate) struct Bids {
    open: bool,
    /// Jobs that a worker has at once.
    jobs: u32,
    /// Bids that are not over, as the journal has them.
    own: BTreeMap<B256, Bidding>,
    auctions: BTreeMap<B256, Auction>,
    /// Auctions that bids may be sealed in.
    waiting: BTreeMap<B256, Waiting>,
    /// The first block that was not searched for auctions.
    next_block: Option<u64>,
    /// Jobs that are in the life of jobs already.
    known: BTreeSet<U256>,
    won: mpsc::Sender<U256>,
    /// Spent on a bid by this process, wei.
    gas: BTreeMap<B256, U256>,
    /// Whether there may be a credit.
    unclaimed: bool,
    begun: bool,
}

/// An auction that bids may be sealed in.
#[derive(Clone, Debug)]
struct Waiting {
    auction: Auction,
    /// When to look at it.
    at: Instant,
    /// Why there was no bid in it.
    refused: Option<Skip>,
}

impl Bids {
    /// `known` are jobs under way; `won` takes the numbers of those that are to be begun.
    pub(crate) fn new(
        (open, jobs): (bool, usize),
        own: BTreeMap<B256, Bidding>,
        known: BTreeSet<U256>,
        won: mpsc::Sender<U256>,
    ) -> Self {
        Self {
            open,
            jobs: u32::try_from(jobs).unwrap_or(u32::MAX),
            own,
            auctions: BTreeMap::new(),
            waiting: BTreeMap::new(),
            next_block: None,
            known,
            won,
            gas: BTreeMap::new(),
            unclaimed: true,
            begun: false,
        }
    }

    /// Does what is due, again and again, until the disk fails.
    pub(crate) async fn tend(mut self, bench: Arc<Bench>) -> JournalError {
        loop {
            // Whoever is about to stop begins nothing.
            let step = if bench.tally.is_draining() { Ok(()) } else { self.step(&bench).await };
            match errand::pause(ERRAND, step) {
                Ok(pause) => sleep(pause).await,
                Err(error) => return error,
            }
        }
    }

    async fn step(&mut self, bench: &Bench) -> Result<(), Fault> {
        if !self.begun {
            errand::settled(ERRAND, &bench.client).await;
            self.begun = true;
        }
        bench.tally.set(|state| state.bids = self.own.len());
        // One that the chain refuses for now keeps no other from its time.
        let mut refused = Ok(());
        for (number, bid) in self.own.clone() {
            match self.attend(bench, number, bid).await {
                Err(Fault::Chain(error)) => refused = Err(Fault::Chain(error)),
                attended => attended?,
            }
        }
        refused?;
        if self.open {
            self.discover(bench).await?;
            self.consider(bench).await?;
        }
        if self.unclaimed && self.own.is_empty() { self.withdraw(bench).await } else { Ok(()) }
    }

    async fn discover(&mut self, bench: &Bench) -> Result<(), Fault> {
        let head = *bench.client.heads().borrow();
        let from = self.next_block.unwrap_or_else(|| head.saturating_sub(BACK));
        if from > head {
            return Ok(());
        }
        let (opened, next) = bench.client.auctions().opened(from).await?;
        self.next_block = Some(next);
        for auction in opened {
            let is_open = head < auction.terms.commitUntil.to::<u64>();
            if is_open && self.waiting.len() < WAITING_MAX && !self.own.contains_key(&auction.number) {
                self.waiting.insert(auction.number, Waiting { auction, at: Instant::now(), refused: None });
            }
        }
        Ok(())
    }

    /// Looks at one auction that waits, and bids if it is good.
    async fn consider(&mut self, bench: &Bench) -> Result<(), Fault> {
        let head = *bench.client.heads().borrow();
        self.waiting.retain(|_, waiting| head < waiting.auction.terms.commitUntil.to::<u64>());
        let now = Instant::now();
        let Some(Waiting { auction, refused, .. }) = self.waiting.values().find(|waiting| waiting.at <= now).cloned()
        else {
            return Ok(());
        };
        let number = auction.number;
        // One that cannot be looked at keeps no other from its turn.
        self.waiting.insert(number, Waiting { auction: auction.clone(), at: now + LATER, refused });
        match self.appraise(bench, &auction).await? {
            Ok(bid) => {
                self.waiting.remove(&number);
                self.seal(bench, auction, bid).await
            }
            Err(why) => {
                // One that is looked at again counts once for each reason.
                if refused != Some(why) {
                    bench.tally.refused(why);
                    tracing::info!(auction = %number, why = why.name(), "no bid");
                }
                match why.may_pass() {
                    true => drop(self.waiting.insert(number, Waiting { auction, at: now + LATER, refused: Some(why) })),
                    false => drop(self.waiting.remove(&number)),
                }
                Ok(())
            }
        }
    }

    /// Writes a bid down; the next step commits to it.
    async fn seal(&mut self, bench: &Bench, auction: Auction, (tick, units): (u16, u32)) -> Result<(), Fault> {
        let (number, block) = (auction.number, auction.block);
        // The journal may have been lost: then what is on the chain is this account's, and nobody opens it any more.
        if !bench.client.auctions().placed(&auction, bench.worker).await?.deposit.is_zero() {
            tracing::warn!(auction = %number, "a bid of this account's that the journal does not know");
            return Ok(());
        }
        let bid = Bidding { block, tick, units, salt: salt() };
        bench.journal.record(Record::Bidding { auction: number, bid }).await?;
        crash::after("bidding");
        self.own.insert(number, bid);
        self.auctions.insert(number, auction);
        self.attend(bench, number, bid).await
    }

    /// What to bid. An answer to the first input is computed before: nothing is deposited for work that this worker cannot do.
    async fn appraise(&self, bench: &Bench, auction: &Auction) -> Result<Result<(u16, u32), Skip>, Fault> {
        let (client, asked) = (&bench.client, &auction.terms);
        let (auctions, staking, jobs) = (client.auctions(), client.edge_staking(), client.jobs());
        let price = U256::from(asked.price);
        if asked.kind != INFERENCE {
            return Ok(Err(Skip::KindUnknown));
        }
        let model = bench.shelf.record(client, asked.subject).await?;
        let (standing, gas_price, fee, bond) = futures::try_join!(
            staking.standing_of(bench.worker),
            client.gas_price(),
            jobs.fee_for(price),
            auctions.bond(auction)
        )?;
        // First: a claim that is made meanwhile is counted twice, and never not at all.
        let promised = bench.promised.taken();
        let (deposit, balance, admits) = futures::try_join!(
            auctions.deposit(auction, 1),
            client.balance(bench.worker),
            auctions.admits(auction, bench.worker)
        )?;
        let balance = balance.saturating_sub(promised);
        if !admits {
            return Ok(Err(Skip::RequirementsNotMet));
        }
        let Some(input) = first_input(auction, model.inputBytes) else { return Ok(Err(Skip::InputUnknown)) };
        let terms = Terms {
            open: true,
            requester: asked.requester,
            offered_to: alloy::primitives::Address::ZERO,
            price,
            bond,
            // What winners have is theirs alone.
            take_by: u64::MAX,
            work_seconds: asked.workSeconds.into(),
            effort: Effort::Executed {
                infer_gas: model.inferGas,
                input_bytes: model.inputBytes.into(),
                output_bytes: model.outputBytes.into(),
                path_bytes: 32 * u64::from(asked.count.next_power_of_two().trailing_zeros()),
            },
        };
        let (now, free_stake) = (unix_seconds(), standing.free);
        let situation = Situation { worker: bench.worker, now, free_stake, balance, gas_price };
        let asked = Asked { terms, count: asked.count, fee, deposit };
        let bid = match plan::bid(&asked, Means { balance, jobs: self.jobs }, &situation, &bench.policy) {
            Ok(bid) => bid,
            Err(why) => return Ok(Err(why)),
        };
        Ok(can_answer(bench, auction.terms.subject, input).await?.map(|()| bid))
    }

    async fn withdraw(&mut self, bench: &Bench) -> Result<(), Fault> {
        let (client, auctions) = (&bench.client, bench.client.auctions());
        let credit = auctions.credit_of(bench.worker).await?;
        if credit > U256::from(client.gas_price().await?) * U256::from(WITHDRAW_GAS) {
            paid(decided(client, auctions.withdraw().await).await)?;
            crash::after("deposits-paid");
            tracing::info!(tfuel = format_ether(credit), "bids: deposits are back");
        }
        self.unclaimed = false;
        Ok(())
    }

    fn spent(&mut self, auction: B256, sent: &TransactionReceipt) {
        let gas = self.gas.entry(auction).or_default();
        *gas = gas.saturating_add(errand::gas_of(sent));
    }
}

/// The input of an auction's first job, if what its requester published is what it committed to.
fn first_input(auction: &Auction, length: u32) -> Option<Bytes> {
    let (length, count) = (length as usize, auction.terms.count as usize);
    if length == 0 || auction.inputs.len() != length.checked_mul(count)? {
        return None;
    }
    let hashes: Vec<_> = auction.inputs.chunks(length).map(keccak256).collect();
    (input_root(&hashes) == auction.terms.inputRoot).then(|| auction.inputs.slice(..length))
}

async fn can_answer(bench: &Bench, model: B256, input: Bytes) -> Result<Result<(), Skip>, Error> {
    let model = match bench.shelf.model(&bench.client, model).await {
        Err(Error::Model(_)) => return Ok(Err(Skip::ModelUnfit)),
        model => model?,
    };
    let card = bench.card.clone();
    let run = spawn_blocking(move || card::answer(card.as_ref(), &model, &input)).await;
    Ok(match run {
        Ok(Ok((_, true))) => Ok(()),
        Ok(Err(_)) => Err(Skip::ModelUnfit),
        Ok(Ok((_, false))) | Err(_) => Err(Skip::SelfCheckFailed),
    })
}

#[cfg(test)]
mod tests;
