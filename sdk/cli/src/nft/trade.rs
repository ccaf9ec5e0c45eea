//! Orders: signed to files, filled from files.

use std::{collections::BTreeSet, path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IExchange::Side, addresses::EXCHANGE};
use edgeloom_sdk::{Asset, Client, Obstacle, OrderDraft, Outcome, SignedOrder, Take, Trade};
use eyre::{Result, ensure};
use serde_json::json;

use super::{create::asset, hand_out, money, say, taken_in};
use crate::{
    post::{seconds, tfuel},
    settings::Settings,
};

/// What is for sale.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// The collection, or the editions
    token: Address,
    /// Ids; several of one collection are sold together
    #[arg(required = true)]
    ids: Vec<U256>,
    /// What it costs
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    price: U256,
    /// To which the price falls until the end
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    falling_to: Option<U256>,
    /// They are editions: so many, for each unit
    #[arg(long, value_name = "N")]
    editions: Option<u128>,
    #[command(flatten)]
    conditions: Conditions,
}

/// What is wanted.
#[derive(Debug, clap::Args)]
pub(crate) struct Offer {
    /// The collection, or the editions
    token: Address,
    /// Ids of which any will do [default: all there are]
    ids: Vec<U256>,
    /// What you pay, in WTFUEL
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    price: U256,
    /// They are editions: so many, for each unit
    #[arg(long, value_name = "N")]
    editions: Option<u128>,
    #[command(flatten)]
    conditions: Conditions,
}

/// What every order has.
#[derive(Debug, clap::Args)]
pub(crate) struct Conditions {
    /// In how many parts it can be taken; what it sells and costs is one of them
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) units: u32,
    /// How long it stands
    #[arg(long, value_name = "TIME", default_value = "720h", value_parser = seconds)]
    within: u32,
    /// The one account that can take it [default: everybody]
    #[arg(long, value_name = "ADDRESS")]
    taker: Option<Address>,
    /// Let the exchange move the tokens, or the price: a transaction
    #[arg(long)]
    pub(super) approve: bool,
    /// Write the order there [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// An order that is filled.
#[derive(Debug, clap::Args)]
pub(crate) struct Buy {
    /// The signed order, - for standard input
    order: PathBuf,
    /// Ids that you give, where an offer leaves the choice
    #[arg(long, value_name = "ID")]
    id: Vec<U256>,
    /// How many units
    #[arg(long, value_name = "N", default_value_t = 1)]
    units: u32,
    /// Who receives what the order gives [default: you]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Let the exchange move what you give, tokens or a price that is not in TFUEL: a transaction for each
    #[arg(long)]
    approve: bool,
    /// Also what somebody else has the use of, who keeps it for its time
    #[arg(long)]
    rented: bool,
}

/// Orders that are filled together.
#[derive(Debug, clap::Args)]
pub(crate) struct Sweep {
    /// The signed orders
    #[arg(required = true)]
    orders: Vec<PathBuf>,
}

/// Orders of yours.
#[derive(Debug, clap::Args)]
pub(crate) struct Cancel {
    /// The signed orders
    #[arg(required_unless_present = "all")]
    orders: Vec<PathBuf>,
    /// Every order that you signed so far
    #[arg(long, conflicts_with = "orders")]
    all: bool,
}

impl List {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let mut assets = self.ids.iter().map(|id| asset(self.token, *id, self.editions));
        let first = assets.next().transpose()?.ok_or_else(|| eyre::eyre!("name an id"))?;
        let mut draft = OrderDraft::list(first, self.price);
        for more in assets {
            draft = draft.and(more?);
        }
        if let Some(end) = self.falling_to {
            draft = draft.moving_to(end);
        }
        if self.conditions.approve {
            client.exchange().checkout().approve_tokens(self.token, true).await?;
        }
        self.conditions.sign(&client, draft).await
    }
}

impl Offer {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let (token, editions) = (self.token, super::amount(self.editions)?);
        let wanted = match (self.ids.as_slice(), editions) {
            ([], None) => Asset::any(token),
            ([], Some(amount)) => Asset::any_copies(token, amount),
            ([id], _) => asset(token, *id, editions)?,
            (ids, None) => Asset::one_of(token, edgeloom_sdk::IdSet::new(ids.iter().copied())?),
            (ids, Some(amount)) => Asset::copies_of_one(token, edgeloom_sdk::IdSet::new(ids.iter().copied())?, amount),
        };
        if self.conditions.approve {
            let all = self.price.saturating_mul(U256::from(self.conditions.units));
            let wtfuel = edgeloom_bindings::addresses::WTFUEL;
            client.exchange().checkout().approve_currency(wtfuel, all).await?;
        }
        self.conditions.sign(&client, OrderDraft::offer(wanted, self.price)).await
    }
}

impl Conditions {
    pub(super) async fn sign(self, client: &Client, draft: OrderDraft) -> Result<ExitCode> {
        let mut draft = draft.units(self.units).lasting(self.within.into());
        if let Some(taker) = self.taker {
            draft = draft.only_for(taker);
        }
        let exchange = client.exchange();
        let signed = exchange.sign(exchange.prepare(draft).await?)?;
        // What keeps it from being filled so far, others would find out by paying for gas; its own maker is none of that.
        for obstacle in exchange.check(&signed).await? {
            match obstacle {
                Obstacle::OwnOrder | Obstacle::WrongTaker { .. } => {}
                Obstacle::HasUser { .. } => eprintln!("whoever buys it waits for its user: {obstacle}"),
                _ => eprintln!("as yet it cannot be filled: {obstacle}"),
            }
        }
        hand_out(&signed, self.output.as_deref())
    }
}

impl Buy {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let order = checked(&client, taken_in(&self.order)?, self.rented).await?;
        let take = Take::new(order).units(self.units).choosing(self.id);
        let take = match self.to {
            Some(to) => take.to(to),
            None => take,
        };
        if self.approve {
            approve(&client, &take, self.units).await?;
        }
        let trade = client.exchange().fill_with(&take).await?;
        Ok(say(settings, &line(&trade), &event(&trade)))
    }
}

impl Sweep {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let orders = self.orders.iter().map(|path| taken_in::<SignedOrder>(path)).collect::<Result<Vec<_>>>()?;
        let takes: Vec<Take> = orders.into_iter().map(Take::from).collect();
        let outcomes = client.exchange().sweep(&takes).await?;
        let mut all = true;
        for (path, outcome) in self.orders.iter().zip(&outcomes) {
            match outcome {
                Outcome::Filled(trade) => say(settings, &line(trade), &event(trade)),
                Outcome::Skipped(why) => {
                    all = false;
                    let skipped = json!({ "event": "skipped", "file": path, "reason": why.to_string() });
                    say(settings, &format!("{}: not filled: {why}", path.display()), &skipped)
                }
            };
        }
        Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Cancel {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        if self.all {
            let counter = client.exchange().increment_counter().await?;
            let event = json!({ "event": "cancelled", "counter": counter.to_string() });
            return Ok(say(settings, "all orders that you signed so far are cancelled", &event));
        }
        let orders = self.orders.iter().map(|path| taken_in::<SignedOrder>(path)).collect::<Result<Vec<_>>>()?;
        let terms: Vec<_> = orders.iter().map(SignedOrder::order).collect();
        client.exchange().cancel(&terms).await?;
        let hashes: Vec<_> = orders.iter().map(SignedOrder::hash).collect();
        let event = json!({ "event": "cancelled", "orders": hashes });
        Ok(say(settings, &format!("{} orders cancelled", hashes.len()), &event))
    }
}

/// Lets the exchange move what a taker gives.
async fn approve(client: &Client, take: &Take, units: u32) -> Result<()> {
    let (order, checkout) = (take.order(), client.exchange().checkout());
    let terms = order.terms();
    let tokens: BTreeSet<Address> = terms.wants.iter().map(|item| item.token).collect();
    for token in tokens {
        checkout.approve_tokens(token, true).await?;
    }
    if terms.side == Side::Sell && !terms.currency.is_zero() && terms.price != 0 {
        let price = order.price_at(client.head_time().await?).saturating_mul(U256::from(units));
        checkout.approve_currency(terms.currency, price).await?;
    }
    Ok(())
}

/// Says what is in an order's way before anybody pays for gas.
async fn checked(client: &Client, order: SignedOrder, rented: bool) -> Result<SignedOrder> {
    let mut found = client.exchange().check(&order).await?;
    let users: Vec<String> =
        found.extract_if(.., |one| matches!(one, Obstacle::HasUser { .. })).map(|one| one.to_string()).collect();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    ensure!(found.is_empty(), "the order cannot be filled at {EXCHANGE}: {}", found.join("; "));
    ensure!(rented || users.is_empty(), "{}: --rented to buy it all the same", users.join("; "));
    Ok(order)
}

fn line(trade: &Trade) -> String {
    let items: Vec<String> = trade.items.iter().map(|item| format!("{} of {}", item.id, item.token)).collect();
    format!(
        "order {} filled in block {}: {} for {}",
        trade.order,
        trade.block,
        items.join(", "),
        money(trade.price, trade.currency)
    )
}

fn event(trade: &Trade) -> serde_json::Value {
    let items: Vec<_> = trade
        .items
        .iter()
        .map(|item| json!({ "token": item.token, "id": item.id.to_string(), "amount": item.amount.to_string(), "royaltyWei": item.royalty.to_string() }))
        .collect();
    json!({
        "event": "filled", "order": trade.order, "maker": trade.maker, "taker": trade.taker, "currency": trade.currency,
        "priceWei": trade.price.to_string(), "feeWei": trade.fee.to_string(), "units": trade.units, "items": items,
        "block": trade.block, "transaction": trade.tx,
    })
}
