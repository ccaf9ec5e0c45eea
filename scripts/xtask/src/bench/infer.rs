//! `cargo xtask bench infer`: how fast the integer kernel is, and whether its gas covers its time.
//!
//! `gmac_per_s`: a dense layer of 1,024² weights (one vector) and a 3×3 convolution, one core, weights in cache; the
//! portable kernel's rate beside it. The physical bound of one core here is what `vpmaddwd` can do: two a cycle, 16
//! products each.
//!
//! `mgas_per_s`: gas that the precompile charged, over the time it took from calldata to answer, for a corpus that makes
//! each price of the gas table bear the load alone: operations without a multiply, one-element rows, K = 1, windows of
//! every shape, a thousand tiny operations, and weights that are cold in the processor's caches (models are cycled whose
//! images together exceed them). Accounts are warm in the journal, which is the cheapest access an attacker can get.
//! `mgas_per_s_worst` is the corpus' lowest; it has to stay above 100. `call_us_max` is its longest call: each case is about as large
//! as the kernel's limits allow (rules G2, G17, G18), and no call may take longer than 5 ms.

pub(super) mod corpus;
mod world;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use edgeloom_edge_proof::{Kernel, Model};
use eyre::{Result, ensure};
use serde_json::{Value, json};

use self::{
    corpus::{Case, Question},
    world::World,
};
use super::{emit, median};

/// Samples of a figure, and the least time each covers.
const SAMPLES: usize = 7;
const SAMPLE: Duration = Duration::from_millis(15);
/// Images cycled to keep weights cold: more than a last-level cache holds.
const COLD_BYTES: usize = 96 << 20;

pub(crate) fn run() -> Result<()> {
    for (name, image) in
        [("dense 1024x1024", corpus::dense_square()), ("conv 3x3, 32x32x32 to 32", corpus::convolution())]
    {
        rate(name, &image)?;
    }
    let mut all = Vec::new();
    for case in corpus::cases() {
        let figures = gas_rate(&case)?;
        emit("infer", "mgas_per_s", "Mgas/s", &figures.samples, figures.extra(&case));
        all.push((case, figures));
    }
    let by = |key: fn(&Figures) -> f64| {
        move |one: &&(Case, Figures), other: &&(Case, Figures)| key(&one.1).total_cmp(&key(&other.1))
    };
    if let Some((case, figures)) = all.iter().min_by(by(Figures::middle)) {
        emit("infer", "mgas_per_s_worst", "Mgas/s", &figures.samples, figures.extra(case));
    }
    if let Some((case, figures)) = all.iter().max_by(by(|figures| figures.microseconds)) {
        let extra = json!({ "case": case.name, "gas": figures.gas, "path": path(), "limit": 5_000 });
        emit("infer", "call_us_max", "us", &figures.times(), extra);
    }
    Ok(())
}

/// Multiply-accumulates a second of one model.
fn rate(name: &str, image: &[u8]) -> Result<()> {
    let mut portable = gmacs(image, Kernel::PORTABLE)?;
    portable.sort_by(f64::total_cmp);
    let rates = gmacs(image, Kernel::best())?;
    emit(
        "infer",
        "gmac_per_s",
        "GMAC/s",
        &rates,
        json!({ "case": name, "path": path(), "portable": median(&portable) }),
    );
    Ok(())
}

/// Billions of multiply-accumulates a second, several times over.
pub(super) fn gmacs(image: &[u8], kernel: Kernel) -> Result<Vec<f64>> {
    let model = Model::parse(image)?;
    let input = corpus::noise(model.input_bytes(), 1);
    let macs = model.cost().macs as f64;
    let seconds = samples(|| model.infer_with(kernel, black_box(&input)).map(|_| ()).map_err(Into::into))?;
    Ok(seconds.iter().map(|seconds| macs / seconds / 1e9).collect())
}

/// Which kernel `Model::infer` takes on this machine.
fn path() -> &'static str {
    if Kernel::avx2().is_some() { "avx2" } else { "portable" }
}

/// Seconds of one `work`, several times over.
pub(super) fn samples(mut work: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    work()?;
    let mut seconds = Vec::new();
    for _ in 0..SAMPLES {
        let (start, mut rounds) = (Instant::now(), 0);
        while start.elapsed() < SAMPLE {
            work()?;
            rounds += 1;
        }
        seconds.push(start.elapsed().as_secs_f64() / f64::from(rounds));
    }
    Ok(seconds)
}

/// What a case came to.
struct Figures {
    /// Mgas/s of each sample.
    samples: Vec<f64>,
    gas: u64,
    microseconds: f64,
    /// Mgas/s with the portable kernel's time in place of the fast one's.
    portable: Option<f64>,
}

impl Figures {
    fn middle(&self) -> f64 {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        median(&sorted)
    }

    /// Microseconds of each sample.
    fn times(&self) -> Vec<f64> {
        self.samples.iter().map(|rate| self.gas as f64 / rate).collect()
    }

    fn extra(&self, case: &Case) -> Value {
        let Self { gas, microseconds, portable, .. } = self;
        json!({
            "case": case.name, "gas": gas, "us": (microseconds * 10.0).round() / 10.0,
            "path": path(), "portable": portable, "limit": 100,
        })
    }
}

/// Gas over time of one case, through the precompile.
fn gas_rate(case: &Case) -> Result<Figures> {
    let first = (case.build)(0);
    let models = if case.cold { COLD_BYTES.div_ceil(first.len()) } else { 1 };
    let images: Vec<_> = std::iter::once(first).chain((1..models as u64).map(case.build)).collect();
    let model = Model::parse(&images[0])?;
    let input = corpus::noise(model.input_bytes(), 2);
    let mut world = World::with_models(&images);
    let calls: Vec<_> = (0..models).map(|index| world.call(index, &case.question, &input)).collect();
    // The first call of each loads the accounts into the journal.
    for call in &calls {
        world.answer(call)?;
    }
    let gas = world.answer(&calls[0])?;
    let mut turn = 0;
    let seconds = samples(|| {
        turn = (turn + 1) % calls.len();
        world.answer(black_box(&calls[turn])).map(|_| ())
    })?;
    ensure!(gas > 0, "{} is free", case.name);
    let mut sorted = seconds.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = median(&sorted);
    let portable = match case.question {
        Question::Infer => Some(gas as f64 / (middle + slower_by(&model, &input)?) / 1e6),
        Question::Describe => None,
    };
    Ok(Figures {
        samples: seconds.iter().map(|seconds| gas as f64 / seconds / 1e6).collect(),
        gas,
        microseconds: middle * 1e6,
        portable,
    })
}

/// Seconds that the portable kernel takes longer than the fast one.
fn slower_by(model: &Model, input: &[u8]) -> Result<f64> {
    let fastest = |kernel| -> Result<f64> {
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            let start = Instant::now();
            black_box(model.infer_with(kernel, black_box(input))?);
            best = best.min(start.elapsed().as_secs_f64());
        }
        Ok(best)
    };
    Ok(fastest(Kernel::PORTABLE)? - fastest(Kernel::best())?)
}
