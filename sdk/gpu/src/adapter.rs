use crate::OpenError;
use std::fmt;

/// What an adapter is, from the one to prefer on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A card with memory of its own.
    Discrete,
    /// A card that shares the processor's memory.
    Integrated,
    /// A share of a card.
    Virtual,
    Other,
    /// The processor itself, through a driver that emulates a card.
    Processor,
}

/// Which adapter to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The best that is not the processor.
    Card,
    /// The best, be it the processor.
    Any,
    /// The first whose name holds this, whatever the case.
    Named(&'a str),
}

impl fmt::Display for Choice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card => f.write_str("that is a graphics card"),
            Self::Any => f.write_str("of any kind"),
            Self::Named(name) => write!(f, "with `{name}` in its name"),
        }
    }
}

/// An adapter of this machine, as its driver describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    pub name: String,
    pub kind: Kind,
    /// `vulkan`, `metal` or `dx12`.
    pub interface: String,
    pub driver: String,
    /// Most bytes of one tensor buffer: of a model's weights, and of its trace.
    pub buffer_bytes_max: u64,
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}, {}, {})", self.name, self.kind, self.interface, self.driver)
    }
}

impl Adapter {
    fn describe(adapter: &wgpu::Adapter) -> Self {
        let about = adapter.get_info();
        let kind = match about.device_type {
            wgpu::DeviceType::DiscreteGpu => Kind::Discrete,
            wgpu::DeviceType::IntegratedGpu => Kind::Integrated,
            wgpu::DeviceType::VirtualGpu => Kind::Virtual,
            wgpu::DeviceType::Cpu => Kind::Processor,
            wgpu::DeviceType::Other => Kind::Other,
        };
        Self {
            name: about.name,
            kind,
            interface: about.backend.to_string(),
            driver: format!("{} {}", about.driver, about.driver_info).trim().to_owned(),
            buffer_bytes_max: buffer_bytes_max(&adapter.limits()),
        }
    }
}

/// Places in a buffer have 32 bits in shaders. Of those, some are left to invocations beyond the last element: at most a row of
/// 65,535 workgroups of 64, each of which finds its first byte, at most 64 bytes apart, before it sees that there is none.
const PLACES_MAX: u64 = (1 << 32) - 65_535 * 64 * 64;

/// Most bytes of a buffer that a shader reads.
pub(crate) fn buffer_bytes_max(limits: &wgpu::Limits) -> u64 {
    limits.max_buffer_size.min(limits.max_storage_buffer_binding_size).min(PLACES_MAX) / 4 * 4
}

/// Every adapter, the best first.
pub(crate) fn all() -> Vec<(Adapter, wgpu::Adapter)> {
    let mut options = wgpu::InstanceDescriptor::new_without_display_handle();
    options.backends = wgpu::Backends::PRIMARY;
    // Checks of the driver's own are for those who write shaders, and ask for more packages.
    options.flags = wgpu::InstanceFlags::empty();
    let instance = wgpu::Instance::new(options);
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let mut all: Vec<_> = adapters.into_iter().map(|adapter| (Adapter::describe(&adapter), adapter)).collect();
    all.sort_by_key(|(adapter, _)| adapter.kind);
    all
}

pub(crate) fn choose(choice: Choice<'_>) -> Result<(Adapter, wgpu::Adapter), OpenError> {
    let all = all();
    let found = all.iter().map(|(adapter, _)| adapter.to_string()).collect();
    let chosen = all.into_iter().find(|(adapter, _)| match choice {
        Choice::Card => adapter.kind != Kind::Processor,
        Choice::Any => true,
        Choice::Named(name) => adapter.name.to_lowercase().contains(&name.to_lowercase()),
    });
    chosen.ok_or_else(|| OpenError::NoAdapter { wanted: choice.to_string(), found })
}
