use super::{Run, envelope};
use crate::{ExecutionError, tests::World};
use alloy::primitives::U256;
use alloy_consensus::{Receipt, TxType};

#[test]
fn a_wei_burned_without_cause_or_kept_back_makes_no_block() {
    let world = World::new();
    let mut run = Run::begin(&world.environment, world.clone()).expect("begins");
    run.done.burned += U256::from(1);
    let error = run.finish().expect_err("not conserved");
    assert!(matches!(error, ExecutionError::Conservation { burned, .. } if burned == U256::from(1)));
}

#[test]
fn a_receipt_has_its_transaction_s_type() {
    for kind in [TxType::Legacy, TxType::Eip2930, TxType::Eip1559, TxType::Eip7702] {
        assert_eq!(envelope(kind, Receipt::default()).tx_type(), kind);
    }
}
