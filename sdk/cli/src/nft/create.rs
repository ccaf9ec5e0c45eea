//! Creations and their tokens.

use std::{path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::ICreation::Policy;
use edgeloom_sdk::{CreationKind, CreationTerms, SignedOrder, content_of};
use eyre::{Result, ensure, eyre};
use serde_json::json;

use super::{amount, basis_points, money, say, taken_in};
use crate::{post::read, settings::Settings};

/// A collection, or editions.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Its name
    name: String,
    /// Its symbol
    symbol: String,
    /// Tokens of which there are several alike
    #[arg(long)]
    editions: bool,
    /// What you have of each sale, 10 at most; it can only fall
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = basis_points)]
    royalty: u16,
    /// Who may move tokens besides their holders; it can only loosen
    #[arg(long, value_enum, default_value_t = Movers::Open)]
    policy: Movers,
    /// What ids are appended to, where tokens have no metadata of their own
    #[arg(long, value_name = "URI", default_value = "", hide_default_value = true)]
    base_uri: String,
    /// What the creation says of itself
    #[arg(long, value_name = "URI", default_value = "", hide_default_value = true)]
    contract_uri: String,
    /// Ids from it on are sold by drops and packs
    #[arg(long, value_name = "ID", default_value_t = 1_000_000)]
    split: u32,
    /// Tells it from other creations of yours: its address follows
    #[arg(long, value_name = "HASH", default_value_t = B256::ZERO, hide_default_value = true)]
    salt: B256,
}

/// Who may move tokens besides their holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Movers {
    /// Whoever the holder approved
    Open,
    /// Of those the chain's exchange and auction house, which pay royalties, and whom you allow
    Operators,
    /// The same, and contracts receive tokens by a sale alone
    Strict,
}

/// Tokens of a creation of yours.
#[derive(Debug, clap::Args)]
pub(crate) struct Mint {
    /// The collection, or the editions
    creation: Address,
    /// The token's id, or the first of several
    id: U256,
    /// Who receives them [default: you]
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// How many: of a collection from the id upward, of editions of this one
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u64,
    /// File with the token's metadata, JSON: the chain names it by its hash
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
}

/// A token, or an order.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The collection, or the editions
    #[arg(required_unless_present = "order", requires = "id")]
    creation: Option<Address>,
    /// The token's id
    id: Option<U256>,
    /// A signed order: says what it is, and why it cannot be filled now; exits 1 where it cannot
    #[arg(long, value_name = "FILE", conflicts_with = "creation")]
    order: Option<PathBuf>,
}

impl Create {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let terms = CreationTerms {
            base_uri: self.base_uri,
            contract_uri: self.contract_uri,
            policy: match self.policy {
                Movers::Open => Policy::Open,
                Movers::Operators => Policy::Operators,
                Movers::Strict => Policy::Strict,
            },
            split: self.split,
            ..CreationTerms::new(self.name, self.symbol).with_royalty(self.royalty)
        };
        let (what, at) = match self.editions {
            true => ("editions", client.nfts().create_editions(terms, self.salt).await?.address()),
            false => ("collection", client.nfts().create_collection(terms, self.salt).await?.address()),
        };
        Ok(say(settings, &format!("{what} {at}"), &json!({ "event": "created", "kind": what, "address": at })))
    }
}

impl Mint {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        ensure!(self.count != 0, "no tokens to mint");
        let (to, content) = (
            self.to.map_or_else(|| client.address(), Ok)?,
            self.metadata.as_deref().map(read).transpose()?.map_or(B256::ZERO, |json| content_of(&json)),
        );
        let creation = client.nfts().creation(self.creation).await?;
        let receipt = match creation.kind() {
            CreationKind::Editions => {
                let editions = client.nfts().editions(self.creation);
                editions.mint(to, (self.id, U256::from(self.count)), content).await?
            }
            CreationKind::Collection if self.count == 1 => {
                client.nfts().collection(self.creation).mint(to, self.id, content).await?
            }
            CreationKind::Collection => {
                ensure!(content.is_zero(), "several tokens do not share one metadata file: mint them one by one");
                client.nfts().collection(self.creation).mint_batch(to, (self.id, self.count), &[]).await?
            }
        };
        let event = json!({
            "event": "minted", "creation": self.creation, "id": self.id.to_string(), "count": self.count, "to": to,
            "content": (!content.is_zero()).then_some(content), "transaction": receipt.transaction_hash,
        });
        Ok(say(settings, &format!("{} minted to {to}, from id {} on", self.count, self.id), &event))
    }
}

impl Show {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        if let Some(order) = &self.order {
            return shown(settings, &taken_in(order)?).await;
        }
        let at = self.creation.ok_or_else(|| eyre!("name a creation"))?;
        let id = self.id.ok_or_else(|| eyre!("name a token of {at}"))?;
        let client = settings.reader().await?;
        let creation = client.nfts().creation(at).await?;
        let (royalty_to, royalty) = creation.royalty(id, U256::from(10_000)).await?;
        let (line, event) = match creation.kind() {
            CreationKind::Collection => {
                let token = client.nfts().collection(at);
                let (owner, uri) = (token.owner_of(id).await?, token.token_uri(id).await?);
                let user = token.user(id).await?;
                let rented =
                    user.map_or(String::new(), |user| format!("\n  used by {} until {}", user.user, user.until));
                (
                    format!("token {id} of {at}: held by {owner}{rented}\n  {uri}"),
                    json!({ "kind": "collection", "owner": owner, "uri": uri, "user": user.map(|user| user.user) }),
                )
            }
            CreationKind::Editions => {
                let edition = client.nfts().editions(at);
                let (supply, uri) = (edition.total_supply(id).await?, edition.token_uri(id).await?);
                let (minted, cap) = edition.minted_of(id).await?;
                (
                    format!("edition {id} of {at}: {supply} there, {minted} minted, {cap} at most\n  {uri}"),
                    json!({ "kind": "editions", "supply": supply.to_string(), "minted": minted.to_string(), "cap": cap.to_string(), "uri": uri }),
                )
            }
        };
        let line = format!("{line}\n  royalty of {royalty} basis points to {royalty_to}");
        let mut event = event;
        event["event"] = json!("token");
        event["royaltyBps"] = json!(royalty.to_string());
        event["royaltyTo"] = json!(royalty_to);
        Ok(say(settings, &line, &event))
    }
}

async fn shown(settings: &Settings, order: &SignedOrder) -> Result<ExitCode> {
    let client = settings.reader().await?;
    let found: Vec<String> = client.exchange().check(order).await?.iter().map(ToString::to_string).collect();
    let terms = order.order().terms();
    let price = order.order().price_at(client.head_time().await?);
    let what = match terms.side {
        edgeloom_bindings::IExchange::Side::Buy => "offers",
        _ => "asks for",
    };
    let mut line = format!("order {}: {} {what} {}", order.hash(), order.maker(), money(price, terms.currency));
    for obstacle in &found {
        line += &format!("\n  cannot be filled: {obstacle}");
    }
    let event = json!({
        "event": "order", "order": order.hash(), "maker": order.maker(), "priceWei": price.to_string(),
        "currency": terms.currency, "until": terms.until.to::<u64>(), "obstacles": found,
    });
    let code = say(settings, &line, &event);
    Ok(if found.is_empty() { code } else { ExitCode::FAILURE })
}

/// What orders call it: a token of a collection, or so many of an edition.
pub(super) fn asset(token: Address, id: U256, editions: Option<u128>) -> Result<edgeloom_sdk::Asset> {
    Ok(match amount(editions)? {
        Some(amount) => edgeloom_sdk::Asset::copies(token, id, amount),
        None => edgeloom_sdk::Asset::token(token, id),
    })
}
