//! First sales: drops, and sealed packs.
//!
//! What is paid for packs is the creator's, and in the volume of its creation, once the secret of their round is known: a sale that is voided before gives
//! it back.

use super::{
    Contradiction, Rows, TouchedNft, next,
    nft::number,
    sale::{Deal, Price},
};
use crate::{
    decode::Event,
    record::{Drop, Moved, Pack, PackSale, SalePhase, Stamp, TokenKey},
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IDrops, IDrops::IDropsEvents, IPacks, IPacks::IPacksEvents, IPhases};
use edgeloom_index_api::{PackPhase, SaleKind};

/// Tokens of a collection that one purchase mints at the most: gas bounds it far below.
const MINTED_MAX: u64 = 4096;

impl TouchedNft {
    pub(super) fn drop(&mut self, event: &IDropsEvents) {
        let drop = match event {
            IDropsEvents::DropOpened(event) => {
                self.dealers.extend([event.creator, event.its.payee]);
                self.creations.insert(event.creation);
                event.drop
            }
            IDropsEvents::Minted(event) => {
                self.dealers.insert(event.buyer);
                event.drop
            }
            IDropsEvents::DropClosed(event) => event.drop,
        };
        self.drops.extend(number(drop));
    }

    pub(super) fn pack(&mut self, event: &IPacksEvents) {
        let (sale, pack) = match event {
            IPacksEvents::SaleOpened(event) => {
                self.dealers.extend([event.creator, event.terms.payee]);
                self.creations.insert(event.creation);
                (event.sale, None)
            }
            IPacksEvents::PacksBought(event) => {
                self.dealers.insert(event.buyer);
                (event.sale, None)
            }
            IPacksEvents::PackOpened(event) => (event.sale, Some(event.pack)),
            IPacksEvents::TokensKept(event) => (event.sale, Some(event.pack)),
            IPacksEvents::TokensClaimed(event) => (event.sale, Some(event.pack)),
            IPacksEvents::RoundRevealed(event) => (event.sale, None),
            IPacksEvents::RoundRedrawn(event) => (event.sale, None),
            IPacksEvents::SaleEnded(event) => (event.sale, None),
            IPacksEvents::SaleVoided(event) => (event.sale, None),
            IPacksEvents::Refunded(event) => (event.sale, None),
            IPacksEvents::BondReturned(event) => (event.sale, None),
        };
        let sale = number(sale);
        self.pack_sales.extend(sale);
        self.packs.extend(sale.zip(pack.and_then(number)));
    }
}

impl Rows {
    pub(super) fn drop(&mut self, event: &Event, drop: &IDropsEvents) -> Result<(), Contradiction> {
        match drop {
            IDropsEvents::DropOpened(opened) => self.drop_opened(opened, event.at),
            IDropsEvents::Minted(minted) => self.minted(event, minted),
            IDropsEvents::DropClosed(closed) => {
                self.drop_of(closed.drop)?.closed = Some(event.at);
                Ok(())
            }
        }
    }

    fn drop_of(&mut self, id: U256) -> Result<&mut Drop, Contradiction> {
        let unknown = Contradiction::DropUnknown(id);
        self.nft.drops.get_mut(&number(id).ok_or(Contradiction::DropUnknown(id))?).ok_or(unknown)
    }

    fn drop_opened(&mut self, event: &IDrops::DropOpened, at: Stamp) -> Result<(), Contradiction> {
        let (id, its) = (number(event.drop).ok_or(Contradiction::DropUnknown(event.drop))?, &event.its);
        let drop = Drop {
            id,
            creation: event.creation,
            creator: event.creator,
            payee: its.payee,
            editions: its.editions,
            first: U256::from(its.first),
            count: its.count,
            sold: 0,
            phases: event.phases.iter().map(phase).collect(),
            paid: U256::ZERO,
            fee: U256::ZERO,
            opened: at,
            closed: None,
        };
        if self.nft.drops.insert(id, drop).is_some() { Err(Contradiction::DropKnown(id)) } else { Ok(()) }
    }

    fn minted(&mut self, event: &Event, minted: &IDrops::Minted) -> Result<(), Contradiction> {
        let quantity = number(minted.quantity).unwrap_or(u64::MAX);
        let drop = self.drop_of(minted.drop)?;
        drop.sold = drop.sold.saturating_add(quantity);
        (drop.paid, drop.fee) = (drop.paid.saturating_add(minted.price), drop.fee.saturating_add(minted.fee));
        sell(&mut drop.phases, minted.phase, quantity);
        let moved = |id, amount| Moved {
            key: TokenKey::new(drop.creation, id),
            amount,
            from: Address::ZERO,
            to: minted.buyer,
            royalty: U256::ZERO,
        };
        let items = if drop.editions {
            vec![moved(minted.first, minted.quantity)]
        } else {
            let ids = (0..quantity.min(MINTED_MAX)).map(|place| minted.first.saturating_add(U256::from(place)));
            ids.map(|id| moved(id, U256::ONE)).collect()
        };
        let deal = Deal {
            kind: SaleKind::Drop,
            reference: drop.id.to_string(),
            seller: drop.creator,
            buyer: minted.buyer,
            payee: drop.payee,
            paid: Price { currency: Address::ZERO, price: minted.price, fee: Some(minted.fee), royalty: U256::ZERO },
            units: 1,
            creation: None,
            items,
        };
        self.sold(event, deal).map(|_| ())
    }

    pub(super) fn pack(&mut self, event: &Event, pack: &IPacksEvents) -> Result<(), Contradiction> {
        let at = event.at;
        match pack {
            IPacksEvents::SaleOpened(opened) => return self.packs_opened(opened, at),
            IPacksEvents::PacksBought(bought) => return self.packs_bought(event, bought),
            IPacksEvents::RoundRevealed(revealed) => return self.revealed(revealed),
            // Sales that are done are over, whatever was wrong with how.
            IPacksEvents::SaleEnded(ended) => {
                let sale = self.pack_sale(ended.sale)?;
                (sale.phase, sale.closed) = (PackPhase::Ended, Some(at));
            }
            IPacksEvents::SaleVoided(voided) => {
                let sale = self.pack_sale(voided.sale)?;
                (sale.phase, sale.closed) = (PackPhase::Voided, Some(at));
            }
            IPacksEvents::Refunded(refunded) => {
                let sale = self.pack_sale(refunded.sale)?;
                sale.refunded = sale.refunded.saturating_add(refunded.price);
                sale.pending = sale.pending.saturating_sub(refunded.price);
            }
            IPacksEvents::PackOpened(opened) => return self.unsealed(opened, at),
            IPacksEvents::TokensKept(kept) => self.pack_of(kept.sale, kept.pack)?.kept = kept.ids.clone(),
            IPacksEvents::TokensClaimed(claimed) => self.pack_of(claimed.sale, claimed.pack)?.kept.clear(),
            IPacksEvents::RoundRedrawn(_) | IPacksEvents::BondReturned(_) => {}
        }
        Ok(())
    }

    fn pack_sale(&mut self, id: U256) -> Result<&mut PackSale, Contradiction> {
        let unknown = Contradiction::PackSaleUnknown(id);
        self.nft.pack_sales.get_mut(&number(id).ok_or(Contradiction::PackSaleUnknown(id))?).ok_or(unknown)
    }

    fn pack_of(&mut self, sale: U256, pack: U256) -> Result<&mut Pack, Contradiction> {
        let key = number(sale).zip(number(pack)).ok_or(Contradiction::PackUnknown(sale, pack))?;
        self.nft.packs.get_mut(&key).ok_or(Contradiction::PackUnknown(sale, pack))
    }

    fn packs_opened(&mut self, event: &IPacks::SaleOpened, at: Stamp) -> Result<(), Contradiction> {
        let (id, terms) = (number(event.sale).ok_or(Contradiction::PackSaleUnknown(event.sale))?, &event.terms);
        let sale = PackSale {
            id,
            creation: event.creation,
            creator: event.creator,
            payee: if terms.payee.is_zero() { event.creator } else { terms.payee },
            packs: terms.packs,
            size: terms.size,
            tiers: event.tiers.clone(),
            first: event.first,
            round_blocks: terms.roundBlocks.to(),
            rounds: terms.rounds,
            commitment: terms.commitment,
            phases: event.phases.iter().map(phase).collect(),
            phase: PackPhase::Open,
            sold: 0,
            unsealed: 0,
            revealed: None,
            paid: U256::ZERO,
            fee: U256::ZERO,
            pending: U256::ZERO,
            pending_marked: U256::ZERO,
            refunded: U256::ZERO,
            opened: at,
            closed: None,
        };
        if self.nft.pack_sales.insert(id, sale).is_some() { Err(Contradiction::PackSaleKnown(id)) } else { Ok(()) }
    }

    fn packs_bought(&mut self, event: &Event, bought: &IPacks::PacksBought) -> Result<(), Contradiction> {
        let (quantity, price) = (number(bought.quantity).unwrap_or(u64::MAX), bought.price);
        let sale = self.pack_sale(bought.sale)?;
        sale.sold = sale.sold.saturating_add(quantity);
        sale.pending = sale.pending.saturating_add(price);
        sell(&mut sale.phases, bought.phase, quantity);
        let deal = Deal {
            kind: SaleKind::Pack,
            reference: sale.id.to_string(),
            seller: sale.creator,
            buyer: bought.buyer,
            payee: sale.payee,
            paid: Price { currency: Address::ZERO, price, fee: None, royalty: U256::ZERO },
            units: u32::try_from(quantity).unwrap_or(u32::MAX),
            creation: Some(sale.creation),
            items: Vec::new(),
        };
        let id = self.sold(event, deal)?;
        if self.nft.sales.get(&id).is_some_and(|sale| sale.mark.is_some()) {
            let sale = self.pack_sale(bought.sale)?;
            sale.pending_marked = sale.pending_marked.saturating_add(price);
        }
        Ok(())
    }

    fn revealed(&mut self, event: &IPacks::RoundRevealed) -> Result<(), Contradiction> {
        let sale = self.pack_sale(event.sale)?;
        let (creation, marked) = (sale.creation, std::mem::take(&mut sale.pending_marked));
        sale.pending = U256::ZERO;
        sale.revealed = number(event.round);
        (sale.paid, sale.fee) = (sale.paid.saturating_add(event.price), sale.fee.saturating_add(event.fee));
        let creation = self.nft.creations.get_mut(&creation).ok_or(Contradiction::CreationUnknown(creation))?;
        creation.volume = creation.volume.saturating_add(event.price);
        creation.volume_marked = creation.volume_marked.saturating_add(marked);
        Ok(())
    }

    fn unsealed(&mut self, event: &IPacks::PackOpened, at: Stamp) -> Result<(), Contradiction> {
        let sale = self.pack_sale(event.sale)?;
        sale.unsealed += 1;
        let (sale, buyer, ids) = (sale.id, event.buyer, event.ids.clone());
        let pack = number(event.pack).ok_or(Contradiction::PackUnknown(event.sale, event.pack))?;
        let id = next(&mut self.last.pack);
        let unsealed = Pack { id, sale, pack, buyer, ids, kept: Vec::new(), at };
        match self.nft.packs.insert((sale, pack), unsealed) {
            None => Ok(()),
            Some(_) => Err(Contradiction::PackKnown(sale, pack)),
        }
    }
}

fn sell(phases: &mut [SalePhase], phase: U256, quantity: u64) {
    let place = usize::try_from(phase).ok();
    if let Some(phase) = place.and_then(|place| phases.get_mut(place)) {
        phase.sold = phase.sold.saturating_add(quantity);
    }
}

fn phase(phase: &IPhases::Phase) -> SalePhase {
    SalePhase {
        price: U256::from(phase.price),
        end_price: U256::from(phase.endPrice),
        from: phase.from.to(),
        until: phase.until.to(),
        per_wallet: phase.perWallet,
        supply: phase.supply,
        allowed: Some(phase.allowed).filter(|root| !root.is_zero()),
        sold: 0,
    }
}

#[cfg(test)]
mod tests;
