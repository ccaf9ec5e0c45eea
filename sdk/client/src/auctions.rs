//! Jobs sold to the lowest sealed bids, all at one price.

mod bidder;

use alloy::{
    primitives::{Address, B256, Bytes, U256, aliases::U96},
    rpc::types::{Filter, Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    IAuctions::{self, AuctionCleared, AuctionOpened, OrderTerms, Terms},
    ICredits,
    addresses::AUCTIONS,
};

pub use bidder::Placed;

use crate::{
    Client, Error, Offer, Order,
    jobs::{Posting, decode, log_of},
};

/// Auctions. Writing calls wait for their block; their errors are [`Error::Auctions`], [`Error::Market`], [`Error::EdgeStaking`] and the general ones.
#[derive(Clone, Debug)]
pub struct Auctions {
    client: Client,
}

/// An auction as it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auction {
    /// Hash of the terms.
    pub number: B256,
    /// What holds to its end.
    pub terms: Terms,
    /// What its requester published for workers.
    pub inputs: Bytes,
    /// The transaction that opened it.
    pub tx: B256,
    /// Its block.
    pub block: u64,
}

/// What a requester asks for, and how long the parts of an auction take.
#[derive(Clone, Debug)]
pub struct AuctionOffer {
    /// The jobs: their price is the most that is paid for each. `worker` has to be nobody: who wins works.
    pub jobs: Offer,
    /// How long bids can be sealed: 16 to 100,000 blocks.
    pub commit_blocks: u32,
    /// And how long they can be revealed after that.
    pub reveal_blocks: u32,
    /// How long winners have for taking what they won: 1 to 86,400 seconds.
    pub claim_seconds: u32,
}

/// A bid that nobody else can read until it is revealed. Who loses it loses the deposit: keep it before it is committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBid {
    /// The least price for each job, in 256ths of the requester's most: 1 to 256.
    pub tick: u16,
    /// For how many jobs.
    pub units: u32,
    /// What hides the rest.
    pub salt: B256,
}

impl Auction {
    fn of_log(log: &Log) -> Result<Self, Error> {
        let AuctionOpened { auction, terms, inputs, .. } = decode(log)?;
        let (tx, block) = (log.transaction_hash.unwrap_or_default(), log.block_number.unwrap_or_default());
        Ok(Self { number: auction, terms, inputs, tx, block })
    }
}

impl Auctions {
    pub(crate) const fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens an auction, with the most that its jobs can cost in escrow.
    ///
    /// # Errors
    /// What [`crate::Jobs::offer`] would be refused for, and `PeriodOutOfRange`; [`Error::Settings`] for an offer to one worker.
    pub async fn open(&self, offer: AuctionOffer) -> Result<Auction, Error> {
        if let Some(worker) = offer.jobs.worker {
            return Err(Error::Settings(format!("jobs for {worker} alone need no auction")));
        }
        let Posting { request, inputs, value } = offer.jobs.posting()?;
        let wanted = IAuctions::Offer {
            kind: request.kind,
            count: request.count,
            commitBlocks: offer.commit_blocks,
            revealBlocks: offer.reveal_blocks,
            claimSeconds: offer.claim_seconds,
            takeSeconds: request.takeSeconds,
            workSeconds: request.workSeconds,
            providersAfter: request.providersAfter,
            requester: request.requester,
            requirements: request.requirements,
            subject: request.subject,
            inputRoot: request.inputRoot,
        };
        let receipt = self.client.send(AUCTIONS, &IAuctions::openCall { offer: wanted, inputs }, value).await?;
        Auction::of_log(log_of::<AuctionOpened>(AUCTIONS, &receipt)?)
    }

    /// An auction as it was opened, if the node has a log of it at or after `from_block`.
    ///
    /// # Errors
    /// [`Error::Answer`] if it has none.
    pub async fn get(&self, number: B256, from_block: u64) -> Result<Auction, Error> {
        let logs = self.logs_of(number, AuctionOpened::SIGNATURE_HASH, from_block).await?;
        Auction::of_log(logs.first().ok_or_else(|| Error::Answer(format!("no auction has number {number}")))?)
    }

    /// What has become of it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn state(&self, auction: &Auction) -> Result<IAuctions::Auction, Error> {
        self.client.call(AUCTIONS, &IAuctions::auctionOfCall { auction: auction.number }).await
    }

    /// What a bid for so many units deposits at least, wei: more hides how many they are.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn deposit(&self, auction: &Auction, units: u32) -> Result<U256, Error> {
        let price: U96 = auction.terms.price;
        let unit = self.client.call(AUCTIONS, &IAuctions::unitDepositCall { price: U256::from(price) }).await?;
        Ok(unit * U256::from(units))
    }

    /// Commits the signer, who must be bonded, to a bid. Everybody has one in each auction.
    ///
    /// # Errors
    /// `TooLate` once bids are revealed, `AlreadyBid`, `NotBonded`, `DepositTooSmall`.
    pub async fn commit(&self, auction: &Auction, bid: SealedBid, deposit: U256) -> Result<TransactionReceipt, Error> {
        let SealedBid { tick, units, salt } = bid;
        let (tick, units, bidder) = (U256::from(tick), U256::from(units), self.client.address()?);
        let asked = IAuctions::commitmentOfCall { auction: auction.number, bidder, tick, units, salt };
        let commitment = self.client.call(AUCTIONS, &asked).await?;
        let call = IAuctions::commitCall { auction: auction.number, commitment };
        self.client.send(AUCTIONS, &call, deposit).await
    }

    /// Shows the signer's bid. One that is not shown in time costs its deposit.
    ///
    /// # Errors
    /// `TooEarly` and `TooLate` outside the blocks of revealing; `NotTheBid`; `DepositTooSmall`.
    pub async fn reveal(&self, auction: &Auction, bid: SealedBid) -> Result<TransactionReceipt, Error> {
        let (tick, units) = (U256::from(bid.tick), U256::from(bid.units));
        let call = IAuctions::revealCall { auction: auction.number, tick, units, salt: bid.salt };
        self.client.send(AUCTIONS, &call, U256::ZERO).await
    }

    /// Finds the price and posts the order; anybody may, once bids are revealed.
    ///
    /// # Errors
    /// `TooEarly`, `TooLate`, `WrongPhase` where somebody did.
    pub async fn clear(&self, auction: &Auction) -> Result<Order, Error> {
        let (terms, inputs) = (auction.terms.clone(), auction.inputs.clone());
        let call = IAuctions::clearCall { auction: auction.number, terms, inputs };
        let receipt = self.client.send(AUCTIONS, &call, U256::ZERO).await?;
        Ok(self.client.jobs().posted(&receipt)?.order.as_ref().clone())
    }

    /// The order of an auction that was cleared.
    ///
    /// # Errors
    /// [`Error::Answer`] while it is not.
    pub async fn order(&self, auction: &Auction) -> Result<Order, Error> {
        let logs = self.logs_of(auction.number, AuctionCleared::SIGNATURE_HASH, auction.block).await?;
        let log = logs.first().ok_or_else(|| Error::Answer(format!("auction {} is not cleared", auction.number)))?;
        let cleared: AuctionCleared = decode(log)?;
        self.client.jobs().order(cleared.order, log.block_number.unwrap_or_default()).await
    }

    /// Shows whom chance drew at the margin: all bidders there, in ascending order of [`Self::priority`].
    ///
    /// # Errors
    /// `NothingToDraw`, `OutOfOrder`, `NotAtMargin`; [`Error::Beacon`] with `NotRecorded`.
    pub async fn draw(&self, auction: &Auction, bidders: Vec<Address>) -> Result<TransactionReceipt, Error> {
        let call = IAuctions::drawCall { auction: auction.number, bidders };
        self.client.send(AUCTIONS, &call, U256::ZERO).await
    }

    /// By which bids at the margin are drawn, the lowest first.
    ///
    /// # Errors
    /// [`Error::Beacon`] until the block that draws is recorded.
    pub async fn priority(&self, auction: &Auction, bidder: Address) -> Result<B256, Error> {
        self.client.call(AUCTIONS, &IAuctions::priorityOfCall { auction: auction.number, bidder }).await
    }

    /// Units that a bidder has won, taken or not.
    ///
    /// # Errors
    /// `StillOpen` while chance has to draw them.
    pub async fn won(&self, auction: &Auction, bidder: Address) -> Result<u32, Error> {
        let call = IAuctions::wonByCall { auction: auction.number, bidder };
        Ok(self.client.call(AUCTIONS, &call).await?.saturating_to())
    }

    /// Takes the next jobs of an auction's order for the signer, as many as it won; after winners' time anybody takes what is left. Their numbers
    /// are in the log of `UnitsTaken`.
    ///
    /// # Errors
    /// `NotWon`, `NothingUntaken`, and what [`crate::Jobs::take`] would be refused for.
    pub async fn take(&self, auction: &Auction, order: &Order, units: u32) -> Result<Vec<U256>, Error> {
        let (terms, units) = (terms(order), U256::from(units));
        let call = IAuctions::takeCall { auction: auction.number, terms, units };
        let receipt = self.client.send(AUCTIONS, &call, U256::ZERO).await?;
        Self::units(&receipt)
    }

    /// Ends bids that are over, and credits what is left of their deposits; anybody may.
    ///
    /// # Errors
    /// `StillOpen` while they are not over.
    pub async fn close(&self, auction: &Auction, bidders: Vec<Address>) -> Result<TransactionReceipt, Error> {
        let call = IAuctions::closeCall { auction: auction.number, bidders };
        self.client.send(AUCTIONS, &call, U256::ZERO).await
    }

    /// Gives everybody back what is theirs, of an auction that nobody could clear; anybody may.
    ///
    /// # Errors
    /// `TooEarly`, `WrongPhase`.
    pub async fn void(&self, auction: &Auction) -> Result<TransactionReceipt, Error> {
        self.client.send(AUCTIONS, &IAuctions::voidCall { auction: auction.number }, U256::ZERO).await
    }

    /// Pays out the signer's credit: deposits, and what the price was less than the most.
    ///
    /// # Errors
    /// `NothingToWithdraw`.
    pub async fn withdraw(&self) -> Result<TransactionReceipt, Error> {
        self.client.send(AUCTIONS, &ICredits::withdrawCall {}, U256::ZERO).await
    }

    /// What [`Self::withdraw`] would pay an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn credit_of(&self, account: Address) -> Result<U256, Error> {
        self.client.call(AUCTIONS, &ICredits::creditOfCall { account }).await
    }

    async fn logs_of(&self, number: B256, event: B256, from: u64) -> Result<Vec<Log>, Error> {
        let filter = Filter::new().address(AUCTIONS).event_signature(event).topic1(number);
        self.client.rpc().logs_since(&filter, from).await.map(|(logs, _)| logs)
    }
}

/// The same words, as this contract's interface names them.
fn terms(order: &Order) -> OrderTerms {
    let terms = &order.terms;
    OrderTerms {
        requester: terms.requester,
        kind: terms.kind,
        burnShare: terms.burnShare,
        count: terms.count,
        workSeconds: terms.workSeconds,
        takeBy: terms.takeBy,
        providersFrom: terms.providersFrom,
        price: terms.price,
        bond: terms.bond,
        verifier: terms.verifier,
        worker: terms.worker,
        requirements: terms.requirements,
        subject: terms.subject,
        inputRoot: terms.inputRoot,
    }
}
