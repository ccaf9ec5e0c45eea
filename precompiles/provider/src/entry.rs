//! How a call of any of the chain's interfaces begins and ends.

use crate::{
    gas::call_gas,
    meter::{Exit, Meter},
};
use alloy::{
    primitives::Bytes,
    sol_types::{SolError, SolInterface, abi::AbiDecoderConfig},
};
use alloy_evm::precompiles::PrecompileInput;
use revm::precompile::{PrecompileHalt, PrecompileOutput, PrecompileResult};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Answers a call with `answer`. One that is not made directly reverts with `indirect`, and one that is not the canonical
/// encoding of a call of `Calls`, or carries value, with `malformed`.
pub(crate) fn run<Calls: SolInterface>(
    input: &mut PrecompileInput<'_>,
    indirect: &impl SolError,
    malformed: &impl SolError,
    answer: impl FnOnce(&mut PrecompileInput<'_>, Calls, &mut Meter) -> Result<Bytes, Exit>,
) -> PrecompileResult {
    let mut meter = Meter::new(input.gas);
    let reservoir = input.reservoir;
    let answered =
        contained(|| decode(input, (indirect, malformed), &mut meter).and_then(|call| answer(input, call, &mut meter)));
    match answered {
        Ok(bytes) => Ok(PrecompileOutput::new(meter.used(), bytes, reservoir)),
        Err(Exit::Revert(bytes)) => Ok(PrecompileOutput::revert(meter.used(), bytes, reservoir)),
        Err(Exit::OutOfGas) => Ok(PrecompileOutput::halt(PrecompileHalt::OutOfGas, reservoir)),
        Err(Exit::Fatal(error)) => Err(error),
    }
}

/// A second line of defence: a panic is a fault of ours, and the same bytes make every node panic. The call fails with all its gas,
/// and the chain goes on.
fn contained(work: impl FnOnce() -> Result<Bytes, Exit>) -> Result<Bytes, Exit> {
    // What the work leaves half done is the journal's, which reverts it, and a meter that is not read after `OutOfGas`.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Exit::OutOfGas))
}

fn decode<Calls: SolInterface>(
    input: &PrecompileInput<'_>,
    (indirect, malformed): (&impl SolError, &impl SolError),
    meter: &mut Meter,
) -> Result<Calls, Exit> {
    if !input.is_direct_call() {
        return Err(Exit::revert(indirect));
    }
    meter.charge(call_gas(input.data.len()))?;
    // Views take no money: it would be stuck here.
    if !input.value.is_zero() {
        return Err(Exit::revert(malformed));
    }
    // Strict: one call has one encoding, so that no two implementations can disagree about the others.
    Calls::abi_decode_with_config(input.data, AbiDecoderConfig::new().strict(true)).map_err(|_| Exit::revert(malformed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_fails_the_call_and_nothing_else() {
        let numbers: [u8; 2] = [1, 2];
        let answered = contained(|| Ok(vec![numbers[std::hint::black_box(2)]].into()));
        assert!(matches!(answered, Err(Exit::OutOfGas)), "{answered:?}");
        assert_eq!(contained(|| Ok(Bytes::from_static(&[7]))).ok(), Some(Bytes::from_static(&[7])));
    }
}
