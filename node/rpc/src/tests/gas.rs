//! The pool and the EVM count the same gas before execution. The pool's own count spares it the EVM; where the two
//! differ, the pool is a place for transactions that no block takes.

use alloy::{
    eips::{
        eip2930::{AccessList, AccessListItem},
        eip7702::{Authorization, SignedAuthorization},
    },
    primitives::{Address, B256, Bytes, Signature, TxKind, U256},
};
use alloy_consensus::{
    SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxEnvelope, TxLegacy, transaction::Recovered,
};
use edgeloom_chain::StateDb;
use edgeloom_evm::{BlockEnvironment, Limits};
use edgeloom_state::Store;
use edgeloom_txpool::{Limits as PoolLimits, Origin, Pool, Rejection, TRANSACTION_GAS_MAX};
use edgeloom_types::{Account, AccountDelta, StateDelta};
use proptest::prelude::*;
use std::{ops::Range, sync::Arc};

const CHAIN_ID: u64 = 31_337;
const BASE_FEE: u64 = 1_000;
const BLOCK_GAS: u64 = 90_000_000;
const SENDER: Address = Address::repeat_byte(0x11);

/// A transaction without its gas limit.
#[derive(Clone, Debug)]
struct Shape {
    kind: u8,
    create: bool,
    input: Bytes,
    list: AccessList,
    authorizations: usize,
}

fn shape() -> impl Strategy<Value = Shape> {
    // Around the most initialisation code as well.
    let length = prop_oneof![4 => 0..300_usize, 1 => 49_120..49_180_usize];
    let input = (length, any::<u64>()).prop_map(|(length, bits)| {
        let byte = |index: usize| u8::from(bits.rotate_left(index as u32) & 1 == 1);
        (0..length).map(byte).collect::<Vec<_>>().into()
    });
    let item = (any::<u8>(), 0..4_usize).prop_map(|(address, keys)| AccessListItem {
        address: Address::repeat_byte(address),
        storage_keys: vec![B256::repeat_byte(address); keys],
    });
    let list = prop::collection::vec(item, 0..5).prop_map(AccessList);
    (prop_oneof![Just(0_u8), Just(1), Just(2), Just(4)], any::<bool>(), input, list, 1..4_usize)
        .prop_map(|(kind, create, input, list, authorizations)| Shape { kind, create, input, list, authorizations })
}

impl Shape {
    fn with_gas(&self, gas_limit: u64) -> Arc<Recovered<TxEnvelope>> {
        let (chain_id, max_fee_per_gas, gas_price) = (CHAIN_ID, 2_000, 2_000);
        let (input, access_list) = (self.input.clone(), self.list.clone());
        let to = if self.create { TxKind::Create } else { TxKind::Call(Address::repeat_byte(0x70)) };
        let signature = Signature::test_signature();
        let envelope: TxEnvelope = match self.kind {
            0 => TxLegacy { chain_id: Some(chain_id), gas_price, gas_limit, to, input, ..Default::default() }
                .into_signed(signature)
                .into(),
            1 => TxEip2930 { chain_id, gas_price, gas_limit, to, input, access_list, ..Default::default() }
                .into_signed(signature)
                .into(),
            2 => TxEip1559 { chain_id, max_fee_per_gas, gas_limit, to, input, access_list, ..Default::default() }
                .into_signed(signature)
                .into(),
            _ => {
                let authorization = Authorization { chain_id: U256::from(chain_id), address: Address::ZERO, nonce: 9 };
                let signed = SignedAuthorization::new_unchecked(authorization, 0, U256::ONE, U256::ONE);
                let authorization_list = vec![signed; self.authorizations];
                let to = Address::repeat_byte(0x70);
                let base = TxEip7702 { chain_id, max_fee_per_gas, gas_limit, to, input, ..Default::default() };
                TxEip7702 { access_list, authorization_list, ..base }.into_signed(signature).into()
            }
        };
        Arc::new(Recovered::new_unchecked(envelope, SENDER))
    }
}

fn account() -> Account {
    Account { balance: U256::from(u128::MAX), ..Default::default() }
}

fn admitted(transaction: Arc<Recovered<TxEnvelope>>) -> Result<B256, Rejection> {
    let pool = Pool::new(CHAIN_ID, BASE_FEE, PoolLimits::default());
    pool.admit(transaction, Origin::Peer, account(), BLOCK_GAS)
}

/// Why a block cannot take it, if it cannot.
fn refusal(transaction: Arc<Recovered<TxEnvelope>>) -> Option<String> {
    let change = AccountDelta { account: Some(account()), ..Default::default() };
    let delta = StateDelta { accounts: [(SENDER, change)].into(), ..Default::default() };
    let view = Store::memory().view();
    let layer = Arc::new(view.extend(delta).expect("in memory"));
    let environment = BlockEnvironment {
        chain_id: CHAIN_ID,
        number: 1,
        timestamp: 1_800_000_000,
        beneficiary: Address::repeat_byte(0xbe),
        gas_limit: BLOCK_GAS,
        base_fee: BASE_FEE,
        prevrandao: B256::ZERO,
        parent_hash: B256::ZERO,
        contracts_send: false,
        included: [None; 4],
    };
    let (candidates, limits) = ([transaction].into_iter(), Limits { bytes: 1 << 20 });
    let state = StateDb::from(view.with(layer));
    let (chosen, rejected, _) = edgeloom_evm::build(&environment, state, candidates, limits).expect("in memory");
    assert_eq!(chosen.len() + rejected.len(), 1, "nothing has to wait");
    rejected.first().map(|rejected| rejected.reason.to_string())
}

/// The first number of `range` that satisfies `enough`, which stays satisfied above it.
fn least(mut range: Range<u64>, enough: impl Fn(u64) -> bool) -> u64 {
    while range.start < range.end {
        let middle = range.start + (range.end - range.start) / 2;
        if enough(middle) { range.end = middle } else { range.start = middle + 1 }
    }
    range.start
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_pool_admits_exactly_the_gas_limits_that_a_block_takes(shape in shape()) {
        let least = least(0..TRANSACTION_GAS_MAX + 1, |gas| admitted(shape.with_gas(gas)).is_ok());
        if least > TRANSACTION_GAS_MAX {
            prop_assert!(refusal(shape.with_gas(TRANSACTION_GAS_MAX)).is_some(), "no gas limit is enough for the pool");
            return Ok(());
        }
        prop_assert_eq!(refusal(shape.with_gas(least)), None);
        prop_assert!(refusal(shape.with_gas(least - 1)).is_some(), "{} was enough", least - 1);
        prop_assert_eq!(refusal(shape.with_gas(TRANSACTION_GAS_MAX)), None);
        prop_assert!(refusal(shape.with_gas(TRANSACTION_GAS_MAX + 1)).is_some());
    }
}
