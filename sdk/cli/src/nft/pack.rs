//! Tokens in sealed packs.

use std::{path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, U256};
use edgeloom_bindings::IPacks::State;
use edgeloom_sdk::{Client, DrawnPack, PackDraft, Packs, Purchase};
use eyre::{OptionExt as _, Result, ensure, eyre};
use serde_json::json;

use super::{
    money, say, secrets,
    selling::{Selling, listed},
};
use crate::settings::Settings;

/// What can be done with packs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Pack {
    /// Sell packs of tokens of a creation of yours, in one phase from now on; you send a bond of a tenth of their price, which you have
    /// back once all is revealed
    Create(Box<Create>),
    /// Buy packs
    Buy {
        /// The sale's number
        sale: U256,
        /// How many
        #[arg(long, value_name = "N", default_value_t = 1)]
        count: u64,
        /// In which phase, from 0
        #[arg(long, value_name = "N", default_value_t = 0)]
        phase: u64,
        /// The list of the phase, where it has one
        #[arg(long, value_name = "FILE")]
        list: Option<PathBuf>,
    },
    /// Reveal the round that waits for its secret, and be paid for it; records the randomness of its block before, if nobody has
    Reveal {
        /// The sale's number
        sale: U256,
        /// What was written when the sale was created
        #[arg(long, value_name = "FILE")]
        secrets: PathBuf,
    },
    /// Open the next packs, whosever they are; anybody may
    Open {
        /// The sale's number
        sale: U256,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 1)]
        count: u64,
    },
    /// Fetch tokens of a pack of yours that could not be delivered
    Claim {
        /// The sale's number
        sale: U256,
        /// The pack's number, from 0
        pack: U256,
        /// Who receives them [default: you]
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
    },
    /// Say what has become of a sale, or of a pack of it
    Show {
        /// The sale's number
        sale: U256,
        /// The pack's number, from 0
        pack: Option<U256>,
        /// Work out all packs again from the secrets and the blocks' randomness, and check that they are what chance gave
        #[arg(long)]
        check: bool,
    },
}

/// A sale of packs.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// The collection, or the editions
    creation: Address,
    /// How many packs
    packs: u32,
    /// Tokens in each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16))]
    size: u8,
    /// How many tokens there are of each tier, from the rarest to the most common: all packs' together
    #[arg(long = "tier", required = true, value_name = "N", value_delimiter = ',')]
    tiers: Vec<u32>,
    /// Blocks of a round: what is bought in one is drawn after it
    #[arg(long, value_name = "N", default_value_t = 86_400)]
    round_blocks: u32,
    /// How many rounds; after the last nothing is sold
    #[arg(long, value_name = "N", default_value_t = 64)]
    rounds: u16,
    /// New file for the secrets: whoever loses them loses the bond, and whoever else reads them chooses
    #[arg(long, value_name = "FILE")]
    secrets: PathBuf,
    #[command(flatten)]
    selling: Selling,
}

impl Pack {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        match self {
            Self::Create(create) => create.run(settings).await,
            Self::Buy { sale, count, phase, list } => {
                let list = list.as_deref().map(listed).transpose()?;
                let packs = settings.signer().await?.packs();
                let bought = packs.buy(sale, Purchase { phase, quantity: count, list: list.as_ref() }).await?;
                let event = json!({
                    "event": "bought", "sale": sale.to_string(), "purchase": bought.purchase.to_string(),
                    "first": bought.first.to_string(), "count": bought.quantity.to_string(),
                    "round": bought.round.to_string(), "priceWei": bought.price.to_string(),
                });
                let (first, round, price) = (bought.first, bought.round, money(bought.price, Address::ZERO));
                Ok(say(
                    settings,
                    &format!("{count} packs from number {first} on, in round {round}, for {price}"),
                    &event,
                ))
            }
            Self::Reveal { sale, secrets } => revealed(settings, sale, &secrets::read(&secrets)?).await,
            Self::Open { sale, count } => {
                let opened = settings.signer().await?.packs().open_next(sale, count).await?;
                for pack in &opened {
                    let event = json!({
                        "event": "opened", "sale": sale.to_string(), "pack": pack.pack.to_string(), "buyer": pack.buyer,
                        "ids": texts(&pack.ids),
                    });
                    say(
                        settings,
                        &format!("pack {} of {}: {}", pack.pack, pack.buyer, texts(&pack.ids).join(", ")),
                        &event,
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Claim { sale, pack, to } => {
                let client = settings.signer().await?;
                let to = to.map_or_else(|| client.address(), Ok)?;
                let claimed = client.packs().claim(sale, pack, to).await?;
                let event = json!({
                    "event": "claimed", "sale": sale.to_string(), "pack": pack.to_string(), "to": to,
                    "ids": texts(&claimed.ids),
                });
                Ok(say(settings, &format!("{to} has {}", texts(&claimed.ids).join(", ")), &event))
            }
            Self::Show { sale, pack, check } => {
                let packs = settings.reader().await?.packs();
                match (pack, check) {
                    (None, false) => shown(settings, &packs, sale).await,
                    (None, true) => {
                        for pack in &packs.drawn(sale).await? {
                            drawn(settings, sale, pack);
                        }
                        Ok(ExitCode::SUCCESS)
                    }
                    (Some(pack), _) => opened(settings, &packs, (sale, pack)).await,
                }
            }
        }
    }
}

impl Create {
    async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let phase = self.selling.phase(&client).await?;
        let draft = PackDraft {
            creation: self.creation,
            payee: None,
            packs: self.packs,
            size: self.size,
            round_blocks: self.round_blocks,
            tiers: self.tiers,
        };
        let tokens = u64::from(draft.packs) * u64::from(draft.size);
        let sum: u64 = draft.tiers.iter().copied().map(u64::from).sum();
        ensure!(tokens == sum, "{} packs of {} are {tokens} tokens, and the tiers have {sum}", draft.packs, draft.size);
        let secrets = secrets::made(&self.secrets, self.rounds)?;
        let sale = client.packs().open(&draft, &[phase], &secrets).await?;
        let bond = client.packs().get(sale).await?.0.bond;
        let event = json!({
            "event": "created", "sale": sale.to_string(), "commitment": secrets.commitment(), "bondWei": bond.to_string(),
        });
        Ok(say(settings, &format!("sale {sale}, with a bond of {}", money(bond, Address::ZERO)), &event))
    }
}

async fn revealed(settings: &Settings, sale: U256, secrets: &edgeloom_sdk::Secrets) -> Result<ExitCode> {
    let client = settings.signer().await?;
    let (found, progress) = client.packs().get(sale).await?;
    ensure!(progress.settled != progress.sold, "no packs of sale {sale} wait for a secret");
    let (round, height) = (progress.round, progress.height.saturating_to::<u64>());
    let secret = u16::try_from(round).ok().and_then(|round| secrets.of(round));
    let secret =
        secret.ok_or_else(|| eyre!("these secrets are of {} rounds, and round {round} waits", secrets.rounds()))?;
    recorded(&client, height).await?;
    let known = client.packs().reveal(sale, secret).await?;
    let event = json!({
        "event": "revealed", "sale": sale.to_string(), "round": round.to_string(), "height": height, "seed": known.seed,
        "priceWei": known.price.to_string(), "feeWei": known.fee.to_string(),
    });
    let paid = money(known.price.saturating_sub(known.fee), Address::ZERO);
    Ok(say(settings, &format!("round {round} is drawn by block {height}; {} has {paid}", found.payee), &event))
}

/// A secret that is shown before its block's randomness is recorded lets others choose.
async fn recorded(client: &Client, height: u64) -> Result<()> {
    let head = *client.heads().borrow();
    ensure!(head > height, "block {height} draws the round, and this is block {head}: wait for it");
    if !client.beacon().is_recorded(height).await? {
        client.beacon().record(height).await?;
    }
    Ok(())
}

async fn shown(settings: &Settings, packs: &Packs, number: U256) -> Result<ExitCode> {
    let ((found, progress), tiers) = (packs.get(number).await?, packs.tiers_of(number).await?);
    let state = match found.state {
        State::Open => "open",
        State::Closed => "closed",
        State::Voided => "void: a secret was not revealed",
        State::None | State::__Invalid => "unknown",
    };
    let waits = progress.settled != progress.sold;
    let mut line = format!(
        "sale {number} of {}: {state}, {} of {} packs sold, {} opened",
        found.creation, progress.sold, found.packs, progress.opened
    );
    if waits {
        line +=
            &format!("\n  round {} is drawn by block {}, and waits for its secret", progress.round, progress.height);
    }
    for (tier, left) in tiers.iter().enumerate() {
        line += &format!("\n  tier {tier}: {} of {} tokens are left", left.left, left.count);
    }
    let tiers: Vec<_> =
        tiers.iter().map(|tier| json!({ "count": tier.count.to_string(), "left": tier.left.to_string() })).collect();
    let event = json!({
        "event": "sale", "sale": number.to_string(), "creation": found.creation, "state": state, "packs": found.packs,
        "size": found.size, "sold": progress.sold.to_string(), "settled": progress.settled.to_string(),
        "opened": progress.opened.to_string(), "waitingRound": waits.then(|| progress.round.to_string()),
        "drawnBy": waits.then(|| progress.height.to_string()), "bondWei": found.bond.to_string(), "tiers": tiers,
    });
    Ok(say(settings, &line, &event))
}

/// One pack, worked out again, with what its buyer has to claim.
async fn opened(settings: &Settings, packs: &Packs, (sale, pack): (U256, U256)) -> Result<ExitCode> {
    packs.seed_of(sale, pack).await?;
    let all = packs.drawn(sale).await?;
    let found = all.iter().find(|drawn| drawn.pack == pack).ok_or_eyre("chance has not decided of it yet")?;
    let code = drawn(settings, sale, found);
    if let Some(kept) = packs.kept_of(sale, pack).await? {
        let event = json!({ "event": "kept", "sale": sale.to_string(), "pack": pack.to_string(), "buyer": kept.buyer, "ids": texts(&kept.ids) });
        say(settings, &format!("  {} has to claim {}", kept.buyer, texts(&kept.ids).join(", ")), &event);
    }
    Ok(code)
}

fn drawn(settings: &Settings, sale: U256, pack: &DrawnPack) -> ExitCode {
    let ids = texts(&pack.ids);
    let event = json!({
        "event": "drawn", "sale": sale.to_string(), "pack": pack.pack.to_string(), "buyer": pack.buyer,
        "round": pack.round.to_string(), "seed": pack.seed, "ids": ids, "opened": pack.opened,
    });
    let state = if pack.opened { "opened" } else { "not opened yet" };
    say(settings, &format!("pack {} of {}, {state}: {}", pack.pack, pack.buyer, ids.join(", ")), &event)
}

fn texts(ids: &[U256]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
