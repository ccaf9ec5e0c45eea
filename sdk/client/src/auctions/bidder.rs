//! What a bidder looks up.

use alloy::{
    primitives::{Address, U256},
    rpc::types::{Filter, TransactionReceipt},
    sol_types::SolEvent as _,
};
use edgeloom_bindings::{
    IAuctions::{self, AuctionOpened, BidRevealed, UnitsTaken},
    IKinds, IProfiles,
    addresses::{AUCTIONS, KINDS, PROFILES},
};

use super::{Auction, Auctions};
use crate::{
    Error,
    jobs::{decode, log_of},
};

/// A bid as the chain has it. All zero where there is none, or it is closed; nothing but its deposit is known until it is revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Wei.
    pub deposit: U256,
    /// The least price, in 256ths of the requester's most; 258 where the bid does not count.
    pub tick: U256,
    /// For how many jobs.
    pub units: U256,
    /// How many of them were won and taken.
    pub taken: U256,
}

impl Auctions {
    /// Auctions that were opened in blocks from `from_block` on, in order, and the block to go on with.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn opened(&self, from_block: u64) -> Result<(Vec<Auction>, u64), Error> {
        let filter = Filter::new().address(AUCTIONS).event_signature(AuctionOpened::SIGNATURE_HASH);
        let (logs, next) = self.client.rpc().logs_since(&filter, from_block).await?;
        Ok((logs.iter().map(Auction::of_log).collect::<Result<_, _>>()?, next))
    }

    /// A bidder's bid.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn placed(&self, auction: &Auction, bidder: Address) -> Result<Placed, Error> {
        let bid = self.client.call(AUCTIONS, &IAuctions::bidOfCall { auction: auction.number, bidder }).await?;
        Ok(Placed { deposit: bid.deposit, tick: bid.tick, units: bid.units, taken: bid.taken })
    }

    /// What a job of an auction locks of its worker's stake at most, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn bond(&self, auction: &Auction) -> Result<U256, Error> {
        let (kind, price) = (auction.terms.kind, U256::from(auction.terms.price));
        self.client.call(KINDS, &IKinds::bondForCall { kind, price }).await
    }

    /// Whether a bid of an account's counts now, and what it wins can be taken: who does not meet the requirements then loses its deposit.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn admits(&self, auction: &Auction, account: Address) -> Result<bool, Error> {
        let terms = &auction.terms;
        if terms.requester == account {
            return Ok(false);
        }
        if terms.providersAfter != 0 && self.client.call(PROFILES, &IProfiles::isProviderCall { account }).await? {
            return Ok(false);
        }
        if terms.requirements.is_zero() {
            return Ok(true);
        }
        let call = IProfiles::meetsCall { worker: account, requirements: terms.requirements };
        self.client.call(PROFILES, &call).await
    }

    /// Who bid at the margin of an auction that was cleared, in the order that [`Self::draw`] asks for.
    ///
    /// # Errors
    /// [`Error::Beacon`] until the block that draws is recorded.
    pub async fn contenders(&self, auction: &Auction) -> Result<Vec<Address>, Error> {
        let margin = U256::from(self.state(auction).await?.margin);
        let mut contenders = Vec::new();
        for log in self.logs_of(auction.number, BidRevealed::SIGNATURE_HASH, auction.block).await? {
            let BidRevealed { bidder, tick, counts, .. } = decode(&log)?;
            if counts && tick == margin {
                contenders.push((self.priority(auction, bidder).await?, bidder));
            }
        }
        contenders.sort_unstable();
        Ok(contenders.into_iter().map(|(_, bidder)| bidder).collect())
    }

    /// Numbers of the jobs that a worker took of an auction.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn taken(&self, auction: &Auction, worker: Address) -> Result<Vec<U256>, Error> {
        let logs = self.logs_of(auction.number, UnitsTaken::SIGNATURE_HASH, auction.block).await?;
        let taken = logs.iter().map(decode::<UnitsTaken>).collect::<Result<Vec<_>, _>>()?;
        Ok(taken.iter().filter(|taken| taken.worker == worker).flat_map(numbers).collect())
    }

    /// Numbers of the jobs that a transaction of [`Self::take`] took: for whoever had to wait for it with [`crate::Client::see_through`].
    ///
    /// # Errors
    /// [`Error::Answer`] if it took none.
    pub fn units(receipt: &TransactionReceipt) -> Result<Vec<U256>, Error> {
        Ok(numbers(&decode(log_of::<UnitsTaken>(AUCTIONS, receipt)?)?).collect())
    }
}

fn numbers(taken: &UnitsTaken) -> impl Iterator<Item = U256> + use<> {
    let first = taken.first;
    (0..taken.units.saturating_to::<u32>()).map(move |place| first + U256::from(place))
}
