//! Random programs that keep the stack in order, so that they get far, and let what they compute reach the state.

use super::dice::Dice;
use alloy::primitives::{Address, U256};

/// Longest program in pieces.
const PIECES_MAX: u64 = 12;

/// Without operands, one result.
const READS: &[u8] = &[
    0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4a, 0x58, 0x59,
    0x5a,
];
/// One word; CLZ (0x1e) is Osaka's.
const UNARY: &[u8] = &[0x15, 0x19, 0x1e, 0x35];
const BINARY: &[u8] = &[
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a, 0x1b,
    0x1c, 0x1d,
];
const TERNARY: &[u8] = &[0x08, 0x09];
/// Of an address: BALANCE, EXTCODESIZE, EXTCODEHASH.
const OF_ACCOUNT: &[u8] = &[0x31, 0x3b, 0x3f];
/// Of a small number: BLOCKHASH, BLOBHASH, SLOAD, TLOAD, MLOAD.
const OF_NUMBER: &[u8] = &[0x40, 0x49, 0x54, 0x5c, 0x51];
/// To memory, from an offset, a length: CALLDATACOPY, CODECOPY, RETURNDATACOPY, MCOPY.
const COPIES: &[u8] = &[0x37, 0x39, 0x3e, 0x5e];

const SSTORE: u8 = 0x55;
const MSTORE: u8 = 0x52;
const POP: u8 = 0x50;
const GAS: u8 = 0x5a;
const JUMPDEST: u8 = 0x5b;
const JUMPI: u8 = 0x57;
const CREATE2: u8 = 0xf5;

pub(super) struct Writer<'a> {
    dice: &'a mut Dice,
    /// Whom a program may name.
    targets: &'a [Address],
    code: Vec<u8>,
}

/// A program that may name `targets`.
pub(super) fn program(dice: &mut Dice, targets: &[Address]) -> Vec<u8> {
    let mut writer = Writer { dice, targets, code: Vec::new() };
    let pieces = writer.dice.between(1, PIECES_MAX);
    (0..pieces).for_each(|_| writer.piece(2));
    writer.end();
    writer.code
}

impl Writer<'_> {
    /// One stack-neutral piece, which nests at most `depth` deep.
    fn piece(&mut self, depth: u64) {
        match self.dice.below(if depth == 0 { 13 } else { 16 }) {
            0 | 1 => self.operation(),
            2 => self.read(),
            3 => self.of_account(),
            4 => self.of_number(),
            5 => self.copy(),
            6 => self.store(),
            7 => self.log(),
            8 => self.hash(),
            9 | 10 => self.call(),
            11 => self.create(),
            12 => self.shuffle(),
            13 => self.skip(depth - 1),
            14 => self.repeat(depth - 1),
            _ => self.noise(),
        }
    }

    fn op(&mut self, op: u8) {
        self.code.push(op);
    }

    fn push(&mut self, value: U256) {
        let bytes = value.to_be_bytes_trimmed_vec();
        self.op(0x5f + bytes.len() as u8);
        self.code.extend(bytes);
    }

    fn push_number(&mut self, value: u64) {
        self.push(U256::from(value));
    }

    fn push_word(&mut self) {
        let word = self.dice.word();
        self.push(word);
    }

    fn push_below(&mut self, bound: u64) {
        let number = self.dice.below(bound);
        self.push_number(number);
    }

    fn push_target(&mut self) {
        let target = self.dice.pick(self.targets);
        self.push(U256::from_be_slice(target.as_slice()));
    }

    /// Length on the stack first, then offset, both small.
    fn push_range(&mut self) {
        self.push_below(100);
        self.push_below(96);
    }

    /// Takes the word on top.
    fn sink(&mut self) {
        match self.dice.below(4) {
            0 | 1 => {
                self.push_below(6);
                self.op(SSTORE);
            }
            2 => {
                self.push_below(160);
                self.op(MSTORE);
            }
            _ => self.op(POP),
        }
    }

    fn operation(&mut self) {
        let (operands, ops) = self.dice.pick(&[(1, UNARY), (2, BINARY), (2, BINARY), (3, TERNARY)]);
        (0..operands).for_each(|_| self.push_word());
        let op = self.dice.pick(ops);
        self.op(op);
        self.sink();
    }

    fn read(&mut self) {
        let op = self.dice.pick(READS);
        self.op(op);
        self.sink();
    }

    fn of_account(&mut self) {
        self.push_target();
        let op = self.dice.pick(OF_ACCOUNT);
        self.op(op);
        self.sink();
        if self.dice.chance(30) {
            self.push_range();
            self.push_below(96);
            self.push_target();
            self.op(0x3c);
        }
    }

    fn of_number(&mut self) {
        self.push_below(8);
        let op = self.dice.pick(OF_NUMBER);
        self.op(op);
        self.sink();
    }

    fn copy(&mut self) {
        let op = self.dice.pick(COPIES);
        // RETURNDATACOPY halts beyond the end.
        let (length, offset) =
            if op == 0x3e { (self.dice.below(4), 0) } else { (self.dice.below(100), self.dice.below(64)) };
        self.push_number(length);
        self.push_number(offset);
        self.push_below(96);
        self.op(op);
    }

    /// SSTORE, TSTORE, MSTORE or MSTORE8.
    fn store(&mut self) {
        if self.dice.chance(30) {
            self.push_number(0)
        } else {
            self.push_word()
        }
        self.push_below(6);
        let op = self.dice.pick(&[SSTORE, SSTORE, 0x5d, MSTORE, 0x53]);
        self.op(op);
    }

    fn log(&mut self) {
        let topics = self.dice.below(5);
        (0..topics).for_each(|_| self.push_word());
        self.push_range();
        self.op(0xa0 + topics as u8);
    }

    fn hash(&mut self) {
        self.push_range();
        self.op(0x20);
        self.sink();
    }

    /// CALL, CALLCODE, DELEGATECALL or STATICCALL.
    fn call(&mut self) {
        if self.dice.chance(50) {
            self.push_word();
            self.push_below(64);
            self.op(MSTORE);
        }
        let op = self.dice.pick(&[0xf1, 0xf1, 0xf2, 0xf4, 0xfa]);
        self.push_range();
        self.push_range();
        if matches!(op, 0xf1 | 0xf2) {
            let value = if self.dice.chance(60) { 0 } else { self.dice.below(20) };
            self.push_number(value);
        }
        self.push_target();
        if self.dice.chance(70) {
            self.op(GAS)
        } else {
            self.push_below(60_000)
        }
        self.op(op);
        self.sink();
    }

    /// CREATE or CREATE2 of a small program, which is then called.
    fn create(&mut self) {
        let init_code = self.init_code();
        let mut padded = init_code.clone();
        padded.resize(32, 0);
        self.push(U256::from_be_slice(&padded));
        self.push_number(0);
        self.op(MSTORE);
        let op = self.dice.pick(&[0xf0, CREATE2]);
        if op == CREATE2 {
            self.push_below(3);
        }
        self.push_number(init_code.len() as u64);
        self.push_number(0);
        self.push_below(3);
        self.op(op);
        // A copy goes to the state; the address stays for the call.
        self.op(0x80);
        self.sink();
        (0..5).for_each(|_| self.push_number(0));
        self.op(0x85);
        self.op(GAS);
        self.op(0xf1);
        self.sink();
        self.op(POP);
    }

    /// At most 32 bytes that deploy something, fail, destroy themselves, or are noise.
    fn init_code(&mut self) -> Vec<u8> {
        let runtime: &[u8] = match self.dice.below(6) {
            0 => &[0x33, 0xff],
            1 => &[0x60, 0x07, 0x60, 0x01, 0x55, 0x00],
            2 => &[0xef, 0x00],
            3 => &[0x5f, 0x5f, 0xfd],
            4 => return vec![0x30, 0xff],
            _ => {
                let length = self.dice.below(33);
                return self.dice.bytes(length);
            }
        };
        // PUSH the runtime, MSTORE it, RETURN its bytes.
        let length = runtime.len() as u8;
        let mut init = vec![0x5f + length];
        init.extend(runtime);
        init.extend([0x5f, 0x52, 0x60, length, 0x60, 32 - length, 0xf3]);
        init
    }

    /// DUPs and SWAPs over a few words.
    fn shuffle(&mut self) {
        let words = self.dice.between(2, 16);
        (0..words).for_each(|_| self.push_word());
        let duplicate = 0x80 + self.dice.below(words) as u8;
        let swap = 0x90 + self.dice.below(words - 1) as u8;
        self.op(duplicate);
        self.sink();
        self.op(swap);
        self.sink();
        (1..words).for_each(|_| self.op(POP));
    }

    /// A piece that is jumped over or not.
    fn skip(&mut self, depth: u64) {
        self.push_below(2);
        let jump = self.code.len();
        self.code.extend([0x61, 0, 0, JUMPI]);
        self.piece(depth);
        let target = self.code.len() as u16;
        self.code[jump + 1..jump + 3].copy_from_slice(&target.to_be_bytes());
        self.op(JUMPDEST);
    }

    /// A piece that runs a few times.
    fn repeat(&mut self, depth: u64) {
        let times = self.dice.between(1, 4);
        self.push_number(times);
        let start = self.code.len() as u16;
        self.op(JUMPDEST);
        self.piece(depth);
        // times - 1, and again unless that is zero.
        self.code.extend([0x60, 1, 0x90, 0x03, 0x80, 0x61]);
        self.code.extend(start.to_be_bytes());
        self.op(JUMPI);
        self.op(POP);
    }

    fn noise(&mut self) {
        if self.dice.chance(25) {
            let length = self.dice.between(1, 6);
            let noise = self.dice.bytes(length);
            self.code.extend(noise);
        }
    }

    fn end(&mut self) {
        match self.dice.below(10) {
            0..=3 => self.op(0x00),
            4 | 5 => {
                self.push_range();
                self.op(0xf3);
            }
            6 => {
                self.push_range();
                self.op(0xfd);
            }
            7 | 8 => {
                self.push_target();
                self.op(0xff);
            }
            _ => self.op(0xfe),
        }
    }
}
