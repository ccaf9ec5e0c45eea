//! Faults that can be planted between the kernel and its judge (K4).

/// One way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// Bytes that are no point are taken for one
    AcceptedEncoding,
    /// Bits of who is no member are passed over
    AcceptedBit,
    /// A signature that does not verify is taken for one that does
    AcceptedSignature,
    /// What is right is refused
    RefusedTruth,
    /// The kernel's verdict is turned around before peers are asked
    WrongVerdict,
}
