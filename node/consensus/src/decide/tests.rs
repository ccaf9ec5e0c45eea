use crate::{
    solo::{Config, Sealed, start},
    world::{CHAIN_ID, World, submit},
};
use alloy::{
    consensus::SignableTransaction as _,
    eips::eip7702::Authorization,
    primitives::{Address, U256},
    signers::SignerSync as _,
};
use alloy_consensus::{TxEip7702, TxEnvelope, transaction::Recovered};
use edgeloom_state::Store;
use std::sync::Arc;

/// The first transaction of account 0, with an authorization of its own: its next nonce is 2.
fn delegation(world: &World) -> Arc<Recovered<TxEnvelope>> {
    let signer = &world.accounts[0];
    let authorization = Authorization { chain_id: U256::from(CHAIN_ID), address: Address::repeat_byte(0xaa), nonce: 1 };
    let signature = signer.sign_hash_sync(&authorization.signature_hash()).expect("local signer");
    let transaction = TxEip7702 {
        chain_id: CHAIN_ID,
        gas_limit: 100_000,
        max_fee_per_gas: 10_000_000_000,
        to: Address::repeat_byte(0xaa),
        authorization_list: vec![authorization.into_signed(signature)],
        ..Default::default()
    };
    let signature = signer.sign_hash_sync(&transaction.signature_hash()).expect("local signer");
    Arc::new(Recovered::new_unchecked(transaction.into_signed(signature).into(), signer.address()))
}

#[tokio::test]
async fn a_nonce_that_an_authorization_moved_strands_no_transaction() {
    let world = World::new(1, 100);
    let shared = world.shared(Store::memory());
    let config = Config { genesis: world.genesis.clone(), keys: world.keys[0].clone(), interval: None };
    let solo = start(config, shared.clone()).expect("starts");
    let (first, later) = (delegation(&world), world.transfer(0, 2));
    submit(&shared, later.clone());
    submit(&shared, first.clone());
    assert_eq!(solo.seal(*first.tx_hash()).await.expect("answered"), Sealed::Included);
    assert_eq!(solo.seal(*later.tx_hash()).await.expect("answered"), Sealed::Included);
}
