//! What is true about signatures, for whoever knows all secrets.

use super::cast::key_of;
use crate::{Committee, Judge, Statement, Work};
use edgeloom_bls::{Signature, aggregate_signatures};
use std::collections::BTreeMap;

/// Windows of 8 bits of a sum of secrets: 24 bits each, 2¹⁴ of them.
const WINDOWS: usize = 5;

/// Signatures of one message by any sum of secrets.
#[derive(Debug)]
pub(super) struct Truth {
    secrets: Vec<u64>,
    /// By window, signatures of 1 to 255 shifted by it.
    tables: Vec<Vec<Signature>>,
    /// What honest guardians sent, by its bytes: to decode it once more would say what it is and take most of the time.
    known: BTreeMap<[u8; 96], Signature>,
}

impl Truth {
    pub(super) fn new(secrets: Vec<u64>, message: &[u8]) -> Self {
        let table = |window: usize| {
            let one = key_of(1 << (8 * window)).sign(message);
            let mut table = vec![one];
            while table.len() < 255 {
                let last = *table.last().expect("not empty");
                table.push(aggregate_signatures(&[last, one]).expect("multiples of one do not cancel out"));
            }
            table
        };
        Self { secrets, tables: (0..WINDOWS).map(table).collect(), known: BTreeMap::new() }
    }

    /// What those at these positions sign together.
    pub(super) fn signature(&self, positions: impl Iterator<Item = usize>) -> Option<Signature> {
        let sum: u64 = positions.map(|position| self.secrets.get(position).copied().unwrap_or_default()).sum();
        let windows = self.tables.iter().zip(sum.to_le_bytes());
        let parts: Vec<_> =
            windows.filter_map(|(table, byte)| table.get(usize::from(byte).checked_sub(1)?)).copied().collect();
        aggregate_signatures(&parts).ok()
    }

    pub(super) fn holds(&self, statement: &Statement) -> bool {
        let positions = statement.signers.iter().map(|index| statement.range.start + index);
        self.signature(positions) == Some(statement.signature)
    }

    pub(super) fn learn(&mut self, signature: Signature) {
        self.known.insert(signature.to_bytes(), signature);
    }
}

/// The same work as by pairings is counted.
impl Judge for &Truth {
    fn decode(&mut self, bytes: &[u8; 96], work: &mut Work) -> Option<Signature> {
        work.decodings += 1;
        self.known.get(bytes).copied().or_else(|| Signature::from_bytes(bytes).ok())
    }

    fn hold(&mut self, _: &Committee, _: &[u8], statements: &[&Statement], work: &mut Work) -> bool {
        for statement in statements {
            let present = statement.signers.count();
            work.additions += present.min(statement.range.len() - present + 1) as u64;
        }
        work.pairings += 1;
        work.multiplications += if statements.len() > 1 { statements.len() as u64 } else { 0 };
        statements.iter().all(|statement| self.holds(statement))
    }
}
