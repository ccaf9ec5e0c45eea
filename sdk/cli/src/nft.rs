//! `edgeloom-cli nft`.

mod auction;
mod create;
mod drop;
mod pack;
mod rent;
mod secrets;
mod selling;
mod swap;
mod trade;

use std::{fs, path::Path, process::ExitCode};

use alloy::primitives::{Address, U256, utils::format_ether};
use eyre::{Result, WrapErr, ensure, eyre};
use serde::{Serialize, de::DeserializeOwned};

use crate::{post::read, settings::Settings};
use create::{Create, Mint};
use trade::{Buy, List, Offer, Sweep};

/// What can be done with tokens.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Nft {
    /// Make a collection, or editions
    Create(Create),
    /// Mint tokens of a creation of yours
    Mint(Mint),
    /// Say what is known of a token, or of a signed order
    Show(create::Show),
    /// Sign an order that sells a token: it costs nothing, and is a file that you give to others
    List(List),
    /// Sign an order that buys a token, any of a collection, or one of several
    Offer(Offer),
    /// Sign an order that gives tokens for tokens, with money beside them or without
    Swap(swap::Swap),
    /// Fill an order
    Buy(Buy),
    /// Fill each order that can be, and say of every other why not; exits 1 unless all of them are filled
    Sweep(Sweep),
    /// Take orders of yours back
    Cancel(trade::Cancel),
    /// Auction tokens
    Auction {
        #[command(subcommand)]
        auction: auction::Auction,
    },
    /// Rent tokens, and rent them out
    Rent {
        #[command(subcommand)]
        rent: rent::Rent,
    },
    /// Sell tokens for the first time
    Drop {
        #[command(subcommand)]
        drop: drop::Drop,
    },
    /// Sell tokens in sealed packs, which chance fills
    Pack {
        #[command(subcommand)]
        pack: pack::Pack,
    },
}

pub(crate) async fn run(settings: &Settings, nft: Nft) -> Result<ExitCode> {
    match nft {
        Nft::Create(create) => create.run(settings).await,
        Nft::Mint(mint) => mint.run(settings).await,
        Nft::Show(show) => show.run(settings).await,
        Nft::List(list) => list.run(settings).await,
        Nft::Offer(offer) => offer.run(settings).await,
        Nft::Swap(swap) => swap.run(settings).await,
        Nft::Buy(buy) => buy.run(settings).await,
        Nft::Sweep(sweep) => sweep.run(settings).await,
        Nft::Cancel(cancel) => cancel.run(settings).await,
        Nft::Auction { auction } => auction.run(settings).await,
        Nft::Rent { rent } => rent.run(settings).await,
        Nft::Drop { drop } => drop.run(settings).await,
        Nft::Pack { pack } => pack.run(settings).await,
    }
}

/// Says what happened, to people or to programs.
fn say(settings: &Settings, line: &str, event: &serde_json::Value) -> ExitCode {
    match settings.json {
        true => println!("{event}"),
        false => println!("{line}"),
    }
    ExitCode::SUCCESS
}

/// Writes what was signed to a file, or to standard output.
fn hand_out(signed: &impl Serialize, output: Option<&Path>) -> Result<ExitCode> {
    match output {
        Some(path) => {
            let text = serde_json::to_string_pretty(signed)?;
            fs::write(path, text + "\n").wrap_err_with(|| format!("cannot write {}", path.display()))?;
            eprintln!("written to {}", path.display());
        }
        None => println!("{}", serde_json::to_string(signed)?),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads what somebody signed.
fn taken_in<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = read(path)?;
    serde_json::from_slice(&text).wrap_err_with(|| format!("{} holds nothing that was signed", path.display()))
}

/// The one answer to a flag that names a number of an ERC-1155, and to its absence.
fn amount(editions: Option<u128>) -> Result<Option<u128>> {
    ensure!(editions != Some(0), "none of an edition is nothing");
    Ok(editions)
}

fn money(wei: U256, currency: Address) -> String {
    let name = match currency {
        Address::ZERO => "TFUEL".to_owned(),
        edgeloom_bindings::addresses::WTFUEL => "WTFUEL".to_owned(),
        other => format!("of {other}"),
    };
    format!("{} {name}", format_ether(wei))
}

fn basis_points(text: &str) -> Result<u16> {
    let wrong = || eyre!("{text:?} is no share in percent, such as 5 or 2.5");
    let (whole, rest) = text.trim_end_matches('%').split_once('.').unwrap_or((text.trim_end_matches('%'), "0"));
    ensure!((1..=2).contains(&rest.len()), wrong());
    let hundredths: u16 = format!("{rest:0<2}").parse().map_err(|_| wrong())?;
    let whole: u16 = whole.parse().map_err(|_| wrong())?;
    whole
        .checked_mul(100)
        .and_then(|whole| whole.checked_add(hundredths))
        .filter(|bps| *bps <= 10_000)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_in_percent_and_nonsense_is_named() {
        assert_eq!(
            ["5", "2.5", "0.01", "100", "7%"].map(|text| basis_points(text).expect("a share")),
            [500, 250, 1, 10_000, 700]
        );
        for nonsense in ["", "-1", "1.234", "101", "a lot", "1.", "700000"] {
            assert!(basis_points(nonsense).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn money_has_the_name_of_its_currency() {
        let wei = U256::from(2_500_000_000_000_000_000_u64);
        assert_eq!(money(wei, Address::ZERO), "2.500000000000000000 TFUEL");
        assert_eq!(money(wei, edgeloom_bindings::addresses::WTFUEL), "2.500000000000000000 WTFUEL");
    }
}
