//! What decoders of precompile input take while they work: at most eight times what they were given.

use edgeloom_bls::{Manifest, Signers, Tally};
use edgeloom_edge_proof::{
    Blob, FOLD_MAX, Layer, Model, Place, Plan, Product, adjudicate, fold, possesses, project, prove_possession,
    prove_step, random,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Bytes for each byte of input, and besides.
const TIMES: usize = 8;
const BESIDES: usize = 4 << 10;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counted;

// SAFETY: the system's allocator does all of it; counting has no part in what it gives.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: as asked for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: it came from there.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn bounded<T>(what: &str, input_bytes: usize, decode: impl FnOnce() -> T) {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    black_box(decode());
    let most = MOST.load(Relaxed) - before;
    assert!(most <= TIMES * input_bytes + BESIDES, "{what}: {most} bytes for {input_bytes}");
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn decoders_take_little_more_than_they_are_given() {
    assert!(std::panic::catch_unwind(|| bounded("nothing", 0, || vec![0_u8; BESIDES + 1])).is_err(), "it counts");
    for image in (0..400).filter_map(|seed| random::image(seed).ok()) {
        bounded("image", image.len(), || Model::parse(&image));
        let Ok(model) = Model::parse(&image) else { continue };
        let graph = &image[..image.len() - model.weights().len()];
        bounded("graph", graph.len(), || Plan::read(graph));
        let input = vec![3; model.input_bytes()];
        let Ok(trace) = model.trace(&input) else { continue };
        let Some(work) = model.plan().work(&trace).map(|work| work.map(Blob::of)) else { continue };
        let commitment = model.commitment();
        for (op, operation) in (0..).zip(model.operations()) {
            let place = Place { op, element: operation.elements() as u64 - 1 };
            let Some(proof) = prove_step(&image, &trace, place) else { continue };
            bounded("step", proof.len(), || adjudicate(&commitment, &work, place, &proof));
        }
    }
    let content: Vec<u8> = (0..40_000_u32).map(|index| index as u8).collect();
    let (blob, seed) = (Blob::of(&content), [7; 32]);
    let proof = prove_possession(&content, &seed, 40);
    bounded("possession", proof.len(), || possesses(&blob, &seed, 40, &proof));
    let product = Product { seed, size: 32 };
    let entries = product.compute();
    let proof = product.prove(&entries, &seed, 8);
    bounded("capacity", proof.len(), || product.proves(&Blob::of(&entries).root, (&seed, 8), &proof));
    let values = vec![[5; 32]; FOLD_MAX];
    bounded("fold", 32 * FOLD_MAX, || fold(&values, true));
    let (input, accumulators) = (vec![1; 100], vec![0; 4 * 60]);
    let projections = project(&vec![0; 6_000], 100, &seed, 4);
    let layer = Layer { input: &input, accumulators: &accumulators, projections: &projections };
    bounded("layer", input.len() + accumulators.len() + projections.len(), || layer.holds(&seed));
    let manifest = [b"\0BLS1".as_slice(), &15_872_u32.to_be_bytes(), &[0; 96], &[1; 64 * 40]].concat();
    assert!(Manifest::parse(&manifest).is_ok());
    bounded("manifest", manifest.len(), || Manifest::parse(&manifest));
    let stakes = vec![1; 15_872];
    let (bitmap, multiplicities) = (vec![0xff; 15_872 / 8], vec![1; 15_872 * 2]);
    bounded("multiplicities", multiplicities.len() + 8 * stakes.len(), || {
        Signers::multiplicities(&multiplicities, stakes.len()).is_ok_and(|signers| Tally::of(&signers, &stakes).is_ok())
    });
    bounded("bitmap", bitmap.len() + 8 * stakes.len(), || {
        Signers::bitmap(&bitmap, stakes.len()).is_ok_and(|signers| Tally::of(&signers, &stakes).is_ok())
    });
}
