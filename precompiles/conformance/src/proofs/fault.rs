//! Faults that can be planted between the kernels and their judge (K4).

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// The judge does not look at the entries of tables
    IgnoredTable,
    /// No step is ever fraud
    MissedFraud,
    /// A worker's kernel is off by one
    OffByOne,
    /// What is no proof is taken for one of an honest step
    AcceptedOpening,
    /// What is no proof convicts
    ConvictingOpening,
    /// Other inputs are not compared
    IgnoredInput,
    /// The sampler asks for the same chunk again and again
    RepeatedSample,
    /// Whoever made up a layer may try another challenge when one fails
    SecondChallenge,
}
