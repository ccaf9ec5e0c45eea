//! Through a real EVM: every answer, every custom error, every way to run out of gas.

mod bls;
mod calldata;
mod disputes;
mod gas;
mod market;
mod matrix;
mod proofs;
mod receipts;
mod registry;
mod world;

use crate::install;
use alloy::{
    primitives::{Address, B256, Bytes, TxKind, U256, address, bytes, keccak256},
    sol_types::{SolCall as _, SolError as _},
};
use alloy_evm::{EthEvmFactory, Evm as _, EvmEnv, EvmFactory as _};
use edgeloom_bindings::{IEdgeProof, addresses::EDGE_PROOF};
use edgeloom_edge_proof::{Element, GraphBuilder, Model};
use revm::{
    context::{BlockEnv, CfgEnv, TxEnv},
    context_interface::result::ExecutionResult,
    database::{CacheDB, EmptyDB},
    primitives::hardfork::SpecId,
    state::{AccountInfo, Bytecode},
};

const CALLER: Address = address!("0x00000000000000000000000000000000000000aa");
const MANIFEST: Address = address!("0x00000000000000000000000000000000000000bb");
const FORWARDER: Address = address!("0x00000000000000000000000000000000000000cc");

type Db = CacheDB<EmptyDB>;

/// argmax over eight inputs.
fn image() -> Vec<u8> {
    let mut graph = GraphBuilder::new(8);
    let input = graph.input();
    graph.argmax(input, Element::I8);
    graph.finish().expect("a well-formed graph")
}

fn put_code(db: &mut Db, at: Address, code: Vec<u8>) {
    let code = Bytecode::new_raw(code.into());
    let info = AccountInfo { code_hash: code.hash_slow(), code: Some(code), nonce: 1, ..Default::default() };
    db.insert_account_info(at, info);
}

/// A chain with `image` in chunks of `size` bytes and their manifest.
fn chain(image: &[u8], size: usize) -> Db {
    let mut db = CacheDB::new(EmptyDB::default());
    db.insert_account_info(CALLER, AccountInfo { balance: U256::from(1u64 << 60), ..Default::default() });
    let mut manifest = b"\0EIG1".to_vec();
    for (index, chunk) in image.chunks(size).enumerate() {
        let at = Address::left_padding_from(&(0x1000 + index as u64).to_be_bytes());
        put_code(&mut db, at, [&[0], chunk].concat());
        manifest.extend(at);
    }
    put_code(&mut db, MANIFEST, manifest);
    db
}

fn send(db: &mut Db, to: Address, data: Vec<u8>, gas_limit: u64, value: u64) -> ExecutionResult {
    let env = EvmEnv::new(CfgEnv::new_with_spec(SpecId::OSAKA), BlockEnv { basefee: 0, ..Default::default() });
    let mut evm = EthEvmFactory::default().create_evm(db, env);
    install(evm.precompiles_mut());
    let transaction = TxEnv {
        caller: CALLER,
        kind: TxKind::Call(to),
        data: data.into(),
        gas_limit,
        gas_price: 0,
        value: U256::from(value),
        ..Default::default()
    };
    evm.transact(transaction).expect("the transaction is valid").result
}

fn call(db: &mut Db, data: Vec<u8>) -> ExecutionResult {
    send(db, EDGE_PROOF, data, 5_000_000, 0)
}

fn infer(input: &[u8]) -> Vec<u8> {
    IEdgeProof::inferCall { manifest: MANIFEST, input: input.to_vec().into() }.abi_encode()
}

fn reverted(result: &ExecutionResult) -> &Bytes {
    match result {
        ExecutionResult::Revert { output, .. } => output,
        other => panic!("expected a revert, got {other:?}"),
    }
}

#[test]
fn answers_what_the_kernel_answers_from_any_number_of_chunks() {
    let input = [3, 1, 4, 1, 5, 9, 2, 6];
    let expected = Model::parse(&image()).expect("valid").infer(&input).expect("eight bytes");
    for size in [64, 100, 10_000] {
        let result = call(&mut chain(&image(), size), infer(&input));
        let output = result.output().unwrap_or_else(|| panic!("{result:?}")).clone();
        assert!(result.is_success(), "{result:?}");
        assert_eq!(IEdgeProof::inferCall::abi_decode_returns(&output).expect("ABI"), expected, "chunks of {size}");
    }
}

#[test]
fn describes_the_model_as_the_kernel_commits_to_it() {
    let result = call(&mut chain(&image(), 100), IEdgeProof::describeCall { manifest: MANIFEST }.abi_encode());
    let shape = IEdgeProof::describeCall::abi_decode_returns(result.output().expect("succeeds")).expect("ABI");
    let model = Model::parse(&image()).expect("valid");
    assert_eq!(shape.modelId, B256::from(model.commitment().model_id(|bytes| keccak256(bytes).0)));
    assert_eq!((shape.inputBytes, shape.outputBytes as usize), (8, model.output_bytes()));
    assert_eq!(shape.imageBytes as usize, image().len());
}

#[test]
fn every_fault_reverts_with_the_error_that_names_it() {
    let db = || chain(&image(), 100);
    let malformed_call = IEdgeProof::MalformedCall {}.abi_encode();
    assert_eq!(reverted(&call(&mut db(), vec![1, 2, 3, 4])), &malformed_call);
    assert_eq!(reverted(&call(&mut db(), infer(&[0; 8])[..60].to_vec())), &malformed_call);
    assert_eq!(reverted(&send(&mut db(), EDGE_PROOF, infer(&[0; 8]), 5_000_000, 1)), &malformed_call);

    let length = IEdgeProof::InputLength { expected: U256::from(8), actual: U256::from(7) }.abi_encode();
    assert_eq!(reverted(&call(&mut db(), infer(&[0; 7]))), &length);

    let mut no_code = db();
    no_code.insert_account_info(MANIFEST, AccountInfo::default());
    let manifest = IEdgeProof::MalformedManifest { manifest: MANIFEST }.abi_encode();
    assert_eq!(reverted(&call(&mut no_code, infer(&[0; 8]))), &manifest);
    for code in [
        b"\0EIG1".to_vec(),
        b"\0EIG2aaaaaaaaaaaaaaaaaaaa".to_vec(),
        b"\0EIG1short".to_vec(),
        [b"\0EIG1".as_slice(), &[1; 20 * 65]].concat(),
    ] {
        let mut wrong = db();
        put_code(&mut wrong, MANIFEST, code);
        assert_eq!(reverted(&call(&mut wrong, infer(&[0; 8]))), &manifest);
    }
    let mut runnable_chunk = db();
    put_code(&mut runnable_chunk, Address::left_padding_from(&0x1000u64.to_be_bytes()), vec![0x5f; 10]);
    assert_eq!(reverted(&call(&mut runnable_chunk, infer(&[0; 8]))), &manifest);

    let mut broken = image();
    broken[0] ^= 1;
    let model = IEdgeProof::MalformedModel { rule: 1, op: u16::MAX }.abi_encode();
    assert_eq!(reverted(&call(&mut chain(&broken, 100), infer(&[0; 8]))), &model);
    let describe = IEdgeProof::describeCall { manifest: MANIFEST }.abi_encode();
    assert_eq!(reverted(&call(&mut chain(&broken, 100), describe)), &model);
}

/// Copies its calldata to memory, forwards it with `opcode`, and returns or reverts with what comes back.
fn forwarder(to: Address, opcode: u8) -> Vec<u8> {
    let value: &[u8] = if opcode == 0xf2 || opcode == 0xf1 { &[0x5f] } else { &[] };
    let call = [
        bytes!("365f5f37").as_ref(),   // calldatacopy(0, 0, calldatasize)
        bytes!("5f5f365f").as_ref(),   // return area and argument area
        value,                         // no value
        &[0x61, to[18], to[19], 0x5a], // to its last two bytes, with all gas
        &[opcode],
        bytes!("3d5f5f3e").as_ref(), // returndatacopy(0, 0, returndatasize)
        bytes!("601a").as_ref(),
    ]
    .concat();
    // jump to the RETURN at the end when the call succeeded
    let target = call.len() + 4;
    let mut code = call;
    let last = code.len() - 1;
    code[last] = target as u8;
    code.extend(bytes!("573d5ffd5b3d5ff3"));
    code
}

#[test]
fn the_trained_model_answers_as_its_reference() {
    let folder = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/digits").join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (model, test, expected) = (folder("model.eig"), folder("test.bin"), folder("expected.bin"));
    let mut db = chain(&model, 3_000);
    for (row, expected) in test.chunks_exact(65).zip(expected.chunks_exact(11)).step_by(9) {
        let result = call(&mut db, infer(&row[..64]));
        let output = result.output().unwrap_or_else(|| panic!("{result:?}"));
        assert_eq!(IEdgeProof::inferCall::abi_decode_returns(output).expect("ABI")[..], *expected);
    }
}
