//! Every function of both interfaces, in every way to call it: which calls are answered, and that none of the others does
//! anything, whatever its gas, its calldata and the frames above it.

mod samples;

use self::samples::{Sample, samples};
use super::{CALLER, Db, FORWARDER, forwarder, put_code};
use crate::{
    gas::{COLD_ACCOUNT, WARM_ACCOUNT},
    install,
};
use alloy::{
    primitives::{Address, Bytes, TxKind, U256, address, bytes},
    sol_types::SolError as _,
};
use alloy_evm::{EthEvmFactory, Evm as _, EvmEnv, EvmFactory as _};
use edgeloom_bindings::{
    IBls, IEdgeProof,
    addresses::{BLS, EDGE_PROOF},
};
use revm::{
    context::{BlockEnv, CfgEnv, TxEnv},
    context_interface::result::{ExecutionResult, ResultAndState},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use std::collections::BTreeSet;

const INNER: Address = address!("0x00000000000000000000000000000000000000dd");
const GAS: u64 = 1 << 24;
const CALL: u8 = 0xf1;
const CALLCODE: u8 = 0xf2;
const DELEGATECALL: u8 = 0xf4;
const STATICCALL: u8 = 0xfa;

/// What came of one transaction, which changed nothing but its sender.
fn transact(db: &mut Db, to: Address, data: &Bytes, (gas_limit, value): (u64, u64)) -> ExecutionResult {
    let env = EvmEnv::new(CfgEnv::new_with_spec(SpecId::OSAKA), BlockEnv { basefee: 0, ..Default::default() });
    let mut evm = EthEvmFactory::default().create_evm(&mut *db, env);
    install(evm.precompiles_mut());
    let transaction = TxEnv {
        caller: CALLER,
        kind: TxKind::Call(to),
        data: data.clone(),
        gas_limit,
        gas_price: 0,
        value: U256::from(value),
        ..Default::default()
    };
    let ResultAndState { result, state } = evm.transact(transaction).expect("the transaction is valid");
    drop(evm);
    assert!(result.logs().is_empty(), "{result:?}");
    for (at, account) in state.iter().filter(|(at, _)| **at != CALLER) {
        let known = db.cache.accounts.get(at).map(|account| account.info.clone()).unwrap_or_default();
        let AccountInfo { nonce, balance, code_hash, .. } = account.info;
        assert_eq!((nonce, balance, code_hash), (known.nonce, known.balance, known.code_hash), "{at} changed");
        assert!(account.storage.is_empty(), "{at} has storage");
    }
    result
}

/// What a precompile says of a call that is not direct, and of one that is malformed.
fn errors(precompile: Address) -> (Vec<u8>, Vec<u8>) {
    match precompile {
        EDGE_PROOF => (IEdgeProof::NotCalledDirectly {}.abi_encode(), IEdgeProof::MalformedCall {}.abi_encode()),
        _ => (IBls::NotCalledDirectly {}.abi_encode(), IBls::MalformedCall {}.abi_encode()),
    }
}

fn answer(result: &ExecutionResult, sample: &Sample) {
    assert!(result.is_success(), "{}: {result:?}", sample.name);
    assert_eq!(result.output(), Some(&sample.answer), "{}", sample.name);
}

#[test]
fn every_function_has_a_sample() {
    let (_, samples) = samples();
    for (precompile, selectors) in
        [(EDGE_PROOF, IEdgeProof::IEdgeProofCalls::SELECTORS), (BLS, IBls::IBlsCalls::SELECTORS)]
    {
        let sampled = samples.iter().filter(|sample| sample.precompile == precompile);
        let sampled: BTreeSet<[u8; 4]> =
            sampled.map(|sample| *sample.call.first_chunk().expect("a selector")).collect();
        let missing: Vec<_> = selectors.iter().filter(|selector| !sampled.contains(*selector)).collect();
        assert!(missing.is_empty(), "functions of {precompile} without a sample: {missing:x?}");
    }
}

#[test]
fn direct_calls_are_answered_and_indirect_ones_are_not() {
    let (mut db, samples) = samples();
    for sample in &samples {
        answer(&transact(&mut db, sample.precompile, &sample.call, (GAS, 0)), sample);
        for opcode in [CALL, STATICCALL] {
            put_code(&mut db, FORWARDER, forwarder(sample.precompile, opcode));
            answer(&transact(&mut db, FORWARDER, &sample.call, (GAS, 0)), sample);
        }
        for opcode in [DELEGATECALL, CALLCODE] {
            put_code(&mut db, FORWARDER, forwarder(sample.precompile, opcode));
            let result = transact(&mut db, FORWARDER, &sample.call, (GAS, 0));
            assert_eq!(super::reverted(&result), &errors(sample.precompile).0, "{} by {opcode:#x}", sample.name);
        }
    }
}

#[test]
fn calls_with_value_are_refused_and_move_nothing() {
    let (mut db, samples) = samples();
    for sample in &samples {
        let (indirect, malformed) = errors(sample.precompile);
        let result = transact(&mut db, sample.precompile, &sample.call, (GAS, 1));
        assert_eq!(super::reverted(&result), &malformed, "{}", sample.name);
        for (opcode, error) in [(CALL, &malformed), (CALLCODE, &indirect)] {
            let mut paying = forwarder(sample.precompile, opcode);
            assert_eq!(paying[8], 0x5f, "where no value is pushed");
            paying[8] = 0x34; // CALLVALUE
            put_code(&mut db, FORWARDER, paying);
            let result = transact(&mut db, FORWARDER, &sample.call, (GAS, 1));
            assert_eq!(super::reverted(&result), error, "{} by {opcode:#x}", sample.name);
        }
    }
}

/// CALLs `to` with its calldata, pops how it ended, and goes on.
fn calls(to: Address) -> Vec<u8> {
    [bytes!("365f5f37 5f5f365f5f61").as_ref(), &to[18..], &bytes!("5af150")].concat()
}

/// Returns, or reverts with, what was returned last.
const RETURN: [u8; 7] = [0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xf3];
const REVERT: [u8; 7] = [0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0xfd];

#[test]
fn a_call_under_a_frame_that_reverts_leaves_nothing_behind() {
    let (mut db, samples) = samples();
    for sample in &samples {
        let outer = [calls(INNER), calls(sample.precompile), RETURN.to_vec()].concat();
        put_code(&mut db, FORWARDER, outer);
        let gas = [RETURN, REVERT].map(|end| {
            put_code(&mut db, INNER, [calls(sample.precompile), end.to_vec()].concat());
            let result = transact(&mut db, FORWARDER, &sample.call, (GAS, 0));
            answer(&result, sample);
            result.gas().total_gas_spent()
        });
        // What the frame had read is as cold as before, as if it had never run.
        let warmth = sample.accounts * (COLD_ACCOUNT - WARM_ACCOUNT);
        assert_eq!(gas[1] - gas[0], warmth, "{}", sample.name);
    }
}

/// CALLs `to` with its calldata and `gas`, and returns whether it succeeded, how much it returned, and that.
fn limited(to: Address, gas: u32) -> Vec<u8> {
    [
        bytes!("365f5f37 5f5f365f5f61").as_ref(),
        &to[18..],
        &[0x63],
        &gas.to_be_bytes(),
        &[CALL],
        &bytes!("5f52 3d602052 3d5f60403e 3d604001 5ff3"),
    ]
    .concat()
}

#[test]
fn too_little_gas_halts_and_never_answers() {
    let (mut db, samples) = samples();
    for sample in &samples {
        let mut call = |gas: u32| {
            put_code(&mut db, FORWARDER, limited(sample.precompile, gas));
            let result = transact(&mut db, FORWARDER, &sample.call, (GAS, 0));
            assert!(result.is_success(), "the frame above goes on: {result:?}");
            let output = result.output().expect("it succeeded").clone();
            let word = |at: usize| U256::from_be_slice(&output[at..at + 32]).to::<u64>();
            match (word(0), word(32)) {
                (0, 0) => false,
                (1, _) => {
                    assert_eq!(output[64..], sample.answer[..], "{} with {gas} gas", sample.name);
                    true
                }
                other => panic!("{} with {gas} gas: {other:?}, which is no halt", sample.name),
            }
        };
        let (mut short, mut enough) = (0, GAS as u32 / 2);
        assert!(!call(short) && call(enough), "{}", sample.name);
        while enough - short > 1 {
            let middle = short + (enough - short) / 2;
            if call(middle) { enough = middle } else { short = middle }
        }
        for part in 1..16 {
            let gas = (u64::from(enough) * part / 16) as u32;
            assert!(!call(gas), "{} with {gas} gas of {enough}", sample.name);
            assert!(call(enough + gas), "{} with {gas} gas more than {enough}", sample.name);
        }
        // And where no frame is above.
        let whole = transact(&mut db, sample.precompile, &sample.call, (GAS, 0)).tx_gas_used();
        let floor = 21_000 + 40 * sample.call.len() as u64;
        for limit in [floor, whole - 1].into_iter().filter(|limit| (floor..whole).contains(limit)) {
            let result = transact(&mut db, sample.precompile, &sample.call, (limit, 0));
            assert!(result.is_halt(), "{} with {limit} gas of {whole}: {result:?}", sample.name);
        }
    }
}

/// Bytes that nobody chose.
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let byte = |_| {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8
        };
        (0..length).map(byte).collect()
    }
}

#[test]
fn garbage_of_every_length_is_malformed() {
    let (mut db, samples) = samples();
    let mut noise = Noise(88_172_645_463_325_252);
    let mut is_malformed = |precompile: Address, data: Vec<u8>| {
        let data = Bytes::from(data);
        let result = transact(&mut db, precompile, &data, (GAS, 0));
        assert_eq!(super::reverted(&result), &errors(precompile).1, "{precompile}: {data}");
    };
    for length in 0..=260 {
        for precompile in [EDGE_PROOF, BLS] {
            is_malformed(precompile, noise.bytes(length));
            is_malformed(precompile, vec![0; length]);
            is_malformed(precompile, vec![0xff; length]);
        }
        for sample in &samples {
            is_malformed(sample.precompile, [&sample.call[..4], &noise.bytes(length)].concat());
        }
    }
    for sample in &samples {
        for length in 0..sample.call.len().min(260) {
            is_malformed(sample.precompile, sample.call[..length].to_vec());
        }
        for _ in 0..64 {
            is_malformed(sample.precompile, [&noise.bytes(4), &sample.call[4..]].concat());
        }
        let other = if sample.precompile == BLS { EDGE_PROOF } else { BLS };
        is_malformed(other, sample.call.to_vec());
    }
}
