//! `cargo xtask bench bls`: what certificates of many signers cost, on one core. Each time is from bytes to verdict: the
//! signature is decoded and checked to be in its subgroup, as whoever gets one has to.
//!
//! * `verify_us`: 95 of 100 members of a set signed; the set is decoded and its sum known, as between two certificates of an
//!   epoch. For sets of 100, 1,000 and 10,000.
//! * `verify_10k_95pct_over_one`: that of 10,000 over one signature of one key. The limit is the pairing, 1.
//! * `verify_10k_vs_blst`: certificates a second over those of blst's own `fast_aggregate_verify`, which adds every signer.
//! * `verify_10k_cold_ms`: from stored keys, all of which are decoded and added first.
//! * `weighted_4k_ms`: 4,096 keys, each with a multiplicity of 16 bits.
//! * `receipts_ms`: receipts of 1,000 clients from all over the largest set, of every amount there is, from calldata to answer.
//! * `mgas_per_s`: gas that `IBls`, and `IEdgeProof` for receipts, charged over the time it took from calldata to answer, for
//!   calls that make each price bear the load alone; `mgas_per_s_worst` is the lowest and has to stay above 100.

mod calls;
mod receipts;
mod snapshot;

use super::{emit, median, pairs::Pairs, precompile::Machine};
use blst::min_pk;
use edgeloom_bindings::addresses;
use edgeloom_bls::{DST, KeySet, PublicKey, SecretKey, Signature, aggregate_signatures};
use eyre::{Result, ensure};
use serde_json::json;
use std::{hint::black_box, time::Instant};

const MESSAGE: &[u8] = b"a checkpoint's digest, 32 bytes.";
const MANY: usize = 10_000;
const WEIGHTED: usize = 4_096;
/// Measurements that one sample is the mean of.
const ROUNDS: u32 = 5;

pub(super) fn run(runs: usize) -> Result<()> {
    let voters: Vec<_> = (0..MANY as u64).map(Voter::new).collect::<Result<_>>()?;
    let one = Certificate::of(&voters[..1], |_| true)?;
    for size in [100, 1_000, MANY] {
        let certificate = Certificate::of(&voters[..size], present)?;
        emit("bls", "verify_us", "us", &samples(runs, || certificate.verify())?, json!({"keys": size}));
    }
    let many = Certificate::of(&voters, present)?;
    let (mut over_one, mut rates) = (Pairs::default(), Pairs::default());
    for _ in 0..runs {
        let ours = micros(|| many.verify())?;
        over_one.ours.push(ours);
        over_one.theirs.push(micros(|| one.verify())?);
        rates.ours.push(1e6 / ours);
        rates.theirs.push(1e6 / micros(|| many.verify_by_blst())?);
    }
    over_one.emit(("bls", "verify_10k_95pct_over_one", "us"), "one signature", json!({"limit": 1.35}));
    rates.emit(("bls", "verify_10k_vs_blst", "1/s"), "blst", json!({"limit": 3.5}));
    let cold = samples(runs, || many.verify_cold())?;
    emit("bls", "verify_10k_cold_ms", "ms", &millis(&cold), json!({"limit": 30}));
    let weighted = Weighted::of(&voters[..WEIGHTED])?;
    let times = samples(runs, || weighted.verify())?;
    emit("bls", "weighted_4k_ms", "ms", &millis(&times), json!({"limit": 6}));
    gas_rates(runs)
}

fn gas_rates(runs: usize) -> Result<()> {
    let mut worst: Option<(&str, Vec<f64>)> = None;
    // Accounts are warm in the journal after the first call, which is the cheapest access an attacker can get.
    let mut machine = Machine::new(snapshot::accounts()?);
    let longest = receipts::longest()?;
    let mut times = Vec::new();
    for _ in 0..runs {
        let started = Instant::now();
        machine.answer(addresses::EDGE_PROOF, black_box(&longest))?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    emit("bls", "receipts_ms", "ms", &times, json!({"limit": 5}));
    let receipts = receipts::all()?.into_iter().map(|(name, call)| (addresses::EDGE_PROOF, name, call));
    let calls = calls::all()?.into_iter().map(|(name, call)| (addresses::BLS, name, call));
    for (address, name, call) in calls.chain(receipts) {
        machine.answer(address, &call)?;
        let mut gas = 0;
        let mut rates = Vec::new();
        for _ in 0..runs {
            let started = Instant::now();
            for _ in 0..ROUNDS {
                gas = machine.answer(address, black_box(&call))?;
            }
            let microseconds = started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS);
            rates.push(gas as f64 / microseconds);
        }
        rates.sort_by(f64::total_cmp);
        emit("bls", "mgas_per_s", "Mgas/s", &rates, json!({"case": name, "gas": gas, "limit": 100}));
        if worst.as_ref().is_none_or(|(_, lowest)| median(&rates) < median(lowest)) {
            worst = Some((name, rates));
        }
    }
    if let Some((name, rates)) = worst {
        emit("bls", "mgas_per_s_worst", "Mgas/s", &rates, json!({"case": name, "limit": 100}));
    }
    Ok(())
}

/// 19 of 20.
const fn present(place: usize) -> bool {
    place % 20 != 7
}

struct Voter {
    key: PublicKey,
    vote: Signature,
}

impl Voter {
    fn new(seed: u64) -> Result<Self> {
        let secret = SecretKey::from_seed(&[seed.to_be_bytes(); 4].concat())?;
        Ok(Self { key: secret.public_key(), vote: secret.sign(MESSAGE) })
    }
}

/// What a set's members who are present signed.
struct Certificate {
    set: KeySet,
    present: fn(usize) -> bool,
    signature: [u8; 96],
    stored: Vec<[u8; 96]>,
    /// Keys of those who are present, for blst.
    signers: Vec<min_pk::PublicKey>,
}

impl Certificate {
    fn of(voters: &[Voter], present: fn(usize) -> bool) -> Result<Self> {
        let signers: Vec<_> = (0..voters.len()).filter(|place| present(*place)).map(|place| &voters[place]).collect();
        let votes: Vec<_> = signers.iter().map(|voter| voter.vote).collect();
        let keys = signers.iter().map(|voter| min_pk::PublicKey::from_bytes(&voter.key.to_bytes()));
        let Ok(signers) = keys.collect() else { eyre::bail!("blst refuses a key of its own") };
        Ok(Self {
            set: KeySet::new(voters.iter().map(|voter| voter.key).collect()),
            present,
            signature: aggregate_signatures(&votes)?.to_bytes(),
            stored: voters.iter().map(|voter| voter.key.to_stored()).collect(),
            signers,
        })
    }

    fn verify(&self) -> Result<bool> {
        verify(&self.set, self.present, &self.signature)
    }

    fn verify_cold(&self) -> Result<bool> {
        let keys: Vec<_> = self.stored.iter().map(PublicKey::from_stored).collect::<Result<_, _>>()?;
        verify(&KeySet::new(keys), self.present, &self.signature)
    }

    fn verify_by_blst(&self) -> Result<bool> {
        let signers: Vec<_> = self.signers.iter().collect();
        let signature = min_pk::Signature::sig_validate(&self.signature, true);
        Ok(signature.is_ok_and(|signature| {
            signature.fast_aggregate_verify(false, MESSAGE, DST, &signers) == blst::BLST_ERROR::BLST_SUCCESS
        }))
    }
}

fn verify(set: &KeySet, present: fn(usize) -> bool, signature: &[u8; 96]) -> Result<bool> {
    let signature = Signature::from_bytes(signature)?;
    Ok(set.sum(present).key().is_some_and(|key| signature.verify(&key, MESSAGE)))
}

/// Votes that arrived more than once.
struct Weighted {
    set: KeySet,
    multiplicities: Vec<u16>,
    signature: [u8; 96],
}

impl Weighted {
    fn of(voters: &[Voter]) -> Result<Self> {
        // All bits of a multiplicity are used; the sum of votes is made by doubling and adding.
        let multiplicities: Vec<_> = (0..voters.len()).map(|place| (place * 40_503 % 65_535) as u16 + 1).collect();
        let mut signature: Option<Signature> = None;
        for bit in (0..u16::BITS).rev() {
            let named = voters.iter().zip(&multiplicities).filter(|(_, multiplicity)| **multiplicity >> bit & 1 == 1);
            let votes = named.map(|(voter, _)| voter.vote).chain(signature).chain(signature).collect::<Vec<_>>();
            signature = if votes.is_empty() { None } else { Some(aggregate_signatures(&votes)?) };
        }
        let Some(signature) = signature else { eyre::bail!("nobody voted") };
        let set = KeySet::new(voters.iter().map(|voter| voter.key).collect());
        Ok(Self { set, multiplicities, signature: signature.to_bytes() })
    }

    fn verify(&self) -> Result<bool> {
        let signature = Signature::from_bytes(&self.signature)?;
        Ok(self.set.weighted_sum(&self.multiplicities).key().is_some_and(|key| signature.verify(&key, MESSAGE)))
    }
}

/// Microseconds of one `work`, which must say yes.
fn micros(work: impl Fn() -> Result<bool>) -> Result<f64> {
    let started = Instant::now();
    for _ in 0..ROUNDS {
        ensure!(black_box(work()?), "a certificate does not verify");
    }
    Ok(started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS))
}

/// Microseconds.
fn samples(runs: usize, work: impl Fn() -> Result<bool>) -> Result<Vec<f64>> {
    (0..runs).map(|_| micros(&work)).collect()
}

fn millis(micros: &[f64]) -> Vec<f64> {
    micros.iter().map(|micros| micros / 1e3).collect()
}
