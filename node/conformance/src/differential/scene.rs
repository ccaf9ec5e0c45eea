//! A random state, block and transaction (D2).

use super::{
    Case, Judges,
    dice::Dice,
    program::program,
    signed::{Draft, signer},
};
use crate::fixture::{Env, PreAccount};
use alloy::{
    eips::{
        eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
        eip7825::MAX_TX_GAS_LIMIT_OSAKA,
    },
    primitives::{Address, B256, Bytes, TxKind, U256},
};
use revm::primitives::hardfork::SpecId;
use std::collections::BTreeMap;

const SENDER: u8 = 1;
/// Keys that sign authorizations; the sender's is among them.
const AUTHORITIES: [u8; 4] = [SENDER, 2, 3, 4];
const CONTRACTS: u8 = 4;
const COINBASE: Address = Address::repeat_byte(0xcb);
const BLOCK_GAS: u64 = 90_000_000;
/// Of 100 cases, those that call a precompile with one of geth's inputs.
const PRECOMPILE_PERCENT: u64 = 4;
/// Precompiles that take Python long: pairings, multiplications of many points, maps to curves.
const SLOW: [u16; 7] = [0x08, 0x0a, 0x0c, 0x0e, 0x0f, 0x10, 0x11];

struct Scene {
    dice: Dice,
    /// Whom programs, access lists and authorizations name.
    targets: Vec<Address>,
    pre: BTreeMap<Address, PreAccount>,
    number: u64,
    hashes: Vec<B256>,
}

/// The case `index` of `seed`. `inputs` are for precompiles.
pub(super) fn case(seed: u64, index: u64, inputs: &[(Address, Bytes)]) -> Case {
    let mut scene = Scene::new(Dice::new(seed, index));
    let spec = scene.dice.pick(&[SpecId::PRAGUE, SpecId::OSAKA, SpecId::OSAKA]);
    scene.deploy_history();
    (0..CONTRACTS).for_each(|index| scene.deploy_contract(index));
    let authorities = scene.fund_signers();
    let base_fee = scene.dice.between(1, 10);
    let (draft, judges) = scene.draft(base_fee, authorities[0].1, inputs);
    let transaction = draft.sign(&mut scene.dice, &signer(SENDER), &authorities);
    let current_coinbase = match scene.dice.below(12) {
        0 => scene.dice.pick(&scene.targets.clone()),
        1 => signer(SENDER).address(),
        _ => COINBASE,
    };
    let env = Env {
        current_coinbase,
        current_difficulty: U256::ZERO,
        current_gas_limit: U256::from(BLOCK_GAS),
        current_number: U256::from(scene.number),
        current_timestamp: U256::from(1_800_000_000 + scene.dice.below(1000)),
        current_base_fee: U256::from(base_fee),
        current_random: Some(scene.dice.word()),
        current_excess_blob_gas: U256::from(scene.dice.pick(&[0, 0, 131_072, 20_000_000])),
    };
    Case { spec, env, hashes: scene.hashes, pre: scene.pre, transaction, judges }
}

const fn contract(index: u8) -> Address {
    let mut address = [0xc0; 20];
    address[19] = index;
    Address::new(address)
}

fn precompile(low: u16) -> Address {
    Address::from_word(U256::from(low).into())
}

impl Scene {
    fn new(mut dice: Dice) -> Self {
        let number = dice.between(1, 6);
        let hashes = (0..number).map(|_| B256::from_slice(&dice.bytes(32))).collect();
        let mut targets: Vec<Address> = (0..CONTRACTS).map(contract).collect();
        targets.extend(targets.clone());
        targets.extend(AUTHORITIES.map(|seed| signer(seed).address()));
        targets.extend((1..=0x0a).chain([0x0b, 0x0d, 0x10, 0x100]).map(precompile));
        targets.extend([COINBASE, Address::repeat_byte(0x99), HISTORY_STORAGE_ADDRESS]);
        Self { dice, targets, pre: BTreeMap::new(), number, hashes }
    }

    fn deploy_history(&mut self) {
        let hashes = self.hashes.iter().enumerate();
        let storage = hashes.map(|(block, hash)| (U256::from(block), U256::from_be_bytes(hash.0))).collect();
        let code = HISTORY_STORAGE_CODE.clone();
        let account = PreAccount { balance: U256::ZERO, nonce: U256::ONE, code, storage };
        self.pre.insert(HISTORY_STORAGE_ADDRESS, account);
    }

    fn deploy_contract(&mut self, index: u8) {
        let code = program(&mut self.dice, &self.targets).into();
        let storage = (0..self.dice.below(5)).map(|_| {
            let value = self.dice.word().max(U256::ONE);
            (U256::from(self.dice.below(6)), value)
        });
        let storage = storage.collect();
        let balance = U256::from(self.dice.below(50));
        self.pre.insert(contract(index), PreAccount { balance, nonce: U256::ONE, code, storage });
    }

    /// The signers' seeds and nonces, the sender's first. Some of them delegate, few have other code.
    fn fund_signers(&mut self) -> Vec<(u8, u64)> {
        let signers = AUTHORITIES.map(|seed| {
            let nonce = if self.dice.chance(1) { u64::MAX - self.dice.below(2) } else { self.dice.below(3) };
            if seed != SENDER && nonce == 0 && self.dice.chance(70) {
                return (seed, 0);
            }
            let balance = if self.dice.chance(3) { self.dice.below(1 << 22) } else { 1 << 60 };
            let code = match self.dice.below(50) {
                0..=9 => [&[0xef, 0x01, 0x00], self.dice.pick(&self.targets).as_slice()].concat(),
                10 => vec![0x00],
                _ => Vec::new(),
            };
            let account = PreAccount {
                balance: U256::from(balance),
                // Code is only set by a transaction that also moves the nonce.
                nonce: U256::from(if code.is_empty() { nonce } else { nonce.max(1) }),
                code: code.into(),
                storage: BTreeMap::new(),
            };
            let nonce = account.nonce.to();
            let empty = nonce == 0 && account.balance.is_zero();
            if !empty {
                self.pre.insert(signer(seed).address(), account);
            }
            (seed, nonce)
        });
        signers.to_vec()
    }

    fn draft(&mut self, base_fee: u64, nonce: u64, inputs: &[(Address, Bytes)]) -> (Draft, Judges) {
        let dice = &mut self.dice;
        let targets = self.targets.clone();
        if dice.chance(PRECOMPILE_PERCENT) && !inputs.is_empty() {
            let (address, input) = &inputs[dice.below(inputs.len() as u64) as usize];
            let judges = judges(dice, *address);
            let input = mutate(dice, input.to_vec()).into();
            let kind = TxKind::Call(*address);
            let gas_limit = dice.between(5_000_000, MAX_TX_GAS_LIMIT_OSAKA);
            let draft = Draft { kind, input, nonce, gas_limit, value: U256::ZERO, base_fee, targets };
            return (draft, judges);
        }
        let (kind, input) = match dice.below(8) {
            0 => (TxKind::Create, program(dice, &targets)),
            1 => {
                let length = dice.below(1500);
                (TxKind::Call(dice.pick(&targets)), dice.bytes(length))
            }
            _ => {
                let length = dice.below(80);
                (TxKind::Call(dice.pick(&targets[..usize::from(CONTRACTS)])), dice.bytes(length))
            }
        };
        let gas_limit = match dice.below(40) {
            0 | 1 => dice.between(20_000, 60_000),
            2 => MAX_TX_GAS_LIMIT_OSAKA + dice.below(2),
            3 => BLOCK_GAS + dice.below(2),
            4..=6 => dice.between(200_000, 1_000_000),
            _ => dice.between(50_000, 200_000),
        };
        let value = match dice.below(40) {
            0 => dice.word(),
            1..=9 => U256::from(dice.below(1000)),
            _ => U256::ZERO,
        };
        let nonce = if dice.chance(2) { nonce.wrapping_add(1) } else { nonce };
        (Draft { kind, input: input.into(), nonce, gas_limit, value, base_fee, targets }, Judges::Both)
    }
}

fn judges(dice: &mut Dice, address: Address) -> Judges {
    let slow = SLOW.iter().any(|low| precompile(*low) == address);
    if slow && !dice.chance(5) { Judges::EthereumJs } else { Judges::Both }
}

/// As it is, or with a byte changed, cut, or longer.
fn mutate(dice: &mut Dice, mut input: Vec<u8>) -> Vec<u8> {
    let length = input.len() as u64;
    match dice.below(6) {
        0 if length > 0 => {
            let place = dice.below(length) as usize;
            input[place] ^= 1 << dice.below(8);
        }
        1 if length > 0 => input.truncate(dice.below(length) as usize),
        2 => {
            let more = dice.between(1, 40);
            input.extend(dice.bytes(more));
        }
        _ => {}
    }
    input
}
