use edgeloom_edge_proof::InputLength;
use thiserror::Error;

/// No card could be opened. The machine's operator can help.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// There is no adapter of the kind that was asked for.
    #[error(
        "no adapter {wanted}; here are: {}. Install the card's driver for Vulkan, Metal or DirectX 12; on Debian and Ubuntu, \
         `apt-get install mesa-vulkan-drivers libvulkan1` has those of AMD and Intel, and one that runs on the processor",
        list(found)
    )]
    NoAdapter { wanted: String, found: Vec<String> },
    /// The adapter is there and does not work.
    #[error("{adapter} does not open: {reason}; update its driver, or choose another")]
    Refused { adapter: String, reason: String },
}

fn list(found: &[String]) -> String {
    if found.is_empty() { "none".into() } else { found.join(", ") }
}

/// The device failed; nothing that it was asked can be believed. The card may work when it is opened again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the graphics device failed: {0}")]
pub struct DeviceError(pub String);

/// A model that this device cannot run. Another may.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// An operation has no shader.
    #[error("operation {op} has code {code}, for which there is no shader")]
    NoShader { op: usize, code: u8 },
    /// A buffer would be larger than the device allows.
    #[error("{what} needs {needed} bytes in one buffer, the device has at most {limit}")]
    TooLarge { what: &'static str, needed: u64, limit: u64 },
    /// The device is out of memory, or failed.
    #[error("{needed} bytes could not be set up: {source}")]
    Device { needed: u64, source: DeviceError },
}

/// An input was not run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    #[error(transparent)]
    Input(#[from] InputLength),
    #[error(transparent)]
    Device(#[from] DeviceError),
}
