use super::Generations;
use alloy::primitives::{B256, Bytes};
use revm::bytecode::Bytecode;
use std::convert::Infallible;

/// Code of 1,000 bytes.
fn code(index: u8) -> Bytecode {
    Bytecode::new_raw(Bytes::from(vec![index; 1000]))
}

#[test]
fn code_in_use_stays_and_the_rest_goes() {
    let codes = Generations::new(3000);
    let mut reads = vec![0; 200];
    let mut get = |index: u8| {
        let read = || {
            reads[usize::from(index)] += 1;
            Ok::<_, Infallible>(code(index))
        };
        let Ok(found) = codes.get(B256::repeat_byte(index), read);
        assert_eq!(found, code(index));
    };
    for index in 1..150 {
        get(index);
        get(0);
    }
    assert_eq!(reads[0], 1, "what every call needs is made once");
    assert!(reads[1..150].iter().all(|reads| *reads == 1));
    let held = codes.codes.read();
    assert!(held.young.len() + held.old.len() <= 8, "{} and {} codes held", held.young.len(), held.old.len());
}
