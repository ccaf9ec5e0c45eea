//! What a device or a model can be wrong with is said, and nothing panics.

use super::{agree, gpu};
use crate::{
    Choice, Gpu, LoadError, OpenError, RunError,
    shader::{self, Shader},
};
use edgeloom_edge_proof::{Affine, Element, GraphBuilder, InputLength, Limits, Model, Scale, Tensor};

fn model(input: usize, build: impl FnOnce(&mut GraphBuilder, Tensor)) -> Model {
    let mut graph = GraphBuilder::new(input);
    let x = graph.input();
    build(&mut graph, x);
    Model::from_image(graph.finish().expect("well formed")).expect("checked")
}

#[test]
fn every_shader_compiles() {
    let Some(gpu) = gpu() else { return };
    for shader in Shader::all() {
        gpu.scoped(|| _ = gpu.pipeline(shader)).unwrap_or_else(|error| panic!("{shader:?}: {error}"));
    }
}

#[test]
fn adapters_are_listed_and_an_absent_one_is_missed_by_name() {
    let Some(gpu) = gpu() else { return };
    let listed = Gpu::adapters();
    assert!(listed.contains(gpu.adapter()), "{listed:?}");
    assert!(listed.is_sorted_by_key(|adapter| adapter.kind));
    let error = Gpu::open(Choice::Named("no such card")).expect_err("there is none");
    let OpenError::NoAdapter { found, .. } = &error else { panic!("{error}") };
    assert_eq!(found.len(), listed.len());
    let said = error.to_string();
    assert!(said.contains("no such card") && said.contains("mesa-vulkan-drivers"), "{said}");
    let named = Gpu::open(Choice::Named(&gpu.adapter().name.to_uppercase())).expect("it is there");
    assert_eq!(named.adapter(), gpu.adapter());
}

#[test]
fn an_operation_without_a_shader_is_refused() {
    let model = model(3, |graph, x| _ = graph.copy(x));
    let record = |code| {
        let mut record = model.records()[0];
        record[0] = code;
        record
    };
    assert!(Shader::of(crate::record::Record(&record(9))).is_some());
    assert!((0..=255).filter(|code| Shader::of(crate::record::Record(&record(*code))).is_some()).eq(shader::codes()));
}

#[test]
fn other_input_lengths_are_refused() {
    let Some(gpu) = gpu() else { return };
    let mut program = gpu.load(&model(3, |graph, x| _ = graph.copy(x))).expect("it fits");
    assert_eq!(program.infer(&[0; 2]), Err(RunError::Input(InputLength { expected: 3, actual: 2 })));
    assert_eq!(program.trace(&[0; 4]), Err(RunError::Input(InputLength { expected: 3, actual: 4 })));
    assert_eq!(program.infer(&[1, 2, 3]), Ok(vec![1, 2, 3]));
}

#[test]
fn a_trace_beyond_the_device_s_buffers_is_refused_before_memory_is_taken() {
    let Some(gpu) = gpu() else { return };
    // A copy of one byte, over and over: the record alone makes it large.
    let limit = gpu.adapter().buffer_bytes_max;
    let mut image = model(1, |graph, x| _ = graph.copy(x.vectors(1, 1, 0))).into_image();
    let count = u32::try_from(limit).expect("places have 32 bits");
    image[128 + 68..128 + 72].copy_from_slice(&count.to_le_bytes());
    let large = Model::within(image, &Limits::DISPUTED).expect("well formed");
    let needed = large.plan().trace_bytes() as u64;
    let error = gpu.load(&large).expect_err("it does not fit");
    let LoadError::TooLarge { what: "the trace", needed: said, limit: most } = error else { panic!("{error}") };
    assert!(said >= needed && most == limit && limit < said, "{error}");
}

#[test]
fn a_lost_device_is_an_error_from_then_on() {
    let Some(gpu) = gpu() else { return };
    let scales = [Scale::IDENTITY];
    let affine = Affine { scales: &scales, out: Element::I8, lo: -128, hi: 127 };
    let model = model(9, |graph, x| _ = graph.requantise(x, &affine));
    let mut program = gpu.load(&model).expect("it fits");
    agree(&gpu, &model, &[vec![5; 9]]);
    gpu.device().destroy();
    for _ in 0..2 {
        assert!(matches!(program.infer(&[5; 9]), Err(RunError::Device(_))), "a lost device answered");
        assert!(matches!(gpu.load(&model), Err(LoadError::Device { .. })), "a lost device took a model");
    }
}

#[test]
fn inputs_do_not_leave_traces_in_each_other_s() {
    let Some(gpu) = gpu() else { return };
    let model = model(70, |graph, x| {
        let y = graph.copy(x.skip(1).vectors(1, 69, 0));
        graph.transpose(y.vectors(3, 5, 7));
    });
    agree(&gpu, &model, &[vec![0xff; 70], vec![0; 70], vec![0xff; 70]]);
}
