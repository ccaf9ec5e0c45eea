//! What is left to chance, and how often it has its way (K6).

use super::Fault;
use crate::dice::Dice;
use edgeloom_edge_proof::{Blob, CHUNK_BYTES, Layer, Opened as _, Tree, asked, possesses, project_modulo};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

/// Deviations from what is expected that are taken for chance.
const DEVIATIONS: f64 = 3.0;
/// Columns and rows of a layer.
const K: usize = 16;
const N: usize = 24;
/// Wrong layers of each prime.
const LAYERS: u64 = 16;
/// Chunks of a stored blob, and its last byte's place in the last.
const CHUNKS: usize = 400;
const LAST: usize = 77;
/// Distinguishes what is drawn here from the batches of the same seed.
const STREAM: u64 = 1 << 63;

/// How often something happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    pub name: String,
    pub tries: u64,
    pub found: u64,
    /// By the formula, and the standard deviation around it.
    pub expected: f64,
    pub deviation: f64,
}

impl Rate {
    fn new(name: String, outcomes: &[(bool, f64)]) -> Self {
        let found = outcomes.iter().filter(|(happened, _)| *happened).count() as u64;
        let expected = outcomes.iter().map(|(_, chance)| chance).sum();
        let variance: f64 = outcomes.iter().map(|(_, chance)| chance * (1.0 - chance)).sum();
        Self { name, tries: outcomes.len() as u64, found, expected, deviation: variance.sqrt() }
    }

    /// How many standard deviations lie between what was found and what was expected.
    pub fn deviations(&self) -> f64 {
        (self.found as f64 - self.expected) / self.deviation
    }

    pub fn is_chance(&self) -> bool {
        self.deviations().abs() <= DEVIATIONS
    }
}

/// Wrong layers that pass at the primes of 5, 7 and 13 bits, and stores without some of their chunks that are found out.
pub fn rates(seed: u64, tries: u64, fault: Option<Fault>) -> Vec<Rate> {
    let passing =
        [passing::<5>(seed, tries, fault), passing::<7>(seed, tries, fault), passing::<13>(seed, tries, fault)];
    let detected = [(100, 40), (20, 10), (4, 3)].map(|missing| detected(seed, (tries / 50).max(200), missing, fault));
    passing.into_iter().chain(detected).collect()
}

/// A layer's rows are wrong by `errors`: it passes where ρ is a root of the polynomial that they are the coefficients of.
fn passing<const BITS: u32>(seed: u64, tries: u64, fault: Option<Fault>) -> Rate {
    let prime = (1_u64 << BITS) - 1;
    let layer = |index: u64| {
        let mut dice = Dice::new(seed, STREAM + u64::from(BITS) * LAYERS + index);
        let (weights, input) = (dice.many(K * N), dice.many(K));
        let errors: Vec<i64> = (0..N).map(|_| if dice.one_of(2) { dice.below(9) as i64 - 4 } else { 0 }).collect();
        let signed = |byte: u8| i64::from(byte.cast_signed());
        let product = |row: &[u8]| row.iter().zip(&input).map(|(w, x)| signed(*w) * signed(*x)).sum::<i64>();
        let sums = weights.chunks_exact(K).zip(&errors).map(|(row, error)| (product(row) + error) as i32);
        let accumulators: Vec<u8> = sums.flat_map(i32::to_le_bytes).collect();
        let roots = (0..prime).filter(|rho| value(&errors, *rho, prime) == 0).count();
        let chance = roots as f64 / prime as f64;
        let holds = |challenge: [u8; 32]| {
            let projections = project_modulo::<BITS>(&weights, K, &challenge, 1);
            let layer = Layer { input: &input, accumulators: &accumulators, projections: &projections };
            layer.holds_modulo::<BITS>(&challenge) == Ok(true)
        };
        let tried = |index| {
            let mut challenges = Dice::new(!seed, index);
            let again = fault == Some(Fault::SecondChallenge);
            (holds(challenges.bytes()) || (again && holds(challenges.bytes())), chance)
        };
        (0..tries / LAYERS).map(|each| tried(index * tries + each)).collect::<Vec<_>>()
    };
    let outcomes: Vec<_> = (0..LAYERS).into_par_iter().flat_map(layer).collect();
    Rate::new(format!("wrong layers that pass modulo {prime}"), &outcomes)
}

/// The sum of error times ρ^(row + 1).
fn value(errors: &[i64], rho: u64, prime: u64) -> i64 {
    let (rho, prime) = (rho as i64, prime as i64);
    errors.iter().rev().fold(0, |sum, error| (sum + error) * rho % prime).rem_euclid(prime)
}

/// Of a blob one chunk in `every` is missing: who sends anything else in its place is found out by `samples` samples with
/// probability 1 − (1 − f)^n.
fn detected(seed: u64, tries: u64, (every, samples): (usize, usize), fault: Option<Fault>) -> Rate {
    let whole = Dice::new(seed, STREAM + every as u64).many(CHUNKS * CHUNK_BYTES as usize - LAST);
    let tree = Tree::of(&whole);
    let blob = tree.blob();
    let share = 1.0 / every as f64;
    let chance = 1.0 - (1.0 - share).powi(samples as i32);
    let tried = |index| {
        let challenge: [u8; 32] = Dice::new(!seed, STREAM + index).bytes();
        // A sampler that repeats its first choice asks as much as one sample does.
        let samples = if fault == Some(Fault::RepeatedSample) { 1 } else { samples };
        let proof: Vec<u8> =
            asked(&blob, &challenge, samples).flat_map(|chunk| sent(&tree, &blob, chunk, every)).collect();
        (!possesses(&blob, &challenge, samples, &proof), chance)
    };
    let outcomes: Vec<_> = (0..tries).into_par_iter().map(tried).collect();
    Rate::new(format!("found out by {samples} samples, one chunk in {every} missing"), &outcomes)
}

/// What who kept the tree but not all chunks sends for one.
fn sent(tree: &Tree<'_>, blob: &Blob, chunk: u64, every: usize) -> Vec<u8> {
    let run = chunk..chunk + 1;
    let (Some(range), Some(values)) = (blob.range(&run), tree.values_beside(&run)) else { return Vec::new() };
    let mut data = tree.content()[range.start as usize..range.end as usize].to_vec();
    if (chunk as usize).is_multiple_of(every) {
        data.fill(0);
    }
    [&data[..], values.as_flattened()].concat()
}
