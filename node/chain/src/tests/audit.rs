//! What was stored is read again, and what is not what it should be is named.

use super::world::{World, certificate, transfer};
use crate::{Audit, AuditError, BlockFault, Chain};
use alloy::primitives::{Address, Bytes, Log};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_state::{Commit, Layer, Store};
use edgeloom_types::{Height, SealedBlock};
use std::sync::Arc;

const QUORUM: [u8; 3] = [0, 1, 2];

/// What a block is stored with.
struct Rows {
    senders: Vec<Address>,
    receipts: Vec<ReceiptEnvelope>,
    system_logs: Vec<Log>,
    certificate: Option<Bytes>,
}

/// A chain of one block, which was stored with other rows than it has.
fn stored(change: impl FnOnce(&Chain, &SealedBlock, &mut Rows)) -> Result<(), AuditError> {
    let world = World::staked(4, 100, |alloc| alloc);
    let mut honest = world.chain();
    let decided = world.extend(&mut honest, &[transfer(1, 0, 7), transfer(2, 0, 7)]);
    let block = &decided.block;
    let view = world.chain().store().view();
    let logs = edgeloom_types::decode_system_logs(&honest.store().system_logs(block.height()).expect("stored"));
    let mut rows = Rows {
        senders: decided.senders.clone(),
        receipts: decided.receipts.to_vec(),
        system_logs: logs.expect("ours"),
        certificate: Some(certificate(&honest, block, &QUORUM)),
    };
    change(&honest, block, &mut rows);
    let forged = world.chain();
    let layer = layer_of(&world, block);
    assert_eq!(view.root(), forged.store().view().root());
    let term = honest.terms().of_epoch(edgeloom_types::Epoch::new(1)).expect("decided by block 1");
    let commit = Commit {
        block,
        senders: &rows.senders,
        receipts: &rows.receipts,
        system_logs: &rows.system_logs,
        layer: &layer,
        burned: decided.burned,
        term: Some((edgeloom_types::Epoch::new(1), &term)),
        certificate: rows.certificate.as_ref().map(Bytes::as_ref),
    };
    forged.store().commit(commit).expect("fits the tip");
    let audit = Audit::new(forged.store().clone(), world.genesis.clone())?;
    assert_eq!(audit.tip(), Height::new(1));
    audit.block(Height::GENESIS)?;
    audit.block(Height::new(1))?;
    audit.state()
}

/// The state after `block`, which a chain of its own executes.
fn layer_of(world: &World, block: &Arc<SealedBlock>) -> Layer {
    let chain = world.chain();
    let (view, genesis) = (chain.store().view(), &world.genesis);
    let environment = crate::environment(genesis.chain_id(), block.header(), &block.block().certificates);
    let transactions = &block.block().transactions;
    let recovered: Vec<_> = transactions
        .iter()
        .map(|signed| alloy_consensus::transaction::SignerRecoverable::try_to_recovered_ref(signed).expect("signed"))
        .collect();
    let executed = edgeloom_evm::execute(&environment, crate::StateDb::from(view.clone()), &recovered).expect("valid");
    view.extend(executed.delta).expect("a layer")
}

fn fault(change: impl FnOnce(&Chain, &SealedBlock, &mut Rows)) -> String {
    stored(change).expect_err("something is wrong").to_string()
}

#[test]
fn a_whole_chain_passes() {
    stored(|_, _, _| {}).expect("honest");
    let world = World::staked(4, 10, |alloc| alloc);
    let mut chain = world.chain();
    let mut held = None;
    for nonce in 0..25 {
        let tip = chain.tip().clone();
        let proposal =
            crate::Proposal { certificates: held.take().into_iter().collect(), ..world.proposal(&chain, &tip, 0) };
        let (block, _) = chain.propose(proposal, [transfer(1, nonce, 1)].into_iter()).expect("proposes");
        let own = certificate(&chain, &block, &QUORUM);
        chain.finalize(&block, Some(own.clone())).expect("finalizes");
        held = Some(own);
    }
    let audit = Audit::new(chain.store().clone(), world.genesis.clone()).expect("ours");
    for height in 0..=25 {
        audit.block(Height::new(height)).expect("honest");
    }
    audit.state().expect("honest");
    assert!(matches!(
        audit.block(Height::new(26)),
        Err(AuditError::Block { fault: BlockFault::Missing("header and body"), .. })
    ));
}

#[test]
fn rows_that_are_not_the_block_s_are_named() {
    let said = fault(|_, _, rows| rows.senders.swap(0, 1));
    assert!(said.contains("block 1: transaction 0 is signed by"), "{said}");
    let said = fault(|_, _, rows| rows.receipts.swap(0, 1));
    assert!(said.contains("block 1: its receipts have root"), "{said}");
    let said = fault(|_, _, rows| rows.system_logs.clear());
    assert!(said.contains("requestsHash"), "{said}");
}

#[test]
fn certificates_that_nobody_or_too_few_signed_are_named() {
    let said = fault(|chain, block, rows| rows.certificate = Some(certificate(chain, block, &[0, 1])));
    assert!(said.contains("block 1: its own certificate"), "{said}");
    let said = fault(|chain, block, rows| {
        let mut bytes = certificate(chain, block, &QUORUM).to_vec();
        *bytes.last_mut().expect("not empty") ^= 1;
        rows.certificate = Some(bytes.into());
    });
    assert!(said.contains("block 1: its own certificate"), "{said}");
    let said = fault(|chain, _, rows| rows.certificate = Some(certificate(chain, chain.tip(), &QUORUM).slice(..10)));
    assert!(said.contains("block 1: its own certificate"), "{said}");
}

#[test]
fn another_chain_and_none_are_told_apart() {
    let (ours, theirs) = (World::bare(4, 100), World::bare(3, 100));
    let chain = ours.chain();
    let error = Audit::new(chain.store().clone(), theirs.genesis.clone()).expect_err("another genesis");
    assert!(matches!(error, AuditError::OtherGenesis { found, .. } if found == chain.genesis_hash()));
    assert!(matches!(Audit::new(Store::memory(), ours.genesis), Err(AuditError::Empty)));
}
