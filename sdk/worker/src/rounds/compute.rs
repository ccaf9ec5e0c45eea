//! Products on all cores of this machine.

use std::{
    ops::Range,
    panic::resume_unwind,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use alloy::primitives::B256;
use edgeloom_edge_proof::{Kernel, Product};

/// Rows that a core makes before it looks whether anybody still wants them.
const ROWS: u32 = 64;
/// Columns that a trial is of, where there are as many.
const TRIAL_COLUMNS: u32 = 2_048;
/// What a trial takes at least.
const TRIAL: Duration = Duration::from_millis(150);

/// The root of a product (C3), of which no more than a stripe is ever in memory. `None` when `stop` was set.
pub(super) fn root(product: Product, stop: &AtomicBool) -> Option<B256> {
    let mut hasher = edgeloom_edge_proof::RootHasher::default();
    stripes(product, stop, |rows| hasher.update(rows)).then(|| B256::from(hasher.root()))
}

/// A whole product. `None` when `stop` was set.
pub(super) fn whole(product: Product, stop: &AtomicBool) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    stripes(product, stop, |rows| whole.extend_from_slice(rows)).then_some(whole)
}

/// What a product of this size takes on this machine, by a part of one.
pub(super) fn pace(size: u32) -> Duration {
    let product = Product { seed: [0; 32], size };
    let columns = size.min(TRIAL_COLUMNS);
    let started = Instant::now();
    let made = on_all_cores(0..columns, |range| product.columns(range)).concat();
    let making = started.elapsed() * size.div_ceil(columns);
    let started = Instant::now();
    let mut rows = 0;
    while rows == 0 || started.elapsed() < TRIAL {
        let stripe = size.min(ROWS * cores());
        on_all_cores(0..stripe, |range| product.rows(Kernel::best(), range, &made));
        rows += stripe;
    }
    let share = f64::from(size) / f64::from(rows) * f64::from(size) / f64::from(columns);
    making + started.elapsed().mul_f64(share)
}

/// Gives `sink` a product's rows in their order. Whether it had all.
fn stripes(product: Product, stop: &AtomicBool, mut sink: impl FnMut(&[u8])) -> bool {
    let columns = on_all_cores(0..product.size, |range| product.columns(range)).concat();
    for first in (0..product.size).step_by((ROWS * cores()) as usize) {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        let stripe = first..product.size.min(first + ROWS * cores());
        let parts = on_all_cores(stripe, |range| product.rows(Kernel::best(), range, &columns));
        parts.iter().for_each(|part| sink(part));
    }
    true
}

/// What `part` makes of equal shares of a range, in their order.
fn on_all_cores(range: Range<u32>, part: impl Fn(Range<u32>) -> Vec<u8> + Sync) -> Vec<Vec<u8>> {
    let share = range.len().div_ceil(cores() as usize).max(1);
    thread::scope(|scope| {
        let shares = range.clone().step_by(share).map(|first| {
            let share = first..range.end.min(first + share as u32);
            scope.spawn(|| part(share))
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

    use super::*;

    #[test]
    fn on_all_cores_a_product_is_the_same_and_its_root_is_that_of_all_rows() {
        for size in [1, 65, 300] {
            let (product, go) = (Product { seed: [5; 32], size }, AtomicBool::new(false));
            let expected = product.compute();
            assert_eq!(root(product, &go), Some(Blob::of(&expected).root.into()), "{size}");
            assert_eq!(whole(product, &go).as_ref(), Some(&expected), "{size}");
            assert!(pace(size) > Duration::ZERO);
        }
        let stop = AtomicBool::new(true);
        assert_eq!(root(Product { seed: [5; 32], size: 300 }, &stop), None);
    }
}
