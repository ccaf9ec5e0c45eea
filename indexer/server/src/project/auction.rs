//! The life of an auction: open (sealed, revealed) → cleared, without a bid or with, or voided; and of its bids.

use super::{Contradiction, Rows, Touched, next};
use crate::record::{Auction, Bid, BidEnd, Clearing, Opening, Stamp};
use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{IAuctions, IAuctions::IAuctionsEvents};
use edgeloom_index_api::{AuctionPhase, BidReason};

impl Touched {
    pub(super) fn auction(&mut self, event: &IAuctionsEvents) {
        let (auction, bidder) = match event {
            IAuctionsEvents::AuctionOpened(event) => (event.auction, None),
            IAuctionsEvents::BidCommitted(event) => (event.auction, Some(event.bidder)),
            IAuctionsEvents::BidRevealed(event) => (event.auction, Some(event.bidder)),
            IAuctionsEvents::AuctionCleared(event) => (event.auction, None),
            IAuctionsEvents::DrawContinued(_) => return,
            IAuctionsEvents::AuctionDrawn(event) => (event.auction, None),
            IAuctionsEvents::UnitsTaken(event) => (event.auction, Some(event.worker)),
            IAuctionsEvents::BidClosed(event) => (event.auction, Some(event.bidder)),
            IAuctionsEvents::AuctionVoided(event) => (event.auction, None),
        };
        self.auctions.insert(auction);
        self.bids.extend(bidder.map(|bidder| (auction, bidder)));
    }
}

impl Rows {
    pub(super) fn auction(&mut self, event: &IAuctionsEvents, at: Stamp) -> Result<(), Contradiction> {
        match event {
            IAuctionsEvents::AuctionOpened(event) => return self.auction_opened(event, at),
            IAuctionsEvents::BidCommitted(event) => return self.bid_committed(event, at),
            IAuctionsEvents::BidRevealed(event) => {
                let auction = self.auction_of(event.auction)?;
                (auction.revealed, auction.counted) = (auction.revealed + 1, auction.counted + u64::from(event.counts));
                let opening = Opening { tick: small(event.tick), units: small(event.units), counts: event.counts, at };
                self.bid_of(event.auction, event.bidder)?.opening = Some(opening);
            }
            IAuctionsEvents::AuctionCleared(event) => return self.auction_cleared(event, at),
            IAuctionsEvents::DrawContinued(_) => {}
            IAuctionsEvents::AuctionDrawn(event) => self.auction_of(event.auction)?.drawn = true,
            IAuctionsEvents::UnitsTaken(event) => {
                let (auction, units) = (self.auction_of(event.auction)?, small(event.units));
                if event.won {
                    auction.taken_by_winners += u64::from(units);
                    self.bid_of(event.auction, event.worker)?.taken += units;
                } else {
                    auction.taken_by_others += u64::from(units);
                }
            }
            IAuctionsEvents::BidClosed(event) => return self.bid_closed(event, at),
            IAuctionsEvents::AuctionVoided(event) => {
                let auction = self.auction_of(event.auction)?;
                (auction.phase, auction.closed) = (AuctionPhase::Voided, Some(at));
                auction.refunded = auction.refunded.saturating_add(event.refunded);
            }
        }
        Ok(())
    }

    fn auction_of(&mut self, id: B256) -> Result<&mut Auction, Contradiction> {
        self.auctions.get_mut(&id).ok_or(Contradiction::AuctionUnknown(id))
    }

    fn bid_of(&mut self, auction: B256, bidder: Address) -> Result<&mut Bid, Contradiction> {
        self.bids.get_mut(&(auction, bidder)).ok_or(Contradiction::BidUnknown(auction, bidder))
    }

    fn auction_opened(&mut self, event: &IAuctions::AuctionOpened, at: Stamp) -> Result<(), Contradiction> {
        let (id, terms) = (event.auction, &event.terms);
        let auction = Auction {
            id,
            number: terms.number,
            requester: event.requester,
            kind: terms.kind,
            model: event.subject,
            input_root: terms.inputRoot,
            input_bytes: u32::try_from(event.inputs.len()).unwrap_or(u32::MAX),
            requirements: terms.requirements,
            count: terms.count,
            most: U256::from(terms.price),
            commit_until: terms.commitUntil.to(),
            reveal_until: terms.revealUntil.to(),
            claim_seconds: terms.claimSeconds,
            take_seconds: terms.takeSeconds,
            work_seconds: terms.workSeconds,
            providers_after: terms.providersAfter,
            phase: AuctionPhase::Open,
            bids: 0,
            revealed: 0,
            counted: 0,
            deposits: U256::ZERO,
            clearing: None,
            drawn: false,
            taken_by_winners: 0,
            taken_by_others: 0,
            refunded: U256::ZERO,
            burned: U256::ZERO,
            opened: at,
            closed: None,
        };
        if self.auctions.insert(id, auction).is_some() { Err(Contradiction::AuctionKnown(id)) } else { Ok(()) }
    }

    fn bid_committed(&mut self, event: &IAuctions::BidCommitted, at: Stamp) -> Result<(), Contradiction> {
        let (auction, bidder, deposit) = (event.auction, event.bidder, event.deposit);
        let on = self.auction_of(auction)?;
        (on.bids, on.deposits) = (on.bids + 1, on.deposits.saturating_add(deposit));
        if self.bids.contains_key(&(auction, bidder)) {
            return Err(Contradiction::BidKnown(auction, bidder));
        }
        let (id, commitment) = (next(&mut self.last.bid), event.commitment);
        let bid = Bid { id, auction, bidder, commitment, deposit, opening: None, taken: 0, end: None, committed: at };
        self.bids.insert((auction, bidder), bid);
        Ok(())
    }

    fn auction_cleared(&mut self, event: &IAuctions::AuctionCleared, at: Stamp) -> Result<(), Contradiction> {
        let auction = self.auction_of(event.auction)?;
        auction.phase = if auction.counted == 0 { AuctionPhase::Unbid } else { AuctionPhase::Cleared };
        let order = i64::try_from(event.order).map_err(|_| Contradiction::AuctionEnum(event.auction))?.cast_unsigned();
        auction.clearing = Some(Clearing {
            order,
            price: event.price,
            margin: small(event.margin),
            won: small(event.won).into(),
            contested: small(event.contested).into(),
            rest: small(event.rest).into(),
        });
        auction.refunded = auction.refunded.saturating_add(event.refunded);
        auction.burned = auction.burned.saturating_add(event.burned);
        auction.closed = Some(at);
        Ok(())
    }

    fn bid_closed(&mut self, event: &IAuctions::BidClosed, at: Stamp) -> Result<(), Contradiction> {
        let reason = reason(event.reason).ok_or(Contradiction::AuctionEnum(event.auction))?;
        if reason != BidReason::NotRevealed {
            // Those were burned together when the auction was cleared.
            let auction = self.auction_of(event.auction)?;
            auction.burned = auction.burned.saturating_add(event.burned);
        }
        let (won, refunded, burned) = (small(event.won), event.refunded, event.burned);
        let bid = self.bid_of(event.auction, event.bidder)?;
        bid.end = Some(BidEnd { reason, won, refunded, burned, at });
        Ok(())
    }
}

/// Ticks and units, which have 16 bits each; contested ones some more.
fn small(value: U256) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

const fn reason(reason: IAuctions::Reason) -> Option<BidReason> {
    Some(match reason {
        IAuctions::Reason::Taken => BidReason::Taken,
        IAuctions::Reason::NotTaken => BidReason::NotTaken,
        IAuctions::Reason::Lost => BidReason::Lost,
        IAuctions::Reason::NotDrawn => BidReason::NotDrawn,
        IAuctions::Reason::NotRevealed => BidReason::NotRevealed,
        IAuctions::Reason::Voided => BidReason::Voided,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
