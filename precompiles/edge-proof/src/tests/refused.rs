//! The rules that the operations of transformers, of ciphertext and of pictures add: each on both sides of its bound.

use crate::{
    Affine, Clamp, Decay, Element, Gain, GraphBuilder, HeadProduct, Limits, Model, Plan, Quantisation, Rows, Rule,
    Scale, Tensor,
};

const ID: [Scale; 1] = [Scale::IDENTITY];
const WIDE: Clamp = Clamp::all(Element::I32);

/// What rule a graph of `input` bytes breaks first.
fn broken(input: usize, build: impl FnOnce(&mut GraphBuilder, Tensor) -> Tensor) -> Option<Rule> {
    let mut graph = GraphBuilder::new(input);
    let x = graph.input();
    build(&mut graph, x);
    graph.finish().err().map(|fault| fault.rule)
}

/// The input's elements, of at most `most` in magnitude.
fn held(g: &mut GraphBuilder, x: Tensor, most: i32) -> Tensor {
    g.requantise(x, &Affine { scales: &ID, out: Element::I32, lo: -most, hi: most })
}

fn short(g: &mut GraphBuilder, x: Tensor, most: i32) -> Tensor {
    g.requantise(x, &Affine { scales: &ID, out: Element::I16, lo: -most, hi: most })
}

const ONE: HeadProduct = HeadProduct { heads: 1, group: 1, stacked: false, causal: false };

#[test]
fn g8_heads_and_shifts() {
    let product = |by: HeadProduct| broken(24, |g, x| g.matmul(x.vectors(2, 12, 12), x.vectors(2, 12, 12), &by, WIDE));
    assert_eq!(product(HeadProduct { heads: 4, ..ONE }), None);
    assert_eq!(product(HeadProduct { heads: 3, group: 2, ..ONE }), Some(Rule::Geometry));
    assert_eq!(product(HeadProduct { heads: 2, group: 2, ..ONE }), Some(Rule::Geometry));
    assert_eq!(product(ONE), None);
    assert_eq!(product(HeadProduct { heads: 0, ..ONE }), Some(Rule::Geometry));
    let causal = HeadProduct { causal: true, ..ONE };
    let more = broken(24, |g, x| g.matmul(x.vectors(3, 4, 4), x.vectors(2, 4, 4), &causal, WIDE));
    assert_eq!(more, Some(Rule::Geometry), "three vectors after two rows");
    let norm = |shift| {
        let gain = Gain { elements: &[(1, 1); 4], shift };
        broken(4, |g, x| g.norm(x, false, Some(gain), WIDE))
    };
    assert_eq!([0, 1, 15, 16].map(norm), [Some(Rule::Geometry), None, None, Some(Rule::Geometry)]);
    let rope = |heads, angles: usize| broken(12, |g, x| g.rope(x, heads, &vec![(0, 0); angles], WIDE));
    assert_eq!((rope(1, 6), rope(3, 2), rope(6, 1), rope(4, 1)), (None, None, None, Some(Rule::Weights)));
    let blocks = |shift| {
        let by = Quantisation { multipliers: &[1; 64], shift };
        broken(64, |g, x| g.block8(x, (8, 8), &by, WIDE))
    };
    assert_eq!([0, 1, 20, 21].map(blocks), [Some(Rule::Geometry), None, None, Some(Rule::Geometry)]);
    let pixels = |triangles: usize, samples| broken(64 + 24 * triangles, |g, x| g.pixels(x, (1, 1), samples));
    assert_eq!((pixels(2_500, 1), pixels(2_501, 1)), (None, Some(Rule::Geometry)));
    assert_eq!((pixels(270, 3), pixels(271, 3), pixels(0, 0)), (None, Some(Rule::Geometry), Some(Rule::Geometry)));
    // Rays have their price, whether there is anything to see or not.
    assert_eq!((pixels(0, 17), pixels(0, 18)), (None, Some(Rule::Geometry)));
    let wide = |width| {
        let mut graph = GraphBuilder::new(64);
        let x = graph.input();
        graph.pixels(x, (1, width), 8);
        graph.within(&Limits::DISPUTED).err().map(|fault| fault.rule)
    };
    assert_eq!((wide(4_095), wide(4_096)), (None, Some(Rule::Geometry)));
    let empty = |width| broken(64, |g, x| g.pixels(x, (1, width), 17));
    assert_eq!((empty(0), empty(28), empty(29)), (Some(Rule::Geometry), None, Some(Rule::Macs)));
    let visit = |visits| {
        broken(68, |g, x| g.visit(x.as_type(Element::I32).vectors(1, 9, 9), x.skip(36).vectors(1, 32, 32), visits))
    };
    assert_eq!([0, 1, 64, 65].map(visit), [Some(Rule::Geometry), None, None, Some(Rule::Geometry)]);
}

#[test]
fn g7_types() {
    let wide = broken(8, |g, x| {
        let x = x.as_type(Element::I32);
        g.matmul(x, x, &ONE, WIDE)
    });
    assert_eq!(wide, Some(Rule::Types));
    let seed = broken(64, |g, x| {
        let seed = x.as_type(Element::I16).vectors(1, 32, 0);
        g.sample(x, seed, Element::I8)
    });
    assert_eq!(seed, Some(Rule::Types));
    let long = broken(160, |g, x| g.sample(x.vectors(1, 129, 0), x.vectors(1, 32, 0), Element::I8));
    assert_eq!(long, Some(Rule::Types), "128 is no i8");
}

#[test]
fn g9_operands_of_operations_are_inside() {
    let seed = |bytes| broken(bytes, |g, x| g.sample(x.vectors(1, 2, 0), x.vectors(1, 32, 0), Element::I8));
    assert_eq!((seed(32), seed(31)), (None, Some(Rule::Operand)));
    let key = |bytes| broken(bytes, |g, x| g.decrypt(x.vectors(1, 8, 0), x.vectors(1, 44, 0)));
    assert_eq!((key(44), key(43)), (None, Some(Rule::Operand)));
    let scene = |bytes| broken(bytes, |g, x| g.pixels(x.vectors(1, 88, 0), (1, 1), 1));
    assert_eq!((scene(88), scene(87)), (None, Some(Rule::Operand)));
    let odd = broken(9, |g, x| g.sum(x.skip(1).as_type(Element::I16).vectors(1, 4, 0)));
    assert_eq!(odd, Some(Rule::Operand), "elements begin at multiples of their size");
}

#[test]
fn g12_tables_are_in_the_weights_section() {
    // The builder writes what it needs; one byte less of it is too little.
    let builds: [fn(&mut GraphBuilder, Tensor) -> Tensor; 6] = [
        |g, x| g.embed(Ok(x.vectors(1, 1, 1)), &Rows { weights: &[1; 6], multipliers: &[1; 3] }, WIDE),
        |g, x| g.norm(x, false, Some(Gain { elements: &[(1, 1); 12], shift: 1 }), WIDE),
        |g, x| g.rope(x, 1, &[(0, 0); 6], WIDE),
        |g, x| g.exp(x, x.vectors(1, 1, 0), &Decay { scales: &ID, entries: &[0; 4096] }, WIDE),
        |g, x| g.block8(x, (3, 4), &Quantisation { multipliers: &[1; 64], shift: 1 }, WIDE),
        |g, x| g.multiply(x, x, &Affine { scales: &ID, out: Element::I8, lo: 0, hi: 0 }),
    ];
    for build in builds {
        let mut graph = GraphBuilder::new(12);
        let x = graph.input();
        build(&mut graph, x);
        let mut image = graph.finish().expect("well formed");
        image.pop();
        let weights = u64::from_le_bytes(std::array::from_fn(|i| image[24 + i])) - 1;
        image[24..32].copy_from_slice(&weights.to_le_bytes());
        assert_eq!(Model::from_image(image).expect_err("a byte is missing").rule, Rule::Weights);
    }
}

#[test]
fn g14_sums_of_graphs_alone() {
    let sum = |len: usize, most| {
        broken(1, |g, x| {
            let x = held(g, x, most);
            g.sum(x.vectors(1, 1, 0).vectors(1, len, 0))
        })
    };
    assert_eq!(sum(1, i32::MAX), None);
    let two = |most| {
        broken(2, |g, x| {
            let x = held(g, x, most);
            g.sum(x)
        })
    };
    assert_eq!((two((1 << 30) - 1), two(1 << 30)), (None, Some(Rule::Overflow)));
    let squares = |most| {
        broken(2, |g, x| {
            let x = short(g, x, most);
            g.squared_error(x, x)
        })
    };
    // 2 * (2 * 16,383)^2 is just below 2^31.
    assert_eq!((squares(16_383), squares(16_384)), (None, Some(Rule::Overflow)));
    let product = |most| {
        broken(2, |g, x| {
            let x = short(g, x, most);
            g.matmul(x, x, &ONE, WIDE)
        })
    };
    assert_eq!(product(32_767), None);
    let three = |most| {
        broken(3, |g, x| {
            let x = short(g, x, most);
            g.matmul(x, x, &ONE, WIDE)
        })
    };
    assert_eq!((three(26_754), three(26_755)), (None, Some(Rule::Overflow)));
    let rope = |lo| {
        broken(2, |g, x| {
            let x = g.requantise(x, &Affine { scales: &ID, out: Element::I16, lo, hi: 0 });
            g.rope(x, 1, &[(0, 0)], WIDE)
        })
    };
    assert_eq!((rope(-32_767), rope(-32_768)), (None, Some(Rule::Overflow)));
    let norm = |centred, most| {
        broken(4, |g, x| {
            let x = held(g, x, most);
            g.norm(x, centred, None, WIDE)
        })
    };
    assert_eq!((norm(false, 1 << 29), norm(false, (1 << 29) + 1)), (None, Some(Rule::Overflow)));
    assert_eq!((norm(true, (1 << 28) - 1), norm(true, 1 << 28)), (None, Some(Rule::Overflow)));
    let multiply = |most| {
        broken(1, |g, x| {
            let x = held(g, x, most);
            let scales = [Scale { pre: 0, ..Scale::IDENTITY }];
            g.multiply(x, x, &Affine { scales: &scales, out: Element::I8, lo: 0, hi: 0 })
        })
    };
    assert_eq!((multiply(46_340), multiply(46_341)), (None, Some(Rule::Overflow)));
    assert_eq!(multiply(i32::MAX), Some(Rule::Overflow));
}

#[test]
fn larger_graphs_have_a_profile_of_their_own() {
    let build = || {
        let mut graph = GraphBuilder::new(2 << 20);
        let x = graph.input();
        graph.copy(x);
        graph
    };
    assert_eq!(build().finish().expect_err("two mebibytes").rule, Rule::InputSize);
    let image = build().within(&Limits::DISPUTED).expect("the larger profile has room");
    let model = Model::within(image.clone(), &Limits::DISPUTED).expect("checked");
    let plan = Plan::read(&image).expect("there are no weights, so that the image is the graph");
    assert_eq!((plan.trace_bytes(), plan.output(), plan.input_bytes()), (4 << 20, 2 << 20..4 << 20, 2 << 20));
    let commitment = model.commitment();
    assert_eq!(plan.commitment(&image, commitment.weights_root, commitment.weights_t_root), commitment);
    assert_eq!(Plan::read(&image[..image.len() - 1]).expect_err("cut").rule, Rule::Length);
    assert_eq!(Plan::read(&[]).expect_err("empty").rule, Rule::Header);
}
