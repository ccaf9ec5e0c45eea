//! The test harness: a whole network of real processes on this machine (validators, indexer, workers), started,
//! killed and restarted through their public doors only: command lines, ports, signals and files. It links no node
//! crate and knows nothing that an outsider could not know.

mod binaries;
mod dev;
mod digits;
mod folder;
mod market;
mod net;
mod npm;
mod ports;
mod process;
mod python;

pub use binaries::{binary, repository};
pub use dev::Dev;
pub use digits::{Digits, Sample};
pub use folder::{require_empty, require_space};
pub use market::Market;
pub use net::{IndexReady, Net, NetConfig, dev_signer, wait_for};
pub use nix::sys::signal::Signal;
pub use npm::{foundry, npm_packages, shared_npm_packages};
pub use ports::{free_ports, require_free};
pub use process::Process;
pub use python::python_packages;
