//! Faults that can be planted between the node and its callers.

/// One way to be wrong. A proxy process in front of the node has it, and is watched as the node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// A panic on some input: the connection ends and the log says so
    Panic,
    /// The process ends after a while
    Crash,
    /// Some answers become a 500
    ServerError,
    /// Some answers become a 503
    Unavailable,
    /// Every answer leaves a quarter of a mebibyte behind
    Leak,
    /// All callers share one lane, in which each waits as many milliseconds as the square of how many there are
    SlowLane,
    /// Some answers are never sent
    DroppedAnswer,
    /// Some errors have a code that is not defined
    WrongCode,
    /// Some answers are not JSON
    Garbled,
    /// Some errors are internal ones
    InternalError,
    /// Honest traffic's state is changed by somebody else
    AlteredState,
    /// The node takes no more transactions after a while
    Stuck,
    /// Nothing is answered on the Unix socket
    IpcSilence,
    /// A panic on a method that drives a development chain
    CheatPanic,
}

impl Fault {
    pub const ALL: [Self; 14] = [
        Self::Panic,
        Self::Crash,
        Self::ServerError,
        Self::Unavailable,
        Self::Leak,
        Self::SlowLane,
        Self::DroppedAnswer,
        Self::WrongCode,
        Self::Garbled,
        Self::InternalError,
        Self::AlteredState,
        Self::Stuck,
        Self::IpcSilence,
        Self::CheatPanic,
    ];

    /// Whether only [`crate::cheats`] meets it.
    pub fn is_of_cheats(self) -> bool {
        self == Self::CheatPanic
    }

    /// As the command line has it.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
