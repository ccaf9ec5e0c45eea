//! Contracts whose transactions have something of everything to trace.

use super::world::{LOGGER, REVERTER, World, request, sign, signer};
use alloy::{
    primitives::{Address, B256, Bytes, TxKind, address, hex},
    sol_types::{Revert, SolError},
};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

/// `value = calldata[32..64]` into slot `calldata[0..32]`.
pub(crate) const STORE_CODE: [u8; 8] = hex!("6020355f35550000");

const EDGE_PROOF: Address = address!("0000000000000000000000000000000000000400");

/// Code that, called with anything, calls the logger and the reverter with it, delegates to the logger, creates a
/// contract, asks the chain's precompile about a manifest that is none, and writes a slot.
pub(crate) fn conductor() -> Vec<u8> {
    let mut code = hex!("365f5f37").to_vec();
    let input = hex!("365f").as_slice();
    // CALL with no value, CALL, DELEGATECALL: (out length, out offset, in length, in offset, [value], address, gas).
    for (contract, value, operation) in [(LOGGER, true, 0xf1), (REVERTER, true, 0xf1), (LOGGER, false, 0xf4)] {
        code.extend(hex!("5f5f"));
        code.extend(input);
        code.extend(value.then_some(0x5f));
        code.push(0x73);
        code.extend(contract);
        code.extend([0x5a, operation, 0x50]);
    }
    // CREATE with init code that returns one byte.
    code.extend(hex!("6360015ff3610200526004" "61021c5ff050"));
    // describe(0): its selector at 0x240, and the argument behind it.
    code.push(0x63);
    code.extend(alloy::primitives::keccak256("describe(address)")[..4].iter());
    code.extend(hex!("60e01b610240525f5f602461024061"));
    code.extend(&EDGE_PROOF[18..]);
    code.extend(hex!("5afa50"));
    code.extend(hex!("60076001556001545000"));
    code
}

/// Init code that deploys `code`.
pub(crate) fn init(code: &[u8]) -> Bytes {
    let length = u16::try_from(code.len()).expect("short").to_be_bytes();
    let mut out = vec![0x61, length[0], length[1]];
    out.extend(hex!("80600a5f395ff3"));
    out.extend(code);
    out.into()
}

/// What the conductor passes on: revert data with a reason.
pub(crate) fn reason() -> Bytes {
    Revert::from("too late").abi_encode().into()
}

impl World {
    /// Sends `transaction` and returns its hash.
    pub(crate) async fn send(&self, from: u8, transaction: TxEip1559) -> B256 {
        let hash = self.get("eth_sendRawTransaction", json!([sign(from, transaction)])).await;
        serde_json::from_value(hash).expect("a hash")
    }

    /// Deploys `code` by account 0's transaction of this nonce.
    pub(crate) async fn deploy(&self, nonce: u64, code: &[u8]) -> Address {
        let create =
            TxEip1559 { to: TxKind::Create, input: init(code), gas_limit: 1_000_000, ..request(nonce, LOGGER) };
        self.send(0, create).await;
        signer(0).address().create(nonce)
    }

    /// A dev chain whose second block runs the conductor once: its address, and the hash of that transaction.
    pub(crate) async fn conducted() -> (Self, Address, B256) {
        let world = Self::dev().await;
        let contract = world.deploy(0, &conductor()).await;
        let call = TxEip1559 { input: reason(), gas_limit: 500_000, ..request(1, contract) };
        let hash = world.send(0, call).await;
        let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
        assert_eq!(
            (&receipt["status"], receipt["logs"].as_array().map(Vec::len)),
            (&json!("0x1"), Some(2)),
            "{receipt}"
        );
        (world, contract, hash)
    }

    pub(crate) async fn gas_used(&self, hash: B256) -> Value {
        self.get("eth_getTransactionReceipt", json!([hash])).await["gasUsed"].clone()
    }
}
