//! The attacks on proofs that need no chain, by the numbers that proofs' design gives them.

use crate::{Affine, Element, GraphBuilder, Kernel, Layer, Model, Product, Scale, freivalds::project_modulo, project};

/// Sums that wrap, and those that a saturating instruction would cut, come out as the mathematics has them.
#[test]
fn attack_6_sums_neither_wrap_nor_saturate() {
    // Two products of the greatest magnitude are beyond 16 bits already.
    const K: usize = 4_096;
    let scales = [Scale { bias: 0, m: 1 << 14, s: 28, pre: 0, zp: 0 }];
    let mut graph = GraphBuilder::new(K);
    let x = graph.input();
    graph.dense(x, &[-128; K], &Affine { scales: &scales, out: Element::I16, lo: -32_768, hi: 32_767 });
    let model = Model::from_image(graph.finish().expect("well formed")).expect("checked");
    let sum = i64::from(-128) * i64::from(-128) * K as i64;
    let expected = ((sum >> 2) + (1 << 11)) >> 12;
    for kernel in [Some(Kernel::PORTABLE), Kernel::avx2()].into_iter().flatten() {
        let answer = model.infer_with(kernel, &[0x80; K]).expect("its length");
        assert_eq!(answer, (expected as i16).to_le_bytes(), "{sum} requantised");
    }
    // A sum that is right modulo the small prime, and that no weights of 8 bits have, is refused.
    let (weights, seed) = ([1_u8; 4], [3; 32]);
    let projections = project_modulo::<13>(&weights, 4, &seed, 1);
    let wrapped = 4 + ((1_i32 << 13) - 1) * 9;
    let layer = Layer { input: &[1; 4], accumulators: &wrapped.to_le_bytes(), projections: &projections };
    assert_eq!(layer.holds_modulo::<13>(&seed), Ok(false));
}

/// Who knows the coefficients before committing makes sums that pass: the seed has to be later, and then they do not.
#[test]
fn attack_7_coefficients_known_in_advance_help_once_only() {
    const K: usize = 3;
    let (weights, input) = ([1_u8, 2, 3, 4, 5, 6], [7_u8, 8, 9]);
    let right = [7 + 16 + 27, 28 + 40 + 54_i32];
    let encoded = |sums: [i32; 2]| sums.map(i32::to_le_bytes).concat();
    let holds = |input: &[u8], sums: [i32; 2], seed: [u8; 32]| {
        let projections = project_modulo::<5>(&weights, K, &seed, 1);
        let layer = Layer { input, accumulators: &encoded(sums), projections: &projections };
        layer.holds_modulo::<5>(&seed).expect("a layer")
    };
    let known = [1; 32];
    // With the seed known, errors of two rows that cancel out are soon found.
    let wrong = (1..31).flat_map(|a| (1..31).map(move |b| [right[0] + a, right[1] + b]));
    let passing: Vec<_> = wrong.filter(|sums| holds(&input, *sums, known)).collect();
    assert!(!passing.is_empty());
    // Under a later one, most fail, as chance has it: one in 31 passes.
    let later = passing.iter().filter(|sums| holds(&input, **sums, [2; 32])).count();
    assert!(later * 5 < passing.len(), "{later} of {}", passing.len());
    // Over the prime that is in use, none does.
    let projections = project(&weights, K, &[2; 32], 1);
    for sums in passing {
        let layer = Layer { input: &input, accumulators: &encoded(sums), projections: &projections };
        assert_eq!(layer.holds(&[2; 32]), Ok(false));
    }
    // Sums are of the input that is given, which whoever asks has to have opened.
    let layer = Layer { input: &[7, 8, 8], accumulators: &encoded(right), projections: &projections };
    assert_eq!(layer.holds(&[2; 32]), Ok(false));
}

/// A product serves the one seed that it was asked for with: of two ids with seeds of their own, each has to compute.
#[test]
fn attack_21_one_product_does_not_serve_two() {
    let one = Product { seed: [1; 32], size: 40 };
    let other = Product { seed: [2; 32], ..one };
    let entries = one.compute();
    let root = *blake3::hash(&entries).as_bytes();
    let proof = one.prove(&entries, &[9; 32], 8);
    assert!(one.proves(&root, (&[9; 32], 8), &proof));
    assert!(!other.proves(&root, (&[9; 32], 8), &proof));
}

#[test]
fn attack_23_projections_of_an_earlier_seed_do_not_hold() {
    let (weights, input) = ([1_u8, 2, 3, 4], [5_u8, 6]);
    let accumulators = [5 + 12, 15 + 24_i32].map(i32::to_le_bytes).concat();
    let (earlier, now) = ([1; 32], [2; 32]);
    let projections = |seed| project(&weights, 2, seed, 1);
    let holds = |projections: &[u8]| Layer { input: &input, accumulators: &accumulators, projections }.holds(&now);
    assert_eq!(holds(&projections(&now)), Ok(true));
    assert_eq!(holds(&projections(&earlier)), Ok(false));
}

/// A table is part of the weights, and the specification's number of the id: neither can be exchanged behind a model's name.
#[test]
fn attack_26_a_table_or_a_specification_is_not_substituted() {
    let model = |entry: i8| {
        let mut graph = GraphBuilder::new(16);
        let x = graph.input();
        let mut table = [5; 256];
        table[77] = entry;
        graph.lut(x, &table);
        Model::from_image(graph.finish().expect("well formed")).expect("checked").commitment()
    };
    let (one, other) = (model(1), model(2));
    assert_eq!(one.graph_root, other.graph_root);
    assert_ne!(one.weights_root, other.weights_root);
    assert_ne!(one.encode(), other.encode());
    let newer = crate::Commitment { spec_id: one.spec_id + 1, ..one };
    assert_ne!(newer.encode(), one.encode());
}
