//! `guardians`: checkpoints of thousands of guardians, by `guardian::simulation`, with the costs of this machine. Standard output holds
//! one JSON object: the figures of each run, by name, for `cargo xtask bench guardians` to print.

use edgeloom_bls::{
    Claim, KeySum, PublicKey, SecretKey, Signature, aggregate_signatures, batch_verify, fast_aggregate_verify,
};
use edgeloom_guardian::{
    Pace,
    simulation::{self, Costs, Plant, Settings},
};
use eyre::{Result, ensure, eyre};
use nix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use std::{hint::black_box, num::NonZeroU64, time::Duration};

const MESSAGE: &[u8] = &[7; 136];
/// Signatures that costs are measured on.
const MEASURED: usize = 256;
/// Of the receiver's and sender's kernels and ciphers for one packet of UDP: not measured, but taken as much larger than it is.
const PACKET_NS: u64 = 10_000;

#[derive(clap::Args)]
pub(crate) struct Checkpoints {
    /// Guardians of each network
    #[arg(long, default_value_t = 10_000)]
    guardians: usize,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Networks, each of the next seed, and turns of what is measured
    #[arg(long, default_value_t = 5)]
    runs: u64,
    /// A fault that must turn a network red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

/// Figures by name, one of each run.
#[derive(Default)]
struct Figures(Map<String, Value>);

impl Figures {
    fn add(&mut self, name: &str, figure: f64) {
        let samples = self.0.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(samples) = samples {
            samples.push(json!(figure));
        }
    }
}

pub(crate) fn run(arguments: &Checkpoints) -> Result<()> {
    let plant = match arguments.plant.as_deref() {
        None => None,
        Some("list") => {
            Plant::ALL.iter().for_each(|(name, _)| println!("{name}"));
            return Ok(());
        }
        Some(name) => {
            let found = Plant::ALL.iter().find(|(known, _)| *known == name);
            Some(found.ok_or_else(|| eyre!("no fault {name}: `--plant list` prints them"))?.1)
        }
    };
    let votes = Votes::new(arguments.guardians.max(MEASURED))?;
    let mut figures = Figures::default();
    for seed in arguments.seed..arguments.seed + arguments.runs {
        votes.measure(&mut figures)?;
        let costs = votes.costs()?;
        for (name, cost) in
            [("decoding_us", costs.decoding), ("addition_us", costs.addition), ("pairing_us", costs.pairing)]
        {
            figures.add(name, cost as f64 / 1e3);
        }
        simulate(&settings(arguments.guardians, seed, costs, plant), &mut figures)?;
    }
    println!("{}", Value::Object(figures.0));
    Ok(())
}

fn settings(guardians: usize, seed: u64, costs: Costs, plant: Option<Plant>) -> Settings {
    Settings {
        guardians,
        seed,
        adversaries: 3_300,
        latency: Duration::from_millis(50),
        spread: 0.5,
        loss: 200,
        horizon: Duration::from_secs(6),
        sampled: 2_000,
        costs,
        pace: Pace::default(),
        plant,
    }
}

fn simulate(settings: &Settings, figures: &mut Figures) -> Result<()> {
    let outcome = simulation::run(settings).map_err(|violation| eyre!("seed {}: {violation}", settings.seed))?;
    for (name, figure) in [
        ("first_certificate_s", outcome.first_certificate),
        ("median_certificate_s", outcome.median_certificate),
        ("last_certificate_s", outcome.last_certificate),
        ("kilobytes", outcome.kilobytes),
        ("kilobytes_most", outcome.kilobytes_most),
        ("peers", outcome.peers),
        ("cpu_ms", outcome.cpu),
        ("cpu_checks_ms", outcome.cpu_checks),
        ("honest", outcome.honest as f64),
        ("adversaries_stake_bp", outcome.adversaries_stake as f64),
        ("first_stake_bp", outcome.first_stake as f64),
        ("best_stake_bp", outcome.best_stake as f64),
        ("messages", outcome.messages as f64),
        ("paired", outcome.paired as f64),
    ] {
        figures.add(name, figure);
    }
    Ok(())
}

/// Signatures of one message, as they come over a network.
struct Votes {
    keys: Vec<PublicKey>,
    secret: SecretKey,
    encoded: Vec<[u8; 96]>,
    signatures: Vec<Signature>,
}

impl Votes {
    fn new(count: usize) -> Result<Self> {
        let secrets: Vec<_> = (0..count as u64)
            .map(|seed| SecretKey::from_seed(&[seed.to_be_bytes(); 4].concat()))
            .collect::<Result<_, _>>()?;
        let signatures: Vec<_> = secrets.iter().map(|secret| secret.sign(MESSAGE)).collect();
        let encoded = signatures.iter().map(Signature::to_bytes).collect();
        let keys = secrets.iter().map(SecretKey::public_key).collect();
        let secret = secrets.into_iter().next().ok_or_else(|| eyre!("nobody votes"))?;
        Ok(Self { keys, secret, encoded, signatures })
    }

    /// All signatures from their bytes, together and one by one.
    fn measure(&self, figures: &mut Figures) -> Result<()> {
        let together = seconds(|| {
            let decoded: Vec<_> = self.encoded.iter().map(Signature::from_bytes).collect::<Result<_, _>>()?;
            let keys: Vec<_> = self.keys.iter().collect();
            Ok(fast_aggregate_verify(&keys, MESSAGE, &aggregate_signatures(&decoded)?))
        })?;
        let one_by_one = seconds(|| {
            let mut votes = self.encoded.iter().zip(&self.keys);
            Ok(votes
                .all(|(bytes, key)| Signature::from_bytes(bytes).is_ok_and(|signature| signature.verify(key, MESSAGE))))
        })?;
        figures.add("aggregate_s", together);
        figures.add("one_by_one_s", one_by_one);
        Ok(())
    }

    fn costs(&self) -> Result<Costs> {
        let (encoded, keys, signatures) =
            (&self.encoded[..MEASURED], &self.keys[..MEASURED], &self.signatures[..MEASURED]);
        let decoding = each(|| Ok(encoded.iter().all(|bytes| Signature::from_bytes(bytes).is_ok())))?;
        let addition = each(|| Ok(KeySum::of(keys).key().is_some()))?;
        let pairing = each(|| Ok((0..MEASURED).all(|index| signatures[index].verify(&keys[index], MESSAGE))))?;
        let sum = each(|| Ok(aggregate_signatures(signatures).is_ok()))?;
        let signing = each(|| Ok((0..MEASURED).all(|_| self.secret.sign(MESSAGE) == signatures[0])))?;
        let coefficient = |index: usize| NonZeroU64::new(u64::MAX - index as u64).unwrap_or(NonZeroU64::MAX);
        let claim = |index| Claim { key: keys[index], signature: signatures[index], coefficient: coefficient(index) };
        let claims: Vec<_> = (0..MEASURED).map(claim).collect();
        // In checks of a dozen, as guardians make them: more together would take less each.
        let batches = each(|| Ok(claims.chunks(12).all(|claims| batch_verify(claims, MESSAGE))))?;
        let multiplication = batches.saturating_sub(pairing * MEASURED.div_ceil(12) as u64 / MEASURED as u64);
        Ok(Costs { decoding, addition, multiplication, pairing, sum, signing, packet: PACKET_NS })
    }
}

/// Of this thread's processor time.
fn seconds(work: impl Fn() -> Result<bool>) -> Result<f64> {
    let spent = || clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from);
    let before = spent()?;
    ensure!(black_box(work()?), "what is measured does not verify");
    Ok((spent()? - before).as_secs_f64())
}

/// Nanoseconds of one of [`MEASURED`], the median of five turns.
fn each(work: impl Fn() -> Result<bool>) -> Result<u64> {
    let mut turns: Vec<_> = (0..5).map(|_| seconds(&work)).collect::<Result<_>>()?;
    turns.sort_by(f64::total_cmp);
    Ok((turns[2] * 1e9 / MEASURED as f64) as u64)
}
