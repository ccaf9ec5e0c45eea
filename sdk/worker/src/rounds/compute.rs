//! Products on a graphics card or, without one or where it fails, on all cores of this machine.

use std::{
    ops::Range,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use alloy::primitives::B256;
use edgeloom_edge_proof::{Kernel, Product, RootHasher};
use edgeloom_gpu::Gpu;
use edgeloom_sdk::Error;
use tokio::task::spawn_blocking;

use super::matrix::{Matrix, MatrixError};

/// Rows that a core makes before it looks whether anybody still wants them.
const ROWS: u32 = 64;
/// Columns that a trial of the cores is of, where there are as many.
const TRIAL_COLUMNS: u32 = 2_048;
/// What a trial takes at least.
const TRIAL: Duration = Duration::from_millis(150);

/// Ends a computation that nobody waits for any more.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What [`root`] or [`whole`] make of a product, on threads of its own; `None` when the process stops.
pub(super) async fn computed<T: Send + 'static>(
    card: Option<&Gpu>,
    product: Product,
    compute: fn(Option<&Gpu>, Product, &AtomicBool) -> Option<T>,
) -> Result<Option<T>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let (wanted, card) = (Wanted(Arc::clone(&stop)), card.cloned());
    let made = spawn_blocking(move || compute(card.as_ref(), product, &stop)).await;
    drop(wanted);
    made.map_err(|lost| Error::Answer(format!("the computation of a product ended: {lost}")))
}

/// The root of a product (C3), of which no more than a stripe is ever in memory. `None` when `stop` was set.
pub(super) fn root(card: Option<&Gpu>, product: Product, stop: &AtomicBool) -> Option<B256> {
    let mut hasher = RootHasher::default();
    stripes(card, product, stop, |rows| hasher.update(rows)).then(|| B256::from(hasher.root()))
}

/// A whole product. `None` when `stop` was set.
pub(super) fn whole(card: Option<&Gpu>, product: Product, stop: &AtomicBool) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    stripes(card, product, stop, |rows| whole.extend_from_slice(rows)).then_some(whole)
}

/// What a product of this size takes here, by a part of one.
pub(super) fn pace(card: Option<&Gpu>, size: u32) -> Duration {
    let product = Product { seed: [0; 32], size };
    let started = Instant::now();
    let columns = card.map_or(size.min(TRIAL_COLUMNS), |_| size);
    let made = on_all_cores(0..columns, |range| product.columns(range)).concat();
    let mut maker = Maker::of(card, product, &made);
    let making = started.elapsed() * size.div_ceil(columns);
    let (started, mut rows) = (Instant::now(), 0);
    while rows == 0 || started.elapsed() < TRIAL {
        let stripe = 0..size.min(maker.rows_at_once());
        rows += stripe.end;
        let mut hasher = RootHasher::default();
        maker.rows(stripe).iter().for_each(|part| hasher.update(part));
    }
    let share = f64::from(size) / f64::from(rows) * f64::from(size) / f64::from(columns);
    making + started.elapsed().mul_f64(share)
}

/// Gives `sink` a product's rows in their order. Whether it had all.
fn stripes(card: Option<&Gpu>, product: Product, stop: &AtomicBool, mut sink: impl FnMut(&[u8])) -> bool {
    let columns = on_all_cores(0..product.size, |range| product.columns(range)).concat();
    let mut maker = Maker::of(card, product, &columns);
    let mut first = 0;
    while first < product.size {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        let stripe = first..product.size.min(first + maker.rows_at_once());
        first = stripe.end;
        maker.rows(stripe).iter().for_each(|part| sink(part));
    }
    true
}

/// What makes rows of a product.
struct Maker<'a> {
    product: Product,
    columns: &'a [u8],
    matrix: Option<Matrix>,
}

impl<'a> Maker<'a> {
    fn of(card: Option<&Gpu>, product: Product, columns: &'a [u8]) -> Self {
        let whole = columns.len() == product.size as usize * product.size as usize;
        let load = |gpu| Matrix::load(gpu, product, columns).inspect_err(refused).ok();
        Self { product, columns, matrix: card.filter(|_| whole).and_then(load) }
    }

    fn rows_at_once(&self) -> u32 {
        self.matrix.as_ref().map_or_else(|| ROWS * cores(), Matrix::rows_at_once)
    }

    /// In parts, one after the other.
    fn rows(&mut self, range: Range<u32>) -> Vec<Vec<u8>> {
        if let Some(matrix) = &mut self.matrix {
            let lines = on_all_cores(range.clone(), |range| self.product.lines(range));
            match matrix.rows(range.clone(), &lines) {
                Ok(rows) => return vec![rows],
                Err(error) => refused(&error),
            }
            self.matrix = None;
        }
        on_all_cores(range, |range| self.product.rows(Kernel::best(), range, self.columns))
    }
}

fn refused(error: &MatrixError) {
    tracing::warn!(%error, "rounds: the card does not compute a product; the processor does");
}

/// What `part` makes of equal shares of a range, in their order.
fn on_all_cores(range: Range<u32>, part: impl Fn(Range<u32>) -> Vec<u8> + Sync) -> Vec<Vec<u8>> {
    let share = range.len().div_ceil(cores() as usize).max(1);
    let part = &part;
    thread::scope(|scope| {
        let shares = range.clone().step_by(share).map(|first| {
            let share = first..range.end.min(first + share as u32);
            scope.spawn(move || part(share))
        });
        let parts = shares.collect::<Vec<_>>().into_iter().map(|share| share.join());
        parts.map(|joined| joined.unwrap_or_else(|panicked| resume_unwind(panicked))).collect()
    })
}

fn cores() -> u32 {
    thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}

#[cfg(test)]
mod tests {
    use edgeloom_edge_proof::Blob;
    use edgeloom_gpu::Choice;

    use super::*;

    fn agree(card: Option<&Gpu>, sizes: &[u32]) {
        for &size in sizes {
            let (product, go) = (Product { seed: [5; 32], size }, AtomicBool::new(false));
            let expected = product.compute();
            assert_eq!(root(card, product, &go), Some(Blob::of(&expected).root.into()), "{size}");
            assert_eq!(whole(card, product, &go).as_ref(), Some(&expected), "{size}");
            assert!(pace(card, size) > Duration::ZERO);
        }
    }

    #[test]
    fn on_all_cores_a_product_is_the_same_and_its_root_is_that_of_all_rows() {
        agree(None, &[1, 65, 300]);
        let stop = AtomicBool::new(true);
        assert_eq!(root(None, Product { seed: [5; 32], size: 300 }, &stop), None);
    }

    /// Mesa's that runs on the processor will do.
    #[test]
    fn on_a_card_a_product_is_the_same() {
        let gpu = match Gpu::open(Choice::Any) {
            Ok(gpu) => gpu,
            Err(error) if std::env::var("EDGELOOM_GPU_TESTS").is_ok_and(|value| value == "skip") => {
                eprintln!("NOT TESTED: {error}");
                return;
            }
            Err(error) => panic!("{error}. Where that cannot be had, EDGELOOM_GPU_TESTS=skip leaves this test out"),
        };
        // A stripe that is whole, one that is not, and sides that no word divides.
        agree(Some(&gpu), &[6, 256, 520]);
        let product = Product { seed: [5; 32], size: 520 };
        let columns = product.columns(0..520);
        let mut matrix = Matrix::load(&gpu, product, &columns).expect("it fits");
        let lines = [product.lines(512..520)];
        assert_eq!(matrix.rows(512..520, &lines).expect("right"), product.rows(Kernel::PORTABLE, 512..520, &columns));
        let other = [Product { seed: [6; 32], size: 520 }.lines(512..520)];
        assert!(matrix.rows(512..520, &other).is_err(), "what is not the product's is seen");
    }
}
