//! Why an order cannot be filled now, before anybody spends gas.

use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{
    ICollection, IEditions,
    IExchange::{Item, Side, Standard},
    IWtfuel,
    addresses::EXCHANGE,
};

use super::{Exchange, Progress, SignedOrder, prepare::state_of};
use crate::{
    Error,
    signature::{asked, royalty_bps},
};

/// What keeps an order from being filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// Not the maker's signature.
    #[error("{maker} did not sign it")]
    NotSigned {
        /// Whose order it says that it is.
        maker: Address,
    },
    /// It begins later.
    #[error("it is open from second {from} on")]
    NotYetOpen {
        /// Unix seconds.
        from: u64,
    },
    /// It is over.
    #[error("it expired after second {until}")]
    Expired {
        /// Unix seconds.
        until: u64,
    },
    /// Its maker ended all that it had signed.
    #[error("its maker ended all orders with counter {signed}: it is {current} now")]
    CounterMoved {
        /// The order's.
        signed: U256,
        /// The maker's.
        current: U256,
    },
    /// Its maker took it back.
    #[error("its maker cancelled it")]
    Cancelled,
    /// All units were filled.
    #[error("all of its {units} units were filled")]
    NoUnitsLeft {
        /// How many there were.
        units: u32,
    },
    /// It is for somebody else.
    #[error("it is for {taker} alone")]
    WrongTaker {
        /// Who can take it.
        taker: Address,
    },
    /// Nobody trades with itself.
    #[error("it is your own order")]
    OwnOrder,
    /// Prices cannot be in its currency any more.
    #[error("prices cannot be in {currency}")]
    CurrencyNotListed {
        /// The token.
        currency: Address,
    },
    /// The token moved, or got a user, since the order was signed.
    #[error("token {id} of {token} moved since it was signed")]
    NonceMoved {
        /// Of which collection.
        token: Address,
        /// Which.
        id: U256,
    },
    /// The maker has too little of what it gives.
    #[error("its maker does not have {needed} of token {id} of {token}")]
    NotHeld {
        /// Of which creation.
        token: Address,
        /// Which.
        id: U256,
        /// For one unit.
        needed: u128,
    },
    /// The maker did not let the exchange move what it gives.
    #[error("its maker did not approve the exchange for {token}")]
    NotApproved {
        /// Which creation, or which currency.
        token: Address,
    },
    /// The maker has too little money for what it buys.
    #[error("its maker has {has} of the {needed} that it pays in {currency}")]
    BalanceTooLow {
        /// In which currency.
        currency: Address,
        /// For one unit.
        needed: U256,
        /// What it has.
        has: U256,
    },
    /// A creator asks for more than the maker agreed to.
    #[error("token {id} of {token} asks for a royalty of {asked} basis points, above {most}")]
    RoyaltyAbove {
        /// Of which creation.
        token: Address,
        /// Which.
        id: U256,
        /// Basis points.
        asked: u64,
        /// Basis points.
        most: u16,
    },
    /// Somebody else has the use of what is sold. Of a collection of the factory's the exchange sells it all the same, with its user; of any
    /// other it does not.
    #[error("token {id} of {token} is {user}'s to use until second {until}")]
    HasUser {
        /// Of which creation.
        token: Address,
        /// Which.
        id: U256,
        /// Whose.
        user: Address,
        /// Unix seconds.
        until: u64,
    },
    /// Something was taken out of an account that a token owns.
    #[error("the account {account} changed since it was signed")]
    AccountChanged {
        /// Which.
        account: Address,
    },
}

/// What the chain says of an order now.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) time: u64,
    pub(super) taker: Option<Address>,
    pub(super) signed: bool,
    pub(super) counter: U256,
    pub(super) progress: Progress,
    pub(super) listed: bool,
    /// Of what it gives, in that order.
    pub(super) given: Vec<Given>,
    /// The maker's balance and allowance, where it pays.
    pub(super) money: Option<(U256, U256)>,
    /// Of the accounts that it is bound to, in that order.
    pub(super) states: Vec<Option<U256>>,
}

/// Of one thing that a maker gives.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) nonce: u64,
    pub(super) held: U256,
    pub(super) approved: bool,
    pub(super) royalty_bps: u64,
    /// Who has the use of it, until when.
    pub(super) user: Option<(Address, u64)>,
}

impl Exchange {
    /// Tells why an order cannot be filled now, by the signer if there is one: all that is known of its maker's side. Empty where nothing is in
    /// the way there; what a taker gives and pays shows when it fills.
    ///
    /// # Errors
    /// [`Error::WrongChain`] for an order of another chain; [`Error::Transport`] and its like.
    pub async fn check(&self, signed: &SignedOrder) -> Result<Vec<Obstacle>, Error> {
        let facts = self.facts(signed).await?;
        Ok(obstacles(signed, &facts))
    }

    async fn facts(&self, signed: &SignedOrder) -> Result<Facts, Error> {
        let terms = signed.order.terms();
        let hash: B256 = signed.hash();
        let given = futures::future::try_join_all(terms.gives.iter().map(|item| self.given_by(terms.maker, item)));
        let states = terms.bounds.iter().map(|bound| state_of(&self.client, bound.account));
        let (time, valid, counter, progress, listed) = futures::try_join!(
            self.client.head_time(),
            self.verify(signed),
            self.counter_of(terms.maker),
            self.filled(hash),
            self.is_listed(terms.currency),
        )?;
        let (given, states) = futures::try_join!(given, futures::future::try_join_all(states))?;
        let money = match terms.side {
            Side::Buy => Some(self.money_of(terms.maker, terms.currency).await?),
            _ => None,
        };
        let taker = self.client.address().ok();
        Ok(Facts { time, taker, signed: valid, counter, progress, listed, given, money, states })
    }

    async fn money_of(&self, owner: Address, currency: Address) -> Result<(U256, U256), Error> {
        let (balance, allowance) =
            (IWtfuel::balanceOfCall { owner }, IWtfuel::allowanceCall { owner, spender: EXCHANGE });
        let (balance, allowance) = (asked(&self.client, currency, &balance), asked(&self.client, currency, &allowance));
        let (balance, allowance) = futures::try_join!(balance, allowance)?;
        Ok((balance.unwrap_or_default(), allowance.unwrap_or_default()))
    }

    async fn given_by(&self, owner: Address, item: &Item) -> Result<Given, Error> {
        let (client, token, id) = (&self.client, item.token, item.id);
        let all = ICollection::isApprovedForAllCall { owner, operator: EXCHANGE };
        let (all, royalty_bps) = futures::try_join!(asked(client, token, &all), royalty_bps(client, token, id))?;
        let approved = all.unwrap_or_default();
        if item.standard == Standard::ERC1155 {
            let held = asked(client, token, &IEditions::balanceOfCall { owner, id }).await?.unwrap_or_default();
            return Ok(Given { nonce: 0, held, approved, royalty_bps, user: None });
        }
        let (holder, one) = (ICollection::ownerOfCall { id }, ICollection::getApprovedCall { id });
        let (holder, one) = (asked(client, token, &holder), asked(client, token, &one));
        let (user, until) = (ICollection::userOfCall { tokenId: id }, ICollection::userExpiresCall { tokenId: id });
        let (user, until) = (asked(client, token, &user), asked(client, token, &until));
        let (nonce, holder, one, user, until) = futures::try_join!(self.nonce_of(token, id), holder, one, user, until)?;
        let user = user.filter(|user| !user.is_zero()).map(|user| (user, until.unwrap_or_default().saturating_to()));
        let (held, approved) = (U256::from(holder == Some(owner)), approved || one == Some(EXCHANGE));
        Ok(Given { nonce, held, approved, royalty_bps, user })
    }
}

/// In the order in which the exchange would find them.
pub(super) fn obstacles(signed: &SignedOrder, facts: &Facts) -> Vec<Obstacle> {
    let terms = signed.order.terms();
    let (from, until) = (terms.from.to(), terms.until.to());
    let mut found = Vec::new();
    let mut note = |found_it: bool, obstacle: Obstacle| {
        if found_it {
            found.push(obstacle);
        }
    };
    note(!facts.listed, Obstacle::CurrencyNotListed { currency: terms.currency });
    note(facts.time < from, Obstacle::NotYetOpen { from });
    note(facts.time > until, Obstacle::Expired { until });
    let another = facts.taker.is_some_and(|taker| !terms.taker.is_zero() && terms.taker != taker);
    note(another, Obstacle::WrongTaker { taker: terms.taker });
    note(facts.taker == Some(terms.maker), Obstacle::OwnOrder);
    let counters = Obstacle::CounterMoved { signed: terms.counter, current: facts.counter };
    note(terms.counter != facts.counter, counters);
    match facts.progress {
        Progress::Cancelled => note(true, Obstacle::Cancelled),
        Progress::Units(units) => {
            note(units >= U256::from(terms.units), Obstacle::NoUnitsLeft { units: terms.units });
        }
    }
    note(!facts.signed, Obstacle::NotSigned { maker: terms.maker });
    for (item, given) in terms.gives.iter().zip(&facts.given) {
        given_obstacles(signed, item, given).into_iter().for_each(|obstacle| note(true, obstacle));
        if let Some((user, until)) = given.user {
            let others = facts.taker != Some(user);
            note(others, Obstacle::HasUser { token: item.token, id: item.id, user, until });
        }
    }
    for (bound, state) in terms.bounds.iter().zip(&facts.states) {
        note(*state != Some(bound.state), Obstacle::AccountChanged { account: bound.account });
    }
    if let Some((has, allowance)) = facts.money {
        let (needed, currency) = (signed.order.price_at(facts.time), terms.currency);
        note(has < needed, Obstacle::BalanceTooLow { currency, needed, has });
        note(allowance < needed, Obstacle::NotApproved { token: currency });
    }
    found
}

fn given_obstacles(signed: &SignedOrder, item: &Item, given: &Given) -> Vec<Obstacle> {
    let terms = signed.order.terms();
    let Item { standard, token, id, amount: needed, nonce, .. } = *item;
    let minted = signed.mintings.iter().filter(|one| one.mint.creation == token && one.mint.voucher.id == id);
    let minted: U256 = minted.map(|one| U256::from(one.amount)).fold(U256::ZERO, U256::saturating_add);
    let mut found = Vec::new();
    if standard == Standard::ERC721 && given.nonce != nonce {
        found.push(Obstacle::NonceMoved { token, id });
    }
    if given.held.saturating_add(minted) < U256::from(needed) {
        found.push(Obstacle::NotHeld { token, id, needed });
    }
    if !given.approved {
        found.push(Obstacle::NotApproved { token });
    }
    let sold = terms.side == Side::Sell && terms.price != 0;
    if sold && given.royalty_bps > u64::from(terms.royaltyMax) {
        found.push(Obstacle::RoyaltyAbove { token, id, asked: given.royalty_bps, most: terms.royaltyMax });
    }
    found
}
