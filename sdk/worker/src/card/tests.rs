use super::*;
use edgeloom_edge_proof::{Affine, Element, GraphBuilder, Scale};

fn model() -> LocalModel {
    let mut graph = GraphBuilder::new(70);
    let x = graph.input();
    let scales = [Scale { bias: 7, m: 21_000, s: 20, pre: 0, zp: -3 }; 12];
    let weights: Vec<i8> = (0..12 * 70).map(|i| (i * 37 % 251) as u8 as i8).collect();
    graph.dense(x, &weights, &Affine { scales: &scales, out: Element::I8, lo: -128, hi: 127 });
    LocalModel::from_image(graph.finish().expect("well formed")).expect("checked")
}

#[test]
fn card_and_processor_give_one_answer() {
    assert!(open(Device::Cpu).expect("nothing to open").is_none());
    let gpu = match open(Device::Gpu) {
        Ok(gpu) => gpu,
        Err(CardError::Open(error)) if std::env::var("EDGELOOM_GPU_TESTS").is_ok_and(|value| value == "skip") => {
            return eprintln!("NOT TESTED: {error}");
        }
        Err(error) => panic!("{error}"),
    };
    let (model, input) = (model(), [0x83; 70]);
    let by_processor = answer(None, &model, &input).expect("the input fits");
    assert!(by_processor.1, "the processor's kernels agree");
    assert_eq!(by_card(gpu.as_ref().expect("one was opened"), &model, &input), Some(by_processor.0.clone()));
    assert_eq!(answer(gpu.as_ref(), &model, &input).expect("the input fits"), by_processor);
    answer(gpu.as_ref(), &model, &input[1..]).expect_err("a byte is missing");
}

#[test]
fn without_a_card_the_processor_is_chosen() {
    // Whether this machine has one or not: the choice never fails.
    let chosen = open(Device::Auto).expect("auto always finds something");
    assert!(chosen.is_none_or(|gpu| gpu.adapter().kind != edgeloom_gpu::Kind::Processor), "emulation is no card");
}
