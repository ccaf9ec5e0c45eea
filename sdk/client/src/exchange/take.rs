//! Orders as takers fill them.

use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::IExchange::{self, Choice, Criteria, Filled, Moved, Side};

use super::{SignedOrder, TradeOrder};
use crate::Error;

/// How a taker fills an order: unless said otherwise one unit, for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    pub(super) signed: SignedOrder,
    pub(super) units: u32,
    pub(super) recipient: Option<Address>,
    pub(super) royalty_max: Option<u16>,
    pub(super) ids: Vec<U256>,
}

/// What was sold, for how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The order's number.
    pub order: B256,
    /// Who made it.
    pub maker: Address,
    /// Who took it.
    pub taker: Address,
    /// Whether its maker sold, or bought.
    pub side: Side,
    /// Zero for TFUEL.
    pub currency: Address,
    /// Of all units.
    pub price: U256,
    /// What of it was the protocol's.
    pub fee: U256,
    /// How many.
    pub units: u32,
    /// What changed hands, first what the maker gave, with the royalty of each.
    pub items: Vec<Moved>,
    /// The transaction.
    pub tx: B256,
    /// Its block.
    pub block: u64,
}

/// What became of one take of a sweep.
#[derive(Debug)]
pub enum Outcome {
    /// It was filled.
    Filled(Trade),
    /// Nothing of it happened, and why.
    Skipped(Error),
}

impl Take {
    /// One unit of an order.
    #[must_use]
    pub const fn new(signed: SignedOrder) -> Self {
        Self { signed, units: 1, recipient: None, royalty_max: None, ids: Vec::new() }
    }

    /// So many units.
    #[must_use]
    pub const fn units(mut self, units: u32) -> Self {
        self.units = units;
        self
    }

    /// For somebody else: who receives what the order gives.
    #[must_use]
    pub const fn to(mut self, recipient: Address) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// With these tokens, in the order of the wanted items that leave a choice.
    #[must_use]
    pub fn choosing(mut self, ids: impl IntoIterator<Item = U256>) -> Self {
        self.ids = ids.into_iter().collect();
        self
    }

    /// The most royalty that a taker who sells lets creators have, basis points; unless said, what they ask for now.
    #[must_use]
    pub const fn royalty_at_most(mut self, bps: u16) -> Self {
        self.royalty_max = Some(bps);
        self
    }

    /// The order.
    #[must_use]
    pub const fn order(&self) -> &TradeOrder {
        &self.signed.order
    }

    /// TFUEL that has to be sent to fill it at a time, wei: later no more.
    ///
    /// # Errors
    /// [`Error::Settings`] for more than there is.
    pub fn value(&self, time: u64) -> Result<U256, Error> {
        let order = self.order();
        if !order.takes_tfuel() {
            return Ok(U256::ZERO);
        }
        let value = order.price_at(time).checked_mul(U256::from(self.units));
        value.ok_or_else(|| Error::Settings(format!("{} units cost more than there is", self.units)))
    }

    /// Ids that the taker gives, with their tokens: named by the order, or chosen.
    ///
    /// # Errors
    /// [`Error::Settings`] for too few choices, or too many.
    pub(super) fn given(&self) -> Result<Vec<(Address, U256)>, Error> {
        let wants = &self.order().terms().wants;
        let left = wants.iter().filter(|item| item.criteria != Criteria::Exact).count();
        if left != self.ids.len() {
            return Err(Error::Settings(format!("the order leaves {left} ids to choose, not {}", self.ids.len())));
        }
        let mut ids = self.ids.iter();
        let of = |item: &IExchange::Item| match item.criteria {
            Criteria::Exact => Some((item.token, item.id)),
            _ => Some((item.token, *ids.next()?)),
        };
        Ok(wants.iter().filter_map(of).collect())
    }

    /// As the contract takes it.
    pub(super) fn record(&self, royalty_max: u16) -> Result<IExchange::Take, Error> {
        let order = self.order();
        let given = self.given()?;
        let wanted = order.terms().wants.iter().zip(given).filter(|(item, _)| item.criteria != Criteria::Exact);
        let choices = wanted.map(|(item, (_, id))| choice(order, item, id)).collect::<Result<_, _>>()?;
        Ok(IExchange::Take {
            order: order.terms().clone(),
            consent: self.signed.consent(),
            units: self.units,
            royaltyMax: royalty_max,
            recipient: self.recipient.unwrap_or_default(),
            choices,
            mintings: self.signed.minting_records()?,
        })
    }
}

impl From<SignedOrder> for Take {
    fn from(signed: SignedOrder) -> Self {
        Self::new(signed)
    }
}

impl Trade {
    pub(super) fn new(filled: Filled, tx: B256, block: u64) -> Self {
        let Filled { order, maker, taker, side, currency, price, fee, units, items } = filled;
        Self { order, maker, taker, side, currency, price, fee, units, items, tx, block }
    }
}

fn choice(order: &TradeOrder, item: &IExchange::Item, id: U256) -> Result<Choice, Error> {
    if item.criteria == Criteria::Any {
        return Ok(Choice { id, proof: Vec::new() });
    }
    let unknown = || Error::Settings(format!("the order does not say which ids are wanted of {}", item.token));
    let proof = order.set_of(item).ok_or_else(unknown)?.proof(&id);
    let proof = proof.ok_or_else(|| Error::Settings(format!("token {id} of {} is not wanted", item.token)))?;
    Ok(Choice { id, proof })
}
