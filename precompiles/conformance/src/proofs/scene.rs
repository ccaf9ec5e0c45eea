//! A model, an input and the honest trace, hashed once.

use super::{
    Fault,
    model::{Design, Part},
};
use crate::dice::Dice;
use edgeloom_edge_proof::{
    Blob, Commitment, Evidence, Model, Opened, Operation, Place, Tree, Verdict, Work, adjudicate,
};
use std::{ops::Range, rc::Rc};

/// Opcodes whose result is an entry of a table.
const TABLES: [u8; 3] = [6, 7, 21];

/// What a scene borrows from.
pub(super) struct Made {
    model: Model,
    parts: Vec<Part>,
    trace: Vec<u8>,
}

/// Somebody's claim about one element of a trace, as a judge gets it.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) trace: Blob,
    pub(super) place: Place,
    pub(super) proof: Vec<u8>,
    /// What the trace has there.
    found: i32,
    /// The trace, where it is not the honest one.
    other: Option<Rc<Vec<u8>>>,
}

pub(super) struct Scene<'a> {
    pub(super) model: &'a Model,
    pub(super) operations: Vec<Operation>,
    pub(super) commitment: Commitment,
    parts: &'a [Part],
    evidence: Evidence<'a>,
    work: Work<Tree<'a>>,
    fault: Option<Fault>,
}

impl Made {
    pub(super) fn macs(&self) -> u64 {
        self.model.cost().macs
    }

    pub(super) fn scene(&self, fault: Option<Fault>) -> Option<Scene<'_>> {
        let Self { model, parts, trace } = self;
        Some(Scene {
            operations: model.operations().collect(),
            commitment: model.commitment(),
            evidence: Evidence::of(model.image())?,
            work: model.plan().work(trace)?.map(Tree::of),
            model,
            parts,
            fault,
        })
    }
}

impl Scene<'_> {
    /// The model of a batch, and an input.
    pub(super) fn made(batch: u64, dice: &mut Dice) -> Result<Made, String> {
        let Design { image, input, parts } = Design::of(batch, dice).map_err(|fault| fault.to_string())?;
        let model = Model::from_image(image).map_err(|fault| fault.to_string())?;
        let trace = model.trace(&input).map_err(|length| length.to_string())?;
        Ok(Made { model, parts, trace })
    }

    pub(super) const fn trace(&self) -> &[u8] {
        self.work.trace.content()
    }

    pub(super) fn input(&self) -> &[u8] {
        &self.trace()[..self.model.input_bytes()]
    }

    /// An element: of what the model is there for in five cases of nine, and of any operation otherwise, whatever its size.
    pub(super) fn pick(&self, dice: &mut Dice) -> Place {
        let featured: Vec<_> = (0..self.operations.len()).filter(|op| self.parts[*op] != Part::Other).collect();
        let ops =
            if featured.is_empty() || dice.below(9) < 4 { (0..self.operations.len()).collect() } else { featured };
        let mut opcodes: Vec<_> = ops.iter().map(|op| self.operations[*op].opcode).collect();
        opcodes.sort_unstable();
        opcodes.dedup();
        // What most models have is drawn less often than what few have.
        let often = |opcode: &u8| match opcode {
            1 | 2 | 4..=6 | 8 | 26 => 1,
            64 | 65 | 67 | 68 => 12,
            23 | 27 | 66 => 5,
            _ => 3,
        };
        let mut at = dice.below(opcodes.iter().map(often).sum());
        let drawn = opcodes.iter().find(|opcode| {
            let here = at < often(opcode);
            at = at.saturating_sub(often(opcode));
            here
        });
        let opcode = drawn.copied().unwrap_or_default();
        let ops: Vec<_> = ops.into_iter().filter(|op| self.operations[*op].opcode == opcode).collect();
        let op = ops[dice.below(ops.len())];
        Place { op: op as u32, element: dice.below(self.operations[op].elements()) as u64 }
    }

    pub(super) fn part(&self, place: Place) -> Part {
        self.parts[place.op as usize]
    }

    pub(super) fn opcode(&self, place: Place) -> u8 {
        self.operations[place.op as usize].opcode
    }

    /// Where the element lies in the trace.
    pub(super) fn bytes(&self, place: Place) -> Range<usize> {
        let Operation { output, element, .. } = &self.operations[place.op as usize];
        let start = output.start + place.element as usize * element.bytes();
        start..start + element.bytes()
    }

    /// What an honest worker has to say about a place.
    pub(super) fn honest(&self, place: Place) -> Option<Claim> {
        if self.fault == Some(Fault::OffByOne) {
            let mut trace = self.trace().to_vec();
            let at = self.bytes(place).start;
            trace[at] = trace[at].wrapping_add(1);
            return self.claim(trace, place);
        }
        let proof = self.prove(&self.work.trace, place)?;
        let found = value(&self.trace()[self.bytes(place)]);
        Some(Claim { trace: self.work.trace.blob(), place, proof, found, other: None })
    }

    /// What shows a place of another trace.
    pub(super) fn claim(&self, trace: Vec<u8>, place: Place) -> Option<Claim> {
        let tree = Tree::of(&trace);
        let proof = self.prove(&tree, place)?;
        let (blob, found) = (tree.blob(), value(&trace[self.bytes(place)]));
        Some(Claim { trace: blob, place, proof, found, other: Some(Rc::new(trace)) })
    }

    /// The proof of a place of a trace that somebody computed from this scene's input.
    fn prove(&self, trace: &Tree<'_>, place: Place) -> Option<Vec<u8>> {
        let known: Work<&dyn Opened> = Work { input: &self.work.input, trace, output: &self.work.output };
        self.evidence.prove(known, place)
    }

    /// The proof of another place of the same trace.
    pub(super) fn proof_beside(&self, claim: &Claim, place: Place) -> Option<Vec<u8>> {
        match &claim.other {
            Some(trace) => self.prove(&Tree::of(trace), place),
            None => self.prove(&self.work.trace, place),
        }
    }

    pub(super) fn judge(&self, claim: &Claim) -> Verdict {
        self.judge_as(&self.commitment, claim)
    }

    /// The kernel's verdict, or what a planted fault makes of it.
    pub(super) fn judge_as(&self, commitment: &Commitment, claim: &Claim) -> Verdict {
        let Work { input, output, .. } = self.work.as_ref().map(|tree| tree.blob());
        let verdict = adjudicate(commitment, &Work { input, trace: claim.trace, output }, claim.place, &claim.proof);
        match (verdict, self.fault) {
            (Verdict::Fraud { at, found, .. }, Some(Fault::MissedFraud)) => Verdict::Consistent { at, value: found },
            (Verdict::Fraud { at, found, .. }, Some(Fault::IgnoredTable))
                if TABLES.contains(&self.opcode(claim.place)) =>
            {
                Verdict::Consistent { at, value: found }
            }
            (Verdict::Invalid, Some(Fault::AcceptedOpening)) => Verdict::Consistent { at: 0, value: claim.found },
            (Verdict::Invalid, Some(Fault::ConvictingOpening)) => {
                Verdict::Fraud { at: 0, expected: claim.found, found: claim.found }
            }
            (verdict, _) => verdict,
        }
    }

    /// The first byte in which a trace is not the honest one.
    pub(super) fn first_difference(&self, trace: &[u8]) -> Option<usize> {
        const AT_ONCE: usize = 256;
        let differing = trace.chunks(AT_ONCE).zip(self.trace().chunks(AT_ONCE)).position(|(a, b)| a != b)?;
        (differing * AT_ONCE..trace.len()).find(|at| trace[*at] != self.trace()[*at])
    }

    /// Whether the claim is fraud, and for the right reason.
    pub(super) fn convict(&self, claim: Option<&Claim>, place: Place) -> Result<(), String> {
        let Some(claim) = claim else { return Err(format!("{place:?} has no proof")) };
        let honest = value(&self.trace()[self.bytes(place)]);
        match self.judge(claim) {
            Verdict::Fraud { expected, found, .. } if (expected, found) == (honest, claim.found) => Ok(()),
            verdict => Err(format!("{verdict:?} at {place:?}, opcode {}", self.opcode(place))),
        }
    }

    /// Whether the copy of the job's input at the front of another trace is judged to be wrong at byte `first`.
    pub(super) fn convict_input(&self, trace: &[u8], first: usize) -> Result<(), String> {
        let (tree, place) = (Tree::of(trace), Place { op: Place::INPUT, element: first as u64 });
        let Work { input, output, .. } = self.work.as_ref().map(|tree| tree.blob());
        let proof = self.prove(&tree, place).ok_or("the input has no proof")?;
        let verdict = adjudicate(&self.commitment, &Work { input, trace: tree.blob(), output }, place, &proof);
        let asked = i32::from(self.input()[first].cast_signed());
        match verdict {
            _ if self.fault == Some(Fault::IgnoredInput) => Err("nobody looked at the input".to_owned()),
            Verdict::Fraud { expected, .. } if expected == asked => Ok(()),
            verdict => Err(format!("{verdict:?} at byte {first} of the input")),
        }
    }
}

/// One, two or four bytes as the signed number that they are.
fn value(bytes: &[u8]) -> i32 {
    match *bytes {
        [byte] => i32::from(byte.cast_signed()),
        [low, high] => i32::from(i16::from_le_bytes([low, high])),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
        _ => unreachable!("elements have one, two or four bytes"),
    }
}
