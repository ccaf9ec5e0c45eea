//! Collections and editions, from the factory's word on. What other contracts say in the same words is dropped here.

use super::{Contradiction, Rows, next, nft};
use crate::{
    decode::{CreationSays as Says, Event},
    project::TouchedNft,
    record::{Creation, Edition, Stamp, TokenKey},
};
use alloy::primitives::Address;
use edgeloom_bindings::{ICreation, INftFactory::INftFactoryEvents};
use edgeloom_index_api::{CreationKind, TransferPolicy};

impl TouchedNft {
    pub(super) fn factory(&mut self, event: &INftFactoryEvents) {
        self.creations.insert(match event {
            INftFactoryEvents::CollectionCreated(event) => event.collection,
            INftFactoryEvents::EditionsCreated(event) => event.editions,
        });
    }

    pub(super) fn creation(&mut self, address: Address, says: &Says) {
        self.creations.insert(address);
        let key = |id| TokenKey::new(address, id);
        match says {
            Says::Moved { id, .. } | Says::User { id, .. } | Says::Uri(id, _) | Says::Cap(id, _) => {
                self.tokens.insert(key(*id));
            }
            Says::Updated(first, last) if first == last => {
                self.tokens.insert(key(*first));
            }
            Says::MovedCopies { from, to, copies } => {
                for (id, _) in copies {
                    self.tokens.insert(key(*id));
                    self.balances.insert((key(*id), *from));
                    self.balances.insert((key(*id), *to));
                }
            }
            _ => {}
        }
    }
}

impl Rows {
    pub(super) fn made(&mut self, event: &INftFactoryEvents, at: Stamp) -> Result<(), Contradiction> {
        let (address, creator, kind) = match event {
            INftFactoryEvents::CollectionCreated(event) => (event.collection, event.creator, CreationKind::Collection),
            INftFactoryEvents::EditionsCreated(event) => (event.editions, event.creator, CreationKind::Editions),
        };
        if self.nft.creations.contains_key(&address) {
            return Err(Contradiction::CreationKnown(address));
        }
        let creation = Creation::new(next(&mut self.last.creation), address, kind, creator, at);
        self.nft.creations.insert(address, creation);
        Ok(())
    }

    /// Of an address that need not be a creation's.
    pub(super) fn creation(&mut self, event: &Event, address: Address, says: &Says) -> Result<(), Contradiction> {
        let at = event.at;
        let Some(creation) = self.nft.creations.get_mut(&address) else { return Ok(()) };
        creation.last_block = at.block;
        let kind = creation.kind;
        match says {
            Says::Created(terms) => creation.agreed(terms).ok_or(Contradiction::CreationEnum(address))?,
            Says::Owner(owner) => creation.creator = *owner,
            Says::Royalty { to, bps } => (creation.royalty_to, creation.royalty_bps) = (somebody(*to), *bps),
            Says::Policy(set) => creation.policy = policy(*set).ok_or(Contradiction::CreationEnum(address))?,
            Says::Frozen => creation.frozen = true,
            Says::ContractUri => (creation.contract_uri, creation.updated) = (None, Some(at)),
            Says::Updated(first, last) => {
                creation.updated = Some(at);
                if first == last {
                    self.updated(TokenKey::new(address, *first), at);
                } else {
                    // What they begin with was set.
                    creation.base_uri = None;
                }
            }
            Says::Uri(id, uri) if kind == CreationKind::Editions => {
                let edition = self.edition(TokenKey::new(address, *id), at);
                (edition.uri, edition.updated) = (nft::uri(uri), Some(at));
            }
            Says::Cap(id, cap) if kind == CreationKind::Editions => {
                self.edition(TokenKey::new(address, *id), at).cap = Some(*cap);
            }
            Says::Moved { from, to, id } if kind == CreationKind::Collection => {
                return self.token_moved(event, TokenKey::new(address, *id), (*from, *to));
            }
            Says::MovedCopies { from, to, copies } if kind == CreationKind::Editions => {
                for (id, amount) in copies {
                    self.copies_moved(event, TokenKey::new(address, *id), (*from, *to), *amount)?;
                }
            }
            Says::User { id, user, expires } if kind == CreationKind::Collection => {
                let token = self.token(TokenKey::new(address, *id))?;
                token.user = somebody(*user).map(|user| (user, *expires));
            }
            Says::Uri(..) | Says::Cap(..) | Says::Moved { .. } | Says::MovedCopies { .. } | Says::User { .. } => {
                return Err(Contradiction::CreationKind(address));
            }
            Says::Unreadable(reason) => return Err(Contradiction::CreationLog(address, reason.clone())),
        }
        Ok(())
    }

    fn updated(&mut self, key: TokenKey, at: Stamp) {
        if let Some(token) = self.nft.tokens.get_mut(&key) {
            token.updated = Some(at);
        }
        if let Some(edition) = self.nft.editions.get_mut(&key) {
            edition.updated = Some(at);
        }
    }

    pub(super) fn edition(&mut self, key: TokenKey, at: Stamp) -> &mut Edition {
        let (last, creations) = (&mut self.last.edition, &mut self.nft.creations);
        self.nft.editions.entry(key).or_insert_with(|| {
            if let Some(creation) = creations.get_mut(&key.creation) {
                creation.tokens += 1;
            }
            Edition::new(next(last), key, at)
        })
    }
}

impl Creation {
    /// `None` for a policy that there is not.
    fn agreed(&mut self, terms: &ICreation::Terms) -> Option<()> {
        self.creator = terms.creator;
        (self.name, self.symbol) = (nft::name(&terms.name), nft::name(&terms.symbol));
        (self.contract_uri, self.base_uri) = (nft::uri(&terms.contractUri), nft::uri(&terms.baseUri));
        (self.royalty_to, self.royalty_bps) = (somebody(terms.royaltyTo), terms.royaltyBps);
        (self.policy, self.split) = (policy(terms.policy)?, terms.split);
        Some(())
    }
}

fn somebody(address: Address) -> Option<Address> {
    Some(address).filter(|address| !address.is_zero())
}

const fn policy(policy: ICreation::Policy) -> Option<TransferPolicy> {
    Some(match policy {
        ICreation::Policy::Open => TransferPolicy::Open,
        ICreation::Policy::Operators => TransferPolicy::Operators,
        ICreation::Policy::Strict => TransferPolicy::Strict,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests;
