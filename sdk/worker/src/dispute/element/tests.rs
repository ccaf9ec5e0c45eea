use edgeloom_edge_proof::{
    Affine, Blob, Element, Filter, GraphBuilder, Limits, Model, Place, Window, explain, prove_step,
};

use super::*;

/// The corner of a small convolution, where one byte of the output is another.
fn explanation() -> Explanation {
    let mut graph = GraphBuilder::new(16);
    let window = Window { height: 4, width: 4, channels: 1, kernel: (3, 3), stride: (1, 1), pad: (1, 1), out: (4, 4) };
    let affine = Affine { scales: &[Scale::IDENTITY], out: Element::I32, lo: -1_000, hi: 1_000 };
    let input = graph.input();
    graph.conv2d(input, &window, &Filter { weights: &[1, 2, 3, 4, 5, 6, 7, 8, 9], pad_value: 0 }, &affine);
    let model = Model::within(graph.finish().expect("well formed"), &Limits::DISPUTED).expect("a model");
    let mut trace = model.trace(&(1..=16).collect::<Vec<u8>>()).expect("16 bytes");
    trace[64] ^= 1;
    let place = Place { op: 0, element: 0 };
    let proof = prove_step(model.image(), &trace, place).expect("the place is there");
    let work = model.plan().work(&trace).expect("its length").map(Blob::of);
    explain(&model.commitment(), &work, place, &proof).expect("the proof is whole")
}

#[test]
fn a_person_reads_the_operation_its_operands_and_both_results() {
    let text = text(&explanation());
    for words in [
        "operation 0 of 1: CONV2D (G25); element 0: row 0, column 0, channel 0 of the output",
        "image 4 x 4 x 1, kernel 3 x 3, stride 1 x 1, padding 1 x 1 of 0",
        "operand, image row 0, from column 0: 1 2",
        "operand, image row 1, from column 0: 5 6",
        "weights, from byte 0 of them: 1 2 3 4 5 6 7 8 9",
        "scale record, byte 9 of the weights: bias 0, multiplier 16384, shift 16, shift before 2, zero point 0",
        "sum of 9 products: 111 = 1 * 0 + 2 * 0 + 3 * 0 + 4 * 0 + 5 * 1 + 6 * 2 + 7 * 0 + 8 * 5 + 9 * 6",
        "of the window, 5 places are outside the image",
        "what the worker committed to: 110",
        "it has to be 111; the worker committed to 110 (byte 64 of the trace)",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[test]
fn a_program_reads_the_same() {
    let json = json(&explanation());
    assert_eq!(
        (json["expected"].as_i64(), json["found"].as_i64(), json["sum"].as_i64()),
        (Some(111), Some(110), Some(111))
    );
    assert_eq!(json["operation"]["name"], "CONV2D");
    assert_eq!(json["products"].as_array().map(Vec::len), Some(9));
    assert_eq!((json["vector"].as_u64(), json["channel"].as_u64()), (Some(0), Some(0)));
    let roles: Vec<_> = json["readings"].as_array().expect("a list").iter().map(|read| read["role"].clone()).collect();
    assert_eq!(roles, ["header", "record", "first", "first", "weights", "scale", "found"]);
}
