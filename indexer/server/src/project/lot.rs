//! The life of an auction of a token: open → sold, or kept for the winner, or voided; or returned to the seller.

use super::{
    Contradiction, Rows, TouchedNft, next,
    nft::number,
    sale::{Deal, Price},
};
use crate::{
    decode::Event,
    record::{Lot, LotBid, Moved, Paid, Stamp, TokenKey},
};
use alloy::primitives::{U256, aliases::U40};
use edgeloom_bindings::{IAuctionHouse, IAuctionHouse::IAuctionHouseEvents, IExchange};
use edgeloom_index_api::{LotPhase, SaleKind, TokenStandard};

impl TouchedNft {
    pub(super) fn house(&mut self, event: &IAuctionHouseEvents) {
        let lot = match event {
            IAuctionHouseEvents::AuctionCreated(event) => {
                // It may be settled by the blocks that come with this one.
                self.sells(TokenKey::new(event.lot.token, event.lot.id));
                event.auction
            }
            IAuctionHouseEvents::BidPlaced(event) => event.auction,
            IAuctionHouseEvents::AuctionSettled(event) => {
                self.dealers.extend([event.seller, event.winner]);
                event.auction
            }
            IAuctionHouseEvents::LotDelivered(event) => event.auction,
            IAuctionHouseEvents::LotKept(event) => event.auction,
            IAuctionHouseEvents::AuctionVoided(event) => event.auction,
            IAuctionHouseEvents::LotReturned(event) => event.auction,
        };
        self.lots.extend(number(lot));
    }
}

impl Rows {
    pub(super) fn house(&mut self, event: &Event, house: &IAuctionHouseEvents) -> Result<(), Contradiction> {
        let at = event.at;
        match house {
            IAuctionHouseEvents::AuctionCreated(event) => return self.lot_created(event, at),
            IAuctionHouseEvents::BidPlaced(event) => return self.lot_bid(event, at),
            IAuctionHouseEvents::AuctionSettled(settled) => return self.lot_settled(event, settled),
            IAuctionHouseEvents::LotDelivered(event) => self.lot_closed(event.auction, LotPhase::Sold, at)?,
            IAuctionHouseEvents::LotKept(event) => self.lot_closed(event.auction, LotPhase::Kept, at)?,
            IAuctionHouseEvents::AuctionVoided(event) => self.lot_closed(event.auction, LotPhase::Voided, at)?,
            IAuctionHouseEvents::LotReturned(event) => self.lot_closed(event.auction, LotPhase::Returned, at)?,
        }
        Ok(())
    }

    fn lot(&mut self, id: U256) -> Result<&mut Lot, Contradiction> {
        let unknown = Contradiction::LotUnknown(id);
        self.nft.lots.get_mut(&number(id).ok_or(Contradiction::LotUnknown(id))?).ok_or(unknown)
    }

    fn lot_closed(&mut self, id: U256, phase: LotPhase, at: Stamp) -> Result<(), Contradiction> {
        let lot = self.lot(id)?;
        (lot.phase, lot.closed) = (phase, Some(at));
        Ok(())
    }

    fn lot_created(&mut self, event: &IAuctionHouse::AuctionCreated, at: Stamp) -> Result<(), Contradiction> {
        let id = number(event.auction).ok_or(Contradiction::LotUnknown(event.auction))?;
        let (terms, sells) = (&event.terms, &event.lot);
        let standard = match sells.standard {
            IExchange::Standard::ERC721 => TokenStandard::Erc721,
            IExchange::Standard::ERC1155 => TokenStandard::Erc1155,
            _ => return Err(Contradiction::LotEnum(id)),
        };
        let lot = Lot {
            id,
            seller: event.seller,
            standard,
            key: TokenKey::new(sells.token, sells.id),
            amount: U256::from(sells.amount),
            currency: terms.currency,
            reserve: U256::from(terms.reserve),
            from: seconds(terms.from),
            until: seconds(terms.until),
            royalty_max: terms.royaltyMax,
            phase: LotPhase::Open,
            bids: 0,
            highest: None,
            paid: None,
            created: at,
            closed: None,
        };
        if self.nft.lots.insert(id, lot).is_some() { Err(Contradiction::LotKnown(id)) } else { Ok(()) }
    }

    fn lot_bid(&mut self, event: &IAuctionHouse::BidPlaced, at: Stamp) -> Result<(), Contradiction> {
        let (bidder, amount, until) = (event.bidder, event.amount, seconds(event.until));
        let lot = self.lot(event.auction)?;
        (lot.bids, lot.highest, lot.until) = (lot.bids + 1, Some((bidder, amount)), until);
        let lot = lot.id;
        self.nft.lot_bids.push(LotBid { id: next(&mut self.last.lot_bid), lot, bidder, amount, until, at });
        Ok(())
    }

    /// The price is paid; who has the token says another event.
    fn lot_settled(&mut self, event: &Event, settled: &IAuctionHouse::AuctionSettled) -> Result<(), Contradiction> {
        let lot = self.lot(settled.auction)?;
        let (id, seller, buyer) = (lot.id, settled.seller, settled.winner);
        let (price, fee, royalty) = (settled.price, settled.fee, settled.royalty);
        let deal = Deal {
            kind: SaleKind::Auction,
            reference: id.to_string(),
            seller,
            buyer,
            payee: seller,
            paid: Price { currency: lot.currency, price, fee: Some(fee), royalty },
            units: 1,
            creation: None,
            items: vec![Moved { key: lot.key, amount: lot.amount, from: seller, to: buyer, royalty }],
        };
        let sale = self.sold(event, deal)?;
        self.lot(settled.auction)?.paid = Some(Paid { fee, royalty, sale });
        Ok(())
    }
}

fn seconds(value: U40) -> u64 {
    value.to()
}

#[cfg(test)]
mod tests;
