//! Every rule refuses what it forbids, and no bytes at all make the parser or a kernel panic.

use proptest::prelude::*;

use super::random::agree;
use crate::{
    Affine, Element, Filter, GraphBuilder, HEADER_OP, Limits, MAX_IMAGE_BYTES, MAX_K, MAX_WEIGHTS, MAX_WORK, Malformed,
    Model, Outline, Plan, Rule, Scale, Tensor, Window,
    layout::{Descriptor, Header, RECORD_BYTES},
    random::{Dice, image},
};

const ID: [Scale; 1] = [Scale::IDENTITY];

/// input 8 -> dense 8x4 -> requantise -> copy
fn sample() -> Vec<u8> {
    let mut g = GraphBuilder::new(8);
    let x = g.input();
    let scales = [Scale { bias: 3, ..Scale::IDENTITY }; 4];
    let y = g.dense(x, &[1; 32], &Affine { scales: &scales, out: Element::I16, lo: -999, hi: 999 });
    let z = g.requantise(y, &Affine { scales: &ID, out: Element::I8, lo: -128, hi: 127 });
    g.copy(z);
    g.finish().expect("well formed")
}

fn fault(image: Vec<u8>) -> Malformed {
    Model::from_image(image).expect_err("the image breaks a rule")
}

/// The sample with one descriptor changed.
fn with(op: usize, change: impl FnOnce(&mut Descriptor)) -> Vec<u8> {
    let mut image = sample();
    edit(&mut image, op, change);
    image
}

fn edit(image: &mut [u8], op: usize, change: impl FnOnce(&mut Descriptor)) {
    let at = RECORD_BYTES * (1 + op);
    let raw = std::array::from_fn(|i| image[at + i]);
    let mut descriptor = Descriptor::decode(&raw).expect("a descriptor");
    change(&mut descriptor);
    image[at..at + RECORD_BYTES].copy_from_slice(&descriptor.encode());
}

fn with_byte(at: usize, value: u8) -> Vec<u8> {
    let mut image = sample();
    assert_ne!(image[at], value);
    image[at] = value;
    image
}

fn with_header(change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut image = sample();
    let raw = std::array::from_fn(|i| image[i]);
    let mut header = Header::decode(&raw).expect("the sample's header");
    change(&mut header);
    image[..RECORD_BYTES].copy_from_slice(&header.encode());
    image
}

#[test]
fn g1_header() {
    for at in [0, 3, 4, 6, 8, 32, 127] {
        assert_eq!(fault(with_byte(at, 0xaa)), Malformed { rule: Rule::Header, op: HEADER_OP }, "byte {at}");
    }
    for len in [0, 1, 127] {
        assert_eq!(fault(sample()[..len].to_vec()).rule, Rule::Header, "length {len}");
    }
}

#[test]
fn g2_length() {
    let mut longer = sample();
    longer.push(0);
    assert_eq!(fault(longer).rule, Rule::Length);
    let mut shorter = sample();
    shorter.pop();
    assert_eq!(fault(shorter).rule, Rule::Length);
    assert_eq!(fault(with_header(|h| h.weights_bytes = u64::MAX)).rule, Rule::Length);
    assert_eq!(fault(vec![0; MAX_IMAGE_BYTES + 1]).rule, Rule::Length);
    assert_eq!(Model::parse(&vec![0; MAX_IMAGE_BYTES + 1]).expect_err("too long").rule, Rule::Length);
}

#[test]
fn g3_g4_counts_in_the_header() {
    assert_eq!(fault(with_header(|h| h.ops = 0)).rule, Rule::OpCount);
    assert_eq!(fault(with_header(|h| h.ops = 1025)).rule, Rule::OpCount);
    assert_eq!(fault(with_header(|h| h.input_bytes = 0)).rule, Rule::InputSize);
    assert_eq!(fault(with_header(|h| h.input_bytes = (1 << 20) + 1)).rule, Rule::InputSize);
    assert_eq!(fault(with_header(|h| h.input_bytes = u64::MAX)).rule, Rule::InputSize);
}

#[test]
fn g5_g6_g7_codes_and_unused_fields() {
    for op in [0, 10, 28, 63, 69, 255] {
        assert_eq!(fault(with(0, |d| d.op = op)), Malformed { rule: Rule::Opcode, op: 0 });
    }
    for at in [5, 105, 107, 109, 110, 127] {
        assert_eq!(fault(with_byte(RECORD_BYTES + at, 1)).rule, Rule::Unused, "reserved byte {at}");
    }
    assert_eq!(fault(with(0, |d| d.table_base = 1)).rule, Rule::Unused);
    assert_eq!(fault(with(0, |d| d.flags = 1)).rule, Rule::Unused);
    assert_eq!(fault(with(1, |d| d.flags = 3)).rule, Rule::Unused);
    assert_eq!(fault(with(2, |d| d.lo = 1)).rule, Rule::Unused);
    assert_eq!(fault(with(0, |d| d.in_type = 3)).rule, Rule::Types);
    assert_eq!(fault(with(0, |d| d.out_type = 0)).rule, Rule::Types);
    assert_eq!(fault(with(0, |d| d.in_type = 2)).rule, Rule::Types);
    assert_eq!(fault(with(1, |d| d.in_type = 1)), Malformed { rule: Rule::Types, op: 1 });
}

#[test]
fn g8_dimensions() {
    assert_eq!(fault(with(0, |d| d.k = 0)).rule, Rule::Geometry);
    assert_eq!(fault(with(0, |d| d.n = 0)).rule, Rule::Geometry);
    assert_eq!(fault(with(0, |d| d.count = 0)).rule, Rule::Geometry);
    assert_eq!(fault(with(0, |d| d.k = (1 << 16) + 1)).rule, Rule::Geometry);
}

#[test]
fn g8_the_longest_row_is_one_of_weights() {
    let conv = |channels: usize| {
        let mut g = GraphBuilder::new(128 * channels);
        let window =
            Window { height: 128, width: 1, channels, kernel: (128, 1), stride: (1, 1), pad: (0, 0), out: (1, 1) };
        let weights = vec![0; 128 * channels];
        let x = g.input();
        let affine = Affine { scales: &ID, out: Element::I8, lo: 0, hi: 0 };
        g.conv2d(x, &window, &Filter { weights: &weights, pad_value: 0 }, &affine);
        g.finish().err().map(|fault| fault.rule)
    };
    assert_eq!(conv(512), None, "k = 65,536");
    assert_eq!(conv(513), Some(Rule::Geometry));
    let mut g = GraphBuilder::new(1);
    let x = g.input();
    g.concat(x, x.vectors(1, MAX_K + 1, 0));
    assert_eq!(g.finish().expect_err("the input has one byte").rule, Rule::Operand);
    let mut g = GraphBuilder::new(MAX_K + 1);
    let x = g.input();
    g.concat(x, x);
    assert!(g.finish().is_ok(), "COPY's k is not a row of weights");
}

#[test]
fn g8_windows() {
    let pool = |change: fn(&mut Window)| {
        let mut g = GraphBuilder::new(32);
        let mut window =
            Window { height: 4, width: 4, channels: 2, kernel: (3, 3), stride: (2, 2), pad: (1, 1), out: (2, 2) };
        change(&mut window);
        let x = g.input();
        g.max_pool(x, &window);
        g.finish().map(|_| ()).map_err(|fault| fault.rule)
    };
    assert_eq!(pool(|_| {}), Ok(()));
    assert_eq!(pool(|w| w.out = (3, 3)), Ok(()), "a third window still overlaps the padded image");
    for change in [
        (|w| w.pad = (3, 1)) as fn(&mut Window),
        |w| w.stride = (0, 1),
        |w| w.kernel = (0, 1),
        |w| w.out = (4, 2),
        |w| w.out = (2, 4),
        |w| w.out = (0, 2),
        |w| w.kernel = (256, 1),
        |w| w.height = 1 << 16,
    ] {
        assert_eq!(pool(change), Err(Rule::Geometry));
    }
    assert_eq!(pool(|w| w.height = 5), Err(Rule::Operand));
}

#[test]
fn g9_operands_are_earlier_tensors() {
    // Its own output, a later one, padding between two, the end of one, and far away.
    for base in [128, 192, 72, 65, 1 << 20, u64::MAX] {
        let rule = fault(with(1, |d| d.in_base = base)).rule;
        assert!(matches!(rule, Rule::Operand | Rule::Types), "base {base}: {rule:?}");
    }
    assert_eq!(fault(with(1, |d| d.in_base = 128)).rule, Rule::Operand, "an operation cannot read itself");
    assert_eq!(fault(with(1, |d| d.in_base = 66)).rule, Rule::Operand);
    assert_eq!(fault(with(0, |d| d.in_base = 1)).rule, Rule::Operand);
    assert_eq!(fault(with(0, |d| (d.count, d.in_stride) = (2, u32::MAX))).rule, Rule::Operand);
}

#[test]
fn g10_g11_place_and_size_of_outputs() {
    assert_eq!(fault(with(0, |d| d.out_base += 64)).rule, Rule::Place);
    assert_eq!(fault(with(0, |d| d.out_base = 0)).rule, Rule::Place);
    assert_eq!(fault(with(0, |d| d.out_stride += 2)).rule, Rule::Place);
    assert_eq!(fault(with(0, |d| (d.count, d.in_stride) = (u32::MAX, 0))).rule, Rule::TraceSize);
    assert_eq!(fault(with(2, |d| (d.count, d.in_stride) = (1 << 18, 0))).rule, Rule::TraceSize);
}

#[test]
fn g12_constants_are_in_the_weights_section() {
    for base in [1_000, u64::MAX, u64::MAX - 8] {
        assert_eq!(fault(with(0, |d| d.weight_base = base)).rule, Rule::Weights);
        assert_eq!(fault(with(0, |d| d.scale_base = base)).rule, Rule::Weights);
        assert_eq!(fault(with(1, |d| d.scale_base = base)), Malformed { rule: Rule::Weights, op: 1 });
    }
    let end = sample().len() as u64 - 4 * 128;
    assert_eq!(fault(with(1, |d| d.scale_base = end - 7)).rule, Rule::Weights);
}

/// The error of a dense row of `k` equal weights with this scale.
fn dense_fault(k: usize, weight: i8, scale: Scale) -> Option<Rule> {
    let mut g = GraphBuilder::new(k);
    let x = g.input();
    g.dense(x, &vec![weight; k], &Affine { scales: &[scale], out: Element::I8, lo: -128, hi: 127 });
    g.finish().err().map(|fault| fault.rule)
}

#[test]
fn g13_scale_records() {
    for m in [0, 1, (1 << 14) - 1, 1 << 15, u16::MAX] {
        assert_eq!(dense_fault(1, 0, Scale { m, ..Scale::IDENTITY }), Some(Rule::ScaleRecord));
    }
    assert_eq!(dense_fault(1, 0, Scale { pre: 8, ..Scale::IDENTITY }), Some(Rule::ScaleRecord));
}

#[test]
fn g14_rows_that_could_overflow() {
    // 128 * sum|w| + |bias| << pre against 2^31, on both sides of the bound, with a sum that only the row's scan clears.
    let wide = |bias, pre| Scale { bias, pre, ..Scale::IDENTITY };
    let room = (1 << 24) - 128 * 65_536;
    assert_eq!(dense_fault(65_536, 1, wide(room - 1, 7)), None);
    assert_eq!(dense_fault(65_536, 1, wide(room, 7)), Some(Rule::Overflow));
    assert_eq!(dense_fault(65_536, -1, wide(-room, 7)), Some(Rule::Overflow));
    assert_eq!(dense_fault(65_536, -128, wide(0, 0)), None);
    assert_eq!(dense_fault(65_536, -128, wide(0, 1)), Some(Rule::Overflow));
    assert_eq!(dense_fault(1, 0, wide(i32::MIN, 0)), Some(Rule::Overflow));
}

#[test]
fn g14_elements_that_could_overflow() {
    let sum = |hi: i32, pre: u8| {
        let mut g = GraphBuilder::new(1);
        let x = g.input();
        let y = g.requantise(x, &Affine { scales: &ID, out: Element::I32, lo: -1, hi });
        let scales = [Scale { pre, ..Scale::IDENTITY }];
        g.add(y, y, &Affine { scales: &scales, out: Element::I32, lo: 0, hi: 0 });
        g.finish().err().map(|fault| (fault.rule, fault.op))
    };
    assert_eq!(sum((1 << 28) - 1, 2), None);
    assert_eq!(sum(1 << 28, 2), Some((Rule::Overflow, 1)));
    assert_eq!(sum(i32::MAX, 0), Some((Rule::Overflow, 1)));
}

#[test]
fn g14_counts_the_bias_of_elements() {
    let requantise = |bias: i32| {
        let mut g = GraphBuilder::new(1);
        let x = g.input();
        let scales = [Scale { bias, pre: 7, ..Scale::IDENTITY }];
        g.requantise(x, &Affine { scales: &scales, out: Element::I8, lo: 0, hi: 0 });
        g.finish().err().map(|fault| fault.rule)
    };
    let room = (1 << 24) - 128 - 1;
    assert_eq!((requantise(room), requantise(-room)), (None, None));
    assert_eq!((requantise(room + 1), requantise(-room - 1)), (Some(Rule::Overflow), Some(Rule::Overflow)));
}

#[test]
fn g14_act_counts_its_table() {
    // The operand is at most 1 in magnitude, but the table may take 255 from it.
    let act = |bias: i32| {
        let mut g = GraphBuilder::new(1);
        let x = g.input();
        let u = g.requantise(x, &Affine { scales: &ID, out: Element::I16, lo: -1, hi: 1 });
        let scales = [Scale { bias, pre: 7, ..Scale::IDENTITY }];
        g.act(u, &[255; 4096], &Affine { scales: &scales, out: Element::I8, lo: 0, hi: 0 });
        g.finish().err().map(|fault| (fault.rule, fault.op))
    };
    let room = (1 << 24) - 255 - 1;
    assert_eq!((act(room), act(-room)), (None, None));
    assert_eq!(act(-room - 1), Some((Rule::Overflow, 1)));
}

#[test]
fn g15_clamps() {
    assert_eq!(fault(with(0, |d| (d.lo, d.hi) = (1, 0))).rule, Rule::Clamp);
    assert_eq!(fault(with(0, |d| d.hi = 32_768)).rule, Rule::Clamp);
    assert_eq!(fault(with(1, |d| d.lo = -129)).rule, Rule::Clamp);
}

#[test]
fn g16_g17_work_is_bounded() {
    let dense = |count: usize| {
        let mut g = GraphBuilder::new(1_024);
        let x = g.input().vectors(count, 1_024, 0);
        g.dense(x, &vec![0; 1 << 20], &Affine { scales: &[ID[0]; 1_024], out: Element::I8, lo: 0, hi: 0 });
        g.finish().err().map(|fault| fault.rule)
    };
    assert_eq!(dense(16), None);
    assert_eq!(dense(17), Some(Rule::Macs));
    // A pool of one channel costs three units a window position, and a little for memory.
    let pool = |width: usize| {
        let mut g = GraphBuilder::new(100 * width);
        let x = g.input();
        let (kernel, pad) = ((9, 9), (4, 4));
        let window = Window { height: 100, width, channels: 1, kernel, stride: (1, 1), pad, out: (100, width) };
        g.max_pool(x, &window);
        Outline::read(g.finish()?).map(|outline| outline.cost().work())
    };
    let widest = (9..).take_while(|&width| pool(width).is_ok()).last().expect("the narrowest is none too many");
    let work = pool(widest).expect("it was taken");
    assert!((MAX_WORK - MAX_WORK / widest as u64..=MAX_WORK).contains(&work), "{work} of {widest} columns");
    assert_eq!(pool(widest + 1).map_err(|fault| fault.rule), Err(Rule::Work));
}

/// Operations may share weights, but not to have more read than an image can hold.
#[test]
fn g18_reads_of_weights_are_bounded() {
    let mut g = GraphBuilder::new(1 << 16);
    let x = g.input();
    g.dense(x, &vec![0; 17 << 16], &Affine { scales: &[ID[0]; 17], out: Element::I8, lo: 0, hi: 0 });
    g.dense(x, &vec![0; 1 << 16], &Affine { scales: &ID, out: Element::I8, lo: 0, hi: 0 });
    let image = g.finish().expect("well formed");
    // Both layers read the first one's weights, as many rows as the test says.
    let shared = |rows: u32| {
        let mut image = image.clone();
        let mut bases = (0, 0);
        edit(&mut image, 0, |d| {
            (d.n, d.out_stride) = (16, 16);
            bases = (d.weight_base, d.scale_base);
        });
        edit(&mut image, 1, |d| {
            (d.n, d.out_stride) = (rows, rows);
            (d.weight_base, d.scale_base) = bases;
        });
        Outline::read(image).map(|outline| outline.cost().weights).map_err(|fault| (fault.rule, fault.op))
    };
    assert_eq!(shared(16), Ok(MAX_WEIGHTS));
    assert_eq!(shared(17), Err((Rule::WeightReads, 1)));
}

/// What G19 refuses of a graph without weights that the chain can run. It is the same whether or not there are weights to be seen.
fn unprovable(input: usize, build: impl FnOnce(&mut GraphBuilder, Tensor)) -> Option<(Rule, u16)> {
    let mut graph = GraphBuilder::new(input);
    let x = graph.input();
    build(&mut graph, x);
    let image = graph.finish().expect("the chain computes it without a proof");
    let fault = Plan::read(&image).err();
    assert_eq!(Model::within(image, &Limits::DISPUTED).err(), fault);
    fault.map(|fault| (fault.rule, fault.op))
}

#[test]
fn g19_proofs_fit_a_transaction() {
    let refused = |op| Some((Rule::Proof, op));
    // Beside the row's own chunks: two records out of 256 bytes, a chunk that holds the sum, and at most 25 chaining values.
    let sum = |bytes: usize| {
        unprovable(1 << 18, |g, x| {
            g.sum(x.vectors(1, bytes, 0));
        })
    };
    let most = 117 << 10;
    assert_eq!((sum(most), sum(most + 1)), (None, refused(0)));
    let argmax = |elements: usize| {
        unprovable(4 * elements, |g, x| {
            g.argmax(x.as_type(Element::I32), Element::I32);
        })
    };
    assert_eq!((argmax(most / 4), argmax(32_768)), (None, refused(0)));
    let pool = |side: usize| {
        unprovable(side * side, |g, x| {
            let (kernel, out) = ((side, side), (1, 1));
            let window = Window { height: side, width: side, channels: 1, kernel, stride: (1, 1), pad: (0, 0), out };
            g.max_pool(x, &window);
        })
    };
    assert_eq!((pool(64), pool(255)), (None, refused(0)));
    let pixel = |triangles: usize| {
        unprovable(64 + 24 * triangles, |g, x| {
            g.pixels(x, (1, 1), 1);
        })
    };
    assert_eq!(pixel(2_500), None, "the most that G8 takes");
    let visits = |nodes: usize| {
        unprovable(36 + 32 * 4_096 + 32, |g, x| {
            let rays = x.as_type(Element::I32).vectors(1, 9, 0);
            g.visit(rays, x.skip(nodes).vectors(4_096, 32, 32), 64);
        })
    };
    assert_eq!((visits(64), visits(36)), (None, refused(0)), "nodes that straddle chunks take two of them each");
}

/// Paths are as deep as the whole trace, whose length only the last operation settles. Of those that are too much, the first is named.
#[test]
fn g19_counts_what_comes_later() {
    let sums = |copies: usize| {
        unprovable(117 << 10, |g, x| {
            g.copy(x.vectors(1, 1, 0));
            g.sum(x);
            g.sum(x);
            for _ in 0..copies {
                g.copy(x);
            }
        })
    };
    assert_eq!((sums(0), sums(3)), (None, Some((Rule::Proof, 1))));
}

#[test]
fn builder_mistakes_are_reported() {
    let mut g = GraphBuilder::new(4);
    let x = g.input();
    g.copy(x);
    g.dense(x, &[0; 7], &Affine { scales: &[Scale::IDENTITY; 2], out: Element::I8, lo: 0, hi: 0 });
    assert_eq!(g.finish(), Err(Malformed { rule: Rule::Weights, op: 1 }));
    assert_eq!(GraphBuilder::new(4).finish(), Err(Malformed { rule: Rule::OpCount, op: HEADER_OP }));
}

#[test]
fn claimed_ops_is_bounded() {
    assert_eq!(Outline::claimed_ops(&sample()), 3);
    assert_eq!(Outline::claimed_ops(&[0xff; 16]), 1024);
    assert_eq!(Outline::claimed_ops(&[0xff; 15]), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn any_bytes_are_refused_or_run(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Model::from_image(bytes).is_err());
    }

    #[test]
    fn mutants_are_refused_or_run(seed: u64, edits in 1_usize..6) {
        let mut dice = Dice::new(seed);
        let mut image = image(seed % 64).unwrap_or_else(|_| sample());
        for _ in 0..edits {
            // Mostly in the records, where the meaning is dense.
            let bound = if dice.below(4) == 0 { image.len() } else { image.len().min(128 * 4) };
            let at = dice.below(bound);
            image[at] = match dice.below(3) {
                0 => image[at] ^ 1 << dice.below(8),
                1 => image[at].wrapping_add(1),
                _ => dice.byte().cast_unsigned(),
            };
        }
        if dice.below(8) == 0 {
            image.truncate(dice.below(image.len()));
        }
        if Model::parse(&image).is_ok() {
            agree(image, &mut dice);
        }
    }
}
