//! Auctions of tokens.

use std::process::ExitCode;

use alloy::primitives::{Address, U256};
use edgeloom_bindings::IAuctionHouse::Phase;
use edgeloom_sdk::AuctionDraft;
use eyre::Result;
use serde_json::json;

use super::{amount, money, say};
use crate::{
    post::{seconds, tfuel},
    settings::Settings,
};

/// What can be done with auctions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Auction {
    /// Begin an auction: the token goes into escrow
    Create {
        /// The collection, or the editions
        token: Address,
        /// The token's id
        id: U256,
        /// The least that is bid
        #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
        reserve: U256,
        /// For how long, 1 hour to 30 days
        #[arg(long, value_name = "TIME", default_value = "168h", value_parser = seconds)]
        within: u32,
        /// They are editions: so many, together
        #[arg(long, value_name = "N")]
        editions: Option<u128>,
        /// Let the house take the token: a transaction before
        #[arg(long)]
        approve: bool,
    },
    /// Bid in an auction
    Bid {
        /// Its number
        auction: U256,
        /// How much [default: the least that is enough]
        #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
        amount: Option<U256>,
    },
    /// Say what has become of an auction
    Show {
        /// Its number
        auction: U256,
    },
    /// End an auction that somebody bid for; anybody may
    Settle {
        /// Its number
        auction: U256,
    },
    /// Take your token back, as long as nobody has bid
    Cancel {
        /// Its number
        auction: U256,
    },
    /// Fetch what the house holds for you
    Withdraw,
}

impl Auction {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        match self {
            Self::Create { token, id, reserve, within, editions, approve } => {
                let draft = match amount(editions)? {
                    Some(amount) => AuctionDraft::copies(token, (id, amount), reserve),
                    None => AuctionDraft::token(token, id, reserve),
                };
                let house = settings.signer().await?.auction_house();
                if approve {
                    house.checkout().approve_tokens(token, true).await?;
                }
                let number = house.create(draft.lasting(within.into())).await?;
                let event = json!({ "event": "created", "auction": number.to_string() });
                Ok(say(settings, &format!("auction {number}"), &event))
            }
            Self::Bid { auction, amount } => {
                let house = settings.signer().await?.auction_house();
                let amount = match amount {
                    Some(amount) => amount,
                    None => house.minimum_bid(auction).await?,
                };
                house.bid(auction, amount).await?;
                let currency = house.get(auction).await?.state.currency;
                let event = json!({ "event": "bid", "auction": auction.to_string(), "wei": amount.to_string() });
                Ok(say(settings, &format!("{} bid in auction {auction}", money(amount, currency)), &event))
            }
            Self::Show { auction } => shown(settings, auction).await,
            Self::Settle { auction } => {
                settings.signer().await?.auction_house().settle(auction).await?;
                shown(settings, auction).await
            }
            Self::Cancel { auction } => {
                settings.signer().await?.auction_house().cancel(auction).await?;
                shown(settings, auction).await
            }
            Self::Withdraw => {
                settings.signer().await?.auction_house().checkout().withdraw().await?;
                Ok(say(settings, "fetched", &json!({ "event": "withdrawn" })))
            }
        }
    }
}

async fn shown(settings: &Settings, number: U256) -> Result<ExitCode> {
    let state = settings.reader().await?.auction_house().get(number).await?.state;
    let phase = match state.phase {
        Phase::Open => "open",
        Phase::Sold => "sold",
        Phase::Kept => "sold, to be claimed by its winner",
        Phase::Voided => "void",
        Phase::Returned => "returned to its seller",
        Phase::None | Phase::__Invalid => "unknown",
    };
    let highest = U256::from(state.highest);
    let bid = match state.bidder.is_zero() {
        true => format!("nobody bid yet, {} at least", money(U256::from(state.reserve), state.currency)),
        false => format!("{} by {}", money(highest, state.currency), state.bidder),
    };
    let line = format!("auction {number} of token {} of {}: {phase}, {bid}", state.id, state.token);
    let event = json!({
        "event": "auction", "auction": number.to_string(), "phase": phase, "seller": state.seller, "token": state.token,
        "id": state.id.to_string(), "bidder": (!state.bidder.is_zero()).then_some(state.bidder),
        "highestWei": highest.to_string(), "until": state.until.to::<u64>(), "currency": state.currency,
    });
    Ok(say(settings, &line, &event))
}
