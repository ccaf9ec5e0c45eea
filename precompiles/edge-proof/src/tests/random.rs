//! Kernels agree on random graphs: every operation, odd lengths and tails, extreme weights, any input.

use proptest::prelude::*;

use crate::{
    Affine, Element, GraphBuilder, Kernel, MAX_TRACE_BYTES, Model, Rule, Scale,
    random::{Dice, Sizes, image, image_within},
};

/// Runs an image with every kernel of this machine and compares.
pub(super) fn agree(image: Vec<u8>, dice: &mut Dice) {
    let model = Model::from_image(image).expect("the caller checked it");
    assert!(model.cost().trace <= MAX_TRACE_BYTES as u64);
    let len = model.input_bytes();
    for input in [dice.bytes(len), vec![-128; len], vec![127; len]] {
        assert_eq!(answer(&model, &input).len(), model.output_bytes());
    }
}

/// The answer that every kernel of this machine gives.
pub(super) fn answer(model: &Model, input: &[i8]) -> Vec<u8> {
    let input: Vec<u8> = input.iter().map(|b| b.cast_unsigned()).collect();
    let reference = model.infer_with(Kernel::PORTABLE, &input).expect("the length is the model's");
    if let Some(fast) = Kernel::avx2() {
        assert_eq!(model.infer_with(fast, &input).expect("the length is the model's"), reference);
    }
    reference
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn kernels_agree(seed: u64) {
        // Large tensors may ask for more bytes than the trace has, and a sum of large elements may have no room at all.
        match image(seed) {
            Ok(image) => agree(image, &mut Dice::new(!seed)),
            Err(fault) => prop_assert!(
                matches!(fault.rule, Rule::Overflow | Rule::TraceSize | Rule::Macs), "{}", fault
            ),
        }
    }
}

#[test]
fn most_random_graphs_are_models() {
    let models = (0..300).filter(|seed| image(*seed).is_ok()).count();
    assert!(models > 200, "only {models} of 300: the property above would test little");
}

#[test]
fn rows_at_the_end_of_the_image_are_read_within_it() {
    // Weights last in the image: the fast kernel's padded reads must stop. (The builder puts scales last.)
    for k in 1..40 {
        let mut graph = GraphBuilder::new(k);
        let x = graph.input();
        let weights: Vec<i8> = (0..5 * k).map(|i| i as i8).collect();
        let scales = [Scale { bias: 1, ..Scale::IDENTITY }; 5];
        graph.dense(x, &weights, &Affine { scales: &scales, out: Element::I32, lo: -(1 << 24), hi: 1 << 24 });
        let mut image = graph.finish().expect("well formed");
        // Swap the two constants: scales first, weights last.
        let (graph_bytes, constants) = image.split_at_mut(256);
        constants.rotate_left(5 * k);
        graph_bytes[128 + 32..128 + 40].copy_from_slice(&40_u64.to_le_bytes());
        graph_bytes[128 + 40..128 + 48].copy_from_slice(&0_u64.to_le_bytes());
        agree(image, &mut Dice::new(k as u64));
    }
}

#[test]
fn large_random_graphs_break_only_limits() {
    let sizes = Sizes { input_max: 1 << 18, ops_max: 12, rows_max: 600 };
    let faults: Vec<_> = (0..60).filter_map(|seed| image_within(seed, sizes).err()).collect();
    let limits = [Rule::Length, Rule::TraceSize, Rule::Macs, Rule::Work, Rule::Overflow];
    assert!(faults.iter().all(|fault| limits.contains(&fault.rule)), "{faults:?}");
    assert!(faults.len() < 50, "{} of 60 are no models", faults.len());
}
