use super::publish;
use crate::{
    network::Shared,
    simulation::world::{CHAIN_ID, World, submit},
};
use alloy::{
    consensus::SignableTransaction as _,
    eips::eip7702::Authorization,
    primitives::{Address, B256, U256},
    signers::SignerSync as _,
};
use alloy_consensus::{TxEip7702, TxEnvelope, transaction::Recovered};
use edgeloom_chain::{Proposal, next_base_fee};
use edgeloom_state::Store;
use edgeloom_types::{Epoch, reveal_message};
use std::{collections::HashSet, sync::Arc};

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

/// The next block of what the pool holds, final.
fn decide(world: &World, shared: &Shared) -> Vec<B256> {
    let mut chain = shared.chain.lock();
    let (parent, keys) = (chain.tip().clone(), &world.keys[0]);
    let (height, epoch) = (parent.height().next(), Epoch::new(0));
    let reveal = reveal_message(chain.genesis_hash(), epoch, height);
    let proposal = Proposal {
        parent: parent.hash(),
        timestamp_ms: parent.timestamp_ms() + 1,
        beneficiary: Address::repeat_byte(0xbe),
        context: (0, height.get(), height.get() - 1),
        leader: keys.identity(),
        reveal: keys.voting.sign(&reveal).to_bytes(),
        certificates: Vec::new(),
    };
    let candidates = shared.pool.best(next_base_fee(parent.header(), 0), &HashSet::new());
    let (block, _) = chain.propose(proposal, candidates.into_iter()).expect("proposes");
    let decided = chain.finalize(&block, None).expect("finalizes").expect("is new");
    publish(&decided, chain.terms(), &shared.pool, &shared.feed);
    block.block().transactions.iter().map(|transaction| *transaction.tx_hash()).collect()
}

#[test]
fn a_nonce_that_an_authorization_moved_strands_no_transaction() {
    let world = World::new(1, 100);
    let shared = world.shared(Store::memory());
    let (first, later) = (delegation(&world), world.transfer(0, 2));
    submit(&shared, later.clone());
    submit(&shared, first.clone());
    assert_eq!(decide(&world, &shared), [*first.tx_hash()]);
    assert_eq!(decide(&world, &shared), [*later.tx_hash()]);
    assert_eq!(shared.feed.borrow().get(), 2);
}
