use crate::{DeviceError, Gpu, LoadError, RunError, record::Record, shader::Shader};
use edgeloom_edge_proof::{InputLength, Model};
use std::{ops::Range, sync::mpsc, time::Duration};

/// How long a device may take for one input before it is taken for lost.
const DEADLINE: Duration = Duration::from_secs(600);

/// A model on a device: weights and a trace in its memory.
#[derive(Debug)]
pub struct Program {
    gpu: Gpu,
    dispatches: Vec<Dispatch>,
    group: wgpu::BindGroup,
    trace: wgpu::Buffer,
    input_bytes: usize,
    trace_bytes: usize,
    output: Range<usize>,
}

#[derive(Debug)]
struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    /// Of the step in its buffer.
    offset: u32,
    groups: [u32; 2],
}

impl Program {
    pub(crate) fn load(gpu: Gpu, model: &Model) -> Result<Self, LoadError> {
        let (weights, plan) = (model.weights(), model.plan());
        let limit = gpu.buffer_bytes_max();
        // A word behind each, which kernels may read in part.
        let weights_bytes = words(weights.len()) + 4;
        let trace_bytes = words(plan.trace_bytes()) + 4;
        let steps_bytes = (gpu.step_stride() * model.records().len()) as u64;
        for (what, needed) in
            [("the weights section", weights_bytes), ("the trace", trace_bytes), ("the graph", steps_bytes)]
        {
            if needed > limit {
                return Err(LoadError::TooLarge { what, needed, limit });
            }
        }
        let shaders: Vec<_> = shaders(model)?;
        let needed = weights_bytes + trace_bytes + steps_bytes;
        let built = gpu.scoped(|| {
            let trace = empty(&gpu, "trace", (trace_bytes, wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC));
            let constants = filled(&gpu, "weights", (weights_bytes, wgpu::BufferUsages::STORAGE), weights);
            let steps: Vec<_> = model.records().iter().flat_map(|record| padded(&gpu, Record(record))).collect();
            let steps = filled(&gpu, "steps", (steps_bytes, wgpu::BufferUsages::UNIFORM), &steps);
            let group = bind(&gpu, [&steps, &constants, &trace]);
            let dispatches = shaders.into_iter().enumerate().map(|(op, (shader, groups))| Dispatch {
                pipeline: gpu.pipeline(shader),
                offset: (op * gpu.step_stride()) as u32,
                groups: grid(groups, gpu.groups_max()),
            });
            (dispatches.collect(), group, trace)
        });
        let (dispatches, group, trace) = built.map_err(|source| LoadError::Device { needed, source })?;
        let (input_bytes, output) = (plan.input_bytes(), plan.output());
        Ok(Self { dispatches, group, trace, input_bytes, trace_bytes: plan.trace_bytes(), output, gpu })
    }

    /// Runs the model: the same bytes as [`Model::infer`].
    pub fn infer(&mut self, input: &[u8]) -> Result<Vec<u8>, RunError> {
        self.run(input, self.output.clone())
    }

    /// Everything that the model computes from `input`: the same bytes as [`Model::trace`].
    pub fn trace(&mut self, input: &[u8]) -> Result<Vec<u8>, RunError> {
        self.run(input, 0..self.trace_bytes)
    }

    /// Runs the model and reads a range of the trace, which starts at a word. (`&mut`, as there is one trace.)
    fn run(&mut self, input: &[u8], wanted: Range<usize>) -> Result<Vec<u8>, RunError> {
        if input.len() != self.input_bytes {
            return Err(InputLength { expected: self.input_bytes, actual: input.len() }.into());
        }
        let gpu = &self.gpu;
        gpu.check()?;
        let bytes = words(wanted.len());
        let landing = gpu.scoped(|| {
            let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
            let landing = empty(gpu, "landing", (bytes, usage));
            write(gpu, &self.trace, input);
            let mut encoder = gpu.device().create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            self.encode(&mut encoder);
            encoder.copy_buffer_to_buffer(&self.trace, wanted.start as u64, &landing, 0, bytes);
            gpu.queue().submit([encoder.finish()]);
            landing
        })?;
        let mut out = read(gpu, &landing)?;
        out.truncate(wanted.len());
        Ok(out)
    }

    fn encode(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        for Dispatch { pipeline, offset, groups: [x, y] } in &self.dispatches {
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &self.group, &[*offset]);
            pass.dispatch_workgroups(*x, *y, 1);
        }
    }
}

/// What runs each operation, and over how many workgroups.
fn shaders(model: &Model) -> Result<Vec<(Shader, u64)>, LoadError> {
    let of = |(op, record)| {
        let record = Record(record);
        let shader = Shader::of(record).ok_or(LoadError::NoShader { op, code: record.code() })?;
        Ok((shader, shader.groups(record)))
    };
    model.records().iter().enumerate().map(of).collect()
}

/// Workgroups in a plane, neither side longer than `max`; a few more than there is work for, which see that themselves. The work of
/// 2^32 bytes fits.
fn grid(groups: u64, max: u32) -> [u32; 2] {
    let across = groups.clamp(1, max.into());
    [across as u32, groups.div_ceil(across).clamp(1, max.into()) as u32]
}

/// A step at the distance of two steps.
fn padded(gpu: &Gpu, record: Record<'_>) -> Vec<u8> {
    let mut step = record.step().to_vec();
    step.resize(gpu.step_stride(), 0);
    step
}

/// `bytes` as whole words, in bytes.
fn words(bytes: usize) -> u64 {
    (bytes as u64).next_multiple_of(4)
}

fn empty(gpu: &Gpu, label: &str, (size, usage): (u64, wgpu::BufferUsages)) -> wgpu::Buffer {
    let usage = usage | wgpu::BufferUsages::COPY_DST;
    gpu.device().create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

fn filled(gpu: &Gpu, label: &str, shape: (u64, wgpu::BufferUsages), bytes: &[u8]) -> wgpu::Buffer {
    let buffer = empty(gpu, label, shape);
    write(gpu, &buffer, bytes);
    buffer
}

/// Writes the front of a buffer; what is left of the last word becomes zero.
fn write(gpu: &Gpu, buffer: &wgpu::Buffer, bytes: &[u8]) {
    let (whole, rest) = bytes.split_at(bytes.len() / 4 * 4);
    gpu.queue().write_buffer(buffer, 0, whole);
    if !rest.is_empty() {
        let mut word = [0; 4];
        word[..rest.len()].copy_from_slice(rest);
        gpu.queue().write_buffer(buffer, whole.len() as u64, &word);
    }
}

fn bind(gpu: &Gpu, [steps, weights, trace]: [&wgpu::Buffer; 3]) -> wgpu::BindGroup {
    let step = wgpu::BufferBinding {
        buffer: steps,
        offset: 0,
        size: std::num::NonZeroU64::new(crate::record::STEP_BYTES as u64),
    };
    let entries = [wgpu::BindingResource::Buffer(step), weights.as_entire_binding(), trace.as_entire_binding()];
    let entries: Vec<_> =
        (0..).zip(entries).map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource }).collect();
    gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("step, weights, trace"),
        layout: gpu.bindings(),
        entries: &entries,
    })
}

/// Waits for what was submitted, and reads a buffer.
fn read(gpu: &Gpu, landing: &wgpu::Buffer) -> Result<Vec<u8>, DeviceError> {
    let failed = |error: &dyn std::fmt::Display| DeviceError(error.to_string());
    let (sender, mapped) = mpsc::channel();
    // Nobody waits any more where the receiver is gone.
    landing.map_async(wgpu::MapMode::Read, .., move |result| _ = sender.send(result));
    let wait = wgpu::PollType::Wait { submission_index: None, timeout: Some(DEADLINE) };
    gpu.device().poll(wait).map_err(|error| failed(&error))?;
    gpu.check()?;
    mapped.try_recv().map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    let view = landing.get_mapped_range(..).map_err(|error| failed(&error))?;
    let out = view.to_vec();
    drop(view);
    landing.unmap();
    gpu.check().map(|()| out)
}
