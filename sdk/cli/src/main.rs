//! The `edgeloom-cli` command: what requesters, creators and collectors do from a terminal, and what anybody can verify there. It knows the client and nothing below it: each command is a
//! few calls of `edgeloom-sdk`, and what they say, as lines for people or as JSON.

mod dispute;
mod job;
mod light;
mod media;
mod nft;
mod post;
mod settings;
mod watch;

use std::{io::stderr, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use job::Job;
use light::{Light, Trust};
use media::Media;
use nft::Nft;
use settings::Settings;

/// Posts work to an Edgeloom chain and sees to it, makes and trades tokens there, publishes media and plays them, verifies what nodes say
#[derive(Debug, Parser)]
#[command(name = "edgeloom-cli", version)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Post jobs, watch them, and end them
    Job {
        #[command(subcommand)]
        job: Job,
    },
    /// What the chain says, proved from one block hash that you trust
    Light {
        #[command(flatten)]
        trust: Trust,
        #[command(subcommand)]
        light: Light,
    },
    /// Media that tokens open: publish them, and play them
    Media {
        #[command(subcommand)]
        media: Media,
    },
    /// Make tokens, trade them, auction them, rent them out
    Nft {
        #[command(subcommand)]
        nft: Nft,
    },
}

#[tokio::main]
async fn main() -> eyre::Result<ExitCode> {
    color_eyre::install()?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
    let Cli { settings, command } = Cli::parse();
    let ended = match command {
        Command::Job { job } => job::run(&settings, job).await,
        Command::Light { trust, light } => light::run(&settings, &trust, light).await,
        Command::Media { media } => media::run(&settings, media).await,
        Command::Nft { nft } => nft::run(&settings, nft).await,
    };
    // Who uses it deserves a sentence, not a backtrace.
    Ok(ended.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    }))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn flags_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
