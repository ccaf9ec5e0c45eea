//! Who gave accounts their first TFUEL. The index has what transactions carry, and not what contracts send on: who is paid by a contract has no
//! funder here.

use super::Nft;
use alloy::primitives::Address;
use edgeloom_index_api::{Asset, SelfDealing};
use std::collections::BTreeSet;

/// Transfers to an account among which its first TFUEL is looked for.
pub const INCOMING_MAX: u32 = 64;
/// Transfers of an account by which it is judged whether it gives to many.
pub const OUTGOING_MAX: u32 = 256;
/// Accounts to which one gives that says nothing by it: more, and it is a faucet, an exchange, or an account of genesis that hands out.
const FUNDED_MAX: usize = 32;

/// What is known of an account's money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purse {
    /// Transfers to it so far, [`INCOMING_MAX`] at most.
    pub incoming: u32,
    /// Who first sent it TFUEL.
    pub funder: Option<Address>,
    /// Transfers of it so far, [`OUTGOING_MAX`] at most.
    pub outgoing: u32,
    /// To whom it sent TFUEL by those.
    pub funded: BTreeSet<Address>,
}

impl Purse {
    pub fn received(&mut self, asset: Asset, from: Address, to: Address) {
        if self.incoming == INCOMING_MAX {
            return;
        }
        self.incoming += 1;
        if self.funder.is_none() && asset == Asset::Tfuel && from != to {
            self.funder = Some(from);
        }
    }

    pub fn gave(&mut self, asset: Asset, to: Address) {
        if self.outgoing == OUTGOING_MAX {
            return;
        }
        self.outgoing += 1;
        if asset == Asset::Tfuel {
            self.funded.insert(to);
        }
    }
}

impl Nft {
    pub(super) fn paid(&mut self, asset: Asset, from: Address, to: Address) {
        self.purses.entry(to).or_default().received(asset, from, to);
        self.purses.entry(from).or_default().gave(asset, to);
    }

    /// What two accounts have in common that trade with each other.
    pub(super) fn kinship(&self, one: Address, other: Address) -> Option<SelfDealing> {
        if one == other {
            return Some(SelfDealing::SameAccount);
        }
        let gives_to_many =
            |account: &Address| self.purses.get(account).is_some_and(|purse| purse.funded.len() > FUNDED_MAX);
        let funder = |account: &Address| {
            self.purses.get(account).and_then(|purse| purse.funder).filter(|funder| !gives_to_many(funder))
        };
        let funders = (funder(&one), funder(&other));
        match funders {
            (Some(one), Some(other)) if one == other => Some(SelfDealing::SameFunder),
            _ if funders.0 == Some(other) || funders.1 == Some(one) => Some(SelfDealing::FundedByOther),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
