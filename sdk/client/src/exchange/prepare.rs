//! What an order names of the chain: counters, nonces, royalties, the state of accounts.

use std::time::{SystemTime, UNIX_EPOCH};

use alloy::primitives::{Address, U256};
use edgeloom_bindings::IExchange::{Bound, Item, Order, Side, Standard};

use super::{Asset, Exchange, OrderDraft, TradeOrder};
use crate::{
    Client, Error,
    nfts::unix,
    signature::{asked, royalty_bps},
};

mod erc6551 {
    alloy::sol! {
        /// Of accounts that tokens own.
        interface Erc6551 {
            function state() external view returns (uint256);
        }
    }
}

use erc6551::Erc6551::stateCall;

impl Exchange {
    /// Makes a draft an order of the signer's: with its counter, the nonces of the tokens that it gives, the state of accounts that it is bound
    /// to, and the royalty that the creators ask for now, where the draft says no other.
    ///
    /// # Errors
    /// [`Error::Settings`] for what the exchange would refuse whatever the chain is like, and for an account without a state; [`Error::Missing`]
    /// without a signer.
    pub async fn prepare(&self, draft: OrderDraft) -> Result<TradeOrder, Error> {
        let maker = self.client.address()?;
        let (counter, now) = futures::try_join!(self.counter_of(maker), self.client.head_time())?;
        let from = draft.from.unwrap_or(now);
        let royalty_max = match draft.royalty_max {
            Some(bps) => bps,
            None if draft.side == Side::Sell && !draft.price.is_zero() => {
                let given = draft.gives.iter().map(|asset| (asset.item.token, asset.item.id));
                asked_most(&self.client, given).await?
            }
            None => 0,
        };
        let terms = Order {
            maker,
            taker: draft.taker.unwrap_or_default(),
            side: draft.side,
            currency: draft.currency,
            price: narrow(draft.price)?,
            endPrice: narrow(draft.end_price.unwrap_or(draft.price))?,
            from: unix(from)?,
            until: unix(from.saturating_add(draft.seconds))?,
            units: draft.units,
            royaltyMax: royalty_max,
            counter,
            salt: draft.salt.unwrap_or_else(salt),
            gives: self.given(&draft.gives).await?,
            wants: draft.wants.iter().map(|asset| asset.item.clone()).collect(),
            bounds: self.bounds(&draft.bounds).await?,
        };
        let sets = draft.gives.into_iter().chain(draft.wants).filter_map(|asset| asset.set).collect();
        TradeOrder::new(terms, sets)
    }

    async fn given(&self, assets: &[Asset]) -> Result<Vec<Item>, Error> {
        let nonced = assets.iter().map(async |asset| {
            let mut item = asset.item.clone();
            if item.standard == Standard::ERC721 {
                item.nonce = self.nonce_of(item.token, item.id).await?;
            }
            Ok::<_, Error>(item)
        });
        futures::future::try_join_all(nonced).await
    }

    async fn bounds(&self, accounts: &[Address]) -> Result<Vec<Bound>, Error> {
        let states = accounts.iter().map(async |&account| {
            let state = state_of(&self.client, account).await?;
            let none = || Error::Settings(format!("{account} is no account that a token owns: it has no state"));
            Ok::<_, Error>(Bound { account, state: state.ok_or_else(none)? })
        });
        futures::future::try_join_all(states).await
    }
}

/// What changes whenever something is taken out of an account that a token owns (ERC-6551).
pub(super) async fn state_of(client: &Client, account: Address) -> Result<Option<U256>, Error> {
    asked(client, account, &stateCall {}).await
}

/// The highest of the royalties that creators ask for, basis points.
pub(super) async fn asked_most(
    client: &Client,
    tokens: impl IntoIterator<Item = (Address, U256)>,
) -> Result<u16, Error> {
    let asks = tokens.into_iter().map(|(token, id)| royalty_bps(client, token, id));
    let most = futures::future::try_join_all(asks).await?.into_iter().max().unwrap_or_default();
    u16::try_from(most).map_err(|_| Error::Settings(format!("a token asks for {most} basis points of its price")))
}

fn narrow(price: U256) -> Result<u128, Error> {
    u128::try_from(price).map_err(|_| Error::Settings(format!("{price} is no price")))
}

/// Another one for each order that is prepared.
fn salt() -> U256 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    U256::from(since.map_or(0, |since| since.as_nanos()))
}
