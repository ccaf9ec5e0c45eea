use super::{Run, envelope};
use crate::{
    ExecutionError,
    tests::world::{BASE_FEE, World, sign, transaction},
};
use alloy::primitives::{Address, TxKind, U256};
use alloy_consensus::{Receipt, TxType};

#[test]
fn a_wei_burned_without_cause_or_kept_back_makes_no_block() {
    let world = World::new();
    let transfer = sign(1, transaction(0, TxKind::Call(Address::ZERO)));
    let finish = |falsify: fn(U256) -> U256| {
        let mut run = Run::begin(&world.environment, world.clone(), 0).expect("begins");
        run.apply(transfer.as_recovered_ref()).expect("runs");
        run.done.burned = falsify(run.done.burned);
        run.finish()
    };
    let burned = finish(|burned| burned).expect("conserved").burned;
    assert_eq!(burned, U256::from(21_000 * BASE_FEE));
    let more = finish(|burned| burned + U256::ONE);
    assert!(matches!(more, Err(ExecutionError::Conservation { burned: said, .. }) if said == burned + U256::ONE));
    let less = finish(|burned| burned - U256::ONE);
    assert!(matches!(less, Err(ExecutionError::Conservation { burned: said, .. }) if said == burned - U256::ONE));
}

#[test]
fn a_receipt_has_its_transaction_s_type() {
    for kind in [TxType::Legacy, TxType::Eip2930, TxType::Eip1559, TxType::Eip7702] {
        assert_eq!(envelope(kind, Receipt::default()).tx_type(), kind);
    }
}
