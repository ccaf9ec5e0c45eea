//! A bid from the moment at which it is in the journal to its end.

use alloy::primitives::{B256, U256};
use edgeloom_bindings::{
    IAuctions::{self, IAuctionsErrors, Phase},
    IJobMarket,
};
use edgeloom_sdk::{Auction, Auctions, Error, SealedBid};

use super::Bids;
use crate::{
    crash,
    desk::decided,
    errand::Fault,
    journal::{Bidding, Record},
    life::Bench,
};

/// Blocks over which bidders spread what one of them is enough for.
const SPREAD: u8 = 8;

impl Bids {
    /// Does what a bid's auction is in the time for.
    pub(super) async fn attend(&mut self, bench: &Bench, number: B256, bid: Bidding) -> Result<(), Fault> {
        let auctions = bench.client.auctions();
        let auction = match self.auctions.get(&number) {
            Some(auction) => auction.clone(),
            None => {
                let auction = auctions.get(number, bid.block).await?;
                self.auctions.entry(number).or_insert(auction).clone()
            }
        };
        let (state, placed) = futures::try_join!(auctions.state(&auction), auctions.placed(&auction, bench.worker))?;
        let is_placed = !placed.deposit.is_zero();
        match state.phase {
            Phase::Open => self.compete(bench, &auction, (bid, is_placed, !placed.units.is_zero())).await,
            Phase::Cleared if is_placed && !placed.units.is_zero() => {
                self.claim(bench, &auction, &state, placed.taken).await
            }
            Phase::Cleared | Phase::Unbid | Phase::Voided if is_placed => self.close(bench, &auction).await,
            // Closed by the last of what it won, or by somebody else; or it was never sent in time.
            _ => self.end(bench, &auction).await,
        }
    }

    /// While it is open: seals, reveals, clears.
    async fn compete(
        &mut self,
        bench: &Bench,
        auction: &Auction,
        (bid, is_placed, is_revealed): (Bidding, bool, bool),
    ) -> Result<(), Fault> {
        let (client, auctions, number) = (&bench.client, bench.client.auctions(), auction.number);
        let head = *client.heads().borrow();
        let (commit_until, reveal_until) =
            (auction.terms.commitUntil.to::<u64>(), auction.terms.revealUntil.to::<u64>());
        let sealed = SealedBid { tick: bid.tick, units: bid.units, salt: bid.salt };
        if head < commit_until {
            if is_placed {
                return Ok(());
            }
            let deposit = auctions.deposit(auction, bid.units).await?;
            let sent = decided(client, auctions.commit(auction, sealed, deposit).await).await?;
            crash::after("bid-sealed");
            self.spent(number, &sent);
            tracing::info!(auction = %number, units = bid.units, tick = bid.tick, "bids: sealed one");
        } else if !is_placed {
            if head > commit_until {
                return self.end(bench, auction).await;
            }
        } else if head > commit_until && head < reveal_until && !is_revealed {
            let sent = decided(client, auctions.reveal(auction, sealed).await).await?;
            crash::after("bid-revealed");
            self.spent(number, &sent);
        } else if head > reveal_until + u64::from(number[31] ^ bench.worker[19]) % u64::from(SPREAD) {
            self.clear(bench, auction).await?;
        }
        Ok(())
    }

    async fn clear(&mut self, bench: &Bench, auction: &Auction) -> Result<(), Fault> {
        let (client, auctions) = (&bench.client, bench.client.auctions());
        let cleared = match auctions.clear(auction).await {
            Err(error @ Error::Unconfirmed { .. }) => decided(client, Err(error)).await.map(drop),
            cleared => cleared.map(drop),
        };
        match cleared {
            Err(Error::Auctions(IAuctionsErrors::TooLate(_))) => {
                let sent = decided(client, auctions.void(auction).await).await?;
                self.spent(auction.number, &sent);
            }
            // Somebody else was first.
            Err(Error::Auctions(IAuctionsErrors::WrongPhase(_))) => {}
            cleared => cleared?,
        }
        crash::after("auction-cleared");
        Ok(())
    }

    /// Takes what it won, in its time.
    async fn claim(
        &mut self,
        bench: &Bench,
        auction: &Auction,
        state: &IAuctions::Auction,
        taken: U256,
    ) -> Result<(), Fault> {
        let (client, auctions) = (&bench.client, bench.client.auctions());
        let won = match auctions.won(auction, bench.worker).await {
            Err(Error::Auctions(IAuctionsErrors::StillOpen(_))) => return self.draw(bench, auction).await,
            won => won?,
        };
        let left = won.saturating_sub(taken.saturating_to());
        let is_late = client.head_time().await? > state.claimBy.to::<u64>();
        if left == 0 || is_late {
            if left > 0 {
                tracing::error!(auction = %auction.number, left, "bids: won jobs were not taken in their time");
            }
            return self.close(bench, auction).await;
        }
        let order = auctions.order(auction).await?;
        let stake = client.edge_staking().standing_of(bench.worker).await?.free;
        let room = stake.checked_div(order.bond()).map_or(left, |most| most.saturating_to());
        let units = left.min(room);
        if units == 0 {
            tracing::warn!(auction = %auction.number, left, "bids: no stake is free for jobs that were won; waiting");
            return Ok(());
        }
        let jobs = match auctions.take(auction, &order, units).await {
            Err(error @ Error::Unconfirmed { .. }) => Auctions::units(&decided(client, Err(error)).await?)?,
            jobs => jobs?,
        };
        crash::after("units-taken");
        tracing::info!(auction = %auction.number, units = jobs.len(), "bids: took what was won");
        self.note(bench, jobs).await
    }

    /// Shows whom chance drew, where the bids at the margin do not all fit.
    async fn draw(&mut self, bench: &Bench, auction: &Auction) -> Result<(), Fault> {
        let (client, auctions, beacon) = (&bench.client, bench.client.auctions(), bench.client.beacon());
        let height = auction.terms.revealUntil.to::<u64>() + beacon.delay().await?;
        if *client.heads().borrow() <= height + u64::from(auction.number[30] ^ bench.worker[18]) % u64::from(SPREAD) {
            return Ok(());
        }
        if !beacon.is_recorded(height).await? {
            let sent = decided(client, beacon.show(beacon.header_of(height).await?).await).await?;
            self.spent(auction.number, &sent);
        }
        let bidders = auctions.contenders(auction).await?;
        let sent = decided(client, auctions.draw(auction, bidders).await).await?;
        crash::after("margin-drawn");
        self.spent(auction.number, &sent);
        Ok(())
    }

    async fn close(&mut self, bench: &Bench, auction: &Auction) -> Result<(), Fault> {
        let (client, auctions) = (&bench.client, bench.client.auctions());
        let sent = decided(client, auctions.close(auction, vec![bench.worker]).await).await?;
        crash::after("bid-closed");
        self.spent(auction.number, &sent);
        self.end(bench, auction).await
    }

    /// Hands over what was taken, also by an earlier process, and forgets the bid.
    async fn end(&mut self, bench: &Bench, auction: &Auction) -> Result<(), Fault> {
        let taken = bench.client.auctions().taken(auction, bench.worker).await?;
        self.note(bench, taken).await?;
        let gas_wei = self.gas.remove(&auction.number).unwrap_or_default();
        bench.journal.record(Record::BidEnded { auction: auction.number, gas_wei }).await?;
        crash::after("bid-ended");
        bench.tally.spent(gas_wei);
        self.own.remove(&auction.number);
        self.auctions.remove(&auction.number);
        self.unclaimed = true;
        tracing::info!(auction = %auction.number, "bids: one is over");
        Ok(())
    }

    /// Has jobs that are this worker's and not in its hands yet done: they are in the journal first.
    async fn note(&mut self, bench: &Bench, jobs: Vec<U256>) -> Result<(), Fault> {
        for job in jobs {
            if self.known.contains(&job) {
                continue;
            }
            let (_, state) = bench.client.jobs().get(job).await?;
            if state.phase == IJobMarket::Phase::Taken && state.worker == bench.worker {
                bench.journal.record(Record::Taken { job }).await?;
                crash::after("unit-noted");
                // The worker's loop is gone only when the process is about to be.
                self.won.send(job).await.unwrap_or(());
            }
            self.known.insert(job);
        }
        Ok(())
    }
}
