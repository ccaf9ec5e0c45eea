//! Running transactions again to see what they did, within bounds of time and memory.
//!
//! * T1 A transaction of a block runs on the state of the block's parent after the transactions before it, so what is
//!   seen is what happened: the gas is compared with the receipt's.
//! * T2 Whatever an inspector holds is charged before it is held ([`bounds`]), and an answer is written into a text that
//!   refuses to grow beyond what may be sent ([`text`]).
//! * T3 Frames of the chain's own precompiles carry one field more, `precompile`, with the function's name ([`names`]).

mod bounds;
mod names;
mod options;
mod recorder;
mod reel;
mod struct_log;
mod text;

pub(crate) use bounds::{Bounded, Bounds};
pub(crate) use names::flat;
pub(crate) use options::{Tracing, TracingCall, is_step_log};
pub(crate) use recorder::{Recorder, Scene, built_in};
pub(crate) use reel::{Reel, Watched, watch};
pub(crate) use struct_log::StructLogger;
pub(crate) use text::Text;
