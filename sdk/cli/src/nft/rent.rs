//! Tokens for rent.

use std::{path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, U256};
use edgeloom_sdk::{RentalDraft, SignedRental};
use eyre::{Result, ensure};
use serde_json::json;

use super::{hand_out, money, say, taken_in};
use crate::{
    post::{seconds, tfuel},
    settings::Settings,
};

/// What can be done with rentals.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Rent {
    /// Sign an offer of a token of yours: it costs nothing, and is a file that you give to others
    Offer {
        /// The collection
        collection: Address,
        /// The token's id
        id: U256,
        /// What an hour costs
        #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
        price_per_hour: U256,
        /// The shortest rental
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
        least: u32,
        /// The longest rental
        #[arg(long, value_name = "TIME", default_value = "720h", value_parser = seconds)]
        most: u32,
        /// The one account that can take it [default: everybody]
        #[arg(long, value_name = "ADDRESS")]
        renter: Option<Address>,
        /// Let rentals set the token's user: a transaction before
        #[arg(long)]
        approve: bool,
        /// Write the offer there [default: standard output]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Take an offer
    Take {
        /// The signed offer, - for standard input
        offer: PathBuf,
        /// For how long
        #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
        duration: u32,
        /// Who uses the token [default: you]
        #[arg(long, value_name = "ADDRESS")]
        user: Option<Address>,
    },
}

impl Rent {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        let client = settings.signer().await?;
        let rentals = client.rentals();
        match self {
            Self::Offer { collection, id, price_per_hour, least, most, renter, approve, output } => {
                // Rounded up, so that an hour costs no less than was asked.
                let draft = RentalDraft::new(collection, id, price_per_hour.div_ceil(U256::from(3_600)));
                let draft = RentalDraft { renter, ..draft.between(least, most) };
                if approve {
                    rentals.checkout().approve_tokens(collection, true).await?;
                }
                hand_out(&rentals.sign(draft).await?, output.as_deref())
            }
            Self::Take { offer, duration, user } => {
                let signed: SignedRental = taken_in(&offer)?;
                ensure!(rentals.verify(&signed).await?, "{} did not sign the offer", signed.offer().owner);
                let rented = rentals.rent(&signed, duration, user).await?.rental;
                let line = format!(
                    "token {} of {} is {}'s until second {}, for {}",
                    rented.id,
                    rented.collection,
                    rented.user,
                    rented.until,
                    money(rented.price, rented.currency)
                );
                let event = json!({
                    "event": "rented", "collection": rented.collection, "id": rented.id.to_string(), "user": rented.user,
                    "until": rented.until, "priceWei": rented.price.to_string(), "currency": rented.currency,
                });
                Ok(say(settings, &line, &event))
            }
        }
    }
}
