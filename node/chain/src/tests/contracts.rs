//! What contracts see of the chain: real transactions through propose on one node and verify on another.

use super::world::{World, call, sign, signer};
use crate::Chain;
use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
use alloy_consensus::TxEip1559;
use edgeloom_bindings::addresses;
use edgeloom_types::Height;

/// Init code for a runtime of at most 255 bytes.
fn deploying(runtime: &[u8]) -> Bytes {
    let length = u8::try_from(runtime.len()).expect("tests deploy little");
    [&[0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3], runtime].concat().into()
}

/// Two nodes that agree on every block.
struct Pair {
    world: World,
    proposer: Chain,
    node: Chain,
    nonce: u64,
}

impl Pair {
    fn new() -> Self {
        let world = World::new();
        Self { proposer: world.chain(), node: world.chain(), world, nonce: 0 }
    }

    fn run(&mut self, to: TxKind, input: Bytes) -> bool {
        let transaction = sign(1, TxEip1559 { input, ..call(self.nonce, to) });
        self.nonce += 1;
        let decided = self.world.extend(&mut self.proposer, &[transaction]);
        self.node.verify(&decided.block).expect("valid");
        self.node.finalize(&decided.block, None).expect("next").expect("new");
        decided.receipts[0].status()
    }

    fn deploy(&mut self, runtime: &[u8]) -> Address {
        let address = signer(1).address().create(self.nonce);
        assert!(self.run(TxKind::Create, deploying(runtime)));
        address
    }

    fn slot(&self, address: Address, slot: u64) -> U256 {
        self.node.store().view().storage(address, U256::from(slot)).expect("reads")
    }
}

#[test]
fn a_contract_reads_the_mix_and_ancestors_hashes() {
    let mut pair = Pair::new();
    // Slot 0 = PREVRANDAO, slot 1 = BLOCKHASH(NUMBER - 2).
    let contract = pair.deploy(&hex!("445f5560024303406001550000"));
    let grandparent = pair.node.store().hash_at(Height::new(1)).expect("reads").expect("committed");
    assert!(pair.run(TxKind::Call(Address::ZERO), Bytes::new()));
    assert!(pair.run(TxKind::Call(contract), Bytes::new()));
    assert_eq!(pair.slot(contract, 0), U256::from_be_bytes(pair.node.tip().header().mix_hash.0));
    assert_eq!(pair.slot(contract, 1), U256::from_be_bytes(grandparent.0));
}

#[test]
fn the_precompile_and_the_predeploys_are_there() {
    let mut pair = Pair::new();
    // The precompile reverts on input without a selector; an address without code would succeed.
    assert!(!pair.run(TxKind::Call(addresses::EDGE_PROOF), Bytes::new()));
    assert!(pair.run(TxKind::Call(Address::repeat_byte(0x77)), Bytes::new()));
    let salt_and_init_code: Bytes = [&[0; 32][..], &deploying(&hex!("00"))].concat().into();
    assert!(pair.run(TxKind::Call(addresses::CREATE2_DEPLOYER), salt_and_init_code));
    let created = addresses::CREATE2_DEPLOYER.create2_from_code([0; 32], deploying(&hex!("00")));
    assert!(pair.node.store().view().account(created).expect("reads").is_some());
}

#[test]
fn contracts_made_in_a_block_that_is_not_final_run_in_its_child() {
    let pair = Pair::new();
    let Pair { world, mut proposer, .. } = pair;
    let genesis = proposer.tip().clone();
    let contract = signer(1).address().create(0);
    let creation = TxEip1559 { input: deploying(&hex!("60075f55")), ..call(0, TxKind::Create) };
    let first = world.propose(&mut proposer, &genesis, 0, &[sign(1, creation)]);
    let second = world.propose(&mut proposer, &first, 1, &[sign(1, call(1, TxKind::Call(contract)))]);
    for block in [first, second] {
        proposer.finalize(&block, None).expect("next").expect("new");
    }
    assert_eq!(proposer.store().view().storage(contract, U256::ZERO).expect("reads"), U256::from(7));
}
