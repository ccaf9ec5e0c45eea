use crate::{
    Adapter, Choice, DeviceError, LoadError, OpenError, Program, Trial, TrialError,
    adapter::{all, buffer_bytes_max, choose},
    record::STEP_BYTES,
    shader::Shader,
};
use edgeloom_edge_proof::{Model, random::Sizes};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    num::NonZeroU64,
    sync::{Arc, OnceLock},
};

/// An open device. Clones are the same device.
#[derive(Clone, Debug)]
pub struct Gpu(Arc<Opened>);

#[derive(Debug)]
struct Opened {
    adapter: Adapter,
    device: wgpu::Device,
    queue: wgpu::Queue,
    limits: wgpu::Limits,
    bindings: wgpu::BindGroupLayout,
    pipelines: Mutex<HashMap<Shader, wgpu::ComputePipeline>>,
    /// The first failure; after it, nothing that the device says is believed.
    failure: Arc<OnceLock<String>>,
}

impl Gpu {
    /// Every adapter of this machine, the best first. Starts no device; takes up to a second.
    pub fn adapters() -> Vec<Adapter> {
        all().into_iter().map(|(adapter, _)| adapter).collect()
    }

    /// Opens an adapter.
    pub fn open(choice: Choice<'_>) -> Result<Self, OpenError> {
        let (adapter, handle) = choose(choice)?;
        let refused = |reason: String| OpenError::Refused { adapter: adapter.to_string(), reason };
        // What every driver has, but for the size of buffers.
        let offered = handle.limits();
        let limits = wgpu::Limits {
            max_buffer_size: offered.max_buffer_size,
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            ..wgpu::Limits::downlevel_defaults()
        };
        let wanted = wgpu::DeviceDescriptor { required_limits: limits.clone(), ..Default::default() };
        let (device, queue) =
            pollster::block_on(handle.request_device(&wanted)).map_err(|error| refused(error.to_string()))?;
        let failure = Arc::new(OnceLock::new());
        let (lost, uncaught) = (Arc::clone(&failure), Arc::clone(&failure));
        device.set_device_lost_callback(move |_, why| _ = lost.set(format!("lost: {why}")));
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| _ = uncaught.set(error.to_string())));
        let bindings = bindings(&device);
        let pipelines = Mutex::default();
        let gpu = Self(Arc::new(Opened { adapter, device, queue, limits, bindings, pipelines, failure }));
        gpu.check().map_err(|DeviceError(reason)| OpenError::Refused { adapter: gpu.adapter().to_string(), reason })?;
        Ok(gpu)
    }

    /// The adapter that was opened.
    pub fn adapter(&self) -> &Adapter {
        &self.0.adapter
    }

    /// Uploads a model, and compiles the shaders that it needs and no model before it did. Takes twice the model's weights in
    /// memory while it runs.
    pub fn load(&self, model: &Model) -> Result<Program, LoadError> {
        Program::load(self.clone(), model)
    }

    /// Runs small random graphs, of `seed` and the numbers after it, until this many outputs were the reference's. What computes for
    /// money does this before it trusts a card.
    pub fn prove(&self, seed: u64, outputs: u64) -> Result<(), TrialError> {
        let mut compared = 0;
        for seed in seed.. {
            if compared >= outputs {
                break;
            }
            compared += Trial { seed, sizes: Sizes::SMALL }.run(self, |_, _| ())?.outputs;
        }
        Ok(())
    }

    /// Most bytes of a buffer.
    pub(crate) fn buffer_bytes_max(&self) -> u64 {
        buffer_bytes_max(&self.0.limits)
    }

    pub(crate) fn device(&self) -> &wgpu::Device {
        &self.0.device
    }

    pub(crate) fn queue(&self) -> &wgpu::Queue {
        &self.0.queue
    }

    pub(crate) fn bindings(&self) -> &wgpu::BindGroupLayout {
        &self.0.bindings
    }

    /// Most workgroups along one side of a dispatch.
    pub(crate) fn groups_max(&self) -> u32 {
        self.0.limits.max_compute_workgroups_per_dimension
    }

    /// Distance of two steps in their buffer.
    pub(crate) fn step_stride(&self) -> usize {
        STEP_BYTES.next_multiple_of(self.0.limits.min_uniform_buffer_offset_alignment as usize)
    }

    /// Whether the device has failed so far.
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        self.0.failure.get().map_or(Ok(()), |failure| Err(DeviceError(failure.clone())))
    }

    /// Does `work`, and says what the device had to say against it.
    pub(crate) fn scoped<T>(&self, work: impl FnOnce() -> T) -> Result<T, DeviceError> {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let scopes = [Internal, OutOfMemory, Validation].map(|filter| self.0.device.push_error_scope(filter));
        let done = work();
        let mut errors = scopes.into_iter().rev().map(|scope| pollster::block_on(scope.pop()));
        // Every scope is popped, in reverse order, before the first error is looked at.
        let first = errors.by_ref().fold(None, Option::or);
        first.map_or(Ok(done), |error| Err(DeviceError(error.to_string()))).and_then(|done| self.check().map(|()| done))
    }

    pub(crate) fn pipeline(&self, shader: Shader) -> wgpu::ComputePipeline {
        let compile = || {
            let (device, name) = (&self.0.device, shader.name());
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(&name),
                source: wgpu::ShaderSource::Wgsl(shader.source().into()),
            });
            let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(&name),
                bind_group_layouts: &[Some(&self.0.bindings)],
                immediate_size: 0,
            });
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(&name),
                layout: Some(&layout),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        };
        self.0.pipelines.lock().entry(shader).or_insert_with(compile).clone()
    }
}

/// The step, the weights, the trace: the same for every shader.
fn bindings(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding, ty, has_dynamic_offset, min_binding_size| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size },
        count: None,
    };
    let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("step, weights, trace"),
        entries: &[
            entry(0, wgpu::BufferBindingType::Uniform, true, NonZeroU64::new(STEP_BYTES as u64)),
            entry(1, storage(true), false, None),
            entry(2, storage(false), false, None),
        ],
    })
}
