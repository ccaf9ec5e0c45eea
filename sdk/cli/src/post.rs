//! What is asked for, from flags.

use std::{
    fs,
    io::{Read as _, stdin},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, Bytes, U256, utils::parse_ether};
use edgeloom_sdk::{DISPUTABLE, INFERENCE, Offer, Requirements, SEALED};
use eyre::{Result, WrapErr, ensure, eyre};
use jiff::SignedDuration;

/// A job, or an order of many with the same terms.
#[derive(Debug, clap::Args)]
pub(crate) struct Post {
    /// A registered model; one whose graph is registered, where the answer is claimed
    #[arg(long, value_name = "ID")]
    model: B256,
    /// How the answer is checked
    #[arg(long, value_enum, default_value_t = Check::Executed)]
    pub(crate) check: Check,
    /// File with the input of a job, - for standard input; several for an order of several jobs, or of the shards of a large one
    #[arg(long, value_name = "FILE", required_unless_present = "input_hex")]
    input: Vec<PathBuf>,
    /// The same in hexadecimal
    #[arg(long, value_name = "HEX", conflicts_with = "input")]
    input_hex: Vec<Bytes>,
    /// What each job is worth, held in escrow until it ends
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    price: U256,
    /// How long workers may take it, up to 7 days
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = seconds)]
    take_within: u32,
    /// How long whoever takes it may work, up to a day [default: 2m; 15m where the answer is claimed]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    work_within: Option<u32>,
    /// How long edge nodes have before listed cloud providers may take it, too [default: no time]
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    providers_after: Option<u32>,
    /// The one worker who may take it [default: everybody]
    #[arg(long, value_name = "ADDRESS", required_if_eq("check", "sealed"))]
    pub(crate) worker: Option<Address>,
    /// Region of the worker, ISO 3166-1 numeric
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    region: u16,
    /// Least class of the worker's graphics card
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    gpu_class: u16,
    /// Least memory of that card
    #[arg(long, value_name = "GIB", default_value_t = 0, hide_default_value = true)]
    gpu_memory: u16,
    /// Attributes of the worker by number: up to 31 its own word, from 32 on vouched for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..64))]
    attribute: Vec<u8>,
    /// Least stake of the worker
    #[arg(long, value_name = "TFUEL", default_value_t = 0, hide_default_value = true)]
    min_stake: u32,
    /// Least reputation of the worker: thousandths of a TFUEL of fees that its settled work paid
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    min_reputation: u32,
    /// Follow it to its end
    #[arg(long)]
    pub(crate) watch: bool,
    /// Write the answer there, those of several jobs joined in their order; follows it to its end
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What makes an answer a right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Check {
    /// The chain computes it again; models up to 16 million multiplications, settled at once
    Executed,
    /// Its worker claims it, one claim in five is audited, and it stands if nobody refutes it within a day; models of any size
    Disputable,
    /// The same, and only you and the worker can read it (give --worker)
    Sealed,
}

impl Check {
    pub(crate) const fn kind(self) -> u16 {
        match self {
            Self::Executed => INFERENCE,
            Self::Disputable => DISPUTABLE,
            Self::Sealed => SEALED,
        }
    }
}

impl Post {
    pub(crate) fn offer(&self) -> Result<Offer> {
        let mut inputs = self.input.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
        inputs.extend(self.input_hex.iter().cloned());
        let attributes = self.attribute.iter().fold(0, |all, bit| all | 1 << bit);
        let requirements = Requirements {
            region: self.region,
            gpu_class: self.gpu_class,
            gpu_memory_gib: self.gpu_memory,
            attributes,
            stake_tfuel: self.min_stake,
            reputation_millis: self.min_reputation,
        };
        let offer = Offer::of_many(self.model, inputs, self.price).of_kind(self.check.kind());
        Ok(Offer {
            take_seconds: self.take_within,
            work_seconds: self.work_within.unwrap_or(offer.work_seconds),
            providers_after: self.providers_after.unwrap_or_default(),
            worker: self.worker,
            requirements,
            ..offer
        })
    }
}

pub(crate) fn read(path: &Path) -> Result<Bytes> {
    if path != Path::new("-") {
        return Ok(fs::read(path).wrap_err_with(|| format!("cannot read the input {}", path.display()))?.into());
    }
    let mut input = Vec::new();
    stdin().lock().read_to_end(&mut input).wrap_err("cannot read standard input")?;
    Ok(input.into())
}

pub(crate) fn tfuel(text: &str) -> Result<U256> {
    parse_ether(text).map_err(|_| eyre!("{text:?} is not an amount of TFUEL, such as 5 or 0.25"))
}

pub(crate) fn seconds(text: &str) -> Result<u32> {
    let duration: SignedDuration =
        text.parse().map_err(|_| eyre!("{text:?} is not a time, such as 90s, 10m or 1h 30m"))?;
    let seconds = u32::try_from(duration.as_secs()).ok().filter(|seconds| *seconds != 0);
    ensure!(duration.subsec_nanos() == 0, "{text:?} is no whole number of seconds");
    seconds.ok_or_else(|| eyre!("{text:?} is not between a second and 136 years"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_are_read_and_nonsense_is_named() {
        assert_eq!(
            ["90s", "10m", "1h 30m", "2 hours"].map(|text| seconds(text).expect("a time")),
            [90, 600, 5400, 7200]
        );
        for nonsense in ["", "ten", "-1s", "0s", "1.5s", "200y", "5000000000s"] {
            assert!(seconds(nonsense).is_err(), "{nonsense}");
        }
        assert_eq!(tfuel("0.25").expect("an amount"), U256::from(250_000_000_000_000_000_u64));
        assert!(tfuel("a lot").is_err());
    }
}
