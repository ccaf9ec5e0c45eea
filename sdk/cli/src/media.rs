//! `edgeloom-cli media`.

mod epochs;
mod play;
mod serve;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, U256};
use edgeloom_bindings::IMediaGate::{Content, Terms};
use edgeloom_sdk::{Dealt, Media as Gates, Player};
use eyre::{Result, WrapErr, ensure, eyre};
use serde_json::json;
use url::Url;

use crate::settings::Settings;

/// What can be done with media that tokens open.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Media {
    /// Open a gate for tokens of your collection: make a secret, and give each of these edge nodes a share of it
    Open {
        /// Your collection
        #[arg(long, value_name = "ADDRESS")]
        collection: Address,
        /// The first token that opens it
        #[arg(long, value_name = "ID", default_value = "0")]
        first: U256,
        /// The last one [default: every token]
        #[arg(long, value_name = "ID")]
        last: Option<U256>,
        /// How long an epoch is, a minute to 30 days: who buys a token waits for the next one, who sells it has the rest of this one
        #[arg(long, value_name = "TIME", default_value = "10m", value_parser = crate::post::seconds)]
        epoch: u32,
        /// An edge node's account and the address of its status page: 0x…@http://…; up to 32. Its operator decides whose gates it takes (`--media`)
        #[arg(long, value_name = "ACCOUNT@URL", required = true, value_parser = node)]
        node: Vec<(Address, Url)>,
    },
    /// Make another secret for a gate, for these edge nodes: what is encrypted from now on needs it
    Share {
        /// The gate's number
        gate: U256,
        /// As of `media open`
        #[arg(long, value_name = "ACCOUNT@URL", required = true, value_parser = node)]
        node: Vec<(Address, Url)>,
    },
    /// Serve a file behind a gate, encrypted by another key in each epoch, until Ctrl-C; names it on the chain first. The file has to stay as it is
    Serve {
        /// What is to be played
        file: PathBuf,
        /// The gate's number
        #[arg(long)]
        gate: U256,
        /// Its media type: of audio, video, or pictures other than SVG
        #[arg(long, value_name = "TYPE", default_value = "video/mp4")]
        mime: String,
        /// Where to listen
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8710")]
        listen: SocketAddr,
        /// Where others reach it [default: http:// and the address above]
        #[arg(long, value_name = "URL")]
        url: Option<Url>,
        /// Status pages of the gate's nodes, for whoever plays
        #[arg(long, value_name = "URL", required = true)]
        node: Vec<Url>,
    },
    /// Play what a token of yours opens: in a browser, or into a file
    Play {
        /// The gate's number
        gate: U256,
        /// Your token's id
        #[arg(long, value_name = "ID")]
        token: U256,
        /// Status pages of the gate's nodes, 32 at most [default: those that the origin names]
        #[arg(long, value_name = "URL")]
        node: Vec<Url>,
        /// Write it there
        #[arg(long, value_name = "FILE", conflicts_with = "listen")]
        output: Option<PathBuf>,
        /// Where the page of the player is. It is for this address alone, below a path that nobody guesses
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8711")]
        listen: SocketAddr,
    },
    /// Say what a gate opens for, and who has shares of its secret
    Show {
        /// The gate's number
        gate: U256,
    },
}

pub(crate) async fn run(settings: &Settings, media: Media) -> Result<ExitCode> {
    match media {
        Media::Open { collection, first, last, epoch, node } => {
            let gates = settings.signer().await?.media();
            let start = settings.reader().await?.head_time().await?;
            let start = alloy::primitives::aliases::U40::from(start);
            let terms = Terms { collection, first, last: last.unwrap_or(U256::MAX), start, epochSeconds: epoch };
            let dealt = gates.open(terms, accounts(&node)).await?;
            delivered(settings, &gates, (&dealt, "opened"), &node).await
        }
        Media::Share { gate, node } => {
            let gates = settings.signer().await?.media();
            let dealt = gates.share_anew(gate, accounts(&node)).await?;
            delivered(settings, &gates, (&dealt, "shared"), &node).await
        }
        Media::Serve { file, gate, mime, listen, url, node } => {
            let client = settings.signer().await?;
            serve::run(settings, client, serve::Source { file, gate, mime, listen, url, nodes: node }).await
        }
        Media::Play { gate, token, node, output, listen } => {
            let gates = settings.signer().await?.media();
            let player = Player::new(gates, (gate, token), node).await?;
            match output {
                Some(path) => play::into_file(settings, &player, &path).await,
                None => play::on_page(settings, player, listen).await,
            }
        }
        Media::Show { gate } => shown(settings, gate).await,
    }
}

/// Shares that are not delivered are lost with this process: a quorum of them has to be.
async fn delivered(
    settings: &Settings,
    gates: &Gates,
    (dealt, event): (&Dealt, &str),
    nodes: &[(Address, Url)],
) -> Result<ExitCode> {
    let mut missing = Vec::new();
    for (node, url) in nodes {
        if let Err(error) = gates.deliver(dealt, *node, url).await {
            eprintln!("{node} did not take its share: {error}");
            missing.push(*node);
        }
    }
    let (_, quorum) = gates.quorum(dealt.gate).await?;
    let taken = nodes.len() - missing.len();
    if settings.json {
        let line = json!({
            "event": event,
            "gate": dealt.gate.to_string(),
            "version": dealt.version,
            "threshold": quorum.threshold,
            "nodes": nodes.len(),
            "without": missing,
        });
        println!("{line}");
    } else {
        println!(
            "gate {}: {taken} of {} nodes have shares, {} open an epoch",
            dealt.gate,
            nodes.len(),
            quorum.threshold
        );
    }
    ensure!(
        taken >= usize::from(quorum.threshold),
        "too few nodes have shares for anything to be opened: `edgeloom-cli media share {}` deals anew",
        dealt.gate
    );
    Ok(ExitCode::SUCCESS)
}

async fn shown(settings: &Settings, gate: U256) -> Result<ExitCode> {
    let gates = settings.reader().await?.media();
    let (terms, (version, quorum), content) =
        futures::try_join!(gates.terms(gate), gates.quorum(gate), gates.content(gate))?;
    let epoch = gates.epoch(gate).await.ok();
    if settings.json {
        let line = json!({
            "gate": gate.to_string(),
            "collection": terms.collection,
            "first": terms.first.to_string(),
            "last": terms.last.to_string(),
            "epochSeconds": terms.epochSeconds,
            "epoch": epoch.map(|(epoch, _)| epoch.to_string()),
            "version": version,
            "threshold": quorum.threshold,
            "nodes": quorum.nodes,
            "root": content.root,
            "uri": content.uri,
        });
        println!("{line}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("gate {gate}: tokens {} to {} of {}", terms.first, terms.last, terms.collection);
    match epoch {
        Some((epoch, since)) => println!("epoch {epoch} of {} s, since {since}", terms.epochSeconds),
        None => println!("epochs of {} s, from {}", terms.epochSeconds, terms.start),
    }
    println!("{} of {} nodes open an epoch (version {version}):", quorum.threshold, quorum.nodes.len());
    quorum.nodes.iter().for_each(|node| println!("  {node}"));
    if content.root.is_zero() {
        println!("no media yet: `edgeloom-cli media serve` names them");
    } else {
        println!("{}", named(&content));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever owns the gate wrote where they are: nothing of that is a command to this terminal.
fn named(content: &Content) -> String {
    format!("media {} at {:?}", content.root, content.uri)
}

fn accounts(nodes: &[(Address, Url)]) -> Vec<Address> {
    nodes.iter().map(|(account, _)| *account).collect()
}

fn node(text: &str) -> Result<(Address, Url)> {
    let (account, url) = text.split_once('@').ok_or_else(|| eyre!("expected ACCOUNT@URL"))?;
    let account = account.parse().wrap_err_with(|| format!("{account:?} is no account"))?;
    Ok((account, url.parse().wrap_err_with(|| format!("{url:?} is no URL"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_chain_says_is_no_command_to_the_terminal() {
        let uri = "http://a/\u{1b}[2J\r\n\u{202e}\u{9b}31m".to_owned();
        let line = named(&Content { root: [7; 32].into(), uri });
        assert!(line.is_ascii() && !line.contains(|c: char| c.is_ascii_control()), "{line:?}");
        assert!(line.contains("http://a/"));
    }
}
