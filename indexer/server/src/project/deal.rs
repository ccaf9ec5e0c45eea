//! Every event of the market's contracts is kept; some change rows.

use super::{Contradiction, Rows, Touched, next};
use crate::{
    decode::{Deal, Event, Says},
    record::{Claim, MarketEvent},
};

impl Touched {
    pub(super) fn deal(&mut self, says: &Says) {
        match says {
            Says::Lease(event) => self.lease(event),
            Says::Auction(event) => self.auction(event),
            Says::Pool(event) => self.pool(event),
            Says::Claim { .. } | Says::Nothing => {}
            nft => self.nft.deal(nft),
        }
    }
}

impl Rows {
    pub(super) fn deal(&mut self, event: &Event, deal: &Deal) -> Result<(), Contradiction> {
        self.market_events.push(MarketEvent {
            id: next(&mut self.last.market_event),
            contract: deal.contract,
            name: deal.name.clone(),
            subject: deal.subject.clone(),
            actor: event.actor,
            reason: deal.reason.clone(),
            evidence: deal.evidence,
            fields: deal.fields.clone(),
            at: event.at,
            tx_index: event.tx_index,
            log_index: event.log_index.unwrap_or(0),
        });
        match &deal.says {
            Says::Lease(lease) => self.lease(lease, event.at),
            Says::Auction(auction) => self.auction(auction, event.at),
            Says::Pool(pool) => self.pool(pool, event.at),
            Says::Claim { id, job, worker } => {
                self.claims.push(Claim { contract: deal.contract, id: *id, job: *job, worker: *worker });
                Ok(())
            }
            Says::Nothing => Ok(()),
            nft => self.nft(event, nft),
        }
    }
}
