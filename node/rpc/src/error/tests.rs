use super::Fault;
use alloy::{
    primitives::{Bytes, U256, hex},
    sol_types::{Panic, Revert, SolError},
};
use jsonrpsee::types::ErrorObjectOwned;

fn object(output: Vec<u8>) -> ErrorObjectOwned {
    Fault::Reverted(output.into()).into()
}

#[test]
fn a_revert_has_code_3_its_reason_and_its_bytes() {
    let output = Revert::from("too late").abi_encode();
    let error = object(output.clone());
    assert_eq!((error.code(), error.message()), (3, "execution reverted: too late"));
    assert_eq!(error.data().unwrap().get(), format!("\"{}\"", hex::encode_prefixed(output)));
    let panic = object(Panic { code: U256::from(0x11) }.abi_encode());
    assert!(panic.message().starts_with("execution reverted: panic: "), "{}", panic.message());
}

#[test]
fn custom_errors_and_empty_reverts_have_no_reason_but_their_bytes() {
    for output in [vec![0xde, 0xad, 0xbe, 0xef], vec![]] {
        let error = object(output.clone());
        assert_eq!((error.code(), error.message()), (3, "execution reverted"));
        assert_eq!(error.data().unwrap().get(), format!("\"{}\"", Bytes::from(output)));
    }
}
