//! The bound holds for every proof that can be made, and is near the longest of them.

use super::{Lengths, longest};
use crate::{
    Affine, Blob, Clamp, Element, Evidence, Filter, Gain, GraphBuilder, HeadProduct, Limits, Model, Opened, Outline,
    Place, Plan, Scale, Tensor, Tree, Window, Work,
    adjudicate::{explain, ranges::ranges},
    random::{Dice, Sizes, image_within},
};
use blake3::hazmat::ChainingValue;
use std::ops::Range;

const LARGE: Sizes = Sizes { input_max: 1 << 15, ops_max: 9, rows_max: 30 };

/// Committed bytes that nobody has, such as no test has the memory for: any chunks are as good for the length of a proof.
struct Filled {
    bytes: u64,
    /// Without one it is all zero, but for a mark that makes a triangle of whatever node is read (G54), which leads back to node 0.
    seed: Option<u64>,
}

impl Opened for Filled {
    fn blob(&self) -> Blob {
        Blob { root: [0; 32], bytes: self.bytes }
    }

    fn data(&self, run: &Range<u64>) -> Option<Vec<u8>> {
        let range = self.blob().range(run)?;
        let mut dice = self.seed.map(|seed| Dice::new(seed ^ range.start));
        let marked = |at: u64| u8::from(at % 32 == 18);
        Some(range.map(|at| dice.as_mut().map_or(marked(at), |dice| dice.byte().cast_unsigned())).collect())
    }

    fn values_beside(&self, run: &Range<u64>) -> Option<Vec<ChainingValue>> {
        self.blob().values(run).map(|values| vec![[0; 32]; values])
    }
}

/// A graph with its weights, of either profile, whose trace nobody has.
struct Unrun {
    image: Vec<u8>,
    plan: Plan,
}

impl Unrun {
    fn random(seed: u64, sizes: Sizes) -> Option<Self> {
        let image = image_within(seed, sizes).ok()?;
        let plan = Model::from_image(image.clone()).ok()?.plan().clone();
        Some(Self { image, plan })
    }

    fn lengths(&self) -> Lengths {
        Lengths { graph: self.plan.graph_bytes, weights: self.plan.weights_bytes, trace: self.plan.trace_bytes }
    }

    fn elements(&self, op: usize) -> usize {
        self.plan.steps[op].count * self.plan.steps[op].n
    }

    fn bound(&self, op: usize) -> u64 {
        longest(&self.plan.steps[op], &self.lengths())
    }

    fn proof(&self, evidence: &Evidence<'_>, place: Place, seed: Option<u64>) -> u64 {
        let filled = |bytes: usize| Filled { bytes: bytes as u64, seed };
        let output = filled(self.plan.output().len());
        let (input, trace) = (filled(self.plan.input_bytes), filled(self.plan.trace_bytes));
        let proof = evidence.prove(Work { input: &input, trace: &trace, output: &output }, place);
        proof.expect("the place is there").len() as u64
    }

    /// The longest proof of many elements of an operation: its first and last ones, and any between.
    fn longest_of(&self, evidence: &Evidence<'_>, op: usize, dice: &mut Dice) -> u64 {
        let elements = self.elements(op);
        let between = (0..40).map(|_| (dice.below(elements.min(1 << 31)) * (1 + dice.below(1 << 12))) % elements);
        let tried: Vec<_> = between.chain([0, elements - 1, elements / 2]).collect();
        let length = |element: usize| {
            let place = Place { op: op as u32, element: element as u64 };
            self.proof(evidence, place, None).max(self.proof(evidence, place, Some(element as u64)))
        };
        tried.into_iter().map(length).max().unwrap_or_default()
    }
}

#[test]
fn no_proof_is_longer_than_the_bound_and_some_are_nearly_as_long() {
    let mut ratios = Vec::new();
    for (seeds, sizes) in [(0..250, Sizes::SMALL), (0..120, LARGE)] {
        for graph in seeds.clone().filter_map(|seed| Unrun::random(seed, sizes)) {
            let mut dice = Dice::new(ratios.len() as u64);
            let evidence = Evidence::of(&graph.image).expect("a model");
            for op in 0..graph.plan.steps.len() {
                let (bound, longest) = (graph.bound(op), graph.longest_of(&evidence, op, &mut dice));
                assert!(longest <= bound, "{longest} bytes for {bound}: {:?}", graph.plan.steps[op]);
                ratios.push(bound as f64 / longest as f64);
            }
        }
    }
    ratios.sort_by(f64::total_cmp);
    let share = |percent: usize| ratios[(ratios.len() - 1) * percent / 100];
    let shares = [50, 95, 100].map(share);
    assert!(ratios.len() > 1_000, "{} operations", ratios.len());
    // Where everything fits a few chunks, one that no element happens to touch is much.
    assert!(shares.iter().zip([1.1, 1.6, 3.0]).all(|(share, most)| *share < most), "{shares:?}");
}

/// The last operation of this graph of the larger profile is taken, and its bound is near what is proved.
fn fits(name: &str, input: usize, build: impl FnOnce(&mut GraphBuilder, Tensor) -> Tensor) {
    let mut graph = GraphBuilder::new(input);
    let x = graph.input();
    build(&mut graph, x);
    let image = graph.within(&Limits::DISPUTED).expect(name);
    let plan = Outline::within(image.clone(), &Limits::DISPUTED).expect(name).plan;
    let (op, graph) = (plan.steps.len() - 1, Unrun { image, plan });
    let evidence = Evidence::of(&graph.image).expect("a model");
    let (bound, longest) = (graph.bound(op), graph.longest_of(&evidence, op, &mut Dice::new(1)));
    assert!(longest <= bound && bound <= longest * 3 / 2, "{name}: {longest} of {bound} bytes");
}

const SHORT: Clamp = Clamp::all(Element::I16);

const fn byte(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I8, lo: -128, hi: 127 }
}

#[test]
fn large_layers_have_proofs_that_fit() {
    for (k, rows) in [(4_096, 4_096), (32_768, 7)] {
        let (weights, scales) = (vec![1; k * rows], vec![Scale::IDENTITY; rows]);
        fits("dense", 64 * k, |g, x| g.dense(x.vectors(64, k, k), &weights, &byte(&scales)));
    }
    let window = |(height, width, channels), kernel: (usize, usize)| {
        let out = (height - kernel.0 + 1, width - kernel.1 + 1);
        Window { height, width, channels, kernel, stride: (1, 1), pad: (0, 0), out }
    };
    let filter = Filter { weights: &vec![1; 9 * 512 * 5], pad_value: 0 };
    fits("3 x 3 x 512 convolution", 28 * 28 * 512, |g, x| {
        g.conv2d(x, &window((28, 28, 512), (3, 3)), &filter, &byte(&[Scale::IDENTITY; 5]))
    });
    for channels in [1, 3, 64, 96] {
        let pool = window((250, 250, channels), (8, 8));
        fits("8 x 8 pool", 250 * 250 * channels, |g, x| g.max_pool(x, &pool));
    }
    fits("table", 1 << 26, |g, x| g.lut(x, &[7; 256]));
}

#[test]
fn large_attention_has_proofs_that_fit() {
    let by = HeadProduct { heads: 8, group: 2, stacked: false, causal: false };
    fits("scores of 4,096 by 4,096", 4_096 * 64 * 8, |g, x| {
        g.matmul(x.vectors(4_096, 64 * 8, 64 * 8), x.vectors(4_096, 64 * 4, 64 * 8), &by, SHORT)
    });
    let by = HeadProduct { stacked: true, ..by };
    fits("4,096 weights by values", 1 << 25, |g, x| {
        let values = x.skip(1 << 24).vectors(4 * 64, 4_096, 4_096);
        g.matmul(x.vectors(32, 8 * 4_096, 8 * 4_096), values, &by, SHORT)
    });
    let gain = Gain { elements: &[(1, 1); 8_192], shift: 9 };
    fits("norm of 8,192", 1 << 20, |g, x| {
        g.norm(x.as_type(Element::I16).vectors(64, 8_192, 8_192), true, Some(gain), SHORT)
    });
}

#[test]
fn large_scenes_have_proofs_that_fit() {
    fits("pixel of 2,500 triangles", 64 + 24 * 2_500, |g, x| g.pixels(x, (200, 300), 1));
    // A gibibyte of tree.
    fits("64 visits", 36 * 4_096 + (1 << 30), |g, x| {
        let nodes = x.skip(36 * 4_096).vectors(1 << 25, 32, 32);
        g.visit(x.as_type(Element::I32).vectors(4_096, 9, 9), nodes, 64)
    });
}

/// What the bound is made of is what the judge reads, one after the other.
#[test]
fn readings_are_as_they_are_bounded() {
    let mut seen = std::collections::BTreeSet::new();
    for (seed, sizes) in (0..200).map(|seed| (seed, Sizes::SMALL)).chain((0..30).map(|seed| (seed, LARGE))) {
        let Some(model) = image_within(seed, sizes).ok().and_then(|image| Model::from_image(image).ok()) else {
            continue;
        };
        let mut dice = Dice::new(seed);
        let input: Vec<u8> = (0..model.input_bytes()).map(|_| dice.byte().cast_unsigned()).collect();
        let trace = model.trace(&input).expect("its length");
        let trees = model.plan().work(&trace).expect("its length").map(Tree::of);
        let evidence = Evidence::of(model.image()).expect("a model");
        for (op, step) in (0..).zip(&model.plan().steps) {
            for _ in 0..4 {
                let place = Place { op, element: dice.below(step.count * step.n) as u64 };
                let proof = evidence.prove(trees.as_ref().map(|tree| tree as &dyn Opened), place).expect("a place");
                let explanation = explain(&model.commitment(), &trees.as_ref().map(|tree| tree.blob()), place, &proof);
                let explanation = explanation.expect("the proof is whole");
                let mut bounded =
                    ranges(step, model.plan().graph_bytes).flat_map(|ranges| (0..ranges.times).map(move |_| ranges));
                for reading in &explanation.readings[2..] {
                    let bytes = reading.range.end - reading.range.start;
                    let found = bounded.any(|ranges| {
                        let steps = reading.range.start.abs_diff(ranges.start) % ranges.grain == 0;
                        ranges.section == reading.section && bytes <= ranges.bytes && steps
                    });
                    assert!(found, "seed {seed}, {place:?}, {reading:?}: {step:?}");
                }
                seen.insert(explanation.subject.formula().expect("an operation").name);
            }
        }
    }
    assert!(seen.len() > 24, "{seen:?}");
}

#[test]
fn copies_and_padding_are_never_long() {
    let deepest = Blob { root: [0; 32], bytes: Limits::DISPUTED.trace_bytes };
    assert!(deepest.longest(4, 0) < 8 << 10);
    for graph in (0..40).filter_map(|seed| Unrun::random(seed, LARGE)) {
        let evidence = Evidence::of(&graph.image).expect("a model");
        let of = |op, element: usize| graph.proof(&evidence, Place { op, element: element as u64 }, None);
        assert!(of(Place::INPUT, graph.plan.input_bytes - 1) < 8 << 10);
        assert!(of(Place::OUTPUT, graph.plan.output().len() - 1) < 8 << 10);
    }
}
